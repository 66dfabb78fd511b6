"""What a statement may say: one that contradicts itself is refused, though it was signed."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

import pytest

from bartizan.model import InputError
from bartizan.scan.signing import Refused
from bartizan.scan.signing.statement import Part, check_kind, parse_statement
from tests.scan.signing.support import FILES, resources, statement

TYPE = "application/vnd.in-toto+json"


def refused(payload: bytes) -> str:
    with pytest.raises(Refused) as error:
        parse_statement(payload, "model.sig")
    return f"{error.value.rule}: {error.value.why}"


def test_whole_files() -> None:
    found = parse_statement(statement(resources(FILES), ignore_paths=[".git", "a/../b", "/etc", ".", "docs"]), "x")
    assert (found.name, found.algorithm, found.shard, found.links) == ("model", "sha256", 0, False)
    assert found.ignored == [PurePosixPath(".git"), PurePosixPath("docs")]
    assert [part.end for part in found.files["model.bin"]] == [-1]


def test_parts_of_files() -> None:
    listed = resources({"a:b": b"0123456789"}, shard=4)
    found = parse_statement(statement(listed, method="shards", shard_size=4.0, allow_symlinks=True), "x")
    assert (found.shard, found.links) == (4, True)
    assert [(part.start, part.end) for part in found.files["a:b"]] == [(0, 4), (4, 8), (8, 10)]
    assert Part(0, 4, listed[0]["digest"]) in found.files["a:b"]


@pytest.mark.parametrize("name", ["blake2", "blake2b"])
def test_the_other_digest(name: str) -> None:
    listed = resources(FILES, "blake2b")
    assert parse_statement(statement(listed, hash_type=name), "x").algorithm == "blake2b"


@pytest.mark.parametrize("name", ["../a", "/a", "a/../../b", "a/./b", "a//b", "", "a/", ".."])
def test_names_that_are_none_are_refused(name: str) -> None:
    assert "is no path inside of a folder" in refused(statement(resources({name: b""})))


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"hash_type": "sha1"}, "signature-not-verifiable: its digests are `sha1`, which is not supported"),
        ({"method": "tensors"}, "signature-not-verifiable: it signs by `tensors`"),
        ({"method": "shards"}, "signature-invalid: what was signed contradicts itself: parts have no size"),
        ({"method": "shards", "shard_size": 0.5}, "parts have no size"),
        ({"method": "shards", "shard_size": 1e300}, "parts have no size"),
        ({"method": "shards", "shard_size": 4}, "one digest is `sha256`"),
        ({"hash_type": "blake2b"}, "one digest is `sha256`, where `blake2b` was announced"),
        ({"whole": "00" * 32}, "the digest of the whole is not that of its files"),
    ],
)
def test_what_does_not_fit_together_is_refused(how: dict[str, Any], why: str) -> None:
    assert why in refused(statement(resources(FILES), **how))


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["a:0:4", "a:5:8"], "overlap or leave bytes out"),
        (["a:0:4", "a:3:8"], "overlap or leave bytes out"),
        (["a:0:4", "a:0:4"], "overlap or leave bytes out"),
        (["a:4:8"], "overlap or leave bytes out"),
        (["a:0:0"], "overlap or leave bytes out"),
        (["a"], "is no part of a file"),
        (["a:-1:4"], "is no part of a file"),
        (["a:0:٤"], "is no part of a file"),
        (["a:0:" + "9" * 50], "is no part of a file"),
    ],
)
def test_parts_follow_each_other(names: list[str], why: str) -> None:
    digest = resources({"a": b""})[0]["digest"]
    listed = [{"name": name, "algorithm": "sha256-sharded-4", "digest": digest} for name in names]
    assert why in refused(statement(listed, method="shards", shard_size=4))


def test_a_file_is_listed_once_and_with_a_digest() -> None:
    one = resources({"a": b""})
    assert "is listed 2 times" in refused(statement([*one, *one]))
    assert "wrong length" in refused(statement([one[0] | {"digest": "00"}]))
    broken = json.loads(statement(one))
    broken["predicate"]["resources"][0]["digest"] = "no digest"
    assert "is none" in refused(json.dumps(broken).encode())
    broken["subject"] *= 2
    assert "2 subjects" in refused(json.dumps(broken).encode())


def test_what_is_no_statement_about_a_model_is_told() -> None:
    good = statement(resources(FILES))
    check_kind(TYPE, good, "x")
    with pytest.raises(InputError, match="no in-toto statement"):
        check_kind("text/plain", good, "x")
    other = json.dumps(json.loads(good) | {"predicateType": "https://slsa.dev/provenance/v1"}).encode()
    with pytest.raises(InputError, match="something other than a model"):
        check_kind(TYPE, other, "x")
    for payload in (b"", b"\xff", b"[]", b"{}", b"[" * 100_000):
        with pytest.raises(InputError, match="signs no in-toto statement"):
            check_kind(TYPE, payload, "x")
        with pytest.raises(InputError, match="of a wrong form"):
            parse_statement(payload, "x")


def test_one_digest_for_a_whole_folder_is_not_verifiable() -> None:
    old = {"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://model_signing/Digest/v0.1"}
    with pytest.raises(Refused) as error:
        check_kind(TYPE, json.dumps(old).encode(), "x")
    assert error.value.rule == "signature-not-verifiable"
