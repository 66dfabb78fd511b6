"""Keys for tokens and pseudonyms: named versions, one that writes, all that read.

A key is at least 32 random bytes. Nothing is ever encrypted with it: HKDF-SHA-256 (RFC 5869) derives one key for each
purpose, tenant and data type, so that neither a token nor a pseudonym is the same for two tenants.

An enterprise keeps its keys in a key management service. It then stores data keys that the service has wrapped, and a
`KeyWrapper` opens them. With AWS, for example, twelve lines do:

    class AwsWrapper:
        def __init__(self, client, master):  # boto3.client("kms"), the id of the master key
            self.client, self.master = client, master

        def wrap(self, key, name):
            return self.client.encrypt(
                KeyId=self.master, Plaintext=key, EncryptionContext={"key": name}
            )["CiphertextBlob"]

        def unwrap(self, wrapped, name):
            return self.client.decrypt(
                KeyId=self.master, CiphertextBlob=wrapped, EncryptionContext={"key": name}
            )["Plaintext"]

    ring = parse_keys(text_of_the_key_file, AwsWrapper(client, "alias/bartizan"))
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Protocol

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bartizan.model import InputError

__all__ = ["KEY_ID", "Key", "KeyRing", "KeyWrapper", "SecretWrapper", "parse_keys", "wrapped_line"]

KEY_ID = r"[a-z][a-z0-9-]{0,15}"
"""What a key's name looks like, as a regular expression."""

_LEAST = 32  # bytes
_MOST = 64
_DISTINCT = 16  # bytes that differ; 32 random bytes have fewer once in 10^11 keys
_NAME = re.compile(KEY_ID)
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){32,64}")
_MAKE = "make one: `openssl rand -base64 32 > bartizan.key && chmod 600 bartizan.key`"


class Key(msgspec.Struct, frozen=True):
    """One version of the key. Its text form never shows the secret."""

    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"Key({self.id!r})"


class KeyWrapper(Protocol):
    """A key management service: it wraps and opens data keys, and its own master key never leaves it."""

    def wrap(self, key: bytes, name: str) -> bytes:
        """Return the data key in wrapped form, bound to its name."""
        ...

    def unwrap(self, wrapped: bytes, name: str) -> bytes:
        """Return the data key. Raises InputError when it was not wrapped here, or for another name."""
        ...


class KeyRing:
    """All versions of the key: the first writes, each reads what was written with it."""

    def __init__(self, keys: Sequence[Key]) -> None:
        """Raises InputError when there is no key, a bad one, or a name twice."""
        if not keys:
            raise InputError("there is no key", help=_MAKE)
        self._keys = {key.id: _sound(key) for key in keys}
        if len(self._keys) != len(keys):
            raise InputError("two keys have the same name", help="give each version a name of its own")
        self._made: dict[tuple[str, ...], bytes] = {}

    @property
    def active(self) -> str:
        """The name of the key that writes."""
        return next(iter(self._keys))

    @property
    def names(self) -> list[str]:
        """The names of all keys, the one that writes first."""
        return list(self._keys)

    def derive(self, key: str, purpose: str, tenant: str, type: str) -> bytes:
        """Return 64 bytes for one use of one key. Raises InputError when the ring has no key of that name."""
        if key not in self._keys:
            raise InputError(f"there is no key `{key}`", help="give the key that it was written with, in the same file")
        at = (key, purpose, tenant, type)
        made = self._made.get(at)
        if made is None:
            info = [b"bartizan", purpose.encode(), tenant.encode(), type.encode()]
            made = self._made[at] = _derived(self._keys[key].secret, info, 64)
        return made


class SecretWrapper:
    """Wraps data keys with a master key that is at hand, for places without a key management service."""

    def __init__(self, master: KeyRing) -> None:
        self._cipher = AESSIV(master.derive(master.active, "wrap", "", ""))

    def wrap(self, key: bytes, name: str) -> bytes:
        """Return the data key encrypted and authenticated with AES-SIV (RFC 5297), bound to its name."""
        return self._cipher.encrypt(key, [name.encode()])

    def unwrap(self, wrapped: bytes, name: str) -> bytes:
        """Return the data key. Raises InputError when it was wrapped with another master key or for another name."""
        try:
            return self._cipher.decrypt(wrapped, [name.encode()])
        except (InvalidTag, ValueError):
            raise InputError(
                f"the wrapped key `{name}` can't be opened", help="give the master key that it was wrapped with"
            ) from None


def parse_keys(text: str, wrapper: KeyWrapper | None = None) -> KeyRing:
    """Read keys, one a line or with commas between them: the first writes, all read.

    `NAME:KEY` is a named key, `KEY` alone is named after a fingerprint of itself, and `NAME:wrapped:KEY` is opened by
    `wrapper`. Keys are base64 or hex; what follows a `#` is a comment. Raises InputError, which never holds a key.
    """
    lines = (line.split("#")[0] for line in text.splitlines())
    entries = [entry.strip() for line in lines for entry in line.split(",")]
    return KeyRing([_entry(entry, number, wrapper) for number, entry in enumerate(filter(None, entries), 1)])


def wrapped_line(key: Key, wrapper: KeyWrapper) -> str:
    """Return the line of a key file that holds this key in wrapped form."""
    return f"{key.id}:wrapped:{base64.b64encode(wrapper.wrap(key.secret, key.id)).decode()}"


def _entry(text: str, number: int, wrapper: KeyWrapper | None) -> Key:
    *words, coded = text.split(":")
    secret = _bytes(coded, number)
    if not words:
        return Key("k" + _derived(secret, [b"bartizan", b"name"], 4).hex(), secret)
    if not _NAME.fullmatch(words[0]):
        raise InputError(
            f"the name of key {number} is not one",
            help="lower-case letters, digits and `-`, at most 16, a letter first",
        )
    if len(words) == 1:
        return Key(words[0], secret)
    if words[1:] != ["wrapped"]:
        raise InputError(f"key `{words[0]}` is in no form that is known", help="write NAME:KEY or NAME:wrapped:KEY")
    if wrapper is None:
        raise InputError(f"key `{words[0]}` is wrapped", help="give the master key that opens it")
    return Key(words[0], wrapper.unwrap(secret, words[0]))


def _bytes(coded: str, number: int) -> bytes:
    if _HEX.fullmatch(coded):
        return bytes.fromhex(coded)
    plain = coded.strip().replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise InputError(f"key {number} is neither base64 nor hex", help=_MAKE) from None


def _sound(key: Key) -> Key:
    if not _LEAST <= len(key.secret) <= _MOST:
        raise InputError(
            f"the key `{key.id}` has {len(key.secret)} bytes, and a key has {_LEAST} to {_MOST}", help=_MAKE
        )
    if len(set(key.secret)) < _DISTINCT:
        raise InputError(f"the key `{key.id}` is not random", help=_MAKE)
    return key


def _derived(secret: bytes, info: Sequence[bytes], length: int) -> bytes:
    # Each part carries its length, so that no two lists of parts give the same bytes.
    packed = b"".join(len(part).to_bytes(4, "big") + part for part in info)
    return HKDF(SHA256(), length, salt=None, info=packed).derive(secret)
