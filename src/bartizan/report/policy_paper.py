"""What a printed policy says, in words, before any format: the same for Word, PDF, web page and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from itertools import groupby

import msgspec

from bartizan.catalog import Catalog
from bartizan.catalog.statements import Statements
from bartizan.govern.policies import Difference, Held, Holding, diff, enforcement
from bartizan.govern.policies.draft import by_number, parts_of
from bartizan.model.documents import Enforcement, ExceptionSpec, PolicySpec, PolicyState, Statement
from bartizan.report.policy_words import day_in, framework_in, name_of, words

__all__ = ["Change", "Exempt", "PolicyPaper", "Section", "Shown", "build_policy"]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One statement.

    `spoken` is the language of its text where that isn't the paper's.
    `holding` is that of `bartizan.govern.policies.Holding`, or `machine` where it isn't told; `by` says by what.
    """

    id: str
    number: str
    text: str
    level: str
    level_word: str
    spoken: str = ""
    holding: str
    holding_word: str
    by: str = ""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A numbered section."""

    number: str
    title: str
    statements: list[Shown]


class Exempt(msgspec.Struct, frozen=True, kw_only=True):
    """An exception that is in force or was approved for later."""

    number: str
    title: str
    systems: str
    owner: str
    why: str
    compensating: str
    until: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change since an earlier edition. `words` are pairs of `same`, `out` or `in`, and a text."""

    number: str
    kind: str
    kind_word: str
    words: list[tuple[str, str]]
    note: str = ""


class PolicyPaper(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as it is printed. `mood` is `good` for one that is in force, else `draft` or `bad`.

    `made` says by what and when; days stand in texts as `language` writes them.
    """

    title: str
    language: str
    day: date
    kicker: str
    state: str
    mood: str
    facts: list[tuple[str, str]]
    purpose: str
    scope: str
    notice: str
    summary: str
    sections: list[Section]
    changes_title: str = ""
    changes: list[Change] = []
    references: list[tuple[str, list[tuple[str, str]]]] = []
    frameworks: list[tuple[str, str, str]] = []
    exceptions_intro: str
    exceptions: list[Exempt] = []
    made: str
    words: Mapping[str, str] = {}


def build_policy(
    policy: PolicySpec,
    *,
    catalog: Catalog,
    statements: Statements,
    day: date,
    organisation: str = "",
    exceptions: Iterable[ExceptionSpec] = (),
    active: AbstractSet[str] | None = None,
    previous: PolicySpec | None = None,
    original: PolicySpec | None = None,
) -> PolicyPaper:
    """Return what the paper says on a day.

    `active` is what is in force (see `bartizan.govern.policies.named`); None leaves it open. `previous` is the edition
    that changes are told against. Of the exceptions those from a statement of this policy are shown which were approved
    and haven't ended. A policy in another language (`bartizan.govern.policies.translated`) comes with its `original`:
    the paper says that it is a translation, and of which statements there is none.
    """
    language = policy.language or "en"
    said, today = words(language), day_in(language, day)
    held = {one.id: one for one in enforcement(policy, active or frozenset())}
    order = sorted(policy.statements, key=by_number)
    granted = _exempt(policy, exceptions, catalog, day)
    return PolicyPaper(
        title=policy.title,
        language=language,
        day=day,
        kicker=" · ".join(part for part in (organisation, f"{said['edition']} {policy.edition}") if part),
        state=said[policy.state],
        mood={PolicyState.PUBLISHED: "good", PolicyState.WITHDRAWN: "bad"}.get(policy.state, "draft"),
        facts=[*_facts(policy, said), *_original(original, said)],
        purpose=policy.purpose,
        scope=policy.scope,
        notice=" ".join(
            part for part in (said.get(f"notice_{policy.state}", ""), _notice(order, original, said)) if part
        ),
        summary=_summary(held, active is not None, said),
        sections=_sections(order, held, statements, language, known=active is not None, original=original),
        changes_title=said["changes"].format(edition=previous.edition) if previous else "",
        changes=[_change(one, said) for one in diff(previous, policy)] if previous else [],
        references=[(one.number, _references(one, language)) for one in order if one.maps],
        frameworks=_frameworks(order, catalog, language),
        exceptions_intro=said["exceptions_intro" if granted else "no_exceptions"].format(day=today),
        exceptions=granted,
        made=said["made"].format(day=today),
        words=said,
    )


def _original(original: PolicySpec | None, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if original is not None:
        yield said["original"], name_of(original.language)


def _notice(order: Iterable[Statement], original: PolicySpec | None, said: Mapping[str, str]) -> str:
    """Say that this is a translation, and which statements stand in it untranslated; nothing where it is none."""
    if original is None:
        return ""
    kept = _kept(original)
    numbers = ", ".join(one.number for one in order if (one.id, one.text) in kept)
    return " ".join([said["translation"], *([said["untranslated"].format(numbers=numbers)] if numbers else [])])


def _kept(original: PolicySpec | None) -> frozenset[tuple[str, str]]:
    return frozenset((one.id, one.text) for one in original.statements) if original else frozenset()


def _sections(
    order: Iterable[Statement],
    held: Mapping[str, Held],
    statements: Statements,
    language: str,
    *,
    known: bool,
    original: PolicySpec | None,
) -> list[Section]:
    """Gather statements by the first part of their number; the section's title is that of its first."""
    kept, spoken = _kept(original), original.language if original else ""

    def shown(one: Statement) -> Shown:
        made = _shown(one, held[one.id], statements, language, known=known)
        return msgspec.structs.replace(made, spoken=spoken) if (one.id, one.text) in kept else made

    return [
        Section(number=number, title=found[0].section, statements=[shown(one) for one in found])
        for number, group in groupby(order, key=lambda one: one.number.partition(".")[0])
        for found in [list(group)]
    ]


def _facts(policy: PolicySpec, said: Mapping[str, str]) -> list[tuple[str, str]]:
    approved = policy.approved_by
    if approved and policy.approved_on:
        approved = said["on"].format(who=policy.approved_by, when=day_in(policy.language, policy.approved_on))
    found = (
        ("edition", policy.edition),
        ("state", said[policy.state]),
        ("owner", policy.owner),
        ("approved_by", approved),
        ("effective", day_in(policy.language, policy.effective) if policy.effective else ""),
        ("review_by", day_in(policy.language, policy.review_by) if policy.review_by else ""),
    )
    return [(said[name], value) for name, value in found if value]


def _summary(held: Mapping[str, Held], known: bool, said: Mapping[str, str]) -> str:
    machine = [one for one in held.values() if one.holding is not Holding.PEOPLE]
    form = "summary_none" if not machine else "summary" if known else "summary_plain"
    return said[form].format(
        all=len(held),
        machine=len(machine),
        active=sum(one.holding is Holding.ACTIVE for one in machine),
        partly=sum(one.holding is Holding.PARTLY for one in machine),
    )


def _shown(one: Statement, found: Held, statements: Statements, language: str, *, known: bool) -> Shown:
    said = words(language)
    holding = found.holding.value
    if not known and found.holding is not Holding.PEOPLE:
        holding = "machine"
    off = f" ({said['inactive']})" if holding == Holding.PARTLY else ""
    by = said["semicolon"].join(
        _by(what, statements, language, said) + ("" if there else off) for what, there in found.by
    )
    held = said["held" if holding in (Holding.ACTIVE, Holding.PARTLY) else "holdable"]
    return Shown(
        id=one.id,
        number=one.number,
        text=one.text,
        level=one.level,
        level_word=said.get(one.level, one.level),
        holding=holding,
        holding_word=said[holding],
        by=f"{held} {by}" if by else "",
    )


def _by(what: Enforcement, statements: Statements, language: str, said: Mapping[str, str]) -> str:
    measure = statements.measures.get(what.what) if what.by == "gateway" else None
    text = what.what if measure is None else measure.title.get(language, measure.title["en"])
    return f"{said.get(what.by, what.by)}{said['colon']}{text}"


def _references(one: Statement, language: str) -> list[tuple[str, str]]:
    return [(framework_in(language, name), ", ".join(items)) for name, items in one.maps.items()]


def _frameworks(order: Iterable[Statement], catalog: Catalog, language: str) -> list[tuple[str, str, str]]:
    """Return the frameworks that are referred to: what people call them, title, version."""
    used = {name for one in order for name in one.maps}
    return [
        (framework_in(language, name), entry.title, entry.version)
        for name, entry in catalog.frameworks.items()
        if name in used
    ]


def _exempt(policy: PolicySpec, exceptions: Iterable[ExceptionSpec], catalog: Catalog, day: date) -> list[Exempt]:
    language, said = policy.language, words(policy.language)
    numbers = {one.id: one.number for one in policy.statements}
    found = [one for one in exceptions if one.statement in numbers and one.approved_by and day <= one.ends]
    found.sort(key=lambda one: (parts_of(numbers[one.statement or ""]), one.ends, one.title))
    return [
        Exempt(
            number=numbers[one.statement or ""],
            title=one.title,
            systems=", ".join(one.systems),
            owner=one.owner,
            why=one.why,
            compensating=said["semicolon"].join(
                catalog.controls[name].title if name in catalog.controls else name for name in one.compensating
            )
            or said["none"],
            until=day_in(language, one.ends)
            + (f" ({said['from'].format(day=day_in(language, one.starts))})" if one.starts > day else ""),
        )
        for one in found
    ]


def _change(one: Difference, said: Mapping[str, str]) -> Change:
    numbers = [number for number in (one.before, one.after) if number]
    other = [said.get(name, name) for name in one.fields if name != "text"]
    return Change(
        number=" → ".join(dict.fromkeys(numbers)) or said.get(one.id, one.id),
        kind=one.kind,
        kind_word=said[one.kind],
        words=[(word.op, word.text) for word in one.words],
        note=said["only"].format(fields=", ".join(other)) if other else "",
    )
