"""Reads what was signed: an in-toto statement that lists the files of a model, or parts of them, with their digests.

The predicate is `https://model_signing/signature/v1.0` of the OpenSSF model signing project.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

import msgspec

from bartizan.model import InputError, Place
from bartizan.scan.signing.refused import Refused

__all__ = ["Part", "Statement", "check_kind", "parse_statement"]

_PAYLOAD_TYPE = "application/vnd.in-toto+json"
_STATEMENT = "https://in-toto.io/Statement/v1"
_PREDICATE = "https://model_signing/signature/v1.0"
_OLD_PREDICATE = "https://model_signing/Digests/v0.1"
_ALGORITHMS = {"sha256": "sha256", "blake2": "blake2b", "blake2b": "blake2b"}
"""Names in statements, and what `hashlib` calls them."""
_DIGITS = {"sha256": 64, "blake2b": 128}


class Part(msgspec.Struct, frozen=True, order=True):
    """Bytes of a file from `start` up to `end`, and their digest in hexadecimal; `end` is -1 for all of the file."""

    start: int
    end: int
    digest: str


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What a signer vouches for.

    `files` are parts by path: relative, with forward slashes; `.` alone where one file was signed. `shard` is the size
    of parts in bytes, 0 for whole files; then empty files are in no statement. `links` tells whether links may stand
    for files. `ignored` are paths that are left out, each with all below it.
    """

    name: str
    algorithm: str
    shard: int
    links: bool
    ignored: list[PurePosixPath]
    files: dict[str, list[Part]]


class _Kind(msgspec.Struct):
    type: str = msgspec.field(name="_type")
    predicate_type: str = msgspec.field(name="predicateType")


class _Subject(msgspec.Struct):
    digest: dict[str, str]
    name: str = ""


class _Resource(msgspec.Struct):
    name: str
    algorithm: str
    digest: str


class _Serialization(msgspec.Struct):
    method: str
    hash_type: str
    allow_symlinks: bool = False
    shard_size: float | None = None
    ignore_paths: list[str] = []


class _Predicate(msgspec.Struct):
    serialization: _Serialization
    resources: list[_Resource]


class _Statement(msgspec.Struct):
    subject: list[_Subject]
    predicate: _Predicate


def check_kind(payload_type: str, payload: bytes, file: str) -> None:
    """Tell whether a payload is a statement about a model.

    Raises InputError for anything else, and Refused for what can't be verified: before the signature is, as those of
    the old form are made over other bytes.
    """
    if payload_type != _PAYLOAD_TYPE:
        raise InputError(f"`{file}` signs `{payload_type[:100]}`, no in-toto statement", place=Place(file))
    try:
        kind = msgspec.json.decode(payload, type=_Kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"`{file}` signs no in-toto statement: {error}", place=Place(file)) from error
    if kind.predicate_type == _OLD_PREDICATE:
        raise Refused("signature-not-verifiable", "it has the form that model signing wrote before its version 1.0")
    if kind.type != _STATEMENT or kind.predicate_type != _PREDICATE:
        raise InputError(
            f"`{file}` signs something other than a model: `{kind.predicate_type[:100]}`",
            place=Place(file),
            help="give the signature that model signing made; this may be an attestation about something else",
        )


def parse_statement(payload: bytes, file: str) -> Statement:
    """Read a statement. Raises InputError where its form is wrong, and Refused where it contradicts itself."""
    try:
        found = msgspec.json.decode(payload, type=_Statement)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"`{file}` signs a statement of a wrong form: {error}", place=Place(file)) from error
    how = found.predicate.serialization
    algorithm = _ALGORITHMS.get(how.hash_type)
    if algorithm is None:
        raise Refused("signature-not-verifiable", f"its digests are `{how.hash_type[:40]}`, which is not supported")
    shard = _shard(how)
    _root(found)
    said = {f"{how.hash_type}-sharded-{shard}", f"{algorithm}-sharded-{shard}"} if shard else {how.hash_type, algorithm}
    files: dict[str, list[Part]] = {}
    for one in found.predicate.resources:
        if one.algorithm not in said:
            raise _contradiction(f"one digest is `{one.algorithm[:40]}`, where `{how.hash_type}` was announced")
        path, part = _part(one, shard, algorithm)
        files.setdefault(path, []).append(part)
    for path, parts in files.items():
        parts.sort()
        _covered(path, parts)
    return Statement(
        name=found.subject[0].name,
        algorithm=algorithm,
        shard=shard,
        links=how.allow_symlinks,
        ignored=[path for path in map(PurePosixPath, how.ignore_paths) if _inside(path)],
        files=files,
    )


def _contradiction(why: str) -> Refused:
    return Refused("signature-invalid", f"what was signed contradicts itself: {why}")


def _shard(how: _Serialization) -> int:
    if how.method == "files":
        return 0
    if how.method != "shards":
        raise Refused("signature-not-verifiable", f"it signs by `{how.method[:40]}`, which is not supported")
    size = how.shard_size or 0.0
    if not 1 <= size < 1 << 53 or size != int(size):
        raise _contradiction("parts have no size")
    return int(size)


def _root(found: _Statement) -> None:
    """Hold the digest of the subject against those of the files: SHA-256 of their bytes, in the order given."""
    if len(found.subject) != 1:
        raise _contradiction(f"it has {len(found.subject)} subjects, not one")
    whole = hashlib.sha256()
    for one in found.predicate.resources:
        try:
            whole.update(bytes.fromhex(one.digest))
        except ValueError as error:
            raise _contradiction(f"the digest of `{one.name[:100]}` is none") from error
    if whole.hexdigest() != found.subject[0].digest.get("sha256", "").lower():
        raise _contradiction("the digest of the whole is not that of its files")


def _part(one: _Resource, shard: int, algorithm: str) -> tuple[str, Part]:
    path, start, end = one.name, "0", "-1"
    if shard:
        path, _, rest = one.name.rpartition(":")
        path, _, start = path.rpartition(":")
        end = rest
        if not (start.isascii() and start.isdigit() and end.isascii() and end.isdigit() and len(start + end) < 40):
            raise _contradiction(f"`{one.name[:100]}` is no part of a file")
    if len(one.digest) != _DIGITS[algorithm]:
        raise _contradiction(f"the digest of `{one.name[:100]}` has a wrong length")
    if path != "." and (not _inside(PurePosixPath(path)) or str(PurePosixPath(path)) != path):
        raise _contradiction(f"`{path[:100]}` is no path inside of a folder")
    return path, Part(int(start), int(end), one.digest.lower())


def _inside(path: PurePosixPath) -> bool:
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _covered(path: str, parts: list[Part]) -> None:
    """Tell that the parts of a file follow each other from its start, and that it is listed once."""
    if parts[0].end < 0:
        if len(parts) > 1:
            raise _contradiction(f"`{path[:100]}` is listed {len(parts)} times")
        return
    at = 0
    for part in parts:
        if part.start != at or part.end <= at:
            raise _contradiction(f"parts of `{path[:100]}` overlap or leave bytes out")
        at = part.end
