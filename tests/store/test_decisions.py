"""Decisions: the file only grows, whatever people wrote into it, and says exactly what was decided."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import BartizanError, Decision, InputError, Verdict
from bartizan.store import append_decision, decisions_path, load_system

SYSTEM = "id: x\ncomponents:\n  app: {kind: application}\n"


def _decision(threat: str = "rule@app", why: str = "because", **more: Any) -> Decision:
    day = date(2027, 1, 31)
    return Decision(threat=threat, verdict=Verdict.ACCEPT, by="CISO", why=why, until=day, on=date(2026, 11, 1), **more)


@pytest.fixture
def system(tmp_path: Path) -> Path:
    path = tmp_path / "system.yaml"
    path.write_text(SYSTEM, encoding="utf-8")
    return path


def test_the_first_decision_makes_a_file_that_people_can_read(system: Path) -> None:
    target = append_decision(system, _decision(ticket="SEC-1"))
    assert target == decisions_path(system)
    text = target.read_text(encoding="utf-8")
    assert text.startswith("# What was decided about the threats of system.yaml")
    assert "  - threat: rule@app\n    verdict: accept\n" in text
    assert load_system(system).decisions == [_decision(ticket="SEC-1")]


def test_later_ones_only_add(system: Path) -> None:
    before = b""
    for number in range(4):
        target = append_decision(system, _decision(f"rule@app{number}"))
        content = target.read_bytes()
        assert content.startswith(before)
        assert len(content) > len(before)
        before = content
    assert [entry.threat for entry in load_system(system).decisions] == [f"rule@app{n}" for n in range(4)]


@pytest.mark.parametrize(
    "old",
    [
        "decisions:\n- threat: a@b\n  verdict: accept\n  by: x\n  why: y\n  until: 2027-01-01\n",
        "decisions:\n    - {threat: a@b, verdict: accept, by: x, why: y, until: 2027-01-01}\n",
        "decisions:\n  - {threat: a@b, verdict: accept, by: x, why: y, until: 2027-01-01}",
        "# mine\n\ndecisions:\n  - {threat: a@b, verdict: accept, by: x, why: y, until: 2027-01-01}\n  # the end\n\n",
    ],
)
def test_what_people_wrote_is_added_to_in_their_layout(old: str, system: Path) -> None:
    target = decisions_path(system)
    target.write_text(old, encoding="utf-8")
    append_decision(system, _decision())
    assert target.read_text(encoding="utf-8").startswith(old)
    assert [entry.threat for entry in load_system(system).decisions] == ["a@b", "rule@app"]


@pytest.mark.parametrize(
    "old",
    [
        "decisions: []\n",
        "decisions: [{threat: a@b, verdict: accept, by: x, why: y, until: 2027-01-01}]\n",
        "decisions:\n  - {threat: a@b}\nx-notes: mine\n",
        "a: 1\n",
        "- 1\n",
        "decisions: [\n",
        "# only a comment\n",
    ],
)
def test_what_can_not_be_added_to_is_refused_and_left(old: str, system: Path) -> None:
    target = decisions_path(system)
    target.write_text(old, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        append_decision(system, _decision())
    assert caught.value.place is not None
    assert target.read_text(encoding="utf-8") == old


@given(st.text(max_size=60), st.text(min_size=1, max_size=30))
def test_any_text_comes_back_as_it_was(why: str, ticket: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "system.yaml")
        path.write_text(SYSTEM, encoding="utf-8")
        for _ in range(2):
            append_decision(path, _decision(why=why or "-", ticket=ticket))
        assert load_system(path).decisions == [_decision(why=why or "-", ticket=ticket)] * 2


def test_text_that_is_not_unicode_is_refused(system: Path) -> None:
    with pytest.raises(InputError, match="not valid Unicode"):
        append_decision(system, _decision(why="\udcff"))
    assert not decisions_path(system).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links are Unix's")
def test_links_are_resolved_or_refused(system: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    link = tmp_path_factory.mktemp("elsewhere") / "link.yaml"
    link.symlink_to(system)
    assert append_decision(link, _decision()).parent == system.parent.resolve()
    decisions_path(system).unlink()
    decisions_path(system).symlink_to("none")
    with pytest.raises(InputError, match="link to nothing"):
        append_decision(system, _decision())


def test_a_file_that_can_not_be_written(system: Path) -> None:
    decisions_path(system).mkdir()
    with pytest.raises(BartizanError, match="is a folder"):
        append_decision(system, _decision())


def test_a_name_with_line_ends_stays_within_the_comment(tmp_path: Path) -> None:
    path = tmp_path / "a\nb: 1.yaml"
    try:
        path.write_text(SYSTEM, encoding="utf-8")
    except OSError:
        pytest.skip("this system has no such names")
    append_decision(path, _decision())
    assert load_system(path).decisions == [_decision()]
