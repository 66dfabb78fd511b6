"""A session on record, so that it can be explained and replayed a year later.

One JSON object a line: what the user said, each call with its verdict, what people decided, what tools returned. Every
line names the digest of the one before it, so that none can be changed or taken out unseen. Values are kept, or only
keyed digests of them, by which equal values are still known as equal and nothing else is.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, Literal, TypeAlias

import msgspec

from bartizan.guard.flow.verdict import Origin, Source, Verdict
from bartizan.model import Allow, Ask, Deny, InputError, Place, Ruling
from bartizan.model.card import ValueType
from bartizan.model.words import Effect

__all__ = [
    "Begun",
    "Called",
    "Came",
    "Decided",
    "Entry",
    "Journal",
    "Returned",
    "Said",
    "Values",
    "decode_entry",
    "read_journal",
    "verdict_of",
]

Values: TypeAlias = Literal["keep", "digest"]
Word: TypeAlias = Literal["allow", "transform", "ask", "deny"]
VERSION = 1
_FIRST = "0" * 64
_LEAST_KEY = 16
_MOST_LINE = 256 << 20


class _Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every line has: its number, the SHA-256 of the line before, and the time in seconds since 1970."""

    seq: int
    prev: str
    at: float


class Begun(_Line, frozen=True, kw_only=True, tag="begun", tag_field="entry"):
    """A session begins. `cards` is a digest of the cards in use, `values` what is kept of values."""

    version: int
    session: str
    agent: str = ""
    principal: str = ""
    values: Values = "digest"
    cards: str = ""
    attended: bool = True


class Said(_Line, frozen=True, kw_only=True, tag="said", tag_field="entry"):
    """The user says something: the first time what the session is for."""

    digest: str
    text: str | None = None


class Came(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An origin, as in a verdict; `value` is None where only its digest is kept."""

    argument: str
    type: ValueType
    source: Source
    digest: str
    value: str | None = None
    call: int = -1
    tool: str = ""
    field: str = ""
    words: str = ""


class Called(_Line, frozen=True, kw_only=True, tag="called", tag_field="entry"):
    """A call and what was decided. `values` are digests of the arguments by name, `arguments` they themselves."""

    number: int
    tool: str
    effect: Effect
    ruling: Word
    rule: str
    reason: str
    risk: str = ""
    whom: str = ""
    tainted: bool = False
    digest: str
    values: dict[str, str] = {}
    arguments: dict[str, Any] | None = None
    origins: list[Came] = []


class Decided(_Line, frozen=True, kw_only=True, tag="decided", tag_field="entry"):
    """How a call came out that was asked about: by whom it was decided, and `outcome` as `guard.asking` names it."""

    number: int
    approved: bool
    by: str = ""
    outcome: str = ""


class Returned(_Line, frozen=True, kw_only=True, tag="returned", tag_field="entry"):
    """What a call returned: its digest, its length in bytes as JSON, its labels, and itself where values are kept."""

    number: int
    digest: str
    size: int
    failed: bool = False
    labels: list[str] = []
    result: Any = None


Entry: TypeAlias = Begun | Said | Called | Decided | Returned
_DECODER: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)
_WORDS: dict[type, Word] = {Allow: "allow", Ask: "ask", Deny: "deny"}


class Journal:
    """Writes one session's lines. Pure: it returns them, and whoever calls keeps them in order.

    `key` makes the digests of values, at least 16 bytes: without it nobody can try which short value one belongs to.
    Raises InputError for a key that is too short.
    """

    def __init__(self, key: bytes, values: Values = "digest") -> None:
        if len(key) < _LEAST_KEY:
            raise InputError(f"the key of a journal has less than {_LEAST_KEY} bytes")
        self._key, self._values = key, values
        self._seq, self._prev = 0, _FIRST

    def begun(
        self,
        session: str,
        at: float,
        *,
        agent: str = "",
        principal: str = "",
        cards: str = "",
        attended: bool = True,
    ) -> bytes:
        """Return the first line."""
        return self._written(
            Begun, at, version=VERSION, session=session, agent=agent, principal=principal, values=self._values,
            cards=cards, attended=attended,
        )  # fmt: skip

    def said(self, text: str, at: float) -> bytes:
        """Return the line of what the user says."""
        return self._written(Said, at, digest=self._digest(text), text=text if self._keeps else None)

    def called(self, verdict: Verdict, at: float) -> bytes:
        """Return the line of a call and its verdict."""
        ruling = verdict.ruling
        return self._written(
            Called,
            at,
            number=verdict.number,
            tool=verdict.tool,
            effect=verdict.effect,
            ruling=_WORDS.get(type(ruling), "transform"),
            rule=verdict.rule,
            reason=verdict.reason,
            risk=verdict.risk,
            whom=ruling.whom if isinstance(ruling, Ask) else "",
            tainted=verdict.tainted,
            digest=self._digest([verdict.tool, verdict.arguments]),
            values={name: self._digest(value) for name, value in verdict.arguments.items()},
            arguments=verdict.arguments if self._keeps else None,
            origins=[self._came(one) for one in verdict.origins],
        )

    def decided(self, number: int, approved: bool, at: float, *, by: str = "", outcome: str = "") -> bytes:
        """Return the line of what a person, or nobody, decided about a call."""
        return self._written(Decided, at, number=number, approved=approved, by=by, outcome=outcome)

    def returned(
        self, number: int, result: Any, at: float, *, failed: bool = False, labels: Iterable[str] = ()
    ) -> bytes:
        """Return the line of what a call returned."""
        plain = _plain(result)
        return self._written(
            Returned, at, number=number, digest=self._mac(plain), size=len(plain), failed=failed,
            labels=sorted(labels), result=result if self._keeps else None,
        )  # fmt: skip

    @property
    def _keeps(self) -> bool:
        return self._values == "keep"

    def _written(self, kind: Any, at: float, **fields: Any) -> bytes:
        line = _encoded(kind(seq=self._seq, prev=self._prev, at=at, **fields))
        self._seq, self._prev = self._seq + 1, sha256(line).hexdigest()
        return line + b"\n"

    def _came(self, origin: Origin) -> Came:
        return Came(
            argument=origin.argument, type=origin.type, source=origin.source, digest=self._digest(origin.value),
            value=origin.value if self._keeps else None, call=origin.call, tool=origin.tool, field=origin.field,
            words=origin.words,
        )  # fmt: skip

    def _digest(self, value: Any) -> str:
        return self._mac(_plain(value))

    def _mac(self, plain: bytes) -> str:
        return hmac.new(self._key, plain, sha256).hexdigest()


def verdict_of(called: Called) -> Verdict:
    """Return a verdict as it was given. Where values were not kept, each is `[digest ...]` in its place."""
    rulings: dict[str, Ruling] = {"allow": Allow(), "ask": Ask(called.whom), "deny": Deny(called.reason)}
    arguments = called.arguments
    if arguments is None:
        arguments = {name: _shown(digest) for name, digest in called.values.items()}
    return Verdict(
        number=called.number,
        tool=called.tool,
        arguments=arguments,
        effect=called.effect,
        ruling=rulings.get(called.ruling, Allow()),
        rule=called.rule,
        reason=called.reason,
        risk=called.risk,
        tainted=called.tainted,
        origins=tuple(
            Origin(
                argument=one.argument, value=_shown(one.digest) if one.value is None else one.value, type=one.type,
                source=one.source, call=one.call, tool=one.tool, field=one.field, words=one.words,
            )
            for one in called.origins
        ),
    )  # fmt: skip


def decode_entry(line: bytes, place: Place) -> Entry:
    """Read one line. Raises InputError with its place, which repeats nothing of it."""
    if len(line) > _MOST_LINE:
        raise InputError("this line of the journal is too large", place=place)
    try:
        return _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:  # half a pair of surrogates, which a result may hold, is read by the standard library only
        entry: Entry = msgspec.convert(json.loads(line), Entry)
    except (ValueError, RecursionError):
        raise InputError("this line is none of a journal", place=place) from None
    return entry


def read_journal(lines: Iterable[bytes], name: str) -> Iterator[Entry]:
    """Yield the entries of one session's journal, and check that each follows the one before.

    Raises InputError with the line that is wrong: changed, taken out, of another version or no line of a journal.
    """
    prev = _FIRST
    seq = 0
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip(b"\r\n")
        if not line.strip():
            continue
        place = Place(name, number)
        entry = decode_entry(line, place)
        if entry.seq != seq or entry.prev != prev:
            raise InputError("the journal is not as it was written before this line", place=place)
        if isinstance(entry, Begun) is not (seq == 0):
            raise InputError("a journal begins with a session, and has one", place=place)
        if isinstance(entry, Begun) and entry.version != VERSION:
            raise InputError(f"the journal has version {entry.version}, and {VERSION} is known", place=place)
        yield entry
        seq, prev = seq + 1, sha256(line).hexdigest()


def _shown(digest: str) -> str:
    return f"[digest {digest[:12]}]"


def _encoded(entry: msgspec.Struct) -> bytes:
    try:
        return msgspec.json.encode(entry, enc_hook=repr)
    except UnicodeEncodeError:
        return json.dumps(_builtins(entry), default=repr).encode()


def _builtins(value: Any) -> Any:
    """Return an entry as plain values, with half pairs of surrogates in it."""
    if isinstance(value, msgspec.Struct):
        config = value.__struct_config__
        tag = {config.tag_field: config.tag} if isinstance(config.tag_field, str) else {}
        return {**tag, **{name: _builtins(getattr(value, name)) for name in value.__struct_fields__}}
    if isinstance(value, Mapping):
        return {key: _builtins(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_builtins(one) for one in value]
    return value


def _plain(value: Any) -> bytes:
    """Return a value as JSON that is the same for equal values, whatever the order of their keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=repr).encode()
