"""Guessing ids across business units: what isn't yours to see is answered as what isn't there, on every address."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from httpx import Response

from bartizan.model.documents import Kind
from bartizan.model.documents.plain import plain
from tests.console.bad_input.ground import OTHER, Ground, Route, seed

_NOBODYS = "nobody-has-this-name"
_NONE = {"name": _NOBODYS, "file": f"{_NOBODYS}.oscal-catalog.json", "id": "999999"}
_WITHOUT = (
    "/catalog", "/api/v1/catalog", "/signin", "/signout", "/enrol", "/static", "/api/v1/openapi.json", "/preferences",
    "/profile", "/administration", "/access", "/organisations", "/exchange/export", "/approvals", "/acceptances",
    "/api/v1/webhooks",
)  # fmt: skip
"""Addresses of which a variable is no document of a unit; accounts, sessions and webhooks have tests of their own."""


def _about_documents(ground: Ground, names: dict[str, str] | None = None) -> list[Route]:
    """Return the addresses that lead to one document, or to what belongs to one."""
    found = [one for one in ground.routes(names) if "{" in one.template and not one.template.startswith(_WITHOUT)]
    # A name is taken or not, for everybody: to put a document there is another test.
    return [one for one in found if "organisations" not in one.template and one.method != "PUT"]


def _sent(route: Route) -> dict[str, Any]:
    """Return a body that would be taken of whoever may."""
    if not route.template.startswith("/api/"):
        return {"data": {"version": "1", "why": "curious"}} if route.method == "POST" else {}
    headers = {"if-match": "*", "bartizan-why": "curious"}
    if route.method == "PATCH":
        return {"content": b'{"unit": "health"}', "headers": headers | {"content-type": "application/merge-patch+json"}}
    return {"headers": headers, "params": {"from": "1"} if route.template.endswith("/differences") else {}}


def _ask(ground: Ground, route: Route, by: str) -> Response:
    return ground.ask(route.method, route.path, by, **_sent(route))


def _without(answer: Response, route: Route, ground: Ground) -> str:
    """Return an answer without what was asked for."""
    text = answer.text.replace(route.path, "*")
    for part in sorted({*route.path.split("/"), *ground.names.values()} - {""}, key=len, reverse=True):
        text = text.replace(part, "*") if len(part) > 3 and part not in route.template else text
    return text


def test_what_belongs_to_another_unit_is_as_if_it_were_not_there(ground: Ground) -> None:
    wrong = []
    routes = _about_documents(ground)
    missing = {(one.template, one.method): one for one in _about_documents(ground, _NONE)}
    for route in routes:
        theirs = _ask(ground, route, "far")
        nobodys = _ask(ground, missing[route.template, route.method], "far")
        same = _without(theirs, route, ground) == _without(nobodys, missing[route.template, route.method], ground)
        if theirs.status_code != 404 or nobodys.status_code != 404 or not same:
            wrong.append((route.method, route.template, theirs.status_code, nobodys.status_code, same))
    assert not wrong
    assert len(routes) > 60


def test_who_is_of_the_unit_reaches_all_of_it(ground: Ground) -> None:
    """The walk would prove nothing if the addresses led nowhere."""
    for route in _about_documents(ground):
        if route.method == "GET":
            # A form for what is decided or published can't be shown; nothing is answered as if it weren't there.
            if route.template.endswith("/decide"):
                continue  # It is about a threat of the query; without one there is nothing to decide.
            if "/imports/" in route.template:
                continue  # It is for who began it alone.
            allowed = {200, 400} if "/statements/" in route.template or "/edit" in route.template else {200}
            assert _ask(ground, route, "near").status_code in allowed, route


@pytest.mark.parametrize("by", ["far", "none"])
def test_no_list_and_no_file_names_what_belongs_to_another_unit(ground: Ground, by: str) -> None:
    titles = {seed(kind).title for kind in Kind if kind is not Kind.ORGANISATION}
    names = {name for kind, name in ground.names.items() if kind is not Kind.ORGANISATION}
    seen = 0
    for route in ground.routes():
        if route.method != "GET" or ("{" in route.template and "export" not in route.template):
            continue
        answer = ground.ask("GET", route.path, by)
        assert answer.status_code in (200, 303, 403, 404), route
        told = {one for one in titles | names if one in answer.text}
        assert not told, (route.path, told)
        seen += 1
    assert seen > 25


def test_a_threat_is_for_who_sees_the_system(ground: Ground) -> None:
    system = f"/systems/{ground.names[Kind.SYSTEM]}"
    found = re.search(r"/decide\?threat=([^\"]+)", ground.ask("GET", f"{system}/threats", "near").text)
    assert found
    path = f"{system}/decide?threat={found[1]}"
    assert ground.ask("GET", path, "near").status_code == 200
    assert ground.ask("GET", path, "far").status_code == 404


def test_a_list_says_what_is_there_to_who_is_of_the_unit(ground: Ground) -> None:
    for plural in ("tools", "vendors", "sandboxes", "exceptions", "policies", "systems"):
        kind = next(one for one in Kind if one.plural == plural)
        path = "/" if plural == "systems" else f"/{plural}"
        assert ground.names[kind] in ground.ask("GET", path, "near").text, plural


@pytest.mark.parametrize("list_id", ["systems", "controls", "evidence", "tools", "vendors", "sandboxes", "exceptions",
                                     "policies", "trail"])  # fmt: skip
def test_exported_lists_end_at_the_unit(ground: Ground, list_id: str) -> None:
    near, far = (ground.ask("GET", f"/exchange/export/{list_id}.csv", by) for by in ("near", "far"))
    names = [name for kind, name in ground.names.items() if kind is not Kind.ORGANISATION]
    assert near.status_code == 200
    assert any(name in near.text for name in names)
    assert far.status_code == 200
    assert not any(name in far.text for name in names)


def test_a_document_can_not_be_taken_over_by_a_new_one_of_its_name(ground: Ground) -> None:
    for kind in Kind:
        if kind is Kind.ORGANISATION:
            continue
        document = msgspec.structs.replace(seed(kind), unit=OTHER)
        headers = {"if-none-match": "*", "bartizan-why": "mine", "content-type": "application/json"}
        path = f"/api/v1/{kind.plural}/{document.name}"
        answer = ground.ask("PUT", path, "far", content=msgspec.json.encode(plain(document)), headers=headers)
        assert answer.status_code in (404, 409, 412, 422), (kind, answer.status_code)
        stored = ground.register.documents.get(kind, document.name)
        assert stored is not None
        assert (stored.version, stored.document.unit) == (1, "claims")


def test_a_document_can_not_be_moved_into_a_unit_of_others(ground: Ground) -> None:
    for kind in Kind:
        if kind is Kind.ORGANISATION:
            continue
        headers = {"if-match": "*", "bartizan-why": "away", "content-type": "application/merge-patch+json"}
        path = f"/api/v1/{kind.plural}/{ground.names[kind]}"
        answer = ground.ask("PATCH", path, "near", content=b'{"unit": "health"}', headers=headers)
        assert answer.status_code == 403, (kind, answer.status_code, answer.text)
