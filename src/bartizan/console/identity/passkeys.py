"""Passkeys: made and asked for by the browser (WebAuthn), checked here. Each is both factors in one.

Sources: W3C Web Authentication Level 3 (sections 7.1 and 7.2), OWASP ASVS 5 chapter 6.7. The name that passkeys are
bound to is the host of the console's address; an IP address can't be one. The device has to have checked who holds it,
by a fingerprint, a face or its own PIN. What made a passkey is not asked (no attestation): a person may bring any.
"""

from __future__ import annotations

import logging
import secrets
import struct
from base64 import b64decode, urlsafe_b64encode
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec

from bartizan.console.identity.factors import PASSKEY, account_of_factors, new_factor_id
from bartizan.console.identity.oidc_claims import NotSignedIn
from bartizan.console.identity.service import Client, Identity
from bartizan.console.identity.signing import heard
from bartizan.console.words import message
from bartizan.store.register.people_records import FactorRecord, PersonRecord, StateRecord

if TYPE_CHECKING:  # takes its time to load, and is needed by those who use passkeys alone
    from fido2.server import Fido2Server
    from fido2.webauthn import (
        CredentialCreationOptions,
        CredentialRequestOptions,
        PublicKeyCredentialDescriptor,
        PublicKeyCredentialUserEntity,
    )

__all__ = ["MINUTES", "NO_PASSKEY", "Bound", "asked_passkey", "bound_to", "made_passkey", "new_passkey", "signed_by"]

MINUTES = 5
"""How long a browser has to answer."""
NO_PASSKEY = message("This passkey was not accepted. Try again, or use another way.")
_ASKED = "passkey"
_MAKING = "add-passkey"
_LONGEST = 20_000
_DEFAULT_PORTS = {"http": 80, "https": 443}
_ALGORITHMS = (-8, -7, -257)
"""Signatures that are taken: Ed25519, ECDSA on P-256, RSA with SHA-256."""
_ALGORITHM = 3
"""Under which a public key (COSE) says how it signs."""
_TRANSPORTS = frozenset({"usb", "nfc", "ble", "hybrid", "internal"})
_MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, NotImplementedError, struct.error,
              RecursionError)  # fmt: skip
"""What reading CBOR and keys raises for what is none."""

# It tells the ids of passkeys; what has to be known about them is among the events.
logging.getLogger("fido2").setLevel(logging.WARNING)


class Bound(NamedTuple):
    """What passkeys of this console are bound to: the name of the host, and the origin of its pages."""

    name: str
    origin: str


class _Response(msgspec.Struct, rename="camel"):
    client_data_json: str = msgspec.field(name="clientDataJSON")
    attestation_object: str = ""
    authenticator_data: str = ""
    signature: str = ""
    user_handle: str | None = None
    transports: list[str] = []


class _Credential(msgspec.Struct, rename="camel"):
    raw_id: str
    type: Literal["public-key"]
    response: _Response


class _Begun(msgspec.Struct):
    challenge: str
    handle: str = ""


def bound_to(address: str) -> Bound | None:
    """Return what passkeys are bound to under the address of a console; None where browsers refuse them."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "https" and host != "localhost":
        return None
    try:
        ip_address(host)
    except ValueError:
        port = f":{parts.port}" if parts.port and parts.port != _DEFAULT_PORTS[parts.scheme] else ""
        return Bound(host, f"{parts.scheme}://{host}{port}")
    return None


def new_passkey(identity: Identity, browser: str, record: PersonRecord) -> dict[str, Any]:
    """Return what the browser is asked to make a passkey with; the answer goes to `made_passkey`.

    `browser` is the digest of what the browser holds. Raises NotSignedIn where there can't be passkeys.
    """
    from fido2.webauthn import ResidentKeyRequirement, UserVerificationRequirement

    server = _server(identity)
    has = [one for one in identity.factors.of(record.id) if one.kind == PASSKEY]
    handle = has[0].handle if has else secrets.token_urlsafe(32)
    options, state = server.register_begin(
        _user(record, handle),
        [_described(one) for one in has],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _keep(identity, browser, _MAKING, record.id, _Begun(state["challenge"], handle))
    return _public(options)


def made_passkey(identity: Identity, browser: str, record: PersonRecord, answer: str, name: str) -> FactorRecord:
    """Return the passkey that a browser has made, to be kept. Raises NotSignedIn for one that is not to be trusted."""
    begun = _begun(identity, browser, _MAKING, record.id)[1]
    credential = _read(answer)
    server = _server(identity)
    try:
        data = server.register_complete(_state(begun), _as_json(credential))
        made = data.credential_data
    except _MALFORMED as error:
        raise NotSignedIn(_reason(error)) from None
    if made is None or made.public_key.get(_ALGORITHM) not in _ALGORITHMS:
        raise NotSignedIn("it signs in a way that is not taken")
    return FactorRecord(
        id=new_factor_id(),
        person=record.id,
        kind=PASSKEY,
        name=name,
        created=identity.services.now(),
        credential=_encoded(made.credential_id),
        public_key=_encoded(bytes(made)),
        transports=" ".join(sorted(_TRANSPORTS & set(credential.response.transports))),
        handle=begun.handle,
        signed=data.counter,
    )


def asked_passkey(
    identity: Identity, browser: str, client: Client, record: PersonRecord | None = None
) -> dict[str, Any]:
    """Return what the browser is asked to sign; the answer goes to `signed_by`.

    Without a person any passkey of this console is asked for. Raises TooOften, and NotSignedIn where there can't be
    any.
    """
    from fido2.webauthn import UserVerificationRequirement

    server = _server(identity)
    heard(identity, account_of_factors(record.id) if record else "", client)
    has = [one for one in identity.factors.of(record.id) if one.kind == PASSKEY] if record else []
    listed = [_described(one) for one in has]
    required = UserVerificationRequirement.REQUIRED
    options, state = server.authenticate_begin(listed or None, user_verification=required)
    _keep(identity, browser, _ASKED, record.id if record else None, _Begun(state["challenge"]))
    return _public(options)


def signed_by(identity: Identity, browser: str, answer: str, client: Client, *, person: str = "") -> FactorRecord:
    """Return the passkey with which a browser has signed what it was asked to.

    Raises NotSignedIn for anything else, which is then among the events, if something was asked: that is counted, and
    so nobody fills the log. `person` is who is asked again, having signed in.
    """
    about = person
    try:
        state, begun = _begun(identity, browser, _ASKED)
    except NotSignedIn:
        raise NotSignedIn(NO_PASSKEY) from None
    try:
        credential = _read(answer)
        factor = _known(identity, credential, state.person)
        about = factor.person
        _check(identity, begun, credential, factor)
    except NotSignedIn as error:
        identity.refused(client, person=person, about=about, detail=f"passkey: {error.message}")
        raise NotSignedIn(NO_PASSKEY) from None
    identity.attempts.succeeded(account_of_factors(factor.person), f"address {client.address}")
    return factor


def _known(identity: Identity, credential: _Credential, person: str | None) -> FactorRecord:
    factor = identity.factors.by_credential(credential.raw_id)
    if factor is None or (person is not None and factor.person != person):
        raise NotSignedIn("it is not known")
    return factor


def _check(identity: Identity, begun: _Begun, credential: _Credential, factor: FactorRecord) -> None:
    from fido2.webauthn import AttestedCredentialData, AuthenticatorData

    server = _server(identity)
    try:
        known = AttestedCredentialData(_decoded(factor.public_key))
        server.authenticate_complete(_state(begun), [known], _as_json(credential))
        signed = AuthenticatorData(_decoded(credential.response.authenticator_data)).counter
    except _MALFORMED as error:
        raise NotSignedIn(_reason(error)) from None
    if credential.response.user_handle not in (None, "", factor.handle):
        raise NotSignedIn("it names another owner")
    if not identity.factors.take_signature(factor.id, signed, identity.services.now()):
        raise NotSignedIn("it has signed less often than before, so there may be a copy of it")


def _user(record: PersonRecord, handle: str) -> PublicKeyCredentialUserEntity:
    from fido2.webauthn import PublicKeyCredentialUserEntity

    return PublicKeyCredentialUserEntity(
        id=_decoded(handle), name=record.email or record.id, display_name=record.name or record.id
    )


def _described(factor: FactorRecord) -> PublicKeyCredentialDescriptor:
    from fido2.webauthn import AuthenticatorTransport, PublicKeyCredentialDescriptor, PublicKeyCredentialType

    return PublicKeyCredentialDescriptor(
        type=PublicKeyCredentialType.PUBLIC_KEY,
        id=_decoded(factor.credential or ""),
        transports=[AuthenticatorTransport(one) for one in factor.transports.split()] or None,
    )


def _server(identity: Identity) -> Fido2Server:
    from fido2.server import Fido2Server
    from fido2.webauthn import (
        AttestationConveyancePreference,
        PublicKeyCredentialParameters,
        PublicKeyCredentialRpEntity,
        PublicKeyCredentialType,
    )

    bound = bound_to(identity.services.address)
    if bound is None:
        raise NotSignedIn("there are no passkeys under this console's address")
    server = Fido2Server(
        PublicKeyCredentialRpEntity(name=identity.services.organisation().title or "Bartizan", id=bound.name),
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda origin: origin == bound.origin,
    )
    server.allowed_algorithms = [
        PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=one) for one in _ALGORITHMS
    ]
    return server


def _begun(identity: Identity, browser: str, purpose: str, person: str | None = None) -> tuple[StateRecord, _Begun]:
    """Return what was asked of a browser, once."""
    state = identity.states.take(browser, purpose, identity.services.now())
    if state is None or (person is not None and state.person != person):
        raise NotSignedIn("nothing was asked for in this browser, or the time is over")
    return state, msgspec.json.decode(state.data, type=_Begun)


def _keep(identity: Identity, browser: str, purpose: str, person: str | None, begun: _Begun) -> None:
    ends = identity.services.later(timedelta(minutes=MINUTES))
    data = msgspec.json.encode(begun).decode()
    state = StateRecord(browser=browser, purpose=purpose, person=person, data=data, ends=ends)
    identity.states.put(state, identity.services.now())


def _read(answer: str) -> _Credential:
    if len(answer) > _LONGEST:
        raise NotSignedIn("the answer is too long")
    try:
        credential = msgspec.json.decode(answer, type=_Credential)
        said = msgspec.json.decode(_decoded(credential.response.client_data_json), type=dict[str, Any])
    except (ValueError, RecursionError):  # what isn't UTF-8, base64 or JSON too
        raise NotSignedIn("the answer can't be read") from None
    if said.get("crossOrigin") or said.get("topOrigin"):
        raise NotSignedIn("another site has asked for it")
    return credential


def _as_json(credential: _Credential) -> dict[str, Any]:
    said = msgspec.to_builtins(credential)
    response = {name: value for name, value in said["response"].items() if value and name != "transports"}
    return {"rawId": said["rawId"], "type": said["type"], "response": response}


def _state(begun: _Begun) -> dict[str, str]:
    return {"challenge": begun.challenge, "user_verification": "required"}


def _public(options: CredentialCreationOptions | CredentialRequestOptions) -> dict[str, Any]:
    said: dict[str, Any] = dict(options)["publicKey"]
    return {**said, "timeout": MINUTES * 60_000}


def _decoded(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _reason(error: Exception) -> str:
    """Return what the library found wrong; how reading broke tells nobody anything."""
    text = str(error)
    told = type(error) is ValueError and text.endswith(".") and len(text) < 80
    return text.rstrip(".").lower() if told else "it can't be read"
