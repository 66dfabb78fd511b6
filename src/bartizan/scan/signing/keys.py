"""Signatures made with a key: elliptic curves P-256, P-384 and P-521, each with the hash of its size."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from bartizan.model import InputError
from bartizan.scan.signing.bundle import Bundle, encoded
from bartizan.scan.signing.older import LARGEST, older_encoded
from bartizan.scan.signing.refused import Refused

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

__all__ = ["check_signature", "elliptic", "fingerprint", "load_key", "read_file", "verify_with_key"]

_SHOWN = 16
"""Digits of a fingerprint that people compare."""


def read_file(path: Path, most: int = 1 << 20) -> bytes:
    """Return the content of a file that was given as an option. Raises InputError."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise InputError(f"`{path}` can't be read: {(error.strerror or 'unknown error').lower()}") from error
    if len(data) > most:
        raise InputError(f"`{path}` is too large for what it should be")
    return data


def load_key(path: Path) -> EllipticCurvePublicKey:
    """Read a public key, PEM. Raises InputError for anything else."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    data = read_file(path)
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        help = "give the public key as PEM, with `BEGIN PUBLIC KEY`"
        if b"PRIVATE KEY" in data:
            help = "that is a private key: keep it to yourself, and give the public one"
        elif b"BEGIN CERTIFICATE" in data:
            help = "that is a certificate: give it with --certificate-chain"
        raise InputError(f"`{path}` holds no public key", help=help) from error
    found = elliptic(key)
    if found is None:
        raise InputError(f"`{path}` is no key that model signing uses", help="those are of the curves P-256 to P-521")
    return found


def elliptic(key: object) -> EllipticCurvePublicKey | None:
    """Return a key when it is of a curve that model signing uses."""
    from cryptography.hazmat.primitives.asymmetric import ec

    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in ("secp256r1", "secp384r1", "secp521r1"):
        return key
    return None


def fingerprint(key: EllipticCurvePublicKey) -> str:
    """Return the SHA-256 of a key's PEM form, in hexadecimal, as bundles name keys."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _hints(key: EllipticCurvePublicKey) -> set[str]:
    """Return what bundles call a key: model signing digests its PEM form, other tools the DER form."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return {fingerprint(key), digest.hexdigest(), base64.b64encode(digest.digest()).decode()}


def check_signature(key: EllipticCurvePublicKey, bundle: Bundle) -> None:
    """Verify the signature over the payload and its type. Raises Refused."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    size = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}[key.curve.key_size]
    encodings = [encoded, older_encoded] if len(bundle.payload) <= LARGEST else [encoded]
    for encoding in encodings:
        try:
            key.verify(bundle.signature, encoding(bundle.payload_type, bundle.payload), ec.ECDSA(size))
        except InvalidSignature:
            continue
        return
    raise Refused("signature-invalid", "this key did not make the signature over what the file says")


def verify_with_key(bundle: Bundle, key: EllipticCurvePublicKey) -> None:
    """Verify a bundle with a key. Raises Refused, also where the bundle names another key."""
    if bundle.hint and bundle.hint not in _hints(key):
        named, own = bundle.hint[:_SHOWN], fingerprint(key)[:_SHOWN]
        raise Refused("signature-by-another", f"it names the key {named}, and the one given is {own}")
    check_signature(key, bundle)
