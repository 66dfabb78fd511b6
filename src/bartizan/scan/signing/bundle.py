"""Reads a signature file: a sigstore bundle, JSON, that holds a DSSE envelope and what is needed to verify it.

The formats are those of https://docs.sigstore.dev/about/bundle/ and https://github.com/secure-systems-lab/dsse.
"""

from __future__ import annotations

import msgspec

from bartizan.model import InputError, Place

__all__ = ["LARGEST", "Bundle", "encoded", "parse_bundle"]

LARGEST = 128 << 20
"""Bytes of a signature file. A line for each of 500,000 files fits."""
_CERTIFICATES = 16
_MEDIA_TYPES = (
    "application/vnd.dev.sigstore.bundle.v0.3+json",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.1",
)


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """What a signature file says; none of it is trusted by itself.

    `hint` names the key, as the SHA-256 of its PEM form in hexadecimal. `certificates` are DER, that of the signer
    first. `logged` tells whether it holds entries of a transparency log; `logged_at` is the time of the first, in
    seconds since 1970, 0 where the log did not sign one.
    """

    payload_type: str
    payload: bytes
    signature: bytes
    hint: str
    certificates: list[bytes]
    logged: bool
    logged_at: int


class _Signature(msgspec.Struct):
    sig: bytes


class _Envelope(msgspec.Struct, rename="camel"):
    payload: bytes
    payload_type: str
    signatures: list[_Signature]


class _Certificate(msgspec.Struct, rename="camel"):
    raw_bytes: bytes


class _Chain(msgspec.Struct):
    certificates: list[_Certificate]


class _Key(msgspec.Struct):
    hint: str | None = None


class _Entry(msgspec.Struct, rename="camel"):
    integrated_time: str | int | None = None
    inclusion_promise: msgspec.Raw = msgspec.Raw(b"null")


class _Material(msgspec.Struct, rename="camel"):
    public_key: _Key | None = None
    x509_certificate_chain: _Chain | None = msgspec.field(default=None, name="x509CertificateChain")
    certificate: _Certificate | None = None
    tlog_entries: list[_Entry] | None = None


class _Bundle(msgspec.Struct, rename="camel"):
    media_type: str
    verification_material: _Material
    dsse_envelope: _Envelope


def parse_bundle(data: bytes, file: str) -> Bundle:
    """Read a signature file. Raises InputError for anything that is no bundle with one signature in an envelope."""
    try:
        found = msgspec.json.decode(data, type=_Bundle)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            f"`{file}` is no signature that can be read: {error}",
            place=Place(file),
            help="give a sigstore bundle with a DSSE envelope, such as `model_signing sign` writes",
        ) from error
    if found.media_type not in _MEDIA_TYPES:
        raise InputError(f"`{file}` is a bundle of an unknown kind: `{found.media_type[:100]}`", place=Place(file))
    envelope, material = found.dsse_envelope, found.verification_material
    if len(envelope.signatures) != 1:
        raise InputError(f"`{file}` holds {len(envelope.signatures)} signatures, not one", place=Place(file))
    chained = material.x509_certificate_chain
    chain = [one.raw_bytes for one in chained.certificates] if chained else []
    if material.certificate is not None:
        if chain:
            raise InputError(f"`{file}` holds both a certificate and a chain of them", place=Place(file))
        chain = [material.certificate.raw_bytes]
    if len(chain) > _CERTIFICATES:
        raise InputError(f"`{file}` holds {len(chain)} certificates, more than anyone needs", place=Place(file))
    entries = material.tlog_entries or []
    return Bundle(
        payload_type=envelope.payload_type,
        payload=envelope.payload,
        signature=envelope.signatures[0].sig,
        hint=(material.public_key.hint or "") if material.public_key else "",
        certificates=chain,
        logged=bool(entries),
        logged_at=_seconds(entries[0]) if entries else 0,
    )


def _seconds(entry: _Entry) -> int:
    """Read a time, which only the promise of a log vouches for; protobuf writes large numbers as strings."""
    if bytes(entry.inclusion_promise) == b"null":
        return 0
    try:
        seconds = int(entry.integrated_time or 0)
    except ValueError:
        return 0
    return seconds if 0 < seconds < 1 << 33 else 0


def encoded(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that are signed: DSSE's pre-authentication encoding of a payload and its type."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
