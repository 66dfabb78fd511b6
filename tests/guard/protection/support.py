"""One inspector for the tests of data rules, and what they ask it with."""

from __future__ import annotations

from functools import cache

from bartizan.guard.protection import DataRule, Handlings, Protector, Vault
from bartizan.inspection import Inspector
from bartizan.inspection.redaction import Hiding, KeyRing, Mode, Tokens, as_written, parse_keys
from bartizan.model import Scheme

MAIL = "anna.meier@example.ch"
CARD = "4111 1111 1111 1111"


@cache
def inspector() -> Inspector:
    return Inspector()


@cache
def keys() -> KeyRing:
    return parse_keys("k1:" + bytes(range(32)).hex())


def vault(owner: str = "default") -> Vault:
    return Vault(Tokens(keys(), owner, as_written))


def handlings(*rules: DataRule) -> Handlings:
    families = {name: entry.family for name, entry in inspector().known.items()}
    return Handlings(rules, families, Scheme(tuple(inspector().policy.scheme)))


def protector(*rules: DataRule) -> Protector:
    tokens = Hiding(Mode.TOKEN, keys=keys())
    return Protector(inspector(), handlings(*rules), Hiding(Mode.MASK), tokens)
