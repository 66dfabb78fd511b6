from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from bartizan.console.identity.api_tokens import make_token, narrowed, person_of_token
from bartizan.govern.roles import Action, Person, Role
from bartizan.model import InputError
from bartizan.model.documents import Organisation, Unit
from tests.console.identity.house import HERE, House

UNTIL = date(2027, 5, 1)
READ = frozenset({Action.READ})
OWNER = frozenset({Role.OWNER})


def _token(
    house: House, name: str = "ana", actions: frozenset[Action] = READ, units: frozenset[str] | None = None
) -> str:
    _, text = make_token(house.identity, house.acting(name), HERE, name="ci", actions=actions, units=units, until=UNTIL)
    return text


def test_a_token_acts_in_somebodys_name_within_what_it_may(house: House) -> None:
    house.person("ana", Role.OWNER, Role.REVIEWER)
    text = _token(house)
    assert re.fullmatch(r"bzt_[A-Za-z0-9_-]{43}", text)
    person = person_of_token(house.identity, text)
    assert person is not None
    assert (person.id, person.program, person.only) == ("ana", True, READ)
    assert house.services.may(person, Action.READ, "it")
    assert not house.services.may(person, Action.CHANGE, "it")


def test_a_token_follows_the_roles_that_its_owner_has_now(house: House) -> None:
    house.person("ana", Role.OWNER, unit="retail")
    text = _token(house, actions=frozenset({Action.CHANGE}))
    person = person_of_token(house.identity, text)
    assert person is not None
    assert house.services.may(person, Action.CHANGE, "shops")
    house.identity.people.take("ana", "retail", Role.OWNER, house.note())
    person = person_of_token(house.identity, text)
    assert person is not None
    assert not house.services.may(person, Action.CHANGE, "shops")


def test_a_token_is_dead_when_it_is_revoked_over_or_its_owner_has_left(house: House) -> None:
    house.person("ana", Role.OWNER)
    text, other, third = _token(house), _token(house), _token(house)
    house.later(seconds=1)
    revoked = house.identity.tokens.list("ana")[0]
    house.identity.tokens.revoke(revoked.id, house.note())
    alive = [one for one in (text, other, third) if person_of_token(house.identity, one)]
    assert len(alive) == 2
    house.identity.people.set_disabled("ana", True, house.note())
    assert person_of_token(house.identity, alive[0]) is None
    house.identity.people.set_disabled("ana", False, house.note())
    assert person_of_token(house.identity, alive[0]) is None
    last = _token(house)
    house.now = house.now.replace(year=2027, month=5, day=1, hour=23)
    assert person_of_token(house.identity, last) is not None
    house.later(hours=1)
    assert person_of_token(house.identity, last) is None


@pytest.mark.parametrize("text", ["", "bzt_", "bzt_" + "A" * 43, "bzt_" + "A" * 5000, "A" * 43])
def test_what_was_never_handed_out_is_nobody(house: House, text: str) -> None:
    assert person_of_token(house.identity, text) is None


def test_tokens_end_within_a_year_and_have_something_to_do(house: House) -> None:
    ana = house.person("ana", Role.OWNER)
    today = house.services.today()
    person = house.acting(ana.id)
    for changes in (
        {"until": today + timedelta(days=366)},
        {"until": today - timedelta(days=1)},
        {"actions": frozenset[Action]()},
        {"name": " "},
    ):
        said = {"name": "ci", "actions": READ, "units": None, "until": UNTIL, **changes}
        with pytest.raises(InputError):
            make_token(house.identity, person, HERE, **said)  # type: ignore[arg-type]
    assert house.identity.tokens.list() == []


def test_a_token_makes_no_tokens(house: House) -> None:
    program = Person(id="ana", program=True)
    with pytest.raises(InputError, match="can't make tokens"):
        make_token(house.identity, program, HERE, name="x", actions=READ, units=None, until=UNTIL)


def test_a_token_opens_pages_of_its_roles_and_none_of_an_account(house: House) -> None:
    house.person("ana", Role.ADMINISTRATOR)
    text = _token(house, actions=frozenset(Action))
    program = house.browser()
    program.headers.update({"authorization": f"Bearer {text}"})
    del program.headers["sec-fetch-site"]
    del program.headers["origin"]
    assert program.get("/access").status_code == 200
    for path in ("/profile", "/administration", "/administration/tokens"):
        assert program.get(path).status_code == 403, path
    form = {"token_name": "more", "actions": "read", "until": "2027-01-01"}
    assert program.post("/profile/tokens", data=form).status_code == 403
    assert program.post("/administration/people", data={"name": "Eve", "email": "e@e"}).status_code == 403
    assert len(house.identity.tokens.list()) == 1


def test_a_wrong_token_is_not_made_up_for_by_a_cookie(house: House) -> None:
    house.person("ana", Role.OWNER)
    browser = house.signed_in("ana")
    assert browser.get("/profile").status_code == 200
    for said in ("Bearer bzt_wrong", "Basic YTpi", "Bearer", ""):
        assert browser.get("/profile", headers={"authorization": said}).status_code == 303


def test_the_last_use_is_kept(house: House) -> None:
    house.person("ana", Role.OWNER)
    text = _token(house)
    person_of_token(house.identity, text)
    [token] = house.identity.tokens.list()
    assert token.used == house.services.now()
    house.later(seconds=30)
    person_of_token(house.identity, text)
    assert house.identity.tokens.list()[0].used == token.used


@pytest.mark.parametrize(
    ("roles", "units", "expected"),
    [
        ({"": OWNER}, None, {"": OWNER}),
        ({"": OWNER}, {"retail"}, {"retail": OWNER}),
        ({"retail": OWNER}, {"shops"}, {"shops": OWNER}),
        ({"shops": OWNER}, {"retail"}, {"shops": OWNER}),
        ({"shops": OWNER, "it": OWNER}, {"it"}, {"it": OWNER}),
        ({"it": OWNER}, {"retail"}, {}),
        ({"retail": OWNER}, {"unknown"}, {}),
    ],
)
def test_a_token_for_some_units_has_no_more_than_both_have(
    roles: dict[str, frozenset[Role]], units: set[str] | None, expected: dict[str, frozenset[Role]]
) -> None:
    organisation = Organisation(
        title="x", units={"retail": Unit(title="R"), "shops": Unit(title="S", parent="retail"), "it": Unit(title="I")}
    )
    assert narrowed(roles, None if units is None else frozenset(units), organisation) == expected
