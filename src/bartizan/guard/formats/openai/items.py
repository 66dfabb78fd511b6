"""Items of the Responses format: what stands in `input` of a request and in `output` of an answer.

The member decides how it is read, and the item's type who wrote it; a member that says something else than the type
is read all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bartizan.guard.exchange import Origin
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.openai.messages import ORIGINS
from bartizan.guard.formats.openai.reader import Reader
from bartizan.guard.formats.openai.tools import take_tools
from bartizan.guard.formats.openai.words import is_source

__all__ = ["take_items", "take_members"]

_WRITERS = {
    "reasoning": Origin.MODEL,
    "compaction": Origin.MODEL,
    "program": Origin.TOOL_CALL,
    "program_output": Origin.TOOL_RESULT,
    "mcp_approval_request": Origin.TOOL_CALL,
    "mcp_approval_response": Origin.USER,
    "mcp_list_tools": Origin.TOOL_DEFINITION,
    "tool_search_output": Origin.TOOL_DEFINITION,
    "additional_tools": Origin.TOOL_DEFINITION,
    "configuration_update": Origin.PARAMETER,
    "item_reference": Origin.PARAMETER,
}


def take_items(read: Reader, holder: Any, key: str, where: Where) -> None:
    """Take a list of items."""
    items = holder[key]
    where = (where, key)
    for number in range(len(items)):
        _item(read, items, number, where)


def _item(read: Reader, holder: Any, key: str | int, where: Where) -> None:
    item = holder[key]
    if type(item) is not dict:
        read.spare(holder, key, Origin.MODEL if read.answer else Origin.USER, "", where)
        return
    take_members(read, item, (where, key))


def take_members(read: Reader, item: dict[str, Any], where: Where) -> None:
    """Take what is in an item, which stands at `where`."""
    role, origin = _writer(read, item)
    if item.get("type") == "item_reference" or item.keys() == {"id"}:
        read.opaque("state", where)
    for name in list(item):
        take = _TAKES.get(name)
        if take is None:
            read.other(item, name, _TAKES, origin, role, where)
        elif item[name] is not None:
            take(read, item, name, origin, role, where)


def _writer(read: Reader, item: dict[str, Any]) -> tuple[str, Origin]:
    """Return the role of an item's message, if it is one, and who wrote it."""
    kind, role = item.get("type"), item.get("role")
    unknown = Origin.MODEL if read.answer else Origin.USER
    if type(role) is str and kind in ("message", None):
        return role, ORIGINS.get(role, unknown)
    if type(kind) is not str:
        return "", unknown
    if kind in _WRITERS:
        return "", _WRITERS[kind]
    if kind.endswith("_output"):
        return "", Origin.TOOL_RESULT
    return "", Origin.TOOL_CALL if kind.endswith("_call") else unknown


Take = Callable[[Reader, dict[str, Any], str, Origin, str, Where], None]


def _content(read: Reader, item: dict[str, Any], name: str, origin: Origin, role: str, where: Where) -> None:
    read.content(item, name, origin, role, where)


def _role(read: Reader, item: dict[str, Any], name: str, origin: Origin, role: str, where: Where) -> None:
    if item[name] not in _ROLES if type(item[name]) is str else True:
        read.spare(item, name, origin, role, where)


_ROLES = frozenset((*ORIGINS, "unknown", "critic", "discriminator"))


def _arguments(read: Reader, item: dict[str, Any], name: str, _: Origin, role: str, where: Where) -> None:
    read.inner(item, name, Origin.TOOL_CALL, role, where)


def _call(read: Reader, item: dict[str, Any], name: str, _: Origin, role: str, where: Where) -> None:
    """Take what is called for: code, a command, a patch, a search, an action on a screen."""
    if name == "action" and type(item[name]) is dict and "env" in item[name]:
        _shell(read, item[name], role, (where, name))
    elif type(item[name]) is str:
        read.text(item, name, Origin.TOOL_CALL, role, where)
    else:
        read.spare(item, name, Origin.TOOL_CALL, role, where)


def _shell(read: Reader, action: dict[str, Any], role: str, where: Where) -> None:
    for inner in list(action):
        if inner == "env":  # names of variables are free
            read.member(action, inner, Origin.TOOL_CALL, role, where)
        else:
            read.other(action, inner, ("env",), Origin.TOOL_CALL, role, where)


def _output(read: Reader, item: dict[str, Any], name: str, _: Origin, role: str, where: Where) -> None:
    """Take what a tool gave back."""
    value = item[name]
    if type(value) is list and any(type(one) is dict and "stdout" in one for one in value):
        read.spare(item, name, Origin.TOOL_RESULT, role, where)
    else:
        read.content(item, name, Origin.TOOL_RESULT, role, where)


def _outputs(read: Reader, item: dict[str, Any], name: str, _: Origin, role: str, where: Where) -> None:
    """Take what code printed, and the pictures that it made."""
    value = item[name]
    if type(value) is not list:
        read.spare(item, name, Origin.TOOL_RESULT, role, where)
        return
    where = (where, name)
    for number, one in enumerate(value):
        if type(one) is dict and "url" in one:
            inner: Where = (where, number)
            for part in list(one):
                if part == "url":
                    read.media(one, part, "image", Origin.TOOL_RESULT, role, inner)
                else:
                    read.other(one, part, ("url",), Origin.TOOL_RESULT, role, inner)
        else:
            read.spare(value, number, Origin.TOOL_RESULT, role, where)


def _results(read: Reader, item: dict[str, Any], name: str, _: Origin, role: str, where: Where) -> None:
    """Take what was found in files; names of attributes are the caller's."""
    results = item[name]
    if type(results) is not list:
        read.spare(item, name, Origin.RETRIEVED, role, where)
        return
    where = (where, name)
    for number, one in enumerate(results):
        if type(one) is not dict:
            read.spare(results, number, Origin.RETRIEVED, role, where)
            continue
        for inner in list(one):
            if inner == "attributes":
                read.member(one, inner, Origin.RETRIEVED, role, (where, number))
            else:
                read.other(one, inner, ("attributes",), Origin.RETRIEVED, role, (where, number))


def _result(read: Reader, item: dict[str, Any], name: str, _: Origin, role: str, where: Where) -> None:
    """Take a picture that was made, or what a program gave back."""
    value = item[name]
    if item.get("type") == "image_generation_call":
        read.opaque("image", (where, name))
        if type(value) is str and is_source(value, 64):
            return
    read.content(item, name, Origin.TOOL_RESULT, role, where)


def _sealed(read: Reader, item: dict[str, Any], name: str, origin: Origin, role: str, where: Where) -> None:
    read.sealed(item, name, "reasoning", origin, role, where)


def _tools(read: Reader, item: dict[str, Any], name: str, _: Origin, role: str, where: Where) -> None:
    """Take tools: those of a server that were listed are not offered, they only tell what the server has."""
    if item.get("type") == "mcp_list_tools" or read.answer:
        read.spare(item, name, Origin.TOOL_DEFINITION, role, where)
    else:
        take_tools(read, item, name, where)


def _error(read: Reader, item: dict[str, Any], name: str, _: Origin, role: str, where: Where) -> None:
    read.spare(item, name, Origin.TOOL_RESULT, role, where)


_TAKES: dict[str, Take] = {
    "content": _content,
    "summary": _content,
    "refusal": _content,
    "role": _role,
    "arguments": _arguments,
    **dict.fromkeys(("input", "code", "action", "actions", "operation", "queries", "name", "revised_prompt"), _call),
    "output": _output,
    "outputs": _outputs,
    "results": _results,
    "result": _result,
    "encrypted_content": _sealed,
    "tools": _tools,
    "error": _error,
}
