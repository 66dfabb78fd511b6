"""Documents over HTTP: list, read, compare, create, change and delete, each kind below its own address."""

from __future__ import annotations

import msgspec
from litestar import Response, Router, delete, get, patch, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, RawBody

from bartizan.console.access import AnyRequest, WithPerson, WithServices, must, visible
from bartizan.console.api.asked import Changing, Compared, Listed, Nothing, Reason, asked, name_of
from bartizan.console.api.bodies import JSON, MERGE, YAML, document_of, media_type, merged
from bartizan.console.api.conditions import expected, why_of
from bartizan.console.api.giving import document_answer, json_answer, page_answer
from bartizan.console.api.problems import Refused
from bartizan.console.api.saving import Saving
from bartizan.console.eyes import hold_removal
from bartizan.console.rights import needed_to_delete
from bartizan.console.services import Services
from bartizan.govern.changes import differences
from bartizan.govern.roles import Action, Person
from bartizan.model.documents import Kind, Stored
from bartizan.model.documents.plain import plain
from bartizan.model.jsontext import plain_json
from bartizan.store.register import Missing, Query

__all__ = ["ROUTES", "at_version", "found"]


def found(services: Services, person: Person, kind: Kind, name: str) -> Stored:
    """Return a document that somebody may see. Raises Refused or NotFoundException."""
    return visible(services, person, kind, name_of(name))


@get("/", sync_to_thread=True)
def list_documents(
    request: AnyRequest, services: WithServices, person: WithPerson, kind: NamedDependency[Kind]
) -> Response[bytes]:
    """List documents of a kind, a page at a time."""
    what = asked(request, Listed)
    query = Query(
        kind=kind,
        units=services.units(person),
        text=what.text,
        states=frozenset(what.state),
        tiers=frozenset(what.tier),
        above=what.above,
        order=what.order,
        after=what.after,
        limit=what.limit,
    )
    if kind is not Kind.SYSTEM and (what.tier or what.above is not None or what.order.strip("-") in _OF_SYSTEMS):
        raise Refused(400, "wrong-query", "`tier`, `above` and the orders by risk, tier and worst are for systems")
    page = services.register.documents.list(query)
    return page_answer(request, page.items, page.next, page.total)


_OF_SYSTEMS = ("risk", "tier", "worst")


@get("/{name:str}", sync_to_thread=True)
def get_document(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,
    kind: NamedDependency[Kind],
    name: FromPath[str],
) -> Response[bytes]:
    """Read a document."""
    asked(request, Nothing)
    return document_answer(request, found(services, person, kind, name))


@get("/{name:str}/versions", sync_to_thread=True)
def list_versions(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,
    kind: NamedDependency[Kind],
    name: FromPath[str],
) -> Response[bytes]:
    """List what was done to a document, the latest first."""
    asked(request, Nothing)
    found(services, person, kind, name)
    changes = services.register.documents.history(kind, name)
    mine = [change for change in changes if services.may(person, Action.READ, change.unit)]
    return page_answer(request, mine, "", len(mine))


@get("/{name:str}/versions/{version:int}", sync_to_thread=True)
def get_version(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,
    kind: NamedDependency[Kind],
    name: FromPath[str],
    version: FromPath[int],
) -> Response[bytes]:
    """Read an earlier version of a document."""
    asked(request, Nothing)
    found(services, person, kind, name)
    return document_answer(request, at_version(services, person, kind, name, version))


@get("/{name:str}/differences", sync_to_thread=True)
def compare_versions(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,
    kind: NamedDependency[Kind],
    name: FromPath[str],
) -> Response[bytes]:
    """Tell what is different between two versions of a document."""
    what = asked(request, Compared)
    now = found(services, person, kind, name)
    old = at_version(services, person, kind, name, what.of)
    new = now if what.to is None else at_version(services, person, kind, name, what.to)
    changes = differences(old.document, new.document)
    return json_answer({"from": old.version, "to": new.version, "differences": changes})


def at_version(services: Services, person: Person, kind: Kind, name: str, version: int) -> Stored:
    """Return a version that somebody may see. Raises Missing, of one that isn't theirs too."""
    stored = services.register.documents.version(kind, name, version) if 0 < version < 1 << 31 else None
    if stored is None or not services.may(person, Action.READ, stored.document.unit):
        raise Missing(f"{kind} `{name}` has no such version")
    return stored


@put("/{name:str}", sync_to_thread=True)
def put_document(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,
    kind: NamedDependency[Kind],
    name: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Create a document, or put a new version in the place of the one there is."""
    saving = Saving(request, services, person, kind, name_of(name), asked(request, Changing))
    type = media_type(request, JSON, YAML)
    return saving.save(document_of(body, type))


@patch("/{name:str}", sync_to_thread=True)
def patch_document(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,
    kind: NamedDependency[Kind],
    name: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Change parts of a document by a JSON merge patch (RFC 7396)."""
    saving = Saving(request, services, person, kind, name_of(name), asked(request, Changing))
    media_type(request, MERGE)
    if saving.stored is None:
        raise Missing(f"there is no {kind} `{name}`")
    made = merged(plain(saving.stored.document), plain_json(body, "body"))
    return saving.save(document_of(msgspec.json.encode(made), JSON))


@delete("/{name:str}", sync_to_thread=True, status_code=204)
def delete_document(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,
    kind: NamedDependency[Kind],
    name: FromPath[str],
) -> None:
    """Take a document out. Its versions and its trail stay."""
    what = asked(request, Reason)
    stored = found(services, person, kind, name)
    for action in needed_to_delete(stored.document):
        must(services, person, action, stored.document.unit)
    version = expected(request, stored)
    why = why_of(request, what.why)
    hold_removal(stored.document)
    services.register.documents.delete(kind, name, expected=version, by=person.id, why=why, at=services.now())


def _for(kind: Kind) -> Router:
    def provide_kind() -> Kind:
        return kind

    return Router(
        path=f"/{kind.plural}",
        route_handlers=[
            list_documents,
            get_document,
            list_versions,
            get_version,
            compare_versions,
            put_document,
            patch_document,
            delete_document,
        ],
        dependencies={"kind": Provide(provide_kind, sync_to_thread=False)},
    )


ROUTES = [_for(kind) for kind in Kind]
