"""`keras_metadata.pb` of a SavedModel: descriptions of Keras objects. Source: saved_metadata.proto of Keras 2.5 on."""

from __future__ import annotations

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.graphs.keras import LONGEST, examine_text
from bartizan.scan.wire.blocks import Blocks
from bartizan.scan.wire.protobuf import BYTES, VARINT, Message, looks_like, surely
from bartizan.scan.wire.schema import cover_field

__all__ = ["FORMAT"]

_NODE = {2: VARINT, 3: BYTES, 4: BYTES, 5: BYTES, 6: BYTES}


def recognise(look: Look) -> bool:
    """Tell by objects whose identifiers are Keras's."""
    if look.name == "keras_metadata.pb":
        return look.size > 0
    message = Message(Blocks(look.content))
    return b"_tf_keras_" in look.head and surely(
        lambda: bool(looks_like(message, {1: BYTES}, 4)) and bool(looks_like(next(message.inners(1)), _NODE, 4))
    )


def examine(look: Look, desk: Desk) -> None:
    """Judge the description of each object."""
    message = Message(Blocks(look.content))
    for field in message:
        if field.number == 1 and field.wire == BYTES:
            cover_field(field, desk)
            for text in message.inner(field).texts(5, LONGEST):
                if text.strip():
                    examine_text(text, desk, offset=field.start, legacy=True)


FORMAT = Format(name="keras-metadata", title="Keras metadata", group="model", recognise=recognise, examine=examine)
