"""Tool: an external AI tool that people ask for, and what was decided about it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from bartizan.model.base import Id
from bartizan.model.documents.claim import Claim
from bartizan.model.words import Category

__all__ = ["Standing", "ToolSpec"]


class Standing(StrEnum):
    """What was decided about a tool."""

    UNREVIEWED = "unreviewed"
    APPROVED = "approved"
    CONDITIONAL = "conditional"
    FORBIDDEN = "forbidden"


class ToolSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An external AI tool. `highest` is the highest class of data that may go into it; empty is none but public.

    `forbidden` are categories that may not go in whatever their class. `conditions` hold for every use. A decision
    ends with `good_until`; after that the tool counts as unreviewed. `instead` names tools to use in its place.
    """

    title: str
    vendor: Id | None = None
    plan: str = ""
    about: str = ""
    owner: str = ""
    domains: list[str] = []
    standing: Standing = Standing.UNREVIEWED
    highest: str = ""
    forbidden: list[Category] = []
    conditions: list[str] = []
    instead: list[Id] = []
    claims: list[Claim] = []
    decided_by: str = ""
    decided_on: date | None = None
    good_until: date | None = None
