"""TensorFlow graphs as text (`.pbtxt`): operators by name. A SavedModel may be one; its paths are not traced."""

from __future__ import annotations

import re

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.graphs import tensorflow
from bartizan.scan.graphs.names import names_of

__all__ = ["FORMAT"]

_START = re.compile(
    rb"\A(?:\s*#[^\n]*\n)*\s*"
    rb"(?:node|library|versions|saved_model_schema_version|meta_graphs|meta_info_def|graph_def)\s*[:{]"
)
_OPERATOR = re.compile(rb"""\bop\s*:\s*["']((?:[^"'\\\n]|\\.){1,200})["']""")
_NAME = re.compile(rb"""\bsignature\s*\{\s*name\s*:\s*["']([^"'\n]{1,300})["']""")
_ESCAPE = re.compile(rb"\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3}))")
_BLOCK, _OVERLAP = 1 << 20, 1024
_LARGEST = 2 << 30
"""What the reference parsers allow."""


def recognise(look: Look) -> bool:
    """Tell by the first field, in a file that is called text of protobuf."""
    return look.suffix in (".pbtxt", ".prototxt", ".textproto") and bool(_START.match(look.head))


def examine(look: Look, desk: Desk) -> None:
    """Judge the names of operators. Raises Malformed, LimitReached."""
    if look.size > _LARGEST:
        raise LimitReached(f"the graph has {look.size} bytes")
    found: dict[str, int] = {}
    own: set[str] = set()
    for at in range(0, look.size, _BLOCK):
        desk.check_time()
        block = look.content.read(at, _BLOCK + _OVERLAP)
        if b"\0" in block:
            raise Malformed("bytes that are no text stand in the graph", at)
        for match in _OPERATOR.finditer(block):
            found.setdefault(_plain(match[1]), at + match.start())
        own |= {match[1].decode("utf-8", "replace") for match in _NAME.finditer(block)}
    desk.cover_all(look.content)
    for name, offset in found.items():
        _judge(name, offset, own, desk)


def _plain(text: bytes) -> str:
    """Return a text without its escapes."""
    plain = _ESCAPE.sub(lambda one: bytes([int(one[1], 16) if one[1] else int(one[2], 8) & 255]), text)
    return plain.decode("utf-8", "replace")


def _judge(name: str, offset: int, own: set[str], desk: Desk) -> None:
    if name in tensorflow.PYTHON:
        desk.hit("tensorflow-runs-python", f"`{name}`", offset=offset)
    elif name in tensorflow.WRITES:
        desk.hit("tensorflow-writes-files", f"`{name}`", offset=offset)
    elif name in tensorflow.READS:
        desk.hit("tensorflow-reads-files", f"`{name}`", offset=offset)
    elif name in tensorflow.NETWORK or name.startswith("Debug"):
        desk.hit("tensorflow-calls-out", f"`{name}`", offset=offset)
    elif name not in names_of("tensorflow") and name not in own:
        desk.hit("custom-operators", f"`{name}`", offset=offset)


FORMAT = Format(
    name="tensorflow-text", title="TensorFlow graph as text", group="model", recognise=recognise, examine=examine
)
