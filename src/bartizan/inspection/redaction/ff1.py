"""FF1 of NIST SP 800-38G (2016, and revision 1): encryption from numerals to as many numerals."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bartizan.model import InputError

__all__ = ["DOMAIN", "FF1"]

DOMAIN = 1_000_000
"""The least number of values that a plaintext is one of; revision 1 demands it."""

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_ROUNDS = 10
_BLOCK = 16
_ONES = (1 << 128) - 1


class FF1:
    """FF1 with one AES key (16, 24 or 32 bytes) and one radix, 10 or 36.

    Texts are numerals of the radix, `0` to `9` and `a` to `z`. Not for two threads at once.
    """

    def __init__(self, key: bytes, radix: int) -> None:
        self.radix = radix
        # FF1 is built from single blocks of AES; the mode is the standard's own, and ECB of one block is that block.
        self._aes = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
        self._first: dict[tuple[int, int], int] = {}

    def encrypt(self, text: str, tweak: bytes = b"") -> str:
        """Return as many numerals. Raises InputError when there are fewer than a million texts of this length."""
        half, rest = self._halves(text)
        left, right = int(text[:half], self.radix), int(text[half:], self.radix)
        for number in range(_ROUNDS):
            modulus = self.radix ** (rest if number % 2 else half)
            left, right = right, (left + self._round(len(text), tweak, number, right)) % modulus
        return self._numerals(left, half) + self._numerals(right, rest)

    def decrypt(self, text: str, tweak: bytes = b"") -> str:
        """Return the numerals that `encrypt` was given. Raises InputError as it does."""
        half, rest = self._halves(text)
        left, right = int(text[:half], self.radix), int(text[half:], self.radix)
        for number in reversed(range(_ROUNDS)):
            modulus = self.radix ** (rest if number % 2 else half)
            left, right = (right - self._round(len(text), tweak, number, left)) % modulus, left
        return self._numerals(left, half) + self._numerals(right, rest)

    def _halves(self, text: str) -> tuple[int, int]:
        if self.radix ** len(text) < DOMAIN:
            raise InputError(
                f"a value of {len(text)} characters is too short to keep its format",
                help="fewer than a million values could be tried one by one: use a pseudonym or a token",
            )
        return len(text) // 2, len(text) - len(text) // 2

    def _round(self, length: int, tweak: bytes, number: int, half: int) -> int:
        """The number y of steps 6.i to 6.iv, for the numeral string whose number is `half`."""
        size = ((self.radix ** (length - length // 2) - 1).bit_length() + 7) // 8  # b of step 3
        wanted = 4 * ((size + 3) // 4) + 4  # d of step 4
        block = tweak + bytes((-len(tweak) - size - 1) % _BLOCK) + bytes([number]) + half.to_bytes(size, "big")
        state = self._start(length, len(tweak))
        for at in range(0, len(block), _BLOCK):
            state = self._cipher(state ^ int.from_bytes(block[at : at + _BLOCK], "big"))
        stream = state.to_bytes(_BLOCK, "big")
        for index in range(1, -(-wanted // _BLOCK)):
            stream += self._cipher(state ^ index).to_bytes(_BLOCK, "big")
        return int.from_bytes(stream[:wanted], "big")

    def _start(self, length: int, tweak: int) -> int:
        """The first block of the pseudo-random function, the same for all rounds: P of step 5, encrypted."""
        state = self._first.get((length, tweak))
        if state is None:
            head = bytes([1, 2, 1]) + self.radix.to_bytes(3, "big") + bytes([_ROUNDS, length // 2 % 256])
            block = head + length.to_bytes(4, "big") + tweak.to_bytes(4, "big")
            state = self._first[length, tweak] = self._cipher(int.from_bytes(block, "big"))
        return state

    def _cipher(self, block: int) -> int:
        return int.from_bytes(self._aes.update((block & _ONES).to_bytes(_BLOCK, "big")), "big")

    def _numerals(self, number: int, length: int) -> str:
        if self.radix == 10:
            return str(number).zfill(length)
        out: list[str] = []
        for _ in range(length):
            number, numeral = divmod(number, self.radix)
            out.append(_ALPHABET[numeral])
        return "".join(reversed(out))
