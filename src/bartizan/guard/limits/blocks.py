"""The kill switch: who and what is blocked, until when, by whom and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

import msgspec

from bartizan.guard.records import read_records, write_records
from bartizan.model import InputError, Place

__all__ = ["KINDS", "Block", "Blocks", "Kind", "parse_blocks", "write_blocks"]

Kind: TypeAlias = Literal["principal", "model", "upstream", "application", "agent", "session", "tool", "server"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_MOST = 16 << 20


class Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One block. Times are seconds since 1970.

    `since` is when it was made, `undone` when and `undone_by` by whom it was taken back, 0 while it stands.
    """

    id: str
    kind: Kind
    name: str
    until: float
    by: str
    why: str
    since: float = 0.0
    undone: float = 0.0
    undone_by: str = ""

    def stands(self, now: float) -> bool:
        """Tell whether it holds at a time."""
        return not self.undone and now < self.until


class Blocks:
    """What is blocked. Never changed: a new one takes its place as a whole.

    A principal's name holds in every tenant, and a model's is both the one that callers use and the one that is sent:
    a kill switch had better be too wide than too narrow. For the same reason an agent's name stops whatever calls by
    that name, be it as principal or as application, and a tool's is `TOOL` at any server or `SERVER/TOOL` at one.
    """

    def __init__(self, blocks: Iterable[Block] = ()) -> None:
        self.all = tuple(blocks)
        self._by: dict[Kind, dict[str, tuple[Block, ...]]] = {kind: {} for kind in KINDS}
        for block in self.all:
            if not block.undone:
                names = self._by[block.kind]
                names[block.name] = (*names.get(block.name, ()), block)
        self._any = any(self._by.values())

    def __bool__(self) -> bool:
        """Tell whether there is one that was not taken back."""
        return self._any

    def find(self, principal: str, application: str, model: str, sent: str, upstream: str, now: float) -> Block | None:
        """Return a block that stands against a call, None when there is none."""
        if not self._any:
            return None
        by = self._by
        for blocks in (
            by["principal"].get(principal),
            by["application"].get(application),
            by["upstream"].get(upstream),
            by["model"].get(model),
            by["model"].get(sent),
            by["agent"].get(principal),
            by["agent"].get(application),
        ):
            for block in blocks or ():
                if block.stands(now):
                    return block
        return None

    def find_call(
        self, principal: str, application: str, agent: str, session: str, server: str, tool: str, now: float
    ) -> Block | None:
        """Return a block that stands against a tool's call, None when there is none.

        `tool` is the name that its server gives it, and empty where a call is about a server only.
        """
        if not self._any:
            return None
        by = self._by
        for blocks in (
            by["agent"].get(agent),
            by["agent"].get(principal),
            by["agent"].get(application),
            by["session"].get(session),
            by["tool"].get(tool),
            by["tool"].get(f"{server}/{tool}"),
            by["server"].get(server),
            by["principal"].get(principal),
            by["application"].get(application),
        ):
            for block in blocks or ():
                if block.stands(now):
                    return block
        return None


def parse_blocks(content: bytes, name: str) -> Blocks:
    """Read a file of blocks, one JSON object a line. Raises InputError with the line that is wrong."""
    if len(content) > _MOST:
        raise InputError("the file of blocks is too large", place=Place(name))
    read = read_records(content, Block, name, wrong="this line is no block", help="`bartizan block` writes this file")
    return Blocks({block.id: block for _, block in read}.values())


def write_blocks(blocks: Iterable[Block]) -> bytes:
    """Return the file's content."""
    return write_records(blocks)
