"""Anthropic's Messages API and its counting of tokens (package `anthropic` 2.14, with the members of its betas)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bartizan.guard.exchange import Answers, BodyError, Exchange, Format, Origin, ProviderTool
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.anthropic.blocks import Blocks
from bartizan.guard.formats.anthropic.errors import refusal, stream_error
from bartizan.guard.formats.anthropic.events import ends, event_usage, slots, usage

__all__ = ["FORMATS"]

_PARAMETERS = ("billing_policy", "inference_geo", "service_tier", "speed", "user_profile_id", "workspace_id")
_TAKEN = ("fallbacks", "mcp_servers", "messages", "model", "stream", "system", "tools")
_ORIGINS = {"system": Origin.SYSTEM, "developer": Origin.DEVELOPER, "assistant": Origin.MODEL}


def _request(exchange: Exchange) -> None:
    body = exchange.tree
    if type(body) is not dict or type(body.get("messages")) is not list:
        raise BodyError("`messages` must be a list")
    if type(body.get("model")) is not str:
        raise BodyError("`model` must be a string")
    walk = Blocks(exchange)
    _asked(exchange, body)
    walk.text(body, "model", Origin.PARAMETER)
    if "system" in body:
        walk.content(body, "system", Origin.SYSTEM, "system", None)
    for number in range(len(body["messages"])):
        _message(walk, body["messages"], number, (None, "messages"))
    if "tools" in body:
        _each(body, "tools", walk.tool)
    if "mcp_servers" in body:
        _each(body, "mcp_servers", partial(_server, walk))
    if "fallbacks" in body:
        _fallbacks(exchange, body["fallbacks"])
        walk.value(body, "fallbacks", Origin.PARAMETER, "", None)
    _state(walk, body)
    walk.members(body, _TAKEN, Origin.PARAMETER, "", None)


def _asked(exchange: Exchange, body: dict[str, Any]) -> None:
    exchange.model = body["model"]
    exchange.models.append((body, "model"))
    stream, most = body.get("stream", False), body.get("max_tokens", 0)
    if type(stream) is not bool:
        raise BodyError("`stream` must be true or false")
    if type(most) is not int or most < 0:
        raise BodyError("`max_tokens` must be a number")
    exchange.stream, exchange.most = stream, most
    for name in _PARAMETERS:
        if name in body:
            exchange.parameters[name] = body[name]


def _message(walk: Blocks, messages: list[Any], number: int, where: Where) -> None:
    message = messages[number]
    if type(message) is not dict:
        raise BodyError("a message must be an object")
    role = message.get("role")
    role = role if type(role) is str else ""
    origin = _ORIGINS.get(role, Origin.USER)
    here = (where, number)
    if "content" in message:
        walk.content(message, "content", origin, role, here)
    if len(message) > 1 + ("content" in message) or role not in ("user", "assistant", "system"):
        walk.members(message, ("content",), origin, role, here)


def _each(body: dict[str, Any], name: str, take: Callable[[Any, int, Where], None]) -> None:
    value = body[name]
    if type(value) is list:
        for number in range(len(value)):
            take(value, number, (None, name))
    elif value is not None:
        raise BodyError(f"`{name}` must be a list")


def _server(walk: Blocks, holder: Any, key: str | int, where: Where) -> None:
    server = holder[key]
    url = server.get("url") if type(server) is dict else None
    walk.exchange.provider_tools.append(ProviderTool("mcp", url if type(url) is str else ""))
    walk.value(holder, key, Origin.PARAMETER, "", where)


def _fallbacks(exchange: Exchange, value: Any) -> None:
    """Note the models that the provider may use instead, which policy must know of as well."""
    for one in value if type(value) is list else [value] if value is not None else []:
        model = one.get("model") if type(one) is dict else one
        exchange.provider_tools.append(ProviderTool("fallback", model if type(model) is str else ""))


def _state(walk: Blocks, body: dict[str, Any]) -> None:
    """Note what the provider keeps: a container with files and skills, an earlier conversation."""
    container, thread = body.get("container"), body.get("thread")
    if type(container) is str or (type(container) is dict and container.get("id") is not None):
        walk.opaque("state", (None, "container"))
    skills = container.get("skills") if type(container) is dict else None
    for skill in skills if type(skills) is list else ():
        id = skill.get("skill_id") if type(skill) is dict else None
        walk.exchange.provider_tools.append(ProviderTool("skill", id if type(id) is str else ""))
    if type(thread) is dict:
        walk.exchange.parameters["thread"] = thread.get("type")
        if thread.get("type") != "create":
            walk.opaque("state", (None, "thread"))


def _answer(exchange: Exchange) -> None:
    body = exchange.tree
    if type(body) is not dict or type(body.get("content")) is not list:
        raise BodyError("`content` must be a list")
    walk = Blocks(exchange, answer=True)
    walk.content(body, "content", Origin.MODEL, "assistant", None)
    walk.members(body, ("content",), Origin.MODEL, "", None)


def _counted(exchange: Exchange) -> None:
    if type(exchange.tree) is not dict:
        raise BodyError("the answer must be an object")
    Blocks(exchange, answer=True).members(exchange.tree, (), Origin.MODEL, "", None)


def _no_usage(_: Any) -> None:
    """Counting uses no tokens."""


FORMATS = (
    Format(
        id="anthropic-messages",
        title="Anthropic Messages",
        action="chat",
        request=_request,
        answer=_answer,
        usage=usage,
        refusal=refusal,
        streams=Answers(slots, ends, event_usage, stream_error),
    ),
    Format(
        id="anthropic-count",
        title="Anthropic token counting",
        action="count-tokens",
        request=_request,
        answer=_counted,
        usage=_no_usage,
        refusal=refusal,
    ),
)
