"""The review as Markdown: a comment on a pull request, or a page of a wiki."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bartizan.analysis.result import PathView, Review, ThreatView
from bartizan.catalog import Catalog
from bartizan.model import Status, System
from bartizan.report.phrases import (
    component_name,
    count,
    days,
    found_phrase,
    found_where,
    loss_phrase,
    money,
    percent,
    position_phrase,
    scanned_phrase,
    verdict,
)

__all__ = ["escape", "render"]

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARKS = re.compile(r"([\\`*_\[\]~|$#])")
_QUOTED = re.compile(r"`([A-Za-z0-9@>._ -]{1,80})`")
_PATHS = 10


def render(review: Review, system: System, catalog: Catalog) -> str:
    """Return a comment whose first line lets a bot find and renew it; details are folded."""
    lines = [
        f"<!-- bartizan: {review.system.id} -->",
        *_head(review, system),
        *_threats(review, system),
        *_plan(review, system),
        *_risk(review),
        *_paths(review, system, catalog),
        *_found(review, system),
        *_scanned(review, system),
        *_coverage(review, catalog),
        *_notes(review),
    ]
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Return text that shows as it is: no markup, no HTML, no link, nobody notified."""
    plain = " ".join(_UNSAFE.sub("\ufffd", text.replace("\n", " ")).split())
    html = plain.replace("&", "&amp;").replace("<", "&lt;")
    # A zero-width space after `@` and in `://` keeps GitHub from notifying people and from making links.
    return _MARKS.sub(r"\\\1", html).replace("@", "@\u200b").replace("://", ":\u200b//").replace("www.", "www\u200b.")


def _sentence(text: str) -> str:
    """Return a sentence of ours, in which ids between backticks stay code."""
    parts = _QUOTED.split(text)
    return "".join(_code(part) if number % 2 else escape(part) for number, part in enumerate(parts))


def _code(text: str) -> str:
    return f"`{_UNSAFE.sub(' ', text).replace('`', chr(39)).replace('|', '¦')}`"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _head(review: Review, system: System) -> Iterable[str]:
    within, sentence = verdict(review)
    yield f"## {'✅' if within else '⛔'} {escape(review.system.name or review.system.id)}: {escape(sentence)}"
    yield ""
    yield f"Stage {system.stage}, reviewed {review.as_of} by Bartizan."
    yield ""


def _threats(review: Review, system: System) -> Iterable[str]:
    if not review.threats:
        return
    losses = {loss.id: loss for loss in review.losses}
    yield "### Threats"
    yield ""
    yield _row(["", "severity", "threat", "where", "leads to", "single change that removes it", "ids"])
    yield _row(["--:", "---", "---", "---", "---", "---", "---"])
    for number, threat in enumerate(review.threats, 1):
        first = next((escape(loss_phrase(losses[name], system)) for name in threat.leads_to if name in losses), "")
        change = _sentence(threat.removed_by[0].text) if threat.removed_by else ""
        cells = [str(number), threat.severity.value, _title(threat), _code(threat.at), first, change, _ids(threat)]
        yield _row(cells)
    yield ""
    if review.appendix:
        yield f"{count(len(review.appendix), 'more threat')} in the appendix (`--format json` lists all)."
        yield ""


def _title(threat: ThreatView) -> str:
    mark = "" if threat.status is Status.OPEN else f" ({threat.status})"
    return escape(threat.title) + mark


def _ids(threat: ThreatView) -> str:
    return " ".join([*threat.atlas[:2], *threat.owasp_llm[:1], *threat.owasp_agentic[:1]])


def _plan(review: Review, system: System) -> Iterable[str]:
    plan = review.controls
    proof = "proven to be the cheapest" if plan.optimal else f"at most {percent(plan.gap)} above the cheapest"
    yield "### Plan"
    yield ""
    if plan.minimum:
        yield f"{count(len(plan.minimum), 'control')}, {days(plan.cost)} of work in the first year, {proof}."
        yield ""
        yield _row(["days", "control", "where", "cuts"])
        yield _row(["--:", "---", "---", "--:"])
        for place in plan.minimum:
            name = f"{escape(place.title)} ({_code(place.control)})"
            yield _row([f"{place.cost:g}", name, _code(place.placement), str(len(place.cuts))])
        yield ""
    elif not plan.unreachable and not plan.kept_open:
        yield "Nothing more is needed."
        yield ""
    phrases = {loss.id: loss_phrase(loss, system) for loss in review.losses}
    for names, sentence in (
        (plan.unreachable, "No control of the catalog is enough against"),
        (plan.kept_open, "The budget leaves open"),
    ):
        if names:
            yield f"**{sentence}:** {escape(', '.join(phrases.get(name, name) for name in names))}"
            yield ""


def _risk(review: Review) -> Iterable[str]:
    risk = review.risk
    yield f"### Risk a year, {risk.currency}"
    yield ""
    yield _row(["", "1 in 10 below", "median", "1 in 10 above", "mean"])
    yield _row(["---", "--:", "--:", "--:", "--:"])
    for label, spectrum in (
        ("without any control", risk.inherent),
        ("with what is in place", risk.residual),
        ("with the plan", risk.planned),
    ):
        amounts = (spectrum.p10, spectrum.p50, spectrum.p90, spectrum.mean)
        yield _row([label, *(money(amount, "").strip() for amount in amounts)])
    if risk.appetite is not None:
        yield ""
        yield f"Appetite: {money(risk.appetite, risk.currency)}."
    yield ""


def _paths(review: Review, system: System, catalog: Catalog) -> Iterable[str]:
    if not review.paths:
        return
    yield f"<details><summary>{count(len(review.paths), 'attack path')}</summary>"
    yield ""
    for path in review.paths[:_PATHS]:
        yield from _path(path, system, catalog)
    if len(review.paths) > _PATHS:
        yield f"{len(review.paths) - _PATHS} more: `bartizan paths` shows all."
        yield ""
    yield "</details>"
    yield ""


def _path(path: PathView, system: System, catalog: Catalog) -> Iterable[str]:
    start = escape(position_phrase(path.position, catalog))
    loss = escape(loss_phrase(path, system))
    yield f"**{path.id}: {loss}** ({path.severity}), {percent(path.score)} of attempts, by: {start}"
    yield ""
    for number, step in enumerate(path.steps, 1):
        cuts = f" Cut by {', '.join(_code(name) for name in step.cut_by)}." if step.cut_by else ""
        ids = f" ({', '.join(step.atlas)})" if step.atlas else ""
        where = escape(component_name(step.component, system))
        gains = escape(step.gains[:1].upper() + step.gains[1:])
        yield f"{number}. {escape(step.title)}, at {where}{ids}. {gains}.{cuts}"
    yield ""


def _coverage(review: Review, catalog: Catalog) -> Iterable[str]:
    if not review.coverage:
        return
    yield "<details><summary>Frameworks</summary>"
    yield ""
    yield _row(["framework", "met", "met by the plan", "open"])
    yield _row(["---", "--:", "--:", "---"])
    for name, found in review.coverage.items():
        title = catalog.frameworks[name].title if name in catalog.frameworks else name
        gaps = escape(", ".join(found.gaps[:12])) + (
            f" and {len(found.gaps) - 12} more" if len(found.gaps) > 12 else ""
        )
        yield _row([escape(title), str(len(found.covered)), str(len(found.planned)), gaps])
    yield ""
    yield "</details>"
    yield ""


def _found(review: Review, system: System) -> Iterable[str]:
    if review.data_evidence:
        yield "### Data as found"
        yield ""
        yield _row(["", "data", "declared and found", "where and how much"])
        yield _row(["---", "---", "---", "---"])
        for found in review.data_evidence:
            name = escape(component_name(found.asset, system))
            mark = "⚠️" if found.raised else ""
            yield _row([mark, name, escape(found_phrase(found)), escape(found_where(found))])
        yield ""


def _scanned(review: Review, system: System) -> Iterable[str]:
    if review.scan_evidence:
        yield "### Components as scanned"
        yield ""
        yield _row(["", "component", "verdict", "what, when and which findings"])
        yield _row(["---", "---", "---", "---"])
        for found in review.scan_evidence:
            name = escape(component_name(found.component, system))
            mark = "⚠️" if found.verdict == "dangerous" else ""
            yield _row([mark, name, found.verdict, escape(scanned_phrase(found))])
        yield ""


def _notes(review: Review) -> Iterable[str]:
    if review.notes:
        yield "### Notes"
        yield ""
        yield from (f"- {_sentence(note)}" for note in review.notes)
        yield ""
