from __future__ import annotations

import re

import pytest

from bartizan.govern.roles import Role
from tests.console.identity.house import PASSWORD, House

NEW = "eleven purple otters swim"


def _link(text: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8300(/enrol/[A-Za-z0-9_-]+)", text)
    assert found is not None
    return found[1]


def test_an_administrator_adds_somebody_who_begins_with_a_link(house: House) -> None:
    house.person("ana", Role.ADMINISTRATOR)
    admin = house.signed_in("ana")
    answer = admin.post("/administration/people", data={"name": "Ben Roth", "email": "ben@example.com"})
    path = _link(answer.text)
    ben = house.browser()
    assert "Welcome, Ben Roth" in ben.get(path).text
    assert ben.post(path, data={"password": NEW, "password_again": NEW}).status_code == 303
    assert "You have no role yet" in ben.get("/profile").text
    assert (
        admin.post("/administration/people/ben-roth/roles", data={"role": "owner", "unit": "retail"}).status_code == 303
    )
    page = ben.get("/profile").text
    assert "You have no role yet" not in page
    assert "retail" in page
    again = admin.post("/administration/people", data={"name": "Ben", "email": "BEN@example.com"})
    assert again.status_code == 422
    assert "has an account already" in again.text


def test_a_new_link_sets_a_new_password_and_ends_sessions(house: House) -> None:
    house.person("ana", Role.ADMINISTRATOR)
    house.person("ben", Role.OWNER)
    ben = house.signed_in("ben")
    path = _link(house.signed_in("ana").post("/administration/people/ben/link").text)
    assert ben.get("/profile").status_code == 200
    assert house.browser().post(path, data={"password": NEW, "password_again": NEW}).status_code == 303
    assert ben.get("/profile").status_code == 303
    old = house.browser().post("/signin", data={"email": "ben@example.com", "password": PASSWORD})
    assert old.status_code == 422


def test_nobody_changes_the_own_roles_or_closes_the_own_account(house: House) -> None:
    house.person("ana", Role.ADMINISTRATOR)
    house.person("ben", Role.ADMINISTRATOR)
    ana = house.signed_in("ana")
    assert ana.post("/administration/people/ana/roles", data={"role": "owner", "unit": "*"}).status_code == 403
    assert ana.post("/administration/people/ana/disabled", data={"disabled": "1"}).status_code == 403
    record = house.identity.people.get("ana")
    assert record is not None
    assert record.roles == {"": {Role.ADMINISTRATOR}}


def test_who_administers_a_unit_gives_roles_there_and_below_alone(house: House) -> None:
    house.person("ana", Role.ADMINISTRATOR, unit="retail")
    house.person("ben")
    ana = house.signed_in("ana")
    give = "/administration/people/ben/roles"
    assert ana.get("/administration/people/ben").status_code == 200
    assert ana.post(give, data={"role": "owner", "unit": "shops"}).status_code == 303
    assert ana.post(give, data={"role": "owner", "unit": "it"}).status_code == 403
    assert ana.post(give, data={"role": "administrator", "unit": "*"}).status_code == 403
    assert ana.post(give, data={"role": "owner", "unit": "no such"}).status_code == 422
    assert ana.post(give, data={"role": "owner", "unit": ""}).status_code == 422
    for path in ("/administration/tokens", "/administration/sessions", "/access"):
        assert ana.get(path).status_code == 403, path
    for path in ("link", "disabled", "sessions/end"):
        assert ana.post(f"/administration/people/ben/{path}", data={"disabled": "1"}).status_code == 403, path
    record = house.identity.people.get("ben")
    assert record is not None
    assert record.roles == {"shops": {Role.OWNER}}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_else_administers(house: House, role: Role) -> None:
    house.person("ana", role)
    ana = house.signed_in("ana")
    for path in ("", "/people/ana", "/tokens", "/sessions"):
        assert ana.get(f"/administration{path}").status_code == 403, path
    assert ana.post("/administration/people", data={"name": "x", "email": "x@y"}).status_code == 403
    assert ana.get("/access").status_code == (200 if role is Role.AUDITOR else 403)


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(house: House) -> None:
    house.person("ana", Role.ADMINISTRATOR)
    house.person("ben", Role.OWNER)
    ana, ben = house.signed_in("ana"), house.signed_in("ben")
    assert ana.post("/administration/people/ben/disabled", data={"disabled": "1"}).status_code == 303
    assert ben.get("/profile").status_code == 303
    assert ben.post("/signin", data={"email": "ben@example.com", "password": PASSWORD}).status_code == 422
    assert ana.post("/administration/people/ben/link").status_code == 404
    assert ana.post("/administration/people/ben/disabled", data={}).status_code == 303
    house.signed_in("ben")


def test_a_role_is_taken_back_but_not_the_last_administrators(house: House) -> None:
    house.person("ana", Role.ADMINISTRATOR, unit="retail")
    house.person("ben", Role.ADMINISTRATOR, Role.OWNER)
    house.identity.people.give("ana", "", Role.ADMINISTRATOR, house.note())
    ana = house.signed_in("ana")
    path = "/administration/people/ben/roles"
    assert ana.post(path, data={"role": "owner", "unit": "*", "take": "1"}).status_code == 303
    assert ana.post(path, data={"role": "owner", "unit": "*", "take": "1"}).status_code == 404
    assert ana.post(path, data={"role": "administrator", "unit": "*", "take": "1"}).status_code == 303
    assert house.identity.people.administrators() == {"ana"}


def test_sessions_and_tokens_of_others_are_ended_by_administrators(house: House) -> None:
    house.person("ana", Role.ADMINISTRATOR)
    house.person("ben", Role.OWNER)
    ana, ben = house.signed_in("ana"), house.signed_in("ben")
    made = ben.post("/profile/tokens", data={"token_name": "ci", "actions": "read", "until": "2027-01-01"})
    assert re.search(r"bzt_[A-Za-z0-9_-]{43}", made.text)
    [token] = house.identity.tokens.list("ben")
    [session] = house.identity.sessions.list("ben", now=house.services.now())
    assert "ci" in ana.get("/administration/tokens").text
    assert ana.post(f"/administration/tokens/{token.id}/revoke").status_code == 303
    assert ana.post(f"/administration/tokens/{token.id}/revoke").status_code == 404
    assert "ben" in ana.get("/administration/sessions").text.lower()
    assert ana.post(f"/administration/sessions/{session.id}/end").status_code == 303
    assert ben.get("/profile").status_code == 303
    log = ana.get("/access").text
    for told in ("token made", "token revoked", "session ended", "signed in"):
        assert told in log
    assert "signed in" not in ana.get("/access?kind=token-made").text.partition('id="list"')[2]
    assert ana.get("/access?who=ben&after=3").status_code == 200


def test_one_ends_only_the_own_sessions_and_tokens_in_the_profile(house: House) -> None:
    house.person("ana", Role.OWNER)
    house.person("ben", Role.OWNER)
    ana, ben = house.signed_in("ana"), house.signed_in("ben")
    ben.post("/profile/tokens", data={"token_name": "ci", "actions": "read", "units": "it", "until": "2027-01-01"})
    [token] = house.identity.tokens.list("ben")
    assert token.units == frozenset({"it"})
    [session] = house.identity.sessions.list("ben", now=house.services.now())
    assert ana.post(f"/profile/tokens/{token.id}/revoke").status_code == 404
    ana.post(f"/profile/sessions/{session.id}/end")
    assert ben.get("/profile").status_code == 200
    assert ben.post(f"/profile/tokens/{token.id}/revoke").status_code == 303


def test_changing_the_password_takes_the_old_one_and_ends_all_other_sessions(house: House) -> None:
    house.person("ana", Role.OWNER)
    here, there = house.signed_in("ana"), house.signed_in("ana")
    before = here.cookies["bartizan"]
    wrong = {"old": "wrong", "password": NEW, "password_again": NEW}
    answer = here.post("/profile/password", data=wrong)
    assert answer.status_code == 422
    assert "not your present password" in answer.text
    weak = {"old": PASSWORD, "password": "short", "password_again": "short"}
    assert here.post("/profile/password", data=weak).status_code == 422
    assert here.post("/profile/password", data={**wrong, "old": PASSWORD}).status_code == 303
    assert here.cookies["bartizan"] != before
    assert here.get("/profile").status_code == 200
    assert there.get("/profile").status_code == 303
    old = house.browser()
    old.cookies.set("bartizan", before)
    assert old.get("/profile").status_code == 303
    assert house.browser().post("/signin", data={"email": "ana@example.com", "password": NEW}).status_code == 303


def test_signing_out_everywhere_ends_all(house: House) -> None:
    house.person("ana", Role.OWNER)
    here, there = house.signed_in("ana"), house.signed_in("ana")
    house.later(minutes=11)
    [session, _] = house.identity.sessions.list("ana", now=house.services.now())
    for path in ("/profile/sessions/end", f"/profile/sessions/{session.id}/end"):
        answer = here.post(path)
        assert answer.headers["location"] == "/profile/confirm?next=/profile", "not by whoever finds the machine open"
    assert there.get("/profile").status_code == 200
    assert here.post("/profile/confirm", data={"password": PASSWORD, "next": "/profile"}).status_code == 303
    answer = here.post("/profile/sessions/end")
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin")
    assert there.get("/profile").status_code == 303


def test_name_and_language_are_kept_with_the_account(house: House) -> None:
    house.person("ana", Role.OWNER)
    ana = house.signed_in("ana")
    assert ana.post("/profile", data={"name": "Ana M.", "language": "de"}).status_code == 303
    assert 'lang="de"' in ana.get("/profile").text
    assert ana.post("/profile", data={"name": "", "language": "xx"}).status_code == 422
    assert house.acting("ana").name == "Ana M."


def test_what_people_are_called_is_shown_as_text(house: House) -> None:
    house.person("ana", Role.ADMINISTRATOR)
    ana = house.signed_in("ana")
    bad = "<script>alert(1)</script>"
    answer = ana.post("/administration/people", data={"name": bad, "email": '"><b>@example.com'})
    assert answer.status_code == 200
    for path in ("/administration", "/access", "/administration/people/script-alert-1-script"):
        text = ana.get(path).text
        assert "<script>alert" not in text
        assert "<b>@" not in text


def test_forms_of_other_sites_change_nothing(house: House) -> None:
    house.person("ana", Role.ADMINISTRATOR)
    ana = house.signed_in("ana")
    elsewhere = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    answer = ana.post("/administration/people", data={"name": "Eve", "email": "e@e.example"}, headers=elsewhere)
    assert answer.status_code == 403
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert house.identity.people.list().total == 1
    rebound = ana.get("/profile", headers={"host": "evil.example"})
    assert rebound.status_code == 421
