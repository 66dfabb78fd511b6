"""Evidence and assessments as they are kept and sent."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from bartizan.model import Level
from bartizan.model.assurance import Assessment, ControlState, ControlView, Proof, ProofSource

PROOF = Proof(system="bot", control="rate-limit", source=ProofSource.SCAN, observed_at=date(2026, 11, 1))


def test_states_stand_from_the_worst_to_the_best() -> None:
    assert [*ControlState] == ["failing", "required", "planned", "in-place", "proven"]


def test_a_proof_comes_back_as_it_was_sent() -> None:
    proof = msgspec.structs.replace(PROOF, verdict="dangerous", outcome="fail", good_until=date(2026, 12, 1))

    assert msgspec.json.decode(msgspec.json.encode(proof), type=Proof) == proof


@pytest.mark.parametrize("wrong", [{"verdict": "fine"}, {"source": "rumour"}, {"colour": "red"}, {"observed_at": "x"}])
def test_what_a_proof_cannot_say_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**msgspec.to_builtins(PROOF), **wrong}, Proof)


def test_an_assessment_comes_back_as_it_was_kept() -> None:
    made = Assessment(
        system="bot",
        version=3,
        inputs="0",
        as_of=date(2026, 11, 28),
        until=None,
        tier="tier-1",
        above_appetite=True,
        currency="EUR",
        inherent_p50=3.0,
        residual_p50=2.0,
        residual_p90=2.5,
        planned_p50=1.0,
        threats={Level.HIGH: 2},
        controls={ControlState.PROVEN: 4},
        worst=Level.HIGH,
    )

    assert msgspec.json.decode(msgspec.json.encode(made), type=Assessment) == made
    assert made.mistake == ""


def test_a_control_without_evidence_has_no_age() -> None:
    view = ControlView(control="c", title="C", place="", state=ControlState.REQUIRED, required=True)

    assert (view.age, view.proof, view.planned, view.compensating) == (-1, None, None, [])
