"""Drafts an edition of a policy from the catalog and the organisation's profile.

Numbers are what people quote, so they stay: a statement keeps its number from edition to edition, what is new gets a
number of its own at the end of its section, and the number of what was taken out is given to nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from bartizan.catalog import Catalog
from bartizan.catalog.statements import CatalogStatement, Statements
from bartizan.govern.policies.choose import applies, fill, parameters
from bartizan.model import InputError
from bartizan.model.documents import Organisation, PolicySpec, PolicyState, Statement

__all__ = ["by_number", "draft", "edition_of", "next_edition", "parts_of"]

_NOT_GOVERNANCE = frozenset({"mitre-atlas", "owasp-llm", "owasp-agentic", "owasp-ml", "stride"})
"""Lists of threats: a statement doesn't meet one of their entries. They are mapped only when they are in scope."""


def draft(
    document: str,
    organisation: Organisation,
    statements: Statements,
    catalog: Catalog,
    previous: PolicySpec | None = None,
    *,
    language: str = "",
) -> PolicySpec:
    """Return a draft of a document for an organisation, on top of an earlier edition where there is one.

    The language is that which is asked for, else that of the earlier edition or of the organisation; where the
    document isn't written in the latter two, it is English. Statements of the organisation's own stay as they are. When
    nothing has changed, the earlier edition itself is returned. Raises InputError for a document that there isn't,
    a language that it isn't written in, and an organisation that none of its statements is for.
    """
    chosen = _language(document, statements, language, previous.language if previous else organisation.language)
    values = parameters(organisation, chosen)
    whole = statements.documents[document]
    made = PolicySpec(
        title=fill(whole.title[chosen], values),
        document=document,
        purpose=fill(whole.purpose[chosen], values),
        scope=fill(whole.scope[chosen], values),
        language=chosen,
    )
    wanted = [
        one
        for one in statements.of(document)
        if applies(one.when, organisation) and (previous is None or one.id not in previous.left_out)
    ]
    if not wanted and previous is None:
        raise InputError(
            f"no statement of `{document}` is for this organisation", help="look at `area` in what describes it"
        )
    sections = {section.id: section.title[chosen] for section in whole.sections}
    old = {one.id: one for one in previous.statements} if previous else {}
    entries = [
        (
            one.section,
            _statement(one, fill(one.text[chosen], values), sections[one.section], organisation, catalog, old),
        )
        for one in wanted
    ]
    numbered, retired = _numbered(entries, sections, statements, previous)
    made = msgspec.structs.replace(made, statements=numbered, retired=retired)
    return made if previous is None else _on_top(made, previous)


def _language(document: str, statements: Statements, asked: str, usual: str) -> str:
    there = statements.languages(document)
    if asked and asked not in there:
        raise InputError(f"`{document}` is not written in `{asked[:20]}`", help=f"there are: {', '.join(there)}")
    return asked or (usual if usual in there else "en")


def _statement(
    one: CatalogStatement, text: str, section: str, organisation: Organisation, catalog: Catalog,
    old: Mapping[str, Statement],
) -> Statement:  # fmt: skip
    kept = old.get(one.id)
    if kept is not None and kept.own:
        return msgspec.structs.replace(kept, section=section)
    return Statement(
        id=one.id, number="", section=section, text=text, level=one.level, controls=one.controls,
        maps=_maps(one, organisation.frameworks, catalog), enforced=one.enforced,
    )  # fmt: skip


def _maps(one: CatalogStatement, frameworks: Iterable[str], catalog: Catalog) -> dict[str, list[str]]:
    """Return the references of a statement and of its controls, for the frameworks in scope, in their own order."""
    asked = set(frameworks) or set(catalog.frameworks) - _NOT_GOVERNANCE
    found: dict[str, set[str]] = {}
    for maps in (one.maps, *(catalog.controls[name].maps for name in one.controls if name in catalog.controls)):
        for framework, items in maps.items():
            if framework in asked and framework in catalog.frameworks:
                found.setdefault(framework, set()).update(items)
    return {
        name: [item for item in catalog.frameworks[name].items if item in found[name]]
        for name in catalog.frameworks
        if name in found
    }


# ---- numbers


def _numbered(
    entries: Iterable[tuple[str, Statement]],
    sections: Mapping[str, str],
    statements: Statements,
    previous: PolicySpec | None,
) -> tuple[list[Statement], dict[str, str]]:
    """Give each statement its number: its old one, else the next that its section never had."""
    old = previous.statements if previous else []
    had = {**(previous.retired if previous else {}), **{one.number: one.id for one in old}}
    number_of = {id: number for number, id in had.items()}
    homes = _homes(had, old, sections, statements)
    found = []
    for section, one in entries:
        home = homes.get(section) or homes.setdefault(section, _after(homes.values(), had))
        number = number_of.get(one.id) or f"{home}.{_last(home, had) + 1}"
        had[number] = one.id
        found.append(msgspec.structs.replace(one, number=number))
    there = {one.id for one in found}
    found += [one for one in old if one.own and one.id not in statements.statements and one.id not in there]
    standing = {one.number for one in found}
    return sorted(found, key=by_number), {number: id for number, id in had.items() if number not in standing}


def _homes(
    had: Mapping[str, str], old: Iterable[Statement], sections: Mapping[str, str], statements: Statements
) -> dict[str, int]:
    """Return the numbers that the catalog's sections have in an earlier edition: by statements or title."""
    homes: dict[str, int] = {}
    for number, id in had.items():
        known = statements.statements.get(id)
        if known is not None and known.section in sections:
            homes.setdefault(known.section, parts_of(number)[0])
    ids = {title: id for id, title in sections.items()}
    for one in old:
        if one.section in ids:
            homes.setdefault(ids[one.section], by_number(one)[0])
    return homes


def _after(homes: Iterable[int], had: Mapping[str, str]) -> int:
    return max([0, *homes, *(parts_of(number)[0] for number in had)]) + 1


def _last(home: int, had: Mapping[str, str]) -> int:
    return max((parts[1] for number in had if (parts := parts_of(number))[0] == home), default=0)


def parts_of(number: str) -> tuple[int, int]:
    """Read the number of a statement, such as `3.2`: section and place. Raises InputError for what is none."""
    section, dot, place = number.partition(".")
    if not (dot and section.isascii() and section.isdigit() and place.isascii() and place.isdigit()):
        raise InputError(f"`{number[:20]}` is no number of a statement", help="write it as `3.2`: section and place")
    return int(section), int(place)


def by_number(one: Statement) -> tuple[int, int]:
    """Order statements as they stand in their document. Raises InputError for a number that is none."""
    return parts_of(one.number)


# ---- editions


def _on_top(made: PolicySpec, previous: PolicySpec) -> PolicySpec:
    """Take over what the catalog doesn't say, and count the edition."""
    made = msgspec.structs.replace(made, owner=previous.owner, left_out=previous.left_out, edition=previous.edition)
    unchanged = msgspec.structs.replace(
        made, state=previous.state, approved_by=previous.approved_by, approved_on=previous.approved_on,
        effective=previous.effective, review_by=previous.review_by,
    )  # fmt: skip
    if unchanged == previous:
        return previous
    return msgspec.structs.replace(made, edition=next_edition(previous, made))


def next_edition(previous: PolicySpec, new: PolicySpec) -> str:
    """Return the edition of a draft: a whole one up when it demands more or else than before, a tenth up otherwise.

    A draft that nobody has approved yet is revised under its own edition, as long as that stands for enough.
    """
    major, minor = edition_of(previous)
    demands = _must(new.statements) - _must(previous.statements)
    if previous.state is PolicyState.DRAFT and (not demands or minor == 0):
        return previous.edition
    return f"{major + 1}.0" if demands else f"{major}.{minor + 1}"


def edition_of(policy: PolicySpec) -> tuple[int, int]:
    """Return the two parts of a policy's edition. Raises InputError for an edition that isn't like `2.1`."""
    major, dot, minor = policy.edition.partition(".")
    if not (dot and major.isascii() and major.isdigit() and minor.isascii() and minor.isdigit()):
        raise InputError(f"`{policy.edition[:20]}` is no edition", help="write it as `2.1`")
    return int(major), int(minor)


def _must(statements: Iterable[Statement]) -> set[tuple[str, str]]:
    return {(one.id, one.text) for one in statements if one.level == "must"}
