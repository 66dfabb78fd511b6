"""One's second factors: an application that shows codes, passkeys, and recovery codes for when both are lost.

These pages ask for the session themselves, for somebody who has to add a factor before anything else can be reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Response, Router, get, post
from litestar.di import Provide
from litestar.exceptions import PermissionDeniedException
from litestar.params import FromPath

from bartizan.console.access import AnyRequest
from bartizan.console.identity.factors import (
    CODES,
    PASSKEY,
    WRONG_CODE,
    account_of_factors,
    digests_of,
    new_codes,
    new_factor_id,
    new_totp_secret,
    picture_of,
    step_of,
    totp_address,
)
from bartizan.console.identity.oidc_claims import NotSignedIn
from bartizan.console.identity.passkeys import bound_to, made_passkey, new_passkey
from bartizan.console.identity.service import Identity, WithIdentity, provide_identity
from bartizan.console.identity.sessions import (
    ONE_FACTOR,
    Current,
    begin_session,
    confirmed,
    person_of,
    second_lacks,
)
from bartizan.console.identity.signing import TooOften, heard
from bartizan.console.pages.confirm import TOO_OFTEN, mine, unconfirmed
from bartizan.console.reading import Form, FormData
from bartizan.console.render import Html, moved, page, said
from bartizan.console.words import message
from bartizan.govern.roles import Person
from bartizan.store.register import Conflict
from bartizan.store.register.people_factors import TooManyFactors
from bartizan.store.register.people_records import FactorRecord, StateRecord

__all__ = ["ROUTES"]

_HERE = "/profile/factors"
_PURPOSE = "add-codes"
_MINUTES = 10
_NAME = 60
"""Characters of a factor's name."""
_ADDED = message("The second factor was added. Other sessions of yours have ended.")
_NOT_ADDED = message("This passkey could not be added. It may be among yours already, or the time was over.")
_TOO_MANY = message("You have as many as one can have. Remove one first.")
_LAST = message("Everybody needs a second factor here. Add another one before you remove this one.")


class _Pending(msgspec.Struct):
    secret: str


@get(_HERE, sync_to_thread=True)
def factors(request: AnyRequest, identity: WithIdentity) -> Html:
    """Show one's factors."""
    return _page(request, identity, mine(identity, request))


@post(f"{_HERE}/codes/begin", sync_to_thread=True, status_code=303)
def begin_codes(request: AnyRequest, identity: WithIdentity) -> Response[Any]:
    """Make a secret for an application, which counts from when a code of it was typed."""
    now = mine(identity, request)
    if not confirmed(identity, now.session):
        return unconfirmed(identity.services, _HERE)
    ends = identity.services.later(timedelta(minutes=_MINUTES))
    data = msgspec.json.encode(_Pending(new_totp_secret())).decode()
    state = StateRecord(browser=now.session.id, purpose=_PURPOSE, person=now.person.id, data=data, ends=ends)
    identity.states.put(state, identity.services.now())
    return moved(f"{_HERE}/codes")


@get(f"{_HERE}/codes", sync_to_thread=True)
def codes_page(request: AnyRequest, identity: WithIdentity) -> Response[Any]:
    """Show the secret for an application, as a picture and as a text."""
    now = mine(identity, request)
    secret = _pending(identity, now)
    return _secret_page(request, identity, now, secret, Form({})) if secret else moved(_HERE)


@post(f"{_HERE}/codes", sync_to_thread=True, status_code=200)
def add_codes(request: AnyRequest, identity: WithIdentity, data: FormData) -> Response[Any]:
    """Add an application, when it shows the right code."""
    now, form = mine(identity, request), Form(data)
    secret = _pending(identity, now)
    if not confirmed(identity, now.session):
        return unconfirmed(identity.services, _HERE)
    if not secret:
        return moved(_HERE)
    name, code = form.text("name", required=True, longest=_NAME), form.text("code", required=True, longest=20)
    step = _step(identity, request, now, secret, code, form) if form.ok else None
    if step is None:
        return _secret_page(request, identity, now, secret, form)
    if identity.states.take(now.session.id, _PURPOSE, identity.services.now()) is None:
        return moved(_HERE)  # sent twice at once: with two of one secret a code would be good twice
    at = identity.services.now()
    factor = FactorRecord(
        id=new_factor_id(), person=now.person.id, kind=CODES, name=name, created=at, used=at, secret=secret, step=step
    )
    return _added(request, identity, now, factor)


@post(f"{_HERE}/passkey/options", sync_to_thread=True, status_code=200)
def passkey_options(request: AnyRequest, identity: WithIdentity) -> Response[Any]:
    """Give the page's script what to ask the browser for a new passkey with."""
    now = mine(identity, request)
    if not confirmed(identity, now.session):
        raise PermissionDeniedException("it is some minutes since this person has shown who they are")
    try:
        return Response(new_passkey(identity, now.session.id, now.person))
    except NotSignedIn as error:
        raise PermissionDeniedException(error.message) from None


@post(f"{_HERE}/passkey", sync_to_thread=True, status_code=200)
def add_passkey(request: AnyRequest, identity: WithIdentity, data: FormData) -> Response[Any]:
    """Add a passkey that the browser has made."""
    now, form = mine(identity, request), Form(data)
    if not confirmed(identity, now.session):
        return unconfirmed(identity.services, _HERE)
    name = form.text("name", required=True, longest=_NAME)
    answer = data.get("credential", "")
    if not form.ok:
        return _page(request, identity, now, form=form, status=422)
    try:
        factor = made_passkey(identity, now.session.id, now.person, answer if isinstance(answer, str) else "", name)
    except NotSignedIn as error:
        client, who = identity.client(request), now.person.id
        note = identity.note("factor-refused", client, person=who, about=who, detail=f"passkey: {error.message}")
        identity.events.add(note)
        return said(identity.services, _HERE, _NOT_ADDED, "bad")
    return _added(request, identity, now, factor)


@post(_HERE + "/{factor:str}/remove", sync_to_thread=True, status_code=303)
def remove(request: AnyRequest, identity: WithIdentity, factor: FromPath[str]) -> Response[Any]:
    """Remove a factor."""
    now = mine(identity, request)
    if not confirmed(identity, now.session):
        return unconfirmed(identity.services, _HERE)
    who = now.person.id
    named = next((f"{one.kind}: {one.name}" for one in identity.factors.of(who) if one.id == factor), "")
    note = identity.note("factor-removed", identity.client(request), person=who, about=who, detail=named)
    required = identity.settings.second_factor == "required"
    try:
        identity.factors.remove(factor, who, note, keep=now.session.id, last_stays=required)
    except Conflict:
        return said(identity.services, _HERE, _LAST, "bad")
    return said(identity.services, _HERE, message("It was removed. Other sessions of yours have ended."))


@post(f"{_HERE}/recovery", sync_to_thread=True, status_code=200)
def renew_codes(request: AnyRequest, identity: WithIdentity) -> Response[Any]:
    """Make recovery codes anew, and show them this once."""
    now = mine(identity, request)
    if not confirmed(identity, now.session):
        return unconfirmed(identity.services, _HERE)
    codes, who = new_codes(), now.person.id
    note = identity.note("recovery-codes-made", identity.client(request), person=who, about=who)
    identity.factors.set_codes(who, digests_of(codes), note)
    return _page(request, identity, now, codes=codes)


def _pending(identity: Identity, now: Current) -> str:
    state = identity.states.get(now.session.id, _PURPOSE, identity.services.now())
    return msgspec.json.decode(state.data, type=_Pending).secret if state else ""


def _step(identity: Identity, request: AnyRequest, now: Current, secret: str, code: str, form: Form) -> int | None:
    """Return the step of time of the first code; the form says what is wrong with it."""
    client, account = identity.client(request), account_of_factors(now.person.id)
    try:
        address = heard(identity, account, client)
    except TooOften:
        form.fail("code", TOO_OFTEN)
        return None
    step = step_of(secret, code, identity.services.clock(), 0)
    if step is None:
        form.fail("code", WRONG_CODE)
    else:
        identity.attempts.succeeded(account, address)
    return step


def _added(request: AnyRequest, identity: Identity, now: Current, factor: FactorRecord) -> Response[Any]:
    """Keep a factor. With the first one the session is one of two factors, and gets a new number."""
    client, who, codes = identity.client(request), now.person.id, new_codes()
    note = identity.note("factor-added", client, person=who, about=who, detail=f"{factor.kind}: {factor.name}")
    try:
        first = identity.factors.add(factor, digests_of(codes), note, keep=now.session.id)
    except TooManyFactors:
        return said(identity.services, _HERE, _TOO_MANY, "bad")
    except Conflict:
        return said(identity.services, _HERE, _NOT_ADDED, "bad")
    response: Response[Any] = said(identity.services, _HERE, _ADDED)
    if first:
        response = _page(request, identity, now, codes=codes, added=True)
    if now.session.method == ONE_FACTOR:
        method = f"{ONE_FACTOR}+{factor.kind}"
        response.cookies.append(begin_session(identity, request, now.person, client, method=method))
    return response


def _secret_page(request: AnyRequest, identity: Identity, now: Current, secret: str, form: Form) -> Html:
    return page(
        "factors_codes.html",
        request,
        identity.services,
        _shown(identity, now),
        status=422 if form.errors else 200,
        form=form,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        picture=picture_of(totp_address(identity, now.person, secret)),
    )


def _page(
    request: AnyRequest,
    identity: Identity,
    now: Current,
    *,
    codes: Sequence[str] = (),
    added: bool = False,
    form: Form | None = None,
    status: int = 200,
) -> Html:
    return page(
        "factors.html",
        request,
        identity.services,
        _shown(identity, now, added=added),
        status=status,
        form=form or Form({}),
        factors=identity.factors.of(now.person.id),
        left=identity.factors.codes_left(now.person.id),
        made=codes,
        lacks=second_lacks(identity, now) and not added,
        confirmed=confirmed(identity, now.session),
        possible=bound_to(identity.services.address) is not None,
        kinds={CODES: message("codes of an application"), PASSKEY: message("passkey")},
    )


def _shown(identity: Identity, now: Current, *, added: bool = False) -> Person:
    """Return who the page is for; whoever can't go anywhere yet has no roles, and so no navigation."""
    person = person_of(now.person)
    return msgspec.structs.replace(person, roles={}) if second_lacks(identity, now) and not added else person


ROUTES = [
    Router(
        path="/",
        route_handlers=[factors, begin_codes, codes_page, add_codes, passkey_options, add_passkey, remove, renew_codes],
        dependencies={"identity": Provide(provide_identity, sync_to_thread=False)},
    )
]
