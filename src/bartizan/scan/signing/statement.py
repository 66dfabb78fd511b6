"""Reads what was signed: an in-toto statement that lists the files of a model, or parts of them, with their digests.

The predicate is `https://model_signing/signature/v1.0` of the OpenSSF model signing project, or one of those before it.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

import msgspec

from bartizan.model import InputError, Place
from bartizan.scan.signing.digests import algorithm_of, digest_size
from bartizan.scan.signing.older import OLDER, parse_older
from bartizan.scan.signing.refused import Refused, contradiction

__all__ = ["Part", "Statement", "check_kind", "parse_statement"]

_PAYLOAD_TYPE = "application/vnd.in-toto+json"
_STATEMENT = "https://in-toto.io/Statement/v1"
_PREDICATE = "https://model_signing/signature/v1.0"
_SINGLE = "https://model_signing/Digest/v0.1"
"""One digest over the whole folder, in an order of its own: of trials before version 0.2."""


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

    Raises InputError for anything else, and Refused for what can't be verified.
    """
    if payload_type != _PAYLOAD_TYPE:
        raise InputError(f"`{file}` signs `{payload_type[:100]}`, no in-toto statement", place=Place(file))
    try:
        kind = msgspec.json.decode(payload, type=_Kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"`{file}` signs no in-toto statement: {error}", place=Place(file)) from error
    if kind.predicate_type == _SINGLE:
        raise Refused("signature-not-verifiable", "it has one digest for the whole folder, a form given up before 0.2")
    if kind.type != _STATEMENT or kind.predicate_type not in (_PREDICATE, *OLDER):
        raise InputError(
            f"`{file}` signs something other than a model: `{kind.predicate_type[:100]}`",
            place=Place(file),
            help="give the signature that model signing made; this may be an attestation about something else",
        )


def parse_statement(payload: bytes, file: str) -> Statement:
    """Read a statement. Raises InputError where its form is wrong, and Refused where it contradicts itself."""
    try:
        place = OLDER.get(msgspec.json.decode(payload, type=_Kind).predicate_type)
        return _present(payload) if place is None else _older(payload, place)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"`{file}` signs a statement of a wrong form: {error}", place=Place(file)) from error


def _present(payload: bytes) -> Statement:
    found = msgspec.json.decode(payload, type=_Statement)
    how = found.predicate.serialization
    algorithm, shard = algorithm_of(how.hash_type), _shard(how)
    if len(found.subject) != 1:
        raise contradiction(f"it has {len(found.subject)} subjects, not one")
    said = {f"{how.hash_type}-sharded-{shard}", f"{algorithm}-sharded-{shard}"} if shard else {how.hash_type, algorithm}
    for one in found.predicate.resources:
        if one.algorithm not in said:
            raise contradiction(f"one digest is `{one.algorithm[:40]}`, where `{how.hash_type}` was announced")
    listed = [(one.name, one.digest) for one in found.predicate.resources]
    _root(listed, found.subject[0].digest.get("sha256", ""))
    return Statement(
        name=found.subject[0].name,
        algorithm=algorithm,
        shard=shard,
        links=how.allow_symlinks,
        ignored=[path for path in map(PurePosixPath, how.ignore_paths) if _inside(path)],
        files=_files(listed, shard, algorithm),
    )


def _older(payload: bytes, place: str) -> Statement:
    """Read a statement from before version 1.0, which says nothing of links or of what is left out: then none are."""
    found = parse_older(payload, place)
    algorithm = algorithm_of(found.hash_type)
    if place:
        _root(found.listed, found.whole)
    files = _files(found.listed, found.shard, algorithm)
    return Statement(name="", algorithm=algorithm, shard=found.shard, links=False, ignored=[], files=files)


def _shard(how: _Serialization) -> int:
    if how.method == "files":
        return 0
    if how.method != "shards":
        raise Refused("signature-not-verifiable", f"it signs by `{how.method[:40]}`, which is not supported")
    size = how.shard_size or 0.0
    if not 1 <= size < 1 << 53 or size != int(size):
        raise contradiction("parts have no size")
    return int(size)


def _root(listed: list[tuple[str, str]], expected: str) -> None:
    """Hold the digest of the whole against those of the files: SHA-256 of their bytes, in the order given."""
    whole = hashlib.sha256()
    for name, digest in listed:
        whole.update(_bytes(name, digest))
    if whole.hexdigest() != expected.lower():
        raise contradiction("the digest of the whole is not that of its files")


def _bytes(name: str, digest: str) -> bytes:
    try:
        return bytes.fromhex(digest)
    except ValueError as error:
        raise contradiction(f"the digest of `{name[:100]}` is none") from error


def _files(listed: list[tuple[str, str]], shard: int, algorithm: str) -> dict[str, list[Part]]:
    files: dict[str, list[Part]] = {}
    for name, digest in listed:
        path, part = _part(name, digest, shard, algorithm)
        files.setdefault(path, []).append(part)
    for path, parts in files.items():
        parts.sort()
        _covered(path, parts)
    return files


def _part(name: str, digest: str, shard: int, algorithm: str) -> tuple[str, Part]:
    path, start, end = name, "0", "-1"
    if shard:
        path, _, rest = name.rpartition(":")
        path, _, start = path.rpartition(":")
        end = rest
        if not (start.isascii() and start.isdigit() and end.isascii() and end.isdigit() and len(start + end) < 40):
            raise contradiction(f"`{name[:100]}` is no part of a file")
    if len(_bytes(name, digest)) != digest_size(algorithm):
        raise contradiction(f"the digest of `{name[:100]}` has a wrong length")
    if path != "." and (not _inside(PurePosixPath(path)) or str(PurePosixPath(path)) != path):
        raise contradiction(f"`{path[:100]}` is no path inside of a folder")
    return path, Part(int(start), int(end), _bytes(name, digest).hex())


def _inside(path: PurePosixPath) -> bool:
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _covered(path: str, parts: list[Part]) -> None:
    """Tell that the parts of a file follow each other from its start, and that it is listed once."""
    if parts[0].end < 0:
        if len(parts) > 1:
            raise contradiction(f"`{path[:100]}` is listed {len(parts)} times")
        return
    at = 0
    for part in parts:
        if part.start != at or part.end <= at:
            raise contradiction(f"parts of `{path[:100]}` overlap or leave bytes out")
        at = part.end
