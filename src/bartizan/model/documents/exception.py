"""Exception: what need not hold for a while, by whose leave, and what stands in for it."""

from __future__ import annotations

from datetime import date

import msgspec

from bartizan.model.base import Id

__all__ = ["ExceptionSpec"]


class ExceptionSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An exception from a policy statement (`statement`, its catalog id) or from a control (`control`).

    `systems` are those that it is for; none is all of the business unit. `compensating` are controls that stand in
    for what is missing. It counts only with `approved_by` and without `refused_by`, from `starts` to `ends`, both days
    included.
    """

    title: str
    statement: Id | None = None
    control: Id | None = None
    systems: list[Id] = []
    owner: str
    why: str
    compensating: list[Id] = []
    starts: date
    ends: date
    approved_by: str = ""
    approved_on: date | None = None
    refused_by: str = ""

    def counts(self, as_of: date) -> bool:
        """Tell whether it holds on a day."""
        return bool(self.approved_by) and not self.refused_by and self.starts <= as_of <= self.ends
