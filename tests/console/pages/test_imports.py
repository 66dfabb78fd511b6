"""Imports that take long: beside the pages, told how far they are, and told to be broken off when they were."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest

from bartizan.console.importing import Importer
from bartizan.govern.roles import Action, Person, Role
from bartizan.model.documents import Kind, VendorSpec
from bartizan.store.register.imports import KEPT_FOR, SILENT, ImportLog, RunState
from bartizan.store.register.open import SqlRegister
from tests.console.pages.site import PEOPLE, Site, text

ROWS = 6
LARGE = b"name,title,unit\n" + b"".join(
    b"v%d,Vendor %d,%s\n" % (n, n, b"claims" if n else b"life") for n in range(ROWS)
)


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bartizan.console.importing._LONG_ROWS", ROWS - 1)


def _log(site: Site) -> ImportLog:
    assert isinstance(site.register, SqlRegister)
    return ImportLog(site.register)


def _begin(site: Site, content: bytes = LARGE, by: str = "eng") -> str:
    answer = site.post("/exchange/preview", {"what": "vendors"}, by, files={"file": ("old list.csv", content)})
    assert answer.status_code == 303
    return answer.headers["location"]


def _worker(site: Site) -> Importer:
    return Importer(site.services, _log(site), PEOPLE.get)


def _polls(page: str) -> bool:
    return 'hx-trigger="every 1s"' in page


def test_a_long_import_is_looked_at_and_then_imported_beside_the_pages(site: Site) -> None:
    path = _begin(site)
    waiting = site.get(path, "eng")
    assert "waits for its turn" in text(waiting)
    assert (_polls(waiting.text), "See how far it is now" in waiting.text) == (True, True)
    assert _worker(site).run() == 1
    looked = site.get(path, "eng")
    assert not _polls(looked.text)
    assert "Wrong 1 Changed 0 New 5" in text(looked)
    assert site.register.documents.get(Kind.VENDOR, "v1") is None
    assert site.post(path, {"why": " "}, "eng").status_code == 422
    assert site.post(path, {"why": "from the old list"}, "eng").headers["location"] == path
    assert _polls(site.get(path, "eng").text)
    assert _worker(site).run() == 1
    assert "5 rows were imported. 1 wrong row was left out." in text(site.get(path, "eng"))
    stored = site.stored(Kind.VENDOR, "v5")
    assert (stored.document.title, stored.by, stored.why) == ("Vendor 5", "eng", "from the old list")
    assert site.register.documents.get(Kind.VENDOR, "v0") is None
    listed = site.get("/exchange", "eng")
    assert "old list.csv Vendors imported" in text(listed)
    assert f'href="{path}"' in listed.text
    assert _worker(site).run() == 0


def test_a_program_begins_no_import_that_goes_on_with_more_rights_than_it_has(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = Person(id="eng", roles={"life": frozenset({Role.ENGINEER})}, only=frozenset({Action.ASK}), program=True)
    monkeypatch.setitem(PEOPLE, "robot", token)
    sent = {"file": ("old list.csv", LARGE)}
    assert site.post("/exchange/preview", {"what": "vendors"}, "robot", files=sent).status_code == 403
    path = _begin(site)
    assert _worker(site).run() == 1
    assert site.get(path, "robot").status_code == 404
    assert site.post(path, {"why": "x"}, "robot").status_code == 404
    assert _worker(site).run() == 0


def test_an_import_is_for_who_began_it(site: Site) -> None:
    path = _begin(site)
    assert site.get(path, "rea").status_code == 404
    assert site.post(path, {"why": "x"}, "rea").status_code == 404
    assert "Your imports" not in site.get("/exchange", "rea").text
    assert site.get("/exchange/imports/9999999999999", "eng").status_code == 404
    assert (
        site.post("/exchange/preview", {"what": "vendors"}, "aud", files={"file": ("a.csv", LARGE)}).status_code == 403
    )


def test_what_changed_before_a_long_import_is_shown_again(site: Site) -> None:
    path = _begin(site)
    _worker(site).run()
    site.put("v1", Kind.VENDOR, VendorSpec(title="Vendor 1"), "claims")
    site.post(path, {"why": "from the old list"}, "eng")
    _worker(site).run()
    page = site.get(path, "eng")
    assert "Somebody has changed something in between" in text(page)
    assert "Unchanged 1" in text(page)
    assert 'value="from the old list"' in page.text
    site.post(path, {"why": "from the old list"}, "eng")
    _worker(site).run()
    assert "4 rows were imported." in text(site.get(path, "eng"))


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"title\n" + b"x\n" * ROWS, "lacks the column"), (b"PK\x03\x04" + b"x" * 300_000, "its name ends in .csv")],
)
def test_a_large_file_that_is_none_is_told(site: Site, content: bytes, says: str) -> None:
    path = _begin(site, content)
    _worker(site).run()
    assert says in text(site.get(path, "eng"))
    assert "Nothing was imported" in text(site.get(path, "eng"))


def test_who_lost_their_roles_imports_nothing(site: Site) -> None:
    path = _begin(site)
    _worker(site).run()
    site.post(path, {"why": "x"}, "eng")
    Importer(site.services, _log(site), lambda _: None).run()
    assert "your account may do nothing here any more" in text(site.get(path, "eng"))
    path = _begin(site)
    Importer(site.services, _log(site), lambda id: Person(id=id)).run()
    assert "Wrong 6" in text(site.get(path, "eng"))


def test_an_import_that_nobody_works_at_any_more_was_broken_off(site: Site) -> None:
    path = _begin(site)
    assert _log(site).take(site.now) is not None  # and then the process is killed
    site.now += SILENT
    assert "looked at; nothing is changed yet" in text(site.get(path, "eng"))
    site.now += timedelta(seconds=1)
    assert "broken off; nothing was changed" in text(site.get(path, "eng"))
    assert _worker(site).run() == 0


def test_an_import_that_has_to_end_says_how_far_it_was(site: Site) -> None:
    path, log = _begin(site), _log(site)
    _worker(site).run()
    site.post(path, {"why": "x"}, "eng")
    worker = _worker(site)
    put, number = site.register.documents.put, 0

    def ending(*args: object, **kwargs: object) -> object:
        nonlocal number
        number += 1
        if number == 3:
            worker.stop()
        return put(*args, **kwargs)  # type: ignore[arg-type]

    site.register.documents.put = ending  # type: ignore[assignment]
    assert worker.run() == 1
    site.register.documents.put = put  # type: ignore[method-assign]
    run = log.list("eng")[0]
    assert (run.state, run.done, run.total) == (RunState.BROKEN, 3, 5)
    assert "broken off at row 3 of 5" in text(site.get(path, "eng"))
    assert site.register.documents.get(Kind.VENDOR, "v3") is not None
    assert site.register.documents.get(Kind.VENDOR, "v4") is None


def test_a_worker_runs_by_itself_until_it_is_stopped(site: Site) -> None:
    worker = Importer(site.services, _log(site), PEOPLE.get, every=0.01)
    path = _begin(site)
    worker.start()
    page = ""
    end = time.monotonic() + 20
    while not page or (_polls(page) and time.monotonic() < end):
        page = site.get(path, "eng").text
    worker.stop()
    assert re.search(r"Import\s+5\s+rows", page)


def test_few_imports_of_somebody_wait_and_old_ones_are_forgotten(site: Site) -> None:
    first = _begin(site)
    for _ in range(4):
        _begin(site)
    again = site.post("/exchange/preview", {"what": "vendors"}, "eng", files={"file": ("old list.csv", LARGE)})
    assert again.status_code == 422
    assert "imports wait already" in text(again)
    site.now += KEPT_FOR + timedelta(seconds=1)
    _begin(site, by="rea")
    assert site.get(first, "eng").status_code == 404


def test_progress_is_told_and_refused_to_one_that_was_given_up(site: Site) -> None:
    path, log = _begin(site), _log(site)
    taken = log.take(site.now)
    assert taken is not None
    assert taken[1] == LARGE
    assert log.beat(taken[0].id, RunState.LOOKING, 1234, 5000, 1, site.now)
    page = site.get(path, "eng")
    assert "1,234 of 5,000 rows, 1 refused so far" in text(page)
    assert '<progress aria-labelledby="doing" max="5000" value="1234">' in page.text
    site.now += SILENT + timedelta(seconds=1)
    assert log.broken(site.now) == 1
    assert not log.beat(taken[0].id, RunState.LOOKING, 2000, 5000, 1, site.now)
    assert not log.end(taken[0].id, RunState.LOOKED, "{}", 2000, 5000, 1)
