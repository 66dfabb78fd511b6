"""A sandbox as the register keeps it: what its document says, and what was decided about it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from bartizan.model.base import Id
from bartizan.model.documents.sandbox import SandboxSpec

__all__ = ["RegisteredSandbox", "SandboxState"]


class SandboxState(StrEnum):
    """What was decided about a sandbox. Whether one that was granted is open now, its days say."""

    DRAFT = "draft"
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"
    KILLED = "killed"
    PROMOTED = "promoted"


class RegisteredSandbox(SandboxSpec, frozen=True, dict=True, kw_only=True):
    """A sandbox with its life. The gateway is given the fields of `SandboxSpec` alone.

    `decided_by` granted or refused it, `rule` when it was granted without anybody. `extended` is the day on which its
    end was moved, which is done once. `promoted_to` is the System that it has become.
    """

    state: SandboxState = SandboxState.DRAFT
    decided_by: str = ""
    decided_on: date | None = None
    extended: date | None = None
    ended_on: date | None = None
    ended_by: str = ""
    ended_why: str = ""
    promoted_to: Id | None = None
