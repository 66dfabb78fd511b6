"""Questions that wait where another program finds them, such as a console: in memory, or in a folder."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from bartizan.guard.asking import Answerer, Approval, as_json
from bartizan.guard.gateway.asking.ways import Said, Unreachable
from bartizan.model import BartizanError, InputError

__all__ = ["FolderStore", "MemoryStore", "Queue", "Reply", "Store"]

_ID = re.compile(r"[0-9a-f]{32}\Z")
_MOST = 1 << 20
_EVERY = 0.25


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An answer. `digest` is the one of the question that was shown; with another one the answer doesn't count.

    `by` and `groups` are who answers, as the program that asked them has checked it.
    """

    approval: str
    digest: str
    approved: bool
    by: str
    lasting: bool = False
    groups: list[str] = []


class Store(Protocol):
    """Where questions wait. Safe to be used from several threads or processes.

    A question is what `as_json` makes of an approval. Its first answer counts.
    """

    def put(self, question: dict[str, Any]) -> None:
        """Keep a question. Raises BartizanError when it can't be kept."""
        ...

    def pending(self) -> list[dict[str, Any]]:
        """Return the questions without an answer, oldest first."""
        ...

    def answer(self, reply: Reply) -> None:
        """Answer a question. Raises InputError when there is none such, it has an answer, or it is another one."""
        ...

    def answered(self, id: str) -> Reply | None:
        """Return the answer to a question, None without one."""
        ...

    def drop(self, id: str) -> None:
        """Forget a question and its answer."""
        ...


class MemoryStore:
    """Keeps questions in the memory of one process."""

    def __init__(self) -> None:
        self._questions: dict[str, dict[str, Any]] = {}
        self._replies: dict[str, Reply] = {}

    def put(self, question: dict[str, Any]) -> None:
        """Keep a question."""
        self._questions[question["id"]] = question

    def pending(self) -> list[dict[str, Any]]:
        """Return the questions without an answer."""
        return [one for id, one in self._questions.items() if id not in self._replies]

    def answer(self, reply: Reply) -> None:
        """Answer a question. Raises InputError."""
        _check(self._questions.get(reply.approval), reply)
        if self._replies.setdefault(reply.approval, reply) is not reply:
            raise InputError("this question has an answer already")

    def answered(self, id: str) -> Reply | None:
        """Return the answer to a question."""
        return self._replies.get(id)

    def drop(self, id: str) -> None:
        """Forget a question."""
        self._questions.pop(id, None)
        self._replies.pop(id, None)


class FolderStore:
    """Keeps questions in a folder that only its owner may read, a file each, and their answers beside them.

    What a question shows may be anything, so its files are there no longer than it is open. Raises BartizanError for
    a folder that can't be made, or that others may write.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            mode = folder.stat().st_mode
        except OSError as error:
            raise BartizanError(f"questions can't be kept in `{folder}`: {error.strerror}") from None
        if os.name == "posix" and mode & 0o022:
            raise BartizanError(f"others may write to `{folder}`, and could answer", help=f"chmod 700 {folder}")

    def put(self, question: dict[str, Any]) -> None:
        """Keep a question. Raises BartizanError."""
        try:
            _created(self._path(question["id"], "ask"), json.dumps(question).encode())
        except OSError as error:
            raise BartizanError(f"a question can't be kept in `{self._folder}`: {error.strerror}") from None

    def pending(self) -> list[dict[str, Any]]:
        """Return the questions without an answer."""
        found = []
        for path in self._folder.glob("*.ask.json"):
            question = self._question(path.name.removesuffix(".ask.json"))
            if question is not None and not self._path(question["id"], "answer").exists():
                found.append(question)
        return sorted(found, key=lambda one: str(one.get("asked")))

    def answer(self, reply: Reply) -> None:
        """Answer a question. Raises InputError or BartizanError."""
        _check(self._question(reply.approval), reply)
        try:
            _created(self._path(reply.approval, "answer"), msgspec.json.encode(reply))
        except FileExistsError:
            raise InputError("this question has an answer already") from None
        except OSError as error:
            raise BartizanError(f"the answer can't be kept in `{self._folder}`: {error.strerror}") from None

    def answered(self, id: str) -> Reply | None:
        """Return the answer to a question; one that can't be read is none."""
        content = _content(self._path(id, "answer"))
        if content is None:
            return None
        try:
            return msgspec.json.decode(content, type=Reply)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None

    def drop(self, id: str) -> None:
        """Forget a question."""
        for what in ("ask", "answer"):
            self._path(id, what).unlink(missing_ok=True)

    def _question(self, id: str) -> dict[str, Any] | None:
        content = _content(self._path(id, "ask")) if _ID.match(id) else None
        try:
            made = json.loads(content) if content is not None else None
        except (ValueError, RecursionError):
            return None
        return made if isinstance(made, dict) and made.get("id") == id else None

    def _path(self, id: str, what: str) -> Path:
        return self._folder / f"{id}.{what}.json"


class Queue:
    """Asks by a store, and looks for answers four times a second. `clock` is in seconds since 1970."""

    name = "queue"

    def __init__(self, store: Store, clock: Callable[[], float], every: float = _EVERY) -> None:
        self._store, self._clock, self._every = store, clock, every

    async def ask(self, approvals: Sequence[Approval]) -> list[Said]:
        """Put the questions there, and wait until each has an answer or is over."""
        open_ = {one.id: one for one in approvals}
        said: dict[str, Said] = {}
        try:
            for one in approvals:
                await asyncio.to_thread(self._store.put, as_json(one))
            while open_ := {id: one for id, one in open_.items() if self._clock() < one.until}:
                for id in list(open_):
                    reply = await asyncio.to_thread(self._store.answered, id)
                    if reply is not None:
                        one = open_.pop(id)
                        if reply.digest == one.digest:
                            who = Answerer(name=reply.by, groups=frozenset(reply.groups))
                            said[id] = Said(id, reply.approved, reply.lasting, who)
                if open_:
                    await asyncio.sleep(self._every)
        except BartizanError as error:
            raise Unreachable(error.message) from None
        finally:
            for one in approvals:
                self._store.drop(one.id)
        if not said:
            raise Unreachable("nobody has answered in the queue")
        return [said[one.id] for one in approvals if one.id in said]


def _check(question: dict[str, Any] | None, reply: Reply) -> None:
    if question is None:
        raise InputError("there is no such question", help="it may be over, or answered already")
    if question["digest"] != reply.digest:
        raise InputError("this answer is to another call")


def _created(path: Path, content: bytes) -> None:
    """Write a file that must not be there yet, and is there as a whole or not at all. Raises OSError."""
    part = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.link(part, path)
    finally:
        part.unlink(missing_ok=True)


def _content(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST + 1)
    except OSError:
        return None
    return content if len(content) <= _MOST else None
