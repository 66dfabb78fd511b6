"""The portfolio: figures, the map, the list with its filters, and what nobody else may see."""

from __future__ import annotations

import re
from datetime import date

from bartizan.console.assessing import Assessor
from bartizan.model.documents import Kind, Standing, ToolSpec
from bartizan.store.systems import load_system
from tests.console.pages.site import Site, text
from tests.support import REPOSITORY


def second(site: Site) -> None:
    system = load_system(REPOSITORY / "examples" / "helpdesk-copilot" / "system.yaml")
    site.put("helpdesk-copilot", Kind.SYSTEM, system, unit="life")


def listed(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/systems/([^"]+)">', page)


def test_a_system_that_nobody_has_assessed_is_there_and_says_so(site: Site) -> None:
    second(site)
    page = site.get("/?text=helpdesk")
    assert listed(page.text) == ["helpdesk-copilot"]
    assert "1 not assessed yet" in text(page)


def test_an_assessed_system_has_its_tier_its_money_and_its_controls(site: Site) -> None:
    kept = site.register.assessments.get("fraud-model")
    assert kept is not None
    page = text(site.get("/"))
    assert "all assessed" in page
    assert f"{sum(kept.controls.values())} controls" in page
    assert "Critical" in page


def test_a_cell_of_the_map_leads_to_its_systems(site: Site) -> None:
    second(site)
    page = site.get("/").text
    links = [one.replace("&amp;", "&") for one in re.findall(r'<td class="heat[^>]*><a href="([^"]+)"', page)]
    found = [listed(site.get(one.partition("#")[0]).text) for one in links]
    assert found == [["fraud-model"], ["helpdesk-copilot"]]
    assert listed(site.get("/?tier=none&worst=none").text) == []
    assert listed(site.get("/?tier=none").text) == ["helpdesk-copilot"]


def test_filters_narrow_the_list_and_what_is_no_filter_is_passed_over(site: Site) -> None:
    second(site)
    assert listed(site.get("/?text=help&order=title").text) == ["helpdesk-copilot"]
    assert listed(site.get("/?stage=deployment").text) == ["helpdesk-copilot"]
    assert listed(site.get("/?unit=motor").text) == []
    assert listed(site.get("/?unit=claims").text) == ["fraud-model"]
    assert len(listed(site.get("/?stage=x&tier=y&worst=z&order=w").text)) == 2
    assert "No system is like this" in text(site.get("/?text=nothing"))


def test_a_cursor_that_is_none_is_told(site: Site) -> None:
    page = site.get("/?after=abc")
    assert page.status_code == 400
    assert "doesn't lead to a page" in text(page)


def test_htmx_gets_the_list_without_what_stands_around_it(site: Site) -> None:
    page = site.get("/?text=fraud", **{"hx-request": "true", "hx-target": "div#list"})
    assert listed(page.text) == ["fraud-model"]
    assert "What changed" not in page.text


def test_systems_of_other_units_are_not_there_in_any_part(site: Site) -> None:
    second(site)
    page = site.get("/", by="ana")
    assert listed(page.text) == ["fraud-model"]
    assert "helpdesk" not in page.text
    assert listed(site.get("/?unit=life", by="ana").text) == []


def test_what_ends_within_a_month_is_listed_by_its_day(site: Site) -> None:
    tool = ToolSpec(title="Translator <i>", standing=Standing.APPROVED, good_until=date(2026, 12, 12))
    site.put("translator", Kind.TOOL, tool)
    site.put("later", Kind.TOOL, ToolSpec(title="Later", good_until=date(2027, 12, 12)))
    page = site.get("/")
    assert '<a href="/tools/translator">Translator &lt;i&gt;</a>' in page.text
    assert '<a href="/tools/later">' not in page.text.partition("What changed")[0]


def test_an_empty_register_says_how_to_begin(site: Site) -> None:
    site.register.documents.delete(Kind.SYSTEM, "fraud-model", expected=1, by="a", why="gone", at=site.services.now())
    page = site.get("/")
    assert "No systems yet" in text(page)
    assert 'href="/intake"' in page.text


def test_what_changed_is_called_by_its_title(site: Site) -> None:
    changed = site.get("/").text.rpartition("What changed")[2]
    assert '<a href="/systems/fraud-model">Card fraud' in changed


def test_the_old_address_leads_to_the_portfolio(site: Site) -> None:
    assert site.get("/systems").headers["location"] == "/"


def test_the_trail_is_for_those_who_audit_and_has_every_change(site: Site) -> None:
    assert site.get("/trail", by="ana").status_code == 403
    page = text(site.get("/trail", by="aud"))
    assert "fraud-model" in page
    assert "seed" in page
    assert site.get("/trail?after=abc", by="aud").status_code == 200
    assert "Nothing has been changed yet" in text(site.get("/trail?after=1", by="aud"))


def test_systems_that_are_still_to_be_assessed_are_told_until_none_is(site: Site) -> None:
    assert "still to be assessed" not in text(site.get("/"))
    second(site)
    page = site.get("/")
    assert "1 system still to be assessed" in text(page)
    asking = {"hx-request": "true", "hx-target": "div#waiting"}
    part = site.get("/", **asking)
    assert (len(part.text) < 1_000, 'hx-trigger="every 3s"' in part.text) == (True, True)
    assert re.search(r'<progress [^>]*max="2" value="1">', part.text)
    Assessor(site.services, processes=0).run()
    part = site.get("/", **asking)
    assert "All systems are assessed." in text(part)
    assert "hx-trigger" not in part.text
