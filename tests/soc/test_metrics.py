import re
import threading

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import Event
from bartizan.soc.metrics import Counter, Histogram, Metrics
from tests.soc.events import event

_LABEL = r'[a-z_]+="(?:[^"\\\n]|\\["\\n])*"'
_SAMPLE = re.compile(rf"[a-z_]+(?:\{{{_LABEL}(?:,{_LABEL})*\}})? -?(?:[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?)")
_COMMENT = re.compile(r"# (HELP [a-z_]+ [^\n]+|TYPE [a-z_]+ (counter|gauge|histogram)|EOF)")


def well_formed(text: str) -> None:
    assert text.endswith("\n")
    for line in text.split("\n")[:-1]:
        assert _COMMENT.fullmatch(line) or _SAMPLE.fullmatch(line), line


def test_calls_of_agents_and_questions_about_them_are_counted() -> None:
    metrics = Metrics()
    for kind, more in (
        ("tool-call", {"server": "mail"}),
        ("ask", {"server": "mail"}),
        ("approval", {"outcome": "approved", "milliseconds": 4200.0}),
        ("approval", {"outcome": "expired"}),
        ("tool-list", {"server": "mail"}),
    ):
        metrics.note_agent(Event(kind=kind, time="", decision="allow", rule="origins-good", more=more))  # type: ignore[arg-type]
    text = metrics.text()
    well_formed(text)
    assert 'bartizan_tool_calls_total{server="mail",decision="allow",rule="origins-good"} 1' in text
    assert "bartizan_asks_total 1" in text
    assert 'bartizan_approvals_total{outcome="approved"} 1' in text
    assert 'bartizan_approvals_total{outcome="expired"} 1' in text
    assert 'bartizan_approval_seconds_bucket{le="5"} 1' in text
    assert 'bartizan_approval_seconds_bucket{le="1"} 0' in text


def test_a_call_is_counted_without_its_caller() -> None:
    metrics = Metrics("2")
    metrics.note(event(1), "openai")
    metrics.note(event(2), "openai")
    metrics.note(Event(kind="refusal", time="", decision="deny", rule="budget"), "gemini")
    metrics.streams.add(1)
    metrics.written.add(3)
    text = metrics.text()
    well_formed(text)
    assert (
        'bartizan_calls_total{worker="2",door="openai",action="chat",decision="transform",rule="mask-mail"} 2' in text
    )
    assert 'bartizan_calls_total{worker="2",door="gemini",action="",decision="deny",rule="budget"} 1' in text
    assert 'bartizan_tokens_total{worker="2",door="openai",direction="input"} 240' in text
    assert 'bartizan_cost_total{worker="2",door="openai"} 0.004' in text
    assert 'bartizan_findings_total{worker="2",type="email-address"} 4' in text
    assert 'bartizan_call_seconds_bucket{worker="2",door="openai",decision="transform",le="0.025"} 2' in text
    assert 'bartizan_streams_open{worker="2"} 1' in text
    assert 'bartizan_events_written_total{worker="2"} 3' in text
    assert 'bartizan_events_failed_total{worker="2"} 0' in text
    assert "user-1" not in text
    assert "gpt-5" not in text


def test_ranges_add_up_and_include_their_ends() -> None:
    histogram = Histogram("x_seconds", "X.", (0.1, 1.0, 5.0))
    for value in (0.05, 0.1, 0.5, 5.0, 9.0):
        histogram.observe(value)
    assert histogram.lines("", openmetrics=False)[2:] == [
        'x_seconds_bucket{le="0.1"} 2',
        'x_seconds_bucket{le="1"} 3',
        'x_seconds_bucket{le="5"} 4',
        'x_seconds_bucket{le="+Inf"} 5',
        "x_seconds_sum 14.65",
        "x_seconds_count 5",
    ]


def test_openmetrics_names_counters_without_their_end() -> None:
    text = Metrics().text(openmetrics=True)
    well_formed(text)
    assert text.endswith("# EOF\n")
    assert "# TYPE bartizan_events_written counter\nbartizan_events_written_total 0\n" in text
    assert "# TYPE bartizan_events_written_total counter\nbartizan_events_written_total 0\n" in Metrics().text()


def test_series_have_a_bound() -> None:
    counter = Counter("x", "X.", ("a",), most=3)
    histogram = Histogram("x", "X.", (1.0,), ("a",))
    for number in range(2000):
        counter.add(1, str(number))
        histogram.observe(1.0, str(number))
    assert counter.values == {("0",): 1, ("1",): 1, ("2",): 1, ("other",): 1997}
    assert len(histogram.lines("", openmetrics=False)) == 2 + 1001 * 4


@given(st.text())
def test_labels_can_not_break_the_text(value: str) -> None:
    metrics = Metrics(value)
    metrics.note(msgspec.structs.replace(event(), rule=value), value)
    # Only \n ends a line of the format; what str.splitlines knows besides does not.
    well_formed(metrics.text())


@pytest.mark.parametrize("threads", [4])
def test_threads_lose_nothing(threads: int) -> None:
    counter = Counter("x", "X.", ("a",))

    def work() -> None:
        for _ in range(5000):
            counter.add(1, "y")

    running = [threading.Thread(target=work) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert counter.values == {("y",): 5000 * threads}
