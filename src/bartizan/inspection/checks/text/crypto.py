"""Addresses of crypto currencies, with the checksums that their software demands."""

from __future__ import annotations

import re
from hashlib import sha256

from bartizan.inspection.checks.keccak import keccak_256

_BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_FINAL, _BECH32M_FINAL = 1, 0x2BC830A3
_BLOCK_SIZES = {2: 1, 3: 2, 5: 3, 6: 4, 7: 5, 9: 6, 10: 7, 11: 8}


def bitcoin(value: str) -> bool:
    """Base58Check with the version of a key or a script, or a segregated witness address (BIP 173, BIP 350)."""
    if value[:3].lower() == "bc1":
        return _witness(value, "bc")
    return _base58(value, _BITCOIN, {b"\x00", b"\x05"})


def litecoin(value: str) -> bool:
    """As for bitcoin, with the versions and the prefix of Litecoin (its chainparams)."""
    if value[:4].lower() == "ltc1":
        return _witness(value, "ltc")
    return _base58(value, _BITCOIN, {b"\x30", b"\x32"})


def base58_coin(value: str) -> bool:
    """Base58Check of Dogecoin, Dash, Zcash (transparent) and Tron, by the version bytes of their chainparams."""
    return _base58(value, _BITCOIN, {b"\x1e", b"\x16", b"\x4c", b"\x10", b"\x41"}) or _base58(
        value, _BITCOIN, {b"\x1c\xb8", b"\x1c\xbd"}
    )


def ripple(value: str) -> bool:
    """Base58Check with the alphabet of the XRP Ledger (XRPL documentation, base58 encodings)."""
    return _base58(value, _RIPPLE, {b"\x00"})


def extended_key(value: str) -> bool:
    """Base58Check over 78 bytes, a serialised key from which wallets derive others (BIP 32, SLIP 132)."""
    raw = _decoded(value, _BITCOIN)
    return len(raw) == 82 and _sealed(raw)


def ethereum(value: str) -> bool:
    """Forty hexadecimal digits; letters of both cases must be those that the hash of the address demands (ERC-55)."""
    digits = value[2:]
    if digits in {digits.lower(), digits.upper()}:
        # One case carries no checksum. Few different digits are padding.
        return len(set(digits.lower())) > 6
    marks = keccak_256(digits.lower().encode()).hex()
    return all(
        digit.isdecimal() or digit.isupper() == (int(mark, 16) > 7) for digit, mark in zip(digits, marks, strict=False)
    )


def monero(value: str) -> bool:
    """Base58 in blocks of eight bytes; the last four bytes are the start of the Keccak hash of the rest."""
    raw = b""
    for start in range(0, len(value), 11):
        block = value[start : start + 11]
        number = _number(block, _BITCOIN)
        size = _BLOCK_SIZES.get(len(block), 0)
        if number < 0 or number >= 1 << 8 * size:
            return False
        raw += number.to_bytes(size, "big")
    return raw[:1] in {b"\x12", b"\x13", b"\x2a"} and keccak_256(raw[:-4])[:4] == raw[-4:]


def bech32_coin(value: str) -> bool:
    """Bech32 with a checksum, whatever the prefix: Cardano, Cosmos and their like (BIP 173)."""
    prefix, _, data = value.rpartition("1")
    return _polymod(prefix, data) == _BECH32_FINAL


def _base58(value: str, alphabet: str, versions: set[bytes]) -> bool:
    raw = _decoded(value, alphabet)
    return any(len(raw) == 24 + len(version) and raw.startswith(version) for version in versions) and _sealed(raw)


def _sealed(raw: bytes) -> bool:
    return sha256(sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def _decoded(value: str, alphabet: str) -> bytes:
    number = _number(value, alphabet)
    if number < 0:
        return b""
    zeros = len(value) - len(value.lstrip(alphabet[0]))
    return b"\x00" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _number(value: str, alphabet: str) -> int:
    """The number that characters of base 58 write; -1 for a character that the alphabet lacks."""
    number = 0
    for character in value:
        digit = alphabet.find(character)
        if digit < 0:
            return -1
        number = number * 58 + digit
    return number


def _witness(value: str, prefix: str) -> bool:
    if value not in {value.lower(), value.upper()}:
        return False
    data = value.lower()[len(prefix) + 1 :]
    if not re.fullmatch(f"[{_BECH32}]{{11,74}}", data):
        return False
    version = _BECH32.index(data[0])
    program = (len(data) - 7) * 5 // 8
    if version > 16 or not 2 <= program <= 40 or (version == 0 and program not in {20, 32}):
        return False
    return _polymod(prefix, data) == (_BECH32M_FINAL if version else _BECH32_FINAL)


def _polymod(prefix: str, data: str) -> int:
    """The remainder of BIP 173 over prefix and data; 0 for a character that the alphabet lacks."""
    state = 1
    codes = [ord(character) for character in prefix]
    values = [_BECH32.find(character) for character in data]
    if min(values, default=-1) < 0:
        return 0
    for value in [*(code >> 5 for code in codes), 0, *(code & 31 for code in codes), *values]:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATORS):
            if top >> place & 1:
                state ^= generator
    return state
