"""Forms from before version 1.0: they verify as they were signed, and say no more than they did."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import InputError
from bartizan.scan.signing import Refused, Trust, check, inventory, signed_statement
from bartizan.scan.signing.bundle import encoded
from bartizan.scan.signing.older import OLDER, older_encoded
from bartizan.scan.signing.statement import parse_statement
from tests.scan.signing.support import FILES, NOW, bundle, pem_key, resources, write

KEY = ec.generate_private_key(ec.SECP256R1())
TYPE = "application/vnd.in-toto+json"


def older(form: str, listed: list[dict[str, Any]], **changed: Any) -> bytes:
    """Return a statement of an older form about `listed`, as `resources` makes it."""
    place = OLDER[f"https://model_signing/{form}/v0.1"]
    if place:
        whole = hashlib.sha256(b"".join(bytes.fromhex(one["digest"]) for one in listed)).hexdigest()
        subject: list[dict[str, Any]] = [{"name": ".", "digest": {"sha256": whole}}]
        predicate: dict[str, Any] = {place: listed}
    else:
        predicate = {"unused": "Unused, just passed due to API requirements"}
        subject = [
            {
                "name": one["name"],
                "digest": {"sha256": one["digest"]},
                "annotations": {"actual_hash_algorithm": one["algorithm"]},
            }
            for one in listed
        ]
    said = {"subject": subject, "predicateType": f"https://model_signing/{form}/v0.1", "predicate": predicate}
    return json.dumps({"_type": "https://in-toto.io/Statement/v1", **said, **changed}, indent=2).encode()


def signed(payload: bytes, data: bytes | None = None) -> dict[str, Any]:
    """Sign as version 0.2 did: over its own encoding, with the key in the bundle in place of a hint."""
    signature = KEY.sign(older_encoded(TYPE, payload) if data is None else data, ec.ECDSA(hashes.SHA256()))
    return bundle(payload, signature, {"publicKey": {"rawBytes": "AA==", "keyDetails": "PKIX_ECDSA_P256_SHA_256"}})


def outcome(folder: Path, made: dict[str, Any], files: dict[str, bytes]) -> dict[str, str]:
    root = write(folder / "model", files)
    (root / "model.sig").write_text(json.dumps(made), encoding="utf-8")
    (folder / "public.pem").write_bytes(pem_key(KEY))
    trust = Trust(key=folder / "public.pem", at=NOW)
    _, found = signed_statement((root / "model.sig").read_bytes(), "model.sig", trust)
    listed = inventory(root, found, root / "model.sig")
    return {one.path: one.rule for one in check(listed, found.algorithm, found.shard, lambda *_: None)}


def named(listed: list[dict[str, Any]], prefix: str) -> list[dict[str, Any]]:
    return [one | {"algorithm": f"{prefix}{one['algorithm']}"} for one in listed]


FORMS = [
    ("Digests", resources(FILES)),
    ("Digests", named(resources(FILES), "file-")),
    ("Digests", resources(FILES, "blake2b")),
    ("DigestOfDigests", named(resources(FILES), "file-")),
    ("ShardDigests", resources(FILES, shard=7)),
    ("ShardDigests", [one | {"algorithm": "file-sha256-7"} for one in resources(FILES, shard=7)]),
    ("DigestOfShardDigests", resources(FILES, shard=7)),
]


@pytest.mark.parametrize(("form", "listed"), FORMS)
def test_each_form_verifies_and_shows_a_change(form: str, listed: list[dict[str, Any]], tmp_path: Path) -> None:
    made = signed(older(form, listed))
    assert outcome(tmp_path, made, FILES) == dict.fromkeys(FILES, "")
    changed = outcome(tmp_path, made, FILES | {"model.bin": b"weights of a small m0del", "new.txt": b"new"})
    assert {path: rule for path, rule in changed.items() if rule} == {
        "model.bin": "signature-file-changed",
        "new.txt": "signature-file-unsigned",
    }


def test_a_note_that_is_missing_means_sha256(tmp_path: Path) -> None:
    payload = json.loads(older("Digests", resources(FILES)))
    for one in payload["subject"]:
        del one["annotations"]
    assert outcome(tmp_path, signed(json.dumps(payload).encode()), FILES) == dict.fromkeys(FILES, "")


def test_the_right_encoding_is_taken_too(tmp_path: Path) -> None:
    payload = older("Digests", resources(FILES))
    assert outcome(tmp_path, signed(payload, encoded(TYPE, payload)), FILES) == dict.fromkeys(FILES, "")


def test_another_payload_than_signed_is_refused(tmp_path: Path) -> None:
    payload = older("Digests", resources(FILES))
    made = signed(payload, older_encoded(TYPE, payload + b" "))
    with pytest.raises(Refused) as refused:
        outcome(tmp_path, made, FILES)
    assert refused.value.rule == "signature-invalid"


LISTED = resources(FILES)


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (older("DigestOfDigests", LISTED, subject=[{"name": ".", "digest": {"sha256": "00" * 32}}]), "of the whole"),
        (older("DigestOfDigests", LISTED, subject=[]), "0 subjects, not one"),
        (older("Digests", [*LISTED, LISTED[0]]), "is listed 2 times"),
        (older("Digests", [*LISTED, *resources({"a": b""}, "blake2b")]), "of several kinds"),
        (older("Digests", [LISTED[0] | {"algorithm": "sha1"}]), "`sha1`, which is not supported"),
        (older("Digests", [LISTED[0] | {"algorithm": "blake2b"}]), "wrong length"),
        (older("Digests", [LISTED[0] | {"name": "../a"}]), "no path inside of a folder"),
        (older("ShardDigests", [LISTED[0] | {"algorithm": "sha256-sharded-7"}]), "no part of a file"),
    ],
)
def test_what_does_not_fit_together_is_refused(payload: bytes, why: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_statement(payload, "model.sig")
    assert why in refused.value.why


@pytest.mark.parametrize("changed", [{"predicate": {}}, {"subject": 1}, {"predicate": {"files": [{"name": "a"}]}}])
def test_a_wrong_form_is_told(changed: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="of a wrong form"):
        parse_statement(older("DigestOfDigests", LISTED, **changed), "model.sig")


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_one_encoding_belongs_to_one_payload(one: bytes, other: bytes) -> None:
    assert (older_encoded(TYPE, one) == older_encoded(TYPE, other)) is (one == other)
    assert older_encoded(TYPE, one) != encoded(TYPE, other)
