"""SentencePiece: vocabularies of tokenizers as protobuf messages. Source: sentencepiece_model.proto, version 0.2."""

from __future__ import annotations

from itertools import islice

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.wire.blocks import Blocks
from bartizan.scan.wire.protobuf import BYTES, FIXED32, VARINT, Message, looks_like, surely

__all__ = ["FORMAT"]

_TOP = dict.fromkeys(range(1, 6), BYTES)
_PIECE = {1: BYTES, 2: FIXED32, 3: VARINT}
_FIRST = 3


def recognise(look: Look) -> bool:
    """Tell by the first pieces: a text and its score each."""
    if look.head[:1] != b"\x0a":
        return False
    message = Message(Blocks(look.content))

    def fits() -> bool:
        first = [field for field in islice(message.fields(), _FIRST) if field.number == 1 and field.wire == BYTES]
        seen = [looks_like(message.inner(field), _PIECE) or set() for field in first]
        return len(seen) == _FIRST and all({1, 2} <= one for one in seen)

    return bool(looks_like(message, _TOP)) and surely(fits)


def examine(look: Look, desk: Desk) -> None:
    """Account for pieces and settings. Raises Malformed."""
    known = pieces = 0
    for count, field in enumerate(Message(Blocks(look.content)).fields()):
        if count % 4096 == 0:
            desk.check_time()
        if _TOP.get(field.number) != field.wire:
            raise Malformed("a field is none of the format's", field.start)
        pieces += field.number == 1
        known = field.end
    desk.cover(0, known)
    desk.fact("tokenizer", f"SentencePiece, {pieces} pieces")


FORMAT = Format(name="sentencepiece", title="SentencePiece", group="model", recognise=recognise, examine=examine)
