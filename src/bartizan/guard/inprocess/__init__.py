"""The guard within a program: calls, streams and single texts decided without a gateway between."""

from bartizan.guard.inprocess.call import GuardedCall
from bartizan.guard.inprocess.guard import Guard, Identifier, Limiter, Said
from bartizan.guard.inprocess.running import Direct, Runner
from bartizan.guard.inprocess.sinks import Plain, Sink, Way
from bartizan.guard.inprocess.stream import GuardedStream
from bartizan.guard.inprocess.texts import DecidedText

__all__ = [
    "DecidedText",
    "Direct",
    "Guard",
    "GuardedCall",
    "GuardedStream",
    "Identifier",
    "Limiter",
    "Plain",
    "Runner",
    "Said",
    "Sink",
    "Way",
]
