import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bartizan.model import InputError
from bartizan.soc import Head
from bartizan.soc.lines import genesis, log_files, own_hash, parse_line
from bartizan.soc.verify import RULES, parse_anchors, verify
from tests.soc.events import filled


def rules(folder: Path, *anchors: Head) -> list[str]:
    return [one.rule for one in verify(folder, anchors).findings]


def only(folder: Path) -> Path:
    (file,) = folder.glob("*.jsonl")
    return file


def test_a_log_as_it_was_written_has_no_findings(tmp_path: Path) -> None:
    filled(tmp_path, 20, writer="a", size=3000)
    filled(tmp_path, 3, writer="b")
    result = verify(tmp_path)
    assert result.findings == []
    assert [(head.writer, head.seq) for head in result.heads] == [("a", 20), ("b", 3)]
    assert result.lines == 23
    assert result.files == len(list(tmp_path.glob("*.jsonl")))
    assert result.bytes == sum(path.stat().st_size for path in tmp_path.glob("*.jsonl"))


Lines = list[bytes]


def _edit(lines: Lines) -> Lines:
    return [*lines[:3], lines[3].replace(b'"cost":0.002', b'"cost":0.001'), *lines[4:]]


def _first(lines: Lines) -> Lines:
    return lines[1:]


def _middle(lines: Lines) -> Lines:
    return [*lines[:3], *lines[5:]]


def _repeat(lines: Lines) -> Lines:
    return [*lines[:4], lines[2], *lines[4:]]


def _swap(lines: Lines) -> Lines:
    return [*lines[:3], lines[4], lines[3], *lines[5:]]


def _blank(lines: Lines) -> Lines:
    return [*lines[:3], b"\n", *lines[3:]]


def _joined(lines: Lines) -> Lines:
    return [*lines[:3], lines[3].rstrip(b"\n"), *lines[4:]]


def _relink(lines: Lines) -> Lines:
    opening = parse_line(lines[3])
    assert opening is not None
    forged = lines[3].replace(opening.prev.encode(), b"0" * 64)
    opening = parse_line(forged)
    assert opening is not None
    return [*lines[:3], forged.replace(opening.hash.encode(), own_hash(forged, opening).encode()), *lines[4:]]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_edit, [("event-edited", 4)]),
        (_first, [("event-missing", 1)]),
        (_middle, [("event-missing", 4)]),
        (_repeat, [("event-out-of-place", 5)]),
        (_swap, [("event-missing", 4), ("event-out-of-place", 5)]),
        (_blank, [("event-unreadable", 4)]),
        (_joined, [("event-edited", 4), ("event-missing", 5)]),
        (_relink, [("event-unlinked", 4), ("event-unlinked", 5)]),
    ],
)
def test_a_change_is_found_where_it_is(
    tmp_path: Path, change: Callable[[Lines], Lines], expected: list[tuple[str, int]]
) -> None:
    file = only(filled(tmp_path, 8))
    file.write_bytes(b"".join(change(file.read_bytes().splitlines(keepends=True))))
    found = verify(tmp_path).findings
    assert [(one.rule, one.place.line) for one in found] == expected
    assert {one.place.file for one in found} == {file.name}
    assert all(re.search(r"[0-9]|does not begin", one.evidence) for one in found)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("events"), 6, size=1500)


@given(data=st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_edit_of_a_byte_is_found(data: st.DataObject, written: Path, tmp_path: Path) -> None:
    for path in written.glob("*.jsonl"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    file = data.draw(st.sampled_from(sorted(tmp_path.glob("*.jsonl"))))
    content = bytearray(file.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] = data.draw(st.integers(0, 255).filter(lambda value: value != content[at]))
    file.write_bytes(content)
    assert rules(tmp_path)


@given(noise=st.binary(max_size=4000), at=st.integers(0, 2000))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_put_in_is_found_and_nothing_breaks(noise: bytes, at: int, written: Path, tmp_path: Path) -> None:
    for path in written.glob("*.jsonl"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    file = min(tmp_path.glob("*.jsonl"))
    content = file.read_bytes()
    changed = content[:at] + noise + content[at:]
    file.write_bytes(changed)
    assert bool(rules(tmp_path)) == (changed != content)


def test_a_removed_file_is_found(tmp_path: Path) -> None:
    filled(tmp_path, 12, size=1500)
    files = sorted(tmp_path.glob("*.jsonl"))
    whole = {file: file.read_bytes() for file in files}
    files[1].unlink()
    assert rules(tmp_path) == ["event-missing"]
    files[1].write_bytes(whole[files[1]])
    files[0].unlink()
    assert rules(tmp_path) == ["log-begin"]
    files[0].write_bytes(whole[files[0]])
    assert rules(tmp_path) == []


def test_a_cut_end_is_found_with_an_anchor(tmp_path: Path) -> None:
    file = only(filled(tmp_path, 8))
    (head,) = verify(tmp_path).heads
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-2]))
    assert rules(tmp_path) == [], "nothing in the folder tells it"
    assert rules(tmp_path, head) == ["log-cut"]
    file.write_bytes(b"".join(lines))
    assert rules(tmp_path, head) == []
    filled(tmp_path, 3)
    assert rules(tmp_path, head) == [], "what was added since is fine"


def test_a_chain_that_was_written_anew_is_found_with_an_anchor(tmp_path: Path) -> None:
    filled(tmp_path / "one", 4)
    (head,) = verify(tmp_path / "one").heads
    filled(tmp_path / "two", 9)
    other = Head(head.writer, 4, "0" * 64)
    assert rules(tmp_path / "two", other) == ["log-anchor"]
    assert rules(tmp_path / "one", Head("another", 2, "0" * 64)) == ["log-cut"]
    assert rules(tmp_path / "one", Head("another", 0, "")) == []


def test_a_beginning_that_is_not_kept_is_verified_from_what_was_noted(tmp_path: Path) -> None:
    filled(tmp_path, 12, size=1500)
    files = log_files(tmp_path)["gateway"]
    last = parse_line(files[0].path.read_bytes().splitlines(keepends=True)[-1])
    assert last is not None
    files[0].path.unlink()
    result = verify(tmp_path, [Head("gateway", last.seq, last.hash)])
    assert result.findings == []
    assert result.notes == [f"the chain of `gateway` is verified from {last.seq + 1} on: {last.seq} was noted"]
    assert "event-unlinked" in rules(tmp_path, Head("gateway", last.seq, "0" * 64))


def test_a_file_of_another_chain_is_found(tmp_path: Path) -> None:
    file = only(filled(tmp_path / "a", 3, writer="a"))
    filled(tmp_path / "b", 3, writer="b")
    (tmp_path / "b" / file.name.replace("a.", "b.", 1).replace("0001", "0004")).write_bytes(file.read_bytes())
    assert rules(tmp_path / "b") == ["event-unreadable"] * 3


def test_a_renamed_first_file_is_found(tmp_path: Path) -> None:
    file = only(filled(tmp_path, 3))
    file.rename(file.with_name(file.name.replace("-28", "-27")))
    assert rules(tmp_path) == ["event-unlinked"]


def test_a_foreign_file_is_found(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    (tmp_path / "notes.txt").touch()
    (tmp_path / "gateway.2026-11-29.000000000002.jsonl").mkdir()
    (tmp_path / "gateway.2026-11-29.000000000003.jsonl").symlink_to("/dev/zero")
    (tmp_path / ".x.lock").write_text("something", encoding="utf-8")
    assert rules(tmp_path) == ["log-foreign-file"] * 4


def test_very_many_findings_are_told_in_part(tmp_path: Path) -> None:
    file = only(filled(tmp_path, 1))
    file.write_bytes(b"\n" * 5000)
    found = rules(tmp_path)
    assert len(found) == 1001
    assert found[-1] == "log-more"


def test_a_line_without_an_end_takes_no_memory(tmp_path: Path) -> None:
    file = only(filled(tmp_path, 2))
    with file.open("ab") as stream:
        stream.write(b"x" * (3 << 20))
    assert set(rules(tmp_path)) == {"event-unreadable"}


def test_every_finding_has_a_rule_with_a_title() -> None:
    assert all(rule.title[0].isupper() and not rule.title.endswith(".") for rule in RULES.values())


def test_anchors_are_read_in_the_forms_that_are_written() -> None:
    head = Head("gateway", 7, genesis("gateway", "x"))
    plain = {"writer": "gateway", "seq": 7, "hash": head.hash}
    one = json.dumps(plain).encode()
    assert parse_anchors(one, "a") == [head]
    assert parse_anchors(one + b"\n\n" + one + b"\n", "a") == [head, head]
    assert parse_anchors(json.dumps({"schema": "x", "heads": [plain]}).encode(), "a") == [head]
    assert parse_anchors(b"", "a") == []
    for wrong in (b"x", b'{"writer": 1}', b"[]", b"\xff", one + b"\n{}"):
        with pytest.raises(InputError, match="`a` holds no heads"):
            parse_anchors(wrong, "a")


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be verified"):
        verify(tmp_path / "none")
