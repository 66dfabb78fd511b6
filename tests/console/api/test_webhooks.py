"""Webhooks over HTTP, and where messages may go."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from bartizan.console.hook_targets import checked, target_of
from bartizan.console.services import Services, sql_register
from bartizan.govern.roles import Role
from bartizan.model import InputError
from bartizan.store.register.people_events import AuthEvents
from tests.console.api.conftest import Client, Clients, person

WANTED = {"url": "https://hooks.example.com/x", "kinds": ["document.created", "evidence.added"]}


def test_a_webhook_is_made_shown_and_taken_out(administrator: Client) -> None:
    made = administrator.post("/api/v1/webhooks", json=WANTED)
    assert made.status_code == 201, made.text
    secret, hook = made.json()["secret"], made.json()["webhook"]
    assert secret.startswith("whsec_")
    assert len(secret) > 40
    assert hook["active"]
    got = administrator.get(made.headers["Location"])
    assert got.json() == hook
    assert secret not in administrator.get("/api/v1/webhooks").text
    assert administrator.post(f"{made.headers['Location']}/enable").json()["active"]
    assert administrator.delete(made.headers["Location"]).status_code == 204
    assert administrator.get(made.headers["Location"]).status_code == 404
    assert administrator.delete(made.headers["Location"]).status_code == 404


def test_settings_are_changed_on_top_of_what_was_read(administrator: Client) -> None:
    made = administrator.post("/api/v1/webhooks", json=WANTED)
    url, tag = made.headers["Location"], made.headers["ETag"]
    assert administrator.get(url).headers["ETag"] == tag
    merge = {"Content-Type": "application/merge-patch+json"}

    def change(changes: dict[str, Any], **headers: str) -> Any:
        return administrator.patch(url, content=json.dumps(changes), headers={**merge, **headers})

    assert change({"unit": "claims"}).status_code == 428
    moved = change({"url": "https://other.example.com", "unit": "claims", "active": False}, **{"If-Match": tag})
    assert moved.status_code == 200, moved.text
    expected = {**made.json()["webhook"], "url": "https://other.example.com", "unit": "claims", "active": False}
    assert moved.json() == expected
    late = change({"unit": "research"}, **{"If-Match": tag})
    assert (late.status_code, late.headers["ETag"]) == (412, moved.headers["ETag"])
    for wrong in (
        {"kinds": None},
        {"kinds": ["x"]},
        {"unit": "nowhere"},
        {"url": "http://x"},
        {"secret": "x"},
        {"id": "x"},
    ):
        assert change(wrong, **{"If-Match": "*"}).status_code == 422
    assert administrator.get(url).json() == expected


def test_a_new_secret_is_shown_once(administrator: Client) -> None:
    made = administrator.post("/api/v1/webhooks", json=WANTED)
    rotated = administrator.post(f"{made.headers['Location']}/rotate", params={"hours": 0})
    assert rotated.status_code == 200
    assert rotated.json()["webhook"] == made.json()["webhook"]
    assert rotated.json()["secret"] not in (made.json()["secret"], administrator.get("/api/v1/webhooks").text)
    assert administrator.post(f"{made.headers['Location']}/rotate", params={"hours": 721}).status_code == 400


def test_what_is_done_to_webhooks_is_in_the_access_log(services: Services, administrator: Client) -> None:
    made = administrator.post("/api/v1/webhooks", json=WANTED)
    url, id = made.headers["Location"], made.json()["webhook"]["id"]
    merge = {"Content-Type": "application/merge-patch+json", "If-Match": "*"}
    administrator.patch(url, content=b'{"unit": "claims"}', headers=merge)
    administrator.post(f"{url}/rotate")
    administrator.post(f"{url}/enable")
    administrator.delete(url)
    events = AuthEvents(sql_register(services)).list(who=id).items
    kinds = ["webhook-removed", "webhook-changed", "webhook-secret-made", "webhook-changed", "webhook-made"]
    assert [one.kind for one in events] == kinds
    assert {one.person for one in events} == {person(Role.ADMINISTRATOR).id}
    assert "hooks.example.com" not in str(events), "nothing that somebody typed"


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://hooks.example.com"},
        {"url": "https://127.0.0.1/x"},
        {"url": "https://[::1]/x"},
        {"url": "https://[::ffff:10.0.0.1]/x"},
        {"url": "https://169.254.169.254/latest"},
        {"url": "https://localhost/x"},
        {"url": "https://user:pw@example.com"},
        {"url": "https://example.com/#x"},
        {"url": "https://"},
        {"url": "https://a b"},
        {"url": "https://[x/"},
        {"url": "javascript:alert(1)"},
        {"url": "https://example.com/" + "x" * 1_000},
        {"kinds": []},
        {"kinds": ["document.create"]},
        {"unit": "nowhere"},
        {"more": 1},
    ],
)
def test_a_webhook_that_can_not_be_is_refused(administrator: Client, changes: dict[str, Any]) -> None:
    got = administrator.post("/api/v1/webhooks", json={**WANTED, **changes})
    assert got.status_code == 422, got.text
    assert administrator.get("/api/v1/webhooks").json()["total"] == 0


def test_webhooks_are_the_administrators_of_their_unit(clients: Clients, reviewer: Client) -> None:
    assert reviewer.get("/api/v1/webhooks").status_code == 403
    assert reviewer.post("/api/v1/webhooks", json=WANTED).status_code == 403
    claims = clients(person(Role.ADMINISTRATOR, unit="claims"))
    assert claims.post("/api/v1/webhooks", json=WANTED).status_code == 403
    made = claims.post("/api/v1/webhooks", json={**WANTED, "unit": "claims"})
    assert made.status_code == 201
    research = clients(person(Role.ADMINISTRATOR, unit="research"))
    assert research.get("/api/v1/webhooks").json()["items"] == []
    assert research.get(made.headers["Location"]).status_code == 404
    assert research.delete(made.headers["Location"]).status_code == 404
    for action in ("rotate", "test"):
        assert research.post(f"{made.headers['Location']}/{action}").status_code == 404
    patch: Any = {
        "content": b'{"unit": ""}',
        "headers": {"Content-Type": "application/merge-patch+json", "If-Match": "*"},
    }
    assert research.patch(made.headers["Location"], **patch).status_code == 404
    assert claims.patch(made.headers["Location"], **patch).status_code == 403


def test_there_are_not_more_webhooks_than_anybody_needs(administrator: Client) -> None:
    made = [administrator.post("/api/v1/webhooks", json=WANTED).status_code for _ in range(101)]
    assert made == [201] * 100 + [422]


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "192.168.0.1", "172.16.0.1", "100.64.0.1", "0.0.0.1", "224.0.0.1", "255.255.255.255", "[fe80::1]",
     "[fc00::1]", "[64:ff9b::a00:1]", "[2002:a00:1::]", "[::a00:1]", "[::ffff:127.0.0.1]"],
)  # fmt: skip
def test_addresses_of_private_networks_are_not_called(address: str) -> None:
    with pytest.raises(InputError):
        target_of(f"https://{address}/x")
    assert target_of(f"https://{address}/x", private=True).port == 443


def test_public_addresses_are_called_as_they_are() -> None:
    assert target_of("https://192.0.1.1:8443/x")[:3] == ("192.0.1.1", 8443, "192.0.1.1")
    assert checked("https://example.com") == ("https", "example.com", 443)


def test_all_that_a_name_stands_for_has_to_be_public(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["192.0.1.1", "10.0.0.1"]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", (one, 443)) for one in answers])
    with pytest.raises(InputError, match="private network"):
        target_of("https://hooks.example.com")
    answers.pop()
    assert target_of("https://hooks.example.com") == ("hooks.example.com", 443, "192.0.1.1", True)


@pytest.mark.enable_socket
def test_a_name_that_nobody_knows_is_told() -> None:
    with pytest.raises(InputError, match="looked up"):
        target_of("https://nothing.invalid")


@pytest.mark.parametrize("host", ["8.8.8.8%2eexample.com", "8.8.8.8%2elocalhost", "%31%32%37.0.0.1"])
def test_a_host_that_others_read_as_another_one_is_refused(host: str) -> None:
    with pytest.raises(InputError, match="is none"):
        target_of(f"https://{host}/x")


@pytest.mark.parametrize("host", ["localhost", "localhost.", "x.localhost"])
def test_this_machine_is_not_called(host: str) -> None:
    with pytest.raises(InputError, match="on this machine"):
        checked(f"https://{host}/x")
