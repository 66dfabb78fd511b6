"""How what a server lists differs from what was approved: definition by definition, then the server itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bartizan.guard.mcp.pins.change import Change, What, change
from bartizan.guard.mcp.pins.definition import Definition, Kind, Listing, canonical
from bartizan.guard.mcp.pins.document import Pins, Reached
from bartizan.guard.mcp.pins.names import Names
from bartizan.guard.mcp.pins.quoting import plain, quoted
from bartizan.guard.mcp.pins.schema import Way, compare_schemas
from bartizan.guard.mcp.pins.suspicion import Others, suspicions_of
from bartizan.guard.mcp.pins.texts import texts_of
from bartizan.model.words import Level

__all__ = ["compare", "compare_definitions", "compare_instructions", "compare_server"]

_MOST = 40
"""Differences of one schema that are told."""
_SCHEMAS = ("inputSchema", "outputSchema", "arguments")
_SCHEMA_PLACES = ("/inputSchema", "/arguments")
_TEXTS = frozenset({"title", "description", "$comment", "examples", "example"})
_KNOWN = frozenset({"name", "uriTemplate", "title", "description", "annotations", "icons", "_meta", *_SCHEMAS})
_WEAKER = {"readOnlyHint": True, "destructiveHint": False, "openWorldHint": False, "idempotentHint": True}
"""What a program takes as leave to ask less."""
_WAYS = {Way.WIDER: What.WIDER, Way.NARROWER: What.NARROWER, Way.OTHER: What.SCHEMA}


def compare(
    pinned: Iterable[Definition], listed: Listing, instructions: str = "", others: Others | None = None
) -> list[Change]:
    """Return how a listing differs from pinned definitions and instructions; nothing where it is as it was."""
    known = others or Others()
    own = {one.name for one in listed.definitions}
    before = {(one.kind, one.name): one for one in pinned}
    after: dict[tuple[Kind, str], list[Definition]] = {}
    for one in listed.definitions:
        after.setdefault((one.kind, one.name), []).append(one)
    out: list[Change] = []
    for key, old in before.items():
        for new in after.get(key, []):
            out += compare_definitions(old, new, known, own)
    gone = [old for key, old in before.items() if key not in after]
    fresh = [news[0] for key, news in after.items() if key not in before]
    out += _come_and_gone(gone, fresh, known, own)
    for kind, name, why in listed.unpinnable:
        out.append(change(What.UNPINNABLE, f"can't be reviewed: {why}", thing=kind.words, name=name))
    twice = [news[0] for news in after.values() if len({one.digest for one in news}) > 1]
    out += [
        change(What.TWICE, "is defined twice, and differently", thing=one.kind.words, name=one.name) for one in twice
    ]
    return out + compare_instructions(instructions, listed.instructions)


def compare_definitions(old: Definition, new: Definition, others: Others, own: Iterable[str] = ()) -> list[Change]:
    """Return how a definition changed, the most telling first, and what in it is suspicious that was not before."""
    if old.digest == new.digest:
        return []
    thing, name = new.kind.words, new.name
    had = {one.key for one in suspicions_of(old, others, own)}
    out = [one for one in suspicions_of(new, others, own) if one.key not in had]
    texts = list(_texts(old, new))
    out += texts
    out += _schema(old, new, told=any(one.where.startswith(_SCHEMA_PLACES) for one in texts))
    out += _annotations(old, new)
    if canonical(old.body.get("outputSchema")) != canonical(new.body.get("outputSchema")):
        told = compare_schemas(old.body.get("outputSchema", {}), new.body.get("outputSchema", {}))
        says = "has other results" + (f": {told[0].says}" if told else "")
        out.append(change(What.OUTPUT, says, thing=thing, name=name, where="/outputSchema"))
    for member, what in (("icons", What.ICONS), ("_meta", What.META)):
        if canonical(old.body.get(member)) != canonical(new.body.get(member)):
            out.append(_member(what, member, old, new))
    for member in sorted((old.body.keys() | new.body.keys()) - _KNOWN):
        if canonical(old.body.get(member)) != canonical(new.body.get(member)):
            out.append(_member(What.OTHER, member, old, new))
    # Digests differ: something always is said, also when no rule sees what.
    return out or [change(What.OTHER, "is not written as it was", thing=thing, name=name)]


def compare_instructions(old: str, new: str) -> list[Change]:
    """Return how the server's instructions changed."""
    if old == new:
        return []
    says = (
        "has instructions now" if not old else "has no instructions any more" if not new else "has other instructions"
    )
    return [change(What.INSTRUCTIONS, says, where="/instructions", was=plain(old), now=plain(new))]


def compare_server(pins: Pins, listed: Listing, reached: Reached) -> list[Change]:
    """Return how the server itself differs from what was pinned: how it is reached, and what it calls itself."""
    out = []
    for what, says, was, now in (
        (What.REACHED, "is reached otherwise", pins.reached.shown, reached.shown),
        (What.CALLED, "calls itself otherwise", pins.name, listed.name),
        (What.VERSION, "has another version", pins.version, listed.version),
        (What.REVISION, "speaks another revision of MCP", pins.revision, listed.revision),
    ):
        # What a server calls itself isn't known of one that was pinned at its first use.
        if was != now and (was or what is What.REACHED):
            out.append(change(what, says, was=plain(was), now=plain(now)))
    return out


def _come_and_gone(
    gone: list[Definition], fresh: list[Definition], others: Others, own: Iterable[str]
) -> Iterator[Change]:
    """Tell what is gone and what is new, and which of these are one, under another name."""
    heirs = _Heirs(fresh)
    for old in gone:
        new, how = heirs.take(old)
        if new is None:
            yield change(What.REMOVED, "is gone", thing=old.kind.words, name=old.name)
            continue
        yield change(What.RENAMED, f"was {quoted(old.name)} when it was approved{how}", thing=new.kind.words,
                     name=new.name, was=plain(old.name), now=plain(new.name))  # fmt: skip
        yield from compare_definitions(_named(old, new), new, others, own)
    for new in heirs.left.values():
        yield change(What.ADDED, "was not there when the server was approved", thing=new.kind.words, name=new.name)
        yield from suspicions_of(new, others, own)


def _named(old: Definition, new: Definition) -> Definition:
    """Return an old definition as if it had the new one's name, so that only what else changed is told."""
    body = {**old.body, old.kind.key: new.name}
    same = canonical(body) == canonical(new.body)
    return Definition(kind=old.kind, name=new.name, body=body, digest=new.digest if same else old.digest)


class _Heirs:
    """Definitions that are new, each of which may be what one has become that is gone."""

    def __init__(self, fresh: Iterable[Definition]) -> None:
        self.left = {(one.kind, one.name): one for one in fresh}
        self._rest: dict[bytes, list[Definition]] = {}
        self._said: dict[tuple[Kind, str], list[Definition]] = {}
        for one in self.left.values():
            self._rest.setdefault(_nameless(one), []).append(one)
            if one.description:
                self._said.setdefault((one.kind, one.description), []).append(one)
        self._names = Names((one.kind.value, one.name) for one in self.left.values())

    def take(self, old: Definition) -> tuple[Definition | None, str]:
        """Return what a definition has most likely become, and how both differ; None for nothing that is new."""
        for one in self._rest.get(_nameless(old), []):
            if self.left.pop((one.kind, one.name), None) is not None:
                return one, ", and is the same otherwise"
        alike = [(Kind(like.owner), like.name) for like in self._names.like(old.name)]
        said = [(one.kind, one.name) for one in self._said.get((old.kind, old.description), [])]
        for key in [*said, *alike]:
            if key[0] is old.kind and key in self.left:
                return self.left.pop(key), ", and changed as well"
        return None, ""


def _nameless(one: Definition) -> bytes:
    return canonical([one.kind.value, {key: value for key, value in one.body.items() if key != one.kind.key}])


def _texts(old: Definition, new: Definition) -> Iterator[Change]:
    """Tell which texts changed: of the tool itself and within its schema; names of members don't count."""
    thing, name = new.kind.words, new.name
    before, after = _described(old), _described(new)
    for where in sorted(before.keys() | after.keys()):
        was, now = before.get(where, ""), after.get(where, "")
        if was == now:
            continue
        if not was and where.startswith(_SCHEMA_PLACES) and not _there(old.body, where.rpartition("/")[0]):
            continue  # a part of what is new itself
        what = What.TITLE if where in ("/title", "/annotations/title") else What.DESCRIPTION
        whose = "its" if where.count("/") == 1 else f"the one at {quoted(where)}"
        noun = "title" if what is What.TITLE else "description"
        says = f"has another {noun}" if whose == "its" else f"describes otherwise what stands at {quoted(where)}"
        yield change(what, says, thing=thing, name=name, where=where, was=plain(was), now=plain(now))


def _there(body: Any, where: str) -> bool:
    """Tell if something stands at a JSON pointer."""
    for part in where.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(body, list):
            body = dict(enumerate(body)).get(int(name)) if name.isdecimal() else None
        else:
            body = body.get(name) if isinstance(body, dict) else None
    return body is not None


def _described(one: Definition) -> dict[str, str]:
    return {
        where: text
        for where, text in texts_of(one.body)
        if _TEXTS & set(where.split("/")[-2:]) and not where.startswith("/_meta")
    }


def _schema(old: Definition, new: Definition, *, told: bool) -> Iterator[Change]:
    """Tell how the schema of the arguments changed. `told` says that other texts in it were told already."""
    if canonical(old.schema) == canonical(new.schema):
        return
    found = compare_schemas(old.schema, new.schema)
    if not found and not told:
        yield change(What.SCHEMA, "has another schema, where nothing refers to", thing=new.kind.words, name=new.name)
    for one in found[:_MOST]:
        severity = Level.MEDIUM if one.way is Way.OTHER and "default" in one.says else None
        yield change(_WAYS[one.way], f"has another schema: {one.says}", severity=severity, thing=new.kind.words,
                     name=new.name, where=one.where)  # fmt: skip
    if len(found) > _MOST:
        says = f"has {len(found) - _MOST} more differences in its schema"
        yield change(What.WIDER, says, thing=new.kind.words, name=new.name)


def _annotations(old: Definition, new: Definition) -> Iterator[Change]:
    before, after = old.body.get("annotations"), new.body.get("annotations")
    before, after = (one if isinstance(one, dict) else {} for one in (before, after))
    for key in sorted((before.keys() | after.keys()) - {"title"}):
        was, now = before.get(key), after.get(key)
        if canonical(was) == canonical(now):
            continue
        weaker = key in _WEAKER and now is _WEAKER[key]
        says = f"says of itself {quoted(key)}: {_shown(now)}, and said {_shown(was)}"
        yield change(What.ANNOTATION, says, severity=Level.MEDIUM if weaker else None, thing=new.kind.words,
                     name=new.name, where=f"/annotations/{key}", was=_shown(was), now=_shown(now))  # fmt: skip


def _member(what: What, member: str, old: Definition, new: Definition) -> Change:
    was, now = _shown(old.body.get(member)), _shown(new.body.get(member))
    says = f"has another {quoted(member)}"
    return change(what, says, thing=new.kind.words, name=new.name, where=f"/{member}", was=was, now=now)


def _shown(value: Any) -> str:
    return "nothing" if value is None else plain(canonical(value).decode())
