"""Which version a request is about: entity tags and preconditions (RFC 9110), and why it changes something."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from litestar import Request

from bartizan.console.api.problems import Refused
from bartizan.model.documents import Stored

__all__ = ["WHY", "etag", "expected", "last_modified", "not_modified", "on_top_of", "why_of"]

WHY = "Bartizan-Why"
_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|\Z)')
_LONGEST = 500
_SINCE = "somebody has changed it since you have read it"


def etag(stored: Stored, suffix: str = "") -> str:
    """Return the entity tag of a version. Another form of the same document has another `suffix`."""
    return f'"{stored.version}-{stored.digest}{suffix}"'


def last_modified(stored: Stored) -> str:
    """Return when a version was made, as HTTP writes it."""
    return format_datetime(datetime.fromisoformat(stored.at.replace("Z", "+00:00")), usegmt=True)


def not_modified(request: Request[Any, Any, Any], tag: str) -> bool:
    """Tell whether the caller has this version already."""
    given = request.headers.get("if-none-match")
    return given is not None and (given.strip() == "*" or tag in _tags(given, weak=True))


def expected(request: Request[Any, Any, Any], stored: Stored | None) -> int:
    """Return the version that a change is made on top of, 0 for a new document.

    Raises Refused with 428 when the request doesn't say on top of what, with 412 when that is not what there is.
    """
    match, none = request.headers.get("if-match"), request.headers.get("if-none-match")
    if match is None and none is None:
        raise _precondition(
            "`If-Match` with the ETag of the version that you have read, or `If-None-Match: *` to create"
        )
    if none is not None and (none.strip() != "*" or match is not None):
        raise Refused(400, "wrong-header", "a change takes `If-Match`, or `If-None-Match: *`, and one of them")
    if match is None:
        if stored is not None:
            raise _changed("there is one of this name already", etag(stored))
        return 0
    if stored is None:
        raise Refused(412, "changed", "there is none of this name", help="send `If-None-Match: *` to create one")
    # The suffix says which form it was read in: both stand for the same version.
    own = f"{stored.version}-{stored.digest}"
    given = {tag.strip('"').removesuffix("-yaml") for tag in _tags(match, weak=False)}
    if match.strip() != "*" and own not in given:
        raise _changed(_SINCE, etag(stored))
    return stored.version


def on_top_of(request: Request[Any, Any, Any], tag: str) -> None:
    """Hold that a change is made on top of what is there, whose entity tag is `tag`. Raises Refused."""
    match = request.headers.get("if-match")
    if match is None:
        raise _precondition("`If-Match` with the ETag that you have read")
    if match.strip() != "*" and tag not in _tags(match, weak=False):
        raise _changed(_SINCE, tag)


def why_of(request: Request[Any, Any, Any], given: str) -> str:
    """Return why something is done: what the query says, or the header. Raises Refused when neither does."""
    why = (given or _header(request)).strip()
    if not why:
        raise Refused(
            400, "why-required", "the request doesn't say why", help=f"send the header `{WHY}`, or `?why=` in UTF-8"
        )
    if len(why) > _LONGEST or not why.isprintable():
        raise Refused(400, "wrong-header", f"the reason is a line of at most {_LONGEST} characters")
    return why


def _header(request: Request[Any, Any, Any]) -> str:
    """Return the header, which most clients send as UTF-8 though HTTP speaks of bytes."""
    raw = b" ".join(value for name, value in request.scope["headers"] if name.lower() == WHY.lower().encode())
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _tags(text: str, *, weak: bool) -> set[str]:
    """Return the tags of a list. A weak one never matches where a strong one is asked for."""
    return {f'"{value}"' for mark, value in _TAG.findall(text) if weak or not mark}


def _precondition(send: str) -> Refused:
    return Refused(
        428, "precondition-required", "the request doesn't say on top of what it is made", help=f"send {send}"
    )


def _changed(message: str, tag: str) -> Refused:
    return Refused(
        412,
        "changed",
        message,
        help="read it again, and make the change on top of what is there now",
        headers={"ETag": tag},
    )
