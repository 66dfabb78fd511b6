"""Rule packages of Microsoft Purview, as data types."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import get_args
from xml.etree.ElementTree import Element

import msgspec

from bartizan.catalog.data_types import Confidence, DataType, Family, Form
from bartizan.model import InputError, Place
from bartizan.model.words import Category
from bartizan.model.xmltree import local, parse_xml
from bartizan.store.purview_regex import Carried, carried

__all__ = ["ReadPackage", "import_types"]

_MOST_BYTES = 16 * 1024 * 1024
_MOST_ENTITIES = 10_000
_MOST_REGEX = 20_000
_ABOUT = re.compile(
    r"Bartizan data type (?P<id>[a-z0-9._-]+); family (?P<family>[a-z-]+); class (?P<class>[^;]+)"
    r"(?:; category (?P<category>[a-z-]+))?(?:; regions (?P<regions>[a-z0-9 -]+))?\Z"
)


class ReadPackage(msgspec.Struct):
    """The data types of a package, and what of it could not be carried over or was assumed."""

    types: list[DataType]
    notes: list[str]


class _Evidence(msgspec.Struct):
    """What one pattern asks for beside its match: keywords, and whether anything else, which can't be said."""

    terms: list[str]
    needed: bool = False
    lost: list[str] = []
    """Named where a condition falls away and the pattern finds more than it did."""
    dead: str = ""
    """Why the pattern can't be carried over."""


def import_types(
    content: bytes, file: str, *, class_: str = "confidential", family: Family = "business"
) -> ReadPackage:
    """Read a rule package. `class_` and `family` are given to types whose package says neither.

    Regular expressions, keywords, confidence and proximity are carried over. Built-in functions, validators, filters,
    affinities and counts have no counterpart and are noted. Raises InputError for a file of another format.
    """
    if len(content) > _MOST_BYTES:
        raise InputError(f"the file has {len(content):,} bytes, more than {_MOST_BYTES:,}", place=Place(file))
    root = parse_xml(content, file)
    package = next((one for one in root.iter() if local(one.tag) == "RulePackage"), None)
    rules = next((one for one in package if local(one.tag) == "Rules"), None) if package is not None else None
    if rules is None:
        raise InputError(
            "this is no rule package of Purview", place=Place(file), help="it has `RulePackage` and `Rules` in it"
        )
    return _Reader(rules, class_, family).run()


class _Reader:
    def __init__(self, rules: Element, class_: str, family: Family) -> None:
        self.rules = rules
        self.class_, self.family = class_, family
        self.notes: list[str] = []
        self.taken = set[str]()
        self.named = {one.get("id", ""): one for one in rules.iter() if local(one.tag) in _PROCESSORS}
        self.strings = {one.get("idRef", "").lower(): one for one in rules.iter() if local(one.tag) == "Resource"}

    def run(self) -> ReadPackage:
        entities = [one for one in self.rules.iter() if local(one.tag) == "Entity"]
        if len(entities) > _MOST_ENTITIES:
            self._note(f"the package has {len(entities):,} types; the first {_MOST_ENTITIES:,} were read")
        affinities = sum(local(one.tag) == "Affinity" for one in self.rules.iter())
        if affinities:
            self._note(f"{affinities} affinities, which judge a whole document, are not carried over")
        types = [found for one in entities[:_MOST_ENTITIES] if (found := self._entity(one)) is not None]
        return ReadPackage(types, self.notes)

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def _entity(self, entity: Element) -> DataType | None:
        title, about = self._strings_of(entity.get("id", ""))
        told = _ABOUT.match(about)
        forms: dict[str, Form] = {}
        terms: dict[str, None] = {}
        for pattern in (one for one in entity.iter() if local(one.tag) == "Pattern"):
            self._pattern(title, pattern, forms, terms)
        kept = [form for form in forms.values() if form.alone or (form.near and terms)]
        if not kept:
            self._note(f"`{title}` is not carried over: no pattern of it can be")
            return None
        proximity = entity.get("patternsProximity", "300")
        id = self._id(told["id"] if told else title)
        family, category = self._kind(title, told)
        return DataType(
            id=id,
            title=title,
            family=family,
            category=category,
            class_=told["class"].strip() if told else self.class_,
            regions=(told["regions"] or "").split() if told else [],
            also={} if told else {"purview": title},
            keywords=list(terms),
            within=min(int(proximity), 100_000) if proximity.isascii() and proximity.isdigit() else 100_000,
            forms=kept,
            hits=[],
            misses=[],
        )

    def _kind(self, title: str, told: re.Match[str] | None) -> tuple[Family, Category | None]:
        family, category = self.family, None
        if told is None:
            self._note(f"`{title}` got the class `{self.class_}` and the family `{self.family}`; check them")
        elif told["family"] in get_args(Family):
            family = told["family"]  # type: ignore[assignment]
        if told and told["category"] in list(Category):
            category = Category(told["category"])
        return family, category

    def _strings_of(self, id: str) -> tuple[str, str]:
        resource = self.strings.get(id.lower())
        names = [one for one in resource if local(one.tag) == "Name"] if resource is not None else []
        about = [one for one in resource if local(one.tag) == "Description"] if resource is not None else []
        chosen = [next((o for o in group if o.get("default") == "true"), group[0]) for group in (names, about) if group]
        texts = [" ".join((one.text or "").split()) for one in chosen]
        return (texts[0] if names and texts[0] else id), (texts[-1] if about else "")

    def _id(self, name: str) -> str:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        base = re.sub(r"[^a-z0-9.]+", "-", plain).strip("-.")[:70] or "unnamed"
        found, number = base, 2
        while found in self.taken:
            found, number = f"{base}-{number}", number + 1
        self.taken.add(found)
        return found

    def _pattern(self, title: str, pattern: Element, forms: dict[str, Form], terms: dict[str, None]) -> None:
        id = next((one.get("idRef", "") for one in pattern if local(one.tag) == "IdMatch"), "")
        level = _confidence(pattern.get("confidenceLevel", ""))
        if pattern.get("filters"):
            self._note(f"`{title}`: its filters are not carried over, so it may find more")
        evidence = self._evidence([one for one in pattern if local(one.tag) in ("Match", "Any")])
        for lost in evidence.lost:
            self._note(f"`{title}`: {lost}")
        if evidence.dead:
            self._note(f"`{title}`: a pattern at {level} is not carried over, because it {evidence.dead}")
            return
        form = forms.get(id) or self._form(title, id)
        if form is None:
            return
        if evidence.needed:
            terms.update(dict.fromkeys(evidence.terms))
            forms[id] = msgspec.structs.replace(form, near=max(form.near, level))
        else:
            forms[id] = msgspec.structs.replace(form, alone=max(form.alone, level), near=max(form.near, level))

    def _form(self, title: str, id: str) -> Form | None:
        processor = self.named.get(id)
        kind = local(processor.tag) if processor is not None else ""
        if processor is None or kind not in ("Regex", "Keyword"):
            what = "is built into Purview" if id.startswith("Func_") or processor is None else f"is a {kind.lower()}"
            self._note(f"`{title}`: `{id}` {what} and is not carried over")
            return None
        if kind == "Keyword":
            words = sorted(self._words(title, processor), key=len, reverse=True)
            return (
                Form(pattern="|".join(re.escape(word) for word in words), ignore_case=True, near=0) if words else None
            )
        if processor.get("validators"):
            self._note(f"`{title}`: the check `{processor.get('validators')}` is not carried over, so it may find more")
        text = "".join(processor.itertext()).strip()
        made = carried(text) if len(text) <= _MOST_REGEX else Carried(why="is too long")
        if made.why:
            self._note(f"`{title}`: the expression `{id}` is not carried over, because it {made.why}")
            return None
        for note in made.notes:
            self._note(f"`{title}`: {note}")
        return Form(
            pattern="" if made.digits else made.pattern,
            digits=made.digits,
            ignore_case=made.ignore_case,
            bounded=made.bounded,
            near=0,
        )

    def _words(self, title: str, keyword: Element) -> Iterator[str]:
        for group in (one for one in keyword if local(one.tag) == "Group"):
            if group.get("matchStyle", "word") == "string":
                self._note(f"`{title}`: keywords that Purview finds inside of words are found as words only")
            for term in (one for one in group if local(one.tag) == "Term"):
                if term.get("caseSensitive") in ("true", "1"):
                    self._note(f"`{title}`: keywords are found in any case")
                word = " ".join((term.text or "").lower().split())
                if word:
                    yield word

    def _evidence(self, conditions: list[Element]) -> _Evidence:
        """Put all conditions of a pattern, which hold together, into one list of keywords where that is possible."""
        out = _Evidence([])
        groups = [self._one(condition, out) for condition in conditions]
        needed = [group for group in groups if group is not None]
        if out.dead:
            return out
        out.needed = bool(needed)
        if len(needed) > 1:
            out.lost.append("it asks for several kinds of evidence together; one is enough now")
        out.terms = [word for group in needed for word in group]
        return out

    def _one(self, condition: Element, out: _Evidence) -> list[str] | None:
        """Return the keywords of which one must be there; None where the condition asks for nothing."""
        if local(condition.tag) == "Match":
            if condition.get("minCount", "1") != "1":
                out.lost.append(f"it asks for {condition.get('minCount')} keywords; one is enough now")
            return self._keywords(condition, out, alone=True)
        low, high = condition.get("minMatches", "1"), condition.get("maxMatches")
        if high == "0":
            out.lost.append("evidence that speaks against a finding is not carried over, so it may find more")
            return None
        if low == "0":
            return None
        if low != "1" or high is not None:
            out.lost.append(f"it asks for {low} to {high or 'all'} pieces of evidence; one is enough now")
        found: list[str] = []
        for match in (one for one in condition.iter() if local(one.tag) == "Match"):
            found += self._keywords(match, out, alone=False) or []
        if not found:
            out.dead = "asks for evidence that only Purview knows"
        return found

    def _keywords(self, match: Element, out: _Evidence, *, alone: bool) -> list[str] | None:
        id = match.get("idRef", "")
        processor = self.named.get(id)
        if processor is not None and local(processor.tag) == "Keyword":
            return list(self._words(id, processor))
        if alone:
            out.dead = f"asks for `{id}` beside it"
        else:
            out.lost.append(f"`{id}` counts as evidence no longer")
        return None


_PROCESSORS = ("Regex", "Keyword", "Fingerprint", "ExtendedKeyword", "Function")


def _confidence(text: str) -> Confidence:
    """Return the nearest of the three levels that does not promise more."""
    level = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 65
    return 85 if level >= 85 else 75 if level >= 75 else 65
