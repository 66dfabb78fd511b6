"""Signatures made with a certificate: a chain to certificates that are trusted, what it may be used for, and for whom.

Revocation is not looked up, as nothing here goes to the network. A bundle has no time that anyone vouches for, so the
chain must hold today, or on the day that is given.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bartizan.model import InputError
from bartizan.scan.signing.bundle import Bundle
from bartizan.scan.signing.keys import check_signature, elliptic, read_file
from bartizan.scan.signing.refused import Refused

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

__all__ = ["broken", "load_certificates", "names", "strictly", "verify_with_certificate"]

_DEPTH = 8


def broken() -> tuple[type[Exception], ...]:
    """Return what `cryptography` raises for certificates that break their format, some only when a field is read."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    return (
        ValueError,
        UnsupportedAlgorithm,
        x509.DuplicateExtension,
        x509.InvalidVersion,
        x509.UnsupportedGeneralNameType,
    )


@contextmanager
def strictly() -> Iterator[None]:
    """Take a certificate that RFC 5280 forbids for broken: the library only warns of it. Raises ValueError for one."""
    from cryptography.utils import CryptographyDeprecationWarning

    with warnings.catch_warnings():
        warnings.simplefilter("error", CryptographyDeprecationWarning)
        try:
            yield
        except CryptographyDeprecationWarning:
            raise ValueError("it has what RFC 5280 forbids, such as a serial number below 1") from None


def load_certificates(paths: tuple[Path, ...]) -> list[Certificate]:
    """Read certificates that are trusted, PEM. Raises InputError."""
    from cryptography import x509

    found: list[Certificate] = []
    for path in paths:
        data = read_file(path, 16 << 20)
        try:
            with strictly():
                found += x509.load_pem_x509_certificates(data)
        except broken() as error:
            raise InputError(f"`{path}` holds no certificates", help="give them as PEM") from error
    return found


def verify_with_certificate(
    bundle: Bundle, trusted: list[Certificate], identity: str | None, at: datetime, file: str
) -> Certificate:
    """Verify a bundle, and return the certificate that signed it.

    `at` is when the chain must hold. Raises Refused, and InputError where the bundle holds no certificates.
    """
    from cryptography import x509

    if not bundle.certificates:
        raise InputError(f"`{file}` holds no certificate", help="it was signed with a key: give that with --key")
    try:
        with strictly():
            leaf, *others = [x509.load_der_x509_certificate(one) for one in bundle.certificates]
        _check_chain(leaf, others, trusted, at)
        _usage(leaf)
        named = names(leaf)
        key = elliptic(leaf.public_key())
    except broken() as error:
        raise InputError(f"`{file}` holds a certificate that breaks its format: {error}") from error
    if identity is not None and not _is(identity, leaf, named):
        raise Refused("signature-by-another", f"its certificate is for {_listed(named)}, not for `{identity}`")
    if key is None:
        raise Refused("signature-not-verifiable", "the key of its certificate is not of the curves P-256 to P-521")
    check_signature(key, bundle)
    return leaf


def _check_chain(leaf: Certificate, others: list[Certificate], trusted: list[Certificate], at: datetime) -> None:
    """Find a chain from the signer's certificate to a trusted one. Raises Refused."""
    own = [one for one in trusted if one.subject == one.issuer]
    # Whoever gives only certificates that others issued means to trust these.
    anchors = own or trusted
    between = [*others, *(one for one in trusted if one not in anchors)]
    chain, why = _built(leaf, between, anchors, at)
    if chain is not None:
        return
    elsewhen, _ = _built(leaf, between, anchors, leaf.not_valid_before_utc)
    if elsewhen is not None:
        ends = min(one.not_valid_after_utc for one in elsewhen)
        spell = f"from {leaf.not_valid_before_utc:%Y-%m-%d} to {ends:%Y-%m-%d}"
        raise Refused("signature-certificate-unfit", f"its certificates are valid {spell}, not on {at:%Y-%m-%d}")
    issuer = leaf.issuer.rfc4514_string()[:100]
    raise Refused("signature-by-another", f"no chain leads to a trusted certificate from one of `{issuer}`: {why}")


def _built(
    leaf: Certificate, between: list[Certificate], anchors: list[Certificate], at: datetime
) -> tuple[list[Certificate] | None, str]:
    from cryptography import x509
    from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

    def may_issue(_policy: Any, _certificate: Certificate, found: x509.BasicConstraints) -> None:
        if not found.ca:
            raise ValueError("a certificate in between may not issue others")

    def may_sign(_policy: Any, _certificate: Certificate, found: x509.KeyUsage | None) -> None:
        if found is not None and not found.key_cert_sign:
            raise ValueError("a certificate in between may not sign others")

    # The web's rules ask for a server's or client's names and usages; those of code signing are checked apart.
    issuers = (
        ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, may_issue)
        .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, may_sign)
    )
    verifier = (
        PolicyBuilder()
        .store(Store(anchors))
        .time(at)
        .max_chain_depth(_DEPTH)
        .extension_policies(ca_policy=issuers, ee_policy=ExtensionPolicy.permit_all())
        .build_client_verifier()
    )
    try:
        return verifier.verify(leaf, between).chain, ""
    except VerificationError as error:
        return None, str(error).removeprefix("validation failed: ")[:160]


def _usage(certificate: Certificate) -> None:
    """Tell that a certificate is for signatures, by key usage or extended key usage, and that neither is against it."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    usage = extended = None
    for one in certificate.extensions:
        if isinstance(one.value, x509.KeyUsage):
            usage = one.value.digital_signature
        elif isinstance(one.value, x509.ExtendedKeyUsage):
            fit = (ExtendedKeyUsageOID.CODE_SIGNING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE)
            extended = any(each in fit for each in one.value)
    if usage is False:
        raise Refused("signature-certificate-unfit", "its key usage does not allow signatures")
    if extended is False:
        raise Refused("signature-certificate-unfit", "its extended key usage does not name code signing")
    if usage is None and extended is None:
        raise Refused("signature-certificate-unfit", "its certificate does not say that it is for signatures")


def names(certificate: Certificate) -> list[str]:
    """Return whom a certificate is for: alternative names (mail addresses, URIs, hosts), else the subject."""
    from cryptography import x509

    out: list[str] = []
    for one in certificate.extensions:
        if isinstance(one.value, x509.SubjectAlternativeName):
            for kind in (x509.RFC822Name, x509.UniformResourceIdentifier, x509.DNSName):
                out += one.value.get_values_for_type(kind)
    return out or [certificate.subject.rfc4514_string()]


def _is(identity: str, certificate: Certificate, named: list[str]) -> bool:
    """Tell whether a certificate is for somebody. Exactly so: case matters in the local part of an address."""
    from cryptography.x509.oid import NameOID

    common = [one.value for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    return identity in (*named, certificate.subject.rfc4514_string(), *common)


def _listed(named: list[str]) -> str:
    return ", ".join(f"`{one[:100]}`" for one in named[:3]) + (" and others" if len(named) > 3 else "")
