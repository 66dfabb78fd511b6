"""Evidence from scans, tests and people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.catalog.scan_rules import load_scan_rules
from bartizan.govern import proofs as module
from bartizan.govern.proofs import attested, check_proof, from_scan, from_tests
from bartizan.model import InputError, InputErrors
from bartizan.model.assurance import Proof, ProofSource
from bartizan.report.artefact_scan_json import document
from tests.govern.support import DAY, ago, proof, system
from tests.scan.artefacts.support import scan
from tests.support import packaged_catalog


def result(
    verdict: str = "safe", formats: list[str] | None = None, rules: list[str] | None = None, **more: Any
) -> bytes:
    artefacts = [{"path": "m", "verdict": verdict, "formats": ["safetensors"] if formats is None else formats}]
    findings = [{"rule": rule, "title": "t"} for rule in rules or []]
    body = {"schema": "bartizan/scan/1", "verdict": verdict, "artefacts": artefacts, "findings": findings, **more}
    return msgspec.json.encode(body)


def outcomes(content: bytes, earlier: list[Proof] | None = None) -> dict[str, str]:
    found = from_scan(content, system(), "llm", observed_at=DAY, by="ben", earlier=earlier or [])
    return {one.control: one.outcome for one in found}


def test_a_safe_scan_proves_artefact_scanning_for_thirty_days() -> None:
    [scanning, formats] = from_scan(result(), system(), "llm", observed_at=DAY, by="ben")

    assert (scanning.control, scanning.place, scanning.outcome) == ("artefact-scanning", "llm", "pass")
    assert (scanning.source, scanning.verdict, scanning.by) == (ProofSource.SCAN, "safe", "ben")
    assert (scanning.good_until, scanning.detail) == (DAY + timedelta(days=30), "safe, 1 artefacts")
    assert len(scanning.digest) == 64
    assert (formats.control, formats.outcome, formats.verdict) == ("safe-model-format", "pass", "")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (
            result("dangerous", ["pickle"], ["pickle-executes"]),
            {"artefact-scanning": "fail", "safe-model-format": "fail"},
        ),
        (result("unknown", []), {"artefact-scanning": "fail"}),
        (result("safe", ["safetensors", "torch"]), {"artefact-scanning": "pass", "safe-model-format": "fail"}),
        (result("safe", ["onnx"]), {"artefact-scanning": "pass"}),
        (result("safe", [], ["requirements-unpinned"]), {"artefact-scanning": "pass", "dependency-pinning": "fail"}),
        (result("safe", [], ["pipeline-event-text-in-script"]), {"artefact-scanning": "pass", "ci-hardening": "fail"}),
        (result("safe", [], ["code-holds-secret"]), {"artefact-scanning": "pass", "secret-vault": "fail"}),
    ],
)
def test_a_finding_shows_which_control_does_not_work(content: bytes, found: dict[str, str]) -> None:
    assert outcomes(content) == found


@pytest.mark.parametrize(("verdict", "again"), [("safe", "pass"), ("dangerous", "pass"), ("unknown", None)])
def test_a_later_scan_without_the_finding_ends_it(verdict: str, again: str | None) -> None:
    earlier = [
        proof("secret-vault", "llm", source=ProofSource.SCAN, outcome="fail"),
        proof("ci-hardening", "mail", source=ProofSource.SCAN, outcome="fail"),
        proof("model-signing", "llm", source=ProofSource.TEST, outcome="fail"),
    ]
    found = outcomes(result(verdict, []), earlier)

    assert found.get("secret-vault") == again
    assert "ci-hardening" not in found
    assert "model-signing" not in found


def test_what_was_found_is_told_by_rule_and_not_in_full() -> None:
    rules = [f"signature-{number:02}" for number in range(12)]
    found = {
        one.control: one.detail for one in from_scan(result("unknown", [], rules), system(), "llm", observed_at=DAY)
    }

    assert found["model-signing"].startswith("unknown, 1 artefacts; found: signature-00 1, signature-01 1")
    assert found["model-signing"].endswith("signature-07 1, ...")


def test_the_rules_and_controls_that_are_named_exist_and_are_verified_by_scans() -> None:
    rules, controls = load_scan_rules(), packaged_catalog().controls
    named = {*module._DISPROVED_BY, "artefact-scanning", "safe-model-format"}

    assert [name for name in named if not any(one.by == "scan" for one in controls[name].verification)] == []
    assert [start for starts in module._DISPROVED_BY.values() for start in starts if not any(rule.startswith(start) for rule in rules)] == []  # fmt: skip  # noqa: E501


def test_a_real_scan_can_be_taken_as_it_is() -> None:
    content = msgspec.json.encode(document(scan({"weights.safetensors": (2).to_bytes(8, "little") + b"{}"})))

    assert outcomes(content) == {"artefact-scanning": "pass", "safe-model-format": "pass"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "this is no result of a scan"),
        (b"{}", "this is no result of a scan"),
        (b"[" * 5000, "this is no result of a scan"),
        (b"\xff", "this is no result of a scan"),
        (result("fine"), "this is no result of a scan"),
        (result(schema="bartizan/run/1"), "`bartizan/run/1` is not the schema of a scan"),
        (result(types=[]), "this is a scan of data, which says what is in a data asset and proves no control"),
    ],
)
def test_what_is_no_result_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(InputError) as caught:
        outcomes(content)

    assert caught.value.message == says


def test_a_component_that_is_not_there_is_told() -> None:
    with pytest.raises(InputError, match="`bot` has no component `lm`") as caught:
        from_scan(result(), system(), "lm", observed_at=DAY)

    assert caught.value.help == "did you mean `llm`?"


@given(st.binary(max_size=80))
def test_no_bytes_break_the_readers(content: bytes) -> None:
    for read in (lambda: outcomes(content), lambda: from_tests(content, "t", system(), packaged_catalog())):
        try:
            found: object = read()
        except InputError as error:
            found = error.message
        assert found is not None


def lines(*tests: dict[str, Any]) -> bytes:
    return b"\n".join(msgspec.json.encode({"control": "rate-limit", "outcome": "pass", "observed_at": DAY, **one}) for one in tests)  # fmt: skip  # noqa: E501


def test_results_of_tests_are_read_line_by_line() -> None:
    content = lines({"place": "agent", "detail": "stopped at 10"}, {"outcome": "fail", "good_until": ago(-9)}) + b"\n\n"
    [first, second] = from_tests(content, "tests.jsonl", system(), packaged_catalog(), by="ci")

    assert (first.source, first.place, first.detail, first.by) == (ProofSource.TEST, "agent", "stopped at 10", "ci")
    assert (second.outcome, second.place, second.good_until) == ("fail", "", ago(-9))
    assert first.digest != second.digest


def test_every_wrong_line_is_told_and_none_counts() -> None:
    content = b"nonsense\n" + lines({"control": "rate-limits"}, {"colour": 1}, {}) + b'\n{"control": 5}'
    with pytest.raises(InputErrors) as caught:
        from_tests(content, "tests.jsonl", system(), packaged_catalog())

    assert [(str(one.place), one.message.split(":")[0]) for one in caught.value.errors] == [
        ("tests.jsonl:1", "this is no result of a test"),
        ("tests.jsonl:2", "`rate-limits` is no control of the catalog"),
        ("tests.jsonl:3", "this is no result of a test"),
        ("tests.jsonl:5", "this is no result of a test"),
    ]
    assert caught.value.errors[1].help == "did you mean `rate-limit`?"


def test_a_person_can_attest_a_control() -> None:
    word = attested(
        system(), "rate-limit", "agent->mail", packaged_catalog(), by="anna", on=DAY, detail="seen", works=False
    )

    assert word == Proof(
        system="bot",
        control="rate-limit",
        place="agent -> mail",
        source=ProofSource.ATTESTATION,
        outcome="fail",
        observed_at=DAY,
        by="anna",
        detail="seen",
    )
    assert attested(system(), "rate-limit", "", packaged_catalog(), by="anna", on=DAY).outcome == "pass"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"control": "magic"}, "`magic` is no control of the catalog"),
        ({"place": "agent -> people"}, "`agent -> people` is no component, zone or flow of `bot`"),
        ({"outcome": "maybe"}, "`maybe` is no outcome"),
        ({"good_until": ago(6)}, "the evidence ends before it was observed"),
        ({"source": ProofSource.ATTESTATION, "by": " "}, "an attestation needs the person whose word it is"),
        ({"detail": "x" * 501}, "`detail` is one line of at most 500 characters"),
        ({"detail": "one\ntwo"}, "`detail` is one line of at most 500 characters"),
    ],
)
def test_evidence_that_cannot_count_is_refused(more: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError) as caught:
        check_proof(msgspec.structs.replace(proof("rate-limit"), **more), system(), packaged_catalog())

    assert caught.value.message == says


def test_good_evidence_passes() -> None:
    check_proof(proof("rate-limit", "inside"), system(), packaged_catalog())


def test_evidence_of_a_day_to_come_is_refused_where_the_day_is_known() -> None:
    later = proof("rate-limit", days=-1)

    check_proof(later, system(), packaged_catalog())
    check_proof(later, system(), packaged_catalog(), ago(-1))
    with pytest.raises(InputError, match="the evidence is of 2026-11-29, and that day is still to come"):
        check_proof(later, system(), packaged_catalog(), DAY)
