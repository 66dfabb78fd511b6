"""The engine: from a caller's request to what may go to the provider, and from its answer to what may come back.

Sans-io: it reads no clock, opens no socket and no file. The gateway, the middleware and `Guard` drive it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from bartizan.guard.config import Config, Upstream
from bartizan.guard.exchange import BodyError, Exchange, Origin, Piece, Usage, Walk, decode_body
from bartizan.guard.formats import formats
from bartizan.guard.policy import Asked, Authoriser
from bartizan.guard.principal import Principal
from bartizan.guard.protection import Found, Protector, Vault
from bartizan.guard.protection.channels import Passing, Protecting, protect_text
from bartizan.guard.query import known_query
from bartizan.guard.refused import Refused
from bartizan.guard.routes import Route
from bartizan.guard.streams import AnswerStream, ArrayReader, Blocked, Piecewise
from bartizan.inspection.redaction import KeyRing, Tokens, apply_edits, normaliser

__all__ = ["Call", "Engine", "Prepared"]

Score = Callable[[Sequence[str]], tuple[int, list[str]]]
"""The injection signal of the texts of a request that somebody else may have written: 0 to 100, and rules."""


class Call(NamedTuple):
    """A request as it came: its route, its query and its body, which is whole and not compressed."""

    route: Route
    query: str
    body: bytes


_NOTHING, _UNTOLD = Found(""), Usage()


class Prepared:
    """A call that may go on, and what is known of it.

    `body` is what is sent, `path` the provider's path with the query. `found` grows while the answer is read.
    `sandbox` is the one that the call is made in, `size` counts characters of the answer's texts.
    """

    __slots__ = ("answered", "body", "call", "cost", "exchange", "found", "injection", "model", "path", "principal",
                 "rule", "sandbox", "sent", "signals", "size", "upstream", "usage", "vault")  # fmt: skip

    def __init__(self, call: Call, principal: Principal, upstream: Upstream, vault: Vault) -> None:
        self.call, self.principal, self.upstream, self.vault = call, principal, upstream, vault
        self.exchange: Exchange | None = None
        self.model = self.sent = self.rule = ""
        self.path = call.route.path
        self.body = b""
        self.found = self.answered = _NOTHING
        self.injection = 0
        self.signals: list[str] = []
        self.usage = _UNTOLD
        self.cost = 0.0
        self.sandbox = principal.sandbox
        self.size = 0

    @property
    def changed(self) -> bool:
        """Whether anything was changed on either side."""
        return bool(self.found.changed or self.answered.changed)


class Engine:
    """Decides calls. Safe to share between tasks; made anew when the configuration changes.

    `keys` make tokens and pseudonyms, `score` gives the injection signal.
    """

    def __init__(
        self,
        config: Config,
        authoriser: Authoriser,
        protector: Protector,
        keys: KeyRing,
        score: Score | None = None,
    ) -> None:
        self.config, self.authoriser, self.protector = config, authoriser, protector
        self._keys, self._score = keys, score
        self._normalise = normaliser(protector.inspector.known)
        self._by_door: dict[str, list[Upstream]] = {}
        for upstream in config.upstreams:
            self._by_door.setdefault(upstream.door, []).append(upstream)

    def beside(self, upstreams: list[Upstream]) -> Engine:
        """Return an engine that decides as this one does, about other upstreams."""
        config = msgspec.structs.replace(self.config, upstreams=upstreams)
        return Engine(config, self.authoriser, self.protector, self._keys, self._score)

    def vault(self, principal: Principal) -> Vault:
        """Return a place for what is hidden in a call of a principal."""
        return Vault(Tokens(self._keys, f"{principal.tenant}\x1f{principal.id}", self._normalise))

    def warm(self) -> None:
        """Load what is loaded at its first use, so that the first caller doesn't wait for it."""
        self.protector.inspector.records(b"a word\n")
        if self._score is not None:
            self._score(["a word"])

    # ---- the request

    def prepare(self, call: Call, principal: Principal, context: Mapping[str, Any]) -> Prepared:
        """Decide a request: `begin` and `decide` in one. Raises Refused."""
        prepared = self.begin(call, principal)
        self.decide(prepared, context)
        return prepared

    def begin(self, call: Call, principal: Principal) -> Prepared:
        """Read a request and find who would answer it. Raises Refused.

        Who puts calls on record keeps what comes back, so that a refusal too says of which model it is and what was
        found before.
        """
        if not known_query(call.query):
            raise Refused(400, "query-not-served", "the address has a parameter that is not served here")
        if call.route.format is None:
            return self._listing(call, principal)
        return self._placed(call, principal, self._read(call))

    def decide(self, prepared: Prepared, context: Mapping[str, Any]) -> None:
        """Decide a request that was begun, and write what is sent. Raises Refused.

        `context` is what only the driver knows (budget, sandbox, time), for policies.
        """
        exchange = prepared.exchange
        if exchange is None:
            asked = Asked(prepared.principal, "list-models", "*", prepared.upstream, dict(context))
            prepared.rule = self._allowed(asked)
            return
        self._require(prepared.upstream, exchange)
        self._protect(prepared, exchange)
        self._sign(prepared, exchange)
        self._authorise(prepared, exchange, context)
        self._write(prepared, exchange)

    def _read(self, call: Call) -> Exchange:
        format = call.route.format
        assert format is not None
        try:
            exchange = Exchange(format.id, call.body, decode_body(call.body))
            format.request(exchange)
        except BodyError as error:
            raise Refused(400, "body-not-understood", f"the request can't be read: {error}") from None
        exchange.stream = exchange.stream or call.route.streams
        if call.route.model and exchange.model not in ("", call.route.model):
            if call.route.door != "azure":
                raise Refused(400, "models-differ", "the path and the body name different models")
            exchange.rename(call.route.model)  # Azure OpenAI doesn't read it there, and its clients send any name
        exchange.model = call.route.model or exchange.model
        return exchange

    def _placed(self, call: Call, principal: Principal, exchange: Exchange) -> Prepared:
        """Choose the upstream that has the model. A name that none has is refused, not passed on."""
        for upstream in self._by_door.get(call.route.door, ()):
            sent = upstream.models.get(exchange.model) or (exchange.model if upstream.models.get("*") else "")
            if sent and exchange.model:
                made = Prepared(call, principal, upstream, self.vault(principal))
                made.exchange, made.model, made.sent = exchange, exchange.model, sent
                return made
        raise Refused(404, "model-not-offered", "no upstream here offers this model")

    def _require(self, upstream: Upstream, exchange: Exchange) -> None:
        for name, value in upstream.require.items():
            if exchange.parameters.get(name) != value:
                raise Refused(
                    403, "parameter-required", f"`{name}` must be `{value!r}` for upstream `{upstream.id}`".lower()
                )

    def _protect(self, prepared: Prepared, exchange: Exchange) -> None:
        found = prepared.found = Found(self.protector.lowest)
        try:
            self.protector.exchange(exchange, "request", prepared.upstream.id, prepared.vault, found)
        except Blocked as blocked:
            raise Refused(403, blocked.rule, blocked.sentence, blocked.ask) from None

    def _sign(self, prepared: Prepared, exchange: Exchange) -> None:
        if self._score is not None:
            texts = [piece.text for piece in exchange.pieces if _from_outside(piece)]
            if texts:
                prepared.injection, prepared.signals = self._score(texts)

    def _authorise(self, prepared: Prepared, exchange: Exchange, context: Mapping[str, Any]) -> None:
        route, upstream, found = prepared.call.route, prepared.upstream, prepared.found
        opaque = {one.kind for one in exchange.opaque}
        if found.unread:
            opaque.add("encoded")
        about = {
            **context,
            "findings": sorted(found.types),
            "data_class": found.left,
            "data_level": self.protector.level(found.left),
            "opaque": sorted(opaque),
            "origins": sorted({piece.origin for piece in exchange.pieces}),
            "injection": prepared.injection,
            "tools": exchange.tools,
            "stream": exchange.stream,
            "max_tokens": exchange.most,
        }
        asked = Asked(prepared.principal, route.action, prepared.model, upstream, about)
        prepared.rule = self._allowed(asked)
        for tool in exchange.provider_tools:
            name = f"{tool.type}:{tool.server}" if tool.server else tool.type
            self._allowed(asked._replace(action="use-provider-tool", tool=name))

    def _allowed(self, asked: Asked) -> str:
        scope = asked.principal.scope
        lacks = "" if scope is None else scope.lacks(asked.action, asked.model, asked.upstream.id)
        if lacks:
            raise Refused(403, "key-scope", f"the key is not for this {lacks}")
        ruled = self.authoriser.decide(asked)
        if not ruled.allowed:
            raise Refused(403, ruled.rule, ruled.sentence)
        return ruled.rule

    def _write(self, prepared: Prepared, exchange: Exchange) -> None:
        if prepared.sent != prepared.model:
            exchange.rename(prepared.sent)
            if prepared.call.route.model:  # it stands behind `deployments` or `models` in the path
                before, _, after = prepared.path.partition(f"s/{prepared.model}")
                prepared.path = f"{before}s/{prepared.sent}{after}"
        try:
            body = exchange.render()
        except BodyError as error:
            raise Refused(400, "body-not-understood", f"the request can't be changed: {error}") from None
        prepared.body = body
        if prepared.call.query:
            prepared.path += "?" + prepared.call.query

    def _listing(self, call: Call, principal: Principal) -> Prepared:
        """Begin to read the list of models of the first upstream behind a door."""
        upstreams = self._by_door.get(call.route.door)
        if not upstreams:
            raise Refused(404, "model-not-offered", "no upstream is behind this door")
        return Prepared(call, principal, upstreams[0], self.vault(principal))

    # ---- the answer

    def answer(self, prepared: Prepared, body: bytes) -> bytes:
        """Decide a whole answer, and return what the caller gets. Raises Refused."""
        format = prepared.call.route.format
        if format is None:
            return body
        try:
            exchange = Exchange(format.id, body, decode_body(body))
            format.answer(exchange)
            usage = format.usage(exchange.tree)
        except BodyError as error:
            raise Refused(502, "answer-not-understood", f"the provider's answer can't be read: {error}") from None
        prepared.usage = usage or prepared.usage
        prepared.size = sum(len(piece.text) for piece in exchange.pieces)
        found = prepared.answered = Found(self.protector.lowest)
        try:
            self.protector.exchange(exchange, "answer", prepared.upstream.id, prepared.vault, found)
        except Blocked as blocked:
            raise Refused(403, blocked.rule, blocked.sentence, blocked.ask) from None
        if prepared.vault:
            _restore(exchange, prepared.vault)
        return _rendered(exchange)

    def error(self, prepared: Prepared, body: bytes, status: int = 502, again: int = 0) -> bytes:
        """Decide a provider's own error, which may repeat what was sent.

        Raises Refused: with the error's `status`, and the seconds after which to come `again`, where it can't be read.
        """
        try:
            exchange = Exchange("error", body, decode_body(body))
        except BodyError:
            sentence = "the provider answered with an error that can't be read"
            raise Refused(status, "upstream-error", sentence, again=again) from None
        Walk(exchange).tree(exchange.tree, Origin.MODEL, "", None)
        found = prepared.answered = Found(self.protector.lowest)
        try:
            self.protector.exchange(exchange, "answer", prepared.upstream.id, prepared.vault, found)
        except Blocked as blocked:
            raise Refused(403, blocked.rule, blocked.sentence, blocked.ask) from None
        _restore(exchange, prepared.vault)
        return _rendered(exchange)

    def stream(self, prepared: Prepared, *, array: bool = False) -> AnswerStream:
        """Begin a streamed answer: server-sent events, or the elements of one JSON array.

        Raises Refused when the format has none.
        """
        format = prepared.call.route.format
        if format is None or format.streams is None:
            raise Refused(502, "answer-not-understood", "this call has no answer in pieces")
        found = prepared.answered = Found(self.protector.lowest)
        upstream, vault, protector = prepared.upstream.id, prepared.vault, self.protector
        looks = protector.handlings.inspects("answer", upstream) or bool(vault)

        def begin(name: str, origin: str, source: bool) -> Piecewise:
            if not looks:
                return Passing()
            # What is signed must come back as it is, or the provider refuses it in the next turn.
            restores = not name.endswith(_SIGNED)
            return Protecting(protector, origin, upstream, vault, found, source=source, restores=restores)

        def alone(text: str, origin: str, source: bool) -> str:
            return protect_text(protector, text, origin, upstream, vault, found, source=source) if looks else text

        return AnswerStream(format.streams, begin, alone, ArrayReader() if array else None)

    def refusal(self, route: Route | None, refused: Refused) -> bytes:
        """Return a refusal's body in the shape that the caller's client understands."""
        format = None if route is None else route.format
        if format is None:
            format = formats()[_REFUSING.get("" if route is None else route.door, "openai-chat")]
        return format.refusal(refused.status, refused.rule, refused.sentence)


_REFUSING = {"anthropic": "anthropic-messages", "gemini": "gemini-generate"}
"""The formats in whose shape calls without a body are refused, by their door."""
_SIGNED = " signed"
_OUTSIDE = frozenset({"user", "tool-result", "retrieved", "tool-definition", "parameter"})


def _from_outside(piece: Piece) -> bool:
    """Tell whether somebody else than the application's makers may have written a text worth scoring."""
    return piece.origin in _OUTSIDE and len(piece.text) > 15


def _rendered(exchange: Exchange) -> bytes:
    try:
        return exchange.render()
    except BodyError as error:
        raise Refused(502, "answer-not-understood", f"the provider's answer can't be changed: {error}") from None


def _restore(exchange: Exchange, vault: Vault) -> None:
    """Put the values back that were hidden in the request; names of members are left as they are."""
    for piece in exchange.pieces:
        edits = vault.edits(piece.text)
        if edits and not piece.signed:
            piece.replace(apply_edits(piece.text, edits))
