"""The engine within a program: the same decisions, budgets and record as the gateway's, without a network between."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Protocol, TypeVar

from bartizan.guard.engine import Engine
from bartizan.guard.exchange import Origin
from bartizan.guard.inprocess.call import GuardedCall, encoded
from bartizan.guard.inprocess.running import Direct, Runner, driven
from bartizan.guard.inprocess.sinks import Awaiting, Blocking, Plain, Sink, Way
from bartizan.guard.inprocess.texts import DecidedText, decide_text, text_event
from bartizan.guard.inprocess.wires import wire
from bartizan.guard.limits import Limiter
from bartizan.guard.principal import Principal
from bartizan.guard.protection.rules import Side
from bartizan.guard.refused import Refused
from bartizan.guard.routes import Route
from bartizan.model import BartizanError, Event

__all__ = ["Guard", "Identifier", "Limiter", "Said", "ended"]

Said = Principal | str | Mapping[str, str] | list[tuple[str, str]]
"""Who calls: a principal that the program vouches for, a key or an access token, or the headers of a request."""
Got = TypeVar("Got")


class Identifier(Protocol):
    """Finds out who calls from headers. Raises Refused."""

    async def identify(self, headers: Any, now: float) -> Principal:
        """Return who calls."""
        ...


class _Headers:
    """Headers as the identifier takes them."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._pairs = [(name.lower(), value) for name, value in pairs]

    def items(self) -> list[tuple[str, str]]:
        """Return all pairs."""
        return self._pairs


class Guard:
    """Decides a program's calls. Safe to share between threads and between tasks.

    `sink` gets one event for each decision, `clock` is seconds since 1970, `look` is asked at most once a second
    whether anything is to be taken anew. `name` is the program's own, under which texts are decided that nobody is
    named for.
    """

    def __init__(
        self,
        engine: Engine,
        limiter: Limiter,
        sink: Sink | Callable[[Event], object],
        clock: Callable[[], float],
        *,
        identifier: Identifier | None = None,
        runner: Runner | None = None,
        look: Callable[[float], None] | None = None,
        name: str = "program",
    ) -> None:
        self.limiter, self.clock = limiter, clock
        self._identifier, self._look, self._looked = identifier, look, clock()
        self.runner = runner or Direct()
        self.sink: Sink = Plain(sink) if callable(sink) else sink
        self.blocking: Way = Blocking(self.runner, self.sink)
        self.awaiting: Way = Awaiting(self.runner, self.sink)
        self.forgotten: deque[GuardedCall] = deque()
        """Calls that nobody ended, to be put on record at the next use."""
        self.use(engine)
        self.own = self.principal(name)

    def use(self, engine: Engine) -> None:
        """Decide with another engine from now on; calls that were begun end with the one they began with."""
        self.engine = engine

    # ---- who calls

    def principal(self, id: str, *, groups: Iterable[str] = (), application: str = "", sandbox: str = "") -> Principal:
        """Return a principal that the program vouches for: it has checked itself who that is."""
        tenant = self.engine.config.tenant
        return Principal(id=id, source="program", groups=frozenset(groups), application=application, sandbox=sandbox,
                         tenant=tenant)  # fmt: skip

    def identify(self, said: str | Mapping[str, str] | list[tuple[str, str]]) -> Principal:
        """Return whose key or token it is, or who sends such headers. Raises Refused."""
        return driven(self.who(self.blocking, said))

    async def aidentify(self, said: str | Mapping[str, str] | list[tuple[str, str]]) -> Principal:
        """As `identify`, for event loops."""
        return await self.who(self.awaiting, said)

    async def who(self, way: Way, said: Said) -> Principal:
        """Return who calls; there is no anonymous caller. Raises Refused."""
        now = self.clock()
        if isinstance(said, Principal):
            if said.until and now >= said.until:
                raise Refused(401, "identity-ended", "the caller's identity has ended: identify it anew")
            return said
        if self._identifier is None:
            raise Refused(401, "not-identified", "this guard knows no keys and no issuers: give it a principal")
        if isinstance(said, str):
            pairs = [("authorization", f"Bearer {said}")]
        else:
            pairs = list(said.items()) if isinstance(said, Mapping) else said
        return await way.do(self._identifier.identify(_Headers(pairs), now))

    # ---- calls

    def request(
        self, format: str, body: bytes | str | Mapping[str, Any], *, principal: Said, model: str = "", trace: str = ""
    ) -> GuardedCall:
        """Decide a request, and return what may be sent.

        `format` is a wire format (`openai-chat`, `anthropic-messages`, ...) or a path of the gateway; `model` is for
        Gemini, whose path names it; `trace` is a W3C trace id. Raises Refused, and InputError for an unknown format.
        """
        return driven(self._begun(self.blocking, wire(format, model), body, principal, trace))

    async def arequest(
        self, format: str, body: bytes | str | Mapping[str, Any], *, principal: Said, model: str = "", trace: str = ""
    ) -> GuardedCall:
        """As `request`, for event loops."""
        return await self._begun(self.awaiting, wire(format, model), body, principal, trace)

    async def _begun(
        self, way: Way, route: Route, body: bytes | str | Mapping[str, Any], said: Said, trace: str
    ) -> GuardedCall:
        call = self.opened(route, trace)
        try:
            who = await call.identify(way, said)
            await call.decide(way, encoded(body), who)
        except Refused as refused:
            await call.finish(way, refused)
            raise
        return call

    def opened(self, route: Route | None, trace: str = "") -> GuardedCall:
        """Begin a call whose steps the caller drives, as the middleware does. Nothing is decided yet."""
        self.look()
        return GuardedCall(self, route, trace or secrets.token_hex(16))

    def refusal(self, refused: Refused, format: str = "openai-chat", model: str = "m") -> bytes:
        """Return a refusal's body in the shape that clients of a format understand, to be sent with its `status`."""
        return self.engine.refusal(wire(format, model), refused)

    # ---- texts

    def text(
        self,
        text: str,
        *,
        principal: Said | None = None,
        origin: str = Origin.USER.value,
        side: Side = "request",
        upstream: str = "",
    ) -> DecidedText:
        """Decide one text by the data rules, as if it stood in a request or an answer. Raises Refused.

        `origin` is who wrote it, `upstream` where it would go; no policy is asked, as nobody is called.
        """
        (one,) = self.texts([text], principal=principal, origin=origin, side=side, upstream=upstream)
        if one.refused is not None:
            raise one.refused
        return one

    def texts(
        self,
        texts: Iterable[str],
        *,
        principal: Said | None = None,
        origin: str = Origin.USER.value,
        side: Side = "request",
        upstream: str = "",
    ) -> list[DecidedText]:
        """Decide many texts, with one event for all. One that may not be used is empty, and says in `refused` why."""
        return driven(self._texts(self.blocking, list(texts), principal, origin, side, upstream))

    async def atext(
        self,
        text: str,
        *,
        principal: Said | None = None,
        origin: str = Origin.USER.value,
        side: Side = "request",
        upstream: str = "",
    ) -> DecidedText:
        """As `text`, for event loops."""
        (one,) = await self._texts(self.awaiting, [text], principal, origin, side, upstream)
        if one.refused is not None:
            raise one.refused
        return one

    async def _texts(
        self, way: Way, texts: Sequence[str], said: Said | None, origin: str, side: Side, upstream: str
    ) -> list[DecidedText]:
        self.look()
        who = self.own if said is None else await self.who(way, said)
        engine, protector = self.engine, self.engine.protector
        made = [decide_text(protector, text, origin, side, upstream, engine.vault(who)) for text in texts]
        await self.recorded(way, text_event(made, who, self.clock(), protector.level))
        return made

    # ---- around a call

    def look(self) -> None:
        """Take what has changed since, at most once a second."""
        now = self.clock()
        if self._look is not None and not 0 <= now - self._looked < 1.0:
            self._looked = now
            self._look(now)
        if self.forgotten:
            ended(self.forgotten)

    async def recorded(self, way: Way, event: Event) -> None:
        """Put an event on record. Raises Refused when that isn't possible: then nothing may go on."""
        try:
            await way.put(event)
        except BartizanError as error:
            raise Refused(503, "guard-not-able", "calls can't be put on record at the moment", again=1) from error
        if event.kind in ("call", "refusal"):
            await way.do(_saw(self.limiter, event))

    def close(self) -> None:
        """Put on record what nobody ended. A guard that was loaded lets go of files and connections as well."""
        ended(self.forgotten)

    def __enter__(self: Got) -> Got:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def ended(forgotten: deque[GuardedCall]) -> None:
    """Put calls on record that nobody ended."""
    while forgotten:
        with suppress(
            IndexError, Refused
        ):  # another thread took the last one; or the record is lost, which others tell
            forgotten.popleft().close("forgotten")


def _saw(limiter: Limiter, event: Event) -> Coroutine[Any, Any, None]:
    async def saw() -> None:
        limiter.saw(event)

    return saw()
