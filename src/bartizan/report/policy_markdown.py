"""A policy as Markdown, for a wiki or a repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bartizan.report.markdown import escape
from bartizan.report.policy_paper import PolicyPaper

__all__ = ["render"]

_MARKS = {"same": "{}", "out": "<del>{}</del>", "in": "<ins>{}</ins>"}


def render(paper: PolicyPaper) -> str:
    """Return the policy as GitHub's Markdown; names and texts show as they are."""
    parts = (_head(paper), _sections(paper), _changes(paper), _references(paper), _exceptions(paper))
    return "\n".join([line for part in parts for line in part]).rstrip("\n") + "\n"


def _head(paper: PolicyPaper) -> Iterator[str]:
    said = paper.words
    yield from (f"# {escape(paper.title)}", "", escape(f"{paper.kicker} · {paper.state}"), "")
    if paper.notice:
        yield from (f"> **{escape(paper.notice)}**", "")
    yield from _table(["", ""], ([name, value] for name, value in paper.facts))
    for name, text in (("purpose", paper.purpose), ("scope", paper.scope)):
        if text:
            yield from (f"**{said[name]}.** {escape(text)}", "")
    yield from (escape(said["reading"]), "", escape(paper.summary), "")


def _sections(paper: PolicyPaper) -> Iterator[str]:
    for section in paper.sections:
        yield from (f"## {section.number}. {escape(section.title)}", "")
        for one in section.statements:
            yield f"**{one.number}** {escape(one.text)}<br>"
            below = " · ".join(part for part in (one.level_word, one.holding_word, one.by) if part)
            yield from (f"<sub>{escape(below)}</sub>", "")


def _changes(paper: PolicyPaper) -> Iterator[str]:
    if not paper.changes:
        return
    said = paper.words
    yield from (f"## {escape(paper.changes_title)}", "")
    yield from (f"| {said['what']} | | {said['change']} |", "|---|---|---|")
    for one in paper.changes:
        text = "".join(_marked(op, word) for op, word in one.words)
        note = f" ({escape(one.note)})" if one.note else ""
        yield f"| {escape(one.number)} | {escape(one.kind_word)} | {text}{note} |"
    yield ""


def _marked(op: str, text: str) -> str:
    """Mark a run of words; escaping drops the spaces around it, which stand outside of the mark."""
    inner = escape(text)
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return before + (_MARKS[op].format(inner) if inner else "") + after


def _references(paper: PolicyPaper) -> Iterator[str]:
    if not paper.references:
        return
    said = paper.words
    yield from (f"## {said['references']}", "", escape(said["references_intro"]), "")
    rows = (
        [number, said["semicolon"].join(f"{name}{said['colon']}{items}" for name, items in found)]
        for number, found in paper.references
    )
    yield from _table([said["what"], said["references"]], rows)
    yield from _table([said["framework"], said["title"].capitalize(), said["version"]], paper.frameworks)


def _exceptions(paper: PolicyPaper) -> Iterator[str]:
    said = paper.words
    yield from (f"## {said['exceptions']}", "", escape(paper.exceptions_intro), "")
    if paper.exceptions:
        head = [said[name] for name in ("what", "exception", "owner", "why", "compensating", "until")]
        rows = (
            [
                one.number,
                f"{one.title} ({one.systems})" if one.systems else one.title,
                one.owner,
                one.why,
                one.compensating,
                one.until,
            ]
            for one in paper.exceptions
        )
        yield from _table(head, rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(escape(cell) for cell in head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(escape(cell) for cell in row) + " |"
    yield ""
