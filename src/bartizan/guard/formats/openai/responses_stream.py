"""Streamed responses: events of some fifty types, in which a text comes in pieces and then whole up to four times.

A channel is named like the place that its text has in the whole response: `/output/0/content/0/text`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from bartizan.guard.exchange import Origin, Slot, SlotKind
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.openai.events import EventReader
from bartizan.guard.formats.openai.items import take_members
from bartizan.guard.formats.openai.response import take_output, take_said_back
from bartizan.guard.formats.openai.words import HANDLES, WORDS, is_name, is_source
from bartizan.guard.streams.sse import StreamError

__all__ = ["ends", "slots"]

_DELTA, _WHOLE, _ALONE = SlotKind.DELTA, SlotKind.WHOLE, SlotKind.ALONE


class _Told(NamedTuple):
    """A text of an event: its member, its kind, its place in the item with the index in it, and who wrote it."""

    key: str
    kind: SlotKind
    place: str
    at: str = ""
    end: str = ""
    origin: str = "model"
    json: bool = False


def _pair(stem: str, whole: str, place: str, index: str = "", end: str = "", **more: Any) -> dict[str, _Told]:
    """Return a type of event that tells the next piece of a text, and the one that tells it whole."""
    return {
        f"response.{stem}.delta": _Told("delta", _DELTA, place, index, end, **more),
        f"response.{stem}.done": _Told(whole, _WHOLE, place, index, end, **more),
    }


_COMMAND = ("action/commands/", "command_index")
_TEXTS: dict[str, _Told] = {
    **_pair("output_text", "text", "content/", "content_index", "/text"),
    **_pair("refusal", "refusal", "content/", "content_index", "/refusal"),
    **_pair("reasoning_text", "text", "content/", "content_index", "/text"),
    **_pair("reasoning_summary_text", "text", "summary/", "summary_index", "/text"),
    **_pair("function_call_arguments", "arguments", "arguments", origin="tool-call", json=True),
    **_pair("mcp_call_arguments", "arguments", "arguments", origin="tool-call", json=True),
    **_pair("custom_tool_call_input", "input", "input", origin="tool-call"),
    **_pair("code_interpreter_call_code", "code", "code", origin="tool-call"),
    **_pair("shell_call_command", "command", *_COMMAND, origin="tool-call"),
    **_pair("apply_patch_call_operation_diff", "diff", "operation/diff", origin="tool-call"),
    **_pair("audio.transcript", "transcript", "transcript"),
    "response.shell_call_command.added": _Told("command", _DELTA, *_COMMAND, origin="tool-call"),
}
_GROWING = frozenset(("text", "refusal", "arguments", "input", "code", "diff", "stdout", "stderr"))
"""Members of an item that is new, to which later events add."""

_PARTS = {"content_part": ("content", "content_index"), "reasoning_summary_part": ("summary", "summary_index")}
_LAST = frozenset(("response.completed", "response.failed", "response.incomplete"))
_PLACES = ("output_index", "item_id", "content_index", "summary_index", "command_index")


def slots(event: str, tree: Any) -> list[Slot]:
    """List the texts of an event. Raises StreamError for what is none."""
    if type(tree) is not dict:
        raise StreamError("an event is no object")
    kind = _type(event, tree)
    out: list[Slot] = []
    told = _TEXTS.get(kind)
    whole = told is not None and type(tree.get(told.key)) is str
    taken = _text(out, tree, told) if told is not None and whole else _parts(out, tree, kind)
    rest: EventReader | None = None
    for name, value in tree.items():
        if name in taken or (name in WORDS and (value is None or type(value) is int)):
            continue
        if type(value) is str and ((value in WORDS and name in WORDS) or (name in _NAMES and is_name(value, name))):
            continue
        rest = rest or EventReader()
        rest.other(tree, name, (), Origin.MODEL, "", None)
    return out if rest is None else out + rest.slots(_ALONE)


_NAMES = HANDLES | {"type"}


def _type(event: str, tree: dict[str, Any]) -> str:
    kind = tree.get("type")
    return kind if type(kind) is str else event


def _number(tree: dict[str, Any], name: str) -> int:
    value = tree.get(name)
    return value if type(value) is int else 0


def _output(tree: dict[str, Any]) -> int | str:
    """Return which item an event is about; events without a number have the item's id, or are about the only one."""
    for name in ("output_index", "item_id"):
        value = tree.get(name)
        if type(value) is int or type(value) is str:
            return value
    return 0


def _channel(tree: dict[str, Any], told: _Told) -> str:
    index = str(_number(tree, told.at)) if told.at else ""
    return f"/output/{_output(tree)}/{told.place}{index}{told.end}"


def _text(out: list[Slot], tree: dict[str, Any], told: _Told) -> tuple[str, ...]:
    """Take an event's text with its log probabilities, and return the names of what was taken."""
    channel = _channel(tree, told)
    tokens = tree.get("logprobs")
    shadows: tuple[tuple[Any, str | int], ...] = ((tree, "logprobs"),) if tokens else ()
    if tree[told.key] or told.kind is _WHOLE:
        out.append(Slot(told.kind, channel, tree, told.key, told.origin, told.json, shadows))
    if tokens:
        read = EventReader()
        read.logprobs(tree, "logprobs", tree[told.key], Origin.MODEL, "", None)
        for slot in read.slots(_ALONE):
            said = told.kind is _DELTA and slot.key == "token" and "/top_logprobs/" not in slot.channel
            out.append(slot._replace(kind=_DELTA if said else _ALONE, channel=channel + "/logprobs", shadows=shadows))
    return (told.key, "logprobs")


def _parts(out: list[Slot], tree: dict[str, Any], kind: str) -> tuple[str, ...]:
    """Take the parts of the answer that an event tells, and return the names of what was taken."""
    stem, _, verb = kind.removeprefix("response.").rpartition(".")
    item: Where = ((None, "output"), _output(tree))
    read = EventReader()
    if type(tree.get("response")) is dict:
        return _response(out, tree, kind)
    if stem == "output_item" and type(tree.get("item")) is dict:
        take_members(read, tree["item"], item)
        taken = "item"
    elif stem in _PARTS and type(tree.get("part")) is dict:
        name, index = _PARTS[stem]
        read.part_members(tree["part"], Origin.MODEL, "", ((item, name), _number(tree, index)), -1)
        taken = "part"
    elif stem == "shell_call_output_content":
        return _printed(out, tree, verb, (item, "output"))
    elif stem == "output_text.annotation" and "annotation" in tree:
        read.spare(tree, "annotation", Origin.RETRIEVED, "", None)
        out += read.slots(_ALONE)
        return ("annotation",)
    elif verb == "delta" and type(tree.get("delta")) is str:
        return _unknown(out, tree, kind)
    else:
        pictured = tree.get("partial_image_b64")
        return ("partial_image_b64",) if type(pictured) is str and is_source(pictured, 64) else ()
    out += read.slots(_DELTA, _GROWING) if verb == "added" else read.slots(_WHOLE)
    return (taken,)


def _response(out: list[Slot], tree: dict[str, Any], kind: str) -> tuple[str, ...]:
    new, back = EventReader(), EventReader()
    take_output(new, tree["response"], None)
    take_said_back(back, tree["response"], None)
    out += new.slots(_WHOLE if kind in _LAST else _ALONE)
    out += back.joined()
    return ("response",)


def _printed(out: list[Slot], tree: dict[str, Any], verb: str, where: Where) -> tuple[str, ...]:
    """Take what a command printed: pieces of two texts, or a list of both whole."""
    name = "delta" if verb == "delta" else "output"
    told = tree.get(name)
    first = _number(tree, "command_index")
    read = EventReader()
    for number, one in enumerate(told if type(told) is list else [told]):
        if type(one) is not dict:
            return ()
        for inner in one:
            read.spare(one, inner, Origin.TOOL_RESULT, "", (where, first + number))
    out += read.slots(_DELTA if verb == "delta" else _WHOLE)
    return (name,)


def _unknown(out: list[Slot], tree: dict[str, Any], kind: str) -> tuple[str, ...]:
    """Take the next piece of a text that isn't known here; sound is none."""
    if kind == "response.audio.delta" and is_source(tree["delta"], 64):
        return ("delta",)
    places = "/".join(str(tree[name]) for name in _PLACES if type(tree.get(name)) in (int, str))
    out.append(Slot(_DELTA, f"{kind.removesuffix('delta')}/{places}", tree, "delta"))
    return ("delta",)


def ends(event: str, tree: Any) -> tuple[str, ...]:
    """Say which texts have ended."""
    kind = _type(event, tree)
    if kind in _LAST:
        return ("",)
    if not kind.endswith(".done"):
        return ()
    told = _TEXTS.get(kind)
    if told is not None:  # its whole text ends it, if it is there
        return () if type(tree.get(told.key)) is str else (_channel(tree, told),)
    stem = kind.removeprefix("response.").removesuffix(".done")
    base = f"/output/{_output(tree)}/"
    if stem in _PARTS:
        name, index = _PARTS[stem]
        return (f"{base}{name}/{_number(tree, index)}/",)
    return (base,) if stem in ("output_item", "shell_call_output_content") else (kind.removesuffix("done"),)
