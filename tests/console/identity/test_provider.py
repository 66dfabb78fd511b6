"""Signing in at a real provider: a process of its own, certified by the OpenID Foundation."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bartizan.console.identity import ConsoleSettings
from bartizan.console.identity.settings import Provider
from bartizan.govern.roles import Role
from bartizan.store.register.open import open_register
from tests.console.identity.house import ADDRESS, Browser, House
from tests.support import REPOSITORY

pytestmark = [pytest.mark.enable_socket, pytest.mark.slow]
SECRET = "a secret & more: 100 %"
MODULES = REPOSITORY / "build" / "frontend"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node on this machine, in which the provider runs")
    if not (MODULES / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("oidc-provider is not installed; `scripts/frontend --dev` does that")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = Path(__file__).with_name("provider.mjs")
    callback, out = f"{ADDRESS}/signin/company/callback", f"{ADDRESS}/signin"
    with subprocess.Popen(
        [node, str(script), str(MODULES), str(port), callback, out], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline().strip() == b"ready"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture(params=["console", "public-console"])
def company(request: pytest.FixtureRequest, issuer: str, tmp_path: Path) -> Iterator[House]:
    register = open_register(tmp_path / "register.db")
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    provider = Provider(
        name="company",
        title="Company account",
        issuer=issuer,
        client_id=request.param,
        client_secret_file=str(secret) if request.param == "console" else "",
        scopes=["openid", "email", "profile", "groups"],
        roles={"ai-reviewers": ["reviewer@retail", "auditor"]},
    )
    house = House(register, settings=ConsoleSettings(oidc=[provider]))
    # The provider's clock is the machine's.
    house.now = _now()
    yield house
    register.close()


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the provider runs on the machine's clock


def _through(provider: httpx.Client, place: str, who: str) -> str:
    """Sign in at the provider as a browser does, and return where it sends the browser in the end."""
    for _ in range(12):
        if place.startswith(f"{ADDRESS}/"):
            return place
        answer = provider.get(place)
        if answer.status_code == 200:
            assert 'name="login"' in answer.text
            answer = provider.post(place, data={"prompt": "login", "login": who, "password": "any"})
        assert answer.status_code == 303, answer.text
        place = str(answer.url.join(answer.headers["location"]))
    pytest.fail("the provider sends from place to place")


def _sign_in(browser: Browser, provider: httpx.Client, who: str) -> httpx.Response:
    begun = browser.get("/signin/company?next=/profile")
    back = _through(provider, begun.headers["location"], who)
    return browser.get(
        back.removeprefix(ADDRESS), headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    )


def test_somebody_signs_in_with_the_roles_of_their_groups_and_out_again(company: House) -> None:
    browser = company.browser()
    assert "Sign in with Company account" in browser.get("/signin").text
    with httpx.Client() as provider:
        begun = browser.get("/signin/company")
        asked = parse_qs(urlsplit(begun.headers["location"]).query)
        assert asked["code_challenge_method"] == ["S256"]
        answer = _sign_in(browser, provider, "ana")
        assert (answer.status_code, answer.headers["location"]) == (303, "/profile"), answer.text
        ana = company.identity.people.get("ana-meier")
        assert ana is not None
        assert (ana.subject, ana.email) == ("ana", "ana@example.com")
        assert ana.roles == {"": {Role.AUDITOR}, "retail": {Role.REVIEWER}}
        page = browser.get("/profile").text
        assert "It comes from your provider." in page
        assert "Present password" not in page
        out = browser.post("/signout").text
        assert "Sign out at Company account" in out
        onward = out.partition('href="http://127')[2].partition('"')[0].replace("&amp;", "&")
        assert browser.get("/profile").status_code == 303
        ended = provider.get(f"http://127{onward}")
        assert ended.status_code == 200
        assert "sign-out" in ended.text.lower() or "logout" in ended.text.lower()


def test_the_same_person_has_one_account_and_another_one_another(company: House) -> None:
    for who in ("ana", "ben", "ana"):
        with httpx.Client() as provider:
            assert _sign_in(company.browser(), provider, who).status_code == 303
    assert [one.id for one in company.identity.people.list().items] == ["ana-meier", "ben-roth"]
    ben = company.identity.people.get("ben-roth")
    assert ben is not None
    assert ben.roles == {}


def test_an_answer_is_taken_once_and_in_the_browser_that_began(company: House) -> None:
    browser, thief = company.browser(), company.browser()
    with httpx.Client() as provider:
        begun = browser.get("/signin/company")
        back = _through(provider, begun.headers["location"], "ana").removeprefix(ADDRESS)
        assert thief.get(back).status_code == 422
        thief.get("/signin/company")
        assert thief.get(back).status_code == 422
        assert browser.get(back).status_code == 303
        assert browser.get(back).status_code == 422
    told = [one.detail for one in company.identity.events.list(kind="sign-in-failed").items]
    assert told[-1] == "company: no sign-in was begun in this browser"


def test_a_closed_account_does_not_come_back_by_the_provider(company: House) -> None:
    with httpx.Client() as provider:
        browser = company.browser()
        _sign_in(browser, provider, "ana")
        company.identity.people.set_disabled("ana-meier", True, company.note())
        assert browser.get("/profile").status_code == 303
        assert _sign_in(company.browser(), provider, "ana").status_code == 422
