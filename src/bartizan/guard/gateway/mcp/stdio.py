"""MCP over standard input and output: one client, one local server, and the relay that stands between them."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from bartizan.guard.gateway.mcp.pipes import Inlet, Long, Outlet
from bartizan.guard.gateway.mcp.process import Command, ServerProcess
from bartizan.guard.gateway.mcp.speech import Speech
from bartizan.guard.mcp.acts import Act, AskFor, AskOff, NoAnswer, Noted, ToClient, ToServer
from bartizan.guard.mcp.codes import INVALID_REQUEST
from bartizan.guard.mcp.gate import Ask, By
from bartizan.guard.mcp.jsonrpc import error_bytes
from bartizan.guard.mcp.relay import Relay

__all__ = ["Answered", "Asks", "Bounds", "StdioDoor", "Ways", "id_of_long"]

_PASSED_ON = ("SIGTERM", "SIGINT", "SIGHUP")
_HEAD = re.compile(rb'\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(-?[0-9]{1,18}|"[^"\\]{0,200}")\s*,')
_TAIL = re.compile(rb'[\]}"0-9el]\s*,\s*"id"\s*:\s*(-?[0-9]{1,18}|"[^"\\]{0,200}")\s*'
                   rb'(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$')  # fmt: skip


class Answered(NamedTuple):
    """What somebody says to an ask: one of its choices, empty when the call is not allowed, and who it was."""

    choice: str
    by: By


Asks = Callable[[Ask], Awaitable[Answered]]
"""Asks a person about a call that the client's own user can't be asked about."""


class Ways(NamedTuple):
    """The descriptors through which the client speaks with us, and where the server's standard error goes."""

    input: int = 0
    output: int = 1
    speech: int = 2


class Bounds(NamedTuple):
    """How much is held, in bytes, and how long is waited, in seconds.

    `message` is the longest message, `waiting` what may wait on either side before its source has to. `rest` is how
    long requests of a client that sends no more may still be answered, `patience` what a server has to end by itself
    and to end when it is asked.
    """

    message: int = 16 << 20
    waiting: int = 1 << 20
    rest: float = 30.0
    patience: float = 0.7


_WAYS, _BOUNDS = Ways(), Bounds()


class StdioDoor:
    """Runs a server behind a relay until either side ends.

    `server` is the id by which the relay knows it. `noted` gets what is for the record, `before` is called before
    anything that was decided is carried out, `after` once it is, and `clock` is seconds since 1970. An exception of any
    of them ends everything: what can't be decided or recorded isn't passed on.
    """

    def __init__(
        self,
        relay: Relay,
        server: str,
        command: Command,
        noted: Callable[[Noted], None],
        asks: Asks,
        clock: Callable[[], float],
        bounds: Bounds = _BOUNDS,
        before: Callable[[], None] = lambda: None,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self._relay, self._server, self._command = relay, server, command
        self._noted, self._asks, self._clock, self._bounds = noted, asks, clock, bounds
        self.before, self.after = before, after
        self._asked: dict[str, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._failure: BaseException | None = None
        self._client_there = True

    @property
    def waiting(self) -> int:
        """Bytes that wait to be read by the client."""
        return self._output.waiting

    async def run(self, ways: Ways = _WAYS) -> int:
        """Serve, and return the server's exit code, 128 and the signal's number when a signal ended it.

        Raises InputError when the server can't be started.
        """
        loop = self._loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._failed)
        self._ending = asyncio.Event()
        bounds = self._bounds
        self._process = ServerProcess(self._command, self, most=bounds.message, enough=bounds.waiting)
        self._speech = Speech(ways.speech, self._clock)
        self._output = Outlet(ways.output, bounds.waiting, self._ending.set, self._balance)
        self._input = Inlet(ways.input, bounds.message, self._from_client, self._long_from_client, self._client_ended)
        _watch_signals(loop, self._signalled)
        try:
            self._noted(Noted("server-started", self._server, (("pid", self._process.pid),)))
            await self._ending.wait()
        finally:
            code = await self._end()
        if self._failure is not None:
            raise self._failure
        return code

    # ---- what the server does; see Heard

    def line(self, line: bytes) -> None:
        """Pass on what the server says."""
        self._do(self._relay.from_server(self._server, line, self._clock()))

    def long(self, long: Long) -> None:
        """Answer in the server's place, when it is known to which request."""
        id = id_of_long(long)
        self._noted(Noted("message-too-long", self._server, (("bytes", long.size),)))
        if id is not None and id.lstrip(b"-").isdigit():
            why = f"the server's answer is longer than {self._bounds.message >> 20} MiB"
            self._do(self._relay.failed(self._server, int(id), self._clock(), why))

    def speech(self, line: bytes) -> None:
        """Pass on what it says on standard error."""
        self._speech.line(line)

    def eased(self) -> None:
        """Let the client go on."""
        self._balance()

    def ended(self, code: int) -> None:
        """Answer what it has left open, and end."""
        self._noted(Noted("server-ended", self._server, (("code", code),)))
        self._do(self._relay.closed(self._server, self._clock()))
        self._ending.set()

    # ---- what the client does

    def _from_client(self, line: bytes) -> None:
        self._do(self._relay.from_client(line, self._clock()))

    def _long_from_client(self, long: Long) -> None:
        self._noted(Noted("request-too-long", self._server, (("bytes", long.size),)))
        id = id_of_long(long)
        sentence = f"the message is longer than {self._bounds.message >> 20} MiB"
        given = None if id is None else int(id) if id.lstrip(b"-").isdigit() else id[1:-1].decode("utf-8", "replace")
        self._output.send(error_bytes(given, INVALID_REQUEST, sentence) + b"\n")

    def _client_ended(self) -> None:
        """It sends no more. What it has asked may still be answered."""
        self._client_there = False
        if not self._relay.pending:
            self._ending.set()
        else:
            self._loop.call_later(self._bounds.rest, self._ending.set)

    # ---- what the relay wants done

    def _do(self, acts: Iterable[Act]) -> None:
        if self._failure is not None:
            return
        self.before()
        for act in acts:
            match act:
                case ToClient():
                    self._output.send(act.message + b"\n")
                case ToServer():
                    self._process.send(act.message)
                case Noted():
                    self._noted(act)
                case AskFor():
                    self._asked[act.ask.id] = task = self._loop.create_task(self._ask(act.ask))
                    task.add_done_callback(self._was_asked)
                case AskOff():
                    if (asking := self._asked.pop(act.ask_id, None)) is not None:
                        asking.cancel()
                case NoAnswer():
                    pass  # there is no stream to close
        self._look_at_clock()
        if self._output.waiting or self._process.full:
            self._balance()
        if not self._client_there and not self._relay.pending:
            self._ending.set()
        self.after()

    async def _ask(self, ask: Ask) -> None:
        answer = await self._asks(ask)
        if self._asked.pop(ask.id, None) is not None:
            now = self._clock()
            self._do(self._relay.answered(ask.id, bool(answer.choice), answer.by, now, answer.choice))

    def _was_asked(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(self._loop, {"exception": error})

    def _look_at_clock(self) -> None:
        """Have the relay looked at when it wants to be, at the latest."""
        due = self._relay.due
        if due is None:
            return
        at = self._loop.time() + max(0.0, due - self._clock())
        if self._timer is None or self._timer.cancelled() or at < self._timer.when() - 0.001:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(at, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._do(self._relay.tick(self._clock()))

    def _balance(self) -> None:
        """Let nobody send faster than the other side reads."""
        if self._output.full:
            self._process.pause()
        else:
            self._process.resume()
        # A client that doesn't read gets refusals too; but it may write a good deal before it begins to.
        if self._process.full or self._output.waiting > 4 * self._bounds.waiting:
            self._input.pause()
        else:
            self._input.resume()

    # ---- the end

    def _signalled(self, number: int) -> None:
        self._process.signal(number)
        self._ending.set()

    def _failed(self, _: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """Something went wrong in a callback: nothing goes on."""
        error = context.get("exception")
        self._failure = self._failure or (error if isinstance(error, BaseException) else RuntimeError("event loop"))
        self._input.close()
        self._ending.set()

    async def _end(self) -> int:
        """End the server, let the client have what is left for it."""
        self._input.close()
        if self._failure is None and self._process.running:
            self._do(self._relay.ended(self._clock()))
        for task in self._asked.values():
            task.cancel()
        code = await self._process.end(self._bounds.patience)
        if self._failure is None:
            await self._output.drained(self._bounds.patience)
        if self._timer is not None:
            self._timer.cancel()
        self._output.release()
        self._speech.close()
        if self._speech.dropped and self._failure is None:
            self._noted(Noted("speech-left-out", self._server, (("lines", self._speech.dropped),)))
        return code


def id_of_long(long: Long) -> bytes | None:
    """Return the id of a message that was too long to read, as JSON, when it stands at either end of it."""
    found = _HEAD.match(long.head) or _TAIL.search(long.tail)
    return None if found is None else found[1]


def _watch_signals(loop: asyncio.AbstractEventLoop, signalled: Callable[[int], None]) -> None:
    for name in _PASSED_ON:
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(NotImplementedError, ValueError):  # Windows, and threads other than the first
                loop.add_signal_handler(number, signalled, number)
