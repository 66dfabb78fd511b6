"""A run: the loop that hands shards to workers and keeps what comes back, until nothing is left to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from bartizan.scan.executors import Executor, Outcome
from bartizan.scan.plan import Part, Shard, read_manifest, shards
from bartizan.scan.results import RunFolder
from bartizan.scan.run_tools import Tools
from bartizan.scan.shard import PartResult, ShardResult, lost

__all__ = ["Progress", "pending", "run_shards"]

_BREATH = 0.5
_TRIES = 2

Progress = Callable[[int, bool], None]
"""Called with the bytes of files that are done since the last call, often with 0, and whether that was work of now."""


def pending(folder: RunFolder, rules: str, tools: Tools, progress: Progress) -> Iterator[Shard]:
    """Give the shards of a planned run that have no result yet, or whose files have changed."""
    for shard in shards(read_manifest(folder.manifest), rules):
        if folder.fresh(shard, tools):
            progress(shard.weight, False)
        else:
            yield shard


def run_shards(work: Iterator[Shard], folder: RunFolder, workers: Executor, progress: Progress) -> None:
    """Do all of `work` and put the results into the folder.

    A worker that ends takes its shard with it: the shard's parts are then done one by one, and a part that ends a
    worker twice gets a result that says so. Raises BartizanError when results can't be written, or when workers don't
    even start.
    """
    loop = _Loop(work, folder, workers, progress)
    while loop.busy():
        loop.hand_out()
        for outcome in workers.wait(_BREATH):
            loop.take(outcome)
        progress(0, True)


class _Try(msgspec.Struct):
    """A task: what to do, as part of which shard, for the how-manieth time."""

    shard: Shard
    of: Shard
    times: int = 1


class _Loop:
    def __init__(self, work: Iterator[Shard], folder: RunFolder, workers: Executor, progress: Progress) -> None:
        self.work, self.folder, self.workers, self.progress = work, folder, workers, progress
        self.again: deque[_Try] = deque()
        self.at: dict[int, _Try] = {}
        self.split: dict[str, dict[str, PartResult]] = {}
        self.tickets = 0
        self.done = False

    def busy(self) -> bool:
        return bool(self.at or self.again) or not self.done

    def hand_out(self) -> None:
        while self.workers.idle():
            task = self._next()
            if task is None:
                return
            self.tickets += 1
            self.at[self.tickets] = task
            self.workers.submit(self.tickets, msgspec.msgpack.encode(task.shard))

    def _next(self) -> _Try | None:
        if self.again:
            return self.again.popleft()
        shard = next(self.work, None)
        if shard is None:
            self.done = True
            return None
        return _Try(shard, shard)

    def take(self, outcome: Outcome) -> None:
        task = self.at.pop(outcome.ticket)
        if outcome.result is not None:
            if task.of is task.shard:
                self.folder.put(task.shard.id, outcome.result)
                self.progress(task.shard.weight, True)
            else:
                self._piece(task, msgspec.msgpack.decode(outcome.result, type=ShardResult))
            return
        if task.of is task.shard and len(task.shard.parts) > 1:
            self.split[task.of.id] = {}
            self.again.extend(_Try(Shard(task.of.id, [part]), task.of) for part in task.of.parts)
        elif task.times < _TRIES:
            self.again.append(_Try(task.shard, task.of, task.times + 1))
        else:
            self._give_up(task, outcome.why)

    def _give_up(self, task: _Try, why: str) -> None:
        result = lost(task.shard, f"the worker that read it {why}")
        if task.of is task.shard:
            self.folder.put(task.shard.id, msgspec.msgpack.encode(result))
            self.progress(task.shard.weight, True)
        else:
            self._piece(task, result)

    def _piece(self, task: _Try, result: ShardResult) -> None:
        """Keep a part's result until those of the whole shard are there."""
        pieces = self.split[task.of.id]
        pieces[_name(task.shard.parts[0])] = result.parts[0]
        if len(pieces) == len(task.of.parts):
            del self.split[task.of.id]
            whole = ShardResult(task.of.id, [pieces[_name(part)] for part in task.of.parts])
            self.folder.put(task.of.id, msgspec.msgpack.encode(whole))
            self.progress(task.of.weight, True)


def _name(part: Part) -> str:
    return f"{part.unit.start}:{part.unit.stop}:{part.address}"
