"""What went wrong, as `application/problem+json` (RFC 9457): a sentence, what to do, and where; never how we work."""

from __future__ import annotations

import logging
import traceback
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.types import ExceptionHandlersMap

from bartizan.console.assessing import NotAssessed
from bartizan.console.eyes import NoSecond
from bartizan.model import BartizanError, InputError, InputErrors
from bartizan.store.register import Conflict, Missing, Unavailable

__all__ = ["HANDLERS", "MEDIA_TYPE", "Mistake", "Problem", "Refused", "answer", "problem_of"]

MEDIA_TYPE = "application/problem+json"
_URN = "urn:bartizan:problem:"
_RETRY = "5"
"""Seconds after which it makes sense to ask again when the database is away."""
_LOG = logging.getLogger(__name__)
_OWN = "Bartizan made a mistake of its own; its log says at which place"


class Mistake(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong with what was sent: where, counted from 1, and as an RFC 6901 pointer into it."""

    detail: str
    help: str = ""
    line: int = 0
    column: int = 0
    pointer: str = ""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem as RFC 9457 has it. `type` names the kind of problem, and is fit for programs; `detail` is for people.

    `version` is the one that a document has now, where somebody else has changed it in between.
    """

    type: str
    title: str
    status: int
    detail: str
    help: str = ""
    errors: list[Mistake] = []
    version: int = 0


class Refused(BartizanError):
    """A request that isn't served: with which status, and why. `headers` go with the answer."""

    def __init__(
        self, status: int, type: str, message: str, *, help: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message, help=help)
        self.status, self.type, self.headers = status, type, headers or {}


def problem_of(error: Exception) -> tuple[Problem, dict[str, str]]:
    """Return what an exception means to the caller, and headers that go with it."""
    if isinstance(error, Refused):
        return _made(error.status, error.type, error), error.headers
    if isinstance(error, NotAssessed):
        return _made(404, "not-assessed", error), {}
    if isinstance(error, NoSecond):
        return _made(403, "second-person", error), {}
    if isinstance(error, Conflict):
        return _made(412, "changed", error, version=error.version), {}
    if isinstance(error, Missing):
        return _made(404, "missing", error), {}
    if isinstance(error, Unavailable):
        # Where the database is stays in the log.
        _LOG.warning("the register can't be reached: %s", error.message)
        told = BartizanError("the register can't be reached", help="try again in a moment; it comes back by itself")
        return _made(503, "unavailable", told), {"Retry-After": _RETRY}
    if isinstance(error, InputError):
        errors = error.errors if isinstance(error, InputErrors) else [error]
        return _made(422, "wrong-content", error, errors=[_mistake(one) for one in errors]), {}
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _of_http(error)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "bartizan" in Path(frame.filename).parts]
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    _LOG.error("a request ended in %s at %s", type(error).__name__, where)
    return Problem(type="about:blank", title="Internal Server Error", status=500, detail=_OWN), {}


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:  # noqa: ARG001 - Litestar's
    """Turn an exception into a response."""
    problem, headers = problem_of(error)
    content = msgspec.json.encode(problem)
    return Response(content, status_code=problem.status, media_type=MEDIA_TYPE, headers=headers)


HANDLERS: ExceptionHandlersMap = dict.fromkeys(
    (NotAuthorizedException, HTTPException, Conflict, Missing, Unavailable, InputError, BartizanError, Exception),
    answer,
)
"""For all below `/api/`. Each class for which the application has a handler stands here too: that of the nearest class
counts. What matches no route is raised above routers, and there the application asks `answer`.
"""


def _made(
    status: int, type: str, error: BartizanError, *, errors: list[Mistake] | None = None, version: int = 0
) -> Problem:
    return Problem(
        type=_URN + type, title=_title(status), status=status, detail=error.message, help=error.help,
        errors=errors or [], version=version,
    )  # fmt: skip


def _of_http(error: HTTPException) -> tuple[Problem, dict[str, str]]:
    status = error.status_code
    title = _title(status)
    problem = Problem(type="about:blank", title=title, status=status, detail=error.detail or title)
    headers = dict(error.headers or {})
    if isinstance(error, NotAuthorizedException):
        headers["WWW-Authenticate"] = 'Bearer realm="bartizan"'
    return problem, headers


def _title(status: int) -> str:
    return HTTPStatus(status).phrase


def _mistake(error: InputError) -> Mistake:
    place = error.place
    pointer = getattr(error, "pointer", "")
    line, column = (place.line, place.column) if place else (0, 0)
    return Mistake(detail=error.message, help=error.help, line=line, column=column, pointer=pointer)
