"""What replayed sessions of agents come to, as one page for a browser: nothing is loaded, no script is in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from bartizan.guard.flow.replay import Replayed, Seen, figures
from bartizan.report.flow_replay import HEADINGS, cells, hits, suites
from bartizan.report.page import policy, style, template

__all__ = ["render_html"]

_MOST = 200


def render_html(replayed: Sequence[Replayed], date: str, *, attended: bool) -> str:
    """Return the page; `date` says when it was made. No value of a call is in it."""
    looks = style("review.css", "flow_replay.css")
    found = figures(replayed)
    through = hits(replayed)
    asked = [
        (one, calls)
        for one in replayed
        if not one.trace.attacked and (calls := [call for call in one.calls if call.word != "allow"])
    ]
    page = {
        "date": date,
        "who": "somebody can be asked" if attended else "nobody can be asked",
        "mood": "bad" if found.leaked else "good",
        "headline": _headline(found.armed, found.leaked),
        "calls": f"{found.allow:,} calls were allowed, {found.ask:,} asked about, {found.deny:,} denied",
        "headings": HEADINGS,
        "rows": [cells(name, one) for name, one in suites(replayed)],
        "through": [_session(*one) for one in through[:_MOST]],
        "asked": [_session(*one) for one in asked[:_MOST]],
        "left": max(len(through) - _MOST, 0) + max(len(asked) - _MOST, 0),
    }
    return template("flow_replay.html.j2").render(page=page, policy=policy(looks), style=Markup(looks))  # noqa: S704


def _headline(attacks: int, leaked: int) -> str:
    if not attacks:
        return "No attack is in these sessions"
    return f"{leaked:,} of {attacks:,} attacks came through" if leaked else f"None of {attacks:,} attacks came through"


def _session(one: Replayed, calls: Sequence[Seen]) -> dict[str, Any]:
    return {
        "name": one.trace.name,
        "calls": [
            {
                "number": call.verdict.number,
                "tool": call.verdict.tool,
                "word": {"allow": "allowed", "ask": "asked", "deny": "denied"}[call.word],
                "rule": call.rule,
                "reason": call.reason or "; ".join(dict.fromkeys(one.words for one in call.verdict.origins)),
            }
            for call in calls
        ],
    }
