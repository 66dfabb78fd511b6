"""What scans said: safe proves scanning, dangerous puts an attacker there, and old results do neither."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from bartizan.analysis import review
from bartizan.analysis.result import Review
from bartizan.analysis.scanned import SCANNING, as_scanned, scan_notes, scan_views
from bartizan.model import Placed, ScanEvidence, System, parse_text
from tests.analysis.support import AS_OF, catalog

SYSTEM = """
id: helpdesk
zones: {internet: {kind: internet}, cloud: {kind: cloud}}
data:
  tickets: {class: restricted, categories: [personal]}
components:
  customer: {kind: person, party: customers, zone: internet}
  chat: {kind: application, zone: cloud}
  agent: {kind: agent, zone: cloud, controls: [artefact-scanning]}
  llm: {kind: model, zone: cloud, hosting: on-premises}
  notes: {kind: mcp-server, zone: cloud, effect: [read], controls: [rate-limit]}
  desk: {kind: data-store, zone: cloud, holds: [tickets]}
flows:
  - {from: customer, to: chat}
  - {from: chat, to: agent, authority: user}
  - {from: agent, to: llm, carries: [tickets]}
  - {from: agent, to: notes}
  - {from: notes, to: desk, returns: [tickets], authority: service}
"""


def _result(verdict: str = "safe", component: str = "notes", **more: object) -> ScanEvidence:
    values: dict[str, object] = {"source": "notes/server.py", "observed_at": AS_OF - timedelta(days=3)} | more
    return ScanEvidence(component=component, verdict=verdict, **values)  # type: ignore[arg-type]


def _system(*results: ScanEvidence) -> System:
    return msgspec.structs.replace(parse_text(SYSTEM), scan_evidence=list(results))


def _reviewed(*results: ScanEvidence) -> Review:
    return review(_system(*results), catalog(), as_of=AS_OF)


def _status(found: Review, component: str) -> list[str]:
    return [item.status for item in found.controls.in_place if (item.control, item.placement) == (SCANNING, component)]


def test_a_safe_result_proves_scanning_for_thirty_days() -> None:
    assert _status(_reviewed(), "notes") == []
    assert _status(_reviewed(_result()), "notes") == ["proven"]
    assert _status(_reviewed(_result(observed_at=AS_OF - timedelta(days=31))), "notes") == []
    until = _result(observed_at=AS_OF - timedelta(days=31), good_until=AS_OF)
    assert _status(_reviewed(until), "notes") == ["proven"]
    assert as_scanned(_system(_result()), AS_OF).components["notes"].controls[0] == "rate-limit"


def test_a_claim_is_replaced_by_what_the_scan_says() -> None:
    assert _status(_reviewed(), "agent") == ["claimed"]
    assert _status(_reviewed(_result(component="agent")), "agent") == ["proven"]
    assert _status(_reviewed(_result("unknown", component="agent")), "agent") == []
    placed = as_scanned(_system(_result(component="agent")), AS_OF).components["agent"].controls
    assert [item.control for item in placed if isinstance(item, Placed)] == [SCANNING]


def test_a_dangerous_result_puts_an_attacker_there() -> None:
    def rules(found: Review) -> set[str]:
        return {threat.rule for threat in (*found.threats, *found.appendix)}

    dangerous = _reviewed(_result("dangerous", counts={"mcp-source-sends-secrets": 2}))
    assert "found-dangerous-artefact-runs" in rules(dangerous)
    assert "found-dangerous-artefact-runs" not in rules(_reviewed(_result("unknown")))
    assert any(step.component == "notes" for path in dangerous.paths for step in path.steps)
    model = _reviewed(_result("dangerous", component="llm", source="llm.pkl"))
    assert "found-dangerous-model-loaded" in rules(model)
    store = _reviewed(_result("dangerous", component="desk", source="desk/"))
    assert "found-dangerous-artefact-kept" in rules(store)


def test_of_two_results_from_one_source_the_later_counts() -> None:
    old, new = _result("dangerous", observed_at=AS_OF - timedelta(days=9)), _result()
    assert [view.verdict for view in _reviewed(new, old).scan_evidence] == ["safe"]
    other = _result("dangerous", source="notes/other.py")
    assert [view.verdict for view in scan_views(_system(new, other), AS_OF)] == ["dangerous", "safe"]
    assert _status(_reviewed(new, other), "notes") == []


def test_a_result_of_the_future_is_told_and_does_not_count() -> None:
    ahead = _result("dangerous", observed_at=date(2099, 1, 1))
    assert scan_views(_system(ahead), AS_OF) == []
    assert scan_notes(_system(ahead), AS_OF) == ["a scan of `notes` is of 2099-01-01, after the day of this review"]
    assert any("2099-01-01" in note for note in _reviewed(ahead).notes)
