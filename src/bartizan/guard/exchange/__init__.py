"""Bodies of known wire formats as an ordered list of every text in them, with where it stands and who wrote it."""

from bartizan.guard.exchange.exchange import Exchange, Opaque, ProviderTool
from bartizan.guard.exchange.format import Answers, Format, Slot, SlotKind, Usage
from bartizan.guard.exchange.jsonbody import BodyError, decode_body, encode_body
from bartizan.guard.exchange.piece import Encoded, Kind, Origin, Piece, Sealed
from bartizan.guard.exchange.walk import Walk

__all__ = [
    "Answers",
    "BodyError",
    "Encoded",
    "Exchange",
    "Format",
    "Kind",
    "Opaque",
    "Origin",
    "Piece",
    "ProviderTool",
    "Sealed",
    "Slot",
    "SlotKind",
    "Usage",
    "Walk",
    "decode_body",
    "encode_body",
]
