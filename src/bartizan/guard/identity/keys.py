"""Keys of our own: made, kept as digests, and found again.

A key is `btz_`, 32 random bytes in base 62, and a checksum of six characters, so that secret scanners know one for sure
and a mistyped one can be told. Only the SHA-256 digest is kept: a key has 256 bits of chance, so that no salt and no
slow hash is needed, and the time of a look-up by digest says nothing of a key.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Annotated, TypeAlias
from zlib import crc32

import msgspec

from bartizan.guard.principal import Principal, Scope
from bartizan.guard.records import read_records, write_records
from bartizan.model import InputError

__all__ = [
    "PREFIX",
    "KeyRecord",
    "KeyStore",
    "digest",
    "make_key",
    "parse_keys",
    "render_keys",
    "revoke",
    "well_formed",
]

PREFIX = "btz_"
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM = 32
_BODY = 43
"""Characters of base 62 that 32 bytes need."""
_SUM = 6

Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]


class KeyRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is kept of a key: one line of the key file.

    `hash` is the SHA-256 digest of the whole key in hexadecimal, `last` its last characters, by which people tell keys
    apart. `groups` and the rest say who holds it; `actions`, `models` and `upstreams` what it is kept to.
    """

    id: str
    hash: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
    last: str
    principal: Annotated[str, msgspec.Meta(min_length=1)]
    created: Moment
    groups: list[str] = []
    application: str = ""
    tenant: str = "default"
    sandbox: str = ""
    actions: list[str] = []
    models: list[str] = []
    upstreams: list[str] = []
    expires: Moment | None = None
    revoked: Moment | None = None

    def principal_of(self) -> Principal:
        """Return whom the key identifies, kept to its scope."""
        return Principal(
            id=self.principal,
            source=f"key:{self.id}",
            groups=frozenset(self.groups),
            application=self.application,
            tenant=self.tenant,
            sandbox=self.sandbox,
            until=0.0 if self.expires is None else self.expires.timestamp(),
            scope=_scope(self),
        )


def _scope(record: KeyRecord) -> Scope | None:
    if not record.actions and not record.models and not record.upstreams:
        return None
    return Scope(
        actions=frozenset(record.actions), models=frozenset(record.models), upstreams=frozenset(record.upstreams)
    )


class KeyStore:
    """The keys in force, by digest. Revoked keys are not in it, so that they are as unknown as any other text."""

    def __init__(self, records: Iterable[KeyRecord] = ()) -> None:
        self._known: dict[bytes, Principal] = {}
        self.load(records)

    def __len__(self) -> int:
        """How many keys are in force, expired ones among them."""
        return len(self._known)

    def load(self, records: Iterable[KeyRecord]) -> None:
        """Put other keys in force, all at once."""
        self._known = {bytes.fromhex(one.hash): one.principal_of() for one in records if one.revoked is None}

    def find(self, key: str, now: float) -> Principal | None:
        """Return whom an ASCII text identifies, or None: unknown, revoked and expired are the same answer."""
        who = self._known.get(sha256(key.encode()).digest())
        return who if who is not None and (not who.until or now < who.until) else None


def make_key(random: bytes) -> str:
    """Make a key of 32 random bytes, which only a source made for secrets may give."""
    if len(random) != _RANDOM:
        raise ValueError(f"a key is made of {_RANDOM} bytes")
    body = PREFIX + _base62(int.from_bytes(random, "big"), _BODY)
    return body + _checksum(body)


def well_formed(key: str) -> bool:
    """Tell whether a text has the form of a key and a checksum that fits. That says nothing about who made it."""
    return (
        len(key) == len(PREFIX) + _BODY + _SUM
        and key.isascii()
        and key.startswith(PREFIX)
        and _checksum(key[:-_SUM]) == key[-_SUM:]
    )


def digest(key: str) -> str:
    """Return what is kept of a key."""
    return sha256(key.encode()).hexdigest()


def _checksum(body: str) -> str:
    return _base62(crc32(body.encode()), _SUM)


def _base62(number: int, length: int) -> str:
    out = []
    for _ in range(length):
        number, rest = divmod(number, 62)
        out.append(_LETTERS[rest])
    return "".join(reversed(out))


def parse_keys(content: bytes, name: str) -> list[KeyRecord]:
    """Read a key file: JSON lines, one key each. Raises InputError with the line, and nothing of what stands in it."""
    out: list[KeyRecord] = []
    ids, hashes = set(), set()
    read = read_records(content, KeyRecord, name, wrong="the line is not the record of a key", help=_CHANGED)
    for place, record in read:
        if record.id in ids or record.hash in hashes:
            raise InputError("the key stands in the file twice", place=place, help=_CHANGED)
        ids.add(record.id)
        hashes.add(record.hash)
        out.append(record)
    return out


_CHANGED = "change the file with `bartizan keys` only, or take back the last good copy"


def render_keys(records: Iterable[KeyRecord]) -> bytes:
    """Write records as `parse_keys` reads them."""
    return write_records(records)


def revoke(records: list[KeyRecord], id: str, now: datetime) -> list[KeyRecord]:
    """Return the records with one revoked; what was before keeps its date. Raises InputError for an unknown id."""
    if not any(one.id == id for one in records):
        raise InputError(f"there is no key `{id}`", help="`bartizan keys list` shows the ids")
    return [
        msgspec.structs.replace(one, revoked=now) if one.id == id and one.revoked is None else one for one in records
    ]
