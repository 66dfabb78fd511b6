"""What a change of the design adds and removes, on real reviews."""

from __future__ import annotations

from datetime import date

import pytest

from bartizan.analysis import Options, review
from bartizan.analysis.compare import compare
from bartizan.analysis.result import Review
from bartizan.catalog import Catalog
from bartizan.model import Status, parse_text
from tests.support import packaged_catalog

OLD = """
id: bot
data: {mail: {class: restricted, categories: [personal]}}
zones: {out: {kind: internet}, in: {kind: cloud}}
components:
  asker: {kind: person, party: customers, zone: out}
  bot: {kind: agent, zone: in}
  llm: {kind: model, zone: in}
  box: {kind: mailbox, zone: in, holds: [mail]}
  send: {kind: tool, zone: in, effect: [send], reach: any, reversible: false}
flows:
  - {from: asker, to: bot}
  - {from: bot, to: llm, carries: [mail]}
  - {from: bot, to: box, returns: [mail], authority: service}
  - {from: bot, to: send, carries: [mail], authority: service}
"""
DAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return packaged_catalog()


def _review(text: str, catalog: Catalog) -> Review:
    return review(parse_text(text), catalog, as_of=DAY, options=Options(trials=500))


def _without_sending() -> str:
    return "\n".join(line for line in OLD.splitlines() if "send" not in line)


def test_a_design_compared_with_itself_is_the_same(catalog: Catalog) -> None:
    first = _review(OLD, catalog)
    difference = compare(first, first)
    assert difference.same
    assert difference.risk.residual[0] == difference.risk.residual[1]


def test_less_reach_removes_and_more_adds_the_same(catalog: Catalog) -> None:
    old, new = _review(OLD, catalog), _review(_without_sending(), catalog)
    down, up = compare(old, new), compare(new, old)
    assert not down.same
    assert any(threat.at == "send" for threat in down.threats_removed)
    assert down.threats_removed == up.threats_added
    assert down.threats_added == up.threats_removed
    assert down.losses_closed == up.losses_opened
    assert down.losses_closed
    assert down.paths_removed == up.paths_added
    assert down.controls_removed == up.controls_added
    assert down.risk.residual == up.risk.residual[::-1]


def test_a_decision_changes_a_status_and_nothing_is_lost(catalog: Catalog) -> None:
    old = _review(OLD, catalog)
    threat = old.threats[0].id
    decided = OLD + f"decisions: [{{threat: {threat}, verdict: accept, by: me, why: x, until: 2027-01-01}}]\n"
    difference = compare(old, _review(decided, catalog))
    changes = {change.threat: (change.old, change.new) for change in difference.status_changed}
    assert changes[threat] == (Status.OPEN, Status.ACCEPTED)
    assert not difference.same
    assert difference.threats_removed == []
