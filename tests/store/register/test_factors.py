from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bartizan.store.register.interface import Conflict, Missing
from bartizan.store.register.open import SqlRegister
from bartizan.store.register.people import People
from bartizan.store.register.people_access import Sessions
from bartizan.store.register.people_events import AuthEvents
from bartizan.store.register.people_factors import MOST, Factors, States, TooManyFactors
from bartizan.store.register.people_records import FactorRecord, Note, SessionRecord, StateRecord

AT = "2026-11-28T12:00:00Z"
SOON = "2026-11-28T12:05:00Z"
NOTE = Note(kind="test", at=AT, person="test")


def _factor(id: str, person: str = "ana", credential: str | None = None) -> FactorRecord:
    kind = "passkey" if credential else "codes"
    return FactorRecord(id=id, person=person, kind=kind, name=id, created=AT, secret="S", credential=credential)


def _people(register: SqlRegister, *names: str) -> Factors:
    for name in names:
        People(register).add_local(name, f"{name}@example.com", NOTE, password="hash")
    return Factors(register)


def _session(register: SqlRegister, id: str, person: str = "ana") -> None:
    session = SessionRecord(id=id, person=person, created=AT, seen=AT, ends="2999", method="password", address="",
                            agent="")  # fmt: skip
    Sessions(register).begin(session, NOTE)


def test_recovery_codes_come_with_the_first_factor_and_go_with_the_last(register: SqlRegister) -> None:
    factors = _people(register, "ana", "ben")
    assert factors.add(_factor("a"), ["1", "2"], NOTE) is True
    assert factors.add(_factor("b", credential="c"), ["3", "4"], NOTE) is False
    assert [one.id for one in factors.of("ana")] == ["a", "b"]
    assert factors.by_credential("c") == _factor("b", credential="c")
    assert factors.having(["ana", "ben"]) == {"ana"}
    assert factors.codes_left("ana") == 2
    with pytest.raises(Conflict, match="in use"):
        factors.add(_factor("x", "ben", "c"), [], NOTE)
    with pytest.raises(Missing):
        factors.remove("a", "ben", NOTE)
    factors.remove("a", "ana", NOTE)
    with pytest.raises(Conflict, match="last"):
        factors.remove("b", "ana", NOTE, last_stays=True)
    assert factors.codes_left("ana") == 2
    factors.remove("b", "ana", NOTE)
    assert (factors.of("ana"), factors.codes_left("ana")) == ([], 0)
    with pytest.raises(Missing):
        factors.set_codes("ana", ["5"], NOTE)


def test_a_change_of_factors_ends_the_other_sessions_and_what_was_begun(register: SqlRegister) -> None:
    factors, states, sessions = _people(register, "ana"), States(register), Sessions(register)
    for change in ("add", "remove", "clear"):
        for id in ("one", "two"):
            _session(register, id)
        states.put(StateRecord(browser="b", purpose="second", person="ana", data="{}", ends=SOON), AT)
        if change == "add":
            factors.add(_factor("a"), [], NOTE, keep="one")
        elif change == "remove":
            factors.remove("a", "ana", NOTE, keep="one")
        else:
            factors.clear("ana", NOTE)
        assert sessions.get("two") is None
        assert (sessions.get("one") is None) == (change == "clear")
        assert states.get("b", "second", AT) is None
        if change != "clear":
            sessions.end("one", NOTE)


def test_a_step_a_signature_and_a_recovery_code_are_taken_once_by_whoever_is_first(register: SqlRegister) -> None:
    factors = _people(register, "ana", "ben")
    factors.add(_factor("a"), ["1"], NOTE)
    factors.add(_factor("b", credential="c"), [], NOTE)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: factors.take_step("a", 7, AT), range(4))) == 1
        assert sum(pool.map(lambda _: factors.take_signature("b", 7, AT), range(4))) == 1
        assert sum(pool.map(lambda _: factors.take_code("ana", "1", NOTE), range(4))) == 1
    assert not factors.take_step("a", 6, AT)
    assert factors.take_step("a", 8, SOON)
    assert factors.of("ana")[0].used == SOON
    assert not factors.take_signature("b", 0, AT)
    assert AuthEvents(register).list(kind="test").items[0].person == "test"


def test_a_passkey_that_does_not_count_always_says_nothing(register: SqlRegister) -> None:
    factors = _people(register, "ana")
    factors.add(_factor("b", credential="c"), [], NOTE)
    assert factors.take_signature("b", 0, AT)
    assert factors.take_signature("b", 0, AT)
    assert factors.take_signature("b", 1, AT)
    assert not factors.take_signature("b", 0, AT)


def test_two_first_factors_at_once_give_recovery_codes_once(register: SqlRegister) -> None:
    factors = _people(register, "ana")
    with ThreadPoolExecutor(4) as pool:
        firsts = list(pool.map(lambda id: factors.add(_factor(id), [f"{id}1", f"{id}2"], NOTE), "abcd"))
    assert sorted(firsts) == [False, False, False, True]
    assert factors.codes_left("ana") == 2
    for number in range(MOST - 4):
        factors.add(_factor(f"f{number}"), [], NOTE)
    with pytest.raises(TooManyFactors):
        factors.add(_factor("one-more"), [], NOTE)


def test_somebody_elses_recovery_code_is_none(register: SqlRegister) -> None:
    factors = _people(register, "ana", "ben")
    factors.add(_factor("a"), ["1"], NOTE)
    assert not factors.take_code("ben", "1", NOTE)
    factors.set_codes("ana", ["2"], NOTE)
    assert not factors.take_code("ana", "1", NOTE)
    assert factors.take_code("ana", "2", NOTE)


def test_what_was_begun_is_for_one_purpose_and_a_time_and_taken_once(register: SqlRegister) -> None:
    _people(register, "ana")
    states = States(register)
    begun = StateRecord(browser="b", purpose="second", person="ana", data="{}", ends=SOON)
    states.put(begun, AT)
    assert states.get("b", "second", AT) == begun
    assert states.get("b", "passkey", AT) is None
    assert states.get("b", "second", SOON) is None
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: states.take("b", "second", AT), range(4)))
    assert [one for one in taken if one] == [begun]
    for data in ("1", "2"):
        states.put(StateRecord(browser="b", purpose="passkey", person=None, data=data, ends=SOON), AT)
    found = states.take("b", "passkey", AT)
    assert found is not None
    assert found.data == "2"
    states.put(begun, AT)
    states.put(StateRecord(browser="c", purpose="second", person=None, data="", ends="2999"), SOON)
    assert states.get("b", "second", AT) is None
    states.put(begun, AT)
    People(register).set_password("ana", "hash", NOTE)
    assert states.get("b", "second", AT) is None
