"""What Envoy says about one HTTP exchange, and what may be changed in it (`envoy.service.ext_proc.v3`, Envoy 1.40)."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

__all__ = ["NOTHING", "BodyMode", "Changes", "Headers", "Modes", "Part", "Received", "WireError"]

Headers = list[tuple[str, str]]
"""Headers in order, names in lower case, values as ISO 8859-1, so that any byte can stand in one."""


class WireError(ValueError):
    """Bytes that are no message of the protocol. The text holds nothing of them."""


class Part(IntEnum):
    """A part of an HTTP exchange, by the number of its field in a `ProcessingRequest`."""

    REQUEST_HEADERS = 2
    RESPONSE_HEADERS = 3
    REQUEST_BODY = 4
    RESPONSE_BODY = 5
    REQUEST_TRAILERS = 6
    RESPONSE_TRAILERS = 7


class BodyMode(IntEnum):
    """How Envoy hands a body over (`ProcessingMode.BodySendMode`)."""

    NONE = 0
    STREAMED = 1
    BUFFERED = 2
    BUFFERED_PARTIAL = 3
    FULL_DUPLEX_STREAMED = 4
    GRPC = 5


class Modes(NamedTuple):
    """How Envoy's filter is set up to hand bodies over, as it says with the first message."""

    request: BodyMode
    response: BodyMode


class Received(NamedTuple):
    """One message of Envoy: a part with its headers (or trailers) or its bytes.

    `end` says that nothing more of this request or response comes. `modes` is None where Envoy doesn't say.
    `observed` says that Envoy only looks on and takes no answer.
    """

    part: Part
    headers: Headers = []  # noqa: RUF012 - a NamedTuple's default; nobody appends to it
    body: bytes = b""
    end: bool = False
    modes: Modes | None = None
    observed: bool = False


class Changes(NamedTuple):
    """Headers to put in place of those that are there, and names to take away."""

    put: tuple[tuple[str, str], ...] = ()
    remove: tuple[str, ...] = ()


NOTHING = Changes()
