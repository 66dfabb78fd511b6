"""From a handler to a page: what every template has at hand, and the short message that follows a change."""

from __future__ import annotations

import re
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
from markupsafe import Markup, escape

from bartizan.console.access import AnyRequest
from bartizan.console.labels import LABELS
from bartizan.console.navigation import navigation
from bartizan.console.sentences import understood
from bartizan.console.services import Services
from bartizan.console.visible import strange, visible
from bartizan.console.words import LANGUAGES, Words, language_of, words_for
from bartizan.govern.roles import Action, Person
from bartizan.model.documents import Kind, Organisation
from bartizan.report.page import coded, ticked

__all__ = ["FILTERS", "THEMES", "Html", "cookie", "moved", "page", "said", "with_query", "words_of"]

Html: TypeAlias = Response[str]
"""What `page` gives and a handler returns."""
THEMES = ("auto", "light", "dark")
_SAID = "said"
_PLURALS = {kind.value: kind.plural for kind in Kind}
_KINDS = ("good", "warning", "bad")
_PLAIN = re.compile(r"(?:[^%]|%%|%\([a-z_]+\)s)*")
"""What a message may hold: a width (`%(n)1000000000s`) would make a page as large as whoever wrote the cookie likes."""


class _Said(msgspec.Struct):
    text: str
    kind: str = "good"
    values: dict[str, str] = {}


def page(
    template: str, request: AnyRequest, services: Services, person: Person | None, /, *, status: int = 200, **more: Any
) -> Html:
    """Render a template for somebody; call it at the end of a handler, in the handler's thread.

    Beside `more`, templates have: `_`, `ngettext`, `pgettext`, `words`, `language`, `theme`, `person` (None for
    nobody), `nav`, `may(action, unit)`, `organisation`, `today`, `path`, `here` (path with query), `query` (a dict of
    the query's texts), `partial` (htmx asks for a part), `said`, and the filters of `FILTERS`.
    """
    # Pages about a register that can't be reached bring what they need.
    organisation: Organisation = more.pop("organisation", None) or services.organisation()
    words = words_of(request, person, organisation.language)
    environment: Environment = request.app.state.templates
    told = _told_before(request, words)
    path = request.url.path
    context = {
        "_": words.say,
        "ngettext": words.count,
        "pgettext": words.say_of,
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
        # As it was set: browsers refuse to take one with this prefix out otherwise.
        response.cookies.append(cookie(services, _SAID, "", 0))
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
    """Make a cookie that scripts can't read, other sites don't send, and that is the host's own where it has https."""
    own = _cookie_name(services, name)
    secure = services.address.startswith("https:")
    return Cookie(key=own, value=value, path="/", max_age=seconds, httponly=True, samesite="lax", secure=secure)


def _cookie_name(services: Services, name: str) -> str:
    return f"__Host-{name}" if services.address.startswith("https:") else name


def _kept(request: AnyRequest, name: str) -> str:
    """Return what a cookie of ours says, empty without one."""
    services: Services = request.app.state.services
    return request.cookies.get(_cookie_name(services, name), "")


def moved(to: str) -> Redirect:
    """Send a browser on with 303, so that reloading doesn't send a form again. Raises ValueError outside of ours."""
    if not to.startswith("/") or to.startswith(("//", "/\\")) or any(ord(sign) < 33 for sign in to):
        raise ValueError("redirects stay on the console")
    return Redirect(to, status_code=303)


def words_of(request: AnyRequest, person: Person | None, otherwise: str = "") -> Words:
    """Return the language for a request: its cookie's, the person's, the browser's, the organisation's."""
    own = person.language if person else ""
    accepted = request.headers.get("accept-language", "")
    return words_for(language_of(_kept(request, "language"), own, accepted=accepted or otherwise))


def theme_of(request: AnyRequest) -> str:
    """Return `light`, `dark` or `auto`, by the cookie."""
    wish = _kept(request, "theme")
    return wish if wish in THEMES else "auto"


def with_query(path: str, query: dict[str, str], /, **changed: object) -> str:
    """Return an address with some of its query changed; what is empty or None is left out."""
    merged = {**query, **{name: "" if value is None else str(value) for name, value in changed.items()}}
    kept = {name: value for name, value in merged.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path


def _told_before(request: AnyRequest, words: Words) -> _Said | None:
    text = _kept(request, _SAID)
    if not text or len(text) > 4_000:
        return None
    try:
        note = msgspec.json.decode(urlsafe_b64decode(text), type=_Said)
        if not _PLAIN.fullmatch(note.text):
            return None
        note.text % note.values
        note.values = {name: understood(words, value) or value for name, value in note.values.items()}
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
def _country(context: Context, value: str) -> str:
    return str(_words(context).locale.territories.get(value.upper(), value))


@pass_context
def _label(context: Context, value: Any, of: str = "") -> Markup:
    text = str(value)
    return _words(context).say(LABELS.get(f"{of}-{text}") or LABELS.get(text, text))


@pass_context
def _told(context: Context, text: str) -> Markup:
    words = _words(context)
    said = understood(words, text)
    return ticked(said) if said is not None else _in_english(words, ticked(text))


def _coded(text: str) -> Markup:
    return coded(escape(text))


@pass_context
def _written(context: Context, text: str) -> str:
    return understood(_words(context), text) or text


@pass_context
def _english(context: Context, text: str) -> Markup:
    return _in_english(_words(context), escape(text))


@pass_context
def _spoken(context: Context, text: str, language: str) -> Markup:
    other = text and language in LANGUAGES and language != _words(context).language
    return Markup('<span lang="{}">{}</span>').format(language, text) if other else escape(text)


def _in_english(words: Words, text: Markup) -> Markup:
    return text if words.language == "en" or not text else Markup('<span lang="en">{}</span>').format(text)


FILTERS: dict[str, Callable[..., object]] = {
    "coded": _coded,
    "country": _country,
    "date": _date,
    "english": _english,
    "label": _label,
    "moment": _moment,
    "money": _money,
    "number": _number,
    "percent": _percent,
    "spoken": _spoken,
    "strange": strange,
    "told": _told,
    "visible": visible,
    "written": _written,
}
"""`x|date`, `x|moment`, `x|number`, `x|percent`, `x|money(currency)`, and `x|label`: a fixed word, such as a level.

Texts that aren't messages: `x|english` marks one of the catalog as English for those who listen to the page, `x|told`
is a sentence of ours, which is English where nobody has translated it, `x|written` what may be that or somebody's, and
`x|spoken(language)` what a document says in the language that it is in. `x|coded` is of a message that is filled.
`x|country` names a country that a code stands for; what is no code stays.
"""
