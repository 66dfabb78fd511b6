"""Scripts of skills and hooks in JavaScript and TypeScript."""

from __future__ import annotations

from bartizan.scan.agents.paths import is_hook, skill_folder
from bartizan.scan.artefacts.content import exactly
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_ENDS = frozenset({".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx"})


def recognise(look: Look) -> bool:
    """Tell by the folder of a skill or of hooks. Declarations alone (`.d.ts`) do nothing."""
    if look.suffix not in _ENDS or look.size == 0 or b"\0" in look.head:
        return False
    if look.name.endswith((".d.ts", ".d.mts", ".d.cts")):
        return False
    return skill_folder(look) is not None or is_hook(look.path)


def examine(look: Look, desk: Desk) -> None:
    """Follow the script, and what other files of the tree it uses. Raises Malformed, LimitReached."""
    from bartizan.scan.agents.skill_javascript import javascript_doings
    from bartizan.scan.taint.modules import LARGEST, Modules, decoded_source
    from bartizan.scan.taint.typescript import MissingParser, typescript_module

    if look.size > LARGEST:
        raise LimitReached(f"it has more than {LARGEST >> 20} MB of source")
    source = decoded_source(exactly(look.content, 0, look.size))
    try:
        module = typescript_module(source, look.path)
    except MissingParser as error:
        desk.hit("mcp-source-not-inspected", str(error))
        return
    modules = Modules(look.tree, typescript_module)
    try:
        doings = javascript_doings(module, source, modules.javascript, desk.check_time)
    except RecursionError:
        raise LimitReached("its expressions nest too deeply") from None
    for doing in doings:
        desk.hit(doing.does, doing.code, line=doing.line)


FORMAT = Format(
    name="skill-javascript",
    title="JavaScript of a skill",
    group="agent",
    recognise=recognise,
    examine=examine,
    accounts=False,
)
