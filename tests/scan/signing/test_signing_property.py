"""Whatever a signature file holds: it is refused with an error for people, or says what it said before."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import InputError
from bartizan.scan.signing import Refused, Statement, Trust, check, inventory, signed_statement
from tests.scan.signing.support import (
    FILES,
    NOW,
    Sigstore,
    certificate,
    chained,
    keyed,
    leaf_extensions,
    pem_key,
    resources,
    statement,
    write,
)

PAYLOAD = statement(resources(FILES))
KEY = ec.generate_private_key(ec.SECP256R1())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[dict[str, Any], Trust]]:
    """Give a good bundle, and whom to trust, for each way of signing."""
    folder = tmp_path_factory.mktemp("trust")
    (folder / "public.pem").write_bytes(pem_key(KEY))
    root = certificate("root", KEY, "root", KEY)
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    leaf_key = ec.generate_private_key(ec.SECP384R1())
    leaf = certificate("models", leaf_key, "root", KEY, leaf_extensions())
    sigstore = Sigstore()
    (folder / "trusted_root.json").write_text(json.dumps(sigstore.trusted_root()), encoding="utf-8")
    out = {
        "key": (keyed(PAYLOAD, KEY), Trust(key=folder / "public.pem", at=NOW)),
        "certificate": (chained(PAYLOAD, leaf_key, [leaf]), Trust(certificates=(folder / "root.pem",), at=NOW)),
    }
    if _has_sigstore():
        trust = Trust(
            identity="models@example.com",
            issuer="https://login.example.com",
            root=folder / "trusted_root.json",
            at=NOW,
        )
        out["keyless"] = (sigstore.sign(PAYLOAD), trust)
    return out


@cache
def _has_sigstore() -> bool:
    try:
        import sigstore  # noqa: F401
    except ImportError:
        return False
    return True


def read(data: bytes, trust: Trust) -> Statement | None:
    try:
        return signed_statement(data, "model.sig", trust)[1]
    except (InputError, Refused):
        return None


WAYS = pytest.mark.parametrize("way", ["key", "certificate", *(["keyless"] if _has_sigstore() else [])])


@WAYS
def test_unchanged_it_verifies(way: str, ways: dict[str, tuple[dict[str, Any], Trust]]) -> None:
    bundle, trust = ways[way]
    assert read(json.dumps(bundle).encode(), trust) is not None


@WAYS
@given(data=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_anything_is_no_signature(way: str, ways: dict[str, tuple[dict[str, Any], Trust]], data: bytes) -> None:
    assert read(data, ways[way][1]) is None


@WAYS
@given(at=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_another_byte_changes_nothing_that_is_signed(
    way: str, ways: dict[str, tuple[dict[str, Any], Trust]], at: float, byte: int
) -> None:
    bundle, trust = ways[way]
    data = bytearray(json.dumps(bundle).encode())
    good = read(bytes(data), trust)
    data[int(at * len(data))] = byte
    assert read(bytes(data), trust) in (None, good)


@WAYS
@given(at=st.integers(0, 1000), value=JSON)
def test_another_value_changes_nothing_that_is_signed(
    way: str, ways: dict[str, tuple[dict[str, Any], Trust]], at: int, value: Any
) -> None:
    bundle, trust = ways[way]
    good = read(json.dumps(bundle).encode(), trust)
    changed = copy.deepcopy(bundle)
    places = list(_places(changed))
    holder, key = places[at % len(places)]
    holder[key] = value
    assert read(json.dumps(changed).encode(), trust) in (None, good)


def _places(value: Any) -> Any:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield value, key
        yield from _places(inner)


@given(at=st.integers(0, 1000), value=JSON | st.sampled_from(["../../etc/passwd", "/etc/passwd", ".", "model.bin:0:4"]))
def test_a_signer_can_say_anything(
    ways: dict[str, tuple[dict[str, Any], Trust]], tmp_path_factory: pytest.TempPathFactory, at: int, value: Any
) -> None:
    said = json.loads(PAYLOAD)
    places = list(_places(said))
    holder, key = places[at % len(places)]
    holder[key] = value
    found = read(json.dumps(keyed(json.dumps(said).encode(), KEY)).encode(), ways["key"][1])
    if found is None:
        return
    root = _model(tmp_path_factory)
    try:
        compared = inventory(root, found, root / "model.sig")
    except InputError:
        return
    for one in check(compared, found.algorithm, found.shard, lambda *_: None):
        assert one.path == "" or (root / one.path).resolve().is_relative_to(root.resolve())


def _model(factory: pytest.TempPathFactory) -> Path:
    root = factory.getbasetemp() / "any-model"
    return root if root.exists() else write(root, FILES)
