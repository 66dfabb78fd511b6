"""Chat completions of OpenAI, Azure OpenAI and all who speak the same."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import Answers, BodyError, Exchange, Format, Origin, Usage
from bartizan.guard.formats.openai.chat_stream import ends, slots
from bartizan.guard.formats.openai.errors import chat_stream_error, refusal
from bartizan.guard.formats.openai.head import COMMON, Take, counted, take_head, take_tree
from bartizan.guard.formats.openai.messages import take_choices, take_message
from bartizan.guard.formats.openai.reader import Reader
from bartizan.guard.formats.openai.response import read_answer, told_usage
from bartizan.guard.formats.openai.tools import take_functions, take_tools

__all__ = ["FORMATS"]


def request(exchange: Exchange) -> None:
    """Read a request. Raises BodyError."""
    read = Reader(exchange)
    tree = take_head(read, exchange.tree, stored=False)
    if type(tree.get("messages")) is not list:
        raise BodyError("`messages` is no list")
    for name in list(tree):
        take = _MEMBERS.get(name)
        if take is not None:
            take(read, tree, name)
        else:
            read.other(tree, name, _MEMBERS, Origin.PARAMETER, "", None)
    exchange.most = counted(tree, "max_completion_tokens", "max_tokens") * max(1, counted(tree, "n"))


def _messages(read: Reader, tree: dict[str, Any], name: str) -> None:
    messages = tree[name]
    for number, message in enumerate(messages):
        if type(message) is not dict:
            raise BodyError("a message is no object")
        take_message(read, message, ((None, name), number))


def _tools(read: Reader, tree: dict[str, Any], name: str) -> None:
    take_tools(read, tree, name, None)


def _functions(read: Reader, tree: dict[str, Any], name: str) -> None:
    take_functions(read, tree, name, None)


def _prediction(read: Reader, tree: dict[str, Any], name: str) -> None:
    """Take what the answer will mostly repeat, such as a file to change: it is the user's as much as a message is."""
    prediction = tree[name]
    if type(prediction) is not dict:
        read.spare(tree, name, Origin.USER, "", None)
        return
    for inner in list(prediction):
        if inner == "content":
            read.content(prediction, inner, Origin.USER, "", (None, name))
        else:
            read.other(prediction, inner, ("content", "type"), Origin.USER, "", (None, name))


def _search(read: Reader, tree: dict[str, Any], name: str) -> None:
    if tree[name] is not None:
        read.provider_tool("web_search")
        read.spare(tree, name, Origin.PARAMETER, "", None)


def _sources(read: Reader, tree: dict[str, Any], name: str) -> None:
    """Take the places in which Azure OpenAI looks things up before the model is asked."""
    if tree[name]:
        read.opaque("retrieval", (None, name))
        read.spare(tree, name, Origin.PARAMETER, "", None)


_MEMBERS: dict[str, Take] = {
    **COMMON,
    **dict.fromkeys(("audio", "function_call", "response_format", "stop"), take_tree),
    "messages": _messages,
    "tools": _tools,
    "functions": _functions,
    "prediction": _prediction,
    "web_search_options": _search,
    "data_sources": _sources,
}


def answer(exchange: Exchange) -> None:
    """Read a whole answer. Raises BodyError."""
    read, tree = read_answer(exchange), exchange.tree
    for name in list(tree):
        if name == "choices" and type(tree[name]) is list:
            take_choices(read, tree, name)
        else:
            read.other(tree, name, (), Origin.MODEL, "", None)


def usage(tree: Any) -> Usage | None:
    """Read the tokens that an answer or an event tells."""
    return told_usage(tree, "prompt_tokens", "completion_tokens")


FORMATS = (
    Format(
        id="openai-chat",
        title="OpenAI chat completions",
        action="chat",
        request=request,
        answer=answer,
        usage=usage,
        refusal=refusal,
        streams=Answers(slots, ends, usage, chat_stream_error),
    ),
)
