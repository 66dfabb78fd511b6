"""`bartizan catalog`: what Bartizan knows, to search and to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click
import msgspec

from bartizan.catalog import Catalog, Control, Framework, Pattern, Position, Threat
from bartizan.cli import parameters
from bartizan.cli.output import emit, json_bytes, terminal
from bartizan.cli.work import catalog
from bartizan.model import InputError
from bartizan.model.decode import nearest
from bartizan.report.terminal import Column, Pen

__all__ = ["command"]

_SHOWN = 40


class Hit(msgspec.Struct, kw_only=True):
    """An entry of the catalog: what kind of thing it is, its id (a framework item with its framework), its title."""

    kind: str
    id: str
    title: str
    framework: str = ""


@click.group("catalog")
def command() -> None:
    """Search threats, controls and framework items, and show one."""


@command.command("search")
@click.argument("words", nargs=-1, required=True, help="What an entry must hold.")
@parameters.views
def search(words: tuple[str, ...], format: str) -> None:
    """Find entries that hold all WORDS, in their id, title or description."""
    wanted = [word.casefold() for word in words]
    found = sorted(
        ((_rank(hit, wanted), hit) for hit, rest in _entries(catalog()) if _holds(hit, rest, wanted)),
        key=lambda pair: (pair[0], pair[1].kind, pair[1].id),
    )
    hits = [hit for _, hit in found]
    if format == "json":
        emit(json_bytes({"schema": "bartizan/search/1", "hits": msgspec.to_builtins(hits)}), None)
        return
    pen = Pen(*terminal(None))
    rows = [[hit.kind, hit.id, hit.title] for hit in hits[:_SHOWN]]
    lines = pen.table([Column(18, style="dim"), Column(40, style="bold"), Column()], rows, indent=0)
    if len(hits) > _SHOWN:
        lines.append(f"and {len(hits) - _SHOWN} more; add a word to narrow it down")
    if not hits:
        lines.append(f"nothing in the catalog holds {' and '.join(f'`{word}`' for word in words)}")
    emit(("\n".join(lines) + "\n").encode(), None)


@command.command("show")
@click.argument("id", help="The entry.")
@parameters.views
def show(id: str, format: str) -> None:
    """Show one entry by its id.

    ID is that of a threat, control, pattern, position, framework, or an item of a framework, such as AML.T0051.
    """
    knowledge = catalog()
    entries = [(kind, table[id]) for kind, table in _tables(knowledge) if id in table]
    items = [(framework, framework.items[id]) for framework in knowledge.frameworks.values() if id in framework.items]
    if not entries and not items:
        known = {hit.id for hit, _ in _entries(knowledge)}
        raise InputError(f"there is no `{id}` in the catalog", help=nearest(id, known))
    parts = [{"entry": kind, **msgspec.to_builtins(entry)} for kind, entry in entries]
    parts += [
        {"entry": "item", "framework": framework.id, "id": id, **msgspec.to_builtins(item), **_users(knowledge, id)}
        for framework, item in items
    ]
    if format == "json":
        emit(json_bytes({"schema": "bartizan/entries/1", "entries": parts}), None)
        return
    pen = Pen(*terminal(None))
    emit(("\n\n".join("\n".join(_lines(part, pen)) for part in parts) + "\n").encode(), None)


def _tables(knowledge: Catalog) -> list[tuple[str, dict[str, Threat | Control | Pattern | Position | Framework]]]:
    return [
        ("threat", {**knowledge.threats}),
        ("control", {**knowledge.controls}),
        ("pattern", {**knowledge.patterns}),
        ("position", {**knowledge.positions}),
        ("framework", {**knowledge.frameworks}),
    ]


def _entries(knowledge: Catalog) -> Iterator[tuple[Hit, str]]:
    """Everything that can be found, with the text beside id and title."""
    for kind, table in _tables(knowledge):
        for entry in table.values():
            rest = getattr(entry, "description", getattr(entry, "intent", ""))
            yield Hit(kind=kind, id=entry.id, title=entry.title), rest
    for framework in knowledge.frameworks.values():
        for name, item in framework.items.items():
            yield Hit(kind=framework.id, id=name, title=item.title, framework=framework.id), ""


def _holds(hit: Hit, rest: str, wanted: Iterable[str]) -> bool:
    text = f"{hit.id} {hit.title} {rest}".casefold()
    return all(word in text for word in wanted)


def _rank(hit: Hit, wanted: Iterable[str]) -> int:
    """Entries of our own first, and of those the ones that are named so."""
    heading = f"{hit.id} {hit.title}".casefold()
    return (0 if all(word in heading for word in wanted) else 1) + (2 if hit.framework else 0)


def _users(knowledge: Catalog, item: str) -> dict[str, list[str]]:
    """The threats and controls that name an item of a framework."""

    def names(threat: Threat) -> list[str]:
        return [*threat.atlas, *threat.owasp_llm, *threat.owasp_agentic, *threat.owasp_ml, *threat.stride]

    return {
        "threats": sorted(entry.id for entry in knowledge.threats.values() if item in names(entry)),
        "controls": sorted(
            entry.id for entry in knowledge.controls.values() if any(item in listed for listed in entry.maps.values())
        ),
    }


def _lines(part: dict[str, object], pen: Pen) -> Iterator[str]:
    """One entry as lines: its title, then each thing that it says, but not its own test systems."""
    yield from pen.paragraph(f"{part['title']} ({part['entry']} {part['id']})", 0, "bold")
    for key, value in part.items():
        if key in ("entry", "id", "title", "examples", "items", "system") or value in ("", [], {}, None):
            continue
        label = key.replace("_", " ")
        if isinstance(value, dict):
            yield from pen.paragraph(f"{label}:")
            for name, entry in value.items():
                yield from pen.paragraph(f"{name}: {_plain(entry)}", 4)
        elif isinstance(value, list) and any(isinstance(entry, dict) or len(str(entry)) > 30 for entry in value):
            yield from pen.paragraph(f"{label}:")
            for entry in value:
                yield from pen.paragraph(f"- {_plain(entry)}", 4)
        else:
            yield from pen.paragraph(f"{label}: {_plain(value)}")


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(entry)}" for key, entry in value.items() if entry not in ("", []))
    return ", ".join(_plain(entry) for entry in value) if isinstance(value, list) else str(value).strip()
