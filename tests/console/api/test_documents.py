"""Documents over HTTP: read, list, change, compare, delete."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from bartizan.console.services import Services
from bartizan.govern.roles import Role
from bartizan.model.documents import Kind, parse_document
from bartizan.model.documents.plain import plain
from tests.console.api.conftest import Client, Clients, alone, example, keep, person

WHY = {"Bartizan-Why": "a test"}
NEW = {**WHY, "If-None-Match": "*"}
TOOL = alone(Kind.TOOL)


def put(client: Client, document: Any, headers: dict[str, str] = NEW, **more: Any) -> Any:
    """Send a document to its address."""
    kind = Kind(document["kind"])
    return client.put(f"/api/v1/{kind.plural}/{document['name']}", json=document, headers=headers, **more)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.ORGANISATION])
def test_every_kind_is_created_and_read_back_as_it_was_sent(reviewer: Client, kind: Kind) -> None:
    made = put(reviewer, alone(kind))
    assert made.status_code == 201, made.text
    assert made.headers["Bartizan-Result"] == "created"
    assert made.headers["Location"].endswith(f"/{kind.plural}/{alone(kind)['name']}")
    got = reviewer.get(made.headers["Location"])
    assert got.headers["ETag"] == made.headers["ETag"]
    assert parse_document(got.content, "got") == parse_document(json.dumps(alone(kind)).encode(), "sent")


def test_the_organisation_is_the_administrators(reviewer: Client, administrator: Client) -> None:
    tag = administrator.get("/api/v1/organisations/organisation").headers["ETag"]
    document = {**alone(Kind.ORGANISATION), "spec": {"title": "Renamed"}}
    headers = {**WHY, "If-Match": tag}
    assert put(reviewer, document, headers).status_code == 403
    assert put(administrator, document, headers).headers["Bartizan-Result"] == "configured"


def test_a_document_is_given_as_yaml_and_taken_as_yaml(reviewer: Client) -> None:
    put(reviewer, TOOL)
    got = reviewer.get("/api/v1/tools/meeting-notes", headers={"Accept": "application/yaml"})
    assert got.headers["Content-Type"].startswith("application/yaml")
    assert got.headers["ETag"].endswith('-yaml"')
    changed = got.text.replace("Meeting notes", "Meeting minutes")
    headers = {**WHY, "If-Match": got.headers["ETag"], "Content-Type": "application/yaml"}
    done = reviewer.put("/api/v1/tools/meeting-notes", content=changed, headers=headers)
    assert (done.status_code, done.headers["Bartizan-Result"]) == (200, "configured")
    assert done.json()["spec"]["title"] == "Meeting minutes"
    assert reviewer.get("/api/v1/tools/meeting-notes", headers={"Accept": "text/html"}).status_code == 406


def test_a_change_says_on_top_of_what_it_is_made(reviewer: Client) -> None:
    tag = put(reviewer, TOOL).headers["ETag"]
    assert put(reviewer, TOOL, WHY).status_code == 428
    assert put(reviewer, TOOL).status_code == 412
    assert put(reviewer, TOOL, {**WHY, "If-Match": '"1-0000"'}).status_code == 412
    assert put(reviewer, TOOL, {**WHY, "If-Match": f"W/{tag}"}).status_code == 412
    assert put(reviewer, TOOL, {**NEW, "If-Match": tag}).status_code == 400
    same = put(reviewer, TOOL, {**WHY, "If-Match": tag})
    assert (same.status_code, same.headers["Bartizan-Result"], same.headers["ETag"]) == (200, "unchanged", tag)
    assert put(reviewer, {**TOOL, "name": "none"}, {**WHY, "If-Match": "*"}).status_code == 412
    late = put(reviewer, TOOL, {**WHY, "If-Match": f'"9-x", {tag}'})
    assert late.status_code == 200


def test_a_change_says_why(reviewer: Client, services: Services) -> None:
    silent = put(reviewer, TOOL, {"If-None-Match": "*"})
    assert (silent.status_code, silent.json()["type"]) == (400, "urn:bartizan:problem:why-required")
    url = "/api/v1/tools/meeting-notes?why=Gr%C3%BCnde"
    assert reviewer.put(url, json=TOOL, headers={"If-None-Match": "*"}).status_code == 201
    assert services.register.documents.history(Kind.TOOL, "meeting-notes")[0].why == "Gründe"
    other = {**TOOL, "name": "other"}
    assert put(reviewer, other, {"If-None-Match": "*", "Bartizan-Why": "x" * 501}).status_code == 400


def test_the_reason_in_the_header_is_utf_8(reviewer: Client, services: Services) -> None:
    headers: Any = {b"If-None-Match": b"*", b"Bartizan-Why": "geprüft".encode()}
    assert reviewer.put("/api/v1/tools/meeting-notes", json=TOOL, headers=headers).status_code == 201
    assert services.register.documents.history(Kind.TOOL, "meeting-notes")[0].why == "geprüft"


def test_a_version_that_the_caller_has_is_not_sent_again(reviewer: Client) -> None:
    tag = put(reviewer, TOOL).headers["ETag"]
    again = reviewer.get("/api/v1/tools/meeting-notes", headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert reviewer.get("/api/v1/tools/meeting-notes", headers={"If-None-Match": '"x"'}).status_code == 200


def test_a_dry_run_checks_and_changes_nothing(reviewer: Client, services: Services) -> None:
    done = put(reviewer, TOOL, params={"dry_run": "true"})
    assert (done.status_code, done.headers["Bartizan-Result"]) == (200, "created")
    assert services.register.documents.get(Kind.TOOL, "meeting-notes") is None
    keep(services, example(Kind.TOOL))
    changed = {**TOOL, "spec": {**TOOL["spec"], "about": "more"}}
    tag = reviewer.get("/api/v1/tools/meeting-notes").headers["ETag"]
    done = put(reviewer, changed, {**WHY, "If-Match": tag}, params={"dry_run": "true"})
    assert (done.headers["Bartizan-Result"], done.headers["Bartizan-Version"]) == ("configured", "2")
    assert services.register.documents.get(Kind.TOOL, "meeting-notes").version == 1  # type: ignore[union-attr]


def test_parts_are_changed_by_a_merge_patch(reviewer: Client) -> None:
    tag = put(reviewer, TOOL).headers["ETag"]
    headers = {**WHY, "If-Match": tag, "Content-Type": "application/merge-patch+json"}
    url = "/api/v1/tools/meeting-notes"
    done = reviewer.patch(url, content=json.dumps({"spec": {"owner": "Ben", "plan": None}}), headers=headers)
    assert done.status_code == 200, done.text
    assert done.json()["spec"]["owner"] == "Ben"
    assert "plan" not in done.json()["spec"]
    headers["If-Match"] = done.headers["ETag"]
    assert reviewer.patch(url, content=b'{"spec": {"title": null}}', headers=headers).status_code == 422
    assert reviewer.patch(url, content=b"[", headers=headers).status_code == 422
    assert reviewer.patch(url, json={}, headers={**WHY, "If-Match": tag}).status_code == 415
    assert reviewer.patch("/api/v1/tools/other", content=b"{}", headers=headers).status_code == 404


def test_a_document_is_taken_out_and_its_versions_stay(reviewer: Client, services: Services) -> None:
    tag = put(reviewer, TOOL).headers["ETag"]
    assert reviewer.delete("/api/v1/tools/meeting-notes", headers=WHY).status_code == 428
    done = reviewer.delete("/api/v1/tools/meeting-notes", headers={**WHY, "If-Match": tag})
    assert (done.status_code, done.content) == (204, b"")
    assert reviewer.get("/api/v1/tools/meeting-notes").status_code == 404
    assert services.register.documents.version(Kind.TOOL, "meeting-notes", 1) is not None


def test_versions_are_listed_read_and_compared(reviewer: Client) -> None:
    tag = put(reviewer, TOOL).headers["ETag"]
    put(reviewer, {**TOOL, "spec": {**TOOL["spec"], "about": "Writes minutes"}}, {**WHY, "If-Match": tag})
    url = "/api/v1/tools/meeting-notes"
    listed = reviewer.get(f"{url}/versions").json()
    assert [(one["version"], one["action"]) for one in listed["items"]] == [(2, "updated"), (1, "created")]
    assert reviewer.get(f"{url}/versions/1").json() == TOOL
    assert reviewer.get(f"{url}/versions/3").status_code == 404
    assert reviewer.get(f"{url}/versions/99999999999999999999").status_code == 404
    told = reviewer.get(f"{url}/differences", params={"from": 1}).json()
    assert (told["from"], told["to"]) == (1, 2)
    assert told["differences"] == [{"path": "spec.about", "before": "", "after": "Writes minutes"}]
    assert reviewer.get(f"{url}/differences", params={"from": 2, "to": 2}).json()["differences"] == []
    assert reviewer.get(f"{url}/differences").status_code == 400


def test_lists_go_page_by_page_and_link_to_the_next(reviewer: Client, services: Services) -> None:
    for number in range(5):
        keep(services, example(Kind.TOOL, name=f"tool-{number}", title=f"Tool {number}"))
    seen, url, page = [], "/api/v1/tools?limit=2&order=-name", reviewer.get("/api/v1/tools")
    for _ in range(3):
        page = reviewer.get(url)
        seen += [one["name"] for one in page.json()["items"]]
        url = page.links.get("next", {}).get("url", "")
    assert seen == [f"tool-{number}" for number in (4, 3, 2, 1, 0)]
    assert url == ""
    assert page.json()["total"] == 5
    found = reviewer.get("/api/v1/tools", params={"text": "tool 3", "state": "unreviewed"}).json()
    assert [one["name"] for one in found["items"]] == ["tool-3"]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "order=size", "statee=x", "limit=1&limit=2", "text=%00", "above=maybe",
     "tier=tier-1", "order=risk"],
)  # fmt: skip
def test_a_wrong_query_is_told(reviewer: Client, query: str) -> None:
    got = reviewer.get(f"/api/v1/tools?{query}")
    assert (got.status_code, got.headers["Content-Type"]) == (400, "application/problem+json")
    assert got.json()["detail"][0] in "`abcdefghijklmnopqrstuvwxyz"


def test_a_cursor_that_is_none_is_told(reviewer: Client) -> None:
    assert reviewer.get("/api/v1/tools", params={"after": "?"}).status_code == 422


def test_mistakes_are_told_with_place_and_pointer(reviewer: Client) -> None:
    body = b'{"kind": "Tool", "name": "x",\n "spec": {"title": 5, "standing": "fine",\n "claims": [{"criterion": 1}]}}'
    headers = {**NEW, "Content-Type": "application/json"}
    got = reviewer.put("/api/v1/tools/x", content=body, headers=headers)
    assert got.status_code == 422
    errors = {one["pointer"]: one for one in got.json()["errors"]}
    assert errors["/spec/standing"]["line"] == 2
    assert "/spec/claims/0" in errors
    assert errors["/spec/claims/0"]["line"] == 3


@pytest.mark.parametrize(
    ("type", "body", "status"),
    [
        ("application/json", b"{", 422),
        ("application/json", b"kind: Tool", 422),
        ("application/json", b"", 422),
        ("application/json", b"\xff", 422),
        ("application/json", b"[" * 50_000, 422),
        ("application/json", b'{"a": 1, "a": 2}', 422),
        ("application/json", b'{"a": NaN}', 422),
        ("application/json", b'{"kind": "Tool", "name": "x", "spec": {"title": "a\\u0000b"}}', 422),
        ("application/json", b'{"kind": "Tool", "name": "x", "spec": {"title": "\\ud800"}}', 422),
        ("application/json", b'{"kind": "Vendor", "name": "x", "spec": {"title": "x"}}', 422),
        ("application/json", b'{"kind": "Tool", "name": "y", "spec": {"title": "x"}}', 422),
        ("application/yaml", b"kind: Tool\nname: x\nspec: {title: !!python/name:os.system x}", 422),
        ("text/plain", b"{}", 415),
        ("", b"{}", 415),
    ],
)
def test_bodies_that_are_no_document_are_refused(reviewer: Client, type: str, body: bytes, status: int) -> None:
    headers = {**NEW, **({"Content-Type": type} if type else {})}
    got = reviewer.put("/api/v1/tools/x", content=body, headers=headers)
    assert got.status_code == status, got.text
    assert got.headers["Content-Type"] == "application/problem+json"


def test_any_text_that_json_can_hold_is_kept_as_it_is(reviewer: Client) -> None:
    text = 'tab\t line\u2028 next\x85 del\x7f bom\ufeff face \U0001f600 slash / back \\ \\u0041 "quote" # : - \r\n end'
    document = {**TOOL, "spec": {"title": "x", "about": text}}
    for number, body in enumerate([json.dumps(document), json.dumps(document, ensure_ascii=False, indent="\t")]):
        name = f"tool-{number}"
        content = body.replace("meeting-notes", name).replace("slash /", "slash \\/")
        headers = {**NEW, "Content-Type": "application/json"}
        made = reviewer.put(f"/api/v1/tools/{name}", content=content.encode(), headers=headers)
        assert made.status_code == 201, made.text
        assert made.json()["spec"]["about"] == text


def test_what_a_body_may_weigh_is_bounded(reviewer: Client) -> None:
    headers = {**NEW, "Content-Type": "application/json"}
    got = reviewer.put("/api/v1/tools/x", content=b" " * (21 << 20), headers=headers)
    assert got.status_code == 413
    assert got.headers["Content-Type"] == "application/problem+json"


def test_others_units_are_as_if_they_were_not_there(clients: Clients, services: Services) -> None:
    keep(services, example(Kind.SYSTEM))
    other = clients(person(Role.ENGINEER, unit="research"))
    url = "/api/v1/systems/claims-assistant"
    absent = other.get("/api/v1/systems/no-such-one").json()
    for path in ("", "/versions", "/versions/1", "/differences?from=1", "/assessment", "/controls", "/review"):
        got = other.get(url + path)
        assert got.status_code == 404
        assert got.json() == {**absent, "detail": absent["detail"].replace("no-such-one", "claims-assistant")}
    assert other.get("/api/v1/systems").json()["total"] == 0
    taken = put(other, plain(example(Kind.SYSTEM, unit="research")))
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:bartizan:problem:taken")
    assert "ETag" not in taken.headers
    assert other.delete(url, headers={**WHY, "If-Match": "*"}).status_code == 404
    mine = clients(person(Role.ENGINEER, unit="claims"))
    assert mine.get(url).status_code == 200


def test_a_document_can_not_be_moved_out_of_or_into_a_unit_that_is_not_ones_own(
    clients: Clients, services: Services
) -> None:
    stored = keep(services, example(Kind.SYSTEM))
    mine = clients(person(Role.ENGINEER, unit="claims"))
    moved = plain(example(Kind.SYSTEM, unit="research"))
    headers = {**WHY, "If-Match": f'"{stored.version}-{stored.digest}"'}
    assert put(mine, moved, headers).status_code == 403


def test_an_earlier_version_of_another_unit_stays_out_of_sight(clients: Clients, services: Services) -> None:
    keep(services, example(Kind.SYSTEM, unit="research"))
    keep(services, example(Kind.SYSTEM, unit="claims"))
    mine = clients(person(Role.ENGINEER, unit="claims"))
    url = "/api/v1/systems/claims-assistant"
    assert mine.get(f"{url}/versions/2").status_code == 200
    assert mine.get(f"{url}/versions/1").status_code == 404
    assert mine.get(f"{url}/differences?from=1").status_code == 404
    assert [one["version"] for one in mine.get(f"{url}/versions").json()["items"]] == [2]


def test_two_at_once_and_the_second_is_told(reviewer: Client, services: Services) -> None:
    tag = put(reviewer, TOOL).headers["ETag"]
    keep(services, example(Kind.TOOL, about="in between"))
    late = put(reviewer, {**TOOL, "spec": {**TOOL["spec"], "about": "mine"}}, {**WHY, "If-Match": tag})
    assert late.status_code == 412
    assert late.headers["ETag"] == reviewer.get("/api/v1/tools/meeting-notes").headers["ETag"]
    assert msgspec.json.decode(late.content)["help"]


@pytest.mark.parametrize("path", ["/tools/..%2f..", "/tools/%00", "/tools/A", "/nothing", "/tools/x/y", "/systems//x"])
def test_addresses_that_lead_nowhere_are_problems(reviewer: Client, path: str) -> None:
    got = reviewer.get(f"/api/v1{path}")
    assert got.status_code == 404
    assert got.headers["Content-Type"] == "application/problem+json"


def test_nobody_is_asked_to_sign_in(clients: Clients) -> None:
    nobody = clients(None)
    for path in ("/tools", "/tools/x", "/evidence", "/trail", "/me", "/webhooks", "/catalog/threats"):
        got = nobody.get(f"/api/v1{path}")
        assert got.status_code == 401
        assert got.headers["WWW-Authenticate"].startswith("Bearer")
        assert got.headers["Content-Type"] == "application/problem+json"
    assert nobody.put("/api/v1/tools/x", json=TOOL, headers=NEW).status_code == 401
