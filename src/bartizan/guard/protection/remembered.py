"""What was found in texts lately, so that a text which comes again is not looked at again."""

from __future__ import annotations

from hashlib import blake2b

from bartizan.inspection import Inspection

__all__ = ["Remembered"]

_MOST = 4_096


class Remembered:
    """Findings by the digest of their text. Safe to share between threads: what it lost is worked out again.

    Every turn of a conversation sends all turns before it again, with the same instructions and tools. A finding is
    where a value stands and of what type it is, so that nothing of a text is kept. `secret` makes digests that nobody
    can work out elsewhere. Between `most` and twice as many texts are remembered, the latest ones.
    """

    def __init__(self, secret: bytes, most: int = _MOST) -> None:
        self._empty = blake2b(digest_size=20, key=secret)
        self._most = most
        self._new: dict[bytes, Inspection] = {}
        self._old: dict[bytes, Inspection] = {}

    def digest(self, text: str) -> bytes:
        """Return the digest of a text."""
        state = self._empty.copy()
        state.update(text.encode(errors="surrogatepass"))
        return state.digest()

    def get(self, digest: bytes) -> Inspection | None:
        """Return what was found in the text of a digest, or None when that is not known."""
        found = self._new.get(digest)
        if found is None:
            found = self._old.get(digest)
            if found is not None:
                self.put(digest, found)
        return found

    def put(self, digest: bytes, found: Inspection) -> None:
        """Remember what was found."""
        if len(self._new) >= self._most:
            self._old, self._new = self._new, {}
        self._new[digest] = found
