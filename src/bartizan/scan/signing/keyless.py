"""Keyless signatures: a certificate of some minutes for a person or pipeline, kept in public logs.

Certificate authority (Fulcio), log of certificates and log of signatures (Rekor) are those of a trust root that is
given; the library `sigstore` verifies against it, and nothing is fetched.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bartizan.model import InputError, Place
from bartizan.scan.signing.bundle import Bundle
from bartizan.scan.signing.certificates import broken, strictly
from bartizan.scan.signing.keys import read_file
from bartizan.scan.signing.refused import Refused

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from sigstore.verify import Verifier

__all__ = ["utf8_string", "verify_keyless"]

_ISSUER = "1.3.6.1.4.1.57264.1.1"
_ISSUER_DER = "1.3.6.1.4.1.57264.1.8"
_OTHER_NAME = "1.3.6.1.4.1.57264.1.7"
"""Fulcio's extensions: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md"""


class _Root(msgspec.Struct, rename="camel"):
    certificate_authorities: list[msgspec.Raw] = []
    ctlogs: list[msgspec.Raw] = []
    tlogs: list[msgspec.Raw] = []


class _Config(msgspec.Struct, rename="camel"):
    trusted_root: _Root


def verify_keyless(bundle: Bundle, data: bytes, root: Path, identity: str, issuer: str, file: str) -> None:
    """Verify a bundle, `data` as a whole: chain, entries in both logs, identity and issuer, and the signature.

    Raises Refused, and InputError where the bundle or the trust root is none, or the library is not installed.
    """
    if not bundle.certificates or not bundle.logged:
        raise InputError(
            f"`{file}` is no keyless signature", help="give --key or --certificate-chain", place=Place(file)
        )
    try:
        from sigstore.errors import CertValidationError, Error
        from sigstore.models import Bundle as Whole
    except ImportError as error:
        raise InputError(
            "keyless signatures need the library `sigstore`, which is not installed",
            help="run `pip install 'bartizan[sigstore]'`",
        ) from error
    verifier = _verifier(root)
    try:
        with strictly():
            kind, payload = verifier.verify_dsse(Whole.from_json(data), _Policy(identity, issuer))
    except CertValidationError as error:
        raise Refused("signature-by-another", f"its certificate is none of the trust root's: {_said(error)}") from error
    except Error as error:
        raise Refused("signature-invalid", _said(error)) from error
    except _unreadable() as error:
        raise Refused("signature-invalid", f"a part of it can't be read: {_said(error)}") from error
    if (kind, payload) != (bundle.payload_type, bundle.payload):
        raise Refused("signature-invalid", "it can be read in two ways")


def _said(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text[:160] or type(error).__name__


def _unreadable() -> tuple[type[Exception], ...]:
    """Return what the library lets through of what it reads broken parts with."""
    return (*broken(), TypeError, AttributeError, LookupError, ArithmeticError, OSError, struct.error)


def _verifier(path: Path) -> Verifier:
    """Make a verifier of a trust root, or of the one in a client's trust configuration. Raises InputError."""
    from sigstore.errors import Error
    from sigstore.models import ClientTrustConfig, TrustedRoot
    from sigstore.verify import Verifier

    data = read_file(path, 16 << 20)
    unreadable: tuple[type[Exception], ...] = (Error, RecursionError, *_unreadable())
    try:
        configuration = b'"trustedRoot"' in data
        root = msgspec.json.decode(data, type=_Config).trusted_root if configuration else _root(data)
        if not (root.certificate_authorities and root.ctlogs and root.tlogs):
            raise InputError(
                f"`{path}` is no complete trust root",
                help="it needs certificateAuthorities, ctlogs and tlogs, as `trusted_root.json` of a sigstore has them",
            )
        if configuration:
            return Verifier(trusted_root=ClientTrustConfig.from_json(data.decode()).trusted_root)
        return Verifier(trusted_root=TrustedRoot.from_file(str(path)))
    except unreadable as error:
        raise InputError(f"`{path}` is no trust root: {_said(error)}", help="give `trusted_root.json`") from error


def _root(data: bytes) -> _Root:
    return msgspec.json.decode(data, type=_Root)


class _Policy:
    """Who may have signed: an identity that the certificate names, as an issuer knew it."""

    def __init__(self, identity: str, issuer: str) -> None:
        self._identity, self._issuer = identity, issuer

    def verify(self, cert: Certificate) -> None:
        """Tell whether a certificate is theirs. Raises Refused."""
        found = _issuers(cert)
        if not found or any(one != self._issuer for one in found):
            named = ", ".join(f"`{one[:100]}`" for one in sorted(found)) or "no issuer"
            raise Refused("signature-by-another", f"its certificate names {named}, not `{self._issuer}`")
        known = _identities(cert)
        if self._identity not in known:
            shown = ", ".join(f"`{one[:100]}`" for one in known[:3]) or "nobody"
            raise Refused("signature-by-another", f"its certificate is for {shown}, not for `{self._identity}`")


def _issuers(certificate: Certificate) -> set[str]:
    """Return what the two extensions say, the older one as bare text; they must not differ."""
    from cryptography import x509

    found: set[str] = set()
    for one in certificate.extensions:
        if isinstance(one.value, x509.UnrecognizedExtension):
            if one.oid.dotted_string == _ISSUER:
                found.add(one.value.value.decode())
            elif one.oid.dotted_string == _ISSUER_DER:
                found.add(utf8_string(one.value.value))
    return found


def _identities(certificate: Certificate) -> list[str]:
    from cryptography import x509

    found: list[str] = []
    for one in certificate.extensions:
        if isinstance(one.value, x509.SubjectAlternativeName):
            found += one.value.get_values_for_type(x509.RFC822Name)
            found += one.value.get_values_for_type(x509.UniformResourceIdentifier)
            others = one.value.get_values_for_type(x509.OtherName)
            found += [utf8_string(each.value) for each in others if each.type_id.dotted_string == _OTHER_NAME]
    return found


def utf8_string(der: bytes) -> str:
    """Read a DER UTF8String, with nothing after it. Raises ValueError."""
    if len(der) < 2 or der[0] != 0x0C:
        raise ValueError("no UTF8String")
    length, start = der[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[2:start])
    if len(der) != start + length:
        raise ValueError("a UTF8String of a wrong length")
    return der[start:].decode()
