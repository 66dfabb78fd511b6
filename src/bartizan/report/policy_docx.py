"""A policy as a Word document, to be commented on and signed where that is how it is done."""

from __future__ import annotations

from bartizan.report.docx_parts import Writer
from bartizan.report.policy_paper import PolicyPaper, Shown

__all__ = ["render"]


def render(paper: PolicyPaper) -> bytes:
    """Return the document."""
    said = paper.words
    out = Writer(paper.title, paper.day, paper.language)
    edition = f"{paper.kicker} · {paper.state}"
    out.header(f"{paper.title} · {edition}")
    out.footer(paper.made, said["page"])
    out.title(paper.title, edition)
    if paper.purpose:
        out.text(paper.purpose)
    out.text(" · ".join(f"{name}{said['colon']}{value}" for name, value in paper.facts), muted=True, size=9.5)
    if paper.notice:
        out.verdict(paper.state, [paper.notice], good=paper.mood == "good")
    if paper.scope:
        out.text(f"{said['scope']}{said['colon']}{paper.scope}")
    out.text(f"{said['reading']} {paper.summary}", muted=True, size=9.5)
    for section in paper.sections:
        out.heading(f"{section.number}. {section.title}")
        for one in section.statements:
            out.clause(one.number, [("same", one.text)], _below(one))
    _annexes(out, paper)
    return out.save()


def _below(one: Shown) -> str:
    return " · ".join(part for part in (one.level_word, one.holding_word, one.by) if part)


def _annexes(out: Writer, paper: PolicyPaper) -> None:
    said = paper.words
    if paper.changes:
        out.heading(paper.changes_title)
        for change in paper.changes:
            out.clause(
                change.number, change.words, " · ".join(part for part in (change.kind_word, change.note) if part)
            )
    if paper.references:
        out.heading(said["references"])
        out.text(said["references_intro"], muted=True, size=9.5)
        rows = [
            (number, said["semicolon"].join(f"{name}{said['colon']}{items}" for name, items in found))
            for number, found in paper.references
        ]
        out.table((said["what"], said["references"]), rows, (25, 141))
        out.table((said["framework"], "", said["version"]), paper.frameworks, (36, 105, 25))
    out.heading(said["exceptions"])
    out.text(paper.exceptions_intro, muted=True, size=9.5)
    if paper.exceptions:
        head = tuple(said[name] for name in ("what", "exception", "owner", "why", "compensating", "until"))
        exempt = [
            (
                one.number,
                f"{one.title}\n{one.systems}" if one.systems else one.title,
                one.owner,
                one.why,
                one.compensating,
                one.until,
            )
            for one in paper.exceptions
        ]
        out.table(head, exempt, (23, 30, 27, 31, 28, 27))
