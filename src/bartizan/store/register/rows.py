"""Between documents and rows: what lists show of a document, and a document back from its body."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, assert_never

import msgspec
from sqlalchemy import Row

from bartizan.model import BartizanError
from bartizan.model.documents import (
    SPECS,
    Change,
    Document,
    ExceptionSpec,
    Kind,
    Organisation,
    PolicySpec,
    RegisteredSandbox,
    Spec,
    Stored,
    ToolSpec,
    VendorSpec,
)
from bartizan.model.documents.sandbox import moment
from bartizan.model.system import System

__all__ = ["LONGEST_KEY", "change_of", "columns_of", "document_of", "fold", "state_of", "stored_of"]

LONGEST_KEY = 200
"""Characters by which titles and owners are ordered and searched."""


class _Body(msgspec.Struct):
    kind: Kind
    name: str
    spec: msgspec.Raw
    unit: str = ""


def document_of(body: str | bytes) -> Document:
    """Read a document back from its canonical JSON. Raises BartizanError when this program can't read it."""
    try:
        kept = msgspec.json.decode(body, type=_Body)
        spec: Spec = msgspec.json.decode(kept.spec, type=SPECS[kept.kind])
    except msgspec.MsgspecError as error:
        raise BartizanError(
            "a document of the register can't be read: its body isn't what this program writes",
            help="`bartizan` of the version that wrote it can; check the trail for changes past the register",
        ) from error
    return Document(kind=kept.kind, name=kept.name, unit=kept.unit, spec=spec)


def stored_of(row: Row[Any]) -> Stored:
    """Read a version from a row with its body."""
    document = document_of(row.body)
    return Stored(document=document, version=row.version, digest=row.digest, at=row.at, by=row.author, why=row.why)


def change_of(row: Row[Any]) -> Change:
    """Read a line of the trail from its row."""
    return Change(
        seq=row.seq,
        kind=Kind(row.kind),
        name=row.name,
        unit=row.unit,
        version=row.version,
        action=row.action,
        at=row.at,
        by=row.author,
        why=row.why,
        digest=row.digest,
        previous=row.previous,
        hash=row.hash,
    )


def columns_of(document: Document) -> dict[str, object]:
    """Return what lists show and order by."""
    state, ends = state_of(document.spec)
    return {
        "unit": document.unit,
        "title": document.title,
        "owner": document.owner,
        "title_key": fold(document.title)[:LONGEST_KEY],
        "owner_key": fold(document.owner)[:LONGEST_KEY],
        "state": state,
        "ends": ends,
    }


def fold(text: str) -> str:
    """Return text in which capitals don't matter."""
    return text.casefold()


def state_of(spec: Spec) -> tuple[str, date | None]:
    """Return what a document says of itself, and the day on which that ends.

    * System: its stage; what ends is known from its assessment.
    * Tool: its standing, until `good_until`. Policy: its state, until `review_by`.
    * Exception: `refused`, `approved`, or `requested` until one of these; until `ends`. That it is over says the day.
    * Sandbox: its state, until `ends` (the day of it in UTC). Vendor: its criticality, until `contract_until`.
    """
    match spec:
        case System():
            return spec.stage.value, None
        case ToolSpec():
            return spec.standing.value, spec.good_until
        case PolicySpec():
            return spec.state.value, spec.review_by
        case ExceptionSpec():
            decided = "refused" if spec.refused_by else "approved" if spec.approved_by else "requested"
            return decided, spec.ends
        case RegisteredSandbox():
            return spec.state.value, _day(spec.ends)
        case VendorSpec():
            return spec.criticality.value, spec.contract_until
        case Organisation():
            return "", None
        case _:
            assert_never(spec)


def _day(text: str) -> date | None:
    try:
        return datetime.fromtimestamp(moment(text), UTC).date()
    except (ValueError, OverflowError):
        return None
