"""The compiled loop does what the same functions do in Python; without it, a scan says why it takes long."""

from __future__ import annotations

import datetime
import pickle
from pathlib import Path

import pytest

from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.desk import Limits
from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.pickles import compiled as own
from bartizan.scan.pickles import examine, examine_pickle
from bartizan.scan.pickles.compiled import IN_PYTHON, Kernel, compiled
from bartizan.scan.pickles.plain import PlainData
from bartizan.scan.pickles.settled import Settled
from tests.scan.pickles.support import desk, machine

VALUE = [
    {"id": number, "name": f"ü{number}", "when": datetime.datetime(2020, 1, 1) + datetime.timedelta(number)}
    for number in range(800)
]


def end_of(data: bytes, kernel: Kernel) -> tuple[object, ...]:
    ran = machine(data)
    ran.judge.unexplained = 3
    plain = PlainData(MemoryContent(data), Settled(ran.judge, frozenset()), kernel, 1 << 14)
    plain.attach(ran)
    ran.run(plain)
    return ran.opcodes, ran.stream.offset, ran.memo.count, bytes(ran.memo.slots)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_machine_code_does_the_same(protocol: int) -> None:
    kernel = compiled()
    assert kernel is not None
    data = pickle.dumps(VALUE, protocol)
    assert end_of(data, kernel) == end_of(data, IN_PYTHON)


def test_nothing_is_compiled_where_nothing_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bartizan").write_text("a file, and no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert own.compiled.__wrapped__() is None


def test_the_limit_says_that_the_compiler_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examine, "compiled", lambda: None)
    monkeypatch.setattr(examine, "_BIG", 1000)
    data = b"\x80\x02" + b"N0" * 20_000 + b"N."
    with pytest.raises(LimitReached) as raised:
        examine_pickle(MemoryContent(data), desk(Limits(seconds=0.0)))
    assert "numba" in raised.value.message
