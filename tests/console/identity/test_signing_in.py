from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from bartizan.console.access import Fixed
from bartizan.console.app import make_app
from bartizan.console.identity import ConsoleSettings, enrol_link, rescue_link
from bartizan.console.identity.passwords import Passwords
from bartizan.console.identity.service import Client
from bartizan.console.identity.settings import Provider
from bartizan.console.identity.signing import TooOften, heard
from bartizan.govern.roles import Role
from bartizan.model import InputError
from bartizan.store.register.people_records import FactorRecord
from tests.console.identity.house import PASSWORD, Browser, House, enrol_path


def test_the_first_administrator_begins_with_a_link_that_works_once(house: House) -> None:
    path = enrol_path(house)
    browser = house.browser()
    assert "Begin as the first administrator" in browser.get(path).text
    form = {"name": "Ana Meier", "email": "Ana.Meier@example.com", "password": PASSWORD, "password_again": PASSWORD}
    answer = browser.post(path, data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    ana = house.identity.people.get("ana-meier")
    assert ana is not None
    assert ana.roles == {"": frozenset({Role.ADMINISTRATOR, Role.OWNER})}
    assert browser.get("/administration").status_code == 200
    assert browser.post(path, data=form).status_code == 404
    assert enrol_link(house.services) == ""


def test_a_link_ends_after_a_day_and_when_another_is_made(house: House) -> None:
    first = enrol_path(house)
    second = enrol_path(house)
    assert house.browser().get(first).status_code == 404
    assert house.browser().get(second).status_code == 200
    house.later(hours=24)
    assert house.browser().get(second).status_code == 404


def test_the_operator_lets_in_who_is_locked_out(house: House) -> None:
    house.person("ana", Role.ADMINISTRATOR)
    factor = FactorRecord(id="a", person="ana", kind="codes", name="phone", secret="S", created=house.services.now())
    house.identity.factors.add(factor, [], house.note())
    path = rescue_link(house.services, "Ana@Example.com").removeprefix(house.services.address)
    assert not house.identity.factors.of("ana")
    new = "nine loud otters swim"
    browser = house.browser()
    answer = browser.post(path, data={"name": "Ana", "password": new, "password_again": new})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.get("/administration").status_code == 200
    assert {"link-made", "factors-cleared"} <= set(house.kinds())


def test_nobody_is_let_in_whose_account_has_no_password(house: House) -> None:
    with pytest.raises(InputError, match=r"there is no account `eva@example\.com`"):
        rescue_link(house.services, "eva@example.com")
    house.person("ben", Role.OWNER)
    house.identity.people.set_disabled("ben", disabled=True, note=house.note())
    with pytest.raises(InputError, match=r"no password opens the account `ben@example\.com`"):
        rescue_link(house.services, "ben@example.com")


def test_a_weak_password_is_told_beside_its_field_and_the_link_stays_good(house: House) -> None:
    path = enrol_path(house)
    form = {"name": "Ana", "email": "ana@example.com", "password": "Password2026!", "password_again": "Password2026?"}
    answer = house.browser().post(path, data=form)
    assert answer.status_code == 422
    assert "Attackers try this one first" in answer.text
    assert "The two aren&#39;t the same." in answer.text
    assert "Password2026" not in answer.text
    assert house.browser().get(path).status_code == 200


def test_who_is_not_signed_in_is_sent_to_the_sign_in_and_back(house: House) -> None:
    house.person("ana", Role.OWNER)
    browser = house.browser()
    answer = browser.get("/profile?a=b")
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin?next=%2Fprofile%3Fa%3Db")
    page = browser.get(answer.headers["location"])
    assert 'name="next" value="/profile?a=b"' in page.text
    form = {"email": " ANA@example.com", "password": PASSWORD, "next": "/profile?a=b"}
    answer = browser.post("/signin", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/profile?a=b")
    assert "Ana" in browser.get("/profile").text


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(house: House) -> None:
    house.person("ana", Role.OWNER)
    answer = house.browser().post("/signin", data={"email": "ana@example.com", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert re.match(r"bartizan=[A-Za-z0-9_-]{43};", cookie)
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie


def test_with_https_the_cookie_is_bound_to_the_host(house: House) -> None:
    secure = House(house.register, address="https://ai.example.com")
    secure.person("ana", Role.OWNER)
    answer = secure.browser().post("/signin", data={"email": "ana@example.com", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-bartizan=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    refused = secure.browser().get("/signin", headers={"host": "evil.example"})
    assert refused.status_code == 421
    assert "strict-transport-security" in refused.headers
    assert secure.signed_in("ana").get("/profile").status_code == 200


def test_with_https_the_other_cookies_are_bound_to_the_host_too(house: House) -> None:
    secure = House(house.register, address="https://ai.example.com")
    secure.person("ana", Role.OWNER)
    browser = secure.signed_in("ana")
    chosen = browser.post("/preferences", data={"language": "de", "theme": "dark", "back": "/"})
    kept = browser.post("/profile", data={"name": "Ana"})
    shown = browser.get("/profile")
    assert '<html lang="de"' in shown.text
    assert "Ihr Profil" in shown.text, "the message after the form"
    every = [one for answer in (chosen, kept, shown) for one in answer.headers.get_list("set-cookie")]
    assert [one.partition("=")[0] for one in every] == ["__Host-language", "__Host-theme", "__Host-said", "__Host-said"]
    assert all("Secure" in one and "Path=/" in one and "Domain" not in one for one in every)
    assert "Max-Age=0" in every[-1]
    # What another host of the same site may have set under the plain name counts for nothing.
    other = secure.browser()
    other.cookies.set("language", "it")
    assert '<html lang="it"' not in other.get("/signin").text


def test_a_wrong_password_a_missing_account_and_a_closed_one_are_told_alike(house: House) -> None:
    house.person("ana", Role.OWNER)
    house.person("cleo", Role.OWNER)
    house.identity.people.set_disabled("cleo", True, house.note())
    texts = set()
    for email, password in (
        ("ana@example.com", "wrong"),
        ("nobody@example.com", PASSWORD),
        ("cleo@example.com", PASSWORD),
    ):
        answer = house.browser().post("/signin", data={"email": email, "password": password})
        assert answer.status_code == 422
        texts.add(answer.text.replace(email, ""))
    assert len(texts) == 1
    assert [one.detail for one in house.identity.events.list(kind="sign-in-failed").items] == [
        "closed",
        "no such account",
        "wrong password",
    ]


def test_what_somebody_typed_is_in_no_event(house: House) -> None:
    house.browser().post("/signin", data={"email": "my secret password", "password": "another secret"})
    assert "secret" not in str(house.identity.events.list().items)


def test_many_attempts_at_one_account_take_longer_and_longer(house: House) -> None:
    house.person("ana", Role.OWNER)
    browser = house.browser()
    wrong = {"email": "ana@example.com", "password": "wrong"}
    for _ in range(10):
        assert browser.post("/signin", data=wrong).status_code == 422
    refused = browser.post("/signin", data={"email": "ana@example.com", "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) <= 3
    house.later(seconds=3)
    assert browser.post("/signin", data=wrong).status_code == 422
    assert int(browser.post("/signin", data=wrong).headers["retry-after"]) == 3
    house.later(seconds=3)
    assert browser.post("/signin", data={"email": "ana@example.com", "password": PASSWORD}).status_code == 303
    assert browser.post("/signin", data=wrong).status_code == 422


def test_accounts_that_do_not_exist_are_slowed_down_too(house: House) -> None:
    wrong = {"email": "nobody@example.com", "password": "wrong"}
    statuses = [house.browser().post("/signin", data=wrong).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_one_address_that_tries_many_accounts_is_slowed_down(house: House) -> None:
    browser = house.browser()
    for count in range(50):
        assert browser.post("/signin", data={"email": f"{count}@example.com", "password": "x"}).status_code == 422
    assert browser.post("/signin", data={"email": "other@example.com", "password": "x"}).status_code == 429


def test_a_network_of_ipv6_counts_as_one_address(house: House) -> None:
    """Whoever has one address of it has all 2^64."""
    heard_from = [Client(address=f"2001:db8::{number}") for number in range(51)]
    for one in heard_from[:50]:
        heard(house.identity, "", one)
    with pytest.raises(TooOften):
        heard(house.identity, "", heard_from[50])
    assert heard(house.identity, "", Client(address="2001:db8:0:1::1")) == "address 2001:db8:0:1::/64"
    assert heard(house.identity, "", Client(address="::ffff:192.0.2.1")) == "address ::ffff:192.0.2.1"
    assert heard(house.identity, "", Client(address="")) == "address "


def test_signing_in_gives_a_new_number_and_ends_the_session_that_the_browser_had(house: House) -> None:
    house.person("ana", Role.OWNER)
    browser = house.signed_in("ana")
    old = browser.cookies["bartizan"]
    browser.post("/signin", data={"email": "ana@example.com", "password": PASSWORD})
    assert browser.cookies["bartizan"] != old
    thief = house.browser()
    thief.cookies.set("bartizan", old)
    assert thief.get("/profile").status_code == 303


def test_a_session_number_that_somebody_planted_is_never_taken(house: House) -> None:
    house.person("ana", Role.OWNER)
    browser = house.browser()
    browser.cookies.set("bartizan", "A" * 43)
    assert browser.get("/profile").status_code == 303
    answer = browser.post("/signin", data={"email": "ana@example.com", "password": PASSWORD})
    assert "A" * 43 not in answer.headers["set-cookie"]


def test_a_session_ends_when_it_is_idle_and_after_half_a_day_at_the_latest(house: House) -> None:
    house.person("ana", Role.OWNER)
    browser = house.signed_in("ana")
    house.later(minutes=29)
    assert browser.get("/profile").status_code == 200
    house.later(minutes=29)
    assert browser.get("/profile").status_code == 200
    house.later(minutes=30)
    assert browser.get("/profile").status_code == 303
    browser = house.signed_in("ana")
    for _ in range(12 * 3 - 1):
        house.later(minutes=20)
        assert browser.get("/profile").status_code == 200
    house.later(minutes=20)
    assert browser.get("/profile").status_code == 303


def test_signing_out_ends_the_session_itself(house: House) -> None:
    house.person("ana", Role.OWNER)
    browser = house.signed_in("ana")
    secret = browser.cookies["bartizan"]
    answer = browser.post("/signout")
    assert answer.status_code == 200
    assert "signed out" in answer.text
    browser.cookies.set("bartizan", secret)
    assert browser.get("/profile").status_code == 303
    assert house.kinds()[0] == "signed-out"


def test_going_on_leads_to_pages_of_the_console_only(house: House) -> None:
    house.person("ana", Role.OWNER)
    for bad in ("//evil.example", "https://evil.example", "/\\evil.example", "/\tevil", "javascript:x", "/signout", ""):
        form = {"email": "ana@example.com", "password": PASSWORD, "next": bad}
        assert house.browser().post("/signin", data=form).headers["location"] == "/"


def test_a_password_that_was_hashed_more_weakly_is_hashed_anew_at_the_next_sign_in(house: House) -> None:
    house.person("ana", Role.OWNER)
    old = Passwords(memory_kib=32, passes=1).hash(PASSWORD)
    house.identity.people.set_password("ana", old, None)
    house.signed_in("ana")
    record = house.identity.people.get("ana")
    assert record is not None
    assert "m=64" in record.password
    house.signed_in("ana")


def test_the_database_holds_neither_passwords_nor_session_numbers_nor_links(house: House) -> None:
    link = enrol_path(house).removeprefix("/enrol/")
    house.person("ana", Role.OWNER)
    browser = house.signed_in("ana")
    place = Path(str(house.register.engine.url.database))
    content = b"".join(path.read_bytes() for path in place.parent.glob(f"{place.name}*"))
    assert b"ana@example.com" in content
    for secret in (browser.cookies["bartizan"], PASSWORD, link):
        assert secret.encode() not in content


def test_behind_a_trusted_proxy_the_address_is_the_one_that_the_proxy_names(house: House) -> None:
    settings = ConsoleSettings(trusted_proxies=["192.0.2.0/24", "10.0.0.0/8"])
    behind = House(house.register, settings=settings)
    forged = "198.51.100.1, 203.0.113.9, 10.1.2.3"
    for peer, expected in (("192.0.2.1", "203.0.113.9"), ("198.51.100.77", "198.51.100.77")):
        browser = Browser(behind.app, peer=peer)
        browser.post("/signin", data={"email": "a@b", "password": "x"}, headers={"x-forwarded-for": forged})
        assert behind.identity.events.list().items[0].address == expected


def test_pages_of_signing_in_are_not_there_where_nobody_has_to(house: House) -> None:
    app = make_app(house.services, Fixed(house.acting(house.person("ana", Role.ADMINISTRATOR).id)))
    browser = Browser(app)
    assert browser.get("/signin").status_code == 404
    assert browser.get("/administration").status_code == 404
    assert browser.get("/acceptances").status_code == 200


def test_without_passwords_only_a_provider_signs_in(house: House) -> None:
    provider = Provider(name="company", issuer="https://idp.example", client_id="x")
    only = House(house.register, settings=ConsoleSettings(passwords=False, oidc=[provider]))
    only.person("ana", Role.OWNER)
    page = only.browser().get("/signin").text
    assert "Sign in with company" in page
    assert 'type="password"' not in page
    assert only.browser().post("/signin", data={"email": "ana@example.com", "password": PASSWORD}).status_code == 404


def test_accounts_need_a_register_in_a_database(house: House) -> None:
    class Other:
        """A register that is kept elsewhere."""

    services = replace(house.services, register=cast("Any", Other()))
    with pytest.raises(InputError, match="needs a register in a database"):
        enrol_link(services)
