"""Signatures made with keys: which keys do, and what a change of any part does."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from bartizan.model import InputError
from bartizan.scan.signing import Refused, Signer, Statement, Trust, signed_statement
from bartizan.scan.signing.bundle import parse_bundle
from tests.scan.signing.support import FILES, NOW, bundle, encoded, keyed, pem_key, resources, statement

KEY = ec.generate_private_key(ec.SECP256R1())
PAYLOAD = statement(resources(FILES))


def verified(signed: Any, folder: Path, key: bytes | None = None) -> tuple[Signer, Statement]:
    (folder / "public.pem").write_bytes(pem_key(KEY) if key is None else key)
    data = signed if isinstance(signed, bytes) else json.dumps(signed).encode()
    return signed_statement(data, "model.sig", Trust(key=folder / "public.pem", at=NOW))


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()], ids=lambda curve: curve.name)
def test_each_curve_has_its_hash(curve: ec.EllipticCurve, tmp_path: Path) -> None:
    key = ec.generate_private_key(curve)
    signer, listed = verified(keyed(PAYLOAD, key), tmp_path, pem_key(key))
    assert (signer.means, len(signer.fingerprint)) == ("key", 64)
    assert set(listed.files) == set(FILES)


def test_another_key_is_refused_by_name_and_without_one(tmp_path: Path) -> None:
    signed = keyed(PAYLOAD, ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(Refused) as refused:
        verified(signed, tmp_path)
    assert refused.value.rule == "signature-by-another"
    del signed["verificationMaterial"]["publicKey"]
    with pytest.raises(Refused) as refused:
        verified(signed, tmp_path)
    assert refused.value.rule == "signature-invalid"


def test_a_bundle_need_not_name_its_key(tmp_path: Path) -> None:
    signed = keyed(PAYLOAD, KEY)
    signed["verificationMaterial"] = {"publicKey": {}}
    assert verified(signed, tmp_path)[0].means == "key"


def test_a_key_may_be_named_by_its_der_form(tmp_path: Path) -> None:
    signed = keyed(PAYLOAD, KEY)
    der = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for hint in (hashlib.sha256(der).hexdigest(), base64.b64encode(hashlib.sha256(der).digest()).decode()):
        signed["verificationMaterial"]["publicKey"]["hint"] = hint
        assert verified(signed, tmp_path)[0].means == "key"


def test_payload_type_and_signature_belong_together(tmp_path: Path) -> None:
    good = keyed(PAYLOAD, KEY)
    other = keyed(statement(resources({"model.bin": b"other"})), KEY)
    for part in ("payload", "signatures"):
        envelope = good["dsseEnvelope"] | {part: other["dsseEnvelope"][part]}
        with pytest.raises(Refused, match="did not make"):
            verified(good | {"dsseEnvelope": envelope}, tmp_path)
    # A signature over the bare payload is none over payload and type.
    bare = bundle(PAYLOAD, base64.b64decode(good["dsseEnvelope"]["signatures"][0]["sig"])[:-1], {"publicKey": {}})
    with pytest.raises(Refused):
        verified(bare, tmp_path)
    assert encoded(PAYLOAD).startswith(b"DSSEv1 28 application/vnd.in-toto+json ")


@pytest.mark.parametrize(
    "change",
    [
        {"mediaType": "application/json"},
        {"dsseEnvelope": None},
        {"verificationMaterial": []},
        {"dsseEnvelope": {"payload": "!", "payloadType": "x", "signatures": []}},
        {"dsseEnvelope": {"payload": "", "payloadType": "application/vnd.in-toto+json", "signatures": []}},
        {"dsseEnvelope": {"payload": "", "payloadType": "text/plain", "signatures": [{"sig": ""}]}},
        {
            "dsseEnvelope": {
                "payload": "AA==",
                "payloadType": "application/vnd.in-toto+json",
                "signatures": [{"sig": ""}],
            }
        },
        {"dsseEnvelope": keyed(PAYLOAD, KEY)["dsseEnvelope"] | {"signatures": [{"sig": "AA=="}, {"sig": "AA=="}]}},
        {"verificationMaterial": {"x509CertificateChain": {"certificates": [{"rawBytes": ""}] * 17}}},
        {
            "verificationMaterial": {
                "certificate": {"rawBytes": ""},
                "x509CertificateChain": {"certificates": [{"rawBytes": ""}]},
            }
        },
    ],
)
def test_what_is_no_bundle_of_one_signature_is_told(change: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError):
        verified(keyed(PAYLOAD, KEY) | change, tmp_path)


@pytest.mark.parametrize("data", [b"", b"\xff", b"null", b"[" * 100_000, b'{"mediaType": "\\ud800"}'])
def test_what_is_no_bundle_at_all_is_told(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no signature that can be read"):
        verified(data, tmp_path)


def test_keys_that_do_not_do_are_told(tmp_path: Path) -> None:
    def public(key: Any) -> bytes:
        data = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        assert isinstance(data, bytes)
        return data

    private = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signed = keyed(PAYLOAD, KEY)
    with pytest.raises(InputError, match="holds no public key") as error:
        verified(signed, tmp_path, private)
    assert "private key" in error.value.help
    with pytest.raises(InputError) as error:
        verified(signed, tmp_path, b"-----BEGIN CERTIFICATE-----")
    assert "--certificate-chain" in error.value.help
    for key in (
        public(ed25519.Ed25519PrivateKey.generate()),
        public(rsa.generate_private_key(65537, 2048)),
        public(ec.generate_private_key(ec.SECP256K1())),
    ):
        with pytest.raises(InputError, match="no key that model signing uses"):
            verified(signed, tmp_path, key)
    with pytest.raises(InputError, match="too large"):
        verified(signed, tmp_path, b"x" * (1 << 20) + b"x")
    with pytest.raises(InputError, match="can't be read"):
        signed_statement(json.dumps(signed).encode(), "model.sig", Trust(key=tmp_path / "missing", at=NOW))


def test_somebody_must_be_trusted() -> None:
    with pytest.raises(InputError, match="nobody is trusted"):
        signed_statement(json.dumps(keyed(PAYLOAD, KEY)).encode(), "model.sig", Trust(at=NOW))


@pytest.mark.parametrize(
    ("entry", "at"),
    [
        ({}, 0),
        ({"integratedTime": "1780315200"}, 0),
        ({"integratedTime": "1780315200", "inclusionPromise": {}}, 1780315200),
        ({"integratedTime": "soon", "inclusionPromise": {}}, 0),
        ({"integratedTime": "9" * 30, "inclusionPromise": {}}, 0),
    ],
)
def test_the_time_is_what_a_log_promised(entry: dict[str, Any], at: int) -> None:
    signed = bundle(PAYLOAD, b"", {"tlogEntries": [entry]})
    assert parse_bundle(json.dumps(signed).encode(), "model.sig").logged_at == at
