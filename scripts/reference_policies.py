"""Reference page of statements: what each policy and standard says, for whom, and what holds it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from bartizan.catalog import Catalog
from bartizan.catalog.statements import CatalogStatement, Statements, When, load_statements
from scripts.reference_tables import anchored, each, row

__all__ = ["statements"]

_NAMES = {"en": "English", "de": "German", "fr": "French", "it": "Italian", "sq": "Albanian"}
_HEAD = ("| statement | level | says | for whom | controls | held by |", "|---|---|---|---|---|---|")


def statements(catalog: Catalog) -> str:  # noqa: ARG001 - a page's signature
    """Every statement of every policy and standard."""
    known = load_statements()
    lines = [
        "# Statements",
        "",
        f"{len(known.statements)} statements for {len(known.documents)} policies and standards, each one file in "
        "`src/bartizan/catalog/data/statements/`. [The guide](../policies.md) tells how a policy is made of them. "
        f"Each is written in {_languages(known)}; here stands the English.",
        "",
    ]
    for document in known.documents.values():
        lines += [f"## {document.title['en']} {{#{document.id}}}", "", document.purpose["en"], "", *_HEAD]
        lines += [_row(one) for one in known.of(document.id)]
        lines.append("")
    return "\n".join([*lines, *_measures(known), ""])


def _languages(known: Statements) -> str:
    written = set.intersection(*(set(known.languages(id)) for id in known.documents))
    *others, last = [name for name in _NAMES if name in written]
    return f"{', '.join(_NAMES[name] for name in others)} and {_NAMES[last]}"


def _row(one: CatalogStatement) -> str:
    controls = each(f"[{name}](controls.md#{name})" for name in one.controls)
    held = each(_held(what.by, what.what) for what in one.enforced)
    return row([anchored(one.id), one.level, one.text["en"], each(_when(one.when)), controls, held])


def _held(by: str, what: str) -> str:
    if by == "scan":
        return f"[{what}](scan-rules.md#rule-{what})"
    return f"[{what}](#measure-{what})" if by == "gateway" else f"policy `{what}`"


def _when(when: When) -> Iterator[str]:
    for field in msgspec.structs.fields(When):
        value = getattr(when, field.name)
        if value not in (None, [], 0):
            shown = " or ".join(value) if isinstance(value, list) else str(value).lower()
            yield f"`{field.name}`: {shown}"


def _measures(known: Statements) -> Iterator[str]:
    yield from (
        "## What the gateway holds {#measures}",
        "",
        "| measure | what | key | rule in events |",
        "|---|---|---|---|",
    )
    for one in known.measures.values():
        name = f'<a id="measure-{one.id}"></a>`{one.id}`'
        yield row([name, one.title["en"], f"`{one.key}`", f"`{one.rule}`" if one.rule else ""])
