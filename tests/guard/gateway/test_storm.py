"""A small storm of the benchmark: no answer is lost or crossed, no event is missing, nothing is left behind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.gateway.bench_streams import storm
from benchmarks.gateway.storm import Caller, Sent, Storm, lost

pytestmark = pytest.mark.enable_socket


@pytest.mark.skipif(sys.platform != "linux", reason="connections and memory are counted in /proc")
def test_a_small_storm(tmp_path: Path) -> None:
    figures = storm(tmp_path, 100, 2.5, chunks=6, pause=0.1)
    assert figures.wrong == []
    assert figures.calls > 200
    assert {"full", "whole", "left", "upstream-cut", "502 upstream-failed"} <= figures.ended.keys()


def test_the_log_is_compared_with_what_was_called() -> None:
    stream, end = {"kind": "stream", "trace": "a"}, {"kind": "call", "trace": "a"}
    sent = [Sent("a", "full", True)]
    assert lost(sent, [stream, end]) == []
    assert lost(sent, [end]) == ["full: ['call']"]
    assert lost(sent, [stream, end, end]) == ["full: ['stream', 'call', 'call']"]
    assert lost(sent, []) == ["full: []"]
    assert lost([], [end]) == ["1 calls that nobody made"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("<{a}:0:me@x.chÃ©æ¼¢> ", "torn"),
        ("<{a}:0:me@x.ché漢> <{a}:2:me@x.ché漢> ", "torn"),
        ("<{b}:0:me@x.ché漢> ", "crossed"),
        ("<{a}:0:me@x.ché漢> <{b}:1:me@x.ché漢> ", "crossed"),
        ("<{a}:0:you@x.ché漢> ", "torn"),
        ("", "0 pieces, not 1 to 2"),
        ("<{a}:0:me@x.ché漢> ", ""),
    ],
)
def test_an_answer_that_is_not_the_callers_is_seen(text: str, wrong: str) -> None:
    mine, other = "a" * 32, "b" * 32
    weather = Storm(0, ["key"], chunks=2, pause=0, most=1)
    Caller(weather, 0).pieces(text.format(a=mine, b=other), mine, "me@x.ch", "full", 1, 2)
    assert len(weather.wrong) == bool(wrong)
    assert all(wrong in one for one in weather.wrong)
