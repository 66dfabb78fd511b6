"""What a call will use at most, and what it has used: tokens, and their price."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import NamedTuple

from bartizan.guard.config import Price, Upstream
from bartizan.guard.engine import Prepared
from bartizan.guard.limits.interface import Amount, Ask

__all__ = ["Estimate", "ask_of", "estimate", "price_of", "used_by"]

_OPAQUE = 2_000
"""Tokens taken for a picture, a recording or a file, whose bytes say little about what they cost.

Providers' guides give up to some 1,600 for a large picture.
"""
_CHOICES = ("n", "best_of", "candidateCount", "candidate_count")
"""Parameters that ask for several answers, each of which may have the most tokens."""
_MOST = 1 << 40
"""More tokens than any call has; keeps made-up numbers within what stores count in."""
_FREE = frozenset({"list-models", "count-tokens"})


class Estimate(NamedTuple):
    """Tokens of a call before it is answered. `said` tells whether the call itself bounds its answer."""

    input: int
    output: int
    said: bool


def estimate(prepared: Prepared, answer: int) -> Estimate:
    """Return what a call may use: its input by a token for four bytes; `answer` tokens where it doesn't bound its own.

    What is free has no tokens.
    """
    exchange, action = prepared.exchange, prepared.call.route.action
    if exchange is None or action in _FREE:
        return Estimate(0, 0, True)
    size = len(prepared.call.body)
    sent = (size + 3) // 4
    if exchange.opaque:
        texts = sum(len(piece.text.encode(errors="surrogatepass")) for piece in exchange.pieces)
        sent = min(sent, (texts + 3) // 4 + _OPAQUE * len(exchange.opaque))
    if action == "embed":
        return Estimate(sent, 0, True)
    times = _choices(exchange.parameters)
    return Estimate(sent, min((exchange.most if exchange.most > 0 else answer) * times, _MOST), exchange.most > 0)


def _choices(parameters: Mapping[str, object]) -> int:
    if not parameters:
        return 1
    asked = (1, *(parameters.get(name) for name in _CHOICES))
    return min(max(one for one in asked if type(one) is int), 1_000)


def price_of(upstream: Upstream, model: str, sent: str) -> Price | None:
    """Return what a model costs: by the name that is sent, the one that callers use, or `*`; None when unknown."""
    prices = upstream.prices
    return prices.get(sent) or prices.get(model) or prices.get("*") if prices else None


def _money(sent: int, output: int, price: Price | None) -> int:
    """Return millionths: a price for a million tokens is also the millionths for one."""
    return 0 if price is None else ceil(sent * price.input + output * price.output)


def ask_of(estimated: Estimate, price: Price | None) -> Ask:
    """Return what to reserve.

    Of an answer that the call doesn't bound, the estimate is reserved as far as it is there, and one token is enough.
    """
    sent, output, said = estimated
    most = Amount(1, sent + output, _money(sent, output, price))
    if said:
        return Ask(most, most)
    return Ask(Amount(1, sent + 1, _money(sent, 1, price)), most)


def used_by(prepared: Prepared, estimated: Estimate, price: Price | None) -> Amount:
    """Return what a call has used: as the provider counts it, else estimated from what was answered.

    A call without an answer has used a request only.
    """
    sent, output = prepared.usage
    if output < 0:
        output = (prepared.size + 3) // 4
        if not output and sent < 0:
            return Amount(1)
    if sent < 0:
        sent = estimated.input
    return Amount(1, sent + output, _money(sent, output, price))
