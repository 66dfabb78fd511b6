"""Labels in compound files: encrypted Office files from the outside, older Office files, Outlook messages."""

from __future__ import annotations

import struct
from typing import IO

from bartizan.scan.labels.compound import Compound, CompoundError
from bartizan.scan.labels.found import Metadata, Words, labels_in_pairs, labels_in_xml
from bartizan.scan.labels.mail import header_labels, read_headers
from bartizan.scan.labels.properties import read_properties

__all__ = ["read_compound"]

_SPACES = "\x06DataSpaces"
_MOST = 4 * 1024 * 1024
_SUMMARIES = ("\x05SummaryInformation", "\x05DocumentSummaryInformation")
_FORMATS = (("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"), ("PowerPoint Document", "ppt"))


def read_compound(file: IO[bytes]) -> Metadata:
    """Read what a compound file says without opening what is encrypted."""
    out = Metadata(format="ole")
    try:
        compound = Compound(file)
        _read(compound, out)
    except (CompoundError, struct.error):
        out.problems.append("the file is damaged and can't be read")
    return out


def _read(compound: Compound, out: Metadata) -> None:
    if "EncryptedPackage" in compound.paths:
        _encrypted(compound, out)
    elif "__properties_version1.0" in compound.paths:
        _message(compound, out)
    else:
        out.format = next((name for stream, name in _FORMATS if stream in compound.paths), "ole")
        if f"{_SPACES}/DataSpaceMap" in compound.paths:
            out.protected = True
    for name in _SUMMARIES:
        content = compound.stream(name, _MOST)
        if content:
            _summary(content, name[1:], out)


def _encrypted(compound: Compound, out: Metadata) -> None:
    out.format, out.protected = "encrypted-office", True
    by_rights = any("DRMEncrypted" in path or "DRMTransform" in path for path in compound.paths)
    if by_rights:
        out.notes.append("the content is encrypted by rights management; what holds is the label of its licence")
    else:
        out.notes.append("the content is encrypted with a password")
    content = compound.stream(f"{_SPACES}/TransformInfo/LabelInfo", _MOST)
    if content is not None:
        labels_in_xml(content, "LabelInfo stream", out)
    else:
        out.problems.append("the content is encrypted, and no label stands outside of it")


def _summary(content: bytes, name: str, out: Metadata) -> None:
    try:
        pairs = read_properties(content)
    except ValueError:
        out.problems.append(f"{name} is damaged")
        return
    labels_in_pairs(pairs, name, out)
    out.words += [Words(f"the property `{key[:60]}`", value) for key, value in pairs if not key.startswith("MSIP_")]


def _message(compound: Compound, out: Metadata) -> None:
    """An Outlook message: the headers it came with, else the named property that holds its labels."""
    out.format = "msg"
    raw = _string(compound, "007D")
    if raw:
        read_headers(raw.encode("utf-8", "replace"), out)
    subject = _string(compound, "0037")
    if subject and not any(words.source == "the subject" for words in out.words):
        out.words.append(Words("the subject", subject))
    if not out.labels:
        number = _named(compound, "msip_labels")
        value = _string(compound, f"{number:04X}") if number else ""
        if value:
            header_labels(value, "msip_labels", out)


def _string(compound: Compound, tag: str) -> str:
    wide = compound.stream(f"__substg1.0_{tag}001F", _MOST)
    if wide is not None:
        return wide.decode("utf-16-le", "replace")
    narrow = compound.stream(f"__substg1.0_{tag}001E", _MOST)
    return narrow.decode("cp1252", "replace") if narrow is not None else ""


def _named(compound: Compound, wanted: str) -> int | None:
    """Return the number of a named property (MS-OXMSG 2.2.3), such as the header `msip_labels`."""
    entries = compound.stream("__nameid_version1.0/__substg1.0_00030102", _MOST) or b""
    names = compound.stream("__nameid_version1.0/__substg1.0_00040102", _MOST) or b""
    for at in range(0, len(entries) - 7, 8):
        offset, kind, index = struct.unpack_from("<IHH", entries, at)
        if kind & 1 and offset + 4 <= len(names):
            length = struct.unpack_from("<I", names, offset)[0]
            if names[offset + 4 : offset + 4 + length].decode("utf-16-le", "replace").lower() == wanted:
                return 0x8000 + int(index)
    return None
