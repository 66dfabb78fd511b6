"""From a handler to a page: what every template has at hand, and the short message that follows a change."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import urlencode

import msgspec
from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from litestar import Response
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.response import Redirect
from markupsafe import Markup

from bartizan.console.access import AnyRequest
from bartizan.console.labels import LABELS
from bartizan.console.navigation import navigation
from bartizan.console.services import Services
from bartizan.console.visible import strange, visible
from bartizan.console.words import LANGUAGES, Words, language_of, words_for
from bartizan.govern.roles import Action, Person
from bartizan.model.documents import Kind, Organisation

__all__ = ["FILTERS", "THEMES", "Html", "cookie", "moved", "page", "said", "with_query", "words_of"]

Html: TypeAlias = Response[str]
"""What `page` gives and a handler returns."""
THEMES = ("auto", "light", "dark")
_SAID = "said"
_PLURALS = {kind.value: kind.plural for kind in Kind}
_KINDS = ("good", "warning", "bad")


class _Said(msgspec.Struct):
    text: str
    kind: str = "good"
    values: dict[str, str] = {}


def page(
    template: str, request: AnyRequest, services: Services, person: Person | None, /, *, status: int = 200, **more: Any
) -> Html:
    """Render a template for somebody; call it at the end of a handler, in the handler's thread.

    Beside `more`, templates have: `_`, `ngettext`, `words`, `language`, `theme`, `person` (None for nobody), `nav`,
    `may(action, unit)`, `organisation`, `today`, `path`, `here` (path with query), `query` (a dict of the query's
    texts), `partial` (htmx asks for a part), `said`, and the filters of `FILTERS`.
    """
    # Pages about a register that can't be reached bring what they need.
    organisation: Organisation = more.pop("organisation", None) or services.organisation()
    words = words_of(request, person, organisation.language)
    environment: Environment = request.app.state.templates
    told = _told(request)
    path = request.url.path
    context = {
        "_": words.say,
        "ngettext": words.count,
        "words": words,
        "language": words.language,
        "languages": LANGUAGES,
        "theme": theme_of(request),
        "themes": THEMES,
        "person": person,
        "organisation": organisation,
        "nav": navigation(path, person, organisation),
        "may": _rights(person, organisation.below),
        "plurals": _PLURALS,
        "today": services.today(),
        "path": path,
        "here": path + (f"?{request.url.query}" if request.url.query else ""),
        "query": {name: value for name, value in request.query_params.items() if isinstance(value, str)},
        "partial": request.headers.get("hx-request") == "true" and request.headers.get("hx-boosted") != "true",
        "said": told,
        **more,
    }
    html = environment.get_template(template).render(context)
    response = Response(html, media_type=MediaType.HTML, status_code=status)
    response.headers["Vary"] = "HX-Request, Cookie, Accept-Language"
    if told is not None:
        response.delete_cookie(_SAID, path="/")
    return response


def said(services: Services, to: str, text: str, /, kind: str = "good", **values: object) -> Redirect:
    """Send a browser on to a page of ours, which then shows a message once.

    `text` is a message (see `words.message`), `values` fill it; `kind` is `good`, `warning` or `bad`.
    """
    note = _Said(text, kind if kind in _KINDS else "good", {name: str(value)[:300] for name, value in values.items()})
    response = moved(to)
    response.cookies.append(cookie(services, _SAID, urlsafe_b64encode(msgspec.json.encode(note)).decode(), 60))
    return response


def cookie(services: Services, name: str, value: str, seconds: int) -> Cookie:
    """Make a cookie that scripts can't read, other sites don't send, and that wants https where the console has it."""
    secure = services.address.startswith("https:")
    return Cookie(key=name, value=value, path="/", max_age=seconds, httponly=True, samesite="lax", secure=secure)


def moved(to: str) -> Redirect:
    """Send a browser on with 303, so that reloading doesn't send a form again. Raises ValueError outside of ours."""
    if not to.startswith("/") or to.startswith(("//", "/\\")) or any(ord(sign) < 33 for sign in to):
        raise ValueError("redirects stay on the console")
    return Redirect(to, status_code=303)


def words_of(request: AnyRequest, person: Person | None, otherwise: str = "") -> Words:
    """Return the language for a request: its cookie's, the person's, the browser's, the organisation's."""
    own = person.language if person else ""
    accepted = request.headers.get("accept-language", "")
    return words_for(language_of(request.cookies.get("language", ""), own, accepted=accepted or otherwise))


def theme_of(request: AnyRequest) -> str:
    """Return `light`, `dark` or `auto`, by the cookie."""
    wish = request.cookies.get("theme", "")
    return wish if wish in THEMES else "auto"


def with_query(path: str, query: dict[str, str], /, **changed: object) -> str:
    """Return an address with some of its query changed; what is empty or None is left out."""
    merged = {**query, **{name: "" if value is None else str(value) for name, value in changed.items()}}
    kept = {name: value for name, value in merged.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def _told(request: AnyRequest) -> _Said | None:
    cookie = request.cookies.get(_SAID, "")
    if not cookie or len(cookie) > 4_000:
        return None
    try:
        note = msgspec.json.decode(urlsafe_b64decode(cookie), type=_Said)
        note.text % note.values
    except (NotBase64, msgspec.MsgspecError, KeyError, ValueError, TypeError):
        return None
    return note


def _rights(person: Person | None, below: Callable[[str], frozenset[str]]) -> Callable[..., bool]:
    def may(action: str, unit: str = "") -> bool:
        return person is not None and person.may(Action(action), unit, below)

    return may


def _words(context: Context) -> Words:
    words: Words = context["words"]
    return words


@pass_context
def _date(context: Context, value: Any) -> str:
    return _words(context).date(value)


@pass_context
def _moment(context: Context, value: Any) -> str:
    return _words(context).moment(value)


@pass_context
def _number(context: Context, value: float | None, digits: int = 1) -> str:
    return _words(context).number(value, digits)


@pass_context
def _percent(context: Context, value: float | None) -> str:
    return _words(context).percent(value)


@pass_context
def _money(context: Context, value: float | None, currency: str) -> str:
    return _words(context).money(value, currency)


@pass_context
def _label(context: Context, value: Any) -> Markup:
    return _words(context).say(LABELS.get(str(value), str(value)))


FILTERS: dict[str, Callable[..., object]] = {
    "date": _date,
    "label": _label,
    "moment": _moment,
    "money": _money,
    "number": _number,
    "percent": _percent,
    "strange": strange,
    "visible": visible,
}
"""`x|date`, `x|moment`, `x|number`, `x|percent`, `x|money(currency)`, and `x|label`: a fixed word, such as a level."""
