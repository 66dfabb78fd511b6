from __future__ import annotations

import json

import pytest

from bartizan.model import System
from bartizan.model.component import Model
from bartizan.model.documents import Kind
from tests.console.pages.site import Site, text

FINDING = {
    "id": "f1", "rule": "pickle-calls-system", "title": "The file runs a program", "severity": "critical",
    "path": "../../etc/<script>", "line": 3, "evidence": "os.system", "remedy": "Don't load it.",
}  # fmt: skip
RESULT = {
    "schema": "bartizan/scan/1", "verdict": "dangerous",
    "artefacts": [{"path": "m.pkl", "format": "pickle", "formats": ["pickle"], "verdict": "dangerous"}],
    "findings": [FINDING], "not_inspected": [{"path": "m.zip", "reason": "it is too large"}],
}  # fmt: skip
SENT = {"system": "bot", "component": "model", "observed_at": "2026-11-27"}


@pytest.fixture
def bot(site: Site) -> Site:
    site.put("bot", Kind.SYSTEM, System(id="bot", name="Bot", components={"model": Model()}), "claims")
    return site


def handed_in(site: Site, result: object = RESULT, by: str = "eng", **more: str) -> tuple[int, str, str]:
    content = result if isinstance(result, bytes) else json.dumps(result).encode()
    answer = site.post("/scans/new", SENT | more, by, files={"file": ("../../x.json", content, "application/json")})
    return answer.status_code, answer.headers.get("location", ""), answer.text


def test_a_result_is_kept_shown_and_becomes_evidence(bot: Site) -> None:
    assert 'value="model"' in bot.get("/scans/new?system=bot", "eng").text
    status, location, _ = handed_in(bot)
    assert status == 303
    page = bot.get(location, "ana")
    words = text(page)
    assert "The file runs a program" in words
    assert "Don't load it." in words
    assert "m.zip it is too large" in words
    assert "<script>" not in page.text.split("<main")[1]
    proofs = {one.proof.control: one.proof for one in bot.register.evidence.latest("bot")}
    assert proofs["artefact-scanning"].outcome == "fail"
    assert proofs["artefact-scanning"].place == "model"
    assert location in bot.get("/scans", "ana").text


def test_the_same_result_is_kept_once(bot: Site) -> None:
    assert handed_in(bot)[1] == handed_in(bot)[1]
    assert len(bot.register.evidence.list(system="bot").items) == len(bot.register.evidence.latest("bot"))


@pytest.mark.parametrize(
    ("result", "more", "field"),
    [
        (b"", {}, "file"),
        (b"not json", {}, "file"),
        (b"[" * 100_000, {}, "file"),
        ({"schema": "other/1", "verdict": "safe"}, {}, "file"),
        (RESULT | {"findings": [{"rule": "r", "path": 3}]}, {}, "file"),
        (RESULT, {"component": "odd"}, "component"),
        (RESULT, {"observed_at": "2027-01-01"}, "observed_at"),
        (RESULT, {"observed_at": ""}, "observed_at"),
    ],
)
def test_what_is_no_result_is_refused(bot: Site, result: object, more: dict[str, str], field: str) -> None:
    status, _, page = handed_in(bot, result, **more)
    assert status == 422
    assert f'href="#{field}"' in page
    assert bot.register.evidence.list(system="bot").items == []


def test_a_huge_upload_is_refused(bot: Site) -> None:
    assert handed_in(bot, b" " * (16 << 20))[0] == 413


@pytest.mark.parametrize(("who", "status"), [("ana", 403), ("aud", 403), ("lif", 404)])
def test_only_who_may_change_the_system_hands_in(bot: Site, who: str, status: int) -> None:
    assert handed_in(bot, by=who)[0] == status
    assert bot.get("/scans/new?system=bot", who).status_code == status


def test_scans_of_other_units_can_t_be_seen_nor_guessed(bot: Site) -> None:
    _, location, _ = handed_in(bot)
    assert bot.get(location, "lif").status_code == 404
    assert "No scans yet" in text(bot.get("/scans", "lif"))
    assert bot.get("/scans/999999999999999999999").status_code == 404
    assert bot.get("/scans?after=odd&system=bot").status_code == 200


def test_one_chooses_the_system_first(bot: Site) -> None:
    assert "choose a system" in text(bot.get("/scans/new", "eng"))
    assert bot.get("/scans/new", "ana").status_code == 403
