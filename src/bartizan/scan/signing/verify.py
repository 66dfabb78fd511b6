"""From a signature file and whom one trusts to who signed, and what."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from bartizan.model import InputError
from bartizan.scan.signing.bundle import Bundle, parse_bundle
from bartizan.scan.signing.statement import Statement, check_kind, parse_statement

__all__ = ["Signer", "Trust", "signed_statement"]


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """Whom one trusts: a public key; or certificates, and perhaps whom they must be for; or an identity of an issuer.

    `root` is the trust root of keyless signatures. `at` is when certificates must hold.
    """

    key: Path | None = None
    certificates: tuple[Path, ...] = ()
    identity: str | None = None
    issuer: str | None = None
    root: Path | None = None
    at: datetime


class Signer(msgspec.Struct, frozen=True, kw_only=True):
    """Who signed. `who` are the names of a certificate; `fingerprint` is that of the key; `when` is None if unknown."""

    means: Literal["key", "certificate", "keyless"]
    who: list[str] = []
    issuer: str = ""
    fingerprint: str = ""
    when: datetime | None = None


def signed_statement(data: bytes, file: str, trust: Trust) -> tuple[Signer, Statement]:
    """Verify a signature file, and return who signed, and what.

    Raises Refused where the signature does not do, InputError where file or trust can't be read.
    """
    bundle = parse_bundle(data, file)
    check_kind(bundle.payload_type, bundle.payload, file)
    signer = _verified(bundle, data, file, trust)
    return signer, parse_statement(bundle.payload, file)


def _verified(bundle: Bundle, data: bytes, file: str, trust: Trust) -> Signer:
    if trust.key is not None:
        from bartizan.scan.signing.keys import fingerprint, load_key, verify_with_key

        key = load_key(trust.key)
        verify_with_key(bundle, key)
        return Signer(means="key", fingerprint=fingerprint(key))
    if trust.certificates:
        from bartizan.scan.signing.certificates import load_certificates, names, verify_with_certificate
        from bartizan.scan.signing.keys import elliptic, fingerprint

        trusted = load_certificates(trust.certificates)
        leaf = verify_with_certificate(bundle, trusted, trust.identity, trust.at, file)
        key_of_leaf = elliptic(leaf.public_key())
        assert key_of_leaf is not None
        return Signer(
            means="certificate",
            who=names(leaf),
            issuer=leaf.issuer.rfc4514_string(),
            fingerprint=fingerprint(key_of_leaf),
        )
    if trust.identity is None or trust.issuer is None or trust.root is None:
        raise InputError("nobody is trusted", help="give --key, --certificate-chain, or --identity with its --issuer")
    from bartizan.scan.signing.keyless import verify_keyless

    verify_keyless(bundle, data, trust.root, trust.identity, trust.issuer, file)
    when = datetime.fromtimestamp(bundle.logged_at, UTC) if bundle.logged_at else None
    return Signer(means="keyless", who=[trust.identity], issuer=trust.issuer, when=when)
