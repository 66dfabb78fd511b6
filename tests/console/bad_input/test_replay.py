"""Cookies and tokens used again when they are over, and cookies that somebody else has chosen."""

from __future__ import annotations

from datetime import date

import pytest

from bartizan.console.identity.api_tokens import make_token
from bartizan.govern.roles import Action, Role
from tests.console.bad_input.real import Real
from tests.console.identity.house import HERE, PASSWORD, Browser

_PAGES = ("/", "/tools", "/profile", "/administration", "/exchange/export/tools.csv")


def _again(real: Real, cookie: str) -> Browser:
    """Return another browser with the cookie that somebody had."""
    browser = real.browser()
    browser.cookies.set("bartizan", cookie)
    return browser


def _out(browser: Browser) -> bool:
    answers = [browser.get(path) for path in _PAGES]
    return all(one.status_code == 303 and one.headers["location"].startswith("/signin") for one in answers)


@pytest.mark.parametrize("end", ["signs out", "is closed", "idles", "is too long", "new password", "ended by others"])
def test_a_cookie_is_worth_nothing_when_the_session_is_over(real: Real, end: str) -> None:
    real.person("ana", *Role)
    browser = real.signed_in("ana")
    cookie = browser.cookies["bartizan"]
    assert _again(real, cookie).get("/profile").status_code == 200
    boss = real.signed_in("boss")
    if end == "signs out":
        browser.post("/signout")
    elif end == "is closed":
        boss.post("/administration/people/ana/disabled", data={"disabled": "1"})
    elif end == "idles":
        real.later(minutes=real.identity.settings.session.idle_minutes + 1)
    elif end == "is too long":
        for _ in range(int(real.identity.settings.session.hours * 60 / 20) + 2):
            real.later(minutes=20)
            browser.get("/tools")
    elif end == "new password":
        sent = {"old": PASSWORD, "password": "nine grey otters swim", "password_again": "nine grey otters swim"}
        _again(real, real.signed_in("ana").cookies["bartizan"]).post("/profile/password", data=sent)
    else:
        boss.post("/administration/people/ana/sessions/end")
    assert _out(_again(real, cookie))


def _token(real: Real, name: str) -> str:
    _, text = make_token(
        real.identity, real.acting(name), HERE, name="ci", actions=frozenset({Action.READ, Action.ASK}), units=None,
        until=date(2026, 12, 24),
    )  # fmt: skip
    return text


@pytest.mark.parametrize("end", ["revoked", "over", "closed", "no roles"])
def test_a_token_is_worth_nothing_when_it_is_over(real: Real, end: str) -> None:
    real.person("ana", Role.OWNER)
    real.keep()
    program = real.program(_token(real, "ana"))
    assert program.get("/api/v1/tools/kestrel-minutes").status_code == 200
    boss = real.signed_in("boss")
    if end == "revoked":
        token = real.identity.tokens.list("ana")[0]
        assert boss.post(f"/administration/tokens/{token.id}/revoke").status_code == 303
    elif end == "over":
        real.later(days=27)
    elif end == "closed":
        boss.post("/administration/people/ana/disabled", data={"disabled": "1"})
        boss.post("/administration/people/ana/disabled", data={})
    else:
        boss.post("/administration/people/ana/roles", data={"role": "owner", "unit": "*", "take": "1"})
    expected = 404 if end == "no roles" else 401
    assert program.get("/api/v1/tools/kestrel-minutes").status_code == expected
    assert program.get("/api/v1/tools").status_code in (401, 200)


def test_a_token_opens_no_page_of_the_account_and_makes_no_token(real: Real) -> None:
    program = real.program(_token(real, "boss"))
    for path, data in (("/profile/tokens", {"name": "x", "actions": "read", "until": "2026-12-01"}),
                       ("/profile/password", {"old": PASSWORD, "password": "nine grey otters swim"})):  # fmt: skip
        assert program.post(path, data=data).status_code in (400, 403, 404, 422)
    assert len(real.identity.tokens.list("boss")) == 1
    assert real.signed_in("boss").get("/profile").status_code == 200


def test_signing_out_leaves_nothing_in_the_browser(real: Real) -> None:
    browser = real.signed_in("boss")
    answer = browser.post("/signout")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert "bartizan" not in browser.cookies


def test_a_cookie_that_somebody_else_chose_does_not_become_a_session(real: Real) -> None:
    real.person("ana", *Role)
    browser = _again(real, "chosen-by-somebody-else")
    answer = browser.post("/signin", data={"email": "ana@example.com", "password": PASSWORD})
    assert answer.status_code == 303
    assert "chosen-by-somebody-else" not in answer.headers["set-cookie"]
    assert _out(_again(real, "chosen-by-somebody-else"))


def test_signing_in_again_ends_the_session_before(real: Real) -> None:
    real.person("ana", *Role)
    browser = real.signed_in("ana")
    before = browser.cookies["bartizan"]
    browser.post("/signin", data={"email": "ana@example.com", "password": PASSWORD})
    assert browser.cookies["bartizan"] != before
    assert _out(_again(real, before))


@pytest.mark.parametrize("cookie", ["", "a", "a" * 10_000, "%00", '"', "../../x", "' OR 1=1 --", "\xff"])
def test_made_up_cookies_are_nobody(real: Real, cookie: str) -> None:
    browser = real.browser()
    sent = f"bartizan={cookie}; said={cookie}; language={cookie}; theme={cookie}"
    browser.headers = [*browser.headers.multi_items(), ("cookie", sent.encode("latin-1"))]  # type: ignore[assignment]
    assert _out(browser)
    assert browser.get("/signin").status_code == 200


def test_guessing_passwords_is_slowed_down_and_told(real: Real) -> None:
    real.person("ana")
    browser = real.browser()
    answers = [browser.post("/signin", data={"email": "ana@example.com", "password": f"wrong {n}"}) for n in range(12)]
    assert [one.status_code for one in answers[:10]] == [422] * 10
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert real.kinds().count("sign-in-failed") >= 10
