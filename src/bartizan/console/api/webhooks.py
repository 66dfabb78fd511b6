"""Webhooks over HTTP: subscribe, change, try, look at how it goes, turn on again, unsubscribe."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.exceptions import PermissionDeniedException
from litestar.params import FromPath, RawBody

from bartizan.console.access import AnyRequest, WithPerson, WithServices, must
from bartizan.console.api.asked import Nothing, Rotating, asked
from bartizan.console.api.bodies import JSON, MERGE, media_type, merged, value_of
from bartizan.console.api.conditions import on_top_of
from bartizan.console.api.giving import json_answer, page_answer
from bartizan.console.hook_targets import checked
from bartizan.console.hooks import DELIVERED, Deliverer
from bartizan.console.limits import DEAR
from bartizan.console.services import Services, sql_register
from bartizan.govern.roles import Action, Person
from bartizan.model import InputError
from bartizan.model.decode import nearest
from bartizan.model.jsontext import plain_json
from bartizan.store.register import Missing
from bartizan.store.register.hooks import KINDS, Hook, Hooks
from bartizan.store.register.people_records import Note

__all__ = ["ROUTES", "Made", "Settings", "Tried", "Wanted", "hooks_of"]

_MOST = 100


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A subscription as it is asked for: where to tell, of which kinds of events, in which unit and below."""

    url: str
    kinds: list[str]
    unit: str = ""


class Settings(Wanted, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What can be changed of a subscription. One that isn't `active` is told later what happens meanwhile."""

    active: bool


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription with a secret that was just made, which is never shown again."""

    webhook: Hook
    secret: str


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """How a test went: whether it was taken, and otherwise what failed."""

    delivered: bool
    result: str


def hooks_of(services: Services) -> Hooks:
    """Return the webhooks of the register. Raises InputError for one that keeps none."""
    return Hooks(sql_register(services))


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
    _held(wanted, services, person)
    hooks = hooks_of(services)
    if len(hooks.list()) >= _MOST:
        raise InputError(f"there are {_MOST} webhooks already")
    hook = Hook(
        id=f"wh_{secrets.token_hex(8)}", url=wanted.url, kinds=list(dict.fromkeys(wanted.kinds)), unit=wanted.unit,
        made=services.now(), by=person.id,
    )  # fmt: skip
    made = Made(webhook=hook, secret=hooks.add(hook, _note(services, person, "webhook-made", hook.id)))
    return json_answer(made, 201, {"Location": f"/api/v1/webhooks/{hook.id}", "ETag": _tag(hook)})


@get("/webhooks/{id:str}", sync_to_thread=True)
def get_webhook(request: AnyRequest, services: WithServices, person: WithPerson, id: FromPath[str]) -> Response[bytes]:
    """Read a webhook, and how its last message went. Its ETag is that of its settings."""
    asked(request, Nothing)
    return _answer(_mine(services, person, id))


@patch("/webhooks/{id:str}", sync_to_thread=True)
def change_webhook(
    request: AnyRequest, services: WithServices, person: WithPerson, id: FromPath[str], body: RawBody
) -> Response[bytes]:
    """Change settings of a webhook by a JSON merge patch (RFC 7396). Its secret and what it is to be told stay."""
    asked(request, Nothing)
    media_type(request, MERGE)
    old = _mine(services, person, id)
    now = {"url": old.url, "kinds": old.kinds, "unit": old.unit, "active": old.active}
    settings = value_of(msgspec.json.encode(merged(now, plain_json(body, "body"))), Settings)
    on_top_of(request, _tag(old))
    _held(settings, services, person)
    kinds = list(dict.fromkeys(settings.kinds))
    new = msgspec.structs.replace(old, url=settings.url, kinds=kinds, unit=settings.unit, active=settings.active)
    hooks = hooks_of(services)
    hooks.change(old, new, _note(services, person, "webhook-changed", id))
    return _answer(hooks.get(id))


@post("/webhooks/{id:str}/test", sync_to_thread=True, status_code=200, dear=DEAR)
def try_webhook(request: AnyRequest, services: WithServices, person: WithPerson, id: FromPath[str]) -> Response[bytes]:
    """Send a message of the kind `webhook.test` at once, and tell how it went, also to one that isn't active."""
    asked(request, Nothing)
    _mine(services, person, id)
    result = Deliverer(services, hooks_of(services), private=services.private_webhooks).trial(id)
    return json_answer(Tried(delivered=result == DELIVERED, result=result))


@post("/webhooks/{id:str}/rotate", sync_to_thread=True, status_code=200)
def rotate_webhook(
    request: AnyRequest, services: WithServices, person: WithPerson, id: FromPath[str]
) -> Response[bytes]:
    """Make a new secret. For some hours messages are signed with the one before too."""
    hours = asked(request, Rotating).hours
    hook = _mine(services, person, id)
    until = services.later(timedelta(hours=hours))
    secret = hooks_of(services).rotate(id, until, _note(services, person, "webhook-secret-made", id))
    return json_answer(Made(webhook=hook, secret=secret))


@post("/webhooks/{id:str}/enable", sync_to_thread=True, status_code=200)
def enable_webhook(
    request: AnyRequest, services: WithServices, person: WithPerson, id: FromPath[str]
) -> Response[bytes]:
    """Turn a webhook on again. It is told all that has happened meanwhile."""
    asked(request, Nothing)
    _mine(services, person, id)
    hooks = hooks_of(services)
    hooks.switch(id, active=True, note=_note(services, person, "webhook-changed", id))
    return _answer(hooks.get(id))


@delete("/webhooks/{id:str}", sync_to_thread=True, status_code=204)
def delete_webhook(request: AnyRequest, services: WithServices, person: WithPerson, id: FromPath[str]) -> None:
    """Unsubscribe."""
    asked(request, Nothing)
    hook = _mine(services, person, id)
    hooks_of(services).remove(hook.id, _note(services, person, "webhook-removed", hook.id))


def _note(services: Services, person: Person, kind: str, id: str) -> Note:
    return Note(kind=kind, at=services.now(), person=person.id, about=id)


def _held(wanted: Wanted, services: Services, person: Person) -> None:
    """Hold that a subscription can be, and is the caller's to make. Raises InputError and PermissionDeniedException."""
    checked(wanted.url, private=services.private_webhooks)
    for kind in wanted.kinds:
        if kind not in KINDS:
            raise InputError(f"`{kind[:60]}` is no kind of event", help=nearest(kind, KINDS))
    if not wanted.kinds:
        raise InputError("a webhook is about one kind of event at least", help=f"one of {', '.join(KINDS)}")
    if wanted.unit and wanted.unit not in services.organisation().units:
        raise InputError(f"there is no business unit `{wanted.unit[:60]}`")
    must(services, person, Action.ADMINISTER, wanted.unit)


def _tag(hook: Hook) -> str:
    """Return the entity tag of a webhook's settings, which how it goes doesn't change."""
    settings = msgspec.json.encode((hook.url, hook.kinds, hook.unit, hook.active))
    return f'"{sha256(settings).hexdigest()[:32]}"'


def _answer(hook: Hook) -> Response[bytes]:
    return json_answer(hook, headers={"ETag": _tag(hook)})


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


ROUTES = [list_webhooks, add_webhook, get_webhook, change_webhook, try_webhook, rotate_webhook, enable_webhook,
          delete_webhook]  # fmt: skip
