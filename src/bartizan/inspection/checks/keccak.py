"""Keccak-256 as Ethereum and Monero use it; `hashlib` has only SHA-3, which pads differently."""

from __future__ import annotations

__all__ = ["keccak_256"]

_MASK = (1 << 64) - 1
_RATE = 136


def _constants() -> list[int]:
    """The 24 round constants: bits 2^j - 1 come from a shift register (FIPS 202, section 3.2.5)."""
    out = []
    register = 1
    for _ in range(24):
        constant = 0
        for power in range(7):
            constant |= (register & 1) << ((1 << power) - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        out.append(constant)
    return out


_CONSTANTS = _constants()


def keccak_256(data: bytes) -> bytes:
    """Return the 32 bytes of the hash (Keccak reference, version 3.0, capacity 512 bits)."""
    padded = bytearray(data + b"\x01" + b"\x00" * (-(len(data) + 1) % _RATE))
    padded[-1] |= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), _RATE):
        for place in range(_RATE // 8):
            word = int.from_bytes(padded[start + 8 * place : start + 8 * place + 8], "little")
            lanes[place % 5][place // 5] ^= word
        for constant in _CONSTANTS:
            lanes = _round(lanes, constant)
    return b"".join(lanes[place][0].to_bytes(8, "little") for place in range(4))


def _round(lanes: list[list[int]], constant: int) -> list[list[int]]:
    parity = [lanes[x][0] ^ lanes[x][1] ^ lanes[x][2] ^ lanes[x][3] ^ lanes[x][4] for x in range(5)]
    mixed = [parity[x - 1] ^ _turned(parity[(x + 1) % 5], 1) for x in range(5)]
    lanes = [[lane ^ mixed[x] for lane in lanes[x]] for x in range(5)]
    x, y, moving = 1, 0, lanes[1][0]
    for step in range(24):
        x, y = y, (2 * x + 3 * y) % 5
        moving, lanes[x][y] = lanes[x][y], _turned(moving, (step + 1) * (step + 2) // 2 % 64)
    out = [[lanes[x][y] ^ (~lanes[(x + 1) % 5][y] & lanes[(x + 2) % 5][y]) for y in range(5)] for x in range(5)]
    out[0][0] ^= constant
    return out


def _turned(lane: int, count: int) -> int:
    return (lane << count | lane >> (64 - count)) & _MASK
