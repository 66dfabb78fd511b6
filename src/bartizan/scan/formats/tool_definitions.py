"""Lists of tools as MCP servers and model interfaces give them, and results of tools, as JSON."""

from __future__ import annotations

from bartizan.scan.agents.source import json_tree, text_of
from bartizan.scan.agents.tools import check_results, check_tools
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.texts.jsondata import first_sign

__all__ = ["FORMAT"]

_LARGEST = 4 << 20
_SCHEMAS = (b"inputSchema", b"input_schema", b'"parameters"', b'"arguments"', b"functionDeclarations")


def recognise(look: Look) -> bool:
    """Tell by a name, a description and a schema beside each other, or by the parts of a result."""
    if look.suffix not in (".json", ".jsonc", "") or not 0 < look.size <= _LARGEST:
        return False
    if first_sign(look.head) not in (b"{", b"["):
        return False
    data = look.content.read(0, look.size)
    if b'"description"' in data and b'"name"' in data and (any(one in data for one in _SCHEMAS) or b'"tools"' in data):
        return True
    return (
        b'"content"' in data
        and b'"text"' in data
        and (b'"isError"' in data or b'"jsonrpc"' in data or b'"type":' in data[:400])
    )


def examine(look: Look, desk: Desk) -> None:
    """Check every description, and the texts of results. What only resembles such a list is left alone."""
    source = text_of(look.content)
    desk.cover_all(look.content)
    try:
        tree, _ = json_tree(source, look.path)
    except Malformed:
        return
    found = check_tools(tree, desk)
    if found:
        desk.fact("tools", ", ".join(tool.name for tool in found[:50]))
    check_results(tree, desk)


FORMAT = Format(
    name="tool-definitions",
    title="Tools of a server",
    group="agent",
    recognise=recognise,
    examine=examine,
    accounts=False,
)
