"""Examines texts and bytes as a scan would, and builds the small files that tests need. Nothing is ever loaded."""

from __future__ import annotations

import io
import pickletools
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from bartizan.catalog.scan_rules import Example, ScanRule, load_scan_rules
from bartizan.scan.artefacts.desk import Limits
from bartizan.scan.artefacts.examine import Examiner
from bartizan.scan.artefacts.result import Artefact, ArtefactScan
from bartizan.scan.artefacts.tree import MemoryTree

_CODES = {code.name: code for code in pickletools.opcodes}
_FIXED = {"uint1": "<B", "uint2": "<H", "int4": "<i", "uint4": "<I", "uint8": "<Q", "float8": ">d"}
_COUNTED = {
    "string1": "<B", "string4": "<i", "bytes1": "<B", "bytes4": "<I", "bytes8": "<Q", "bytearray8": "<Q",
    "unicodestring1": "<B", "unicodestring4": "<I", "unicodestring8": "<Q", "long1": "<B", "long4": "<i",
}  # fmt: skip


@cache
def rules() -> dict[str, ScanRule]:
    """All scan rules."""
    return load_scan_rules()


def scan(files: Mapping[str, bytes | str], limits: Limits | None = None) -> ArtefactScan:
    """Examine files that lie together."""
    held = {path: body.encode() if isinstance(body, str) else body for path, body in files.items()}
    return Examiner(rules(), limits=limits).tree(MemoryTree(held))


def examined(data: bytes | str, name: str = "file") -> Artefact:
    """Examine one file. Fails where no format takes it."""
    found = scan({name: data})
    assert found.artefacts, f"`{name}` is of no known format"
    return found.artefacts[0]


def fired(artefact: Artefact) -> set[str]:
    """The rules of an artefact's findings."""
    return {found.rule for found in artefact.findings}


def files_of(example: Example) -> dict[str, bytes]:
    """The files that an example of a rule stands for."""
    if example.files:
        return {path: text.encode() for path, text in example.files.items()}
    if example.pickle:
        return {example.name: assembled(example.pickle)}
    if example.hex:
        return {example.name: bytes.fromhex(example.hex)}
    return {example.name: example.text.encode()}


def assembled(lines: Iterable[str]) -> bytes:
    """Assemble a pickle: an opcode's name and its argument in each line, as `pickletools` names and reads them.

    `GLOBAL os system` takes two words; text of strings stands as it is, without quotes; `raw 80 04` are bytes.
    """
    out = bytearray()
    for line in lines:
        name, _, argument = line.partition(" ")
        if name == "raw":
            out += bytes.fromhex(argument)
            continue
        code = _CODES[name.upper()]
        out += code.code.encode("latin-1")
        if code.arg is not None:
            out += _argument(code.arg.name, argument)
    return bytes(out)


def _argument(kind: str, text: str) -> bytes:
    if kind in _FIXED:
        return struct.pack(_FIXED[kind], float(text) if kind == "float8" else int(text, 0))
    if kind in _COUNTED:
        body = int(text).to_bytes(8, "little", signed=True) if kind.startswith("long") else text.encode("utf-8")
        return struct.pack(_COUNTED[kind], len(body)) + body
    if kind == "stringnl_noescape_pair":
        module, _, attribute = text.partition(" ")
        return f"{module}\n{attribute}\n".encode()
    if kind == "stringnl":
        return f"'{text}'\n".encode()
    return f"{text}\n".encode()


def zipped(members: Mapping[str, bytes] | Sequence[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip archive of members, in their order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, body in members.items() if isinstance(members, Mapping) else members:
            archive.writestr(name, body)
    return out.getvalue()
