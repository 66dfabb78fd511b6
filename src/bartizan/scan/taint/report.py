"""Examines one file of a server's source and reports at the desk."""

from __future__ import annotations

from typing import Literal

from bartizan.scan.artefacts.content import exactly
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.artefacts.format import Look
from bartizan.scan.taint.judge import judged, lines_of
from bartizan.scan.taint.modules import LARGEST, Modules, decoded_source
from bartizan.scan.taint.python import python_module
from bartizan.scan.taint.tools import tools_of

__all__ = ["examine_source"]


def examine_source(look: Look, desk: Desk, language: Literal["python", "javascript"]) -> None:
    """Report what is wrong with a file. Raises Malformed for what is no source, LimitReached for too much."""
    desk.cover_all(look.content)
    if look.size > LARGEST:
        raise LimitReached(f"it has more than {LARGEST >> 20} MB of source")
    source = decoded_source(exactly(look.content, 0, look.size))
    parse = python_module
    if language == "javascript":
        from bartizan.scan.taint.typescript import MissingParser, typescript_module

        try:
            parse = typescript_module
            module = parse(source, look.path)
        except MissingParser as error:
            desk.hit("mcp-source-not-inspected", str(error))
            return
    else:
        module = parse(source, look.path)
    modules = Modules(look.tree, parse)
    tools = tools_of(module)
    hits, entries = judged(
        module, tools, modules.python if language == "python" else modules.javascript, desk.check_time
    )
    for hit in hits:
        desk.hit(hit.rule, hit.evidence, line=hit.line, column=hit.column)
    for tool in tools:
        desk.fact("mcp-tool", tool.name)
    if tools:
        desk.explain(lines_of(entries))
