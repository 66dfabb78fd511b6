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
from bartizan.guard.flow.request import Request
from bartizan.guard.flow.stems import stem
from bartizan.guard.flow.values import comparable, folded, words
from bartizan.guard.flow.verdict import Source
from bartizan.model.card import ToolCard, Trust, ValueType
from bartizan.model.words import Effect

__all__ = ["Ground", "Grounding", "Place"]

_PEOPLE = frozenset(
    stem(word)
    for word in (
        "user", "member", "person", "people", "colleague", "employee", "everyone", "everybody", "someone", "who",
        "participant", "attendee", "team", "contact",
    )
)  # fmt: skip
REUSED = frozenset({ValueType.NAME, ValueType.IDENTIFIER, ValueType.PATH})
"""Types of what may be named again once a call with it was made: not who receives something, and no account."""
_REPLIES = frozenset(
    stem(word)
    for word in (
        "reply", "answer", "respond", "back", "him", "her", "them", "customer", "sender", "requester", "author",
        "reporter", "antworte", "antworten", "antwort", "beantworte", "ihm", "ihr", "réponds", "répondre", "lui",
        "rispondi", "rispondere", "responde", "responder",
    )
)  # fmt: skip
_WRITERS = frozenset({"sender", "from", "author", "requester", "reporter", "replyto"})
_SOUGHT = frozenset(
    stem(word) for word in ("search", "research", "paper", "study", "source", "result", "reference", "literature")
)  # fmt: skip
_NOT_ONE = re.compile(r"[\s,;<>]")
_SET = (Trust.SERVICE, Trust.OWNER)
_SITES = frozenset(
    stem(word)
    for word in ("url", "website", "site", "page", "webpage", "article", "web", "blog", "post", "link")
)  # fmt: skip
_KIND = {ValueType.EMAIL: r"e-?mails?|mail address(?:es)?|contact", ValueType.PHONE: r"phone|telephone|mobile|number"}
_LINKS = frozenset(map(stem, ("link", "links", "url", "urls", "lien", "liens")))


class Ground:
    """Where a value comes from: the source, and for one of an earlier result the call and the field."""

    __slots__ = ("call", "field", "source", "words")

    def __init__(self, source: Source, words: str, call: int = -1, field: str = "") -> None:
        self.source, self.words, self.call, self.field = source, words, call, field


class Place:
    """What a value is for: the card, the argument and its type."""

    __slots__ = ("argument", "arguments", "card", "type")

    def __init__(self, card: ToolCard, argument: str, type_: ValueType, arguments: Iterable[str]) -> None:
        self.card, self.argument, self.type = card, argument, type_
        self.arguments = tuple(arguments)
        """The names in the same call that have a good origin themselves."""


class Grounding:
    """Finds origins. `designated` are the numbers of the calls that looked where the request says to look."""

    def __init__(self, request: Request, memory: Memory, matches: Matches, own: frozenset[str] = frozenset()) -> None:
        self.request, self.memory, self.matches = request, memory, matches
        self._own = own
        self.designated: dict[int, Trust] = {}
        self.second: dict[int, Trust] = {}
        """Calls that looked at an address that stands in a designated place."""
        self.found: set[int] = set()
        """Calls that looked for something by words of the request, or by what has a good origin itself."""
        self.used: set[tuple[str, str]] = set()
        """Names and identifiers of calls that were made, by the argument's name."""
        self.approved: set[tuple[str, str, str]] = set()
        self.pending_values: list[str] = []
        """The values of the call that waits for a one-time code."""
        self.mine: set[int] = set()
        """Calls that told who the user is."""
        self.handed: set[tuple[ValueType, str]] = set()
        """Values that were good in the session of an agent that handed over to this one."""
        self._rules: dict[Trust, Callable[[Sighting, str, Place], Ground | None]] = {
            Trust.OWNER: self._owned, Trust.SERVICE: self._served,
        }  # fmt: skip

    def find(self, value: str, place: Place) -> Ground:
        """Return where a value comes from, the best origin first."""
        if self.request.holds(place.type, value) and not (place.card.destroys and self.request.only_place(value)):
            return Ground(Source.REQUEST, "stands in the request")
        if self._own and self._is_own(place.type, value):
            return Ground(Source.OWNER, "belongs to the organisation")
        if (place.card.tool, place.argument, comparable(place.type, value)) in self.approved:
            return Ground(Source.APPROVED, "was approved before in this session")
        if (place.type, comparable(place.type, value)) in self.handed:
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
        return (place.argument.rpartition(".")[2], comparable(place.type, value)) in self.used

    def _read(self, value: str) -> Sighting | None:
        """Return where a value stands within a text that was read, the latest first."""
        text = folded(value)
        for call in range(len(self.memory.records) - 1, -1, -1) if len(text) > 2 else ():
            for passage in self.memory.passages(call):
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

    def _only_one(self, sighting: Sighting) -> bool:
        """Tell whether a call that looked for what the request names found one value in this field."""
        if sighting.call not in self.found:
            return False
        others = self.memory.values(sighting.call, sighting.type).values()
        return sum(other.field == sighting.field for other in others) == 1

    # ---- lists and places that the request points to

    def _listed(self, seen: list[Sighting], value: str, place: Place) -> Ground | None:
        """Take a name that a service listed, where the request leaves the choice among such things to the agent."""
        if place.type is not ValueType.NAME:
            return None
        kinds = {stem(word) for word in words(place.argument.replace("_", " "))}
        if kinds & {"recipient", "user", "member", "to", "person"}:
            kinds |= _PEOPLE
        if not kinds & self.request.stems:
            return None
        for sighting in seen:
            if sighting.trust in (Trust.UNTRUSTED, Trust.ORGANISATION) or sighting.type is not ValueType.NAME:
                continue
            if self._one_is_named(sighting) or (place.card.destroys and not self._described(sighting, value)):
                return None
            text = "is in a list of the kind that the request speaks of"
            return Ground(Source.SERVICE, text, sighting.call, sighting.field)
        return None

    def _described(self, sighting: Sighting, value: str) -> bool:
        """Tell whether a name in a list, and no other in it, has a word of the request."""
        told = [
            name
            for name, other in self.memory.values(sighting.call, ValueType.NAME).items()
            if other.field == sighting.field
            and {stem(word) for word in words(name) if len(word) > 2} & self.request.stems
        ]
        return told == [comparable(ValueType.NAME, value)]

    def _one_is_named(self, sighting: Sighting) -> bool:
        """Tell whether the request names one of the same list, so that the choice is not left to the agent."""
        if self.request.plural:
            return False
        listed = self.memory.values(sighting.call, ValueType.NAME)
        return any(
            other.field == sighting.field and self.request.holds(ValueType.NAME, name) for name, other in listed.items()
        )

    def _looked_up(self, seen: list[Sighting], value: str, place: Place) -> Ground | None:
        """Take a value from where the request says to look, if nothing else there could be meant."""
        if place.card.effect in (Effect.PAY, Effect.EXECUTE):
            return None
        if place.type is ValueType.URL:
            return self._link(seen, place)
        if place.type in (ValueType.EMAIL, ValueType.PHONE):
            return self._contact(seen, value, place)
        if place.type in (ValueType.NAME, ValueType.ADDRESS):
            return self._written(value, place)
        return None

    def _link(self, seen: list[Sighting], place: Place) -> Ground | None:
        """Follow a link in a place that the request names, if colleagues write there or the request speaks of links."""
        if place.card.effect is not Effect.READ:
            return None
        for sighting in seen:
            if sighting.type is ValueType.URL and sighting.trust is not Trust.UNTRUSTED and (
                sighting.call in self.found or (_SITES | _SOUGHT) & self.request.stems
            ):  # fmt: skip
                return Ground(Source.SERVICE, "is a link that a service listed", sighting.call, sighting.field)
            trust = self.designated.get(sighting.call)
            if trust is None or not self._of_request(sighting.record):
                continue
            kind = _LINKS if trust is Trust.UNTRUSTED else _SITES
            if sighting.trust is Trust.ORGANISATION or kind & self.request.stems:
                return Ground(Source.DESIGNATED, "is a link in the place that the request names", sighting.call,
                              sighting.field)  # fmt: skip
        return None

    def _contact(self, seen: list[Sighting], value: str, place: Place) -> Ground | None:
        """Take an address that stands alone in the named place, or alone under a name that the call rightly has."""
        named = [*self.request.names, *(word for text in place.arguments for word in words(text) if len(word) > 2)]
        for sighting in seen:
            record = sighting.record
            chosen = record is not None and self.matches.sole(record, self.memory)
            # Who writes a text decides all that it holds: of a record, only its fields can be what the request names.
            chosen = chosen and sighting.trust is not Trust.UNTRUSTED
            first = sighting.call in self.designated and self._of_request(record)
            if not (chosen or first or sighting.call in self.second or self._wrote(sighting, place)):
                continue
            others = self.memory.values(sighting.call, place.type)
            if self._wrote(sighting, place):
                return self._from(sighting, "wrote the record that the request names")
            if chosen and sighting.trust is Trust.PLANTABLE and self._field_named(sighting.field):
                return self._from(sighting, "stands in the field that the request names")
            alike = [key for key in others if _name_in(key, named)]
            if alike == [comparable(place.type, value)] and _name_in(alike[0], named):
                return self._from(sighting, "stands in the named place, under a name of the request")
            if first and self._alone(place.type) and self.request.points_to(_KIND[place.type]):
                return self._from(sighting, "is the only one of its kind in the place that the request names")
        return None

    def _wrote(self, sighting: Sighting, place: Place) -> bool:
        """Tell whether it is the address of who wrote the one record that the request says to answer."""
        record = sighting.record
        if record is None or sighting.trust is not Trust.PLANTABLE or place.card.effect is not Effect.SEND:
            return False
        field = sighting.field.replace("*", "").strip(".").rpartition(".")[2].lower().replace("_", "")
        if field not in _WRITERS or not _REPLIES & self.request.stems:
            return False
        sure = self.matches.of(record, self.memory) >= SURE and self.matches.best(record, self.memory)
        return sure or (sighting.call in self.designated and self._only_one(sighting))

    def _alone(self, type_: ValueType) -> bool:
        """Tell whether all places that the request names hold one value of a type that the request doesn't."""
        told = {key for call in self.designated for key in self.memory.values(call, type_)}
        return len([key for key in told if (type_, key) not in self.request.typed]) == 1

    def _written(self, value: str, place: Place) -> Ground | None:
        """Take a name or an address that stands in so many words in the named place; a name only from colleagues."""
        text = folded(value)
        if len(text) < 3:
            return None
        for call in self.designated:
            for passage in self.memory.passages(call):
                sighting = passage.sighting
                if place.type is ValueType.NAME and sighting.trust is not Trust.ORGANISATION:
                    continue
                if text in passage.text and self._of_request(sighting.record):
                    return self._from(sighting, "stands in the place that the request names")
        return None

    def _from(self, sighting: Sighting, text: str) -> Ground:
        return Ground(Source.DESIGNATED, text, sighting.call, sighting.field)

    def _of_request(self, record: Record | None) -> bool:
        """Tell whether a record is by whom the request names, if it names an author of the same result."""
        if record is None or not (author := _author(record)):
            return True
        if self.request.names_author(author):
            return True
        siblings = self.memory.records[record.call].values()
        return not any(self.request.names_author(name) for name in {_author(other) for other in siblings} if name)

    def _named(self, value: str) -> bool:
        return _name_in(comparable(ValueType.EMAIL, value), self.request.names)

    def _field_named(self, field: str) -> bool:
        names = [word for word in field.replace("*", " ").replace(".", " ").split() if word != "keys"]
        return bool(names) and any(stem(word) in self.request.stems for word in words(names[-1].replace("_", " ")))

    def _bad(self, seen: list[Sighting], value: str = "") -> Ground:
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


def _author(record: Record) -> str:
    """Return who wrote a record, as it says itself; empty where it doesn't."""
    return next((record.fields[name] for name in ("sender", "from", "author") if name in record.fields), "")


def _name_in(key: str, named: list[str]) -> bool:
    """Tell whether the part before the `@` has one of these words as a whole word."""
    local = set(words(key.partition("@")[0].replace(".", " ").replace("_", " ").replace("-", " ")))
    return any(
        word in local or (len(word) > 3 and any(part.rstrip("0123456789") == word for part in local)) for word in named
    )
