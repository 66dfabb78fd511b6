"""An import that takes long: how far it is, what it would change, and what came of it."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.importing import ORDER, Outlook
from bartizan.console.pages.exchange import TITLES, columns_of, language_of
from bartizan.console.reading import Form, FormData
from bartizan.console.render import Html, moved, page
from bartizan.console.services import Services, sql_register
from bartizan.console.words import message
from bartizan.govern.importing import Outcome
from bartizan.govern.roles import Person
from bartizan.store.register.imports import ImportLog, ImportRun, RunState

__all__ = ["ROUTES"]

_LARGEST = 2**31 - 1


@get("/exchange/imports/{number:int}", sync_to_thread=True)
def show(request: AnyRequest, services: WithServices, person: WithPerson, number: FromPath[int]) -> Html:
    """Show how far an import is, and what came of it."""
    return _show(request, services, person, _own(services, person, number), Form({}))


@post("/exchange/imports/{number:int}", sync_to_thread=True, status_code=200)
def take(
    request: AnyRequest, services: WithServices, person: WithPerson, number: FromPath[int], data: FormData
) -> Response[Any]:
    """Let an import go on that was looked at."""
    form = Form(data)
    why = form.text("why", required=True, longest=300)
    run = _own(services, person, number)
    if not form.ok:
        return _show(request, services, person, run, form, status=422)
    ImportLog(sql_register(services)).ask(run.id, person.id, why)  # one that went on already is shown as it is
    return moved(f"/exchange/imports/{run.id}")


def _own(services: Services, person: Person, number: int) -> ImportRun:
    """Return an import that somebody began.

    Raises NotFoundException for one that there isn't, or that isn't theirs; for programs too, whose rights are fewer
    than those with which it goes on.
    """
    log = ImportLog(sql_register(services))
    run = log.get(number, person.id) if number <= _LARGEST and not person.program else None
    if run is not None and run.silent(services.clock()):  # also where nothing works imports off any more
        log.broken(services.clock())
        run = log.get(number, person.id)
    if run is None:
        raise NotFoundException("there is no such import")
    return run


def _show(
    request: AnyRequest, services: Services, person: Person, run: ImportRun, form: Form, status: int = 200
) -> Html:
    outlook = msgspec.json.decode(run.result, type=Outlook) if run.result else Outlook()
    if run.state is RunState.LOOKED and outlook.again:
        form.fail("why", message("Somebody has changed something in between. Look at what the file would do now."))
    total = sum(outlook.counts.values())
    return page(
        "exchange_import.html", request, services, person, status=status, form=form, run=run, outlook=outlook,
        title=TITLES[run.what], counts=[(outcome, outlook.counts.get(outcome, 0)) for outcome in ORDER],
        useful=outlook.counts.get(Outcome.CREATED, 0) + outlook.counts.get(Outcome.CHANGED, 0),
        more=max(0, total - len(outlook.shown)), columns=columns_of(run.what, language_of(request, services, person)),
    )  # fmt: skip


ROUTES = [show, take]
