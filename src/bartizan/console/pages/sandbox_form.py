"""The form of a sandbox: what it asks, and how what was sent becomes a document."""

from __future__ import annotations

from typing import get_args

import msgspec

from bartizan.console.reading import Form
from bartizan.console.words import message
from bartizan.model.documents import Budget, Criterion, Egress, MayHold, Measure, Organisation, RegisteredSandbox

__all__ = ["MEASURES", "ROWS", "read_sandbox", "values_of"]

MEASURES: tuple[Measure, ...] = get_args(Measure)
"""What a criterion can be about."""
ROWS = 3
"""How many criteria of a sort the form takes."""


def read_sandbox(
    form: Form, name: str, organisation: Organisation, before: RegisteredSandbox | None = None
) -> RegisteredSandbox | None:
    """Return the sandbox that a form asks for, None with what is wrong in the form.

    `before` is the one that is changed: what the form doesn't show of its criteria stays.
    """
    starts, ends = form.day("starts", required=True), form.day("ends", required=True)
    if starts is not None and ends is not None and ends <= starts:
        form.fail("ends", message("It has to end after it starts."))
    users = form.lines("users", most=500)
    groups, applications = form.lines("groups"), form.lines("applications")
    if not (users or groups or applications):
        form.fail("users", message("Name somebody who may use it."))
    models = form.lines("models")
    if not models:
        form.fail("models", message("Name at least one model."))
    spec = {
        "purpose": form.text("purpose", required=True, longest=200),
        "owner": form.text("owner", required=True, longest=200),
        "data": MayHold(
            highest=form.choice("highest", organisation.classes), forbidden=form.lines("forbidden", longest=80)
        ),
        "egress": Egress(upstreams=form.lines("upstreams", longest=80), regions=form.lines("regions", longest=80)),
        "budget": Budget(tokens=form.whole("tokens", most=10**12), money=form.number("money", most=10**9)),
        "success": _criteria(form, "success", before.success if before else []),
        "kill": _criteria(form, "kill", before.kill if before else []),
    }
    if not form.ok or starts is None or ends is None:
        return None
    return RegisteredSandbox(
        id=name, users=users, groups=groups, applications=applications, models=models, tools=form.lines("tools"),
        starts=starts.isoformat(), ends=ends.isoformat(), **spec,  # type: ignore[arg-type] # values of several types
    )  # fmt: skip


def _criteria(form: Form, sort: str, before: list[Criterion]) -> list[Criterion]:
    found = []
    known = {(one.measure, one.what): one for one in before}
    for row in range(1, ROWS + 1):
        name = f"{sort}_{row}"
        chosen = form.choice(f"{name}_measure", MEASURES, required=False)
        reaches = form.number(f"{name}_reaches")
        what = form.text(f"{name}_what", longest=200)
        for measure in MEASURES:
            if measure == chosen:
                one = known.get((measure, what), Criterion(measure=measure, reaches=reaches, what=what))
                found.append(msgspec.structs.replace(one, reaches=reaches))
    return found + before[ROWS:]


def values_of(spec: RegisteredSandbox) -> dict[str, str | list[str]]:
    """Return what the form shows of a sandbox that is there."""
    values: dict[str, str | list[str]] = {
        "purpose": spec.purpose, "owner": spec.owner, "highest": spec.data.highest,
        "starts": spec.starts[:10], "ends": spec.ends[:10],
        "tokens": str(spec.budget.tokens or ""), "money": f"{spec.budget.money:g}" if spec.budget.money else "",
        "forbidden": "\n".join(spec.data.forbidden),
        "upstreams": "\n".join(spec.egress.upstreams), "regions": "\n".join(spec.egress.regions),
    }  # fmt: skip
    for field in ("users", "groups", "applications", "models", "tools"):
        values[field] = "\n".join(getattr(spec, field))
    for sort in ("success", "kill"):
        for row, one in enumerate(getattr(spec, sort)[:ROWS], 1):
            values[f"{sort}_{row}_measure"] = one.measure
            values[f"{sort}_{row}_reaches"] = f"{one.reaches:g}"
            values[f"{sort}_{row}_what"] = one.what
    return values
