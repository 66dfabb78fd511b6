"""What the register holds, as rows of the lists in `bartizan.govern.columns`: one function a list, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from bartizan.govern.columns import LISTS, joined
from bartizan.govern.inventory import inventory
from bartizan.model import System
from bartizan.model.assurance import Assessment, ControlState, ControlView, Proof
from bartizan.model.documents import Change, Enforcement, ExceptionSpec, PolicySpec, Stored, ToolSpec, VendorSpec
from bartizan.model.documents.sandbox import SandboxSpec
from bartizan.report.sheets import Cell

__all__ = [
    "control_rows",
    "document_rows",
    "evidence_row",
    "policy_rows",
    "sandbox_row",
    "system_row",
    "trail_row",
]


def system_row(stored: Stored, assessment: Assessment | None) -> list[Cell]:
    """Return a row of `systems`; what an assessment says is empty without one."""
    system = stored.document.spec
    assert isinstance(system, System)
    of = {key: joined(values) for key, values in inventory(system).items()}
    return [
        stored.document.name,
        stored.document.unit,
        system.name,
        system.description,
        system.owner,
        system.stage.value,
        system.criticality.value,
        joined(system.duties),
        of["vendor"],
        of["model"],
        of["data_class"],
        of["categories"],
        *_assessed(assessment),
        stored.version,
        stored.at,
    ]


def _assessed(one: Assessment | None) -> list[Cell]:
    if one is None or one.mistake:
        return [None] * 12
    counted: list[Cell] = [one.controls.get(state, 0) for state in ControlState]
    worst = one.worst.value if one.worst else ""
    above = "yes" if one.above_appetite else "no"
    return [one.tier, worst, above, one.residual_p50, one.residual_p90, one.currency, *counted, one.as_of]


def control_rows(stored: Stored, views: Iterable[ControlView]) -> Iterator[list[Cell]]:
    """Give a row of `controls` for each control of a system."""
    for view in views:
        proof = view.proof
        yield [
            stored.document.name,
            stored.document.unit,
            view.control,
            view.title,
            view.place,
            view.state.value,
            "yes" if view.required else "no",
            view.planned,
            proof.source.value if proof else "",
            proof.outcome if proof else "",
            proof.observed_at if proof else None,
            view.good_until,
            view.excepted,
        ]


def evidence_row(proof: Proof, at: str) -> list[Cell]:
    """Return a row of `evidence`."""
    return [
        proof.system,
        proof.control,
        proof.place,
        proof.source.value,
        proof.outcome,
        proof.observed_at,
        proof.good_until,
        proof.by,
        proof.detail,
        proof.digest,
        proof.verdict,
        at,
    ]


def document_rows(list_id: str, documents: Iterable[Stored]) -> Iterator[list[Cell]]:
    """Give a row of `tools`, `vendors` or `exceptions` for each document: every column is one of its keys."""
    columns = LISTS[list_id].columns
    for stored in documents:
        assert isinstance(stored.document.spec, ToolSpec | VendorSpec | ExceptionSpec)
        said: dict[str, Any] = msgspec.structs.asdict(stored.document.spec)
        said |= {"name": stored.document.name, "unit": stored.document.unit}
        said |= {"version": stored.version, "changed": stored.at}
        yield [_plain(said[column.key]) for column in columns]


def _plain(value: Any) -> Cell:
    if isinstance(value, list):
        return joined(str(one) for one in value)
    return str(value) if isinstance(value, str) else value


def sandbox_row(stored: Stored) -> list[Cell]:
    """Return a row of `sandboxes`."""
    spec = stored.document.spec
    assert isinstance(spec, SandboxSpec)
    return [
        stored.document.name,
        stored.document.unit,
        spec.purpose,
        spec.owner,
        str(getattr(spec, "state", "")),
        spec.data.highest,
        joined(spec.models),
        joined(spec.tools),
        spec.budget.tokens or None,
        spec.budget.money or None,
        spec.starts,
        spec.ends,
        stored.version,
        stored.at,
    ]


def policy_rows(stored: Stored) -> Iterator[list[Cell]]:
    """Give a row of `policies` for each statement of a policy."""
    spec = stored.document.spec
    assert isinstance(spec, PolicySpec)
    for statement in spec.statements:
        yield [
            stored.document.name,
            spec.title,
            spec.edition,
            spec.state.value,
            spec.owner,
            statement.number,
            statement.section,
            statement.level,
            statement.id,
            statement.text,
            joined(statement.controls),
            _enforced(statement.enforced),
            spec.effective,
            spec.review_by,
        ]


def _enforced(enforced: Sequence[Enforcement]) -> str:
    return joined(f"{one.by}: {one.what}" for one in enforced)


def trail_row(change: Change) -> list[Cell]:
    """Return a row of `trail`."""
    return [
        change.seq,
        change.at,
        change.by,
        change.action,
        change.kind.value,
        change.name,
        change.unit,
        change.version,
        change.why,
        change.digest,
        change.hash,
    ]
