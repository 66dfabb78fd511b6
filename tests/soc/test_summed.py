"""Metrics of several workers: one scrape tells all, and no sum ever falls."""

from __future__ import annotations

from pathlib import Path

import pytest

from bartizan.soc.summed import SummedMetrics
from tests.soc.events import event

NOW = 1_796_000_000.0


def number(text: str, name: str) -> float:
    return sum(
        float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith((f"{name}{{", f"{name} "))
    )


def test_any_worker_answers_for_all(tmp_path: Path) -> None:
    first, second = SummedMetrics(tmp_path, "gateway-1"), SummedMetrics(tmp_path, "gateway-2")
    for worker, times in ((first, 2), (second, 3)):
        for _ in range(times):
            worker.own.note(event(), "openai")
        worker.own.streams.add(1)
        worker.save(NOW)
    for worker in (first, second):
        text = worker.text(NOW + 1)
        assert number(text, "bartizan_calls_total") == 5
        assert number(text, "bartizan_call_seconds_count") == 5
        assert number(text, "bartizan_streams_open") == 2
        assert number(text, "bartizan_workers") == 2
        assert "worker=" not in text


def test_a_worker_that_is_gone_keeps_its_calls_and_holds_no_stream(tmp_path: Path) -> None:
    first, second = SummedMetrics(tmp_path, "gateway-1"), SummedMetrics(tmp_path, "gateway-2")
    second.own.note(event(), "openai")
    second.own.streams.add(1)
    second.save(NOW)
    text = first.text(NOW + 6)
    assert (number(text, "bartizan_calls_total"), number(text, "bartizan_streams_open")) == (1, 0)
    again = SummedMetrics(tmp_path, "gateway-2")
    again.own.note(event(), "openai")
    again.save(NOW + 7)
    text = first.text(NOW + 7)
    assert (number(text, "bartizan_calls_total"), number(text, "bartizan_streams_open")) == (2, 0)
    again.end()
    assert number(first.text(NOW + 8), "bartizan_workers") == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"time": 1796000000, "families": {"bartizan_calls": [[["a"], [1]]], "other": []}}',
        b'{"time": 1796000000, "families": {"bartizan_call_seconds": [[["a", "b"], [1]]]}}',
        b'{"time": 1796000000, "families": {"bartizan_streams_open": [[["x"], [1]]]}}',
    ],
)
def test_a_file_that_is_none_of_ours_changes_nothing(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "gateway-9.metrics.json").write_bytes(content)
    worker = SummedMetrics(tmp_path, "gateway-1")
    assert number(worker.text(NOW), "bartizan_calls_total") == 0
    assert SummedMetrics(tmp_path, "gateway-9").own.streams.value == 0


def test_a_folder_that_can_not_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    worker = SummedMetrics(tmp_path / "file" / "below", "gateway-1")
    worker.save(NOW)
    assert number(worker.text(NOW), "bartizan_workers") == 1
