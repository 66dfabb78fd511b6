"""A request as LiteLLM shows it: its texts once as a list and once in their messages, tools, calls of tools, images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from bartizan.guard.doors.litellm.contract import PATH, blocked
from bartizan.guard.exchange import BodyError, Exchange, Format, Origin
from bartizan.guard.formats.openai.messages import take_call, take_message
from bartizan.guard.formats.openai.reader import Reader
from bartizan.guard.formats.openai.tools import take_tools
from bartizan.guard.refused import Refused
from bartizan.guard.routes import Route

__all__ = ["ROUTE", "Spot", "no_answer", "rewritten", "spots"]

KNOWN = frozenset((
    "input_type", "litellm_call_id", "litellm_trace_id", "structured_messages", "images", "tools", "texts",
    "request_data", "request_headers", "litellm_version", "additional_provider_specific_params", "tool_calls", "model",
))  # fmt: skip
"""Members of a question. Headers and parameters of the guardrail's own don't go to a provider."""

_ROWS = "structured_messages"


class Spot(NamedTuple):
    """A place in the messages that LiteLLM lists among the texts."""

    holder: dict[str, Any]
    key: str


def spots(rows: list[Any]) -> list[Spot]:
    """Return the places of texts in messages, in the order in which LiteLLM lists them."""
    out = []
    for row in rows:
        content = row.get("content")
        if type(content) is str:
            out.append(Spot(row, "content"))
        elif type(content) is list:
            out += [Spot(part, "text") for part in content if type(part) is dict and type(part.get("text")) is str]
    return out


def request(exchange: Exchange) -> None:
    """Read a request. Raises BodyError."""
    tree = exchange.tree
    read = Reader(exchange)
    rows, texts = _list(tree, _ROWS, dict), _list(tree, "texts", str)
    if type(tree.get("model")) is str:
        exchange.model = tree["model"]
    for number, row in enumerate(rows):
        take_message(read, row, ((None, _ROWS), number))
    if not _within(texts, [spot.holder[spot.key] for spot in spots(rows)]):
        for number in range(len(texts)):
            read.text(texts, number, Origin.USER, "", (None, "texts"))
    if tree.get("tools"):
        take_tools(read, tree, "tools", None)
    _calls(read, tree, rows)
    _images(read, tree, rows)
    if type(tree.get("request_data")) is dict and tree["request_data"].get("user_api_key_end_user_id"):
        # LiteLLM hands it on to the provider, as `user`.
        read.text(tree["request_data"], "user_api_key_end_user_id", Origin.PARAMETER, "", (None, "request_data"))
    take_unknown(read, tree, Origin.PARAMETER)


def _list(tree: dict[str, Any], name: str, kind: type) -> list[Any]:
    found = tree.get(name)
    if found is None:
        return []
    if type(found) is not list or not all(type(one) is kind for one in found):
        raise BodyError(f"`{name}` is not what it should be")
    return found


def _within(texts: list[str], said: list[str]) -> bool:
    """Tell whether texts stand in messages too, in the same order."""
    if texts == said:
        return True
    left: Iterator[str] = iter(said)
    return all(text in left for text in texts)


def _calls(read: Reader, tree: dict[str, Any], rows: list[Any]) -> None:
    """Take calls of tools that no message has."""
    known = {_called(call) for row in rows for call in row.get("tool_calls") or () if type(call) is dict}
    for number, call in enumerate(_list(tree, "tool_calls", dict)):
        called = _called(call)
        if called is None or called not in known:
            take_call(read, call, "", ((None, "tool_calls"), number))


def _called(call: dict[str, Any]) -> tuple[Any, Any] | None:
    function = call.get("function")
    if type(function) is not dict or not call.keys() <= {"id", "type", "index", "function"}:
        return None
    name, arguments = function.get("name"), function.get("arguments")
    return (name, arguments) if type(name) is type(arguments) is str and len(function) == 2 else None


def _images(read: Reader, tree: dict[str, Any], rows: list[Any]) -> None:
    """Take images that no message has."""
    known = set()
    for row in rows:
        for part in row.get("content") if type(row.get("content")) is list else ():
            image = part.get("image_url") if type(part) is dict else None
            url = image.get("url") if type(image) is dict else image
            if type(url) is str:
                known.add(url)
    images = _list(tree, "images", str)
    for number, image in enumerate(images):
        if image not in known:
            read.media(images, number, "image", Origin.USER, "", (None, "images"))


def take_unknown(read: Reader, tree: dict[str, Any], origin: Origin) -> None:
    """Take members that no version known here has: their texts, and that there is something."""
    for name in list(tree):
        if name not in KNOWN and tree[name] not in (None, [], {}, ""):
            read.opaque("unknown", (None, name))
            read.other(tree, name, KNOWN, origin, "", None)


def rewritten(exchange: Exchange) -> dict[str, Any] | None:
    """Return the members to put in place of those that were shown; None where nothing was changed.

    LiteLLM takes messages rather than texts, and keeps of a changed message only what it showed; so texts alone
    go back where they are all that was changed. Raises Refused for a change that it would not make.
    """
    if not exchange.changed:
        return None
    tree = exchange.tree
    places = [piece.path.split("/", 4) for piece in exchange.pieces if piece.changed]
    roots = {place[1] for place in places}
    if not roots <= {_ROWS, "texts", "tools"} or roots >= {_ROWS, "texts"}:
        raise Refused(403, "not-changed-here", "it holds a value to be hidden where LiteLLM lets nobody change it")
    out: dict[str, Any] = {"tools": tree["tools"]} if "tools" in roots else {}
    if "texts" in roots:
        out["texts"] = tree["texts"]
    if _ROWS in roots:
        said = spots(tree[_ROWS])
        listed = tree.get("texts") or []
        same = len(said) == len(listed) and all(piece.holder is not listed for piece in exchange.pieces)
        if same and all(_is_text(place) for place in places if place[1] == _ROWS):
            out["texts"] = [spot.holder[spot.key] for spot in said]
        else:
            out[_ROWS] = tree[_ROWS]
    return out


def _is_text(place: list[str]) -> bool:
    """Tell whether a place is `/structured_messages/N/content` or `/structured_messages/N/content/M/text`."""
    return place[3] == "content" and (len(place) == 4 or place[4].partition("/")[2] == "text" or place[4][:1] == "#")


def no_answer(_: Exchange) -> None:
    """Refuse to read a provider's answer: none comes this way."""
    raise BodyError("no provider answers here")


ROUTE = Route(
    "litellm",
    Format(
        id="litellm-guardrail",
        title="LiteLLM's generic guardrail endpoint",
        action="chat",
        request=request,
        answer=no_answer,
        usage=lambda _: None,
        refusal=lambda _, rule, sentence: blocked(sentence, rule),
    ),
    "chat",
    PATH,
)
