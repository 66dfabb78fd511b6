"""What a request to the Gemini API asks for: contents, tools, and how the answer shall be made."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import BodyError, Exchange, Origin
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.gemini.contents import Contents, spelled

__all__ = ["generation", "named"]

_THRESHOLDS = ("BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF")
"""From strict to none, in the order of their numbers, which begin at 1."""
_WEAK = 2
_PARAMETERS = ("serviceTier", "store")
_TAKEN = ("contents", "model", "systemInstruction", "tools")


def generation(walk: Contents, body: dict[str, Any], where: Where) -> None:
    """Read a request for content. Raises BodyError."""
    names, exchange = spelled(body), walk.exchange
    if "contents" not in names:
        raise BodyError("`contents` must be there")
    if "model" in names:
        named(walk, body, where)
    if (name := names.get("systemInstruction")) is not None:
        walk.content(body, name, Origin.SYSTEM, "system", where, walk.run())
    walk.contents(body, names["contents"], where)
    if (name := names.get("tools")) is not None:
        walk.tools(body, name, where)
    if (name := names.get("cachedContent")) is not None and body[name] is not None:
        walk.opaque("state", (where, name))
    _safety(exchange, body.get(names.get("safetySettings", "")))
    _configured(exchange, body.get(names.get("generationConfig", "")))
    for name in _PARAMETERS:
        if name in names:
            exchange.parameters[name] = body[names[name]]
    walk.members(body, _TAKEN, Origin.PARAMETER, "", where)


def named(walk: Contents, holder: dict[str, Any], where: Where) -> None:
    """Read the model that a body names, which must be one. Raises BodyError."""
    name, exchange = holder["model"], walk.exchange
    if type(name) is not str:
        raise BodyError("`model` must be a string")
    model = name.rpartition("/")[2]
    if exchange.model not in ("", model):
        raise BodyError("the body names more than one model")
    exchange.model = model
    exchange.models.append((holder, "model"))
    walk.text(holder, "model", Origin.PARAMETER, "", where)


def _safety(exchange: Exchange, settings: Any) -> None:
    """Tell conditions of the weakest filter that is asked for, and whether it is weaker than the API's own."""
    weakest = -1
    for one in settings if type(settings) is list else [] if settings is None else [settings]:
        threshold = one.get("threshold") if type(one) is dict else None
        weakest = max(weakest, _weakness(threshold))
    if weakest >= 0:
        exchange.parameters["safety_threshold"] = _THRESHOLDS[weakest]
    exchange.parameters["safety_weakened"] = weakest >= _WEAK


def _weakness(threshold: Any) -> int:
    """Return the place of a threshold, which may be a name or a number; one that isn't known may be the weakest."""
    if threshold in (None, "HARM_BLOCK_THRESHOLD_UNSPECIFIED"):
        return -1
    if type(threshold) is str and threshold in _THRESHOLDS:
        return _THRESHOLDS.index(threshold)
    if type(threshold) is int and 0 <= threshold <= len(_THRESHOLDS):
        return threshold - 1
    return len(_THRESHOLDS) - 1


def _configured(exchange: Exchange, config: Any) -> None:
    if config is None:
        return
    if type(config) is not dict:
        raise BodyError("`generationConfig` must be an object")
    names = spelled(config)
    most = _number(config.get(names.get("maxOutputTokens", "")), "maxOutputTokens")
    count = _number(config.get(names.get("candidateCount", "")), "candidateCount")
    exchange.most = most * max(count, 1)


def _number(value: Any, name: str) -> int:
    """Read a whole number as the JSON mapping of protobuf does: also from a string, and from one like 1e3."""
    if value is None:
        return 0
    try:
        number = float(value) if type(value) in (int, float, str) and len(str(value)) < 20 else -1.0
    except ValueError:
        number = -1.0
    if not (number >= 0 and number.is_integer()):
        raise BodyError(f"`{name}` must be a whole number")
    return int(number)
