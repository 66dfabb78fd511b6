"""Conditions of GitHub workflows: whether they can hold for a stranger, somebody without rights in the repository.

Source of the syntax: "Evaluate expressions in workflows and actions" in the documentation of GitHub Actions. A
condition that can't be parsed is taken to hold: what it asks for is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["open_to_strangers"]

_BOTH = frozenset({True, False})
_YES, _NO = frozenset({True}), frozenset({False})
_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(&&|\|\||==|!=|<=|>=|[!<>(),])|([\w.*\[\]$-]+(?:\['[^']*'\])?[\w.*]*))")
_DEEPEST = 60
_MAINTAINERS_DO = frozenset({
    "labeled", "unlabeled", "assigned", "unassigned", "milestoned", "demilestoned", "locked", "unlocked", "pinned",
    "unpinned", "transferred", "deleted", "answered", "category_changed",
})  # fmt: skip
"""Kinds of events that need rights in the repository."""
_STRANGERS_ARE = re.compile(r"\b(?:NONE|CONTRIBUTOR|FIRST_TIMER|FIRST_TIME_CONTRIBUTOR|MANNEQUIN)\b", re.IGNORECASE)
_ASSOCIATION = re.compile(r"author_association$", re.IGNORECASE)
_WHO = re.compile(r"^github\.(?:actor|actor_id|triggering_actor|event\.[\w.]*(?:login|user\.id))$", re.IGNORECASE)
_WHOSE = re.compile(r"head\.repo\.(?:full_name|owner\.login|id)$|head_repository\.(?:full_name|owner\.login)$")
_FORK = re.compile(r"\.fork$", re.IGNORECASE)
_LABEL = re.compile(r"github\.event\.(?:label\.name|[\w.]+\.labels)", re.IGNORECASE)


class _Broken(Exception):
    pass


def open_to_strangers(condition: str, event: str, checked: Callable[[str], bool] = lambda _: False) -> bool:
    """Tell if a condition can hold when a stranger causes an event.

    `checked` tells of a value (`steps.x.outputs.y`, `needs.x.outputs.y`) whether it says who somebody is.
    """
    text = condition.replace("${{", "(").replace("}}", ")").strip()
    if not text:
        return True
    try:
        parser = _Parser(_tokens(text), event, checked)
        out = parser.either()
        if parser.rest:
            return True
    except _Broken:
        return True
    return True in out


def _tokens(text: str) -> list[str]:
    out, at = [], 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if not found:
            raise _Broken
        out.append(found[0].strip())
        at = found.end()
    return out


class _Parser:
    """Gives for each part of a condition what it can be for a stranger: true, false, or both."""

    def __init__(self, tokens: list[str], event: str, checked: Callable[[str], bool]) -> None:
        self.rest = tokens[::-1]
        self._event, self._checked, self._depth = event, checked, 0

    def _take(self, *wanted: str) -> str:
        if self.rest and self.rest[-1] in wanted:
            return self.rest.pop()
        return ""

    def either(self) -> frozenset[bool]:
        out = self._all()
        while self._take("||"):
            other = self._all()
            out = frozenset(one or two for one in out for two in other)
        return out

    def _all(self) -> frozenset[bool]:
        out = self._compared()
        while self._take("&&"):
            other = self._compared()
            out = frozenset(one and two for one in out for two in other)
        return out

    def _compared(self) -> frozenset[bool]:
        held, name = self._one()
        operator = self._take("==", "!=", "<", ">", "<=", ">=")
        if not operator:
            return held
        _, other = self._one()
        out = self._equal(name, other) if operator in ("==", "!=") else _BOTH
        return frozenset(not one for one in out) if operator == "!=" else out

    def _one(self) -> tuple[frozenset[bool], str]:
        """Return what a value can be as a condition, and its text where it is a name or a constant."""
        self._depth += 1
        if self._depth > _DEEPEST or not self.rest:
            raise _Broken
        try:
            if self._take("!"):
                held, _ = self._one()
                return frozenset(not one for one in held), ""
            if self._take("("):
                held, name = self._grouped()
                return held, name
            word = self.rest.pop()
            if not re.match(r"['\w*]", word):
                raise _Broken
            if self._take("("):
                return self._called(word)
            return self._named(word), word
        finally:
            self._depth -= 1

    def _grouped(self) -> tuple[frozenset[bool], str]:
        alone = self.rest[-1] if len(self.rest) > 1 and self.rest[-2] == ")" else ""
        held = self.either()
        if not self._take(")"):
            raise _Broken
        return held, alone

    def _called(self, name: str) -> tuple[frozenset[bool], str]:
        start = list(self.rest)
        depth, arguments, parts = 1, [""], []
        while depth:
            if not self.rest:
                raise _Broken
            word = self.rest.pop()
            depth += (word == "(") - (word == ")")
            parts.append(word)
            if word == "," and depth == 1:
                arguments.append("")
            elif depth:
                arguments[-1] += word
        if len(start) > 4000:
            raise _Broken
        whole = f"{name}({''.join(parts)}"
        if name.lower() in ("contains", "startswith", "endswith") and len(arguments) == 2:
            return self._contained(*arguments), whole
        return (_NO if name.lower() in ("failure", "cancelled") else _BOTH), whole

    def _contained(self, where: str, what: str) -> frozenset[bool]:
        if _ASSOCIATION.search(what) or _ASSOCIATION.search(where):
            return _BOTH if _STRANGERS_ARE.search(where) else _NO
        if _WHO.search(what.strip()) or _WHO.search(where.strip()) or _LABEL.search(where):
            return _NO
        if "github.event_name" in what:
            return _YES if re.search(rf"[\"']{re.escape(self._event)}[\"']", where) else _NO
        return _BOTH

    def _named(self, word: str) -> frozenset[bool]:
        if word.lower() in ("true", "false"):
            return _YES if word.lower() == "true" else _NO
        if _FORK.search(word):
            return _YES
        return _NO if self._checked(word) else _BOTH

    def _equal(self, one: str, other: str) -> frozenset[bool]:
        name, value = (other, one) if one.startswith("'") else (one, other)
        constant = value.strip("'")
        if name == "github.event_name":
            return _YES if constant == self._event else _NO
        if name == "github.event.action":
            return _NO if constant in _MAINTAINERS_DO else _BOTH
        if _ASSOCIATION.search(name):
            return _BOTH if _STRANGERS_ARE.search(constant) else _NO
        if _FORK.search(name):
            return _YES if constant == "true" else _NO
        if _WHO.search(name):
            return _BOTH if _WHO.search(value) else _NO
        if _WHOSE.search(name) or _WHOSE.search(value) or _LABEL.search(name):
            return _NO
        return _NO if self._checked(name) else _BOTH
