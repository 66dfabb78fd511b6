"""Valid files of every format, changed in ways that know a little of files, through all scanners at once.

Whatever comes of it: no scanner fails, it takes no long time, and a malicious pickle that is still there is never safe.
"""

from __future__ import annotations

import time
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.scan.artefacts.examine import Examiner
from bartizan.scan.artefacts.result import ArtefactScan, Verdict
from bartizan.scan.artefacts.tree import MemoryTree
from tests.scan.artefacts.samples import CONTAINERS, MALICIOUS, SOUND, TEXTS, wrapped
from tests.scan.artefacts.support import fired, rules

Change: TypeAlias = tuple[str, float, int, int, str]
"""What to do, where as a part of the file, an amount, a number, and the file that a piece is taken from."""

EXAMINER = Examiner(rules())
FILES = {
    **{name: ("file", body) for name, body in SOUND.items()},
    **{name: (name, body) for name, body in TEXTS.items()},
}
NUMBERS = [0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 40, 1 << 62, (1 << 63) - 1, (1 << 64) - 1]
SECONDS = 10.0
CHANGES = st.tuples(
    st.sampled_from(["byte", "bit", "number", "swapped", "cut", "repeat", "insert", "splice", "end"]),
    st.floats(0, 1, exclude_max=True),
    st.integers(1, 64),
    st.sampled_from(NUMBERS) | st.integers(0, 1 << 16),
    st.sampled_from(sorted(FILES)),
)


def changed(body: bytes, changes: list[Change], spared: tuple[int, int] = (0, 0)) -> bytes:
    """Change a file, but for a range of it; the range moves with what is before it."""
    out, (start, end) = bytearray(body), spared
    for what, where, amount, number, other in changes:
        at = int(where * max(len(out), 1))
        piece = _piece(what, out, at, amount, number, other)
        gone = {"insert": 0, "repeat": 0, "cut": amount, "end": len(out) - at}.get(what, len(piece))
        if end and at + gone > start and (at < end or (what == "end")):
            continue  # reaches into what is spared
        before = len(out)
        out[at : at + gone] = piece
        if at <= start:
            start, end = start + len(out) - before, end + len(out) - before
    return bytes(out)


def _piece(what: str, out: bytearray, at: int, amount: int, number: int, other: str) -> bytes:
    if what == "byte":
        return bytes([number & 0xFF])
    if what == "bit":
        return bytes([(out[at] if at < len(out) else 0) ^ (1 << (amount & 7))])
    if what in ("number", "swapped"):
        width = (1, 2, 4, 8)[amount & 3]
        return (number & ((1 << 8 * width) - 1)).to_bytes(width, "little" if what == "number" else "big")
    if what == "repeat":
        return bytes(out[at : at + amount]) * (1 + number % 60)
    if what == "insert":
        return number.to_bytes(8, "little") * (amount // 8)
    if what == "splice":
        body = FILES[other][1]
        return body[number % len(body) :][: 4 * amount]
    return b""


def looked_at(name: str, body: bytes) -> ArtefactScan:
    """Scan, and check what must hold of everything."""
    start = time.process_time()
    found = EXAMINER.tree(MemoryTree({name: body}))
    assert time.process_time() - start < SECONDS
    for artefact in found.artefacts:
        assert "scanner-failed" not in fired(artefact), [one.evidence for one in artefact.findings]
    return found


@settings(max_examples=settings().max_examples * 12)
@given(st.sampled_from(sorted(FILES)), st.lists(CHANGES, min_size=1, max_size=6))
def test_no_change_makes_a_scanner_fail(name: str, changes: list[Change]) -> None:
    path, body = FILES[name]
    looked_at(path, changed(body, changes))


@given(st.sampled_from(sorted(FILES)), st.sampled_from(sorted(FILES)), st.floats(0, 1), st.floats(0, 1))
def test_the_head_of_one_file_and_the_tail_of_another(one: str, other: str, first: float, second: float) -> None:
    (path, head), (_, tail) = FILES[one], FILES[other]
    looked_at(path, head[: int(first * len(head))] + tail[int(second * len(tail)) :])


@settings(max_examples=settings().max_examples * 6)
@given(st.sampled_from(CONTAINERS), st.lists(CHANGES, max_size=5), st.sampled_from(["file", "a.pkl", "a.pt", "a.npz"]))
def test_a_malicious_pickle_is_never_safe_whatever_its_container_suffers(
    kind: str, changes: list[Change], name: str
) -> None:
    body = wrapped(kind, MALICIOUS)
    at = body.find(MALICIOUS)
    damaged = changed(body, changes, (at, at + len(MALICIOUS)) if at >= 0 else (0, len(body)))
    assert looked_at(name, damaged).verdict is not Verdict.SAFE


@given(st.sampled_from(sorted(SOUND)), st.lists(CHANGES, max_size=2))
def test_a_malicious_pickle_behind_any_file_is_never_safe(name: str, changes: list[Change]) -> None:
    assert looked_at("file", changed(SOUND[name], changes) + MALICIOUS).verdict is not Verdict.SAFE


@pytest.mark.parametrize("name", sorted(SOUND))
def test_a_malicious_pickle_right_behind_or_before_a_file_is_not_safe(name: str) -> None:
    for body in (SOUND[name] + MALICIOUS, MALICIOUS + SOUND[name], SOUND[name] + bytes(512) + MALICIOUS):
        assert looked_at("file", body).verdict is not Verdict.SAFE
