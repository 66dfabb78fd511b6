from __future__ import annotations

from datetime import date

from bartizan.model import System
from bartizan.model.documents import Document, Kind
from bartizan.store.register.open import SqlRegister
from bartizan.store.register.scans import ScanLog

AT = "2026-11-28T12:00:00Z"


def _system(register: SqlRegister, name: str, unit: str) -> None:
    document = Document(kind=Kind.SYSTEM, name=name, unit=unit, spec=System(id=name))
    register.documents.put(document, expected=0, by="t", why="t", at=AT)


def _add(log: ScanLog, content: bytes = b'{"a": 1}', system: str = "bot", component: str = "model") -> int:
    return log.add(
        content, system=system, component=component, verdict="safe", observed_at=date(2026, 11, 27), at=AT,
        author="ana", artefacts=3, findings=0,
    )  # fmt: skip


def test_a_result_is_kept_whole_and_once(register: SqlRegister) -> None:
    _system(register, "bot", "claims")
    log = ScanLog(register)
    content = b'{"big": "' + b"x" * 200_000 + b'"}'
    id = _add(log, content)
    assert _add(log, content) == id
    found = log.get(id)
    assert found is not None
    kept, body = found
    assert body == content
    assert (kept.system, kept.component, kept.unit, kept.verdict) == ("bot", "model", "claims", "safe")
    assert (kept.observed_at, kept.author, kept.artefacts) == (date(2026, 11, 27), "ana", 3)
    assert _add(log, content, component="other") != id


def test_scans_are_listed_by_pages_and_by_unit(register: SqlRegister) -> None:
    _system(register, "bot", "claims")
    _system(register, "pay", "life")
    log = ScanLog(register)
    ids = [_add(log, b"%d" % number, "bot" if number % 2 else "pay") for number in range(7)]
    first = log.list(limit=4)
    assert [one.id for one in first.items] == ids[:2:-1]
    assert first.total == 7
    second = log.list(limit=4, after=int(first.next))
    assert [one.id for one in second.items] == ids[2::-1]
    assert second.next == ""
    assert [one.system for one in log.list(units=frozenset({"claims"})).items] == ["bot"] * 3
    assert log.list(units=frozenset()).items == []
    assert log.list(system="pay").total == 4


def test_a_scan_of_a_system_that_is_gone_is_not_shown(register: SqlRegister) -> None:
    _system(register, "bot", "claims")
    log = ScanLog(register)
    id = _add(log)
    register.documents.delete(Kind.SYSTEM, "bot", expected=1, by="t", why="t", at=AT)
    assert log.get(id) is None
    assert log.list().items == []
    assert log.get(99) is None
