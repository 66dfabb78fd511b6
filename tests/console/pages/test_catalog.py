from __future__ import annotations

import re

import pytest

from bartizan.console.pages.catalog import PARTS
from bartizan.console.stated import statements
from tests.console.pages.site import Site, text


def test_everything_is_searched_by_words(site: Site) -> None:
    assert "Threats" in text(site.get("/catalog", "ana"))
    page = site.get("/catalog?text=injection+outsider", "ana")
    assert 'href="/catalog/threats/indirect-prompt-injection"' in page.text
    assert "Nothing found" in text(site.get("/catalog?text=qqqq"))


@pytest.mark.parametrize("part", list(PARTS))
def test_each_part_is_a_list_whose_entries_are_there(site: Site, part: str) -> None:
    page = site.get(f"/catalog/{part}")
    links = re.findall(rf'href="(/catalog/{part}/[^"]+)"', page.text)
    assert len(links) > 5
    for link in links[:: max(1, len(links) // 8)]:
        assert site.get(link).status_code == 200, link


def test_a_part_is_searched_too(site: Site) -> None:
    assert "kill-switch" in site.get("/catalog/controls?text=kill").text
    assert "Nothing found" in text(site.get("/catalog/controls?text=qqqq"))


def test_a_threat_and_the_controls_that_cut_it_lead_to_each_other(site: Site) -> None:
    threat = site.get("/catalog/threats/indirect-prompt-injection")
    assert "/catalog/controls/quarantine-untrusted-content" in threat.text
    assert "strongly" in text(threat)
    control = site.get("/catalog/controls/quarantine-untrusted-content")
    assert "/catalog/threats/indirect-prompt-injection" in control.text
    assert "/catalog/frameworks/" in control.text


def test_an_item_of_a_framework_leads_to_what_is_mapped_to_it(site: Site) -> None:
    page = site.get("/catalog/frameworks/owasp-llm?text=LLM01")
    assert "/catalog/threats/indirect-prompt-injection" in page.text
    assert "LLM02:2025" not in page.text
    mapped = site.get("/catalog/frameworks/iso-27001?text=A.8.12")
    assert "/catalog/controls/prompt-data-protection" in mapped.text
    assert "Nothing found" in text(site.get("/catalog/frameworks/iso-27001?text=qqqq"))


def test_an_apostrophe_is_found_as_a_keyboard_has_it(site: Site) -> None:
    found = site.get("/catalog/statements?text=l%27IA+pouvoir+poursuivre", **{"accept-language": "fr"}).text
    assert "goes-on-without-ai" in found


def test_a_statement_is_shown_in_the_reader_s_language(site: Site) -> None:
    one = next(one for one in statements().statements.values() if one.text.get("de", "").count("{organisation}") == 1)
    page = text(site.get(f"/catalog/statements/{one.id}", **{"accept-language": "de"}))
    assert one.text["de"].replace("{organisation}", "Helvion") in page


@pytest.mark.parametrize("path", ["/catalog/odd", "/catalog/threats/odd", "/catalog/odd/odd", "/catalog/steps/x"])
def test_what_isn_t_there_is_not_found(site: Site, path: str) -> None:
    assert site.get(path).status_code == 404
