"""The API against its own specification, with requests that schemathesis makes up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from bartizan.console.access import AnyRequest
from bartizan.console.api import ROUTES
from bartizan.console.api.operations import OPERATIONS
from bartizan.console.app import make_app
from bartizan.console.services import Services
from bartizan.govern.roles import Person, Role
from bartizan.model.documents import Kind
from tests.console.api.conftest import alone, example, keep

schemathesis: Any = pytest.importorskip("schemathesis", reason="schemathesis is not installed")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
EVERYBODY = Person(id="anna", roles={"": frozenset(Role)})
TOKEN = {"Authorization": "Bearer good"}
KINDS = {kind.plural: kind for kind in Kind}
THOROUGH = ("/tools", "/systems")
"""Of the kinds, which have the same operations, these are tried more often than the others."""


class ByToken:
    """Knows one token."""

    def person(self, request: AnyRequest) -> Person | None:
        """Return whose it is."""
        return EVERYBODY if request.headers.get("authorization") == TOKEN["Authorization"] else None


@pytest.fixture
def schema(services: Services) -> Any:
    """Give the specification as the application serves it, over a document of each kind."""
    for kind in Kind:
        keep(services, example(kind))
    app = make_app(services, ByToken(), routes=ROUTES)
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


def excluded() -> list[Any]:
    """Return checks that don't hold here, each for a reason."""
    checks = schemathesis.specs.openapi.checks
    # References between ids, preconditions and four eyes are beyond a schema, so what fits it may be refused.
    return [checks.positive_data_acceptance]


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.id for one in OPERATIONS])
def test_what_is_answered_is_what_the_specification_says(schema: Any, operation: Any) -> None:
    found = schema[operation.path][operation.method.upper()]

    kind = KINDS.get(operation.path.split("/")[1])
    there = {"name": alone(kind)["name"] if kind else "", "part": "controls", "id": "log-redaction", "version": 1,
             "file": f"{alone(Kind.SYSTEM)['name']}.oscal-ssp.json"}  # fmt: skip
    tries = 8 if kind is None or operation.path.startswith(THOROUGH) else 3

    @given(case=found.as_strategy())
    @settings(max_examples=tries, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    def hold(case: Any) -> None:
        case.headers.pop("Authorization", None)
        case.call_and_validate(headers=TOKEN, excluded_checks=excluded())
        # Made-up names are nobody's: the same once more at something that is there, and on top of it.
        for key in case.path_parameters:
            case.path_parameters[key] = there[key]
        if isinstance(case.body, dict) and "name" in case.body:
            case.body["name"] = there["name"]
        headers = {**TOKEN, "Bartizan-Why": "a test"}
        if operation.method in ("put", "patch", "delete"):
            headers["If-Match"] = "*"
            case.headers.pop("If-None-Match", None)
        case.call_and_validate(headers=headers, excluded_checks=excluded())
        response = case.call()
        assert response.status_code in ({200, 400} if operation.open else {400, 401})

    hold()
