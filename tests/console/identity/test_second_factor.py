"""A second factor: codes by time, recovery codes, what is asked when, and what an administrator may do about it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pyotp
import pytest
from httpx import Response

from bartizan.console.identity import ConsoleSettings
from bartizan.console.identity.api_tokens import make_token
from bartizan.console.identity.enrolment import link_for
from bartizan.console.identity.factors import new_codes, new_totp_secret, step_of, totp_address
from bartizan.govern.roles import Action, Role
from tests.console.identity.house import HERE, PASSWORD, Browser, House, enrol_path

_RFC = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The secret of RFC 6238's appendix B, `12345678901234567890`, in base 32."""


def _added(house: House, browser: Browser) -> tuple[str, list[str]]:
    """Add an application; return its secret and the recovery codes."""
    assert browser.post("/profile/factors/codes/begin").headers["location"] == "/profile/factors/codes"
    page = browser.get("/profile/factors/codes").text
    secret = re.sub(r"\s", "", re.search(r'<code class="secret">([A-Z2-7 ]+)<', page)[1])  # type: ignore[index]
    answer = browser.post("/profile/factors/codes", data={"name": "My phone", "code": _code(house, secret)})
    assert answer.status_code == 200, answer.text
    house.later(seconds=60)
    return secret, re.findall(r"<code>([a-z0-9-]{29})</code>", answer.text)


def _code(house: House, secret: str, *, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(house.now, counter_offset=steps)


def _second(house: House, code: str, *, field: str = "code", back: str = "/") -> tuple[Browser, Response]:
    """Give the password and then a code."""
    browser = house.browser()
    form = {"email": "ana@example.com", "password": PASSWORD, "next": back}
    answer = browser.post("/signin", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin/second")
    return browser, browser.post("/signin/second", data={field: code})


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """Ours have six digits: the last ones of the standard's eight."""
    now = datetime.fromtimestamp(seconds, UTC)
    assert step_of(_RFC, code[2:], now, 0) == seconds // 30
    assert step_of(_RFC, f"{code[2:5]} {code[5:]}", now, 0) == seconds // 30
    assert step_of(_RFC, code[2:], now, seconds // 30) is None


def test_a_clock_may_be_off_by_one_step_and_not_by_two() -> None:
    secret, now = new_totp_secret(), datetime(2026, 11, 28, 12, 0, 10, tzinfo=UTC)
    here = int(now.timestamp()) // 30
    found = [step_of(secret, pyotp.TOTP(secret).at(now, counter_offset=off), now, 0) for off in (-2, -1, 0, 1, 2)]
    assert found == [None, here - 1, here, here + 1, None]


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12345\x00", "9" * 5000, "½½½½½½"])
def test_what_is_no_code_is_wrong(typed: str) -> None:
    assert step_of(_RFC, typed, datetime(2026, 11, 28, tzinfo=UTC), 0) is None


def test_the_picture_says_what_an_application_needs_to_know(house: House) -> None:
    record, secret = house.person("ana"), new_totp_secret()
    said = pyotp.parse_uri(totp_address(house.identity, record, secret))
    assert isinstance(said, pyotp.TOTP)
    assert (said.secret, said.digits, said.interval, said.digest().name) == (secret, 6, 30, "sha1")
    assert (said.name, said.issuer) == ("ana@example.com", "Bartizan Helvion")


def test_recovery_codes_are_long_and_all_different() -> None:
    codes = new_codes()
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([a-z0-9]{4}-){5}[a-z0-9]{4}", one) for one in codes)


def test_who_has_a_second_factor_is_asked_for_it_and_has_no_session_before(house: House) -> None:
    house.person("ana", Role.OWNER)
    first, other = house.signed_in("ana"), house.signed_in("ana")
    secret, codes = _added(house, first)
    assert len(codes) == 10
    assert first.get("/profile").status_code == 200
    assert other.get("/profile").status_code == 303
    browser = house.browser()
    answer = browser.post("/signin", data={"email": "ana@example.com", "password": PASSWORD, "next": "/calendar?a=b"})
    assert answer.headers["location"] == "/signin/second"
    assert "bartizan" not in browser.cookies
    assert browser.get("/profile").status_code == 303
    assert "Now your second factor" in browser.get("/signin/second").text
    answer = browser.post("/signin/second", data={"code": _code(house, secret)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/calendar?a=b")
    assert browser.get("/profile").status_code == 200
    assert browser.get("/signin/second").headers["location"] == "/signin"
    details = [one.detail for one in house.identity.events.list(kind="signed-in").items]
    assert details[:2] == ["password+codes", "password+codes"]


def test_a_code_works_once_and_none_after_a_later_one(house: House) -> None:
    house.person("ana", Role.OWNER)
    secret, _ = _added(house, house.signed_in("ana"))
    code, earlier = _code(house, secret), _code(house, secret, steps=-1)
    assert _second(house, code)[1].status_code == 303
    for old in (code, earlier):
        _, answer = _second(house, old)
        assert answer.status_code == 422
        assert "wrong, or was used before" in answer.text
    assert _second(house, _code(house, secret, steps=1))[1].status_code == 303


def test_guesses_at_codes_are_slowed_down_however_often_the_password_is_right(house: House) -> None:
    house.person("ana", Role.OWNER)
    secret, codes = _added(house, house.signed_in("ana"))
    wrong = "000000" if _code(house, secret) != "000000" else "000001"
    for _ in range(10):
        assert _second(house, wrong)[1].status_code == 422
    for field, code in (("code", _code(house, secret)), ("recovery", codes[0])):
        _, answer = _second(house, code, field=field)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) <= 3
    house.later(seconds=3)
    assert _second(house, _code(house, secret))[1].status_code == 303
    assert wrong not in str(house.identity.events.list().items)


def test_a_recovery_code_works_once_and_leads_to_the_factors(house: House) -> None:
    house.person("ana", Role.OWNER)
    _, codes = _added(house, house.signed_in("ana"))
    browser, answer = _second(house, codes[0].upper().replace("-", " "), field="recovery")
    assert (answer.status_code, answer.headers["location"]) == (303, "/profile/factors")
    page = browser.get("/profile/factors").text
    assert "You used a recovery code." in page
    assert "You have 9 left." in page
    assert _second(house, codes[0], field="recovery")[1].status_code == 422
    assert _second(house, codes[1], field="recovery")[1].status_code == 303
    renewed = re.findall(r"<code>([a-z0-9-]{29})</code>", browser.post("/profile/factors/recovery").text)
    assert len(renewed) == 10
    assert _second(house, codes[2], field="recovery")[1].status_code == 422
    assert _second(house, renewed[0], field="recovery")[1].status_code == 303
    assert house.kinds().count("recovery-code-used") == 3


def test_the_database_holds_no_recovery_code_and_no_number_of_a_begun_sign_in(house: House) -> None:
    house.person("ana", Role.OWNER)
    _, codes = _added(house, house.signed_in("ana"))
    browser = house.browser()
    browser.post("/signin", data={"email": "ana@example.com", "password": PASSWORD})
    with house.register.engine.connect() as connection:
        rows = [
            str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())  # noqa: S608 - names of ours
            for table in ("recovery_code", "signin_state", "auth_event", "session")
        ]
    for secret in (codes[0], codes[0].replace("-", ""), browser.cookies["bartizan-step"]):
        assert secret not in "".join(rows)


def test_a_begun_sign_in_ends_after_ten_minutes_and_with_the_password(house: House) -> None:
    house.person("ana", Role.OWNER)
    secret, _ = _added(house, house.signed_in("ana"))
    for end in ("time", "password", "closed"):
        browser = house.browser()
        browser.post("/signin", data={"email": "ana@example.com", "password": PASSWORD})
        assert browser.get("/signin/second").status_code == 200
        if end == "time":
            house.later(minutes=10)
        elif end == "password":
            house.identity.people.set_password("ana", house.identity.passwords.hash(PASSWORD), house.note())
        else:
            house.identity.people.set_disabled("ana", True, house.note())
        answer = browser.post("/signin/second", data={"code": _code(house, secret)})
        assert (answer.status_code, answer.headers["location"]) == (303, "/signin")
        assert browser.get("/profile").status_code == 303


def test_a_link_that_sets_a_password_goes_around_no_second_factor(house: House) -> None:
    house.person("ana", Role.OWNER)
    secret, _ = _added(house, house.signed_in("ana"))
    path = link_for(house.identity, "ana", "boss", HERE).removeprefix(house.services.address)
    browser = house.browser()
    answer = browser.post(path, data={"password": PASSWORD, "password_again": PASSWORD})
    assert answer.headers["location"] == "/signin/second"
    assert browser.get("/profile").status_code == 303
    assert browser.post("/signin/second", data={"code": _code(house, secret)}).status_code == 303


def test_factors_are_changed_by_somebody_who_has_just_shown_who_they_are(house: House) -> None:
    house.person("ana", Role.OWNER)
    browser = house.signed_in("ana")
    house.later(minutes=10)
    answer = browser.post("/profile/factors/codes/begin")
    assert answer.headers["location"] == "/profile/confirm?next=/profile/factors"
    assert 'name="password"' in browser.get(answer.headers["location"]).text
    assert browser.post("/profile/confirm", data={"password": "wrong"}).status_code == 422
    answer = browser.post("/profile/confirm", data={"password": PASSWORD, "next": "/profile/factors"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/profile/factors")
    secret, codes = _added(house, browser)
    house.later(minutes=10)
    [factor] = house.identity.factors.of("ana")
    changes = [f"/profile/factors/{factor.id}/remove", "/profile/factors/recovery", "/profile/factors/passkey"]
    for path in changes:
        assert browser.post(path, data={"name": "a"}).headers["location"] == "/profile/confirm?next=/profile/factors"
    assert browser.post("/profile/factors/passkey/options").status_code == 403
    # Whoever has a factor shows it: the password alone may be known to somebody else.
    assert browser.post("/profile/confirm", data={"password": PASSWORD}).status_code == 422
    change = {"old": PASSWORD, "password": "nine grey otters swim", "password_again": "nine grey otters swim"}
    assert browser.post("/profile/password", data=change).status_code == 303
    assert browser.post(changes[0]).headers["location"] == "/profile/confirm?next=/profile/factors"
    assert browser.post("/profile/confirm", data={"code": _code(house, secret)}).status_code == 303
    assert browser.post(changes[0]).headers["location"] == "/profile/factors"
    assert house.identity.factors.of("ana") == []
    assert house.identity.factors.codes_left("ana") == 0
    assert house.kinds()[0] == "factor-removed"
    assert codes[0] not in str(house.identity.events.list().items)


def test_a_wrong_first_code_shows_the_same_secret_again(house: House) -> None:
    house.person("ana", Role.OWNER)
    browser = house.signed_in("ana")
    assert browser.get("/profile/factors/codes").headers["location"] == "/profile/factors"
    browser.post("/profile/factors/codes/begin")
    page = browser.get("/profile/factors/codes").text
    picture = re.search(r'src="(data:image/svg[^"]+)"', page)
    assert picture is not None
    assert "style" not in picture[1]
    answer = browser.post("/profile/factors/codes", data={"name": "", "code": "12"})
    assert answer.status_code == 422
    assert picture[1] in answer.text
    assert house.identity.factors.of("ana") == []


def test_where_a_second_factor_is_required_nothing_else_can_be_reached_before(house: House) -> None:
    house.person("ana", Role.OWNER, Role.ADMINISTRATOR)
    strict = House(house.register, settings=ConsoleSettings(second_factor="required"))
    _, text = make_token(
        strict.identity, strict.acting("ana"), HERE, name="ci", actions=frozenset({Action.READ}), units=None,
        until=strict.services.today(),
    )  # fmt: skip
    browser = strict.signed_in("ana")
    for path in (
        "/",
        "/systems/none",
        "/profile",
        "/administration",
        "/exchange/export/systems.csv",
        "/nowhere/at/all",
    ):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers.get("location")) in {(303, "/profile/factors"), (404, None)}, path
    assert browser.post("/profile/tokens", data={}).headers["location"] == "/profile/factors"
    assert browser.get("/", headers={"hx-request": "true"}).headers["hx-redirect"] == "/profile/factors"
    page = browser.get("/profile/factors").text
    assert "Everybody needs a second factor here." in page
    assert "/administration" not in page
    before = browser.cookies["bartizan"]
    secret, _ = _added(strict, browser)
    assert browser.cookies["bartizan"] != before
    assert browser.get("/profile").status_code == 200
    [factor] = strict.identity.factors.of("ana")
    browser.post(f"/profile/factors/{factor.id}/remove")
    assert "Add another one before you remove this one." in browser.get("/profile/factors").text
    assert _second(strict, _code(strict, secret))[0].get("/profile").status_code == 200
    program = strict.browser()
    assert program.get("/profile", headers={"authorization": f"Bearer {text}"}).status_code == 403


def test_the_first_administrator_adds_a_second_factor_before_anything_else(house: House) -> None:
    strict = House(house.register, settings=ConsoleSettings(second_factor="required"))
    browser = strict.browser()
    form = {"name": "Ana", "email": "ana@example.com", "password": PASSWORD, "password_again": PASSWORD}
    assert browser.post(enrol_path(strict), data=form).status_code == 303
    assert browser.get("/").headers["location"] == "/profile/factors"
    _added(strict, browser)
    assert browser.get("/administration").status_code == 200


def test_an_administrator_clears_the_factors_of_somebody_else(house: House) -> None:
    house.person("ana", Role.OWNER)
    house.person("boss", Role.ADMINISTRATOR)
    house.person("head", Role.ADMINISTRATOR, unit="retail")
    browser = house.signed_in("ana")
    _, codes = _added(house, browser)
    boss = house.signed_in("boss")
    assert "second factor" in boss.get("/administration").text
    assert house.signed_in("head").post("/administration/people/ana/factors/clear").status_code == 403
    assert boss.post("/administration/people/boss/factors/clear").status_code == 403
    assert boss.post("/administration/people/ana/factors/clear").status_code == 303
    assert browser.get("/profile").status_code == 303
    [event] = house.identity.events.list(kind="factors-cleared").items
    assert (event.person, event.about) == ("boss", "ana")
    assert house.signed_in("ana").get("/profile").status_code == 200
    assert house.identity.factors.codes_left("ana") == 0
    assert codes


def test_people_from_a_provider_have_no_factors_here(house: House) -> None:
    note = house.note()
    house.identity.people.signed_in_from("https://idp.example", "1", name="Cleo", email="", roles={}, note=note)
    record = house.identity.people.get("cleo")
    assert record is not None
    strict = House(house.register, settings=ConsoleSettings(second_factor="required"))
    from bartizan.console.identity.sessions import COOKIE, begin_session

    browser = strict.browser()
    request = type("Asked", (), {"cookies": {}})()
    browser.cookies.set(COOKIE, begin_session(strict.identity, request, record, HERE, method="company").value or "")
    assert browser.get("/profile").status_code == 200
    assert browser.get("/profile/factors").status_code == 404
    assert "Second factor" not in browser.get("/profile").text
