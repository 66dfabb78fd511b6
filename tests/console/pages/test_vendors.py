from __future__ import annotations

from datetime import date

import pytest

from bartizan.model.documents import Certificate, Kind, ToolSpec, VendorSpec
from tests.console.pages.site import Site, text

ACME = VendorSpec(title="Acme", contract_until=date(2026, 1, 1), products=["Pen"])


@pytest.fixture
def acme(site: Site) -> Site:
    site.put("acme", Kind.VENDOR, ACME, "claims")
    site.put("pen", Kind.TOOL, ToolSpec(title="Pen", vendor="acme"), "claims")
    return site


def test_a_vendor_is_added_and_stands_in_the_list(site: Site) -> None:
    assert site.get("/vendors/new", "eng").status_code == 200
    sent = {"title": "Acme AG", "criticality": "high", "unit": "claims", "why": "new", "contract_until": "2027-01-31"}
    answer = site.post("/vendors/new", sent, "eng")
    assert (answer.status_code, answer.headers["location"]) == (303, "/vendors/acme-ag")
    assert site.spec(Kind.VENDOR, "acme-ag").contract_until == date(2027, 1, 31)
    assert "Acme AG Jan 31, 2027" in text(site.get("/vendors", "eng"))


def test_who_may_not_change_can_t_add_one(site: Site) -> None:
    assert site.get("/vendors/new", "ana").status_code == 403
    assert site.post("/vendors/new", {"title": "x", "why": "y", "criticality": "low"}, "ana").status_code == 403


def test_mistakes_stand_beside_their_fields(site: Site) -> None:
    page = site.post("/vendors/new", {"title": " ", "criticality": "odd", "unit": "claims", "country": "CH"}, "eng")
    assert page.status_code == 422
    assert 'value="CH"' in page.text
    assert 'aria-invalid="true"' in page.text


def test_the_page_shows_tools_and_a_contract_that_is_over(acme: Site) -> None:
    page = text(acme.get("/vendors/acme", "ana"))
    assert "Contract until Jan 1, 2026 over" in page
    assert "Pen unreviewed" in page
    assert acme.get("/vendors/acme", "lif").status_code == 404


def test_facts_are_changed(acme: Site) -> None:
    assert 'value="2026-01-01"' in acme.get("/vendors/acme/edit", "eng").text
    sent = {"title": "Acme", "criticality": "low", "version": 1, "why": "moved", "country": "CH"}
    assert acme.post("/vendors/acme/edit", sent, "eng").status_code == 303
    assert acme.spec(Kind.VENDOR, "acme").country == "CH"
    assert acme.post("/vendors/acme/edit", sent | {"country": "DE"}, "rea").status_code == 409
    assert acme.post("/vendors/acme/edit", {"version": 2}, "eng").status_code == 422


def test_certificates_are_added_replaced_and_taken_out(acme: Site) -> None:
    sent = {"certificate": "ISO/IEC 42001", "certificate_until": "2027-03-01", "covers_ai": "1", "why": "seen"}
    assert acme.post("/vendors/acme/certificates", sent | {"version": 1}, "eng").status_code == 303
    assert "ISO/IEC 42001 Mar 1, 2027 yes" in text(acme.get("/vendors/acme"))
    again = sent | {"version": 2, "certificate_until": "2028-03-01", "covers_ai": ""}
    assert acme.post("/vendors/acme/certificates", again, "eng").status_code == 303
    assert acme.spec(Kind.VENDOR, "acme").certificates == [
        Certificate(title="ISO/IEC 42001", good_until=date(2028, 3, 1))
    ]
    gone = {"remove": "1", "certificate": "ISO/IEC 42001", "version": 3, "why": "withdrawn"}
    assert acme.post("/vendors/acme/certificates", gone, "eng").status_code == 303
    assert acme.spec(Kind.VENDOR, "acme").certificates == []
    assert acme.post("/vendors/acme/certificates", {"version": 4, "certificate": "x"}, "eng").status_code == 422


def test_claims_are_added_and_taken_out(acme: Site) -> None:
    sent = {"criterion": "no-training", "value": "yes", "grade": "D", "seen_on": "2026-11-01", "why": "asked"}
    assert acme.post("/vendors/acme/claims", sent | {"version": 1}, "eng").status_code == 303
    assert "no training on our data yes everything D" in text(acme.get("/vendors/acme"))
    assert "too weak" in text(acme.get("/tools/pen"))
    gone = {"remove": "1", "number": 0, "criterion": "no-training", "version": 2, "why": "wrong"}
    assert acme.post("/vendors/acme/claims", gone, "eng").status_code == 303
    assert acme.spec(Kind.VENDOR, "acme").claims == []
