"""What belongs to no page in particular: the language and the colours that somebody wants."""

from __future__ import annotations

from litestar import post
from litestar.response import Redirect

from bartizan.console.access import WithServices
from bartizan.console.reading import Form, FormData
from bartizan.console.render import THEMES, cookie, moved
from bartizan.console.words import LANGUAGES

__all__ = ["ROUTES"]

_YEAR = 365 * 24 * 3600


@post("/preferences", sync_to_thread=False, status_code=303)
def preferences(services: WithServices, data: FormData) -> Redirect:
    """Keep a language or colours in a cookie, for those who have not signed in too, and go back."""
    form = Form(data)
    back = form.text("back")
    try:
        response = moved(back)
    except ValueError:
        response = moved("/")
    for name, known in (("language", list(LANGUAGES)), ("theme", list(THEMES))):
        chosen = form.choice(name, known, required=False)
        if chosen:
            response.cookies.append(cookie(services, name, chosen, _YEAR))
    return response


ROUTES = [preferences]
