"""A review whose names try to get out of every format: markup, scripts, commands, control characters, great length."""

from __future__ import annotations

from bartizan.analysis.result import Review
from bartizan.model import System
from tests.report.sample import sample_review, sample_system

__all__ = ["HOSTILE", "hostile_review", "hostile_system"]

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=https://evil.example/x onerror=alert(1)>',
    '#import "@preview/cetz:0.1.0": canvas',
    '#read("/etc/passwd") $x^2$ *bold* `raw` \\ // /* @label <label>',
    "{{ 7 * 7 }}{% raw %}",
    "]]></style></script><!--",
    "javascript:alert(1)",
    "null\u0000bell\u0007escape\u001b[31m",
    "left \u202eot thgir\u2066 \u200f",
    "W" * 600,
    "名前 🦀 naïve ﷽",
)


def hostile_system() -> System:
    """The sample system with a hostile name wherever a name may stand."""
    system = sample_system()
    names = iter(HOSTILE * 20)
    for group in (system.components, system.data, system.zones):
        for entry in group.values():
            entry.name = entry.description = next(names)
    system.name = system.description = system.owner = next(names)
    system.decisions[0].why = system.decisions[0].by = HOSTILE[0]
    return system


def hostile_review() -> Review:
    """The sample review with hostile text in every sentence that repeats names of the system."""
    review = sample_review()
    names = iter(HOSTILE * 60)
    for threat in review.threats:
        threat.why = [next(names) for _ in threat.why]
        for change in threat.removed_by:
            change.text = next(names)
    for path in review.paths:
        for step in path.steps:
            step.gains = next(names)
    for swing in review.risk.tornado:
        swing.input = next(names)
    review.risk.assumptions = list(HOSTILE)
    review.notes = list(HOSTILE)
    return review
