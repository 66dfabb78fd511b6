"""The work behind `bartizan tools card`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bartizan.cli.mcp_targets import AskedServer, ask_server, find_server
from bartizan.cli.output import emit, say, terminal
from bartizan.guard.cards import Merged, State, doubts, draft_all, format_cards, merge, parse_cards
from bartizan.guard.exchange.jsonbody import BodyError, decode_text
from bartizan.model import InputError, NothingToDo
from bartizan.model.card import Role, ToolCard
from bartizan.model.words import Effect
from bartizan.report.amounts import count
from bartizan.report.terminal import Column, Pen
from bartizan.store import read_bounded

__all__ = ["draft_cards"]

_MOST = 10_000
"""Definitions of one file."""


class _Tools(NamedTuple):
    """A server's name and the definitions of its tools."""

    server: str
    definitions: list[dict[str, Any]]


def draft_cards(asked: AskedServer, *, seconds: float, output: Path | None) -> int:
    """Draft cards, merge them with those that are there, and write them. Raises InputError or BartizanError."""
    tools = _tools(asked, seconds)
    if not tools.definitions:
        raise NothingToDo("the server defines no tool")
    before = _before(output)
    merged = merge(before, draft_all(tools.definitions, server=tools.server))
    cards = [card for card, _ in merged.cards]
    shown = "\n".join(_table(merged, Pen(*terminal(None))))
    if output is None:
        say(shown)
        emit(_text(cards, tools.server), None)
    else:
        if list(before) != cards:
            emit(_text(cards, tools.server), output)
        emit(shown.encode() + b"\n", None)
    _tell(merged, tools.definitions, output)
    return 0


def _tools(asked: AskedServer, seconds: float) -> _Tools:
    """Return the tools of a file of definitions, or of a server that is asked for them."""
    listed = None if asked.command or not asked.server else _of_file(Path(asked.server))
    if listed is not None:
        return _Tools(asked.name or Path(asked.server).stem, listed)
    from bartizan.guard.gateway.mcp.pinfiles import default_folder, read_pins
    from bartizan.guard.mcp.pins import Kind

    pinned = read_pins(default_folder())
    found = find_server(asked, pinned)
    if found.pins is not None:
        pinned = read_pins(found.pins)
    approved = pinned[found.name].reached if found.name in pinned else None
    listing = ask_server(found, seconds, approved=approved)
    for kind, name, why in listing.unpinnable:
        if kind is Kind.TOOL:
            say(f"tool `{name[:60]}` has no card: {why}")
    return _Tools(found.name, [one.body for one in listing.of(Kind.TOOL)])


def _of_file(path: Path) -> list[dict[str, Any]] | None:
    """Return the definitions that a file holds: a list, an answer to `tools/list`, or one a line.

    None for a file that is something else, such as a client's file of servers.
    """
    if not path.is_file() or path.suffix not in (".json", ".jsonl"):
        return None
    try:
        text = read_bounded(path).decode("utf-8-sig")
        values = (
            [decode_text(line) for line in text.splitlines() if line.strip()]
            if path.suffix == ".jsonl"
            else decode_text(text)
        )
    except UnicodeDecodeError:
        raise InputError(f"`{path}` is not in UTF-8") from None
    except BodyError as error:
        raise InputError(f"`{path}` is no JSON: {error}") from None
    if isinstance(values, dict):
        inner = values.get("result", values)
        values = inner.get("tools") if isinstance(inner, dict) else None
    if not isinstance(values, list):
        return None
    if len(values) > _MOST:
        raise InputError(f"`{path}` defines more than {_MOST:,} tools")
    for number, one in enumerate(values, 1):
        if not isinstance(one, dict) or not _name(one):
            raise InputError(f"number {number} in `{path}` is no definition of a tool", help="each has a `name`")
    return values


def _name(definition: Mapping[str, Any]) -> str:
    inner = definition.get("function")
    name = definition.get("name", inner.get("name") if isinstance(inner, dict) else None)
    return name if isinstance(name, str) else ""


def _before(output: Path | None) -> Sequence[ToolCard]:
    if output is None or not output.exists():
        return ()
    return parse_cards(read_bounded(output), str(output))


def _text(cards: Iterable[ToolCard], server: str) -> bytes:
    heading = [
        f"Tool cards of {server}: what each tool does, which arguments matter, how far its results can be trusted.",
        "Drafted ones hold until they are reviewed; then put your name into `reviewed_by`.",
    ]
    return format_cards(cards, heading=heading).encode()


def _table(merged: Merged, pen: Pen) -> list[str]:
    columns = [Column(36, style="bold"), Column(18), Column(18), Column(), Column(24, style="dim")]
    rows = [["tool", "does", "returns", "held to their origin", ""]]
    rows += [[card.tool, _does(card), _returns(card), _held(card), _state(state)] for card, state in merged.cards]
    return pen.table(columns, rows)


def _does(card: ToolCard) -> str:
    words = [card.effect.value]
    if card.destroys:
        words.append("destroys")
    elif card.effect is not Effect.READ and card.reversible:
        words.append("undoable")
    return ", ".join([*words, *(["fetches"] if card.fetches else [])])


def _returns(card: ToolCard) -> str:
    return f"{card.result.value}{', private' if card.private else ''}"


def _held(card: ToolCard) -> str:
    return ", ".join(name for name, one in card.arguments.items() if one.role is Role.CRITICAL) or "-"


def _state(state: State) -> str:
    return "" if state is State.NEW else state.value


def _tell(merged: Merged, definitions: Sequence[Mapping[str, Any]], output: Path | None) -> None:
    """Say what has become of the cards, and what speaks against those that were reviewed."""
    told = {state: merged.count(state) for state in State if merged.count(state)}
    where = f" in {output}" if output is not None else ""
    states = ", ".join(f"{number} {state.value}" for state, number in told.items())
    say(f"{count(len(merged.cards), 'card')}{where}: {states}")
    by_name = {_name(one): one for one in definitions}
    for card, state in merged.cards:
        if state is State.REVIEWED:
            for doubt in doubts(card, by_name[card.tool], by_name):
                say(f"reviewed card of `{card.tool}`: {doubt}")
        elif state is State.CHANGED:
            for reason in card.reasons:
                say(f"card of `{card.tool}`: {reason}")
