"""What people see when something goes wrong: a page with one sentence, and what to do; never how it happened inside."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from litestar import Response
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.types import ExceptionHandlersMap

from bartizan.console.access import WHO, AnyRequest, Authenticator, FirstThis, admit
from bartizan.console.api.problems import answer
from bartizan.console.render import Html, page
from bartizan.console.services import Services
from bartizan.console.words import message
from bartizan.govern.roles import Person
from bartizan.model import BartizanError, InputError, InputErrors
from bartizan.model.documents import Organisation
from bartizan.store.register import Conflict, Missing, Unavailable

__all__ = ["HANDLERS", "told_path"]

_LOG = logging.getLogger("bartizan.console")
_LONGEST = 160
_SECRET = re.compile(r"[A-Za-z0-9_-]{40,}")
"""As long as what is handed out as secrets: a link's or a token's."""
_FRAMES = 12
_HIDDEN = frozenset({"version", "word", "sheet", "digest", "number", "criterion", "remove"})
"""What forms carry along, and nobody writes."""
_KEPT = 20_000
"""Characters of a text that are shown again."""
_SENTENCES = {
    400: (message("The request can't be understood"), message("Go back, and try again.")),
    403: (message("Your roles don't allow this"), message("Administrators give roles; ask one of them.")),
    404: (
        message("There is no such page"),
        message("It was removed, never was, or belongs to a business unit that isn't yours to see."),
    ),
    405: (message("This address doesn't take such requests"), message("Go back, and try again.")),
    409: (
        message("Somebody else changed this in between"),
        message("Nothing of yours was kept. Read it again, and make the change on top of what is there now."),
    ),
    413: (message("That is too large"), message("At most 20 MB can be sent at once.")),
    429: (
        message("Too many requests"),
        message("Your account asks more often than anybody at work does. Wait a few seconds, and try again."),
    ),
    500: (message("Something broke on our side"), message("What happened is in the console's log. Nothing was kept.")),
    503: (
        message("The register can't be reached"),
        message("Nothing was changed. Wait a moment, and try again; it comes back by itself."),
    ),
}


def told_path(path: str) -> str:
    """Return a path as it may stand in a log: on one line, not long, and without what may be a secret."""
    return quote(_SECRET.sub("*", path), safe="/*:@!$&'()+,;=~", errors="replace")[:_LONGEST]


def _sorry(
    request: AnyRequest,
    status: int,
    details: list[BartizanError] | None = None,
    *,
    wrote: Sequence[tuple[str, str]] = (),
) -> Html:
    """Show the page of a status. It needs no register: that may be what is missing."""
    services: Services = request.app.state.services
    title, help_text = _SENTENCES.get(status, _SENTENCES[400 if status < 500 else 500])
    # Nor is anything looked up for who asks too often.
    away = status >= 500 or status == 429
    html = page(
        "error.html",
        request,
        services,
        None if away else _who(request),
        status=status,
        organisation=Organisation(title="") if away else None,
        title=title,
        help_text=help_text,
        details=details or [],
        wrote=wrote,
    )
    if status == 503:
        html.headers["Retry-After"] = "5"
    return html


def _who(request: AnyRequest) -> Person | None:
    authenticator: Authenticator = request.app.state.authenticator
    try:
        return authenticator.person(request)
    except (BartizanError, FirstThis):
        return None


def _http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    # What matches no route is told here, also where programs asked.
    if WHO not in request.scope:
        error = _admitted(request, error)
    if request.url.path.startswith("/api/"):
        return answer(request, error)
    html = _sorry(request, error.status_code)
    if wait := (error.headers or {}).get("Retry-After"):
        html.headers["Retry-After"] = wait
    return html


def _admitted(request: AnyRequest, error: HTTPException) -> HTTPException:
    """Return what to answer where no handler has asked who it is: that counts as a request of theirs too."""
    try:
        if (person := _who(request)) is not None:
            admit(request, person)
    except HTTPException as over:
        return over
    return error


def _nobody(request: AnyRequest, error: NotAuthorizedException) -> Html:  # noqa: ARG001 - the handler's interface
    """Send somebody to the sign-in, and back to where they wanted to go if that was a page."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    to = "/signin" + (f"?{urlencode({'next': here})}" if request.method == "GET" and here != "/" else "")
    html: Html = Html(content="", status_code=303, headers={"Location": to})
    if request.headers.get("hx-request"):
        html = Html(content="", status_code=401, headers={"HX-Redirect": "/signin"})
    return html


def _first(request: AnyRequest, error: FirstThis) -> Response[Any]:
    """Send somebody to what has to be done before anything else."""
    if request.url.path.startswith("/api/"):
        return answer(request, error)
    if request.headers.get("hx-request"):
        return Html(content="", status_code=403, headers={"HX-Redirect": error.to})
    return Html(content="", status_code=303, headers={"Location": error.to})


def _input(request: AnyRequest, error: InputError) -> Html:
    return _sorry(request, 400, list(error.errors) if isinstance(error, InputErrors) else [error])


def _conflict(request: AnyRequest, error: Conflict) -> Html:  # noqa: ARG001 - the handler's interface
    return _sorry(request, 409, wrote=_written(request))


def _written(request: AnyRequest) -> list[tuple[str, str]]:
    """Return the texts of the form that was sent, by field, so that nobody has to write them again."""
    asking = request.form()
    try:
        # What the handler has read needs no waiting: the first step is the last.
        asking.send(None)
    except StopIteration as done:
        texts = [(name, text) for name, text in done.value.multi_items() if isinstance(text, str) and text.strip()]
        return [(name, text[:_KEPT]) for name, text in texts if name not in _HIDDEN]
    except (HTTPException, UnicodeDecodeError):
        return []
    finally:
        asking.close()
    return []


def _missing(request: AnyRequest, error: Missing) -> Html:  # noqa: ARG001 - the handler's interface
    return _sorry(request, 404)


def _unavailable(request: AnyRequest, error: Unavailable) -> Html:
    _LOG.warning("the register can't be reached: %s", error.message)
    return _sorry(request, 503)


def _ours(request: AnyRequest, error: BartizanError) -> Html:
    return _sorry(request, 400, [error])


def _broken(request: AnyRequest, error: Exception) -> Html:
    # Not what the exception says: it may quote what somebody sent.
    frames = reversed(traceback.extract_tb(error.__traceback__)[-_FRAMES:])
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    _LOG.error("%s %s broke: %s at %s", request.method, told_path(request.url.path), type(error).__name__, where or "?")
    return _sorry(request, 500)


HANDLERS: ExceptionHandlersMap = {
    NotAuthorizedException: _nobody,
    FirstThis: _first,
    HTTPException: _http,
    Conflict: _conflict,
    Missing: _missing,
    Unavailable: _unavailable,
    InputError: _input,
    BartizanError: _ours,
    Exception: _broken,
}
"""Handlers of errors for pages. The API answers with its own."""
