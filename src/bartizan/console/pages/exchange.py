"""Import and export: lists as files, and files with a look at what they would change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import Body, FromPath
from litestar.response import Stream

from bartizan.console.access import AnyRequest, WithPerson, WithServices, visible
from bartizan.console.exchanging import apply, needs, packed, preview, rows_of, unpacked
from bartizan.console.importing import ORDER, begin, is_long, outlook_of
from bartizan.console.interchange import give
from bartizan.console.limits import DEAR, LONG
from bartizan.console.reading import Form
from bartizan.console.render import Html, moved, page, said, words_of
from bartizan.console.services import Services, sql_register
from bartizan.console.words import message
from bartizan.govern.columns import LISTS
from bartizan.govern.importing import Outcome, Plan
from bartizan.govern.roles import Action, Person
from bartizan.govern.sheetfile import Sheet, read_sheet
from bartizan.model import InputError
from bartizan.model.documents import Kind
from bartizan.report.sheets import to_csv, to_xlsx
from bartizan.store.register import Query
from bartizan.store.register.imports import ImportLog

__all__ = ["ROUTES", "TITLES", "columns_of", "language_of"]

TITLES = {
    "systems": message("Systems"),
    "controls": message("Controls"),
    "evidence": message("Evidence"),
    "tools": message("External tools"),
    "vendors": message("Vendors"),
    "sandboxes": message("Sandboxes"),
    "exceptions": message("Exceptions"),
    "policies": message("Policies"),
    "trail": message("Audit trail"),
}
_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass
class _Upload:
    """The form of an import. Parts that are lacking are empty."""

    file: UploadFile | None = None
    what: str = ""


@get("/exchange", sync_to_thread=True)
def exchange(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Show what can be exported and imported."""
    return _start(request, services, person, Form({}))


@get("/exchange/export/{file:str}", sync_to_thread=True, dear=DEAR)
def export(request: AnyRequest, services: WithServices, person: WithPerson, file: FromPath[str]) -> Stream:
    """Give a list as a file, piece by piece."""
    name, _, suffix = file.partition(".")
    if name not in LISTS or suffix not in _TYPES:
        raise NotFoundException("there is no such list")
    if not _sees(services, person, name):
        raise PermissionDeniedException("your roles don't include this list")
    language = language_of(request, services, person)
    listed, rows = LISTS[name], rows_of(name, services, person)
    if suffix == "csv":
        content = to_csv(listed.columns, rows, language)
    else:
        content = to_xlsx(listed.title(language), listed.columns, rows, language)
    saved = f"{name}-{services.today().isoformat()}.{suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{saved}"'}
    return Stream(content, media_type=_TYPES[suffix], headers=headers)


@get("/exchange/interchange/{file:str}", sync_to_thread=True, dear=DEAR)
def interchange(services: WithServices, person: WithPerson, file: FromPath[str]) -> Response[bytes]:
    """Give a policy or what is known of a system in a format of other programs: NAME and what it ends with."""
    given = give(file, services, partial(visible, services, person))
    # What was found has a name of small letters, digits, hyphens and dots: nothing to quote.
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response(given.content, media_type=given.media, headers=headers)


@post("/exchange/preview", sync_to_thread=True, status_code=200, dear=LONG)
def look(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,
    data: Annotated[_Upload, Body(media_type=RequestEncodingType.MULTI_PART)],
) -> Response[Any]:
    """Show what a file would change, before it does; a long one is looked at beside the pages (see `imports`)."""
    form = Form({"what": data.what})
    what = form.choice("what", [name for name, one in LISTS.items() if one.importable])
    if data.file is None or not data.file.filename:
        form.fail("file", message("Choose a file."))
    if not form.ok or data.file is None:
        return _start(request, services, person, form, status=422)
    try:
        content, name = data.file.file.read(), data.file.filename[:100]
        sheet = None if is_long(len(content), 0) else read_sheet(content, name)
        if sheet is None or is_long(len(content), len(sheet.rows)):
            if not _may_import(services, person) or person.program:
                # It would go on with all the rights of the token's owner.
                raise PermissionDeniedException("your roles don't include imports")
            return moved(f"/exchange/imports/{begin(services, person, what, name, content)}")
        return _preview(request, services, person, what, sheet)
    except InputError as error:
        form.fail(
            "file", f"{error.message[:1].upper()}{error.message[1:]}." + (f" ({error.help})" if error.help else "")
        )
        return _start(request, services, person, form, status=422)


@post("/exchange/apply", sync_to_thread=True, status_code=200, dear=LONG)
def take(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,
    data: Annotated[dict[str, str], Body(media_type=RequestEncodingType.MULTI_PART)],
) -> Response[Any]:
    """Import what was looked at. What would come out otherwise by now is shown once more."""
    form = Form(dict(data))
    what = form.choice("what", [name for name, one in LISTS.items() if one.importable])
    why = form.text("why", required=True, longest=300)
    sheet = unpacked(data.get("sheet", ""))
    if is_long(0, len(sheet.rows)):  # the page before has carried none: whoever wrote this wants us busy
        raise InputError("this is no import that was begun here", help="choose the file again")
    if not form.ok:
        return _preview(request, services, person, what, sheet, form=form, status=422)
    made, word = preview(what, sheet, services, person)
    if word != data.get("word", ""):
        form.fail("why", message("Somebody has changed something in between. Look at what the file would do now."))
        return _preview(request, services, person, what, sheet, form=form, status=409)
    done = apply(made, services, person, why)
    if done.refused:
        made = Plan(what, done.refused, [])
        return page("exchange_done.html", request, services, person, done=done, title=TITLES[what], status=409)
    return said(
        services, "/exchange", message("%(kept)s rows of %(file)s were imported."), kept=done.kept, file=sheet.file
    )


def _start(request: AnyRequest, services: Services, person: Person, form: Form, status: int = 200) -> Html:
    listed = [(name, TITLES[name]) for name in LISTS if _sees(services, person, name)]
    wanted = [(name, TITLES[name]) for name, one in LISTS.items() if one.importable]
    policies = services.register.documents.list(Query(kind=Kind.POLICY, units=services.units(person), order="title"))
    return page(
        "exchange.html", request, services, person, status=status, form=form, lists=listed, imports=wanted,
        policies=policies.items, titles=TITLES,
        runs=ImportLog(sql_register(services)).list(person.id), may_import=_may_import(services, person),
    )  # fmt: skip


def _may_import(services: Services, person: Person) -> bool:
    return any(services.units(person, action) != frozenset() for action in (Action.ASK, Action.CHANGE))


def _preview(
    request: AnyRequest,
    services: Services,
    person: Person,
    what: str,
    sheet: Sheet,
    *,
    form: Form | None = None,
    status: int = 200,
) -> Html:
    made, word = preview(what, sheet, services, person)
    counts = [(outcome, made.count(outcome)) for outcome in ORDER]
    return page(
        "exchange_preview.html", request, services, person, status=status, form=form or Form({}), what=what,
        title=TITLES[what], plan=made, counts=counts, shown=outlook_of(made).shown, file=sheet.file, word=word,
        sheet=packed(sheet),
        useful=made.count(Outcome.CREATED) + made.count(Outcome.CHANGED),
        columns=columns_of(what, language_of(request, services, person)),
    )  # fmt: skip


def columns_of(what: str, language: str) -> dict[str, str]:
    """Return the headings of a list's columns in a language, by their keys."""
    return {column.key: column.title(language) for column in LISTS[what].columns}


def language_of(request: AnyRequest, services: Services, person: Person) -> str:
    """Return the language in which somebody reads."""
    return words_of(request, person, services.organisation().language).language


def _sees(services: Services, person: Person, name: str) -> bool:
    return services.units(person, needs(name)) != frozenset()


ROUTES = [exchange, export, interchange, look, take]
