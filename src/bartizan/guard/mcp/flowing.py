"""The flow of values through one client's session: cards of what servers list, calls decided, results taken in."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

from bartizan.guard.exchange import BodyError
from bartizan.guard.exchange.jsonbody import decode_text
from bartizan.guard.flow.monitor import FlowMonitor
from bartizan.guard.flow.verdict import Verdict
from bartizan.guard.mcp.beside import beside
from bartizan.guard.mcp.contents import text_of
from bartizan.model.card import Argument, Role, ToolCard, Trust, ValueType
from bartizan.model.words import Effect

__all__ = ["Cards", "Flowing", "result_of"]


class Cards(Protocol):
    """Knows tools' cards."""

    def __call__(self, server: str, tool: str, definition: Mapping[str, Any]) -> ToolCard | None:
        """Return the card of a tool that a server defines so: a reviewed one, a drafted one, or None."""


class Flowing:
    """One session of the flow monitor. Tools are known in it as `SERVER/TOOL`, so that no two servers share one.

    `reads` are the requests that aren't tools: what they return is read as well.
    """

    def __init__(self, monitor: FlowMonitor, cards: Cards, *, attended: bool, request: str) -> None:
        self._cards = cards
        self._monitor = FlowMonitor(
            (), attended=attended and monitor.attended, shapes=monitor.shapes, own=monitor.own, refine=monitor.refine
        )
        self._own = dict(monitor.cards)
        self._session = self._monitor.session(request)
        self._known: dict[tuple[str, str], tuple[Any, ToolCard | None]] = {}

    @property
    def tainted(self) -> bool:
        """Whether the session has read what an outsider may have written."""
        return self._session.tainted

    def said(self, text: str) -> None:
        """Take what the user says."""
        self._session.request(text)

    def card(self, server: str, tool: str, definition: Mapping[str, Any] | None) -> ToolCard | None:
        """Return a tool's card, and make it known to the session; None without one."""
        known = self._known.get((server, tool))
        if known is not None and known[0] is definition:
            return known[1]
        card = None if definition is None else self._cards(server, tool, definition)
        if card is None:
            card = self._reviewed(server, tool)
        key = _key(server, tool)
        if card is None:
            self._monitor.cards.pop(key, None)
        else:
            binds = _key(server, card.binds) if card.binds and "/" not in card.binds else card.binds
            self._monitor.know(msgspec.structs.replace(card, tool=key, server=server, binds=binds))
        self._known[server, tool] = (definition, card)
        return card

    def _reviewed(self, server: str, tool: str) -> ToolCard | None:
        card = self._own.get(_key(server, tool)) or self._own.get(tool)
        return card if card is not None and card.server in ("", server) else None

    def call(self, server: str, tool: str, arguments: Mapping[str, Any]) -> Verdict:
        """Decide a tool's call."""
        return self._session.call(_key(server, tool), arguments)

    def read(self, server: str, method: str, arguments: Mapping[str, Any], *, listed: bool) -> Verdict:
        """Decide on reading a resource or a prompt; an address that the server didn't list is one that is fetched."""
        scheme, colon, _ = str(arguments.get("uri", "")).partition(":")
        fetches = not listed and bool(colon) and scheme.lower() != "file"
        key = _key(server, f"{method} elsewhere" if fetches else method)
        if key not in self._monitor.cards:
            role = Role.CRITICAL if fetches else Role.FREE
            self._monitor.cards[key] = ToolCard(
                tool=key, server=server, effect=Effect.READ, fetches=fetches, verbs=["read", "get", "open"],
                arguments={"uri": Argument(role=role, type=ValueType.URL)}, result=Trust.UNTRUSTED,
            )  # fmt: skip
        return self._session.call(key, arguments)

    def result(self, verdict: Verdict, method: str, result: Mapping[str, Any]) -> None:
        """Take what a call returned."""
        self._session.result(verdict, result_of(method, result), failed=result.get("isError") is True)

    def heard(self, server: str, method: str, texts: Sequence[str]) -> Verdict | None:
        """Take what a server says otherwise than by a call's result; None where that changes nothing.

        The first such text in a session is an outsider's. After that, there is nothing more to tell by another one: it
        grounds no value, whatever it says.
        """
        if self.tainted or not any(text.strip() for text in texts):
            return None
        key = _key(server, f"{method} said")
        self._monitor.cards[key] = ToolCard(tool=key, server=server, effect=Effect.READ, result=Trust.UNTRUSTED)
        verdict = self._session.call(key, {})
        self._session.result(verdict, list(texts))
        return verdict

    def approve(self, verdict: Verdict) -> None:
        """Take note that somebody let a call pass, this once."""
        self._session.approve(verdict)


def _key(server: str, tool: str) -> str:
    return f"{server}/{tool}"


def result_of(method: str, result: Mapping[str, Any]) -> Any:
    """Return what a result says, without MCP's own form around it: a structure, or a text.

    What is said in any other place counts where the content says nothing: who has read it has read it.
    """
    said = _content_of(method, result)
    if _has_text(said):
        return said
    more = beside(result)
    return said if not more else _alone(more if said in ([], {}, "") else [said, *more])


def _has_text(said: Any) -> bool:
    """Tell whether there is any text in what was said, names apart."""
    stack = [said]
    while stack:
        one = stack.pop()
        if type(one) is str:
            if one.strip():
                return True
        elif type(one) is dict:
            stack += one.values()
        elif type(one) is list:
            stack += one
    return False


def _content_of(method: str, result: Mapping[str, Any]) -> Any:
    """Return what the content of a result says.

    What stands in the content and not in the structure is kept beside it, so that a server can't show the model one
    thing and the monitor another.
    """
    if method == "prompts/get":
        return [text for one in _list(result.get("messages")) for text in _texts([_of(one).get("content")])]
    if method.startswith("resources/"):
        return _alone(_texts([{"type": "resource", "resource": one} for one in _list(result.get("contents"))]))
    texts = _texts(_list(result.get("content")))
    if result.get("structuredContent") is None:
        return _alone([_structure(text) if len(texts) > 1 else text for text in texts])
    structure = result["structuredContent"]
    inner = structure["result"] if type(structure) is dict and structure.keys() == {"result"} else structure
    apart = [text for text in texts if not _same(text, inner, structure)]
    if not apart:
        return inner
    if type(inner) is dict:
        return {**inner, "content": [*_list(inner.get("content")), *apart]}
    return [*inner, *apart] if type(inner) is list else [inner, *apart]


def _same(text: Any, inner: Any, structure: Any) -> bool:
    """Tell whether a text only repeats a structure, or one element of it."""
    if text == inner or str(inner) == text:
        return True
    made = _structure(text)
    return made in (inner, structure) or (type(inner) is list and made in inner)


def _structure(text: Any) -> Any:
    if type(text) is not str or text.lstrip()[:1] not in ("{", "["):
        return text
    try:
        return decode_text(text)
    except BodyError:
        return text


def _alone(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _list(value: Any) -> list[Any]:
    return value if type(value) is list else []


def _of(value: Any) -> Mapping[str, Any]:
    return value if type(value) is dict else {}


def _texts(blocks: list[Any]) -> list[Any]:
    """Return what blocks of content say: texts, and links as they are."""
    out: list[Any] = []
    for block in blocks:
        held = _of(block)
        resource = _of(held.get("resource"))
        if type(held.get("text")) is str:
            out.append(held["text"])
        elif type(resource.get("text")) is str:
            out.append(resource["text"])
        elif type(resource.get("blob")) is str:
            out += _decoded(resource["blob"])
        elif held.get("type") not in ("image", "audio"):
            out.append(dict(held) or block)
    return out


def _decoded(blob: str) -> list[str]:
    text = text_of(blob)
    if text is not None:
        return [text]
    try:
        return [base64.b64decode(blob, validate=True).decode()]
    except ValueError:
        return []
