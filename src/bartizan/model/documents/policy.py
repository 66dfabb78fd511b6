"""Policy: a set of numbered statements as a version of it says them."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from bartizan.model.base import Id

__all__ = ["Enforcement", "PolicySpec", "PolicyState", "Statement"]


class PolicyState(StrEnum):
    """How far a policy has come."""

    DRAFT = "draft"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Enforcement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What holds a statement by machine: a gateway rule, a scan rule, a detection; `what` is the id of it."""

    by: str
    what: str


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One statement. `id` is the catalog's and stays; `number` is where it stands in this version, such as `3.2`.

    `own` marks words of the organisation's own, which a new draft from the catalog leaves as they are.
    """

    id: Id
    number: str
    section: str
    text: str
    level: str = "must"
    controls: list[Id] = []
    maps: dict[str, list[str]] = {}
    enforced: list[Enforcement] = []
    own: bool = False


class PolicySpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A policy or standard. `edition` is its own version, such as `2.1`; what is approved is changed no more.

    `document` is the catalog's document that it was drafted from, `left_out` are statements of that which it does
    without. `retired` are numbers that no longer stand in it, each with the statement that had it: no other gets it.
    """

    title: str
    edition: str = "1.0"
    document: str = ""
    purpose: str = ""
    scope: str = ""
    owner: str = ""
    language: str = "en"
    state: PolicyState = PolicyState.DRAFT
    statements: list[Statement] = []
    left_out: list[Id] = []
    retired: dict[str, Id] = {}
    approved_by: str = ""
    approved_on: date | None = None
    effective: date | None = None
    review_by: date | None = None
