"""What is wrong with a document that its types can't say: names that nobody knows, days out of order, circles."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from typing import TypeAlias

from bartizan.catalog import Catalog
from bartizan.govern.loosening import confirmed
from bartizan.model import InputError, InputErrors, Placed, System
from bartizan.model.decode import nearest
from bartizan.model.documents import (
    Claim,
    Document,
    ExceptionSpec,
    Kind,
    Organisation,
    PolicySpec,
    SandboxSpec,
    ToolSpec,
    VendorSpec,
)
from bartizan.model.documents.sandbox import moment

__all__ = ["Known", "check_document", "statements_for"]

Known: TypeAlias = Callable[[Kind, str], bool]
"""Tells whether the register has a document of a kind and a name."""


def check_document(
    document: Document,
    organisation: Organisation,
    catalog: Catalog,
    known: Known,
    statements: Collection[str] | None = None,
) -> None:
    """Refuse a document that can't be right; each error names the path of what is wrong.

    `organisation` is the present one. `statements` are those of the catalog and of policies (see `statements_for`);
    None leaves them unchecked.
    Raises InputError, or InputErrors with everything that is wrong.
    """
    checker = _Checker(document, organisation, catalog, known, statements)
    errors = [*checker.all()]
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)


def statements_for(
    document: Document, catalog: Collection[str], policies: Callable[[], Iterable[Document]]
) -> Collection[str]:
    """Return the ids of statements that a document may name: those of the catalog, and of the register's policies.

    `policies` are asked for only where the catalog doesn't have what the document names.
    """
    spec = document.spec
    if not isinstance(spec, ExceptionSpec) or spec.statement is None or spec.statement in catalog:
        return catalog
    found = [one.spec for one in policies()]
    own = {id for one in found if isinstance(one, PolicySpec) for id in _ids(one)}
    return own.union(catalog)


def _ids(policy: PolicySpec) -> Iterator[str]:
    yield from (statement.id for statement in policy.statements)
    yield from policy.retired.values()


class _Checker:
    def __init__(
        self,
        document: Document,
        organisation: Organisation,
        catalog: Catalog,
        known: Known,
        statements: Collection[str] | None,
    ) -> None:
        self._document, self._organisation, self._catalog = document, organisation, catalog
        self._known, self._statements = known, statements

    def all(self) -> Iterator[InputError]:
        """Return everything that is wrong, in the order of the document."""
        document, spec = self._document, self._document.spec
        units = self._organisation.units
        if document.unit and document.unit not in units:
            yield InputError(f"`unit` is `{document.unit[:60]}`, and there is no such unit",
                             help=nearest(document.unit, units))  # fmt: skip
        if isinstance(spec, System):
            yield from self._system(spec)
        elif isinstance(spec, ToolSpec):
            yield from self._tool(spec)
        elif isinstance(spec, VendorSpec):
            yield from self._claims(spec.claims)
        elif isinstance(spec, SandboxSpec):
            yield from self._sandbox(spec)
        elif isinstance(spec, ExceptionSpec):
            yield from self._exception(spec)
        elif isinstance(spec, Organisation):
            yield from _organisation(spec, self._catalog)
            yield from _proposed(spec, self._catalog)
        else:
            yield from self._policy(spec)

    def _system(self, spec: System) -> Iterator[InputError]:
        for name, data in spec.data.items():
            yield from self._class(f"data.{name}.class", data.class_)
        for place, items in (
            ("controls", spec.controls),
            *((f"components.{name}.controls", part.controls) for name, part in spec.components.items()),
            *((f"flows.{flow.key}.controls", flow.controls) for flow in spec.flows),
        ):
            yield from self._controls(place, (one.control if isinstance(one, Placed) else one for one in items))

    def _tool(self, spec: ToolSpec) -> Iterator[InputError]:
        if spec.vendor is not None and not self._known(Kind.VENDOR, spec.vendor):
            yield InputError(f"`vendor` is `{spec.vendor}`, and the register has no such vendor")
        if spec.highest:
            yield from self._class("highest", spec.highest)
        for name in spec.instead:
            if name == self._document.name:
                yield InputError("`instead` names the tool itself")
            elif not self._known(Kind.TOOL, name):
                yield InputError(f"`instead` names `{name}`, and the register has no such tool")
        yield from self._claims(spec.claims)
        yield from _in_order(("decided_on", spec.decided_on), ("good_until", spec.good_until))

    def _claims(self, claims: Iterable[Claim]) -> Iterator[InputError]:
        for number, claim in enumerate(claims):
            yield from _in_order((f"claims[{number}].seen_on", claim.seen_on), ("good_until", claim.good_until))

    def _sandbox(self, spec: SandboxSpec) -> Iterator[InputError]:
        yield from self._class("data.highest", spec.data.highest)
        times = []
        for key, text in (("starts", spec.starts), ("ends", spec.ends)):
            try:
                times.append(moment(text))
            except (ValueError, OverflowError):
                help = "write a day as 2026-12-31, or a time as 2026-12-31T18:00:00Z"
                yield InputError(f"`{key}` is neither a day nor a time", help=help)
        if len(times) == 2 and times[0] >= times[1]:
            yield InputError("`ends` is not after `starts`")
        if not spec.models:
            yield InputError("`models` names no model", help="`*` is any model")
        for key, text in (("purpose", spec.purpose), ("owner", spec.owner)):
            if not text.strip():
                yield InputError(f"`{key}` is empty")
        if spec.budget.tokens < 0 or spec.budget.money < 0:
            yield InputError("`budget` is below 0")

    def _exception(self, spec: ExceptionSpec) -> Iterator[InputError]:
        if (spec.statement is None) == (spec.control is None):
            yield InputError("an exception is from a `statement` or from a `control`, and from one of them")
        if spec.control is not None:
            yield from self._controls("control", [spec.control])
        if spec.statement is not None and self._statements is not None and spec.statement not in self._statements:
            yield InputError(f"`statement` is `{spec.statement}`, and the catalog has no such statement",
                             help=nearest(spec.statement, self._statements))  # fmt: skip
        for name in spec.systems:
            if not self._known(Kind.SYSTEM, name):
                yield InputError(f"`systems` names `{name}`, and the register has no such system")
        yield from self._controls("compensating", spec.compensating)
        if spec.control is not None and spec.control in spec.compensating:
            yield InputError(f"`{spec.control}` can't stand in for itself")
        yield from _in_order(("starts", spec.starts), ("ends", spec.ends))
        if spec.approved_by and spec.refused_by:
            yield InputError("it is approved and refused at once")

    def _policy(self, spec: PolicySpec) -> Iterator[InputError]:
        yield from _once("statements: id", [one.id for one in spec.statements])
        yield from _once("statements: number", [one.number for one in spec.statements])
        for statement in spec.statements:
            yield from self._controls(f"statements.{statement.id}.controls", statement.controls)
            yield from _frameworks(f"statements.{statement.id}.maps", statement.maps, self._catalog)
        yield from _in_order(("effective", spec.effective), ("review_by", spec.review_by))

    def _class(self, path: str, name: str) -> Iterator[InputError]:
        if name not in self._organisation.classes:
            yield InputError(f"`{path}` is `{name[:60]}`, which is no class of the organisation",
                             help=nearest(name, self._organisation.classes))  # fmt: skip

    def _controls(self, path: str, names: Iterable[str]) -> Iterator[InputError]:
        for name in names:
            if name not in self._catalog.controls:
                yield InputError(f"`{path}` names `{name[:60]}`, which is no control of the catalog",
                                 help=nearest(name, self._catalog.controls))  # fmt: skip


def _organisation(spec: Organisation, catalog: Catalog) -> Iterator[InputError]:
    """Check the organisation by itself: it is what everything else is held against."""
    if len(spec.classes) < 2 or not all(name.strip() for name in spec.classes):
        yield InputError("`classes` needs two classes at least, the lowest first, each with a name")
    yield from _once("classes", spec.classes)
    yield from _frameworks("frameworks", spec.frameworks, catalog)
    if isinstance(spec.appetite, float) and spec.appetite < 0:
        yield InputError("`appetite` is below 0")
    for name, unit in spec.units.items():
        if unit.parent is not None and unit.parent not in spec.units:
            yield InputError(f"`units.{name}.parent` is `{unit.parent}`, and there is no such unit",
                             help=nearest(unit.parent, spec.units))  # fmt: skip
        elif _circle(name, spec):
            yield InputError(f"the unit `{name}` is below itself")
    yield from _once("tiers: id", [rule.id for rule in spec.tiers])
    for rule in spec.tiers:
        if rule.highest and rule.highest not in spec.classes:
            yield InputError(f"`tiers.{rule.id}.highest` is `{rule.highest[:60]}`, which is none of the classes",
                             help=nearest(rule.highest, spec.classes))  # fmt: skip
        if rule.review_days < 1 or rule.evidence_days < 1:
            yield InputError(f"the days of `tiers.{rule.id}` have to be 1 or more")


def _proposed(spec: Organisation, catalog: Catalog) -> Iterator[InputError]:
    """Check what would hold when it is confirmed."""
    if spec.proposed is None:
        return
    if not spec.proposed.asked_by.strip():
        yield InputError("`proposed.asked_by` is empty")
    there = {error.message for error in _organisation(spec, catalog)}
    for error in _organisation(confirmed(spec), catalog):
        if error.message not in there:
            yield InputError(f"what is proposed can't be: {error.message}", help=error.help)


def _circle(name: str, spec: Organisation) -> bool:
    above, seen = spec.units[name].parent, set[str]()
    while above is not None and above in spec.units and above not in seen:
        if above == name:
            return True
        seen.add(above)
        above = spec.units[above].parent
    return False


def _frameworks(path: str, names: Iterable[str], catalog: Catalog) -> Iterator[InputError]:
    for name in names:
        if name not in catalog.frameworks:
            yield InputError(f"`{path}` names `{name[:60]}`, which is no framework of the catalog",
                             help=nearest(name, catalog.frameworks))  # fmt: skip


def _once(path: str, names: Iterable[str]) -> Iterator[InputError]:
    seen = set[str]()
    for name in names:
        if name in seen:
            yield InputError(f"`{path}` has `{name[:60]}` twice")
        seen.add(name)


def _in_order(first: tuple[str, date | None], second: tuple[str, date | None]) -> Iterator[InputError]:
    if first[1] is not None and second[1] is not None and first[1] > second[1]:
        yield InputError(f"`{second[0]}` is before `{first[0]}`")
