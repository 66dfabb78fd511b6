"""Using a link with which an account begins."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.di import Provide
from litestar.params import FromPath

from bartizan.console.access import AnyRequest
from bartizan.console.identity.passwords import faults
from bartizan.console.identity.service import Identity, WithIdentity, digest_of, provide_identity
from bartizan.console.pages.signin_second import first_passed
from bartizan.console.reading import Form, FormData
from bartizan.console.render import Html, page
from bartizan.console.words import message
from bartizan.store.register import Conflict, Missing
from bartizan.store.register.people_records import PersonRecord

__all__ = ["FAULTS", "ROUTES", "new_password"]

FAULTS = {
    "short": message("A password has at least 12 characters. Several words in a row are easy to keep in mind."),
    "long": message("A password has at most 256 characters."),
    "control": message("A password can't hold control characters."),
    "common": message(
        "Attackers try this one first: it is made of common words, rows of keys, or your own name. Choose another."
    ),
}


@get("/enrol/{secret:str}", sync_to_thread=True)
def enrol_page(request: AnyRequest, identity: WithIdentity, secret: FromPath[str]) -> Html:
    """Show the form with which an account begins."""
    whose = identity.people.link(digest_of(secret), identity.services.now())
    return _page(request, identity, whose, Form({}), status=200 if whose else 404)


@post("/enrol/{secret:str}", sync_to_thread=True, status_code=303)
def enrol(request: AnyRequest, identity: WithIdentity, secret: FromPath[str], data: FormData) -> Response[Any]:
    """Begin an account, and sign in to it."""
    digest = digest_of(secret)
    whose = identity.people.link(digest, identity.services.now())
    form = Form(data)
    if whose is None:
        return _page(request, identity, None, form, status=404)
    name = whose.name or form.text("name", required=not whose.id, longest=200)
    email = whose.email or form.text("email", required=not whose.id, longest=320)
    if not whose.id and "@" not in email:
        form.fail("email", message("This is no address."))
    password = new_password(identity, form, data, (name, email))
    if not form.ok:
        return _page(request, identity, whose, form, status=422)
    client = identity.client(request)
    note = identity.note("link-used", client, person=whose.id, detail="first administrator" if not whose.id else "")
    try:
        record = identity.people.use_link(digest, name, email, identity.passwords.hash(password), note)
    except Missing:
        return _page(request, identity, None, form, status=404)
    except Conflict:
        form.fail("email", message("This address has an account already, or there is an administrator by now."))
        return _page(request, identity, whose, form, status=422)
    return first_passed(identity, request, record, client, "/")


def new_password(
    identity: Identity, form: Form, data: dict[str, str | list[str]], about: tuple[str, ...], name: str = "password"
) -> str:
    """Return a new password from a form that has it twice, and note in the form what is wrong with it.

    It is taken as it was typed, spaces at its ends too.
    """
    first, again = data.get(name, ""), data.get(f"{name}_again", "")
    if not isinstance(first, str) or not isinstance(again, str):
        form.fail(name, message("This is needed."))
        return ""
    for fault in faults(first, (*about, identity.services.organisation().title)):
        form.fail(name, FAULTS[fault])
    if first != again:
        form.fail(f"{name}_again", message("The two aren't the same."))
    return first


def _page(request: AnyRequest, identity: Identity, whose: PersonRecord | None, form: Form, *, status: int) -> Html:
    shown = {name: form.values.get(name, "") for name in ("name", "email")}
    return page(
        "signin_enrol.html",
        request,
        identity.services,
        None,
        status=status,
        whose=whose,
        errors=form.errors,
        values=shown,
    )


ROUTES = [
    Router(
        path="/",
        route_handlers=[enrol_page, enrol],
        dependencies={"identity": Provide(provide_identity, sync_to_thread=False)},
    )
]
