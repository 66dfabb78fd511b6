from __future__ import annotations

from datetime import timedelta

import pytest

from bartizan.console.assessing import standing
from bartizan.model import Decision, System, Verdict
from bartizan.model.assurance import Proof, ProofSource
from bartizan.model.documents import ExceptionSpec, Kind, Standing, ToolSpec, VendorSpec
from tests.console.pages.site import TODAY, Site, text


def filled(site: Site) -> None:
    tool = ToolSpec(title="Pen", standing=Standing.APPROVED, good_until=TODAY + timedelta(days=5))
    site.put("pen", Kind.TOOL, tool, "claims")
    site.put("acme", Kind.VENDOR, VendorSpec(title="Acme", contract_until=TODAY + timedelta(days=120)))
    old = ExceptionSpec(title="Old proxy", control="cost-cap", owner="o", why="w", approved_by="r",
                        starts=TODAY - timedelta(days=60), ends=TODAY - timedelta(days=3))  # fmt: skip
    site.put("old-proxy", Kind.EXCEPTION, old, "life")
    decided = Decision(threat="t1", verdict=Verdict.ACCEPT, by="o", why="w", until=TODAY + timedelta(days=20))
    stored = site.put("bot", Kind.SYSTEM, System(id="bot", name="Bot", decisions=[decided]), "claims")
    proof = Proof(system="bot", control="cost-cap", source=ProofSource.TEST, observed_at=TODAY,
                  good_until=TODAY + timedelta(days=10))  # fmt: skip
    site.register.evidence.add([proof], at=site.services.now())
    standing(site.services, stored)


def test_what_ends_stands_there_by_its_day(site: Site) -> None:
    filled(site)
    page = site.get("/calendar")
    words = text(page)
    assert "Ended in the last 30 days" in words
    order = [words.index(f"{title} ") for title in ("Old proxy", "Pen")]
    assert order == sorted(order)
    assert "Acme" not in words
    assert "decision about a tool Pen" in words
    assert 'href="/tools/pen"' in page.text
    assert "Acme" in text(site.get("/calendar?days=180"))


def test_decisions_and_evidence_of_systems_are_among_it(site: Site) -> None:
    filled(site)
    words = text(site.get("/calendar"))
    assert "evidence A hard spending limit for each key and day Bot" in words
    assert "decision t1 Bot" in words


def test_of_many_systems_the_later_ones_stand_there_with_their_day_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(site)
    monkeypatch.setattr("bartizan.console.pages.calendar._DETAILED", 0)
    words = text(site.get("/calendar"))
    assert "next end Bot" in words
    assert "evidence A hard spending limit" not in words


def test_it_is_narrowed_by_kind_and_unit_and_keeps_to_what_one_may_see(site: Site) -> None:
    filled(site)
    assert "Pen" not in text(site.get("/calendar?what=exception")).split("Still to come")[1]
    assert 'href="/tools/pen"' not in site.get("/calendar?unit=life").text
    assert "Old proxy" in text(site.get("/calendar?unit=life"))
    assert "Old proxy" not in text(site.get("/calendar", "ana"))
    assert site.get("/calendar?days=odd&what=odd&unit=odd").status_code == 200


def test_it_is_read_page_by_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(site)
    monkeypatch.setattr("bartizan.console.pages.calendar._SHOWN", 2)
    first = site.get("/calendar?days=30")
    assert ("Old proxy" in text(first), "4 entries Next page" in text(first)) == (True, True)
    assert 'href="/calendar?days=30&amp;after=2"' in first.text
    second = text(site.get("/calendar?days=30&after=2"))
    assert ("decision t1" in second, "Old proxy" in second, "Next page" in second) == (True, False, False)
    assert "Old proxy" in text(site.get("/calendar?after=x"))


def test_without_anything_it_says_so(site: Site) -> None:
    assert "Nothing ends in this time." in text(site.get("/calendar"))
