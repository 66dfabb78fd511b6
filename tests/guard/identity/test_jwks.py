"""Key sets: what may verify a signature is taken, everything else is left out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import RSAAlgorithm

from bartizan.guard.identity.jwks import parse_jwks
from bartizan.model import InputError
from tests.guard.identity.support import jwk, jwks, private

_SMALL = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - what must be left out
_SMALL = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - what has to be left out
WEAK = RSAAlgorithm.to_jwk(_SMALL.public_key(), as_dict=True)
PRIVATE = RSAAlgorithm.to_jwk(private("rsa-1"), as_dict=True)


@pytest.mark.parametrize(
    ("name", "algorithms"),
    [
        ("rsa-1", {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}),
        ("p256-1", {"ES256"}),
        ("p384-1", {"ES384"}),
        ("p521-1", {"ES512"}),
        ("ed-1", {"EdDSA", "Ed25519"}),
    ],
)
def test_a_key_is_for_its_own_kind_of_algorithm(name: str, algorithms: set[str]) -> None:
    keys = parse_jwks(jwks(name))
    every = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
    assert {one for one in every if keys.find(name, one) is not None} == algorithms


def test_a_key_that_names_its_algorithm_is_for_no_other() -> None:
    keys = parse_jwks(jwks(jwk("rsa-1", alg="RS256")))
    assert keys.find("rsa-1", "RS256") is not None
    assert keys.find("rsa-1", "PS256") is None


def test_without_an_id_only_one_key_may_fit() -> None:
    assert parse_jwks(jwks("rsa-1", "p256-1")).find("", "RS256") is not None
    assert parse_jwks(jwks("rsa-1", "rsa-2")).find("", "RS256") is None


def test_the_same_id_may_be_of_two_kinds() -> None:
    keys = parse_jwks(jwks(jwk("rsa-1", kid="k"), jwk("p256-1", kid="k")))
    assert len(keys) == 2
    fit = [keys.find("k", name) for name in ("RS256", "ES256")]
    assert [one.kind for one in fit if one is not None] == ["RSA", "P-256"]


@pytest.mark.parametrize(
    "one",
    [
        {"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "kid": "a"},
        {**PRIVATE, "kid": "a"},
        {**WEAK, "kid": "a"},
        jwk("rsa-1", use="enc"),
        jwk("rsa-1", kid=7),
        jwk("rsa-1", alg=["RS256"]),
        jwk("rsa-1", key_ops=["encrypt"]),
        jwk("rsa-1", key_ops="verify"),
        jwk("rsa-1", n=3),
        jwk("rsa-1", n="!"),
        jwk("rsa-1", n="ü"),
        jwk("rsa-1", e="Ag"),
        jwk("rsa-1", n="_" * 2000),
        jwk("p256-1", x="AAAA"),
        jwk("p256-1", crv="P-999"),
        jwk("p256-1", crv="secp256k1"),
        jwk("ed-1", x="AAAA"),
        jwk("ed-1", crv="X25519"),
        {"kty": "AKP", "kid": "a", "pub": "AAAA"},
        {"kty": 1},
        {},
        "text",
    ],
)
def test_what_cannot_verify_is_left_out_and_the_rest_stays(one: Any) -> None:
    keys = parse_jwks(json.dumps({"keys": [one, jwk("rsa-2", key_ops=["verify"])]}).encode())
    assert len(keys) == 1
    assert keys.knows("rsa-2")
    with pytest.raises(InputError, match="no key that can verify"):
        parse_jwks(json.dumps({"keys": [one]}).encode())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 500_000, "not JSON"),
        (b"[]", "no list of keys"),
        (b"{}", "no list of keys"),
        (b'{"keys": {}}', "no list of keys"),
        (b'{"keys": [' + b"1," * 300 + b"1]}", "no list of keys"),
        (b'{"keys": []}', "no key that can verify"),
        (b" " * 1_000_001, "too large"),
    ],
)
def test_what_is_no_key_set_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_jwks(content)


def test_two_sets_are_told_apart_by_their_keys_not_by_their_order() -> None:
    assert parse_jwks(jwks("rsa-1", "rsa-2")).content == parse_jwks(jwks("rsa-2", "rsa-1")).content
    swapped = parse_jwks(jwks("rsa-1", jwk("rsa-1", kid="rsa-2"))).content
    assert parse_jwks(jwks("rsa-1", "rsa-2")).content != swapped


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda inner: (
    st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["keys", "kty", "n", "e", "crv", "x", "y", "kid", "use", "alg"]), inner)
)))  # fmt: skip
def test_any_json_is_read_or_refused(tree: Any) -> None:
    for content in (tree, {"keys": [tree]}, {"keys": [{"kty": "RSA", "n": tree, "e": "AQAB"}]}):
        with pytest.raises(InputError):
            parse_jwks(json.dumps(content).encode())
