"""Passkeys: made, asked for, and refused where something about them isn't right."""

from __future__ import annotations

import contextlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bartizan.console.identity.oidc_claims import NotSignedIn
from bartizan.console.identity.passkeys import bound_to, made_passkey, new_passkey
from bartizan.govern.roles import Role
from bartizan.store.register.open import open_register
from tests.console.identity.device import Device
from tests.console.identity.house import PASSWORD, Browser, House

_ADDRESS = "https://ai.example.com"


@pytest.fixture
def secure(house: House) -> House:
    """Give a console under a name, with somebody in it."""
    made = House(house.register, address=_ADDRESS)
    made.person("ana", Role.OWNER)
    return made


def _with(secure: House, name: str = "ana", device: Device | None = None) -> tuple[Browser, Device]:
    """Add a passkey; return the browser with which that was done, and the device."""
    browser, device = secure.signed_in(name), device or Device()
    answer = browser.post("/profile/factors/passkey", data={"name": "My laptop", "credential": _made(browser, device)})
    assert "These are your recovery codes." in answer.text
    return browser, device


def _made(browser: Browser, device: Device) -> str:
    return device.make(browser.post("/profile/factors/passkey/options").json())


def _signs(browser: Browser, device: Device) -> Response:
    options = browser.post("/signin/passkey/options").json()
    return browser.post("/signin/passkey", data={"credential": device.sign(options), "next": "/calendar"})


@pytest.mark.parametrize(
    ("address", "bound"),
    [
        ("https://ai.example.com", ("ai.example.com", "https://ai.example.com")),
        ("https://AI.example.com:8443/", ("ai.example.com", "https://ai.example.com:8443")),
        ("https://ai.example.com:443", ("ai.example.com", "https://ai.example.com")),
        ("http://localhost:8300", ("localhost", "http://localhost:8300")),
        ("http://127.0.0.1:8300", None),
        ("https://192.0.2.1", None),
        ("https://[2001:db8::1]:8300", None),
        ("http://ai.example.com", None),
    ],
)
def test_passkeys_are_bound_to_the_name_of_the_console(address: str, bound: tuple[str, str] | None) -> None:
    assert bound_to(address) == bound


def test_a_passkey_signs_in_without_a_password_and_after_one(secure: House) -> None:
    _, device = _with(secure)
    browser = secure.browser()
    assert "/signin/passkey/options" in browser.get("/signin").text
    options = browser.post("/signin/passkey/options").json()
    assert (options["rpId"], options["userVerification"], options.get("allowCredentials")) == (
        "ai.example.com", "required", None,
    )  # fmt: skip
    answer = _signs(browser, device)
    assert (answer.status_code, answer.headers["location"]) == (303, "/calendar")
    assert browser.get("/profile").status_code == 200
    after = secure.browser()
    after.post("/signin", data={"email": "ana@example.com", "password": PASSWORD, "next": "/tools"})
    options = after.post("/signin/passkey/options").json()
    assert [one["transports"] for one in options["allowCredentials"]] == [["internal"]]
    answer = after.post("/signin/passkey", data={"credential": device.sign(options)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/tools")
    assert [one.detail for one in secure.identity.events.list(kind="signed-in").items][:2] == ["passkey", "passkey"]


def test_the_same_device_is_not_asked_for_a_second_passkey_and_knows_its_owner_by_no_name(secure: House) -> None:
    browser, device = _with(secure)
    options = browser.post("/profile/factors/passkey/options").json()
    assert len(options["excludeCredentials"]) == 1
    assert options["user"]["id"] == device.handle
    assert options["authenticatorSelection"]["residentKey"] == "required"
    again = browser.post("/profile/factors/passkey", data={"name": "Again", "credential": device.make(options)})
    assert again.status_code == 303
    assert len(secure.identity.factors.of("ana")) == 1
    secure.later(seconds=1)
    other = browser.post("/profile/factors/passkey/options").json()
    browser.post("/profile/factors/passkey", data={"name": "Key", "credential": Device().make(other)})
    assert [one.name for one in secure.identity.factors.of("ana")] == ["My laptop", "Key"]


def _wrong_count(device: Device) -> None:
    device.count -= 1


_FAULTS: dict[str, Callable[[Device], object]] = {
    "invalid origin": lambda device: setattr(device, "origin", "https://ai.example.com.evil.example"),
    "wrong rp id": lambda device: setattr(device, "host", "example.com"),
    "user verification required": lambda device: setattr(device, "verified", False),
    "another site has asked": lambda device: device.said.update(crossOrigin=True),
    "incorrect type": lambda device: device.said.update(type="payment.get"),
    "wrong challenge": lambda device: device.said.update(challenge="A" * 43),
    "may be a copy": _wrong_count,
    "invalid signature": lambda device: setattr(device, "key", Device().key),
    "names another owner": lambda device: setattr(device, "handle", "AAAA"),
    "it is not known": lambda device: setattr(device, "id", b"another"),
}


@pytest.mark.parametrize("fault", list(_FAULTS))
def test_a_passkey_is_refused_where_something_about_it_is_wrong(secure: House, fault: str) -> None:
    _, device = _with(secure, device=Device(count=5))
    assert _signs(secure.browser(), device).headers["location"] == "/calendar"
    _FAULTS[fault](device)
    browser = secure.browser()
    assert _signs(browser, device).headers["location"] == "/signin"
    assert "This passkey was not accepted." in browser.get("/signin").text
    assert browser.get("/profile").status_code == 303
    [event] = secure.identity.events.list(kind="sign-in-failed").items
    assert fault in event.detail


@pytest.mark.parametrize("fault", list(_FAULTS)[:6])
def test_a_new_passkey_is_refused_where_something_about_it_is_wrong(secure: House, fault: str) -> None:
    browser, device = secure.signed_in("ana"), Device()
    _FAULTS[fault](device)
    answer = browser.post("/profile/factors/passkey", data={"name": "A", "credential": _made(browser, device)})
    assert answer.status_code == 303
    assert secure.identity.factors.of("ana") == []
    assert fault in secure.identity.events.list(kind="factor-refused").items[0].detail


def test_what_was_signed_once_and_what_another_browser_was_asked_for_is_refused(secure: House) -> None:
    _, device = _with(secure)
    browser, thief = secure.browser(), secure.browser()
    answer = device.sign(browser.post("/signin/passkey/options").json())
    thief.post("/signin/passkey/options")
    assert thief.post("/signin/passkey", data={"credential": answer}).headers["location"] == "/signin"
    step = browser.cookies["__Host-bartizan-step"]
    assert browser.post("/signin/passkey", data={"credential": answer}).headers["location"] == "/"
    thief.cookies.set("__Host-bartizan-step", step)
    assert thief.post("/signin/passkey", data={"credential": answer}).headers["location"] == "/signin"
    late = secure.browser()
    answer = device.sign(late.post("/signin/passkey/options").json())
    secure.later(minutes=5)
    failures = secure.identity.events.list(kind="sign-in-failed").total
    assert late.post("/signin/passkey", data={"credential": answer}).headers["location"] == "/signin"
    assert late.post("/signin/passkey", data={"credential": "x"}).headers["location"] == "/signin"
    assert secure.identity.events.list(kind="sign-in-failed").total == failures


def test_after_a_password_only_its_owners_passkeys_count(secure: House) -> None:
    secure.person("ben", Role.OWNER)
    _with(secure)
    _, other = _with(secure, "ben")
    browser = secure.browser()
    browser.post("/signin", data={"email": "ana@example.com", "password": PASSWORD})
    options = browser.post("/signin/passkey/options").json()
    answer = browser.post("/signin/passkey", data={"credential": other.sign(options)})
    assert answer.status_code == 422
    assert browser.get("/profile").status_code == 303


def test_a_passkey_of_a_closed_account_signs_nobody_in(secure: House) -> None:
    _, device = _with(secure)
    secure.identity.people.set_disabled("ana", True, secure.note())
    assert _signs(secure.browser(), device).headers["location"] == "/signin"


def test_a_passkey_shows_again_who_somebody_is(secure: House) -> None:
    browser, device = _with(secure)
    secure.later(minutes=11)
    assert browser.post("/profile/factors/recovery").status_code == 303
    options = browser.post("/profile/confirm/options").json()
    form = {"credential": device.sign(options), "next": "/profile/factors"}
    assert browser.post("/profile/confirm/passkey", data=form).headers["location"] == "/profile/factors"
    assert browser.post("/profile/factors/recovery").status_code == 200
    assert browser.post("/profile/confirm/passkey", data=form).status_code == 422


def test_under_an_ip_address_there_are_no_passkeys_and_the_pages_say_so(house: House) -> None:
    house.person("ana", Role.OWNER)
    browser = house.signed_in("ana")
    assert "not under an IP address" in browser.get("/profile/factors").text
    assert browser.post("/profile/factors/passkey/options").status_code == 403
    assert house.browser().post("/signin/passkey/options").status_code == 404
    assert "passkey" not in house.browser().get("/signin").text


def test_asking_for_passkeys_again_and_again_is_slowed_down(secure: House) -> None:
    browser = secure.browser()
    statuses = [browser.post("/signin/passkey/options").status_code for _ in range(51)]
    assert statuses == [200] * 50 + [429]


def _bent(answer: str, path: tuple[str, ...], value: Any) -> str:
    said = json.loads(answer)
    at = said
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return json.dumps(said)


_PATHS = [("rawId",), ("type",), ("response",), ("response", "clientDataJSON"), ("response", "attestationObject")]
_VALUES = st.one_of(
    st.none(), st.text(max_size=40), st.integers(), st.just({}), st.just("gQ" * 4_000),
    st.binary(max_size=80).map(lambda one: urlsafe_b64encode(one).decode()),
)  # fmt: skip


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> House:
    folder: Path = tmp_path_factory.mktemp("passkeys")
    made = House(open_register(folder / "register.db"), address=_ADDRESS)
    made.person("ana", Role.OWNER)
    return made


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(_PATHS), value=_VALUES)
def test_whatever_a_browser_answers_is_refused_and_breaks_nothing(
    ground: House, path: tuple[str, ...], value: Any
) -> None:
    record = ground.identity.people.get("ana")
    assert record is not None
    options = new_passkey(ground.identity, "browser", record)
    answer = _bent(Device().make(options), path, value)
    factor = None
    with contextlib.suppress(NotSignedIn):
        factor = made_passkey(ground.identity, "browser", record, answer, "a")
    # The passkey's own word about its id is what counts.
    assert factor is None or path == ("rawId",)
