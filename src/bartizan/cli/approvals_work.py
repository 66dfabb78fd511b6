"""The work behind `bartizan approvals`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bartizan.cli.output import emit, json_bytes, say
from bartizan.cli.standing import who
from bartizan.guard.gateway.asking.queue import FolderStore, Reply
from bartizan.model import InputError
from bartizan.model.decode import nearest
from bartizan.report.terminal import clean

__all__ = ["answer", "show_questions"]


def show_questions(folder: Path, format: str) -> int:
    """Show the questions that wait. Raises InputError or BartizanError."""
    questions = _store(folder).pending()
    if format == "json":
        emit(json_bytes({"schema": "bartizan/approvals/1", "approvals": questions}), None)
        return 0
    parts = [
        f"{one['id']}  for {one['whom']}, until {one['until']}\n{one['text']}"
        + ("\n  It may be approved for the session." if one["lasting"] else "")
        for one in questions
    ]
    emit((clean("\n\n".join(parts)) if parts else "nothing waits for an answer").encode() + b"\n", None)
    return 0


def answer(folder: Path, id: str, *, approved: bool, lasting: bool, by: str, groups: Sequence[str]) -> int:
    """Answer a question. Raises InputError or BartizanError."""
    store = _store(folder)
    questions = {one["id"]: one for one in store.pending()}
    one = questions.get(id)
    if one is None:
        raise InputError(f"no question `{id[:80]}` waits for an answer", help=nearest(id, questions))
    name = who(by)
    if lasting and not one["lasting"]:
        raise InputError("this call can't be approved for the session", help="approve it without --for-session")
    if name == one["agent"] or not {name, *groups} & ({one["whom"]} if one["whom"] != "user" else {one["principal"]}):
        whom = one["principal"] if one["whom"] == "user" else one["whom"]
        raise InputError(f"this question is for `{whom}`", help="name who decides with --by or --group")
    store.answer(
        Reply(approval=id, digest=one["digest"], approved=approved, by=name, lasting=lasting, groups=list(groups))
    )
    say(f"the call of `{one['tool']}` is {'approved' if approved else 'denied'} by `{name}`")
    return 0


def _store(folder: Path) -> FolderStore:
    if not folder.is_dir():
        raise InputError(f"`{folder}` is no folder of questions", help="name it with --folder")
    return FolderStore(folder)
