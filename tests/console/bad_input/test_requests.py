"""Requests of other sites, odd methods, addresses and queries, huge bodies: refused, logged, and nothing breaks."""

from __future__ import annotations

import logging
from urllib.parse import quote

import pytest

from bartizan.console.identity.origin import OPEN
from bartizan.console.mistakes import told_path
from bartizan.model.documents import Kind
from tests.console.bad_input.ground import Ground, Route, routes_of
from tests.console.bad_input.reading import in_part
from tests.console.bad_input.real import Real
from tests.console.identity.house import ADDRESS

_CHANGES = ("POST", "PUT", "PATCH", "DELETE")
_ELSEWHERE = {
    "another site": {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    "another site that leads here": {
        "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "origin": "null",
    },
    "a neighbour": {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:8400"},
    "an old browser elsewhere": {"sec-fetch-site": "", "origin": "https://evil.example"},
    "an old browser that hides it": {"sec-fetch-site": "", "origin": "null"},
    "one that lies about the host": {"sec-fetch-site": "same-origin", "origin": ADDRESS, "host": "evil.example"},
}  # fmt: skip
_NAMES = ["%00", "a%00b", "%2e%2e%2f", "..%2f..%2fetc%2fpasswd", "%0d%0aSet-Cookie:%20w1=1", "%ff%fe", "a" * 2_000,
          quote("\u202eodd"), quote("'; DROP TABLE document; --"), "%5c%5cserver%5cshare", "-1", "1e400", "9" * 40,
          "{{7*7}}", "%25s%25n", "nul", "con.txt", quote("<img src=x onerror=w1()>")]  # fmt: skip
_QUERY = (
    *("after", "before", "skip", "seen", "order", "text", "state", "tier", "above", "worst", "unit"),
    *("kind", "class", "category", "tool", "system", "component", "from", "to", "version", "limit", "source"),
    *("path", "next", "for", "principal", "decision", "rule", "control", "owner", "month", "page", "days"),
    *("outcome"),
)
_VALUES = ["\0", "9" * 40, "-1", "1e999", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
           "'\"><img src=x>", "a" * 1_000, "../../etc/passwd", "%", "٣", "nan"]  # fmt: skip


def _sessions(real: Real) -> int:
    return len(real.identity.sessions.list("boss", now=real.services.now()))


def _every(real: Real, *methods: str) -> list[Route]:
    return [one for one in routes_of(real.inner) if one.method in methods]


@pytest.mark.parametrize("who", _ELSEWHERE)
def test_nothing_is_changed_by_a_request_of_another_site(real: Real, who: str) -> None:
    real.keep()
    browser = real.signed_in("boss")
    before, sessions = real.changes(), _sessions(real)
    headers = {name: value for name, value in _ELSEWHERE[who].items() if value}
    for name in set(_ELSEWHERE[who]) - set(headers):
        del browser.headers[name]
    routes = _every(real, *_CHANGES)
    for route in routes:
        answer = browser.request(route.method, route.path, headers=headers, content=b"why=x&version=1")
        assert answer.status_code in (403, 421), (route, answer.status_code)
        assert "set-cookie" not in answer.headers
    assert real.changes() == before
    assert _sessions(real) == sessions
    assert len(routes) > 70


def test_pages_are_not_taken_in_by_another_site(real: Real) -> None:
    browser = real.signed_in("boss")
    for route in [one for one in _every(real, "GET") if one.path not in OPEN]:
        for dest in ("script", "image", "iframe", "object", "empty"):
            headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": dest}
            assert browser.get(route.path, headers=headers).status_code == 403, route


def test_every_answer_has_the_headers_that_protect_it(real: Real) -> None:
    real.keep()
    browser = real.signed_in("boss")
    for route in [*_every(real, "GET"), Route("/nowhere", "/nowhere", "GET"), Route("", "/api/v1/nowhere", "GET")]:
        answer = browser.get(route.path)
        said = answer.headers
        policy = said["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'"), route
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert said["x-content-type-options"] == "nosniff", route
        assert said["referrer-policy"] == "same-origin", route
        assert said["cross-origin-resource-policy"] == "same-origin", route
        assert "access-control-allow-origin" not in said
        if not route.path.startswith("/static/"):
            # What describes the API is the same for everybody.
            kept = (
                ("public, max-age=300",) if route.path.endswith("openapi.json") else ("no-store", "private, no-cache")
            )
            assert said["cache-control"] in kept, (route, said["cache-control"])


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "TRACK", "PUT", "DELETE", "PATCH", "POST"])
def test_methods_that_an_address_does_not_have_do_nothing(real: Real, method: str) -> None:
    real.keep(Kind.TOOL)
    browser = real.signed_in("boss")
    templates = {one.template for one in _every(real, method)}
    for route in _every(real, "GET"):
        if route.template not in templates and "/signin" not in route.template:
            answer = browser.request(method, route.path)
            assert answer.status_code in (400, 403, 404, 405), (route, answer.status_code)
    assert real.version(Kind.TOOL) == 1


def test_what_answers_get_answers_head_with_the_same_headers_and_no_body(ground: Ground) -> None:
    routes = [one for one in ground.routes() if one.method == "GET"]
    for route in routes:
        got, head = ground.ask("GET", route.path), ground.ask("HEAD", route.path)
        assert head.status_code == got.status_code, route
        assert set(head.headers) == set(got.headers), route
        assert head.headers.get("content-type") == got.headers.get("content-type"), route
        assert head.content == b"", route
    page = "/tools"
    assert ground.ask("HEAD", page).headers == ground.ask("GET", page).headers
    assert ground.ask("HEAD", "/preferences").status_code == 405
    assert ground.ask("OPTIONS", page).headers["allow"] == "GET, OPTIONS"
    assert len(routes) > 70


@pytest.mark.parametrize("name", in_part(_NAMES, 3))
def test_odd_names_in_addresses_lead_nowhere(ground: Ground, name: str) -> None:
    names = dict.fromkeys(("name", "id", "part", "file", "form", "format", "plural", "version", "digest", "provider",
                           "session", "token", "secret", "number"), name)  # fmt: skip
    for route in ground.routes(names):
        if "{" not in route.template:
            continue
        answer = ground.ask(route.method, route.path)
        assert 300 <= answer.status_code < 500, (route, answer.status_code)
        assert "Traceback" not in answer.text
        assert "w1=1" not in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize("value", in_part(_VALUES, 3))
def test_odd_values_in_queries_break_nothing(ground: Ground, value: str) -> None:
    for route in ground.routes():
        if route.method != "GET":
            continue
        answer = ground.ask("GET", route.path, params=dict.fromkeys(_QUERY, value))
        assert answer.status_code < 500, (route, answer.status_code)
        if "html" in answer.headers.get("content-type", ""):
            assert "<img src=x>" not in answer.text, route


@pytest.mark.thorough
def test_each_odd_value_by_itself_breaks_nothing_either(ground: Ground) -> None:
    lists = [one for one in ground.routes() if one.method == "GET" and "{" not in one.template]
    for route in lists:
        for name in _QUERY:
            answer = ground.ask("GET", route.path, params={name: ["\0", "9" * 40]})
            assert answer.status_code < 500, (route, name)


@pytest.mark.parametrize(
    "to",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
     "javascript:w1()", "/%0d%0aSet-Cookie:w1=1", "/a\r\nSet-Cookie: w1=1", "http:evil.example", "///evil.example",
     "/signout", " /x", "@evil.example", "/.//evil.example/.."],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(real: Real, to: str) -> None:
    real.person("ana")
    browser = real.browser()
    shown = browser.get("/signin", params={"next": to}).text
    assert 'name="next" value="/' in shown
    assert 'name="next" value="//' not in shown
    sent = {"email": "ana@example.com", "password": "seven quiet herons wade", "next": to}
    for path, data in (("/signin", sent), ("/preferences", {"language": "de", "back": to})):
        answer = browser.post(path, data=data)
        location = answer.headers["location"]
        assert location.startswith("/"), (path, location)
        assert not location.startswith(("//", "/\\")), (path, location)
        assert not any(ord(letter) <= 32 for letter in location)
        assert "w1=1" not in "".join(answer.headers.get_list("set-cookie"))


def test_a_body_that_is_too_large_is_refused(real: Real) -> None:
    browser = real.signed_in("boss")
    large = b"x" * ((20 << 20) + 1)
    for path in ("/exchange/preview", "/scans/new"):
        answer = browser.post(path, files={"file": ("x.csv", large, "text/csv")}, data={"what": "tools"})
        assert answer.status_code == 413
        assert "That is too large" in answer.text
    answer = browser.post("/tools/new", content=b"title=" + large, headers={"content-type": _FORM})
    assert answer.status_code == 413
    answer = browser.put("/api/v1/tools/x", content=large, headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


_FORM = "application/x-www-form-urlencoded"


def test_what_is_refused_is_logged_with_who_and_from_where(real: Real, caplog: pytest.LogCaptureFixture) -> None:
    browser = real.signed_in("boss")
    caplog.set_level(logging.INFO, "bartizan.console")
    caplog.clear()
    browser.post("/tools/new", headers={"sec-fetch-site": "cross-site"})
    browser.get("/tools/nobodys?secret=hush")
    browser.get("/", headers={"host": "evil.example"})
    lines = [one.getMessage() for one in caplog.records if one.name == "bartizan.console"]
    assert lines == [
        "refused with 403: POST /tools/new, by nobody from 127.0.0.1",
        "refused with 404: GET /tools/nobodys, by boss from 127.0.0.1",
        "refused with 421: GET /, by nobody from 127.0.0.1",
    ]
    assert [one.levelname for one in caplog.records if one.name == "bartizan.console"] == ["WARNING", "INFO", "WARNING"]


def test_secrets_and_line_ends_stay_out_of_the_log(real: Real, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    secret = "f8w7UsVwTC6-oKfXLpOL0BWwdlwvLUwvMe62sg-NJs4"
    browser = real.browser()
    browser.get(f"/enrol/{secret}")
    browser.post(f"/enrol/{secret}", data={"password": "correct horse battery", "name": "x"})
    browser.get("/nowhere/a%0a2026-01-01 root signed in")
    browser.post("/signin", data={"email": "ana@example.com", "password": "correct horse battery"})
    real.program(f"bzt_{secret}").get("/api/v1/systems")
    lines = [one.getMessage() for one in caplog.records if one.name.startswith("bartizan")]
    assert len(lines) >= 4
    assert not any(secret in line or "horse" in line or "\n" in line for line in lines)
    assert told_path(f"/enrol/{secret}") == "/enrol/*"
    assert told_path("/a\nb\x1b[31m") == "/a%0Ab%1B%5B31m"
