"""What is remembered between the questions about one call: pseudonyms to turn back, and texts that go on."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeAlias

from bartizan.guard.doors.litellm.answer import Growing
from bartizan.guard.doors.litellm.contract import Shown, told
from bartizan.guard.principal import Principal
from bartizan.guard.protection import Protector, Vault

__all__ = ["Calls", "Of", "Open", "whose"]

_MOST = 4096
"""Calls that are remembered; beyond, the oldest is forgotten, and its pseudonyms stay what they are."""
_MOST_TEXT = 32 << 20
"""Characters of answers that are kept."""
_MOST_TEXTS = 256
"""Texts of one answer."""

Of: TypeAlias = tuple[str, ...]


def whose(principal: Principal, shown: Shown) -> Of | None:
    """Return what a call is known by: who asks, for whom, and LiteLLM's id of the call; None where that has none.

    Clients of LiteLLM may choose the id, so that it alone would let one of them reach the pseudonyms of another.
    """
    id, claims = told(shown.litellm_call_id), shown.request_data
    if not id:
        return None
    return (
        principal.tenant, principal.source, principal.id, claims.hash or "", claims.user_id or "", claims.team_id or "",
        claims.end_user_id or "", id,
    )  # fmt: skip


class Open:
    """A call that is under way. `answered` tells whether its answer was asked about before."""

    __slots__ = ("answered", "size", "texts", "until", "vault")

    def __init__(self, vault: Vault, until: float) -> None:
        self.vault, self.until = vault, until
        self.texts: list[Growing] = []
        self.size = 0
        self.answered = False

    def growing(self, texts: list[str], protector: Protector) -> list[Growing]:
        """Return for each text the one that it goes on from, which was shown before, or a new one."""
        left = sorted(self.texts, key=lambda one: -len(one.seen))
        out = []
        for text in texts:
            found = next((one for one in left if text.startswith(one.seen)), None)
            if found is None:
                found = Growing(protector)
            else:
                left.remove(found)
            out.append(found)
        return out

    def keep(self, texts: list[Growing]) -> None:
        """Remember texts as they are now, to go on from."""
        self.texts = texts[:_MOST_TEXTS]
        self.size = sum(len(one.seen) for one in self.texts)


class Calls:
    """The calls under way of one worker process, each for `keep` seconds after it was last asked about."""

    def __init__(self, keep: float) -> None:
        self.keep = keep
        self._open: OrderedDict[Of, Open] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        """How many calls are remembered."""
        return len(self._open)

    def begin(self, of: Of | None, vault: Vault, now: float) -> None:
        """Remember the pseudonyms of a request. One that is shown again with all values hidden has none of its own."""
        known = self.find(of, now)
        if of is None or self.keep <= 0 or (known is not None and not vault):
            return
        self._drop(of)
        self._open[of] = Open(vault, now + self.keep)
        self._tidy(now)

    def find(self, of: Of | None, now: float) -> Open | None:
        """Return a call that is remembered."""
        found = None if of is None else self._open.get(of)
        if found is None or of is None or found.until <= now:
            return None
        found.until = now + self.keep
        self._open.move_to_end(of)
        return found

    def grew(self, call: Open, texts: list[Growing], now: float) -> None:
        """Keep an answer's texts, to go on from."""
        self._size -= call.size
        call.keep(texts)
        self._size += call.size
        self._tidy(now)

    def _tidy(self, now: float) -> None:
        """Forget what is too old, and the oldest of what is too much."""
        while self._open:
            of, oldest = next(iter(self._open.items()))
            if oldest.until > now and len(self._open) <= _MOST and self._size <= _MOST_TEXT:
                return
            self._drop(of)

    def _drop(self, of: Of) -> None:
        gone = self._open.pop(of, None)
        if gone is not None:
            self._size -= gone.size
