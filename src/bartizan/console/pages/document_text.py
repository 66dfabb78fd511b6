"""Documents of every kind as the text that they are: to read, and to change by those who may."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from bartizan.console.access import AnyRequest, WithPerson, WithServices, must, visible
from bartizan.console.checking import check
from bartizan.console.eyes import NoSecond, hold
from bartizan.console.reading import Form, FormData
from bartizan.console.render import Html, moved, page, said
from bartizan.console.rights import needed
from bartizan.console.services import Services
from bartizan.console.words import message
from bartizan.govern.changes import differences
from bartizan.govern.loosening import asked, confirmed, loosens
from bartizan.govern.roles import Action, Person
from bartizan.model import BartizanError, InputError, InputErrors
from bartizan.model.documents import Document, Kind, Organisation, Stored, parse_document
from bartizan.model.documents.plain import plain
from bartizan.store.register import Conflict
from bartizan.store.yamltext import write_yaml

__all__ = ["ROUTES"]

_LONGEST = 2_000_000
_KINDS = {kind.plural: kind for kind in Kind}
_ONE = "organisation"


@get("/organisations/{name:str}", sync_to_thread=False)
def organisation(name: FromPath[str]) -> Redirect:
    """Lead to the organisation, which has no page but its text."""
    if name != _ONE:
        raise NotFoundException("there is one organisation")
    return moved(f"/documents/organisations/{_ONE}")


@get("/documents/{plural:str}/{name:str}", sync_to_thread=True)
def text(
    request: AnyRequest, services: WithServices, person: WithPerson, plural: FromPath[str], name: FromPath[str]
) -> Html:
    """Show a document as text."""
    kind = _kind(plural)
    stored = _stored(services, person, kind, name)
    document = stored.document if stored else _new(services)
    form = Form({"text": write_yaml(plain(document))})
    return _page(request, services, person, document, form, version=stored.version if stored else 0)


@post("/documents/{plural:str}/{name:str}", sync_to_thread=True, status_code=303)
def change(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,
    plural: FromPath[str],
    name: FromPath[str],
    data: FormData,
) -> Response[Any]:
    """Keep the changed text. Where somebody else was faster, show both, and keep what was written."""
    kind, form = _kind(plural), Form(data)
    stored = _stored(services, person, kind, name)
    old = stored.document if stored else None
    here = old or _new(services)
    content = form.text("text", required=True, longest=_LONGEST, lines=True)
    why = form.text("why", required=True, longest=300)
    version = form.whole("version")
    mistakes: list[BartizanError] = []
    if form.ok:
        try:
            given = parse_document(content.encode(), "")
            document = _asked(old, given, person)
            _allowed(services, person, here, old, document)
            services.register.documents.put(document, expected=version, by=person.id, why=why, at=services.now())
        except Conflict:
            return _conflict(request, services, person, here, form, version)
        except InputErrors as error:
            mistakes = list(error.errors)
        except (InputError, NoSecond) as error:
            mistakes = [error]
        else:
            if document is not given:
                text = message("What would let more risk stand waits for a second person; all else was kept.")
                return said(services, "/acceptances", text, "warning")
            return said(services, f"/{plural}/{name}", message("%(title)s was kept."), title=document.title)
    return _page(request, services, person, here, form, version=version, mistakes=mistakes, status=422)


def _kind(plural: str) -> Kind:
    if plural not in _KINDS:
        raise NotFoundException("there is no such kind of document")
    return _KINDS[plural]


def _stored(services: Services, person: Person, kind: Kind, name: str) -> Stored | None:
    """Return a document that somebody may see; the organisation may be still to come. Raises NotFoundException."""
    if kind is Kind.ORGANISATION and name == _ONE and services.register.documents.get(kind, name) is None:
        must(services, person, Action.READ, "")
        return None
    return visible(services, person, kind, name)


def _new(services: Services) -> Document:
    """Return the organisation as it is taken to be while nobody has described it."""
    spec = services.organisation()
    return Document(kind=Kind.ORGANISATION, name=_ONE, spec=spec if spec.title else Organisation(title="Organisation"))


def _asked(old: Document | None, new: Document, person: Person) -> Document:
    """Return a change of the organisation as a question to a second person, where it takes one; else as it is."""
    before, spec = old.spec if old is not None else None, new.spec
    if not isinstance(before, Organisation) or not isinstance(spec, Organisation) or spec == confirmed(before):
        return new
    if spec.proposed not in (None, before.proposed) or not loosens(before, spec):
        return new
    return msgspec.structs.replace(new, spec=asked(before, spec, person.id))


def _allowed(services: Services, person: Person, here: Document, old: Document | None, document: Document) -> None:
    """Hold a changed document against who changes it, and against what there is. Raises InputError and NoSecond."""
    if (document.kind, document.name) != (here.kind, here.name):
        raise InputError(
            f"this is {document.kind} `{document.name}`, and the page is about {here.kind} `{here.name}`",
            help="kind and name stay; a new document gets a name of its own",
        )
    for action in needed(old, document):
        for unit in {document.unit, here.unit}:
            must(services, person, action, unit)
    hold(old, document, person, services)
    check(document, services)


def _conflict(
    request: AnyRequest, services: Services, person: Person, here: Document, form: Form, version: int
) -> Html:
    """Show what was written beside what is there now; keeping it again goes on top of that."""
    documents = services.register.documents
    now = visible(services, person, here.kind, here.name)
    base = documents.version(here.kind, here.name, version)
    between = differences(base.document if base else None, now.document)
    theirs = write_yaml(plain(now.document))
    return _page(
        request, services, person, now.document, form,
        version=now.version, theirs=theirs, between=between, status=409,
    )  # fmt: skip


def _page(
    request: AnyRequest,
    services: Services,
    person: Person,
    document: Document,
    form: Form,
    *,
    version: int,
    mistakes: list[BartizanError] | None = None,
    theirs: str = "",
    between: object = (),
    status: int = 200,
) -> Html:
    own = {Kind.ORGANISATION: Action.ADMINISTER, Kind.SYSTEM: Action.CHANGE, Kind.VENDOR: Action.CHANGE}
    action = own.get(document.kind, Action.ASK)
    return page(
        "document_text.html",
        request,
        services,
        person,
        status=status,
        document=document,
        editable=services.may(person, action, document.unit),
        form=form,
        version=version,
        mistakes=mistakes or [],
        theirs=theirs,
        between=between,
        history=services.register.documents.history(document.kind, document.name)[:20],
    )


ROUTES = [organisation, text, change]
