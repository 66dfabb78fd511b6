"""PaddlePaddle programs: operators that call Python, files or other machines are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired
from tests.scan.wire.support import holds, message, unreadable


def program(operator: str, path: str = "") -> bytes:
    attributes = ((4, message((1, "file_path"), (2, 2), (5, path))),) if path else ()
    op = message((3, operator), *attributes)
    block = message((1, 0), (2, 0), (3, message((1, "x"))), (4, op))
    return message((1, block), (4, message((1, 0))))


SOUND = program("matmul")


def test_a_sound_program_is_safe_under_any_name() -> None:
    found = examined(SOUND, "model")
    assert "paddle" in found.formats
    assert found.verdict is Verdict.SAFE


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (program("py_func"), "paddle-runs-python"),
        (program("save_combine", "weights"), "paddle-touches-files"),
        (program("save", "/etc/cron.d/a"), "model-reads-outside"),
        (program("listen_and_serv"), "paddle-touches-files"),
        (SOUND + message((40, "x" * 30)), "bytes-unaccounted"),
        (SOUND[:-1], "malformed-file"),
    ],
)
def test_what_matters_is_told(data: bytes, rule: str) -> None:
    assert rule in fired(examined(data, "a.pdmodel"))


@given(st.integers(0, len(SOUND)), st.binary(min_size=1, max_size=4))
def test_whatever_the_bytes_the_scanner_bears_it(place: int, value: bytes) -> None:
    assert holds(SOUND, "a.pdmodel", place, value)


def test_a_name_alone_makes_nothing_safe() -> None:
    assert unreadable("a.pdmodel")
