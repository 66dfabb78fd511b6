"""What every stage of the gateway raises when a call may not go on."""

from __future__ import annotations

from bartizan.model import BartizanError

__all__ = ["Refused", "failed", "undecided"]


class Refused(Exception):
    """A call that may not go on: HTTP status, the rule that says so, a sentence for the caller, and whom to ask.

    `again` is after how many seconds it may be tried once more, 0 where that would change nothing.
    """

    def __init__(self, status: int, rule: str, sentence: str, ask: str = "", again: int = 0) -> None:
        super().__init__(sentence)
        self.status, self.rule, self.sentence, self.ask, self.again = status, rule, sentence, ask, again


def undecided(error: Exception) -> Refused:
    """Return the refusal for a call that went wrong here: what can't be recorded, or a mistake of our own."""
    if isinstance(error, BartizanError):
        return Refused(503, "gateway-not-able", "the gateway can't put calls on record at the moment", again=1)
    return Refused(500, "gateway-failed", "the gateway made a mistake with this call, and let nothing through")


def failed(status: int, *, readable: bool, again: int = 0) -> Refused | None:
    """Return what becomes of an answer with another status than 200, None where its body can be decided and go on.

    `readable` tells that the body is JSON, `again` the seconds after which the provider wants to be asked again.
    """
    shown = status if 400 <= status < 600 else 502
    if shown == 401:  # it is about the gateway's own credential, of which such errors tell a part
        return Refused(shown, "upstream-credential", "the provider did not take the gateway's own credential")
    if not readable or shown != status:
        return Refused(shown, "upstream-error", f"the provider answered with status {status}", again=again)
    return None
