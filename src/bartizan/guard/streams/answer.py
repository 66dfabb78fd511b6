"""A streamed answer: events are held until all text in them is decided, and then let go as they came or rewritten."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bartizan.guard.exchange import Answers, BodyError, Slot, SlotKind
from bartizan.guard.exchange.format import Usage
from bartizan.guard.exchange.jsonbody import decode_text, encode_text
from bartizan.guard.streams.blocked import Blocked
from bartizan.guard.streams.channel import Channel, Open
from bartizan.guard.streams.joint import SAID, head_of, may_go_on, may_join
from bartizan.guard.streams.sse import Frame, Reader, SseReader, StreamError

__all__ = ["AnswerStream"]

_MOST_HELD = 8 << 20
"""Bytes of events that may wait for a text that goes on; more is a provider that lies."""

_PATIENCE = 32
"""Events without more of a text after which it counts as ended, such as reasoning before the answer."""

_SPELT = 3
"""Characters of a text that may be a part of something spelt out over many events."""

_KEPT = 160
"""Characters that are kept of texts in events of their own."""

_MOST_SINGLES = 256


class _Held:
    """An event that waits: its parts are texts of channels, with where they stand in those."""

    __slots__ = ("changed", "frame", "parts", "tree")

    def __init__(self, frame: Frame, tree: Any) -> None:
        self.frame, self.tree = frame, tree
        self.parts: list[tuple[Slot, Channel, int, int]] = []
        self.changed = False

    def put(self, slot: Slot, text: str) -> None:
        """Put a text in a slot's place; what would tell the old one is taken away."""
        if slot.holder[slot.key] == text:
            return
        self.changed = True
        slot.holder[slot.key] = text
        for holder, key in slot.shadows:
            holder[key] = None

    @property
    def decided(self) -> bool:
        """Whether no later piece can change what this event may say."""
        for _, channel, _, end in self.parts:  # noqa: SIM110 - a generator would cost more than all it does
            if channel.clear < end:
                return False
        return True

    def bytes(self, reader: Reader) -> bytes:
        """The event as it goes on."""
        return reader.written(self.frame, encode_text(self.tree)) if self.changed else self.frame.raw


class AnswerStream:
    """Guards one streamed answer. Bytes in, bytes out; after `stopped` is set nothing more may be sent or read.

    `begin` opens the inspection of a text. `alone` decides about a text that is whole in one event, and returns what
    to put in its place. Both raise Blocked. `reader` cuts the bytes into events, server-sent ones if none is given.
    """

    def __init__(
        self, answers: Answers, begin: Open, alone: Callable[[str, str, bool], str], reader: Reader | None = None
    ) -> None:
        self._answers, self._begin, self._alone = answers, begin, alone
        self._reader = SseReader() if reader is None else reader
        self._begun = False
        self._channels: dict[str, Channel] = {}
        self._spoken: Channel | None = None
        """The text that went on last; JSON apart, whose signs stand between its values."""
        self._singles: dict[str | int, str] = {}
        """What texts in events of their own said last, by the name of their member."""
        self._calm: set[tuple[str, str, bool]] = set()
        """Texts in events of their own that were looked at, and may go on as they are."""
        self._queue: deque[_Held] = deque()
        self._waiting = 0
        self.stopped: Blocked | None = None
        self.usage = Usage()
        self.events = 0

    @property
    def size(self) -> int:
        """Characters of the texts that came in pieces so far."""
        return sum(channel.size for channel in self._channels.values())

    def feed(self, data: bytes) -> bytes:
        """Take bytes of the upstream's answer, and return those that may go on."""
        return self._run(data)

    def end(self) -> bytes:
        """Say that the upstream has ended, and return the rest."""
        return self._run(None)

    def cut(self, sentence: str, rule: str = "upstream-cut") -> bytes:
        """Stop, because the upstream broke off or a rule says so, and return how the stream ends for the caller."""
        if self.stopped is not None:
            return b""
        out: list[bytes] = []
        self._stop(Blocked(rule, sentence), out)
        return b"".join(out)

    def _run(self, data: bytes | None) -> bytes:
        if self.stopped is not None:
            return b""
        out: list[bytes] = []
        try:
            for frame in self._reader.end() if data is None else self._reader.feed(data):
                self._take(frame)
                self._release(out)
            if data is None:
                self._finish(("",))
                self._release(out)
            self._check_waiting()
        except Blocked as blocked:
            self._stop(blocked, out)
        except (StreamError, BodyError) as error:
            self._stop(Blocked("stream-not-followed", f"the answer can't be followed: {error}"), out)
        return b"".join(out)

    def _check_waiting(self) -> None:
        if self._waiting > _MOST_HELD:
            raise StreamError("too much waits for a text that doesn't end")

    def _stop(self, blocked: Blocked, out: list[bytes]) -> None:
        """Let go what is decided, and end the stream in the caller's protocol."""
        # Not the exception itself: its traceback holds the frames of whoever drives this stream, which would not end.
        self.stopped = Blocked(blocked.rule, blocked.sentence, blocked.ask)
        with suppress(Blocked, BodyError):  # what is decided ends where the next blocks; one reason is enough
            self._release(out)
        self._queue.clear()
        out.append(self._reader.closing(self._answers.error(blocked.rule, blocked.sentence), self._begun))

    def _take(self, frame: Frame) -> None:
        self.events += 1
        held = _Held(frame, None)
        ends: tuple[str, ...] = ()
        if frame.data is not None and frame.data.strip() != "[DONE]":
            try:
                tree = held.tree = decode_text(frame.data)
                slots = self._answers.slots(frame.event, tree)
            except BodyError:
                raise StreamError("an event is not JSON of its format") from None
            for slot in slots:
                self._place(held, slot)
            if (usage := self._answers.usage(tree)) is not None:
                self.usage = _joined(self.usage, usage)
            ends = self._answers.ends(frame.event, tree)
        elif frame.data is None:
            held = _Held(self._remark(frame), None)
        self._queue.append(held)
        self._waiting += len(frame.raw)
        if ends:
            self._finish(ends)

    def _remark(self, frame: Frame) -> Frame:
        """Return a frame without data as it may go on: a remark that holds what it may not becomes an empty one."""
        text = frame.raw.decode()
        return frame if self._alone(text, "model", False) == text else frame._replace(raw=b":\n\n")

    def _place(self, held: _Held, slot: Slot) -> None:
        text = slot.holder[slot.key]
        if slot.kind is SlotKind.DELTA:
            channel = self._channels.get(slot.channel)
            if channel is None or channel.ended:
                channel = self._channels[slot.channel] = self._opened(slot, channel)
            channel.fed = self.events
            held.parts.append((slot, channel, *channel.feed(text)))
            if not slot.json:
                self._spoken = channel
        elif slot.kind is SlotKind.WHOLE and (known := self._channels.get(slot.channel)) is not None:
            known.finish()
            held.parts.append((slot, known, -1, known.size))
        elif slot.kind is SlotKind.SEAL:
            if (sealed := self._channels.get(slot.channel)) is not None:
                held.parts.append((slot, sealed, -1, sealed.size))
        else:
            held.put(slot, self._single(slot, text))

    def _opened(self, slot: Slot, after: Channel | None) -> Channel:
        """Begin a text, or go on with one that seemed to have ended. It is read behind what was said before it."""
        channel = Channel(self._begin(slot.channel, slot.origin, slot.json), after)
        before = self._spoken
        if after is None and before is not None and not slot.json and may_go_on(before.tail):
            # Pseudonyms are put back by the text's own inspection.
            channel.join(self._begin(f"{slot.channel} joint signed", slot.origin, False), before.tail)
        return channel

    def _single(self, slot: Slot, text: str) -> str:
        """Decide a text that is whole in its event, and what goes over to it from the one before it."""
        new, key = self._judged(text, slot), slot.key
        if key not in SAID and len(text) > _SPELT:
            return new
        before = self._singles.get(key, "")
        joins = before != "" and may_join(before, new)
        if joins:
            joint = Channel(self._begin("joint signed", slot.origin, False))
            joint.join(self._begin("joint signed", slot.origin, False), before)
            joint.feed(head_of(new))
            joint.finish()
            new = new[max((one.end for one in joint.changes if one.start < 0), default=0) :]
        if len(self._singles) >= _MOST_SINGLES:
            self._singles.clear()
        self._singles[key] = (before + text if joins else text)[-_KEPT:]
        return new

    def _judged(self, text: str, slot: Slot) -> str:
        """Decide a text by itself; what comes in every event, such as the name of the model, is looked at once."""
        seen = (text, slot.origin, slot.json)
        if seen in self._calm:
            return text
        new = self._alone(text, slot.origin, slot.json)
        if new == text and len(text) <= _KEPT and len(self._calm) < _MOST_SINGLES:
            self._calm.add(seen)
        return new

    def _finish(self, ends: tuple[str, ...]) -> None:
        for name, channel in self._channels.items():
            if not channel.ended and name.startswith(ends):
                channel.finish()

    def _waited(self, held: _Held) -> bool:
        """Decide texts of an event that got nothing more while many others came: those shall not wait to the end."""
        if len(self._queue) <= _PATIENCE:
            return False
        for _, channel, _, end in held.parts:
            if channel.clear < end:
                if self.events - channel.fed <= _PATIENCE:
                    return False
                channel.finish()
        return True

    def _release(self, out: list[bytes]) -> None:
        queue = self._queue
        while queue and (queue[0].decided or self._waited(queue[0])):
            held = queue.popleft()
            self._waiting -= len(held.frame.raw)
            for slot, channel, start, end in held.parts:
                text = slot.holder[slot.key]
                if start >= 0:
                    held.put(slot, channel.rewritten(start, end, text))
                elif slot.kind is SlotKind.SEAL:
                    held.put(slot, "" if channel.changes else text)
                else:
                    known = channel.whole(text)
                    held.put(slot, self._single(slot, text) if known is None else known)
            out.append(held.bytes(self._reader))
            self._begun = True


def _joined(before: Usage, now: Usage) -> Usage:
    """Take what an event tells of usage; counts of later events replace those of earlier ones."""
    return Usage(*(old if new < 0 else new for old, new in zip(before, now, strict=True)))
