from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError

from bartizan.govern.roles import Action, Role
from bartizan.model import BartizanError, InputError, System
from bartizan.model.documents import Document, Kind
from bartizan.store.register.acceptances import Acceptances
from bartizan.store.register.interface import Conflict, Missing
from bartizan.store.register.open import SqlRegister
from bartizan.store.register.people import People
from bartizan.store.register.people_access import Attempts, Limit, Sessions, Tokens
from bartizan.store.register.people_events import AuthEvents
from bartizan.store.register.people_records import ApiToken, Note, SessionRecord
from bartizan.store.register.people_tables import AUTH_EVENT

AT = "2026-11-28T12:00:00Z"
LATER = "2026-11-28T18:00:00Z"
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def _note(kind: str = "test", person: str = "test", at: str = AT) -> Note:
    return Note(kind=kind, at=at, person=person)


def _session(id: str, person: str, ends: str = LATER) -> SessionRecord:
    return SessionRecord(id=id, person=person, created=AT, seen=AT, ends=ends, method="password", address="", agent="")


def test_an_account_is_found_by_its_address_whatever_the_capitals(register: SqlRegister) -> None:
    people = People(register)
    made = people.add_local("Ana Meier", "Ana.Meier@Example.com", _note(), password="hash")
    assert made.id == "ana-meier"
    assert people.by_login(" ana.meier@EXAMPLE.com") == made
    assert people.by_login("ana") is None
    with pytest.raises(Conflict):
        people.add_local("Other", "ANA.meier@example.com", _note())
    with pytest.raises(InputError):
        people.add_local("Other", " ", _note())


def test_ids_can_be_read_and_are_nobody_elses(register: SqlRegister) -> None:
    people = People(register)
    names = ["Ana Meier", "Ana Meier", "Zoë Müller-Łukasz", "山田", ""]
    ids = [people.add_local(name, f"{count}@example.com", _note()).id for count, name in enumerate(names)]
    assert ids == ["ana-meier", "ana-meier-2", "zoe-muller-ukasz", "person", "4"]
    assert people.names(ids)["ana-meier-2"] == "Ana Meier"
    assert people.names([]) == {}


def test_people_are_listed_by_pages_and_searched(register: SqlRegister) -> None:
    people = People(register)
    for count in range(7):
        people.add_local(f"P{count}", f"p{count}@example.com", _note())
    people.add_local("Hundred % sure_", "x@example.com", _note())
    first = people.list(limit=5)
    rest = people.list(limit=5, after=first.next)
    assert [one.id for one in (*first.items, *rest.items)] == ["hundred-sure", *(f"p{count}" for count in range(7))]
    assert (first.total, rest.next) == (8, "")
    assert [one.id for one in people.list(text="% SURE_").items] == ["hundred-sure"]
    assert people.list(text="_%").total == 0


def test_roles_are_given_in_units_and_taken_back(register: SqlRegister) -> None:
    people = People(register)
    people.add_local("Ana", "ana@example.com", _note())
    for unit, role in (("", Role.AUDITOR), ("retail", Role.OWNER), ("retail", Role.OWNER), ("retail", Role.REVIEWER)):
        people.give("ana", unit, role, _note("role-given"))
    found = people.get("ana")
    assert found is not None
    assert found.roles == {"": {Role.AUDITOR}, "retail": {Role.OWNER, Role.REVIEWER}}
    people.take("ana", "retail", Role.OWNER, _note())
    with pytest.raises(Missing):
        people.take("ana", "retail", Role.OWNER, _note())
    assert AuthEvents(register).list(kind="role-given").total == 3


def test_the_last_administrator_stays(register: SqlRegister) -> None:
    people = People(register)
    for name in ("Ana", "Ben"):
        people.add_local(name, f"{name}@example.com", _note(), password="hash")
    people.give("ana", "", Role.ADMINISTRATOR, _note())
    people.give("ben", "retail", Role.ADMINISTRATOR, _note())
    with pytest.raises(Conflict):
        people.take("ana", "", Role.ADMINISTRATOR, _note())
    with pytest.raises(Conflict):
        people.set_disabled("ana", True, _note())
    people.set_disabled("ben", True, _note())
    people.set_disabled("ben", False, _note())
    people.give("ben", "", Role.ADMINISTRATOR, _note())
    people.take("ana", "", Role.ADMINISTRATOR, _note())
    assert people.administrators() == {"ben"}


def test_two_administrators_who_take_each_others_role_at_once_are_not_both_gone(register: SqlRegister) -> None:
    people = People(register)
    for name in ("ana", "ben"):
        people.add_local(name, f"{name}@example.com", _note(), password="hash")
        people.give(name, "", Role.ADMINISTRATOR, _note())

    def take(name: str) -> bool:
        try:
            people.take(name, "", Role.ADMINISTRATOR, _note())
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, ("ana", "ben"))) == [False, True]


def test_a_closed_account_has_no_session_no_link_and_no_token(register: SqlRegister) -> None:
    people, sessions, tokens = People(register), Sessions(register), Tokens(register)
    people.add_local("Ana", "ana@example.com", _note())
    sessions.begin(_session("s", "ana"), _note())
    people.add_link("d", "ana", LATER, _note())
    token = ApiToken(
        id="t", person="ana", name="ci", actions=frozenset({Action.READ}), units=None, created=AT, ends=LATER
    )
    tokens.add(token, "digest", _note())
    people.set_disabled("ana", True, _note(at=LATER))
    assert sessions.get("s") is None
    assert people.link("d", AT) is None
    found = tokens.find("digest")
    assert found is not None
    assert found.revoked == LATER
    people.set_disabled("ana", False, _note())
    revoked = tokens.find("digest")
    assert revoked is not None
    assert revoked.revoked


def test_who_comes_from_a_provider_is_known_by_issuer_and_subject_alone(register: SqlRegister) -> None:
    people = People(register)
    people.add_local("Ana", "ana@example.com", _note(), password="hash")
    said = {"name": "Ana", "email": "ana@example.com", "roles": {"": frozenset({Role.OWNER})}, "note": _note()}
    one = people.signed_in_from("https://a", "1", **said)  # type: ignore[arg-type]
    same = people.signed_in_from("https://a", "1", **said)  # type: ignore[arg-type]
    other = people.signed_in_from("https://b", "1", **said)  # type: ignore[arg-type]
    assert [one.id, same.id, other.id] == ["ana-2", "ana-2", "ana-3"]
    assert one.groups == {"": {Role.OWNER}}


def test_what_groups_gave_ends_without_them_and_what_was_given_stays(register: SqlRegister) -> None:
    people = People(register)
    roles = {"retail": frozenset({Role.OWNER, Role.REVIEWER})}
    made = people.signed_in_from("https://a", "1", name="Ana", email="", roles=roles, note=_note(person=""))
    people.give(made.id, "it", Role.AUDITOR, _note())
    found = people.signed_in_from("https://a", "1", name="", email="a@b", roles={}, note=_note(person=""))
    assert (found.name, found.email) == ("Ana", "a@b")
    assert found.roles == {"it": {Role.AUDITOR}}
    told = [one.detail for one in AuthEvents(register).list(kind="roles-from-groups").items]
    assert told == ["", "owner@retail, reviewer@retail"]


def test_many_who_come_from_a_provider_at_once_each_get_one_account(register: SqlRegister) -> None:
    people = People(register)

    def come(count: int) -> str:
        said = people.signed_in_from("https://a", str(count % 4), name="Ana", email="", roles={}, note=_note(person=""))
        return said.id

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(come, range(16)))
    assert len(set(ids)) == 4
    assert all(ids[count] == ids[count % 4] for count in range(16))


def test_a_link_makes_one_first_administrator_even_when_it_is_used_twice_at_once(register: SqlRegister) -> None:
    people = People(register)
    people.add_link("d", None, LATER, _note())

    def use(count: int) -> str:
        try:
            return people.use_link("d", f"Ana {count}", f"{count}@example.com", "hash", _note(person="")).id
        except (Missing, Conflict):
            return ""

    with ThreadPoolExecutor(4) as pool:
        made = [one for one in pool.map(use, range(4)) if one]
    assert len(made) == 1
    assert people.administrators() == set(made)
    with pytest.raises(Conflict):
        people.add_link("e", None, LATER, _note())


def test_a_link_for_somebody_sets_the_password_and_ends_sessions(register: SqlRegister) -> None:
    people, sessions = People(register), Sessions(register)
    people.add_local("Ana", "ana@example.com", _note())
    sessions.begin(_session("s", "ana"), _note())
    people.add_link("old", "ana", LATER, _note())
    people.add_link("new", "ana", LATER, _note())
    assert people.link("old", AT) is None
    assert people.link("new", LATER) is None
    found = people.link("new", AT)
    assert found is not None
    assert found.id == "ana"
    assert people.use_link("new", "ignored", "ignored", "hash", _note(person="")).password == "hash"
    assert sessions.get("s") is None
    with pytest.raises(Missing):
        people.use_link("new", "", "", "other", _note())


def test_sessions_are_listed_ended_and_forgotten(register: SqlRegister) -> None:
    people, sessions = People(register), Sessions(register)
    for name in ("Ana", "Ben"):
        people.add_local(name, f"{name}@example.com", _note())
    sessions.begin(_session("over", "ana", ends=AT), _note())
    sessions.begin(_session("a", "ana"), _note())
    sessions.begin(_session("b", "ana"), _note(), instead="a")
    sessions.begin(_session("c", "ben"), _note())
    assert sessions.get("over") is None
    assert [one.id for one in sessions.list("ana", now=AT)] == ["b"]
    sessions.end("c", _note("session-ended"), person="ana")
    assert sessions.get("c") is not None
    sessions.end("c", _note("session-ended"))
    assert sessions.get("c") is None
    sessions.touch("b", LATER)
    assert [one.seen for one in sessions.list(now=AT)] == [LATER]
    assert sessions.end_all("ana", _note()) == 1
    assert AuthEvents(register).list(kind="session-ended").total == 1


def test_tokens_are_revoked_by_their_owner_or_by_all_who_may(register: SqlRegister) -> None:
    people, tokens = People(register), Tokens(register)
    people.add_local("Ana", "ana@example.com", _note())
    actions, units = frozenset({Action.READ, Action.CHANGE}), frozenset({"it", "retail"})
    for id in ("t1", "t2"):
        token = ApiToken(id=id, person="ana", name="ci", actions=actions, units=units, created=AT, ends=LATER)
        tokens.add(token, f"d-{id}", _note())
    assert tokens.find("d-t1") == tokens.list("ana")[0]
    assert tokens.list("ben") == []
    with pytest.raises(Missing):
        tokens.revoke("t1", _note(), person="ben")
    tokens.revoke("t1", _note(), person="ana")
    tokens.revoke("t2", _note(at=LATER))
    with pytest.raises(Missing):
        tokens.revoke("t2", _note())
    tokens.touch("t2", LATER)
    assert [(one.id, one.revoked, one.used) for one in tokens.list()] == [("t1", AT, ""), ("t2", LATER, LATER)]


GROWING = Limit(free=3, window=timedelta(days=1), grows=True)
STEADY = Limit(free=3, window=timedelta(minutes=15), grows=False)


def test_attempts_are_free_at_first_and_then_take_longer_up_to_a_quarter_of_an_hour(register: SqlRegister) -> None:
    attempts = Attempts(register)
    waits = []
    now = NOW
    for _ in range(16):
        attempts.count({"k": GROWING}, now)
        waits.append(attempts.wait(["k"], now))
        now += timedelta(seconds=waits[-1])
    assert waits[:6] == [0, 0, 2, 3, 5, 9]
    assert waits[-2:] == [901, 901]
    attempts.succeeded("k", "other")
    assert attempts.wait(["k"], now) == 0


def test_attempts_are_forgotten_after_a_day_without_any(register: SqlRegister) -> None:
    attempts = Attempts(register)
    for _ in range(2):
        attempts.count({"k": GROWING}, NOW)
    attempts.count({"k": GROWING}, NOW + timedelta(days=1))
    assert attempts.wait(["k"], NOW + timedelta(days=1)) == 0


def test_from_one_address_so_many_attempts_fail_in_each_window(register: SqlRegister) -> None:
    attempts = Attempts(register)
    for minute in (0, 4, 8):
        attempts.count({"a": STEADY, "other": GROWING}, NOW + timedelta(minutes=minute))
    assert attempts.wait(["a", "nobody"], NOW + timedelta(minutes=8)) == 7 * 60 + 1
    attempts.succeeded("other", "a")
    assert attempts.wait(["a"], NOW + timedelta(minutes=8)) == 0
    attempts.count({"a": STEADY}, NOW + timedelta(minutes=8))
    assert attempts.wait(["a"], NOW + timedelta(minutes=15)) == 0
    attempts.count({"a": STEADY}, NOW + timedelta(minutes=15))
    assert attempts.wait(["a"], NOW + timedelta(minutes=15)) == 0


def test_many_attempts_at_once_are_all_counted(register: SqlRegister) -> None:
    attempts = Attempts(register)
    limit = Limit(free=20, window=timedelta(days=1), grows=True)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: attempts.count({"a": limit, "b": limit}, NOW), range(24)))
    assert attempts.wait(["a"], NOW) == 17


def test_of_many_attempts_at_once_no_more_are_heard_than_one_after_the_other(register: SqlRegister) -> None:
    attempts = Attempts(register)
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: attempts.take({"a": GROWING, "b": STEADY}, NOW), range(12)))
        assert sorted(waits)[:4] == [0, 0, 0, 901]
        later = NOW + timedelta(minutes=16)
        assert sorted(pool.map(lambda _: attempts.take({"a": GROWING}, later), range(8))) == [0, *[3] * 7]


def test_what_happened_is_listed_the_latest_first(register: SqlRegister) -> None:
    events = AuthEvents(register)
    for count in range(5):
        events.add(Note(kind=f"k{count % 2}", at=AT, person="ana", about=f"p{count}"))
    first = events.list(limit=3)
    rest = events.list(limit=3, after=first.next)
    assert [one.about for one in (*first.items, *rest.items)] == ["p4", "p3", "p2", "p1", "p0"]
    assert [one.about for one in events.list(kind="k1").items] == ["p3", "p1"]
    assert events.list(who="p2").total == 1
    assert events.list(who="ana", after="no number").total == 5


def test_what_happened_can_be_neither_changed_nor_taken_out(register: SqlRegister) -> None:
    events = AuthEvents(register)
    events.add(_note("signed-in"))
    for statement in (update(AUTH_EVENT).values(kind="x"), delete(AUTH_EVENT)):
        with pytest.raises((DatabaseError, BartizanError)), register.transaction() as connection:
            connection.execute(statement)
    if register.engine.dialect.name == "postgresql":
        with pytest.raises((DatabaseError, BartizanError)), register.transaction() as connection:
            connection.execute(text("TRUNCATE auth_event"))
    assert [one.kind for one in events.list().items] == ["signed-in"]


def _keep(register: SqlRegister, name: str, unit: str) -> None:
    document = Document(kind=Kind.SYSTEM, name=name, unit=unit, spec=System(id=name, name=name.title()))
    register.documents.put(document, expected=0, by="test", why="test", at=AT)


def test_questions_to_a_second_person_are_listed_by_unit_and_answered_once(register: SqlRegister) -> None:
    _keep(register, "bot", "retail")
    _keep(register, "desk", "it")
    store = Acceptances(register)
    until = date(2027, 1, 1)
    first = store.ask("bot", "t1", "accept", "why", until, "", _note("acceptance-asked", "ana"))
    again = store.ask("bot", "t1", "accept", "better", until, "T-1", _note("acceptance-asked", "ana"))
    store.ask("desk", "t2", "accept", "why", until, "", _note("acceptance-asked", "ana"))
    assert (again.state, again.asked_by, again.until) == ("asked", "ana", until)
    before = store.get(first.id)
    assert before is not None
    assert before.state == "withdrawn"
    assert [(one.title, one.unit) for one in store.list(units=frozenset({"retail"})).items] == [("Bot", "retail")]
    page = store.list(limit=1)
    assert (page.total, [one.system for one in store.list(after=page.next).items]) == (2, ["bot"])
    assert store.list(system="bot", states=frozenset()).total == 2
    open_ = frozenset({"asked"})
    assert store.move(again.id, open_, "refused", _note(person="ben"), why="no").note == "no"
    with pytest.raises(Conflict, match="refused"):
        store.move(again.id, open_, "confirmed", _note(person="ben"))
    with pytest.raises(Missing):
        store.move(99, open_, "confirmed", _note())
    assert store.get(99) is None
