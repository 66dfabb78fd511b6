"""Signs small models as model signing does: with keys, with certificates made here, and with a little sigstore."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

__all__ = [
    "FILES",
    "NOW",
    "Sigstore",
    "bundle",
    "certificate",
    "chained",
    "encoded",
    "keyed",
    "leaf_extensions",
    "pem_key",
    "resources",
    "statement",
    "usage",
    "write",
]

FILES = {"config.json": b'{"layers": 2}', "model.bin": b"weights of a small model", "sub/vocab.txt": b"one\ntwo\n"}
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
_TYPE = "application/vnd.in-toto+json"
_HASHES: dict[str, Callable[[bytes], Any]] = {"sha256": hashlib.sha256, "blake2b": hashlib.blake2b}


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def resources(files: dict[str, bytes], algorithm: str = "sha256", shard: int = 0) -> list[dict[str, Any]]:
    out = []
    for name, data in sorted(files.items()):
        for start in range(0, len(data), shard) if shard else (0,):
            part = data[start : start + shard] if shard else data
            place = f":{start}:{start + len(part)}" if shard else ""
            said = f"{algorithm}-sharded-{shard}" if shard else algorithm
            out.append({"name": name + place, "algorithm": said, "digest": _HASHES[algorithm](part).hexdigest()})
    return out


def statement(listed: list[dict[str, Any]], *, whole: str | None = None, **how: Any) -> bytes:
    """Return a statement; `whole` stands instead of the right digest over all, `how` changes the serialization."""
    digest = hashlib.sha256(b"".join(bytes.fromhex(one["digest"]) for one in listed)).hexdigest()
    serialization = {"method": "files", "hash_type": "sha256", "allow_symlinks": False, "ignore_paths": ["model.sig"]}
    return json.dumps(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": "model", "digest": {"sha256": whole or digest}}],
            "predicateType": "https://model_signing/signature/v1.0",
            "predicate": {"serialization": serialization | how, "resources": listed},
        }
    ).encode()


def encoded(payload: bytes) -> bytes:
    return f"DSSEv1 {len(_TYPE)} {_TYPE} {len(payload)} ".encode() + payload


def bundle(payload: bytes, signature: bytes, material: dict[str, Any]) -> dict[str, Any]:
    return {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {**material},
        "dsseEnvelope": {
            "payload": b64(payload),
            "payloadType": _TYPE,
            "signatures": [{"sig": b64(signature), "keyid": ""}],
        },
    }


def pem_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _signed(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    size = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}[key.curve.key_size]
    return key.sign(data, ec.ECDSA(size))


def keyed(payload: bytes, key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    hint = hashlib.sha256(pem_key(key)).hexdigest()
    return bundle(payload, _signed(key, encoded(payload)), {"publicKey": {"hint": hint}, "tlogEntries": []})


def chained(payload: bytes, key: ec.EllipticCurvePrivateKey, chain: list[x509.Certificate]) -> dict[str, Any]:
    rows = [{"rawBytes": b64(one.public_bytes(Encoding.DER))} for one in chain]
    material = {"x509CertificateChain": {"certificates": rows}, "tlogEntries": []}
    return bundle(payload, _signed(key, encoded(payload)), material)


def usage(*, sign: bool, issue: bool) -> x509.KeyUsage:
    return x509.KeyUsage(sign, False, False, False, False, issue, issue, False, False)


def leaf_extensions() -> list[tuple[x509.ExtensionType, bool]]:
    return [
        (x509.BasicConstraints(False, None), True),
        (usage(sign=True, issue=False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), False),
        (x509.SubjectAlternativeName([x509.RFC822Name("models@example.com"), x509.DNSName("example.com")]), False),
    ]


def _builder(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    extensions: list[tuple[x509.ExtensionType, bool]],
    spell: tuple[datetime, datetime],
) -> x509.CertificateBuilder:
    def name(common: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)] if common else [])

    out = x509.CertificateBuilder(name(issuer), name(subject), key.public_key(), 4711, *spell)
    for extension, critical in extensions:
        out = out.add_extension(extension, critical)
    out = out.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    return out.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)


def certificate(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    extensions: list[tuple[x509.ExtensionType, bool]] | None = None,
    spell: tuple[datetime, datetime] = (NOW - timedelta(30), NOW + timedelta(30)),
) -> x509.Certificate:
    """Issue a certificate; without `extensions` it is one that may issue others."""
    if extensions is None:
        extensions = [(x509.BasicConstraints(True, None), True), (usage(sign=False, issue=True), True)]
    return _builder(subject, key, issuer, issuer_key, extensions, spell).sign(issuer_key, hashes.SHA256())


_SCT_LIST = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")


def der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2)
    return bytes([tag]) + length + content


class Sigstore:
    """Certificate authority, log of certificates and log of signatures in one, with keys of their own."""

    def __init__(self) -> None:
        self.root_key, self.issuing_key, self.ct_key, self.log_key = (
            ec.generate_private_key(ec.SECP256R1()) for _ in range(4)
        )
        spell = (NOW - timedelta(400), NOW + timedelta(400))
        self.root = certificate("root", self.root_key, "root", self.root_key, spell=spell)
        self.issuing = certificate("issuing", self.issuing_key, "root", self.root_key, spell=spell)

    def trusted_root(self) -> dict[str, Any]:
        start = {"start": f"{NOW - timedelta(400):%Y-%m-%dT%H:%M:%SZ}"}

        def log(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
            public = {"rawBytes": b64(_spki(key)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": start}
            return {
                "baseUrl": "https://log.example.com",
                "hashAlgorithm": "SHA2_256",
                "publicKey": public,
                "logId": {"keyId": b64(_key_id(key))},
            }

        chain = [{"rawBytes": b64(one.public_bytes(Encoding.DER))} for one in (self.issuing, self.root)]
        authority = {
            "subject": {"organization": "example", "commonName": "issuing"},
            "uri": "https://ca.example.com",
            "certChain": {"certificates": chain},
            "validFor": start,
        }
        return {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log(self.log_key)],
            "certificateAuthorities": [authority],
            "ctlogs": [log(self.ct_key)],
            "timestampAuthorities": [],
        }

    def sign(
        self,
        payload: bytes,
        identity: str = "models@example.com",
        issuer: str = "https://login.example.com",
        *,
        old_issuer: str | None = None,
        logged: datetime = NOW,
    ) -> dict[str, Any]:
        """Sign a statement; `logged` is when the log says it was, and `old_issuer` what the older extension says."""
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = self._issue(key, identity, issuer, issuer if old_issuer is None else old_issuer)
        signature = _signed(key, encoded(payload))
        entry = self._log(payload, signature, leaf, int(logged.timestamp()))
        raw = b64(leaf.public_bytes(Encoding.DER))
        return bundle(payload, signature, {"certificate": {"rawBytes": raw}, "tlogEntries": [entry]})

    def _issue(self, key: ec.EllipticCurvePrivateKey, identity: str, issuer: str, old: str) -> x509.Certificate:
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (usage(sign=True, issue=False), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), False),
            (x509.SubjectAlternativeName([_name(identity)]), True),
            (_fulcio(1, old.encode()), False),
            (_fulcio(8, der(0x0C, issuer.encode())), False),
        ]
        spell = (NOW - timedelta(minutes=5), NOW + timedelta(minutes=5))
        builder = _builder("", key, "issuing", self.issuing_key, extensions, spell)
        # What the log of certificates signs is the certificate without this signature in it.
        without = builder.sign(self.issuing_key, hashes.SHA256()).tbs_certificate_bytes
        issued = hashlib.sha256(_spki(self.issuing_key)).digest()
        milliseconds = int(NOW.timestamp() * 1000)
        entry = struct.pack("!BBQH", 0, 0, milliseconds, 1) + issued + len(without).to_bytes(3) + without + b"\0\0"
        signature = _signed(self.ct_key, entry)
        sct = b"\0" + _key_id(self.ct_key) + struct.pack("!QHBBH", milliseconds, 0, 4, 3, len(signature)) + signature
        listed = struct.pack("!HH", len(sct) + 2, len(sct)) + sct
        extension = x509.UnrecognizedExtension(_SCT_LIST, der(0x04, listed))
        return builder.add_extension(extension, False).sign(self.issuing_key, hashes.SHA256())

    def _log(self, payload: bytes, signature: bytes, leaf: x509.Certificate, at: int) -> dict[str, Any]:
        signatures = [{"signature": b64(signature), "verifier": b64(leaf.public_bytes(Encoding.PEM))}]
        spec = {
            "envelopeHash": {"algorithm": "sha256", "value": hashlib.sha256(b"envelope").hexdigest()},
            "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()},
            "signatures": signatures,
        }
        body = _canonical({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec})
        other = hashlib.sha256(b"\0another entry").digest()
        root = hashlib.sha256(b"\1" + hashlib.sha256(b"\0" + body).digest() + other).digest()
        note = f"log.example.com - 1\n2\n{b64(root)}\n"
        signed_note = b64(_key_id(self.log_key)[:4] + _signed(self.log_key, note.encode()))
        promise = {"body": b64(body), "integratedTime": at, "logID": _key_id(self.log_key).hex(), "logIndex": 40}
        return {
            "logIndex": "40",
            "logId": {"keyId": b64(_key_id(self.log_key))},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": str(at),
            "inclusionPromise": {"signedEntryTimestamp": b64(_signed(self.log_key, _canonical(promise)))},
            "inclusionProof": {
                "logIndex": "0",
                "rootHash": b64(root),
                "treeSize": "2",
                "hashes": [b64(other)],
                "checkpoint": {"envelope": f"{note}\n\u2014 log.example.com {signed_note}\n"},
            },
            "canonicalizedBody": b64(body),
        }


def _fulcio(number: int, value: bytes) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(ObjectIdentifier(f"1.3.6.1.4.1.57264.1.{number}"), value)


def _name(identity: str) -> x509.GeneralName:
    """Addresses of pipelines are URIs, names with `!` are those of accounts without a mail address."""
    if "!" in identity:
        return x509.OtherName(ObjectIdentifier("1.3.6.1.4.1.57264.1.7"), der(0x0C, identity.encode()))
    return x509.UniformResourceIdentifier(identity) if "://" in identity else x509.RFC822Name(identity)


def _canonical(value: dict[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _key_id(key: ec.EllipticCurvePrivateKey) -> bytes:
    return hashlib.sha256(_spki(key)).digest()
