"""Traces, cards and policies for the commands of `bartizan flow`, read from files."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bartizan.cli.gateway_parts import given
from bartizan.guard.cards import draft, parse_cards, refine
from bartizan.guard.flow.journal import Entry, read_journal
from bartizan.guard.flow.monitor import FlowMonitor
from bartizan.guard.flow.replay import Policy
from bartizan.guard.flow.traces import Trace, read_traces
from bartizan.guard.flow.verdict import Verdict
from bartizan.guard.policy import PolicyFile
from bartizan.guard.policy.tools import ToolAsked, ToolAuthoriser, tool_policies
from bartizan.guard.principal import Principal
from bartizan.model import Allow, Ask, Deny, InputError, NothingToDo, Ruling
from bartizan.model.card import ToolCard

__all__ = ["is_journal", "journal_of", "monitors_of", "policy_of", "suites_of", "traces_of"]

_MOST_LINE = 256 << 20
_GZIP = b"\x1f\x8b"
_CARDS = "name a file of tool cards, or a folder of them; `bartizan tools card` drafts them"


def traces_of(path: Path) -> list[Trace]:
    """Read traces. Raises InputError, and NothingToDo for a file without any."""
    traces = list(read_traces(_lines(path), str(path)))
    if not traces:
        raise NothingToDo(f"`{path}` holds no session")
    return traces


def is_journal(path: Path) -> bool:
    """Tell whether a file is the journal of a session. Raises InputError."""
    first = next((line for line in _lines(path) if line.strip()), b"")
    return first.startswith(b'{"entry":')


def journal_of(path: Path) -> list[Entry]:
    """Read a journal, and check that it is as it was written. Raises InputError."""
    return list(read_journal(_lines(path), str(path)))


def suites_of(paths: Sequence[Path], traces: Sequence[Trace]) -> dict[str, dict[str, ToolCard]]:
    """Read cards, by suite and tool; those for suites that have no file of their own are under the empty name.

    Raises InputError, also for a tool with two cards in one suite.
    """
    names = {trace.suite for trace in traces}
    own: dict[str, list[ToolCard]] = {}
    shared: list[ToolCard] = []
    for path in paths:
        files = sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]
        if not files:
            raise InputError(f"`{path}` holds no cards", help="its files end with .yaml")
        for file in files:
            cards = parse_cards(given(file, _CARDS), str(file))
            if path.is_dir() and file.stem in names:
                own.setdefault(file.stem, []).extend(cards)
            else:
                shared += cards
    out = {"": _by_tool(shared)}
    for suite, cards in own.items():
        out[suite] = {**out[""], **_by_tool(cards)}
    for trace in traces:
        known = out.get(trace.suite, out[""])
        for tool in {step.tool for step in trace.events if "/" in step.tool}:
            server, _, name = tool.rpartition("/")
            card = known.get(name)
            if tool not in known and card is not None and card.server in ("", server):
                known[tool] = _named(card, tool)
    return out


def monitors_of(
    paths: Sequence[Path], traces: Sequence[Trace], shapes: Iterable[Any], own: Sequence[str], *, attended: bool
) -> dict[str, FlowMonitor]:
    """Return a monitor for each suite, with its cards, or with drafts from what the traces show of each tool.

    Raises InputError.
    """
    forms = tuple(shapes)
    suites = suites_of(paths, traces) if paths else _drafted(traces)
    return {
        suite: FlowMonitor(cards.values(), attended=attended, shapes=forms, own=own, refine=_refiner(forms))
        for suite, cards in suites.items()
    }


def _drafted(traces: Sequence[Trace]) -> dict[str, dict[str, ToolCard]]:
    """Draft a card of each tool, from its name and from arguments that it was given."""
    samples: dict[str, dict[str, dict[str, Any]]] = {}
    for trace in traces:
        tools = samples.setdefault(trace.suite, {})
        for step in trace.events:
            seen = tools.setdefault(step.tool, {})
            for name, value in step.args.items():
                seen.setdefault(name, value)
    return {
        suite: {
            tool: _named(draft({"name": tool.rpartition("/")[2]}, sample=sample), tool)
            for tool, sample in tools.items()
        }
        for suite, tools in samples.items()
    }


def _named(card: ToolCard, tool: str) -> ToolCard:
    """Return a card under the name that a tool has in a session, which for MCP is `SERVER/TOOL`."""
    server = tool.rpartition("/")[0]
    binds = f"{server}/{card.binds}" if server and card.binds and "/" not in card.binds else card.binds
    return msgspec.structs.replace(card, tool=tool, server=server or card.server, binds=binds)


def policy_of(path: Path, user: str = "", groups: Sequence[str] = ()) -> Policy:
    """Read Cedar policies, and return what they say of a call of this user. Raises InputError."""
    files = sorted(path.glob("*.cedar")) if path.is_dir() else [path]
    try:
        texts = [PolicyFile(file.name, given(file, "name a policy, or a folder of them").decode()) for file in files]
    except UnicodeDecodeError:
        raise InputError(f"a policy of `{path}` is not in UTF-8") from None
    if not texts:
        raise InputError(f"`{path}` holds no policy", help="its files end with .cedar")
    authoriser = ToolAuthoriser(tool_policies(texts))
    who = Principal(id=user or "replay", source="replay", groups=frozenset(groups))

    def decide(verdict: Verdict, card: ToolCard | None) -> tuple[Ruling, str]:
        server = "" if card is None else card.server
        asked = ToolAsked(who, "call-tool", "Tool", verdict.tool, server, _context(verdict, card))
        ruled = authoriser.decide(asked)
        ruling: Ruling = Ask(ruled.ask) if ruled.ask else Deny(ruled.sentence)
        return Allow() if ruled.allowed else ruling, ruled.rule

    return decide


def _context(verdict: Verdict, card: ToolCard | None) -> Mapping[str, Any]:
    """Return what policies may ask about that a trace can tell."""
    flow = {Allow: "allow", Ask: "ask", Deny: "deny"}.get(type(verdict.ruling), "allow")
    about: dict[str, Any] = {
        "tool": verdict.tool, "effect": verdict.effect.value, "tainted": verdict.tainted, "pinned": True,
        "sources": sorted({one.source.value for one in verdict.origins}), "flow": flow, "flow_rule": verdict.rule,
    }  # fmt: skip
    if card is not None:
        about |= {
            "reversible": card.reversible, "destroys": card.destroys, "fetches": card.fetches,
            "private": card.private, "reviewed": card.reviewed,
        }  # fmt: skip
    return about


def _refiner(shapes: Sequence[Any]) -> Callable[[ToolCard, Any], ToolCard]:
    """Return what adds fields of a result to a card that nobody reviewed."""
    forms = frozenset(shapes)
    return lambda card, result: refine(card, result, forms)


def _by_tool(cards: Iterable[ToolCard]) -> dict[str, ToolCard]:
    out: dict[str, ToolCard] = {}
    for card in cards:
        if card.tool in out:
            raise InputError(f"`{card.tool}` has two cards", help="keep one of them")
        out[card.tool] = card
    return out


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, which may be gzipped. Raises InputError."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
        with gzip.open(path) if packed else path.open("rb") as lines:
            while line := lines.readline(_MOST_LINE + 1):
                yield line
    except FileNotFoundError:
        raise InputError(f"`{path}` is not there", help="name a file of traces") from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"`{path}` can't be read: {type(error).__name__}") from None
