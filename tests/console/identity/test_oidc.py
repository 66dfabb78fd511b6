"""A provider that lies, is broken, or changes its keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwk

from bartizan.console.identity import ConsoleSettings
from bartizan.console.identity.settings import Provider
from bartizan.store.register.open import open_register
from tests.console.identity.fake import Fake, claims, jwks, serving, signed
from tests.console.identity.house import Browser, House

pytestmark = pytest.mark.enable_socket


class World:
    """A console, a lying provider, and a browser between them."""

    def __init__(self, house: House, fake: Fake) -> None:
        self.house, self.fake, self.browser = house, fake, house.browser()

    def begin(self, browser: Browser | None = None) -> dict[str, str]:
        """Begin to sign in, and return what the provider was asked."""
        answer = (browser or self.browser).get("/signin/liar?next=/profile")
        assert answer.status_code == 303, answer.text
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}

    def claims(self, asked: dict[str, str], **changes: Any) -> dict[str, Any]:
        return claims(self.fake.address, "console", asked["nonce"], self.house.now.timestamp(), **changes)

    def finish(self, asked: dict[str, str], token: str, **answer: str) -> int:
        """Come back from the provider, which then gives a token, and return the status."""
        self.fake.token = {"id_token": token, "access_token": "at", "token_type": "Bearer"}
        said = {"code": "c", "state": asked["state"], "iss": self.fake.address, **answer}
        query = "&".join(f"{name}={value}" for name, value in said.items() if value)
        return self.browser.get(f"/signin/liar/callback?{query}").status_code

    def reason(self) -> str:
        """Return why signing in failed last."""
        return self.house.identity.events.list(kind="sign-in-failed").items[0].detail


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    register = open_register(tmp_path / "register.db")
    (tmp_path / "secret").write_text("p@ss:w/rd\n")
    with serving(Fake()) as fake:
        provider = Provider(
            name="liar",
            issuer=fake.address,
            client_id="console",
            client_secret_file=str(tmp_path / "secret"),
            roles={"a": "owner"},
        )
        yield World(House(register, settings=ConsoleSettings(oidc=[provider])), fake)
    register.close()


def test_a_right_answer_signs_in_and_proves_that_the_same_browser_began(world: World) -> None:
    asked = world.begin()
    assert world.finish(asked, signed(world.claims(asked, groups=["a"]))) == 303
    [form] = world.fake.asked
    assert form["grant_type"] == ["authorization_code"]
    assert len(form["code_verifier"][0]) >= 43
    assert "client_secret" not in form
    assert world.fake.authorized[0].startswith("Basic ")
    assert world.browser.get("/profile").status_code == 200


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda said: signed({**said, "nonce": "other"}), "answers another sign-in"),
        (lambda said: signed({**said, "aud": "other"}), "for another program"),
        (lambda said: signed({**said, "iss": "https://other.example"}), "of another issuer"),
        (lambda said: signed({**said, "exp": said["iat"] - 3600}), "has expired"),
        (lambda said: signed(said, header={"alg": "none"}), "algorithm is not allowed"),
        (lambda said: signed(said, key=jwk.RSAKey.generate_key(2048)), "signature is wrong"),
        (lambda _: "no.token", "no signed identity token"),
    ],
)
def test_a_token_that_is_not_the_right_one_signs_nobody_in(
    world: World, change: Callable[[dict[str, Any]], str], reason: str
) -> None:
    asked = world.begin()
    assert world.finish(asked, change(world.claims(asked))) == 422
    assert reason in world.reason()
    assert world.house.identity.people.list().total == 0
    assert world.browser.get("/profile").status_code == 303


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"state": "other"}, "not to the sign-in that was begun"),
        ({"state": ""}, "not to the sign-in that was begun"),
        ({"iss": "https://other.example"}, "from another provider"),
        ({"code": ""}, "did not sign you in"),
        ({"error": "access_denied"}, "did not sign you in"),
    ],
)
def test_an_answer_to_another_question_is_refused_before_the_code_is_sent_anywhere(
    world: World, answer: dict[str, str], reason: str
) -> None:
    asked = world.begin()
    assert world.finish(asked, signed(world.claims(asked)), **answer) == 422
    assert reason in world.reason()
    assert world.fake.asked == []


def test_a_provider_that_promises_to_say_who_it_is_has_to(world: World) -> None:
    world.fake.described = {"authorization_response_iss_parameter_supported": True}
    asked = world.begin()
    assert world.finish(asked, signed(world.claims(asked)), iss="") == 422
    assert "from another provider" in world.reason()


def test_a_parameter_that_comes_twice_is_refused(world: World) -> None:
    asked = world.begin()
    path = f"/signin/liar/callback?code=a&code=b&state={asked['state']}"
    assert world.browser.get(path).status_code == 422
    assert "says something twice" in world.reason()


def test_who_takes_too_long_begins_again(world: World) -> None:
    asked = world.begin()
    world.house.later(minutes=16)
    assert world.finish(asked, signed(world.claims(asked))) == 422
    assert "took too long" in world.reason()


def test_new_keys_are_fetched_when_a_token_names_one_and_old_keys_end(world: World) -> None:
    asked = world.begin()
    assert world.finish(asked, signed(world.claims(asked))) == 303
    new = jwk.RSAKey.generate_key(2048, {"kid": "k-2"})
    world.fake.keys = jwks(new)
    world.house.later(minutes=1)
    asked = world.begin()
    token = signed(world.claims(asked), key=new, header={"alg": "RS256", "kid": "k-2"})
    assert world.finish(asked, token) == 303
    asked = world.begin()
    assert world.finish(asked, signed(world.claims(asked))) == 422
    assert "a key that the provider does not name" in world.reason()


def test_tokens_with_made_up_keys_do_not_make_us_fetch_without_end(world: World) -> None:
    for _ in range(5):
        asked = world.begin()
        token = signed(world.claims(asked), header={"alg": "RS256", "kid": "made-up"})
        assert world.finish(asked, token) == 422
    assert world.fake.fetched.count("/jwks") == 1
    assert world.fake.fetched.count("/.well-known/openid-configuration") == 1


def test_what_the_token_lacks_is_asked_for_and_has_to_be_about_the_same_person(world: World) -> None:
    asked = world.begin()
    bare = world.claims(asked, name=None, email=None)
    world.fake.userinfo = {"sub": "sub-1", "name": "Ana", "email": "ana@example.com", "groups": ["a"]}
    assert world.finish(asked, signed(bare)) == 303
    ana = world.house.identity.people.get("ana")
    assert ana is not None
    assert ana.groups == {"": {"owner"}}
    asked = world.begin()
    world.fake.userinfo = {"sub": "sub-2", "name": "Eve", "groups": ["a"]}
    assert world.finish(asked, signed(world.claims(asked))) == 422
    assert "somebody else" in world.reason()


@pytest.mark.parametrize(
    ("described", "reason"),
    [
        ({"issuer": "https://other.example"}, "of another issuer"),
        ({"token_endpoint": "http://evil.example/token"}, "not reached over https"),
        ({"jwks_uri": "file:///etc/passwd"}, "not reached over https"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "not reached over https"),
        ({"end_session_endpoint": "http://[::1"}, "no address"),
        ({"token_endpoint": 7}, "can't be read"),
    ],
)
def test_a_provider_that_describes_itself_wrongly_is_not_asked(
    world: World, described: dict[str, Any], reason: str
) -> None:
    world.fake.described = described
    answer = world.browser.get("/signin/liar")
    assert answer.status_code == 503
    assert reason in world.reason()


def test_a_provider_that_fails_or_talks_without_end_is_told(world: World) -> None:
    world.fake.status = 500
    assert world.browser.get("/signin/liar").status_code == 503
    assert "status 500" in world.reason()
    world.fake.status = 200
    asked = world.begin()
    world.fake.keys = b"x" * 1_100_000
    assert world.finish(asked, signed(world.claims(asked))) == 422
    assert "too large" in world.reason()
    world.fake.keys = b"no json"
    asked = world.begin()
    assert world.finish(asked, signed(world.claims(asked))) == 422
    assert "keys of provider `liar` can't be read" in world.reason()


def test_a_redirect_is_not_followed(world: World) -> None:
    world.fake.status = 302
    assert world.browser.get("/signin/liar").status_code == 503
    assert "status 302" in world.reason()


def test_a_provider_that_is_not_there_is_told_and_the_page_still_works(world: World) -> None:
    world.fake.address = "http://127.0.0.1:1"
    house = House(world.house.register, settings=ConsoleSettings(oidc=[
        Provider(name="gone", issuer="http://127.0.0.1:1", client_id="console")
    ]))  # fmt: skip
    answer = house.browser().get("/signin/gone")
    assert answer.status_code == 503
    assert "can&#39;t be reached" in answer.text
    assert house.browser().get("/signin/other").status_code == 404


def test_a_secret_goes_into_the_form_where_the_provider_wants_it_there(world: World) -> None:
    world.fake.described = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    asked = world.begin()
    assert world.finish(asked, signed(world.claims(asked))) == 303
    assert world.fake.asked[0]["client_secret"] == ["p@ss:w/rd"]
    assert world.fake.authorized == [""]


def test_what_is_demanded_is_asked_for_and_what_lacks_is_told(tmp_path: Path) -> None:
    register = open_register(tmp_path / "register.db")
    with serving(Fake()) as fake:
        provider = Provider(
            name="liar", issuer=fake.address, client_id="console", acr=["gold"], amr=["mfa"], max_age_minutes=10
        )
        world = World(House(register, settings=ConsoleSettings(oidc=[provider])), fake)
        asked = world.begin()
        assert (asked["acr_values"], asked["max_age"]) == ("gold", "600")
        now = world.house.now.timestamp()
        weak = world.claims(asked, acr="gold", amr=["pwd"], auth_time=now)
        assert world.finish(asked, signed(weak)) == 422
        assert world.reason() == "liar: the provider has not asked strongly enough: `amr` lacks mfa"
        again = world.begin()
        assert world.finish(again, signed(world.claims(again, acr="gold", amr=["mfa"], auth_time=now))) == 303
    register.close()


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_leads_to_the_page_and_not_to_the_provider(world: World, site: str) -> None:
    led = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    answer = world.browser.get("/signin/liar?next=/profile", headers=led)
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin?next=%2Fprofile")
    assert "set-cookie" not in answer.headers
    assert world.browser.get(answer.headers["location"], headers=led).status_code == 200
    # The provider's own answer comes from another site, too.
    asked = world.begin()
    world.browser.headers.update(led)
    assert world.finish(asked, signed(world.claims(asked))) == 303


def test_a_bookmark_leads_to_the_provider(world: World) -> None:
    for headers in ({"sec-fetch-site": "none"}, {}):
        browser = world.house.browser()
        del browser.headers["sec-fetch-site"]
        location = browser.get("/signin/liar", headers=headers).headers["location"]
        assert location.startswith(f"{world.fake.address}/auth?")


def test_a_cookie_of_nonsense_is_no_begun_sign_in(world: World) -> None:
    for text in ("", "%%%", "e30", "bm8ganNvbg", "x" * 5000):
        world.browser.cookies.set("bartizan-begun", text)
        assert world.browser.get("/signin/liar/callback?code=a&state=b").status_code == 422
        assert "no sign-in was begun" in world.reason()


def test_nobody_fills_the_log_by_failing_again_and_again(world: World) -> None:
    for _ in range(60):
        assert world.browser.get("/signin/liar/callback?code=a&state=b").status_code == 422
    assert world.house.identity.events.list(kind="sign-in-failed").total == 50


def test_signing_out_works_while_the_provider_is_gone(world: World) -> None:
    world.fake.described = {"end_session_endpoint": f"{world.fake.address}/end"}
    asked = world.begin()
    assert world.finish(asked, signed(world.claims(asked))) == 303
    world.house.later(minutes=61)
    asked = world.begin()
    assert world.finish(asked, signed(world.claims(asked))) == 303
    out = world.browser.post("/signout").text
    assert f"{world.fake.address}/end?id_token_hint=" in out
    asked = world.begin()
    assert world.finish(asked, signed(world.claims(asked))) == 303
    world.fake.status = 500
    world.house.later(minutes=29)
    assert world.browser.post("/signout").status_code == 200
