"""Which of the records that were read is the one that the request speaks of."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from bartizan.guard.flow.dates import days
from bartizan.guard.flow.memory import Memory, Record
from bartizan.guard.flow.request import Request
from bartizan.guard.flow.stems import stem
from bartizan.guard.flow.values import folded, numbers, words
from bartizan.model.card import Trust, ValueType

__all__ = ["AMOUNT", "SURE", "Matches", "amounts_of", "extreme", "score", "spoken_of"]

_NOISE = frozenset(
    (
        "re", "fwd", "fw", "aw", "wg", "the", "an", "of", "for", "and", "or", "to", "in", "on", "at", "my", "your",
        "with", "by", "from", "docx", "doc", "pdf", "txt", "xlsx", "xls", "csv", "pptx", "md", "json", "yaml", "html",
        "png", "jpg", "zip",
    )
)  # fmt: skip
SURE = 0.9
"""How well a record fits whose own name stands in the request."""
AMOUNT = re.compile(r"\s*(?:(?:[$€£]|[A-Z]{3}\s)\s*)?-?\d(?:[\d.,'’ ]*[\d.,'’])?\s*(?:(?:[$€£%]|[A-Z]{3})\s*)?$")
_TRUSTED = frozenset({Trust.OWNER, Trust.SERVICE})
_LEAST = 0.45
_PEOPLE = frozenset({"sender", "from", "owner", "author", "user", "createdby", "organizer"})
_SIZE = ("size", "length", "bytes")
_TIME = ("date", "time", "modified", "created", "timestamp", "sent", "day")
_COST = ("price", "cost", "amount", "total", "value", "fee")
_ANY: tuple[str, ...] = ()
_SUPERLATIVES: dict[str, tuple[tuple[str, ...], bool]] = {
    "largest": (_SIZE, True), "biggest": (_SIZE, True), "longest": (_SIZE, True), "smallest": (_SIZE, False),
    "shortest": (_SIZE, False), "newest": (_TIME, True), "latest": (_TIME, True), "most recent": (_TIME, True),
    "last": (_TIME, True), "oldest": (_TIME, False), "earliest": (_TIME, False), "first": (_TIME, False),
    "next": (_TIME, False), "cheapest": (_COST, False), "lowest": (_ANY, False), "highest": (_ANY, True),
    "most expensive": (_COST, True), "größte": (_SIZE, True), "neueste": (_TIME, True), "älteste": (_TIME, False),
    "plus grand": (_SIZE, True), "plus récent": (_TIME, True), "più grande": (_SIZE, True),
}  # fmt: skip
_SUPERLATIVE = re.compile(rf"\b(?:{'|'.join(_SUPERLATIVES)})\b", re.IGNORECASE)


class Matches:
    """The records that a request speaks of, best first; kept up to date as results come in."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._by_id: dict[int, float] = {}
        self._by_kind: dict[frozenset[str] | tuple[int, int], list[tuple[float, Record]]] = {}
        """Those that fit, by their fields, and by the result and the depth in it: either makes two of a kind."""
        self.amounts: list[float] = []
        """The amounts in records that have a name of the request in them."""
        self.superlatives = {word.lower() for word in _SUPERLATIVE.findall(request.text)}

    def add(self, records: Iterable[Record]) -> None:
        """Compare further records with the request."""
        known = list(records)
        members: dict[tuple[str | int, ...], list[Record]] = {}
        for record in known:
            path = record.path
            while path and isinstance(path[-1], str):
                path = path[:-1]
                members.setdefault(path, []).append(record)
        for record in known:
            points = max([score(record, self._request), *map(self._of_member, members.get(record.path, ()))])
            if points or self._names(record):
                self.amounts += amounts_of(record)
            if points >= _LEAST:
                self._by_id[id(record)] = points
                for kind in (frozenset(record.fields), (record.call, len(record.path))):
                    self._by_kind.setdefault(kind, []).append((points, record))

    def _of_member(self, member: Record) -> float:
        """Return what an object within a record, such as its author, says for the record: less than its own name."""
        points = score(member, self._request)
        named = any(
            set(words(value)) & set(self._request.names)
            for name, value in member.fields.items()
            if "name" in name or "login" in name
        )
        return 0.8 * max(points, 0.65 if named else 0.0)

    def _names(self, record: Record) -> bool:
        named = frozenset(stem(name) for name in self._request.names)
        return any(stems & named for stems in record.names().values())

    def of(self, record: Record, memory: Memory) -> float:
        """Return how well a record, or one around it, fits the request: 0, or 0.5 to 1."""
        return max((self._by_id.get(id(outer), 0.0) for outer in memory.around(record)), default=0.0)

    def best(self, record: Record, memory: Memory, *, plural: bool = False) -> bool:
        """Tell whether no other record of its kind fits the request better, and none as well that says other things.

        Where the request speaks of all of something, others may fit as well; better, as long as none fits surely.
        """
        for outer in memory.around(record):
            points = self._by_id.get(id(outer), 0.0)
            if not points:
                continue
            rivals = self._rivals(outer)
            if plural:
                return points >= SURE or all(rival < SURE for rival, _ in rivals)
            return all(rival < points or _same(other, outer) for rival, other in rivals)
        return False

    def _rivals(self, record: Record) -> list[tuple[float, Record]]:
        kinds = (frozenset(record.fields), (record.call, len(record.path)))
        return [rival for kind in kinds for rival in self._by_kind.get(kind, [])]

    def sole(self, record: Record, memory: Memory) -> bool:
        """Tell whether it fits surely, and no other record of its kind fits at all that says other things."""
        for outer in memory.around(record):
            if self._by_id.get(id(outer), 0.0) >= SURE:
                rivals = self._rivals(outer)
                return all(_same(other, outer) for _, other in rivals)
        return False


def spoken_of(record: Record, request: Request) -> bool:
    """Tell whether a request names a record beyond doubt: by its number, or by a title of two words or more."""
    for field, stems in record.names().items():
        if field in _PEOPLE or record.trusts[field] is Trust.UNTRUSTED:
            continue
        told = {word for word in stems if word not in _NOISE}
        if len(told) > 1 and told <= request.stems:
            return True
        if field.endswith(("id", "number", "key")) and request.holds(ValueType.IDENTIFIER, record.fields[field]):
            return True
    return False


def amounts_of(record: Record, trusted: Container[Trust] = _TRUSTED) -> list[float]:
    """Return the amounts among a record's fields that are decided as is said."""
    return [
        number
        for name, value in record.fields.items()
        if record.trusts[name] in trusted and AMOUNT.match(value)
        for number in numbers(value)
    ]


def _same(one: Record, other: Record) -> bool:
    """Tell whether two records are the same thing, read twice."""
    shared = [name for name in one.fields if name in ("id", "uuid", "key", "number")]
    if shared:
        return all(one.fields[name] == other.fields.get(name) for name in shared)
    return one.fields == other.fields


def score(record: Record, request: Request) -> float:
    """Return how well a record's own names fit the words of a request, 0 to 1."""
    best = 0.0
    for field, stems in record.names().items():
        value = record.fields[field]
        # Who wrote or owns it, or a text in it, tells less than its own name does.
        weight = 0.8 if field in _PEOPLE or record.trusts[field] is Trust.UNTRUSTED or "@" in value else 1.0
        if len(value) > 3 and not value.isdigit() and request.holds_text(value):
            best = max(best, weight)
            continue
        told = {word for word in stems if word not in _NOISE and not word.isdigit()}
        hit = told & request.stems
        if not hit or max(map(len, hit)) < 3:
            continue
        share = len(hit) / len(told)
        if share == 1.0:
            best = max(best, 0.9 * weight)
        elif share >= _LEAST:
            best = max(best, (0.8 * share + 0.05) * weight)
    if best and request.days:
        told_days = {
            (day.month, day.day)
            for field, value in record.fields.items()
            if len(value) < 40 and record.trusts[field] is not Trust.UNTRUSTED
            for day in days(value)
        }
        best += 0.05 if told_days & {(day.month, day.day) for day in request.days} else 0.0
    return best


def extreme(record: Record, memory: Memory, superlatives: set[str]) -> bool | None:
    """Tell whether a record is the one that `the largest` or the like means; None when no field can tell.

    It is compared with the others of the same result.
    """
    siblings = [
        other for other in memory.records[record.call].values()
        if len(other.path) == len(record.path) and other.fields.keys() & record.fields.keys()
    ]  # fmt: skip
    told: bool | None = None
    for word in superlatives:
        names, most = _SUPERLATIVES[word]
        for field in record.fields:
            if names and not any(name in field for name in names):
                continue
            own = _measure(record.fields[field])
            others = [measured for other in siblings if (measured := _measure(other.fields.get(field, ""))) is not None]
            if own is None or len(others) < 2:
                continue
            if own == (max(others) if most else min(others)):
                return True
            told = False
    return told


def _measure(value: str) -> float | None:
    day = days(value)
    if day and day[0].year:
        clock = re.search(r"\b(\d{1,2}):(\d{2})", value)
        minutes = int(clock[1]) * 60 + int(clock[2]) if clock else 0
        return day[0].year * 1e9 + day[0].month * 1e7 + day[0].day * 1e5 + minutes
    found = numbers(folded(value))
    return found[0] if len(found) == 1 else None
