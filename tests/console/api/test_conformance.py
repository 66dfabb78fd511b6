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
from tests.console.api.conftest import example, keep

schemathesis: Any = pytest.importorskip("schemathesis", reason="schemathesis is not installed")

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
EVERYBODY = Person(id="anna", roles={"": frozenset(Role)})
TOKEN = {"Authorization": "Bearer good"}
EXISTING = {"name": "meeting-notes", "part": "controls", "id": "log-redaction"}


class ByToken:
    """Knows one token."""

    def person(self, request: AnyRequest) -> Person | None:
        """Return whose it is."""
        return EVERYBODY if request.headers.get("authorization") == TOKEN["Authorization"] else None


@pytest.fixture
def schema(services: Services) -> Any:
    """Give the specification as the application serves it, over some documents."""
    for kind in (Kind.TOOL, Kind.SYSTEM, Kind.VENDOR):
        keep(services, example(kind))
    keep(services, replace_name(Kind.SYSTEM))
    app = make_app(services, ByToken(), routes=ROUTES)
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


def replace_name(kind: Kind) -> Any:
    """Return the example of a kind under the name of the tool."""
    return example(kind, name=EXISTING["name"])


def excluded() -> list[Any]:
    """Return checks that don't hold here, each for a reason."""
    checks = schemathesis.specs.openapi.checks
    # References between ids, preconditions and four eyes are beyond a schema, so what fits it may be refused.
    return [checks.positive_data_acceptance]


@pytest.mark.parametrize("operation", OPERATIONS, ids=[one.id for one in OPERATIONS])
def test_what_is_answered_is_what_the_specification_says(schema: Any, operation: Any) -> None:
    found = schema[operation.path][operation.method.upper()]

    @given(case=found.as_strategy())
    @settings(max_examples=15, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    def hold(case: Any) -> None:
        case.headers.pop("Authorization", None)
        case.call_and_validate(headers=TOKEN, excluded_checks=excluded())
        # Made-up names are nobody's: the same once more at something that is there, and on top of it.
        for key in case.path_parameters:
            case.path_parameters[key] = EXISTING.get(key, case.path_parameters[key])
        headers = {**TOKEN, "Bartizan-Why": "a test"}
        if operation.method in ("put", "patch", "delete"):
            headers["If-Match"] = "*"
            case.headers.pop("If-None-Match", None)
        case.call_and_validate(headers=headers, excluded_checks=excluded())
        response = case.call()
        assert response.status_code in ({200, 400} if operation.open else {400, 401})

    hold()
