"""The forms that model signing wrote before its version 1.0, as what the present form would say.

Predicates are `Digests`, `ShardDigests`, `DigestOfDigests` and `DigestOfShardDigests` of
`https://model_signing/.../v0.1`: files or parts of files, listed as subjects or in the predicate. They say nothing of
links or of what was left out. Source: model_signing/signing/in_toto.py of version 0.2.0, and what version 1.1 takes
for compatible with it.
"""

from __future__ import annotations

import re

import msgspec

from bartizan.scan.signing.refused import Refused, contradiction

__all__ = ["LARGEST", "OLDER", "Older", "older_encoded", "parse_older"]

_FORMS = {"Digests": "", "ShardDigests": "", "DigestOfDigests": "files", "DigestOfShardDigests": "shards"}
"""Where the digests stand in the predicate; empty where they are subjects."""
OLDER = {f"https://model_signing/{name}/v0.1": place for name, place in _FORMS.items()}
LARGEST = 16 << 20
"""Bytes of a payload that may have been signed in the encoding of version 0.2."""
_ALGORITHM = re.compile(r"(?:file-)?(sha256|blake2b?|blake3)(?:(?:-sharded)?-([1-9][0-9]{0,15}))?", re.ASCII)


class Older(msgspec.Struct, frozen=True):
    """What an older statement lists: name and digest of each thing, in its order.

    `hash_type` is as the statement calls it. `shard` is the size of parts in bytes, 0 for whole files. `whole` is the
    digest over all digests, empty where the form has none.
    """

    hash_type: str
    shard: int
    whole: str
    listed: list[tuple[str, str]]


class _Subject(msgspec.Struct):
    digest: dict[str, str]
    name: str = ""
    annotations: dict[str, msgspec.Raw] = {}


class _Item(msgspec.Struct):
    name: str
    digest: str
    algorithm: str


class _Statement(msgspec.Struct):
    subject: list[_Subject]
    predicate: dict[str, msgspec.Raw] = {}


def parse_older(payload: bytes, place: str) -> Older:
    """Read an older statement, whose digests stand at `place` of its predicate. Raises Refused and MsgspecError."""
    found = msgspec.json.decode(payload, type=_Statement)
    if place:
        if len(found.subject) != 1:
            raise contradiction(f"it has {len(found.subject)} subjects, not one")
        items = msgspec.json.decode(found.predicate.get(place, msgspec.Raw(b"null")), type=list[_Item])
        whole = found.subject[0].digest.get("sha256", "")
    else:
        items = [_Item(one.name, one.digest.get("sha256", ""), _annotated(one)) for one in found.subject]
        whole = ""
    names = {one.algorithm for one in items} or {"sha256"}
    if len(names) > 1:
        raise contradiction("its digests are of several kinds")
    name = names.pop()
    match = _ALGORITHM.fullmatch(name)
    if match is None:
        raise Refused("signature-not-verifiable", f"its digests are `{name[:40]}`, which is not supported")
    return Older(match[1], int(match[2] or 0), whole, [(one.name, one.digest) for one in items])


def _annotated(subject: _Subject) -> str:
    """Return what a digest really is: it stands as `sha256`, whatever it is, and a note tells."""
    said = subject.annotations.get("actual_hash_algorithm", msgspec.Raw(b'"sha256"'))
    return msgspec.json.decode(said, type=str)


def older_encoded(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that version 0.2 signed with keys and certificates.

    Meant was DSSE's encoding; what it wrote begins with `DSSEV1` and has the payload as Python shows bytes. One payload
    has one such form, and none is also a form of the right encoding, so taking both makes no other payload pass.
    """
    return f"DSSEV1 {len(payload_type)} {payload_type} {len(payload)} {payload!r}".encode()
