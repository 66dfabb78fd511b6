"""Webhooks over HTTP: subscribe, look at how it goes, turn on again, unsubscribe."""

from __future__ import annotations

import secrets

import msgspec
from litestar import Response, delete, get, post
from litestar.exceptions import PermissionDeniedException
from litestar.params import FromPath, RawBody

from bartizan.console.access import AnyRequest, WithPerson, WithServices, must
from bartizan.console.api.asked import Nothing, asked
from bartizan.console.api.bodies import JSON, media_type, value_of
from bartizan.console.api.giving import json_answer, page_answer
from bartizan.console.hook_targets import checked
from bartizan.console.services import Services
from bartizan.govern.roles import Action, Person
from bartizan.model import InputError
from bartizan.model.decode import nearest
from bartizan.store.register import Missing, Unavailable
from bartizan.store.register.hooks import KINDS, Hook, Hooks
from bartizan.store.register.open import SqlRegister

__all__ = ["ROUTES", "Made", "Wanted", "hooks_of"]

_MOST = 100


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A subscription as it is asked for: where to tell, of which kinds of events, in which unit and below."""

    url: str
    kinds: list[str]
    unit: str = ""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription that was just made, with its secret, which is never shown again."""

    webhook: Hook
    secret: str


def hooks_of(services: Services) -> Hooks:
    """Return the webhooks of the register. Raises Unavailable for one that keeps none."""
    if not isinstance(services.register, SqlRegister):
        raise Unavailable("this register keeps no webhooks")
    return Hooks(services.register)


@get("/webhooks", sync_to_thread=True)
def list_webhooks(request: AnyRequest, services: WithServices, person: WithPerson) -> Response[bytes]:
    """List the webhooks of units that the caller administers."""
    asked(request, Nothing)
    _administers(services, person)
    mine = [hook for hook in hooks_of(services).list() if services.may(person, Action.ADMINISTER, hook.unit)]
    return page_answer(request, mine, "", len(mine))


@post("/webhooks", sync_to_thread=True)
def add_webhook(request: AnyRequest, services: WithServices, person: WithPerson, body: RawBody) -> Response[bytes]:
    """Subscribe to events, from now on."""
    asked(request, Nothing)
    _administers(services, person)
    media_type(request, JSON)
    wanted = value_of(body, Wanted)
    checked(wanted.url, private=services.private_webhooks)
    for kind in wanted.kinds:
        if kind not in KINDS:
            raise InputError(f"`{kind[:60]}` is no kind of event", help=nearest(kind, KINDS))
    if not wanted.kinds:
        raise InputError("a webhook is about one kind of event at least", help=f"one of {', '.join(KINDS)}")
    if wanted.unit and wanted.unit not in services.organisation().units:
        raise InputError(f"there is no business unit `{wanted.unit[:60]}`")
    must(services, person, Action.ADMINISTER, wanted.unit)
    hooks = hooks_of(services)
    if len(hooks.list()) >= _MOST:
        raise InputError(f"there are {_MOST} webhooks already")
    hook = Hook(
        id=f"wh_{secrets.token_hex(8)}", url=wanted.url, kinds=list(dict.fromkeys(wanted.kinds)), unit=wanted.unit,
        made=services.now(), by=person.id,
    )  # fmt: skip
    made = Made(webhook=hook, secret=hooks.add(hook))
    return json_answer(made, 201, {"Location": f"/api/v1/webhooks/{hook.id}"})


@get("/webhooks/{id:str}", sync_to_thread=True)
def get_webhook(request: AnyRequest, services: WithServices, person: WithPerson, id: FromPath[str]) -> Response[bytes]:
    """Read a webhook, and how its last message went."""
    asked(request, Nothing)
    return json_answer(_mine(services, person, id))


@post("/webhooks/{id:str}/enable", sync_to_thread=True, status_code=200)
def enable_webhook(
    request: AnyRequest, services: WithServices, person: WithPerson, id: FromPath[str]
) -> Response[bytes]:
    """Turn a webhook on again. It is told all that has happened meanwhile."""
    asked(request, Nothing)
    _mine(services, person, id)
    hooks = hooks_of(services)
    hooks.switch(id, active=True)
    return json_answer(hooks.get(id))


@delete("/webhooks/{id:str}", sync_to_thread=True, status_code=204)
def delete_webhook(request: AnyRequest, services: WithServices, person: WithPerson, id: FromPath[str]) -> None:
    """Unsubscribe."""
    asked(request, Nothing)
    hooks_of(services).remove(_mine(services, person, id).id)


def _administers(services: Services, person: Person) -> None:
    if services.units(person, Action.ADMINISTER) == frozenset():
        raise PermissionDeniedException(f"your roles don't include `{Action.ADMINISTER}`")


def _mine(services: Services, person: Person, id: str) -> Hook:
    _administers(services, person)
    if not id.isascii() or not id.isprintable():
        raise Missing("there is no such webhook")
    hook = hooks_of(services).get(id)
    if not services.may(person, Action.ADMINISTER, hook.unit):
        raise Missing("there is no such webhook")
    return hook


ROUTES = [list_webhooks, add_webhook, get_webhook, enable_webhook, delete_webhook]
