"""What to look for: chosen types, how sure, and how secret."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import get_args

import msgspec

from bartizan.catalog.data_types import DataType, Family
from bartizan.model import InputError, Scheme
from bartizan.model.decode import decode, nearest
from bartizan.model.label import DEFAULT_CLASSES
from bartizan.model.yamltree import parse_yaml

__all__ = ["Policy", "chosen_types", "parse_policy", "policy_digest"]


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an inspection looks for. A caller pays only for the types that it asks for.

    `types` are ids, families (`secret`), regions (`region:ch`), which stand for their default types, or `all`; empty
    means all default types. `without` takes away from them. `min_confidence` is 65, 75 or 85. `depth` is how many
    encodings inside each other are undone, 0 for none. `allow` are regular expressions, and a value that one of them
    matches wholly, in any case, is no finding. `scheme` are the organisation's classes, least secret first; `classes`
    gives types a class of their own.
    """

    types: list[str] = []
    without: list[str] = []
    min_confidence: int = 65
    depth: int = 3
    allow: list[str] = []
    scheme: list[str] = msgspec.field(default_factory=lambda: list(DEFAULT_CLASSES))
    classes: dict[str, str] = {}


def parse_policy(text: bytes, name: str, least: int = 65) -> Policy:
    """Read a policy from YAML; `least` is its confidence when it names none.

    Raises InputError with the position of what is wrong.
    """
    tree = parse_yaml(text, name)
    policy = decode(tree, Policy)
    if isinstance(tree.value, dict) and "min_confidence" not in tree.value:
        policy = msgspec.structs.replace(policy, min_confidence=least)
    for expression in policy.allow:
        try:
            re.compile(expression)
        except re.error as error:
            raise InputError(f"`{expression}` in `allow` is not a regular expression: {error.msg}") from None
    if policy.min_confidence not in (65, 75, 85):
        raise InputError(f"`{policy.min_confidence}` is no confidence", help="65, 75 or 85")
    scheme = Scheme(tuple(policy.scheme))
    for class_ in policy.classes.values():
        scheme.level(class_)
    return policy


def chosen_types(policy: Policy, known: Mapping[str, DataType]) -> dict[str, DataType]:
    """Return the types that a policy asks for. Raises InputError for a word that names none."""
    wanted = set(_named(policy.types, known)) or {name for name, entry in known.items() if entry.default}
    left = wanted - set(_named(policy.without, known))
    for name in policy.classes:
        if name not in known:
            raise InputError(f"`{name}` is not a data type", help=nearest(name, known))
    return {name: entry for name, entry in known.items() if name in left}


def _named(words: Iterable[str], known: Mapping[str, DataType]) -> Iterable[str]:
    for word in words:
        region = word.removeprefix("region:")
        if word == "all":
            yield from known
        elif word in known:
            yield word
        elif word in get_args(Family):
            yield from (name for name, entry in known.items() if entry.family == word and entry.default)
        elif word != region and any(region in entry.regions for entry in known.values()):
            yield from (name for name, entry in known.items() if region in entry.regions and entry.default)
        else:
            raise InputError(f"`{word}` is neither a data type nor a family of them", help=nearest(word, known))


def policy_digest(policy: Policy, known: Mapping[str, DataType]) -> str:
    """Name a rule set: the same digest finds the same values."""
    state = msgspec.msgpack.encode([policy, sorted(known.items())])
    return hashlib.sha256(state).hexdigest()[:16]
