"""The specification: exact, whole, and held to what the API really does."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from litestar import Litestar, Router
from litestar.di import Provide
from litestar.routes import HTTPRoute

from bartizan.console.api import ROUTES
from bartizan.console.api.description import description
from bartizan.console.api.examples import EXAMPLES
from bartizan.console.api.operations import OPERATIONS
from bartizan.console.api.words import PROBLEMS
from bartizan.model.documents import Kind, parse_document
from bartizan.model.documents.plain import plain
from tests.console.api.conftest import Clients


def test_every_route_is_an_operation_and_every_operation_a_route() -> None:
    given = {name: Provide(lambda: None, sync_to_thread=False) for name in ("services", "person")}
    app = Litestar([Router(path="/", route_handlers=ROUTES)], openapi_config=None, dependencies=given)
    routes = {
        (method.lower(), re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path.removeprefix("/api/v1")))
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
        if method != "OPTIONS"
    }
    assert routes == {(one.method, one.path) for one in OPERATIONS}
    assert len({one.id for one in OPERATIONS}) == len(OPERATIONS)


def test_everybody_may_read_it(clients: Clients) -> None:
    got = clients(None).get("/api/v1/openapi.json")
    assert got.status_code == 200
    assert got.json() == msgspec.json.decode(msgspec.json.encode(description()))
    assert got.json()["openapi"] == "3.1.0"


def test_every_reference_leads_somewhere() -> None:
    made = description()

    def check(value: Any) -> int:
        if isinstance(value, list):
            return sum(check(one) for one in value)
        if not isinstance(value, dict):
            return 0
        if isinstance(value.get("$ref"), str):
            found: Any = made
            for part in value["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            return 1
        return sum(check(one) for one in value.values())

    assert check(made) > 300


def test_every_problem_that_an_operation_has_is_described() -> None:
    # Who asks too often is told so by every operation that asks who it is.
    assert {429, *(status for one in OPERATIONS for status in one.problems)} == set(PROBLEMS)


@pytest.mark.parametrize("kind", Kind)
def test_the_example_of_each_kind_is_a_document(kind: Kind) -> None:
    document = parse_document(msgspec.json.encode(EXAMPLES[kind]), "example")
    assert document.kind is kind
    assert parse_document(msgspec.json.encode(plain(document)), "plain") == document


def test_parameters_say_their_bounds() -> None:
    listed = {one["name"]: one for one in description()["paths"]["/tools"]["get"]["parameters"]}
    assert listed["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}
    assert listed["state"]["schema"]["type"] == "array"
    compared = description()["paths"]["/tools/{name}/differences"]["get"]["parameters"]
    assert [one["name"] for one in compared if one["required"]] == ["name", "from"]
