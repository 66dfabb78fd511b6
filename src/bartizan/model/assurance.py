"""Assurance: what proves that a system's controls work, how each control stands, and what follows for the system."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

import msgspec

from bartizan.model.words import Level

__all__ = ["Assessment", "ControlState", "ControlView", "Proof", "ProofSource"]


class ProofSource(StrEnum):
    """Where evidence comes from. An attestation is a person's word, the weakest."""

    REVIEW = "review"
    SCAN = "scan"
    GATEWAY = "gateway"
    TEST = "test"
    ATTESTATION = "attestation"


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One piece of evidence about a control of a system.

    `place` is the component, or `A -> B` for a flow, or empty for the whole system; `outcome` is `pass` or `fail`.
    Without `good_until` it counts as long as the system's tier says. `detail` is one line; never a secret or a
    personal value. `digest` proves which artefact, report or events it is about. `verdict` is what a scan of the
    component said, so that a dangerous one counts as reached by an attacker.
    """

    system: str
    control: str
    place: str = ""
    source: ProofSource
    outcome: str = "pass"
    observed_at: date
    good_until: date | None = None
    by: str = ""
    detail: str = ""
    digest: str = ""
    verdict: Literal["", "safe", "unknown", "dangerous"] = ""


class ControlState(StrEnum):
    """How a control on a system stands, from the worst."""

    FAILING = "failing"
    """The latest evidence says that it does not work."""
    REQUIRED = "required"
    """The minimum asks for it, and nobody has said that it is there."""
    PLANNED = "planned"
    """Somebody has said that it will be there."""
    IN_PLACE = "in-place"
    """Somebody says that it is there; nothing fresh proves it."""
    PROVEN = "proven"
    """Fresh evidence says that it works."""


class ControlView(msgspec.Struct, frozen=True, kw_only=True):
    """A control at a place of a system, how it stands, and the evidence that says so.

    `required`: the minimum set asks for it. `expired`: it was proven until its evidence ended. `excepted` is the
    exception that stands for it, if any, and `compensating` the controls that stand in for it meanwhile. `planned` is
    the day on which a planned control is to be there. `good_until` is the last day on which the evidence counts. `age`
    are the days since the latest evidence, -1 without any.
    """

    control: str
    title: str
    place: str
    state: ControlState
    required: bool
    expired: bool = False
    excepted: str = ""
    compensating: list[str] = []
    planned: date | None = None
    proof: Proof | None = None
    good_until: date | None = None
    age: int = -1


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """What follows for a system on a day from its document, its evidence and the organisation: a line of the portfolio.

    Money is per year in `currency`. `inputs` is the digest of all that it was made from. `until` is the first day on
    which something that counts ends, so that it has to be made anew; None when nothing does. `mistake` says why it
    could not be made; its figures are 0 then and say nothing.
    """

    system: str
    version: int
    inputs: str
    as_of: date
    until: date | None
    tier: str
    above_appetite: bool
    currency: str
    inherent_p50: float
    residual_p50: float
    residual_p90: float
    planned_p50: float
    threats: dict[Level, int]
    controls: dict[ControlState, int]
    worst: Level | None = None
    mistake: str = ""
