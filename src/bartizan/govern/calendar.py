"""What ends: decisions, evidence, exceptions, tools, sandboxes, policies, contracts and certificates, by their day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from functools import singledispatch
from typing import NamedTuple

from bartizan.govern.exceptions import ExceptionState, state_of
from bartizan.govern.sandboxes import end_day
from bartizan.model import Placed, System
from bartizan.model.assurance import Proof
from bartizan.model.documents import (
    Document,
    ExceptionSpec,
    Kind,
    PolicySpec,
    PolicyState,
    RegisteredSandbox,
    SandboxState,
    Standing,
    ToolSpec,
    VendorSpec,
)

__all__ = ["Ending", "What", "ends"]


class What(StrEnum):
    """What it is that ends."""

    DECISION = "decision"
    EVIDENCE = "evidence"
    EXCEPTION = "exception"
    TOOL = "tool decision"
    SANDBOX = "sandbox"
    REVIEW = "policy review"
    CONTRACT = "contract"
    CERTIFICATE = "certificate"
    CLAIM = "claim"
    NEXT = "next end"
    """Something of a system, of which nobody has looked up what it is."""


class Ending(NamedTuple):
    """Something that ends: `on` is its last day, `detail` says which one of the document it is."""

    on: date
    what: What
    kind: Kind
    name: str
    title: str
    unit: str
    owner: str
    detail: str = ""


def ends(
    documents: Iterable[Document], as_of: date, days: int = 90, *, ago: int = 30, proofs: Iterable[Proof] = ()
) -> list[Ending]:
    """Return what ends within some days from a day on, or has ended in the last `ago` days, the earliest first.

    `proofs` are the latest pieces of evidence of the systems among the documents; others are passed over.
    """
    first, last = as_of - timedelta(days=ago), as_of + timedelta(days=days)
    found: list[Ending] = []
    systems: dict[str, Document] = {}
    for document in documents:
        if document.kind is Kind.SYSTEM:
            systems[document.name] = document
        found += [_ending(document, *one) for one in _of(document.spec, as_of)]
    for proof in proofs:
        about = systems.get(proof.system)
        if about is not None and proof.good_until is not None and proof.outcome == "pass":
            found.append(_ending(about, proof.good_until, What.EVIDENCE, proof.control))
    return sorted({one for one in found if first <= one.on <= last})


def _ending(document: Document, on: date, what: What, detail: str = "") -> Ending:
    return Ending(on, what, document.kind, document.name, document.title, document.unit, document.owner, detail)


@singledispatch
def _of(spec: object, as_of: date) -> list[tuple[date, What, str]]:
    """Return the days on which something of a document ends. An organisation has none."""
    del spec, as_of
    return []


@_of.register
def _(spec: System, as_of: date) -> list[tuple[date, What, str]]:
    del as_of
    out = [(one.until, What.DECISION, one.threat) for one in spec.decisions]
    placed = [one for one in spec.controls if isinstance(one, Placed)]
    proven = [(one.control, e.good_until) for one in placed for e in one.evidence if e.outcome == "pass"]
    return out + [(day, What.EVIDENCE, control) for control, day in proven if day is not None]


@_of.register
def _(spec: ToolSpec, as_of: date) -> list[tuple[date, What, str]]:
    del as_of
    decided = spec.standing in (Standing.APPROVED, Standing.CONDITIONAL)
    out = [(spec.good_until, What.TOOL, "")] if decided and spec.good_until is not None else []
    return out + [(one.good_until, What.CLAIM, one.criterion) for one in spec.claims if one.good_until is not None]


@_of.register
def _(spec: VendorSpec, as_of: date) -> list[tuple[date, What, str]]:
    del as_of
    out = [(one.good_until, What.CERTIFICATE, one.title) for one in spec.certificates]
    out += [(one.good_until, What.CLAIM, one.criterion) for one in spec.claims if one.good_until is not None]
    return out + ([(spec.contract_until, What.CONTRACT, "")] if spec.contract_until is not None else [])


@_of.register
def _(spec: ExceptionSpec, as_of: date) -> list[tuple[date, What, str]]:
    if state_of(spec, as_of) is ExceptionState.REFUSED:
        return []
    return [(spec.ends, What.EXCEPTION, spec.control or spec.statement or "")]


@_of.register
def _(spec: RegisteredSandbox, as_of: date) -> list[tuple[date, What, str]]:
    del as_of
    if spec.state not in (SandboxState.GRANTED, SandboxState.ASKED):
        return []
    try:
        return [(end_day(spec), What.SANDBOX, "")]
    except (ValueError, OverflowError):
        return []


@_of.register
def _(spec: PolicySpec, as_of: date) -> list[tuple[date, What, str]]:
    del as_of
    if spec.state is not PolicyState.PUBLISHED or spec.review_by is None:
        return []
    return [(spec.review_by, What.REVIEW, spec.edition)]
