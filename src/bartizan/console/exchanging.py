"""Lists out of the register as files, and files into it: what the page for import and export does."""

from __future__ import annotations

import dataclasses
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Collection, Iterator, Sequence
from hashlib import sha256
from typing import Any, TypeAlias, cast

import msgspec
from litestar.exceptions import PermissionDeniedException

from bartizan.console.assessing import standing
from bartizan.console.checking import check
from bartizan.console.eyes import hold
from bartizan.console.rights import needed
from bartizan.console.services import Services
from bartizan.govern.columns import LISTS
from bartizan.govern.importing import KINDS, Change, Known, Outcome, Plan, named, plan
from bartizan.govern.roles import Action, Person
from bartizan.govern.sheetfile import Sheet
from bartizan.model import BartizanError, InputError, InputErrors
from bartizan.model.assurance import Proof
from bartizan.model.documents import Document, Kind, Stored
from bartizan.report import sheet_rows
from bartizan.report.sheets import Cell
from bartizan.store.register import Conflict, Documents, Register

__all__ = ["Done", "Step", "apply", "needs", "packed", "preview", "rows_of", "unpacked"]

Step: TypeAlias = Callable[[bool], object]
"""Hears of each row that is behind, and whether it was refused."""
_PACKED = 4 << 20
_UNPACKED = 64 << 20
_PAGE = 500


class Done(msgspec.Struct, frozen=True):
    """What an import did: how many rows it kept, and those that it could not, each with its mistake."""

    kept: int
    refused: list[Change]


def rows_of(list_id: str, services: Services, person: Person) -> Iterator[list[Cell]]:
    """Give the rows of a list that somebody may see, in bounded memory."""
    units, register = services.units(person), services.register
    documents = register.documents
    if list_id in ("tools", "vendors", "exceptions"):
        return sheet_rows.document_rows(list_id, documents.all(KINDS[list_id], units))
    if list_id == "systems":
        systems = documents.all(Kind.SYSTEM, units)
        return (sheet_rows.system_row(one, register.assessments.get(one.document.name)) for one in systems)
    if list_id == "controls":
        systems = documents.all(Kind.SYSTEM, units)
        return (row for one in systems for row in sheet_rows.control_rows(one, standing(services, one).views))
    if list_id == "sandboxes":
        return (sheet_rows.sandbox_row(one) for one in documents.all(Kind.SANDBOX, units))
    if list_id == "policies":
        return (row for one in documents.all(Kind.POLICY, units) for row in sheet_rows.policy_rows(one))
    if list_id == "evidence":
        return _evidence(services, units)
    return _trail(services, services.units(person, Action.AUDIT))


def _evidence(services: Services, units: frozenset[str] | None) -> Iterator[list[Cell]]:
    after = 0
    while True:
        page = services.register.evidence.list(units=units, after=after, limit=_PAGE)
        yield from (sheet_rows.evidence_row(kept.proof, kept.at) for kept in page.items)
        if not page.next:
            return
        after = int(page.next)


def _trail(services: Services, units: frozenset[str] | None) -> Iterator[list[Cell]]:
    after = 0
    while True:
        page = services.register.documents.trail(units=units, after=after, limit=_PAGE)
        yield from (sheet_rows.trail_row(change) for change in page.items)
        if not page.next:
            return
        after = int(page.next)


def _nothing(refused: bool) -> None:
    """Pass over how far it is."""


def preview(list_id: str, sheet: Sheet, services: Services, person: Person, step: Step = _nothing) -> tuple[Plan, str]:
    """Tell what a file would do if somebody imported it, and a word for that, which is another when it changes.

    Rows that they may not import are wrong, and say so; `step` hears of each row whether it is. Raises InputError as
    `plan` does.
    """
    still = _Still(services.register)
    still.documents.read(*named(sheet, list_id))
    services = dataclasses.replace(services, register=cast(Register, still))

    def document(kind: Kind, name: str) -> Stored | None:
        stored = services.register.documents.get(kind, name)
        if stored is None or services.may(person, Action.READ, stored.document.unit):
            return stored
        raise InputError(f"the name `{name[:100]}` can't be used")

    def proofs(system: str) -> Collection[Proof]:
        return _proofs_of(system, services)

    def each(change: Change) -> Change:
        change = _allowed(change, services, person, document)
        step(change.outcome is Outcome.WRONG)
        return change

    made = plan(sheet, list_id, Known(document, proofs, services.catalog), each)
    word = sha256(msgspec.json.encode([(one.row, one.outcome, one.version) for one in made.changes])).hexdigest()
    return made, word


class _Still:
    """A register of which each document is read once, for thousands of rows ask for the same few."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self.documents = _Documents(register.documents)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._register, name)


class _Documents:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._read: dict[tuple[Kind, str], Stored | None] = {}
        self._all: dict[tuple[Kind, frozenset[str] | None], list[Stored]] = {}

    def all(self, kind: Kind, units: frozenset[str] | None = None) -> Sequence[Stored]:
        """Return all of a kind, of which rows may ask too: each that is from a statement of the organisation's own."""
        if (kind, units) not in self._all:
            self._all[kind, units] = list(self._documents.all(kind, units))
        return self._all[kind, units]

    def read(self, kind: Kind, names: Collection[str]) -> None:
        """Read many documents at once."""
        found = self._documents.several(kind, names)
        self._read.update(((kind, name), found.get(name)) for name in names)

    def get(self, kind: Kind, name: str) -> Stored | None:
        """Return the present version, None without one."""
        if (kind, name) not in self._read:
            self._read[kind, name] = self._documents.get(kind, name)
        return self._read[kind, name]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._documents, name)


def _proofs_of(system: str, services: Services) -> set[Proof]:
    found: set[Proof] = set()
    after = 0
    while True:
        page = services.register.evidence.list(system=system, after=after, limit=_PAGE)
        found.update(kept.proof for kept in page.items)
        if not page.next:
            return found
        after = int(page.next)


def _allowed(
    change: Change, services: Services, person: Person, document: Callable[[Kind, str], Stored | None]
) -> Change:
    """Return a change, or what keeps somebody from making it."""
    if change.outcome not in (Outcome.CREATED, Outcome.CHANGED):
        return change
    try:
        if change.proof is not None:
            _may_prove(change.proof, services, person, document)
        elif change.document is not None:
            _may_change(change.document, services, person, document)
    except InputErrors as errors:
        return _refused(change, "; ".join(error.message for error in errors.errors[:3]))
    except BartizanError as error:
        return _refused(change, error.message)
    except PermissionDeniedException as error:
        return _refused(change, error.detail)
    return change


def _may_prove(
    proof: Proof, services: Services, person: Person, document: Callable[[Kind, str], Stored | None]
) -> None:
    stored = document(Kind.SYSTEM, proof.system)
    if stored is None or not services.may(person, Action.CHANGE, stored.document.unit):
        raise InputError("your roles don't include adding evidence there")
    if proof.observed_at > services.today():
        raise InputError(f"`observed_at` is {proof.observed_at}, which is to come")


def _may_change(
    new: Document, services: Services, person: Person, document: Callable[[Kind, str], Stored | None]
) -> None:
    stored = document(new.kind, new.name)
    old = stored.document if stored else None
    for action in needed(old, new):
        for unit in {new.unit, old.unit if old else new.unit}:
            if not services.may(person, action, unit):
                raise InputError(f"your roles don't include `{action}` there")
    hold(old, new, person, services)
    check(new, services)


def _refused(change: Change, mistake: str) -> Change:
    return msgspec.structs.replace(change, outcome=Outcome.WRONG, mistake=mistake)


def apply(made: Plan, services: Services, person: Person, why: str, step: Step = _nothing) -> Done:
    """Keep what a plan would create or change: each document by itself, all evidence at once.

    `step` hears of each document whether it was refused.
    """
    kept, refused, proofs = 0, list[Change](), []
    for change in made.changes:
        if change.outcome not in (Outcome.CREATED, Outcome.CHANGED):
            continue
        if change.proof is not None:
            proofs.append(change.proof)
        elif change.document is not None:
            try:
                services.register.documents.put(
                    change.document, expected=change.version, by=person.id, why=why, at=services.now()
                )
                kept += 1
                step(False)
            except Conflict as error:
                refused.append(_refused(change, error.message))
                step(True)
    if proofs:
        kept += services.register.evidence.add(proofs, at=services.now(), by=person.id)
    return Done(kept, refused)


def packed(sheet: Sheet) -> str:
    """Return what was read of a file as text that a form can carry, so that no replica has to keep it meanwhile.

    Raises InputError for too much.
    """
    text = urlsafe_b64encode(zlib.compress(msgspec.json.encode(sheet), 6)).decode()
    if len(text) > _PACKED:
        raise InputError("the file holds too much text for one import", help="split it")
    return text


def unpacked(text: str) -> Sheet:
    """Return what `packed` made. Raises InputError for anything else."""
    try:
        reader = zlib.decompressobj()
        content = reader.decompress(urlsafe_b64decode(text), _UNPACKED)
        return msgspec.json.decode(content, type=Sheet)
    except (NotBase64, zlib.error, ValueError, msgspec.MsgspecError):
        raise InputError("this is no import that was begun here", help="choose the file again") from None


def needs(list_id: str) -> Action:
    """Return what somebody must be allowed to do to export a list. Raises KeyError for a list that there isn't."""
    return Action.AUDIT if LISTS[list_id].id == "trail" else Action.READ
