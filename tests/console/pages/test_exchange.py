"""Import and export in the browser: who may, what is shown before anything changes, and hostile files."""

from __future__ import annotations

import io
import re
from html import unescape
from zipfile import ZipFile

import pytest
import yaml
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]

from bartizan.model.documents import Kind, PolicySpec, Statement, ToolSpec, VendorSpec
from tests.console.pages.site import Site, text

NEW = b"name,title,unit\nacme,Acme,claims\nother,Other,claims\n"


def _look(site: Site, content: bytes, what: str = "vendors", by: str = "eng", file: str = "list.csv"):  # type: ignore[no-untyped-def]
    return site.post("/exchange/preview", {"what": what}, by, files={"file": (file, content)})


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None
    return unescape(found[1])


def _apply(site: Site, page: str, by: str = "eng", why: str = "from the old list", **changed: str):  # type: ignore[no-untyped-def]
    form = {name: _hidden(page, name) for name in ("what", "word", "sheet")} | {"why": why} | changed
    return site.post("/exchange/apply", None, by, files={name: (None, value) for name, value in form.items()})


def test_a_file_is_looked_at_first_and_imported_then(site: Site) -> None:
    page = _look(site, NEW)
    assert page.status_code == 200
    assert "New 2" in text(page)
    assert site.register.documents.get(Kind.VENDOR, "acme") is None
    done = _apply(site, page.text)
    assert (done.status_code, done.headers["location"]) == (303, "/exchange")
    stored = site.stored(Kind.VENDOR, "acme")
    assert (stored.document.spec, stored.document.unit, stored.by, stored.why) == (
        VendorSpec(title="Acme"), "claims", "eng", "from the old list",
    )  # fmt: skip
    assert "Unchanged 2" in text(_look(site, NEW))


def test_an_import_says_why(site: Site) -> None:
    page = _apply(site, _look(site, NEW).text, why=" ")
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert site.register.documents.get(Kind.VENDOR, "acme") is None


def test_what_somebody_changed_in_between_is_shown_again(site: Site) -> None:
    page = _look(site, NEW).text
    site.put("acme", Kind.VENDOR, VendorSpec(title="Acme AG"), "claims")
    answer = _apply(site, page)
    assert answer.status_code == 409
    assert "Changed 1" in text(answer)
    assert site.stored(Kind.VENDOR, "acme").version == 1
    assert _apply(site, answer.text).status_code == 303
    assert site.spec(Kind.VENDOR, "acme").title == "Acme"


def test_rows_that_somebody_may_not_import_are_wrong(site: Site) -> None:
    assert "Wrong 2" in text(_look(site, NEW, by="ana"))
    assert "Wrong 2" in text(_look(site, NEW.replace(b"claims", b"life")))
    decided = b"name,title,unit,standing\npen,Pen,claims,approved\n"
    assert "Wrong 1" in text(_look(site, decided, "tools", "ana"))
    assert "New 1" in text(_look(site, decided, "tools", "rea"))
    asked = b"name,title,unit\npen,Pen,claims\n"
    assert "New 1" in text(_look(site, asked, "tools", "ana"))


def test_names_of_other_units_are_neither_changed_nor_told_about(site: Site) -> None:
    site.put("acme", Kind.VENDOR, VendorSpec(title="Secret of life"), "life")
    page = text(_look(site, NEW))
    assert "can't be used" in page
    assert "Secret" not in page
    assert site.stored(Kind.VENDOR, "acme").version == 1


def test_an_unknown_unit_or_vendor_is_wrong(site: Site) -> None:
    assert "Wrong 1" in text(_look(site, b"name,title,unit\npen,Pen,nowhere\n", "tools", "rea"))
    assert "Wrong 1" in text(_look(site, b"name,title,vendor\npen,Pen,nobody\n", "tools", "rea"))


def test_exceptions_from_statements_of_the_organisations_own_are_imported(site: Site) -> None:
    statement = Statement(id="know", number="1.1", section="People", text="Staff must know.", controls=["rate-limit"])
    site.put("use", Kind.POLICY, PolicySpec(title="Use of AI", statements=[statement]), "claims")
    days = "2026-11-01,2027-02-01"
    rows = f"a,claims,A,know,Ana,late,{days}\nb,claims,B,know,Ana,late,{days}\nc,claims,C,none,Ana,late,{days}\n"
    page = _look(site, f"name,unit,title,statement,owner,why,starts,ends\n{rows}".encode(), "exceptions", "rea")
    assert "Wrong 1 Changed 0 New 2" in text(page)
    assert "`none`" in page.text or "<code>none</code>" in page.text


def test_evidence_is_imported(site: Site) -> None:
    _apply(site, _look(site, b"name,unit,stage\ndesk,claims,operation\n", "systems").text)
    rows = b"system,control,source,observed_at\ndesk,rate-limit,scan,2026-11-01\ndesk,rate-limit,scan,2027-11-01\n"
    page = _look(site, rows, "evidence")
    assert "New 1" in text(page)
    assert "is to come" in text(page)
    assert _apply(site, page.text).status_code == 303
    (kept,) = site.register.evidence.list().items
    assert (kept.proof.system, kept.proof.control) == ("desk", "rate-limit")
    assert "Wrong 2" in text(_look(site, rows, "evidence", "lif"))


@pytest.mark.parametrize("content", [b"", b"name\nx\n", b"PK\x03\x04nothing", b"\0\1"])
def test_a_file_that_is_none_is_told(site: Site, content: bytes) -> None:
    page = _look(site, content)
    assert page.status_code == 422
    assert 'aria-describedby="file-wrong"' in page.text


def test_no_file_and_no_list_is_told(site: Site) -> None:
    assert site.post("/exchange/preview", {"what": "vendors"}, files={"x": (None, "y")}).status_code == 422
    assert _look(site, NEW, "trail").status_code == 422


def test_a_made_up_import_is_refused(site: Site) -> None:
    for made in ("", "!", "eJwDAAAAAAE=", "AAAA"):
        form = {"what": "vendors", "word": "x", "why": "y", "sheet": made}
        answer = site.post("/exchange/apply", None, "eng", files={name: (None, value) for name, value in form.items()})
        assert answer.status_code == 400


def test_scripts_in_a_file_stay_text(site: Site) -> None:
    page = _look(site, b"name,title,<script>a</script>\n<script>b</script>,x,\n", file="<script>c</script>.csv").text
    assert "<script>" not in page.replace('<script type="module"', "").replace("<script src", "").replace(
        "<script defer", ""
    )


@pytest.mark.parametrize("name", ["systems", "controls", "evidence", "tools", "vendors", "sandboxes", "exceptions",
                                  "policies", "trail"])  # fmt: skip
def test_every_list_is_exported_as_both(site: Site, name: str) -> None:
    site.put("pen", Kind.TOOL, ToolSpec(title="=Pen", conditions=["a", "b"]), "claims")
    book = site.get(f"/exchange/export/{name}.xlsx", "aud")
    assert book.headers["content-disposition"] == f'attachment; filename="{name}-2026-11-28.xlsx"'
    assert load_workbook(io.BytesIO(book.content)).active.freeze_panes == "A2"
    csv = site.get(f"/exchange/export/{name}.csv", "aud")
    assert csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert csv.content.startswith(b"\xef\xbb\xbf")


def test_an_export_holds_what_somebody_may_see(site: Site) -> None:
    site.put("pen", Kind.TOOL, ToolSpec(title="=Pen"), "claims")
    site.put("pill", Kind.TOOL, ToolSpec(title="Pill"), "life")
    mine = site.get("/exchange/export/tools.csv", "eng").content.decode()
    assert '"\'=Pen"' in mine
    assert "Pill" not in mine
    assert site.get("/exchange/export/trail.csv", "eng").status_code == 403
    assert "trail.csv" not in site.get("/exchange", "eng").text
    assert site.get("/exchange/export/nothing.csv").status_code == 404
    assert site.get("/exchange/export/tools.pdf").status_code == 404


def test_an_export_speaks_the_language_of_the_reader(site: Site) -> None:
    content = site.get("/exchange/export/tools.csv", "eng", **{"accept-language": "de"}).content.decode()
    assert "Geschäftseinheit" in content


def test_who_only_reads_is_offered_no_import(site: Site) -> None:
    assert "/exchange/preview" not in site.get("/exchange", "aud").text
    assert "/exchange/preview" in site.get("/exchange", "eng").text


def test_a_large_list_is_shown_in_part_and_imported_as_a_whole(site: Site) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["name", "title", "unit"])
    for number in range(300):
        sheet.append([f"v{number}", f"Vendor {number}", "claims"])
    out = io.BytesIO()
    book.save(out)
    page = _look(site, out.getvalue(), file="v.xlsx")
    assert "100 rows more" in text(page)
    assert _apply(site, page.text).status_code == 303
    assert site.get("/exchange/export/vendors.csv", "eng").text.count("\r\n") == 301


def test_policies_and_systems_are_there_in_the_formats_of_other_programs(site: Site) -> None:
    statement = Statement(id="know", number="1.1", section="People", text="Staff must know.", controls=["rate-limit"])
    site.put("use", Kind.POLICY, PolicySpec(title="Use of AI", statements=[statement]), "claims")
    _apply(site, _look(site, b"name,unit,stage\ndesk,claims,operation\n", "systems").text)
    assert "/exchange/interchange/use.ciso-assistant.yaml" in site.get("/exchange", "eng").text
    library = yaml.safe_load(site.get("/exchange/interchange/use.ciso-assistant.yaml", "eng").text)
    assert library["provider"] == "Helvion"
    assert "catalog" in site.get("/exchange/interchange/use.oscal-catalog.json", "eng").json()
    assert "profile" in site.get("/exchange/interchange/use.oscal-profile.json", "eng").json()
    assert "system-security-plan" in site.get("/exchange/interchange/desk.oscal-ssp.json", "eng").json()
    assert "catalog" in site.get("/exchange/interchange/bartizan-controls.oscal.json", "lif").json()
    archive = ZipFile(io.BytesIO(site.get("/exchange/interchange/desk.oscal.zip", "eng").content))
    links = re.findall(r"/exchange/interchange/(desk\.oscal[a-z.-]+)", site.get("/systems/desk", "eng").text)
    assert sorted(links) == sorted(["desk.oscal.zip", *(one for one in archive.namelist() if one.startswith("desk."))])
    for hidden in ("use.oscal-catalog.json", "desk.oscal-assessment.json", "desk.oscal.zip", "desk.txt"):
        assert site.get(f"/exchange/interchange/{hidden}", "lif").status_code == 404
