"""Vendor: who makes models and tools that the organisation uses, and what is claimed of them."""

from __future__ import annotations

from datetime import date

import msgspec

from bartizan.model.documents.claim import Claim
from bartizan.model.words import Level

__all__ = ["Certificate", "VendorSpec"]


class Certificate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A certificate or report. `covers_ai`: its scope includes the AI service that is used."""

    title: str
    good_until: date
    covers_ai: bool = False


class VendorSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A vendor."""

    title: str
    about: str = ""
    owner: str = ""
    country: str = ""
    criticality: Level = Level.MEDIUM
    products: list[str] = []
    contact: str = ""
    certificates: list[Certificate] = []
    claims: list[Claim] = []
    contract_until: date | None = None
