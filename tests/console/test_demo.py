"""The demo organisation: it loads quickly and once, looks alive on any day, and survives a round trip through files."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from time import perf_counter
from zipfile import ZipFile

import pytest
from trestle.oscal.assessment_results import Model as Results
from trestle.oscal.catalog import Model as OscalCatalog

from bartizan.catalog import load_catalog
from bartizan.catalog.places import cache_folder
from bartizan.cli import main
from bartizan.console.assessing import standing
from bartizan.console.checking import check
from bartizan.console.demo import DEMO, Loaded, folder, load_demo
from bartizan.console.demo_open import begin_demo
from bartizan.console.exchanging import preview, rows_of
from bartizan.console.interchange import interchanged
from bartizan.console.sandboxing import opening_of
from bartizan.console.services import Places, Services
from bartizan.govern.columns import LISTS
from bartizan.govern.importing import Outcome
from bartizan.govern.roles import Person, Role
from bartizan.govern.sheetfile import read_sheet
from bartizan.model import BartizanError, System
from bartizan.model.assurance import ControlState
from bartizan.model.documents import (
    Document,
    ExceptionSpec,
    Kind,
    Organisation,
    SandboxState,
    Standing,
    ToolSpec,
    VendorSpec,
)
from bartizan.model.documents.registered import RegisteredSandbox
from bartizan.report.sheets import to_csv, to_xlsx
from bartizan.store.register import Query
from bartizan.store.register.acceptances import Acceptances
from bartizan.store.register.open import SqlRegister, open_register
from bartizan.store.register.scans import ScanLog
from tests.report.oscal_held import problems
from tests.support import REPOSITORY

LATER = date(2028, 2, 29)
ALL = Person(id="all", roles={"": frozenset(Role)})


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Services:
    register = open_register(tmp_path_factory.mktemp("demo") / "register.db")
    started = perf_counter()
    loaded = load_demo(register, LATER)
    assert perf_counter() - started < 10
    assert loaded.evidence > 400
    clock = datetime(LATER.year, LATER.month, LATER.day, 12, tzinfo=UTC)
    return Services(register=register, catalog=load_catalog(cache_folder()), clock=lambda: clock)


def test_it_has_what_an_organisation_has(services: Services) -> None:
    found = {kind: len(list(services.register.documents.all(kind))) for kind in Kind}
    assert found[Kind.SYSTEM] >= 24
    assert found[Kind.TOOL] >= 18
    assert found[Kind.VENDOR] >= 8
    assert found[Kind.SANDBOX] >= 5
    assert found[Kind.EXCEPTION] >= 8
    assert len(services.organisation().units) >= 5


def test_every_document_keeps_the_rules_of_the_register(services: Services) -> None:
    for kind in Kind:
        for stored in services.register.documents.all(kind):
            check(stored.document, services)
            assert stored.at[:10] <= LATER.isoformat()
    assert services.register.documents.verify() > 80


def test_it_looks_alive_on_whatever_day_it_is_loaded(services: Services) -> None:
    documents = services.register.documents
    days = [kept.proof.observed_at for kept in services.register.evidence.list(limit=200).items]
    assert max(days) <= LATER
    assert max(days) >= LATER - timedelta(days=7)
    exceptions = [one.document.spec for one in documents.all(Kind.EXCEPTION)]
    assert {one.counts(LATER) for one in exceptions if isinstance(one, ExceptionSpec)} == {True, False}
    sandboxes = [one.document.spec for one in documents.all(Kind.SANDBOX)]
    states = {one.state for one in sandboxes if isinstance(one, RegisteredSandbox)}
    assert {SandboxState.GRANTED, SandboxState.ASKED, SandboxState.KILLED, SandboxState.PROMOTED} <= states
    assert any(one.starts <= LATER.isoformat() <= one.ends for one in sandboxes if isinstance(one, RegisteredSandbox))
    tools = [one.document.spec for one in documents.all(Kind.TOOL)]
    assert {one.standing for one in tools if isinstance(one, ToolSpec)} == set(Standing)
    decisions = [d for one in documents.all(Kind.SYSTEM) if isinstance(one.document.spec, System)
                 for d in one.document.spec.decisions]  # fmt: skip
    assert {d.until >= LATER for d in decisions} == {True, False}


def test_what_is_said_about_real_vendors_keeps_its_day(services: Services) -> None:
    claims = [
        claim for one in services.register.documents.all(Kind.VENDOR)
        if isinstance(one.document.spec, VendorSpec) for claim in one.document.spec.claims
    ]  # fmt: skip
    by_kind = Counter((claim.source.startswith("https://"), claim.seen_on <= DEMO) for claim in claims)
    assert by_kind[True, True] >= 8
    assert by_kind[True, False] == 0
    assert by_kind[False, False] > 0


def test_loading_it_again_changes_nothing(services: Services) -> None:
    before = services.register.documents.trail(limit=1).total
    loaded = load_demo(services.register, LATER + timedelta(days=3))
    assert (loaded.versions, loaded.evidence) == (0, 0)
    assert services.register.documents.trail(limit=1).total == before


def test_the_register_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    register = open_register(tmp_path / "register.db")
    mine = Document(kind=Kind.ORGANISATION, name="organisation", spec=Organisation(title="Ours"))
    register.documents.put(mine, expected=0, by="me", why="set up", at="2026-11-28T08:00:00Z")
    assert load_demo(register, date(2026, 11, 28)) == Loaded()
    assert [one.name for one in register.documents.trail().items] == ["organisation"]


def test_the_organisation_is_the_first_line_of_the_trail(tmp_path: Path) -> None:
    register = open_register(tmp_path / "register.db")
    load_demo(register, date(2026, 11, 28))
    times = [one.at for one in register.documents.trail(limit=1000).items]
    assert times == sorted(times, reverse=True)


def test_a_load_that_was_broken_off_is_finished_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register: SqlRegister = open_register(tmp_path / "register.db")
    left = [30]
    put = type(register.documents).put

    def broken(self: object, *arguments: object, **named: object) -> object:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return put(self, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(type(register.documents), "put", broken)
    with pytest.raises(KeyboardInterrupt):
        load_demo(register, DEMO)
    left[0] = 10_000
    loaded = load_demo(register, DEMO)
    assert loaded.versions + 29 == register.documents.trail(limit=1).total
    assert loaded.evidence > 400
    register.close()


def test_a_folder_without_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bartizan.console.demo._BESIDE", tmp_path)
    monkeypatch.setattr("bartizan.console.demo._REPOSITORY", tmp_path)
    register = open_register(tmp_path / "register.db")
    with pytest.raises(BartizanError, match="isn't installed"):
        load_demo(register, DEMO)
    register.close()


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("what", [name for name, one in LISTS.items() if one.importable])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_is_exported_changes_nothing_when_it_is_imported(
    services: Services, what: str, suffix: str, language: str
) -> None:
    columns, rows = LISTS[what].columns, list(rows_of(what, services, ALL))
    made = to_csv(columns, rows, language) if suffix == "csv" else to_xlsx(what, columns, rows, language)
    sheet = read_sheet(b"".join(made), f"{what}.{suffix}")
    plan, _ = preview(what, sheet, services, ALL)
    assert len(plan.changes) == len(rows) > 5
    assert [change for change in plan.changes if change.outcome is not Outcome.UNCHANGED] == []
    assert plan.ignored == []


@pytest.mark.parametrize("what", list(LISTS))
def test_every_list_has_a_cell_for_every_column(services: Services, what: str) -> None:
    rows = list(rows_of(what, services, ALL))
    assert {len(row) for row in rows} <= {len(LISTS[what].columns)}
    assert rows or what == "policies"


@pytest.mark.parametrize("name", ["claims-fraud-score", "contract-analyst"])
def test_what_is_known_of_a_system_is_a_set_of_oscal_documents(services: Services, name: str) -> None:
    stored = services.register.documents.get(Kind.SYSTEM, name)
    assert stored is not None
    packed = interchanged(".oscal.zip", stored, services)
    assert packed == interchanged(".oscal.zip", stored, services)
    with ZipFile(BytesIO(packed)) as archive:
        documents = {one: json.loads(archive.read(one)) for one in archive.namelist()}
    assert len(documents) == 6
    assert [problem for one in documents for problem in problems(one, documents)] == []
    results = documents[f"{name}.oscal-assessment.json"]
    Results.model_validate(results)
    (result,) = results["assessment-results"]["results"]
    assert len(result["observations"]) >= 2
    assert len(result["findings"]) >= 5


def test_every_policy_is_valid_oscal(services: Services) -> None:
    for stored in services.register.documents.all(Kind.POLICY):
        OscalCatalog.model_validate(json.loads(interchanged(".oscal-catalog.json", stored, services)))


def test_it_has_four_policies_in_several_states_and_a_second_edition(services: Services) -> None:
    states = [one.state for one in services.register.documents.list(Query(kind=Kind.POLICY)).items]
    assert len(states) >= 4
    assert {"published", "approved", "draft"} <= set(states)
    assert len(services.register.documents.history(Kind.POLICY, "ai-security-policy")) == 2
    documents = services.register.documents
    versions = [documents.version(Kind.POLICY, "third-party-ai-standard", one) for one in (1, 2)]
    specs = [one.document.spec for one in versions if one is not None]
    assert [getattr(spec, "state", "") for spec in specs] == ["published", "draft"]


def test_what_is_open_in_it_can_be_answered(tmp_path: Path) -> None:
    register = open_register(tmp_path / "register.db")
    clock = datetime(LATER.year, LATER.month, LATER.day, 12, tzinfo=UTC)
    places = Places(sandboxes=tmp_path / "gateway" / "sandboxes")
    services = Services(register, load_catalog(cache_folder()), lambda: clock, places)
    for _ in range(2):  # a demo that is started again goes on
        begin_demo(services)
        (asked,) = Acceptances(register).list(states=frozenset()).items
        assert (asked.state, asked.asked_by, asked.until > LATER) == ("asked", "yannick.perrin", True)
        listed = ScanLog(register).list().items
        assert [(one.system, one.findings) for one in listed] == [("coding-agent", 1), ("risk-report-writer", 4)]
        assert [LATER - one.observed_at for one in listed] == [timedelta(1), timedelta(2)]
    names = ("slide-maker-trial", "central-bank-tone", "claims-letter-drafts")
    trials = [opening_of(services, name) for name in names]
    assert all(one is not None and not one.closed for one in trials)
    soon = LATER + timedelta(days=7)
    coming = [one.name for kind in (Kind.SANDBOX, Kind.EXCEPTION)
              for one in register.documents.list(Query(kind=kind, ends_from=LATER, ends_to=soon)).items]  # fmt: skip
    assert coming == ["slide-maker-trial", "mainframe-no-signing"]
    assistant = register.documents.get(Kind.SYSTEM, "customer-assistant")
    assert assistant is not None
    states = []
    for _ in range(2):  # what proved it ended yesterday
        views = standing(services, assistant).views
        states.append({view.state for view in views if view.control == "incident-playbook"})
        clock -= timedelta(days=1)
    assert states == [{ControlState.IN_PLACE}, {ControlState.PROVEN}]
    register.close()


def test_its_results_of_scans_are_what_a_scan_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(REPOSITORY / "examples" / "supply-chain")
    for scanned, kept in (("AGENTS.md", "agents-file.json"), ("reporting-model", "reporting-model.json")):
        main(["scan", scanned, "--format", "json"])
        said = json.loads(capsys.readouterr().out)
        told = json.loads((folder() / "scans" / kept).read_text("utf-8"))
        assert {**said, "stats": {}} == {**told, "stats": {}}, f"scan {scanned} again into {kept}"
