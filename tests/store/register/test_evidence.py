"""The contract of evidence, held against both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bartizan.model import InputError
from bartizan.model.assurance import Proof, ProofSource
from bartizan.store.register import Kept
from bartizan.store.register.open import SqlRegister
from tests.store.register.samples import AT, DAY, keep, proof, system


def test_evidence_comes_back_as_it_was(register: SqlRegister) -> None:
    whole = Proof(
        system="a",
        control="scan",
        place="x -> y",
        source=ProofSource.SCAN,
        outcome="fail",
        observed_at=DAY,
        good_until=date(2027, 1, 1),
        by="ci",
        detail="a `pickle` that runs code",
        digest="f" * 64,
        verdict="dangerous",
    )
    assert register.evidence.add([whole], at=AT, by="ana") == 1
    (kept,) = register.evidence.list().items
    assert (kept.proof, kept.at, kept.by, kept.id) == (whole, AT, "ana", 1)


def test_evidence_that_is_there_is_not_kept_twice(register: SqlRegister) -> None:
    assert register.evidence.add([proof("a"), proof("a"), proof("b")], at=AT) == 2
    assert register.evidence.add([proof("b"), proof("a"), proof("a", detail="other")], at="later") == 1
    assert register.evidence.list().total == 3
    assert register.evidence.add([], at=AT) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"place": "x"},
        {"outcome": "fail"},
        {"observed_at": DAY + timedelta(1)},
        {"good_until": DAY},
        {"by": "ci"},
        {"detail": "d"},
        {"digest": "d"},
        {"verdict": "safe"},
        {"source": ProofSource.TEST},
        {"control": "other"},
    ],
)
def test_evidence_that_differs_in_anything_is_another_piece(register: SqlRegister, fields: dict[str, object]) -> None:
    register.evidence.add([proof("a")], at=AT)
    assert register.evidence.add([proof("a", **fields)], at=AT) == 1  # type: ignore[arg-type]


def test_the_latest_is_what_was_observed_last_for_each_control_place_and_source(register: SqlRegister) -> None:
    later, earlier = DAY, DAY - timedelta(5)
    register.evidence.add([proof("a", detail="new")], at=AT)
    register.evidence.add([proof("a", observed_at=earlier, detail="came in late")], at=AT)
    register.evidence.add([proof("a", place="x"), proof("a", "other"), proof("b")], at=AT)
    register.evidence.add([proof("a", source=ProofSource.TEST, outcome="fail")], at=AT)
    found = [(one.proof.control, one.proof.place, one.proof.source, one.proof.detail) for one in _latest(register)]
    assert found == [
        ("least-privilege", "", "scan", "new"),
        ("least-privilege", "", "test", ""),
        ("least-privilege", "x", "scan", ""),
        ("other", "", "scan", ""),
    ]
    register.evidence.add([proof("a", observed_at=later, detail="newer of the day")], at=AT)
    assert _latest(register)[0].proof.detail == "newer of the day"
    assert register.evidence.latest("none") == []
    several = register.evidence.latest_of(["b", "none", "a", "a"])
    assert (several["a"], several["none"], len(several["b"]), len(several)) == (_latest(register), [], 1, 3)


def _latest(register: SqlRegister) -> list[Kept]:
    return list(register.evidence.latest("a"))


def test_lists_are_read_in_pages_the_latest_first_with_what_was_asked_for(register: SqlRegister) -> None:
    keep(register, system("a", "bank"), system("b", "shop"))
    for number in range(6):
        outcome = "fail" if number % 3 == 0 else "pass"
        source = ProofSource.TEST if number > 3 else ProofSource.SCAN
        register.evidence.add([proof("ab"[number % 2], f"c{number}", outcome=outcome, source=source)], at=AT)
    register.evidence.add([proof("not-described", "c6")], at=AT)

    def controls(**asked: object) -> tuple[str, int]:
        page = register.evidence.list(**asked)  # type: ignore[arg-type]
        return "".join(one.proof.control[1] for one in page.items), page.total

    assert controls() == ("6543210", 7)
    assert controls(system="a") == ("420", 3)
    assert controls(units=frozenset({"bank"})) == ("420", 3)
    assert controls(units=frozenset({"bank", "shop"})) == ("543210", 6)
    assert controls(units=frozenset()) == ("", 0)
    assert controls(outcome="fail") == ("30", 2)
    assert controls(source="test", outcome="pass") == ("54", 2)
    assert controls(system="b", source="scan", outcome="fail") == ("3", 1)
    assert controls(system="b", units=frozenset({"bank"})) == ("", 0)
    page = register.evidence.list(limit=3)
    assert [one.proof.control for one in page.items] == ["c6", "c5", "c4"]
    rest = register.evidence.list(limit=10, after=int(page.next))
    assert ([one.proof.control for one in rest.items], rest.next) == (["c3", "c2", "c1", "c0"], "")
    assert controls(after=2**80)[0] == "6543210"
    with pytest.raises(InputError):
        register.evidence.list(limit=0)


def test_those_who_add_the_same_evidence_at_once_keep_it_once(register: SqlRegister) -> None:
    proofs = [proof(f"s{number % 7}", f"c{number}") for number in range(300)]
    orders = [proofs, proofs[::-1], proofs[150:] + proofs[:150], proofs[::3] + proofs[1::3] + proofs[2::3]]
    with ThreadPoolExecutor(4) as pool:
        new = list(pool.map(lambda order: register.evidence.add(order, at=AT), orders))
    assert sum(new) == 300
    assert register.evidence.list().total == 300
    assert sum(register.evidence.list(system=f"s{number}").total for number in range(7)) == 300


def test_many_pieces_are_kept_in_one_go_or_none_of_them(register: SqlRegister) -> None:
    many = [proof("a", f"c{number}") for number in range(2500)]
    with pytest.raises(InputError):
        register.evidence.add([*many, proof("b", detail="\0" * 3, place="\0")], at=AT)
    assert register.evidence.list().total == 0
    assert register.evidence.add(many, at=AT) == 2500
    assert len(register.evidence.latest("a")) == 2500


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(detail=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_detail_comes_back(register: SqlRegister, detail: str) -> None:
    given_ = proof("a", detail=detail)
    register.evidence.add([given_], at=AT)
    assert given_ in [one.proof for one in register.evidence.list(limit=1000).items]
