"""Values that the request points to without saying them: a choice among what was listed, a place to look in."""

from __future__ import annotations

from collections.abc import Iterable

from bartizan.guard.flow.matching import Matches, spoken_of
from bartizan.guard.flow.memory import Memory, Record, Sighting
from bartizan.guard.flow.request import Request
from bartizan.guard.flow.stems import stem
from bartizan.guard.flow.values import comparable, folded, words
from bartizan.guard.flow.verdict import Source
from bartizan.model.card import ToolCard, Trust, ValueType
from bartizan.model.words import Effect

__all__ = ["Ground", "Place", "Pointed"]

_PEOPLE = frozenset(
    stem(word)
    for word in (
        "user", "member", "person", "people", "colleague", "employee", "everyone", "everybody", "someone", "who",
        "participant", "attendee", "team", "contact",
    )
)  # fmt: skip
_REPLIES = frozenset(
    stem(word)
    for word in (
        "reply", "answer", "respond", "antworte", "antworten", "antwort", "beantworte", "réponds", "répondre",
        "rispondi", "rispondere", "responde", "responder",
    )
)  # fmt: skip
_WRITERS = frozenset({"sender", "from", "author", "requester", "reporter", "replyto"})
_SOUGHT = frozenset(
    stem(word) for word in ("search", "research", "paper", "study", "source", "result", "reference", "literature")
)  # fmt: skip
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
        """Names in the same call: those with a good origin, and for an account all that the call gives."""


class Pointed:
    """Finds what the request points to. `designated` are the calls that looked where it says to look."""

    def __init__(self, request: Request, memory: Memory, matches: Matches) -> None:
        self.request, self.memory, self.matches = request, memory, matches
        self.designated: dict[int, Trust] = {}
        self.second: dict[int, Trust] = {}
        """Calls that looked at an address that stands in a designated place."""
        self.found: set[int] = set()
        """Calls that looked for something by words of the request, or by what has a good origin itself."""

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
            if self._wrote(sighting, place):
                return self._from(sighting, "wrote the record that the request names")
            if not (chosen or first or sighting.call in self.second):
                continue
            if chosen and sighting.trust is Trust.PLANTABLE and self._field_named(sighting.field):
                return self._from(sighting, "stands in the field that the request names")
            others = self.memory.values(sighting.call, place.type)
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
        alone = not self.matches.of(record, self.memory) or self.matches.best(record, self.memory)
        return alone and spoken_of(record, self.request)

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


def _author(record: Record) -> str:
    """Return who wrote a record, as it says itself; empty where it doesn't."""
    return next((record.fields[name] for name in ("sender", "from", "author") if name in record.fields), "")


def _name_in(key: str, named: list[str]) -> bool:
    """Tell whether the part before the `@` has one of these words as a whole word."""
    local = set(words(key.partition("@")[0].replace(".", " ").replace("_", " ").replace("-", " ")))
    return any(
        word in local or (len(word) > 3 and any(part.rstrip("0123456789") == word for part in local)) for word in named
    )
