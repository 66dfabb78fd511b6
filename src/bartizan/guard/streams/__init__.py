"""Answers that arrive in pieces: let go only what can't change any more, with nothing of it altered otherwise."""

from bartizan.guard.streams.answer import AnswerStream
from bartizan.guard.streams.array import ArrayReader
from bartizan.guard.streams.blocked import Blocked
from bartizan.guard.streams.channel import Change, Channel, Piecewise, Scan
from bartizan.guard.streams.sse import Frame, Reader, SseReader, StreamError, written

__all__ = [
    "AnswerStream",
    "ArrayReader",
    "Blocked",
    "Change",
    "Channel",
    "Frame",
    "Piecewise",
    "Reader",
    "Scan",
    "SseReader",
    "StreamError",
    "written",
]
