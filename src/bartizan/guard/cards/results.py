"""Who decides what a field of a tool's results says, by the field's name, the tool's kind, and values seen.

Where a tool brings text from outside as it stands (a page, a file by its path, what a command prints), whoever wrote
the text can write it in the form of a record, so that no field of it is trusted, whatever it is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from bartizan.catalog.tool_words import ObjectKind, ValueKind
from bartizan.guard.cards.arguments import type_of_value
from bartizan.guard.cards.claims import resolved
from bartizan.guard.cards.words import kind_named, lexicon, split
from bartizan.guard.flow.results import Leaf, Shape, leaves
from bartizan.model.card import ResultField, Role, ToolCard, Trust, ValueType
from bartizan.model.words import Effect

__all__ = ["EVERY_SHAPE", "Nature", "field", "fields_of_schema", "nature_of", "refine", "refine_by", "refine_json",
           "usual_fields"]  # fmt: skip

EVERY_SHAPE: frozenset[Shape] = frozenset({"json", "python", "yaml"})
_JSON: frozenset[Shape] = frozenset({"json"})
_MOST_FIELDS = 200
_MOST_VALUES = 50
"""Values of a place whose form is looked at."""
_DEEPEST = 8
_OWN = frozenset({"sent", "draft", "drafts", "outgoing", "outbound", "scheduled", "recurring", "standing"})
_ME = frozenset({"me", "self", "myself", "you", "ich", "moi", "yo", "io"})
_OUT = frozenset({"sent", "draft", "outgoing", "outbound", "out", "debit", "scheduled", "outbox", "drafts"})
_OPPOSITES = {"received": "sent", "inbox": "sent", "inbound": "outbound", "incoming": "outgoing"}
_DIRECTIONS = frozenset({"status", "state", "folder", "direction", "box", "type", "kind", "mailbox"})
_UNTRUSTED_EVEN_OWN = frozenset({"text", "medical", "command", "one-time-code"})
_FACTS_OF_SERVICE = frozenset({"identifier", "size", "date", "flag", "setting"})
_LISTS = frozenset({"list", "search", "find", "query", "ls"})


class Nature(msgspec.Struct, frozen=True, kw_only=True):
    """What matters about a tool for its results. `raw`: it brings text from outside as it stands. `owned`: the user or
    the organisation alone writes what it returns. `own`: it returns what they sent or drafted. `money` and `dated`: of
    payments, and of records whose times an outsider chooses. `things` are the ids of the kinds it acts on.
    """

    raw: bool
    owned: bool
    own: bool
    money: bool
    dated: bool
    things: frozenset[str]


def nature_of(card: ToolCard, things: Sequence[ObjectKind] | None = None) -> Nature:
    """Say what matters about a tool for its results. `things` are the kinds it acts on, else its name says them."""
    parts = split(card.tool)
    if things is None:
        things = [kind for _, kinds in lexicon().acted_on(parts) for kind in kinds]
    reads = card.effect is Effect.READ
    by_path = any(one.type is ValueType.PATH and one.role is Role.CRITICAL for one in card.arguments.values())
    raw = (
        card.fetches
        or card.effect is Effect.EXECUTE
        or any(one.type is ValueType.COMMAND for one in card.arguments.values())
        or (reads and any(kind.outside and kind.public for kind in things))
        or (reads and by_path and not set(parts) & _LISTS)
    )
    ids = frozenset(kind.id for kind in things)
    return Nature(
        raw=raw,
        owned=reads and not raw and _owned(card, things),
        own=reads and bool(set(parts) & _OWN) and bool(ids & {"mail", "message", "payment", "order"}),
        money="payment" in ids,
        dated="event" in ids,
        things=ids,
    )


def _owned(card: ToolCard, things: Sequence[ObjectKind]) -> bool:
    """Tell whether a tool returns what its user wrote: the address book, or the own profile and nobody else's."""
    if any(kind.public for kind in things) or not any(kind.owned for kind in things):
        return False
    if any(kind.id == "contact" for kind in things):
        return True
    return card.result is Trust.OWNER


def field_of_kind(path: str, kind: ValueKind | None, seen: ValueType, nature: Nature) -> ResultField:
    """Return what holds for a field of a kind. `seen` is the type that its values show."""
    return ResultField(
        path=path, type=_type(kind, seen, nature), trust=_trust(kind, nature), class_=_class(kind, nature)
    )


def field(path: str, name: Sequence[str], seen: ValueType, nature: Nature) -> ResultField:
    """Return what holds for a field with these words in its name. `seen` is the type that its values show."""
    return field_of_kind(path, lexicon().value_of(name) if name else None, seen, nature)


def _type(kind: ValueKind | None, seen: ValueType, nature: Nature) -> ValueType:
    if kind is None:
        return seen
    if nature.money and (kind.id == "recipient" or kind.id == "sender"):
        return ValueType.ACCOUNT
    if "mail" in nature.things and kind.id in ("recipient", "sender"):
        return ValueType.EMAIL
    if (
        seen in (ValueType.EMAIL, ValueType.ACCOUNT, ValueType.PHONE, ValueType.URL)
        and kind.type is not ValueType.SECRET
        and kind.id != "text"
    ):
        return seen
    return kind.type


def _class(kind: ValueKind | None, nature: Nature) -> str:
    if kind is None:
        return ""
    if kind.class_:
        return kind.class_
    if nature.owned and (
        kind.id in ("phone", "address", "email") or (kind.id == "account" and "contact" not in nature.things)
    ):
        return "" if "contact" in nature.things else "restricted" if kind.id == "account" else "confidential"
    return ""


def _trust(kind: ValueKind | None, nature: Nature) -> Trust:
    if kind is None or nature.raw:
        return Trust.UNTRUSTED
    if nature.owned:
        if kind.id in _UNTRUSTED_EVEN_OWN:
            return Trust.UNTRUSTED
        return Trust.SERVICE if kind.id in _FACTS_OF_SERVICE else Trust.OWNER
    if kind.id in _UNTRUSTED_EVEN_OWN:
        return Trust.UNTRUSTED
    if nature.own and (
        kind.recipient or kind.id == "email" or (nature.money and kind.id in ("amount", "date", "sender", "title"))
    ):
        return Trust.OWNER
    if nature.money and kind.id == "title":
        return Trust.UNTRUSTED  # the purpose of a payment is whatever the payer writes
    if nature.dated and kind.id == "date":
        return Trust.PLANTABLE
    if kind.id == "secret":
        return Trust.PLANTABLE
    return kind.trust


def usual_fields(card: ToolCard, things: Sequence[ObjectKind], nature: Nature) -> list[ResultField]:
    """Return the fields that records of these kinds usually have, for tools that don't say what they return.

    Fields that are as trusted as the rest of the result are left out, as they need no mention.
    """
    names = ["id", *(name for kind in things for name in kind.fields)] if card.effect is Effect.READ else ["id"]
    made = [field(f"**.{name}", name.split(), ValueType.TEXT, nature) for name in dict.fromkeys(names)]
    plain = [one for one in made if one.trust is not Trust.UNTRUSTED]
    return [*_conditional([], {one.path: one for one in plain}, nature), *plain]


_USUAL_MARKS = (
    ("status", "sent"),
    ("status", "draft"),
    ("folder", "sent"),
    ("direction", "outgoing"),
    ("direction", "outbound"),
)


def fields_of_schema(schema: Any, nature: Nature) -> list[ResultField]:
    """Return the fields that a schema of results names."""
    if not isinstance(schema, Mapping):
        return []
    found: dict[str, ResultField] = {}
    for path, name, node in _places(schema, schema, (), 0):
        if len(found) >= _MOST_FIELDS:
            break
        found.setdefault(path, field(path, name, _type_of_node(node), nature))
    return list(found.values())


def _places(
    node: Any, root: Mapping[str, Any], path: tuple[str, ...], depth: int
) -> Iterator[tuple[str, list[str], Mapping[str, Any]]]:
    """Yield each place of a schema: its path, the words of its name, its own schema."""
    node = resolved(node, root)
    if depth > _DEEPEST or not node:
        return
    inner, members, more = node.get("items"), node.get("properties"), node.get("additionalProperties")
    name = split(next((word for word in reversed(path) if word != "*"), ""))
    if isinstance(members, Mapping):
        for member, item in members.items():
            yield from _places(item, root, (*path, str(member)), depth + 1)
    elif isinstance(inner, Mapping):
        yield from _places(inner, root, (*path, "*"), depth + 1)
    elif isinstance(more, Mapping) and path:
        yield ".".join((*path, "keys")), name, {}
        yield from _places(more, root, (*path, "*"), depth + 1)
    elif path and all(word and "." not in word for word in path):
        yield ".".join(path), name, node


def _type_of_node(node: Mapping[str, Any]) -> ValueType:
    formats = {
        "email": ValueType.EMAIL,
        "uri": ValueType.URL,
        "date": ValueType.DATE,
        "date-time": ValueType.DATE,
        "uuid": ValueType.IDENTIFIER,
    }
    if node.get("type") == "boolean":
        return ValueType.FLAG
    return formats.get(str(node.get("format")), ValueType.TEXT)


def refine_json(card: ToolCard, result: Any) -> ToolCard:
    """As `refine`, for results that are JSON or text that holds it, as those of MCP are."""
    return refine(card, result, _JSON)


def refine(card: ToolCard, result: Any, shapes: frozenset[Shape] = EVERY_SHAPE) -> ToolCard:
    """Return a drafted card with the fields of a result that was seen: what JSON can carry, or text in one of `shapes`.

    A reviewed card is what a person wanted it to be, and stays as it is; so do fields that the card names already.
    Names of fields are looked at, and the form of values; what a text says changes nothing.
    """
    return card if card.reviewed else refine_by(card, leaves(result, shapes))


def refine_by(card: ToolCard, found: Sequence[Leaf]) -> ToolCard:
    """Return a drafted card with the fields of a result that was taken apart already, as `refine` does."""
    if card.reviewed or all(leaf.path in ((), ("**",)) for leaf in found):
        return card
    nature = nature_of(card)
    known = {one.path for one in card.fields if not one.when}
    fresh: dict[str, ResultField] = {}
    for place in _seen_places(found, split(card.tool)):
        path = ".".join(place.path)
        if path not in known and path not in fresh and len(card.fields) + len(fresh) < 2 * _MOST_FIELDS:
            fresh[path] = place.field(nature)
    conditional = (
        []
        if nature.raw or card.effect is not Effect.READ
        else list(_conditional(found, {**{one.path: one for one in card.fields}, **fresh}, nature))
    )
    conditional = [one for one in conditional if one not in card.fields]
    if not fresh and not conditional:
        return card
    # First the conditions, then what was seen, then what was thought before anything was seen.
    return msgspec.structs.replace(card, fields=[*conditional, *fresh.values(), *card.fields])


class _Place(msgspec.Struct):
    """A place of a result: the words of its own name, its values, and whether the names around it are values too."""

    path: tuple[str, ...]
    name: list[str]
    values: list[str]
    keyed: bool

    def field(self, nature: Nature) -> ResultField:
        """Return what holds for it."""
        path, seen = ".".join(self.path), _common(self.values)
        if self.path == ("*",) and not self.keyed:  # of bare values nothing but the tool's name tells what they are
            kind = lexicon().value_of(self.name) if self.name else None
            own = field_of_kind(path, kind, seen, nature)
            return msgspec.structs.replace(own, trust=Trust.PLANTABLE) if own.trust is Trust.SERVICE else own
        if not self.keyed or (self.name and lexicon().value_of(self.name) is not None):
            return field(path, self.name, seen, nature)
        if self.path[-1] != "keys" or nature.raw:
            return ResultField(path=path, type=seen, trust=Trust.UNTRUSTED)
        # What names a member is short, and chosen by whoever made the thing of that name.
        return ResultField(path=path, type=ValueType.NAME if seen is ValueType.TEXT else seen, trust=Trust.PLANTABLE)


def _seen_places(found: Sequence[Leaf], tool: Sequence[str]) -> Iterator[_Place]:
    """Yield each place of a result once. `tool` are the words of the tool's name, for lists of bare values."""
    data = _data_objects(found)
    places: dict[tuple[str, ...], list[str]] = {}
    for whole, values in _by_path(found).items():
        if whole[-1:] != ("keys",) or whole[:-1] in data:
            places.setdefault(_starred(whole, data), []).extend(values)
    known = lexicon()
    keyed = {_starred(path, data) for path in data}
    for path, values in places.items():
        words = [word for word in path if word not in ("*", "keys")]
        if not path or any("." in word or not word.strip() for word in path) or "**" in path:
            continue
        of_data = path[:-1] in keyed
        # `*` is any member, too, so that it may speak of bare values only where there is nothing else.
        if not words and not of_data and path == ("*",) and len(places) == 1:
            behind = tool[known.verb_place(tool) + 1 :]
            words = [next((word for word in behind if known.phrase([word]) is not None), "")]
        yield _Place(path, split(words[-1]) if words else [], values, of_data)


def _by_path(found: Sequence[Leaf]) -> dict[tuple[str, ...], list[str]]:
    """Return some of the values of each path: records repeat the same paths many times."""
    values: dict[tuple[str, ...], list[str]] = {}
    for leaf in found:
        known = values.setdefault(leaf.path, [])
        if len(known) < _MOST_VALUES:
            known.append(leaf.text)
    return values


def _starred(path: tuple[str, ...], data: set[tuple[str, ...]]) -> tuple[str, ...]:
    """Return a path with `*` for names of members that are values themselves."""
    return tuple(
        "*" if path[:number] in data and word not in ("keys", "*") else word for number, word in enumerate(path)
    )


def _data_objects(found: Sequence[Leaf]) -> set[tuple[str, ...]]:
    """Return where the names of members are values themselves: addresses and the like, or such as no programmer gives.

    A member called `First Name` is one that the lexicon knows; one called after a hotel is none.
    """
    names: dict[tuple[str, ...], set[str]] = {}
    for leaf in found:
        if leaf.path[-1:] == ("keys",):
            names.setdefault(leaf.path[:-1], set()).add(leaf.text)
    return {path for path, members in names.items() if _are_values(path, members)}


def _are_values(path: tuple[str, ...], members: set[str]) -> bool:
    if all(type_of_value(name) is not ValueType.TEXT for name in members):
        return True
    known = lexicon()
    # Of a name with blanks the lexicon must know the whole: `First Name` is one, `Garden Restaurant` is a place.
    told = sum(known.knows(split(name), whole=" " in name) for name in members)
    if 2 * told >= len(members):
        return False
    odd = any(" " in name or not name.replace("_", "").replace("-", "").isalnum() for name in members)
    holder = next((word for word in reversed(path) if word != "*"), "")
    return odd or (len(members) > 3 and bool(holder) and kind_named(holder) is not None)


def _common(values: Sequence[str]) -> ValueType:
    types = {type_of_value(value) for value in values[:_MOST_VALUES] if value}
    return types.pop() if len(types) == 1 else ValueType.TEXT


def _conditional(found: Sequence[Leaf], fields: Mapping[str, ResultField], nature: Nature) -> Iterable[ResultField]:
    """Yield the fields of records that the user wrote: whom a mail in the outbox, or an own payment, went to."""
    marks = _marks(found, nature) if found else _usual_marks(fields, nature)
    for path, one in fields.items():
        words = [word for word in path.split(".") if word not in ("*", "keys", "**")]
        if not words or one.when:
            continue
        kind = kind_named(words[-1])
        if kind is None or not (kind.recipient or (kind.id == "amount" and nature.money)):
            continue
        for name, value in marks:
            if _PAIRS.get(name, words[-1]) != words[-1] and kind.recipient:
                continue
            yield msgspec.structs.replace(one, trust=Trust.OWNER, when={name: value})


_PAIRS = {"sender": "recipient", "from": "to"}
"""Which name of who receives goes with a name of who sends."""


def _usual_marks(fields: Mapping[str, ResultField], nature: Nature) -> list[tuple[str, str]]:
    """Return how services usually mark what the user sent, as far as the card has such a field."""
    marks = [
        (name, value) for name, value in _USUAL_MARKS if f"**.{name}" in fields and nature.things & {"mail", "message"}
    ]
    return [*marks, *([("sender", "me"), ("from", "me")] if nature.money else [])]


def _marks(found: Sequence[Leaf], nature: Nature) -> list[tuple[str, str]]:
    """Return the fields and values by which a service marks what the user sent."""
    marks: dict[tuple[str, str], None] = {}
    for name, text in dict.fromkeys((leaf.path[-1], leaf.text) for leaf in found if leaf.path and len(leaf.text) < 20):
        kind, value = kind_named(name), text.casefold()
        if nature.money and kind is not None and kind.sender and value in _ME:
            marks[name, text] = None
        if not _DIRECTIONS.isdisjoint(split(name)) and nature.things & {"mail", "message", "payment"}:
            if value in _OUT:
                marks[name, text] = None
            elif value in _OPPOSITES and name.casefold() in ("status", "folder", "direction"):
                marks[name, _OPPOSITES[value]] = None
    return list(marks)
