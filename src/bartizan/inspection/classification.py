"""How secret a record, a column, a file and a set are, from what was found in them, by the organisation's scheme.

A class follows from the data types that are there. Much of a lower class, or certain things together, are worth more
than each alone: the scheme's aggregation rules raise what they are about, and the verdict says which rule did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from bartizan.catalog.data_types import DataType
from bartizan.model import InputError, Label, Place, Scheme
from bartizan.model.base import Id
from bartizan.model.decode import decode, nearest
from bartizan.model.label import DEFAULT_CLASSES
from bartizan.model.words import Category
from bartizan.model.yamltree import parse_yaml

__all__ = ["DEFAULT_RULES", "Aggregation", "ClassScheme", "Classifier", "Tally", "TypeClass", "Verdict", "parse_scheme"]

Level = Literal["record", "column", "file", "set"]
_SHOWN = 5


class TypeClass(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What an organisation says about a data type: its class, its category, and how many it takes to matter.

    An empty class and no category leave what the catalog says. Fewer than `at_least` findings in one place count for
    nothing there.
    """

    class_: str = msgspec.field(default="", name="class")
    category: Category | None = None
    at_least: int = 1


class Aggregation(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A rule that raises a class: much of something, or several things together.

    Things are named by selectors: a data type's id, `family:contact`, `category:health`, `region:ch` or
    `class:internal`. With `together`, one thing of each list must be there, each another data type. With `of`,
    `at_least` of them must be there: `count` adds up findings (`values`), or takes the most of any one type (`persons`:
    that many people at least, where each has one). What the rule is about is then worth `raise` classes more than the
    highest of it, or `to` a class. `at` says where the rule looks.
    """

    id: Id
    says: str
    together: list[list[str]] = []
    of: list[str] = []
    at_least: int = 1
    count: Literal["values", "persons"] = "values"
    raise_: int = msgspec.field(default=1, name="raise")
    to: str = ""
    at: list[Level] = msgspec.field(default_factory=lambda: ["record", "file"])


_NAMES, _PLACES, _BIRTHS = ["person"], ["address"], ["date-of-birth"]
_PERSONAL = [f"category:{word}" for word in ("personal", "sensitive-personal", "health", "biometric", "children")]
_IDENTIFIERS = ["family:national-id", "family:tax-id", "family:document", "family:contact", *_NAMES, *_BIRTHS]

DEFAULT_RULES = (
    Aggregation(
        id="whole-identity",
        says="name, date of birth and address of a person stand together",
        together=[_NAMES, _BIRTHS, _PLACES],
    ),
    Aggregation(
        id="health-of-a-person",
        says="health data stand beside what tells whose they are",
        together=[["category:health"], _IDENTIFIERS],
    ),
    Aggregation(
        id="payment-of-a-person",
        says="payment data stand beside name or address",
        together=[["family:payment"], [*_NAMES, *_PLACES]],
    ),
    Aggregation(
        id="many-persons",
        says="data of 1,000 people or more are in one place",
        of=_PERSONAL,
        at_least=1_000,
        count="persons",
        at=["column", "file", "set"],
    ),
    Aggregation(
        id="much-internal",
        says="10,000 internal values or more are in one place",
        of=["class:internal"],
        at_least=10_000,
        at=["column", "file", "set"],
    ),
)
"""What raises a class where an organisation says nothing else; Swiss law asks for such a check of collections (the
former ordinance on the protection of information, SR 510.411, article 4, paragraph 2)."""


class ClassScheme(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An organisation's classification scheme.

    `classes` are ordered, least secret first. `named` says which of them stands for each class of the default scheme,
    where names differ; without it, classes are taken by how far up they stand. `types` overrides single data types.
    `aggregation` are the rules that raise a class, in place of the default ones; an empty list means none. They name
    classes of the organisation's own scheme.
    """

    classes: list[str] = msgspec.field(default_factory=lambda: list(DEFAULT_CLASSES))
    named: dict[str, str] = {}
    types: dict[str, TypeClass] = {}
    aggregation: list[Aggregation] | None = None


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one place, by data type: how many values, in how many records, how many different ones.

    Where `records` or `distinct` lack a type, each value counts as one of its own.
    """

    counts: dict[str, int]
    records: dict[str, int] = {}
    distinct: dict[str, int] = {}

    def people(self, type: str) -> int:
        """Return for how many people values of a type may stand."""
        return self.distinct.get(type, self.records.get(type, self.counts[type]))

    @classmethod
    def sum(cls, tallies: Iterable[Tally]) -> Tally:
        """Add places up. Values that stand in two of them count twice: a class errs on the strict side."""
        counts, people = dict[str, int](), dict[str, int]()
        for tally in tallies:
            for name, number in tally.counts.items():
                counts[name] = counts.get(name, 0) + number
                people[name] = people.get(name, 0) + tally.people(name)
        return cls(counts=counts, distinct=people)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How secret something is, and why. `why` are sentences without any value; `raised_by` are ids of rules."""

    level: int
    name: str
    categories: tuple[Category, ...] = ()
    why: tuple[str, ...] = ()
    raised_by: tuple[str, ...] = ()

    @property
    def label(self) -> Label:
        """The verdict as a label, for the lattice."""
        return Label(self.level, frozenset(self.categories))


class Classifier:
    """Gives classes by a scheme; `types` are all data types that may be found."""

    def __init__(self, scheme: ClassScheme, types: Mapping[str, DataType]) -> None:
        self.scheme = Scheme(tuple(scheme.classes))
        self.rules = DEFAULT_RULES if scheme.aggregation is None else tuple(scheme.aggregation)
        named = {name: _own(name, scheme, self.scheme) for name in DEFAULT_CLASSES}
        self._types = {
            name: _Known(entry, scheme.types.get(name, TypeClass()), named, self.scheme)
            for name, entry in types.items()
        }
        stands = {name: self.scheme.name(level) for name, level in named.items()}
        self._chosen = {rule.id: self._select(rule.of, scheme, stands) for rule in self.rules}
        self._parts = {rule.id: [self._select(part, scheme, stands) for part in rule.together] for rule in self.rules}

    def _select(self, selectors: Iterable[str], scheme: ClassScheme, stands: Mapping[str, str]) -> frozenset[str]:
        own = scheme.aggregation is not None
        words = [
            f"class:{stands.get(word.removeprefix('class:'), '')}" if word.startswith("class:") and not own else word
            for word in selectors
        ]
        return frozenset(name for name, known in self._types.items() if not known.words.isdisjoint(words))

    def class_of(self, type: str) -> str:
        """Return the class of one data type. Raises InputError for a type that isn't known."""
        return self.scheme.name(self._known(type).level)

    def record(self, tally: Tally) -> Verdict:
        """Return the class of one record."""
        return self._verdict(tally, "record")

    def column(self, tally: Tally) -> Verdict:
        """Return the class of one column of a table, or of one field."""
        return self._verdict(tally, "column")

    def file(self, tally: Tally, columns: Iterable[Verdict] = ()) -> Verdict:
        """Return the class of a file: what is in it together, and at least that of its columns."""
        return self._joined(self._verdict(tally, "file"), columns)

    def whole_set(self, tallies: Iterable[Tally], files: Iterable[Verdict] = ()) -> Verdict:
        """Return the class of several files that are kept together, at least that of each."""
        return self._joined(self._verdict(Tally.sum(tallies), "set"), files)

    def _verdict(self, tally: Tally, at: Level) -> Verdict:
        known = {name: self._known(name) for name in tally.counts}
        there = {name: one for name, one in known.items() if tally.counts[name] >= max(1, one.at_least)}
        level = max((one.level for one in there.values()), default=0)
        raised, reasons = [], self._reasons(tally, there)
        for rule in self.rules:
            chosen = self._applies(rule, tally, there, at)
            if not chosen:
                continue
            base = max(there[name].level for name in chosen)
            worth = self.scheme.level(rule.to) if rule.to else min(base + rule.raise_, len(self.scheme.classes) - 1)
            if worth > max(one.level for one in there.values()):
                reasons.append(f"{self.scheme.name(worth)} by `{rule.id}`: {rule.says}")
                raised.append((worth, rule.id))
            level = max(level, worth)
        return Verdict(
            level=level,
            name=self.scheme.name(level),
            categories=_ordered(one.category for one in there.values() if one.category is not None),
            why=tuple(reasons),
            raised_by=tuple(name for worth, name in raised if worth == level),
        )

    def _applies(self, rule: Aggregation, tally: Tally, there: Mapping[str, _Known], at: Level) -> frozenset[str]:
        """Return the types for which a rule holds; none when it doesn't."""
        if at not in rule.at:
            return frozenset()
        parts = [there.keys() & part for part in self._parts[rule.id]]
        counted = there.keys() & self._chosen[rule.id]
        together = frozenset[str]().union(*parts)
        if not all(parts) or len(together) < len(parts):
            return frozenset()
        if rule.of:
            numbers = [tally.people(name) if rule.count == "persons" else tally.counts[name] for name in counted]
            number = max(numbers, default=0) if rule.count == "persons" else sum(numbers)
            if number < rule.at_least:
                return frozenset()
        return together | counted

    def _reasons(self, tally: Tally, there: Mapping[str, _Known]) -> list[str]:
        order = sorted(there, key=lambda name: (-there[name].level, -tally.counts[name], name))
        said = [f"{tally.counts[name]:,} `{name}` ({self.scheme.name(there[name].level)})" for name in order[:_SHOWN]]
        return [*said, f"and {len(order) - _SHOWN} more types"] if len(order) > _SHOWN else said

    def _joined(self, whole: Verdict, parts: Iterable[Verdict]) -> Verdict:
        level, categories = whole.level, {*whole.categories}
        why, raised = list(whole.why), list(whole.raised_by)
        for part in parts:
            categories |= {*part.categories}
            if part.level > level:
                level, raised = part.level, list(part.raised_by)
                why = [*part.why, *(reason for reason in whole.why if reason not in part.why)]
        return Verdict(
            level=level,
            name=self.scheme.name(level),
            categories=_ordered(categories),
            why=tuple(why),
            raised_by=tuple(raised),
        )

    def _known(self, type: str) -> _Known:
        if type not in self._types:
            raise InputError(f"`{type}` is not a data type", help=nearest(type, self._types))
        return self._types[type]


class _Known:
    """A data type as the organisation sees it, and the selectors that choose it."""

    def __init__(self, type: DataType, own: TypeClass, named: Mapping[str, int], scheme: Scheme) -> None:
        self.level = scheme.level(own.class_) if own.class_ else _level(type, named, scheme)
        self.category = own.category or type.category
        self.at_least = own.at_least
        words = {type.id, f"family:{type.family}", f"class:{scheme.name(self.level)}"}
        words |= {f"region:{region}" for region in type.regions}
        self.words = words | ({f"category:{self.category.value}"} if self.category else set())


def _level(type: DataType, named: Mapping[str, int], scheme: Scheme) -> int:
    """The level of a type's own class: one of the default scheme, or of the organisation's where a type is its own."""
    return named[type.class_] if type.class_ in named else scheme.level(type.class_)


def _own(name: str, scheme: ClassScheme, classes: Scheme) -> int:
    """Return the level of the organisation's class that stands for a class of the default scheme."""
    if name in scheme.named:
        return classes.level(scheme.named[name])
    if name in classes.classes:
        return classes.level(name)
    wanted = DEFAULT_CLASSES.index(name)
    return next(level for level in range(len(classes.classes)) if classes.weight(level) >= wanted)


def _ordered(categories: Iterable[Category]) -> tuple[Category, ...]:
    return tuple(sorted(set(categories), key=list(Category).index))


def parse_scheme(content: bytes, file: str, types: Mapping[str, DataType]) -> ClassScheme:
    """Read a scheme from YAML. Raises InputError for what is wrong, unknown types and classes among it."""
    scheme = decode(parse_yaml(content, file), ClassScheme)
    place = Place(file)
    if len(set(scheme.classes)) != len(scheme.classes) or len(scheme.classes) < 2:
        raise InputError("`classes` needs two or more different names, least secret first", place=place)
    for name in scheme.named:
        _one_of(name, DEFAULT_CLASSES, "class of the default scheme", place)
    for name in scheme.types:
        _one_of(name, types, "data type", place)
    rules = scheme.aggregation or []
    named = [*scheme.named.values(), *(entry.class_ for entry in scheme.types.values()), *(rule.to for rule in rules)]
    for name in filter(None, named):
        _one_of(name, scheme.classes, "class of the scheme", place)
    Classifier(scheme, types)
    for rule in rules:
        if not rule.of and not rule.together:
            raise InputError(f"the rule `{rule.id}` looks for nothing", place=place, help="give it `of` or `together`")
        for word in (*rule.of, *(word for part in rule.together for word in part)):
            _one_of(word, _selectors(scheme, types), "selector", place)
    return scheme


def _selectors(scheme: ClassScheme, types: Mapping[str, DataType]) -> set[str]:
    out = {*types, *(f"class:{name}" for name in scheme.classes), *(f"category:{word.value}" for word in Category)}
    return out.union(*({f"family:{one.family}", *(f"region:{name}" for name in one.regions)} for one in types.values()))


def _one_of(name: str, known: Iterable[str], what: str, place: Place) -> None:
    names = set(known)
    if name not in names:
        raise InputError(f"`{name}` is not a {what}", place=place, help=nearest(name, names))
