"""Labels in the headers of a mail message."""

from __future__ import annotations

import re
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import IO

from bartizan.scan.labels.found import Metadata, Words, labels_in_pairs

__all__ = ["header_labels", "looks_like_mail", "read_headers", "read_mail"]

_MOST_HEADERS = 1024 * 1024
_FIRST = re.compile(rb"(?:From |[A-Za-z][A-Za-z0-9-]{1,60}:[ \t])")
_SECOND = re.compile(rb"^(?:received|return-path|message-id|mime-version|from|date|subject|to):", re.I | re.M)
_WORDS = {"subject": "the subject", "keywords": "the header `Keywords`", "x-tlp": "the header `X-TLP`"}
# RFC 4021 (and X.400 before it): what a sender asks for, in the header `Sensitivity`.
_SENSITIVITY = {"company-confidential": "company confidential", "private": "", "personal": "", "normal": ""}


def looks_like_mail(head: bytes, name: str) -> bool:
    """Tell whether a file is a message, by its first lines or its name."""
    begins = _FIRST.match(head) is not None
    return begins and (name.endswith((".eml", ".mht")) or len(set(_SECOND.findall(head))) >= 2)


def read_mail(file: IO[bytes]) -> Metadata:
    """Read the headers of a message."""
    out = Metadata(format="eml")
    read_headers(file.read(_MOST_HEADERS), out)
    return out


def read_headers(raw: bytes, out: Metadata) -> None:
    """Add what headers state; the body, if there is one, is left alone."""
    head = re.split(rb"\r?\n\r?\n", raw.lstrip(b"\r\n"), maxsplit=1)[0]
    message = BytesHeaderParser(policy=compat32).parsebytes(head)
    for name, value in message.items():
        key, text = name.lower(), _text(str(value))
        if key == "msip_labels":
            header_labels(text, "msip_labels", out)
        elif key in _WORDS:
            out.words.append(Words(_WORDS[key], text))
        elif key == "sensitivity":
            words = _SENSITIVITY.get(text.strip().lower(), "")
            if words:
                out.words.append(Words("the header `Sensitivity`", words))


def header_labels(value: str, source: str, out: Metadata) -> None:
    """Add labels that stand as `MSIP_Label_GUID_Enabled=true;...` in one text."""
    pairs = []
    for part in re.sub(r"\r?\n[ \t]", " ", value).split(";"):
        key, equals, text = part.partition("=")
        if equals:
            pairs.append((key.strip(), text.strip()))
    labels_in_pairs(pairs, source, out)


def _text(value: str) -> str:
    """A header without its line ends, and with encoded words (RFC 2047) in the clear."""
    unfolded = re.sub(r"\r?\n[ \t]", " ", value)
    try:
        return str(make_header(decode_header(unfolded)))
    except (LookupError, ValueError):
        return unfolded
