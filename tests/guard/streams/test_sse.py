"""Server-sent events under every framing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.streams import Frame, SseReader, StreamError, written

ENDS = ["\n", "\r\n", "\r"]


def frames(*pieces: bytes) -> list[Frame]:
    reader = SseReader()
    return [frame for piece in pieces for frame in reader.feed(piece)] + reader.end()


def told(found: list[Frame]) -> list[tuple[str, str | None]]:
    return [(frame.event, frame.data) for frame in found]


@pytest.mark.parametrize("end", ENDS)
def test_events_are_read_under_every_line_end(end: str) -> None:
    text = f": hello{end}{end}event: a{end}data: one{end}data:two{end}id: 7{end}{end}data: three{end}{end}"
    assert told(frames(text.encode())) == [("", None), ("a", "one\ntwo"), ("", "three")]


def test_a_mark_at_the_beginning_is_no_part_of_the_first_line() -> None:
    assert told(frames(b"\xef\xbb\xbfdata: x\n\n")) == [("", "x")]


def test_an_event_without_a_blank_line_at_the_end_counts() -> None:
    assert told(frames(b"data: x\n\ndata: y")) == [("", "x"), ("", "y")]


def test_text_that_is_no_utf8_is_refused() -> None:
    for data in (b"data: \xff\n\n", b"event: \xff\ndata: x\n\n", b": \xff\ndata: x\n\n"):
        with pytest.raises(StreamError, match="UTF-8"):
            SseReader().feed(data)


def test_an_event_without_end_is_refused() -> None:
    reader = SseReader()
    reader.feed(b"data: " + b"x" * 4_000_000)
    with pytest.raises(StreamError, match="bytes"):
        reader.feed(b"x" * 400_000)


LINES = st.sampled_from(["data: x", "data:", "data", ": c", "event: e", "id: 1", "retry: 5", "odd", "data: é\u2028"])


@given(st.lists(st.tuples(st.lists(LINES, max_size=4), st.sampled_from(ENDS)), max_size=6), st.data())
def test_however_it_is_cut_the_events_are_the_same_and_no_byte_is_lost(
    events: list[tuple[list[str], str]], data: st.DataObject
) -> None:
    text = "".join(end.join([*lines, "", ""]) for lines, end in events).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole, cut = frames(text), frames(*pieces)
    assert b"".join(frame.raw for frame in cut) == text
    assert told(cut) == told(whole)


def test_other_data_stands_in_an_event_that_is_otherwise_the_same() -> None:
    (frame,) = frames(b"event: a\r\nid: 3\r\ndata: old\r\ndata: older\r\n\r\n")
    assert told(frames(written(frame, "new"))) == [("a", "new")]
    assert b"id: 3\n" in written(frame, "new")
