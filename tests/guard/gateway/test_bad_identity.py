"""Callers whose identity is not clear: refused, on record, and told how to ask (RFC 6750)."""

from __future__ import annotations

import base64
import json
import time
import urllib.parse
import urllib.request

import pytest

from tests.guard.gateway.conftest import Wide
from tests.guard.gateway.running import Gate
from tests.guard.gateway.sockets import CHAT, HELLO, Answer, post, raw, told

pytestmark = pytest.mark.enable_socket

AUDIENCE = "api://gateway"


def call(wide: Wide, *lines: str) -> Answer:
    """Send a request with these headers and no others that say who calls."""
    every = [f"POST {CHAT} HTTP/1.1", "host: gateway", f"content-length: {len(HELLO)}", "connection: close", *lines]
    return raw(wide.gate, "\r\n".join([*every, "", ""]).encode() + HELLO)


def asked(wide: Wide, path: str, **form: str) -> dict[str, str]:
    """Ask the issuer."""
    request = urllib.request.Request(wide.issuer + path, urllib.parse.urlencode(form).encode())
    request.add_header("authorization", "Basic " + base64.b64encode(b"reporting:reporting-secret").decode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        found: dict[str, str] = json.loads(answer.read())
        return found


def token(wide: Wide, **form: str) -> str:
    return asked(wide, "/good/token", grant_type="client_credentials", audience=AUDIENCE, **form)["access_token"]


def test_more_than_one_credential(gate: Gate) -> None:
    before = gate.settled()
    answer = post(gate, HELLO, f"x-api-key: {gate.keys['paul']}")
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="bartizan", error="invalid_request"'
    told(gate, before, "credentials-differ")


@pytest.mark.parametrize(
    ("line", "rule", "error"),
    [
        ("x: y", "not-identified", ""),
        ("authorization: Basic YTpi", "not-identified", ""),
        ("authorization: Bearer", "not-identified", ""),
        ("authorization: Bearer btz_nothing", "key-mistyped", "invalid_token"),
        ("authorization: Bearer a.b.c", "token-not-valid", "invalid_token"),
    ],
)
def test_a_caller_that_is_not_known_is_told_how_to_ask(wide: Wide, line: str, rule: str, error: str) -> None:
    before = wide.gate.settled()
    answer = call(wide, line)
    assert (answer.status, answer.headers["x-bartizan-rule"]) == (401, rule)
    more = f', error="{error}"' if error else ""
    assert answer.headers["www-authenticate"] == f'Bearer realm="bartizan"{more}'
    assert answer.json["error"]["code"] == "bartizan_denied"
    told(wide.gate, before, rule)


def test_tokens_and_the_clock(wide: Wide) -> None:
    """The issuer's clock may differ by the 30 seconds of leeway, not more."""
    for seconds in ("600", "-20"):
        assert call(wide, f"authorization: Bearer {token(wide, seconds=seconds)}").status == 200
    answer = call(wide, f"authorization: Bearer {token(wide, seconds='-40')}")
    assert (answer.status, answer.headers["x-bartizan-rule"]) == (401, "token-expired")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_keys_of_an_issuer_that_rotate_are_fetched_anew(wide: Wide) -> None:
    old = token(wide)
    assert call(wide, f"authorization: Bearer {old}").status == 200
    asked(wide, "/rotate", drop="1")
    new = token(wide)
    until = time.monotonic() + 15
    while (answer := call(wide, f"authorization: Bearer {new}")).status != 200 and time.monotonic() < until:
        assert answer.status in (401, 503)
        time.sleep(0.2)
    assert answer.status == 200
    gone = call(wide, f"authorization: Bearer {old}")
    assert (gone.status, gone.headers["x-bartizan-rule"]) == (401, "token-not-valid")


def test_an_issuer_that_can_not_be_reached_is_no_reason_to_believe_its_tokens(wide: Wide) -> None:
    parts = (
        json.dumps(part).encode()
        for part in (
            {"alg": "RS256", "typ": "at+jwt", "kid": "x"},
            {"iss": "https://127.0.0.1:9", "aud": AUDIENCE, "sub": "a", "exp": int(time.time()) + 600},  # noqa: TID251
        )
    )
    forged = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (*parts, b"signature"))
    before = wide.gate.settled()
    answer = call(wide, f"authorization: Bearer {forged}")
    assert (answer.status, answer.headers["x-bartizan-rule"]) == (503, "issuer-keys-missing")
    assert int(answer.headers["retry-after"]) > 0
    assert answer.seconds < 12
    told(wide.gate, before, "issuer-keys-missing")


def test_readiness_tells_of_an_issuer_whose_keys_can_not_be_had(wide: Wide) -> None:
    """Callers of others can be answered, so that the gateway is ready."""
    until = time.monotonic() + 15
    while b"https://127.0.0.1:9" not in (said := readiness(wide.gate)).body and time.monotonic() < until:
        time.sleep(0.1)
    assert said.status == 200
    assert said.body == b"ok\nkeys of issuer https://127.0.0.1:9 can't be had: ConnectError\n"


def readiness(gate: Gate) -> Answer:
    return raw(gate, b"GET /readyz HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n")


@pytest.mark.parametrize(
    "lines",
    [
        ("x-client-name: CN=reporting,O=Example",),
        ("x-client-name: CN=reporting,O=Example", "x-bartizan-proxy: guessed-guessed-guessed"),
        ("x-client-name: CN=reporting,O=Example", "x-bartizan-proxy:"),
        ("x-bartizan-proxy: SECRET", "x-bartizan-proxy: SECRET", "x-client-name: CN=reporting,O=Example"),
        ("x-bartizan-proxy: SECRET", "x-client-name: CN=a", "x-client-name: CN=reporting,O=Example"),
        ("x-bartizan-proxy: SECRET", "x-client-name: CN=a,,CN=b"),
        ("x-bartizan-proxy: SECRET",),
    ],
)
def test_who_is_not_the_proxy_names_nobody(wide: Wide, lines: tuple[str, ...]) -> None:
    before, seen = wide.gate.settled(), wide.gate.demo.requests
    answer = call(wide, *(line.replace("SECRET", wide.secret) for line in lines))
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="bartizan"'
    assert wide.secret.encode() not in answer.data
    (event,) = wide.gate.events_after(before)
    assert (event["kind"], event["principal"]) == ("refusal", "")
    assert wide.gate.demo.requests == seen
