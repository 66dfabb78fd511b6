"""Where a value of a call comes from, and whether that is good enough to decide what the call reaches.

Only what is shown to be good is good: a value of the request, of the user's own data, of a field that a service sets
in a record that the request speaks of, or of a place in which the request says to look. Everything else is asked
about, whether or not it was seen in something untrusted: an encoded order shows no value at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bartizan.guard.flow.matching import SURE, Matches, extreme
from bartizan.guard.flow.memory import Memory, Record, Sighting
from bartizan.guard.flow.pointing import Ground, Place, Pointed
from bartizan.guard.flow.request import Request
from bartizan.guard.flow.values import comparable, folded
from bartizan.guard.flow.verdict import Source
from bartizan.model.card import Trust, ValueType
from bartizan.model.words import Effect

__all__ = ["REUSED", "Ground", "Grounding", "Place", "Vouched"]

REUSED = frozenset({ValueType.NAME, ValueType.IDENTIFIER, ValueType.PATH})
"""Types of what may be named again once a call with it was made: not who receives something, and no account."""
_LOOKED_AT = 200_000
"""How many characters are looked through to tell where a value was read that is no typed one."""
_NOT_ONE = re.compile(r"[\s,;<>]")
_SET = (Trust.SERVICE, Trust.OWNER)


class Vouched:
    """What holds whatever the user says further on: values that were approved, handed over, or used in calls made."""

    def __init__(self) -> None:
        self.approved: set[tuple[str, str, str]] = set()
        """By tool, argument and value."""
        self.handed: set[tuple[ValueType, str]] = set()
        """Values that were good in the session of an agent that handed over to this one."""
        self.used: set[tuple[str, str]] = set()
        """Names and identifiers of calls that were made, by the argument's name."""


class Grounding(Pointed):
    """Finds origins. `designated` are the numbers of the calls that looked where the request says to look."""

    def __init__(
        self, request: Request, memory: Memory, matches: Matches, vouched: Vouched, own: frozenset[str]
    ) -> None:
        super().__init__(request, memory, matches)
        self._vouched, self._own = vouched, own
        self.mine: set[int] = set()
        """Calls that told who the user is."""
        self._rules: dict[Trust, Callable[[Sighting, str, Place], Ground | None]] = {
            Trust.OWNER: self._owned, Trust.SERVICE: self._served,
        }  # fmt: skip

    def find(self, value: str, place: Place) -> Ground:
        """Return where a value comes from, the best origin first."""
        if self.request.holds(place.type, value) and not (place.card.destroys and self.request.only_place(value)):
            return Ground(Source.REQUEST, "stands in the request")
        if self._own and self._is_own(place.type, value):
            return Ground(Source.OWNER, "belongs to the organisation")
        if (place.card.tool, place.argument, comparable(place.type, value)) in self._vouched.approved:
            return Ground(Source.APPROVED, "was approved before in this session")
        if (place.type, comparable(place.type, value)) in self._vouched.handed:
            return Ground(Source.HANDED, "was good in the session that handed over to this one")
        if self._used_before(value, place):
            return Ground(Source.APPROVED, "was used before in this session, in a call that was let through")
        if place.type in (ValueType.SECRET, ValueType.COMMAND):
            return self._bad(self.memory.seen(place.type, value), value)
        seen = self.memory.seen(place.type, value)
        for trust, rule in self._rules.items():
            for sighting in seen:
                if sighting.trust is trust:
                    ground = rule(sighting, value, place)
                    if ground is not None:
                        return ground
        return self._listed(seen, value, place) or self._looked_up(seen, value, place) or self._bad(seen, value)

    def _used_before(self, value: str, place: Place) -> bool:
        if place.type not in REUSED or place.card.destroys or place.card.effect in (Effect.PAY, Effect.EXECUTE):
            return False
        return (place.argument.rpartition(".")[2], comparable(place.type, value)) in self._vouched.used

    def _read(self, value: str) -> Sighting | None:
        """Return where a value stands within a text that was read of late, the latest first."""
        text = folded(value)
        room = _LOOKED_AT if len(text) > 2 else 0
        for call in range(len(self.memory.records) - 1, -1, -1):
            for passage in self.memory.passages(call):
                room -= len(passage.text)
                if room < 0:
                    return None
                if text in passage.text:
                    return passage.sighting._replace(trust=Trust.UNTRUSTED)
        return None

    def _is_own(self, type_: ValueType, value: str) -> bool:
        """Tell whether an address or a link leads to a domain of the organisation."""
        key = comparable(type_, value)
        if _NOT_ONE.search(key):
            return False
        if type_ is ValueType.EMAIL and key.count("@") == 1:
            host = key.rpartition("@")[2]
        elif type_ is ValueType.URL and "@" not in key and "\\" not in key:
            host = re.split(r"[/?#:]", key, maxsplit=1)[0]
        else:
            return False
        return any(host == domain or host.endswith(f".{domain}") for domain in self._own)

    # ---- trusted fields

    def _owned(self, sighting: Sighting, value: str, place: Place) -> Ground | None:
        """Take a value of the user's own data: an account that the user paid before, a contact that is named."""
        record = sighting.record
        if place.type is ValueType.ACCOUNT and self._belongs_to_another(record, place.arguments):
            return None
        if place.type in (ValueType.ACCOUNT, ValueType.AMOUNT) or place.card.effect is Effect.READ:
            return Ground(Source.OWNER, "stands in the user's own data", sighting.call, sighting.field)
        if sighting.call in self.mine and self.request.first_person:
            return Ground(Source.OWNER, "is the user's own", sighting.call, sighting.field)
        if record is not None and self._linked(record):
            text = "stands in the user's own data, in a record that one of the request leads to"
            return Ground(Source.OWNER, text, sighting.call, sighting.field)
        if record is not None and (self.matches.of(record, self.memory) or self._named(value)):
            return Ground(Source.OWNER, "stands in the user's own data, under a name of the request", sighting.call,
                          sighting.field)  # fmt: skip
        return None

    def _belongs_to_another(self, record: Record | None, names: Iterable[str]) -> bool:
        """Tell whether an account is another's than the one whose name the same call gives."""
        wanted = {folded(name) for name in names}
        own = {folded(value) for value in record.fields.values()} if record is not None else set()
        if not wanted or wanted & own:
            return False
        return any(
            sighting.record is not None and wanted & {folded(value) for value in sighting.record.fields.values()}
            for call in range(len(self.memory.records))
            for sighting in self.memory.values(call, ValueType.ACCOUNT).values()
        )

    def _linked(self, record: Record) -> bool:
        """Tell whether a record that the request surely speaks of has this one's identifier, set by a service."""
        for name, value in record.fields.items():
            if not name.endswith(("id", "number", "key")) or record.trusts[name] not in _SET:
                continue
            for other in self.memory.seen(ValueType.IDENTIFIER, value):
                if other.record is None or other.record is record or other.trust not in _SET:
                    continue
                field = other.field.rpartition(".")[2].casefold().replace("_", "")
                same = field == name and other.record.call != record.call
                if not same and not (name == "id" and field.endswith("id") and field != "id"):
                    continue
                if self.matches.of(other.record, self.memory) >= SURE and self.matches.best(other.record, self.memory):
                    return True
        return False

    def _served(self, sighting: Sighting, _: str, place: Place) -> Ground | None:
        """Take a value that a service sets, in a record that this session made or that the request speaks of."""
        record = sighting.record
        if place.card.effect is Effect.READ:
            return Ground(Source.SERVICE, "is set by the service", sighting.call, sighting.field)
        if record is None:
            return None
        if any(outer.created for outer in self.memory.around(record)):
            return Ground(Source.CREATED, "names what this session made", sighting.call, sighting.field)
        if place.type is not ValueType.ACCOUNT and self._only_one(sighting):
            text = "is all that a lookup by words of the request found"
            return Ground(Source.SERVICE, text, sighting.call, sighting.field)
        if not place.card.destroys and place.card.effect is not Effect.PAY and self._linked(record):
            text = "is set by the service, in a record that one of the request leads to"
            return Ground(Source.SERVICE, text, sighting.call, sighting.field)
        points = self.matches.of(record, self.memory)
        best = place.type is not ValueType.IDENTIFIER or self.matches.best(
            record, self.memory, plural=self.request.plural
        )
        told = Ground(
            Source.SERVICE, "is set by the service, in a record that the request names", sighting.call, sighting.field
        )
        if points >= SURE and best and not (place.card.destroys and self.matches.superlatives):
            return told
        if self.matches.superlatives and place.type is ValueType.IDENTIFIER:
            chosen = extreme(record, self.memory, self.matches.superlatives)
            if chosen is not None:
                text = f"is set by the service, for the {' or '.join(sorted(self.matches.superlatives))} of a list"
                return Ground(Source.SERVICE, text, sighting.call, sighting.field) if chosen else None
        # A likeness is enough to choose among things, not to name somebody.
        alike = place.type is ValueType.IDENTIFIER and place.card.effect is not Effect.SEND
        return told if points and best and alike else None

    def _bad(self, seen: list[Sighting], value: str) -> Ground:
        if not seen:
            within = self._read(value)
            if within is None:
                return Ground(Source.NOWHERE, "stands in nothing that the user said or that was read")
            seen = [within]
        sighting = seen[0]
        if sighting.trust in (Trust.UNTRUSTED, Trust.ORGANISATION):
            return Ground(Source.CONTENT, "stands in a text that somebody else wrote", sighting.call, sighting.field)
        if sighting.trust is Trust.PLANTABLE:
            return Ground(
                Source.PLANTED, "stands in a field that somebody else can choose", sighting.call, sighting.field
            )
        return Ground(Source.PLANTED, "was read, in a record that the request does not speak of", sighting.call,
                      sighting.field)  # fmt: skip
