"""What each argument of a tool decides and holds: by its name, what is said of it, its schema, and a value seen."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bartizan.catalog.tool_words import ObjectKind, ValueKind
from bartizan.guard.cards.claims import Given
from bartizan.guard.cards.words import lexicon, split, text_words
from bartizan.model.card import Argument, Role, ValueType

__all__ = ["argument", "type_of_value"]

_FORMATS = {
    "email": ValueType.EMAIL, "idn-email": ValueType.EMAIL, "phone": ValueType.PHONE, "password": ValueType.SECRET,
    "uri": ValueType.URL, "url": ValueType.URL, "uri-reference": ValueType.URL, "iri": ValueType.URL,
    "hostname": ValueType.URL, "ipv4": ValueType.URL, "ipv6": ValueType.URL, "uuid": ValueType.IDENTIFIER,
    "date": ValueType.DATE, "date-time": ValueType.DATE, "time": ValueType.DATE,
}  # fmt: skip
_TOLD = (
    (re.compile(r"\biban\b|account (?:number|no\b)|bank account|wallet address|kontonummer|numéro de compte", re.I),
     ValueType.ACCOUNT),
    (re.compile(r"e-?mail|courriel|correo electr", re.I), ValueType.EMAIL),
    (re.compile(r"phone|telefon|téléphone|e\.164", re.I), ValueType.PHONE),
    (re.compile(r"\burls?\b|https?://|\buri\b", re.I), ValueType.URL),
)  # fmt: skip
_FILE = r"(?:txt|md|docx?|xlsx?|pdf|csv|py|js|json|ya?ml|log|sh|png|jpe?g)"
_VALUES = (
    (re.compile(r"[^@\s<>]+@[^@\s<>]+\.[a-z]{2,}", re.I), ValueType.EMAIL),
    (re.compile(r"(?:https?|ftp|wss?)://\S+|www\.[^\s.]+\.\S+", re.I), ValueType.URL),
    (re.compile(r"[A-Z]{2}\d{2} ?(?:[A-Z0-9] ?){8,30}"), ValueType.ACCOUNT),
    (re.compile(r"0x[0-9a-f]{40}", re.I), ValueType.ACCOUNT),
    (re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"), ValueType.DATE),
    (re.compile(r"\+\d[\d ().-]{6,18}\d"), ValueType.PHONE),
    (re.compile(rf"(?:~|\.{{1,2}}|[A-Za-z]:)?[/\\][\w .@/\\-]+|[\w/.-]*[\w-]\.{_FILE}"), ValueType.PATH),
)
_RUNS = re.compile(r"\b(?:run|execut|python|javascript|shell|bash|script|snippet|eval)\w*", re.I)
_QUERIES = re.compile(r"\b(?:sql|cypher|sparql|graphql|kql|promql|dql)\b", re.I)
"""Languages in which what is called a query may change what is there."""
_NEVER_BOUND = frozenset(
    {ValueType.EMAIL, ValueType.ACCOUNT, ValueType.URL, ValueType.PHONE, ValueType.SECRET, ValueType.COMMAND}
)
_NAMED_TYPES = frozenset({"email", "account", "phone", "url"})
_PEOPLE = frozenset({"recipient", "sender", "user", "owner"})
_PLAIN = frozenset(
    {"to", "from", "at", "a", "for", "no", "in", "on", "is", "by", "via", "first", "last", "type", "kind", "read",
     "access", "value", "after", "since", "until", "before", "when", "where", "max", "min", "source", "target", "data",
     "details", "input", "context", "use", "state", "number", "text", "option", "mode", "list", "match", "public",
     "private", "include", "format", "function", "space", "place", "code", "order", "given"}
)  # fmt: skip
"""Words that are too common in sentences to say what an argument holds."""
_MAKING = frozenset(
    {"create", "make", "new", "generate", "draft", "compose", "register", "add", "save", "schedule", "plan",
     "erstelle", "erstellen", "anlegen", "creer", "generer", "crea", "creare", "crear"}
)  # fmt: skip
_SEARCHING = frozenset(
    {
        "search",
        "find",
        "list",
        "query",
        "lookup",
        "suche",
        "suchen",
        "chercher",
        "rechercher",
        "cerca",
        "cercare",
        "buscar",
    }
)
_ENDS = frozenset({"source", "src", "destination", "dest", "dst", "target", "from", "to"})
_MAKING_WHOLE = _MAKING - {"add"}


def argument(
    one: Given, things: Sequence[ObjectKind], verbs: Sequence[str], *, reads: bool, says: str = ""
) -> tuple[Argument, str]:
    """Return what an argument decides and holds, and in words why.

    `verbs` are the verbs in the tool's name, `says` is its name and description; `reads` tells that all verbs read.
    """
    last = one.name.rpartition(".")[2]
    parts = split(last)
    kind = lexicon().value_of(parts) if parts else None
    said = ""
    if kind is not None and parts == ["code"]:
        kind = _code(one, things, verbs)
    elif kind is not None and kind.id == "query" and _QUERIES.search(f"{says} {one.says}"):
        kind = lexicon().by_id["command"]
    if kind is None:
        kind, said = _from_text(one.says)
    type_ = _type(one, kind, parts, things)
    if kind is None:
        return _unknown(one, type_)
    role = _role(one, kind, type_, parts, things, verbs, reads=reads)
    why = f"`{one.name}` is {_ROLE_WORDS[role]}: " + (
        f"it is said to be `{said}`" if said else f"its name says {kind.id.replace('-', ' ')}"
    )
    return Argument(role=role, type=type_), why


_ROLE_WORDS = {Role.CRITICAL: "critical", Role.BOUND: "bound", Role.TEXT: "text", Role.FREE: "free"}


def _unknown(one: Given, type_: ValueType) -> tuple[Argument, str]:
    if one.kind == "boolean":
        return Argument(role=Role.BOUND, type=ValueType.FLAG), f"`{one.name}` is bound: it is yes or no"
    if one.choices:
        return Argument(role=Role.BOUND, type=ValueType.FLAG), f"`{one.name}` is bound: it is one of a few words"
    if one.kind in ("number", "integer") and type_ is ValueType.TEXT:
        return Argument(role=Role.BOUND, type=ValueType.AMOUNT), f"`{one.name}` is bound: it is a number"
    return Argument(role=Role.CRITICAL, type=type_), f"`{one.name}` is critical: nothing says what it decides"


def _from_text(says: str) -> tuple[ValueKind | None, str]:
    """Find in the first sentence on an argument the first word that says what it holds."""
    words = [word for word in text_words(re.split(r"[.;\n(]", says, maxsplit=1)[0])[:16] if word != ","]
    known = lexicon()
    for start in range(len(words)):
        for length in (3, 2, 1):
            part = words[start : start + length]
            if len(part) < length or (length == 1 and part[0] in _PLAIN):
                continue
            phrase = known.phrase(part)
            if phrase is not None:
                return known.values[phrase], phrase
    return None, ""


def _code(one: Given, things: Sequence[ObjectKind], verbs: Sequence[str]) -> ValueKind:
    """Tell a program from a one-time code, and both from the code of a country or a product."""
    known = lexicon()
    acts = {known.verbs[word].id for word in verbs}
    if _RUNS.search(one.says) or "execute" in acts or any(thing.id == "command" for thing in things):
        return known.by_id["command"]
    return known.by_id["one-time-code" if acts & {"accept"} or "verify" in verbs else "identifier"]


def _type(one: Given, kind: ValueKind | None, parts: Sequence[str], things: Sequence[ObjectKind]) -> ValueType:
    if one.format.casefold() in _FORMATS:
        return _FORMATS[one.format.casefold()]
    if one.kind == "boolean":
        return ValueType.FLAG
    ids = {thing.id for thing in things}
    if set(parts) & _ENDS and "file" in ids and not ids & {"mail", "message"}:
        return ValueType.PATH
    if kind is not None and kind.id not in (*_PEOPLE, "channel", "query", "title"):
        return kind.type
    seen = type_of_value(one.sample)
    if seen is not ValueType.TEXT:
        return seen
    if kind is None:
        return _told(one.says) or ValueType.TEXT
    return (kind.id in _PEOPLE and _told(one.says)) or _type_of_person(kind, parts, ids)


def _told(says: str) -> ValueType | None:
    return next((type_ for pattern, type_ in _TOLD if pattern.search(says)), None)


def _type_of_person(kind: ValueKind, parts: Sequence[str], things: set[str]) -> ValueType:
    """Return how somebody is named: by what the name says besides (`to_email`), else as such tools do."""
    for part in parts:
        other = lexicon().values.get(part)
        if other is not None and other.id in _NAMED_TYPES:
            return other.type
    if kind.recipient and "mail" in things:
        return ValueType.EMAIL
    return ValueType.ACCOUNT if kind.recipient and things & {"payment", "account"} else kind.type


def type_of_value(value: object) -> ValueType:
    """Return the type that a value shows by its form, TEXT where it shows none."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, bool):
        return ValueType.FLAG
    if not isinstance(value, str) or len(value) > 500:
        return ValueType.TEXT
    return next((type_ for pattern, type_ in _VALUES if pattern.fullmatch(value.strip())), ValueType.TEXT)


def _role(
    one: Given,
    kind: ValueKind,
    type_: ValueType,
    parts: Sequence[str],
    things: Sequence[ObjectKind],
    verbs: Sequence[str],
    *,
    reads: bool,
) -> Role:
    if one.kind == "boolean" or (type_ is ValueType.FLAG and kind.role is Role.CRITICAL):
        return Role.BOUND
    if one.choices and kind.role is not Role.FREE and not kind.person and type_ not in _NEVER_BOUND:
        return Role.BOUND  # a server that lists whom to pay or to write to has chosen them
    if type_ is ValueType.DATE and kind.role is not Role.CRITICAL:
        return Role.BOUND
    if kind.id == "title" and parts[-1:] == ["name"] and not set(verbs) & _MAKING:
        # It says which of those that are there is meant.
        return Role.TEXT if reads and set(verbs) & _SEARCHING else Role.CRITICAL
    if (kind.id in ("path", "channel") and parts[-1] == "name") or parts[-1] == "filename":
        whole = any(thing.id == "file" if kind.id == "path" else thing.id == "channel" for thing in things)
        if whole and set(verbs) & _MAKING_WHOLE:
            return Role.BOUND  # the name of something new reaches nothing
    if kind.role is Role.FREE and not reads:
        # A limit of spending is none of a page; settings that are objects may hold anything.
        return Role.TEXT if one.kind in ("object", "") and one.sample is None else Role.BOUND
    return Role.BOUND if reads and kind.id in ("sender", "address", "place") else kind.role
