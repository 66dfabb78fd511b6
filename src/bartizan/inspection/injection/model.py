r"""The artefact: a table of weights with what it was made from.

    bytes 0 to 7     `BZINJ\\0\\0\\1`, the last byte the version of the format
    bytes 8 to 11    length of the header, little-endian
    header           JSON: version of the model, slots, scale, bias, threshold, weights of rules by name, digests of
                     the texts that it learned from by source
    rest             one signed byte a slot

A weight is its byte times `scale`. Nothing in it is executed, and what breaks the format is refused.
"""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.injection.features import SLOTS
from bartizan.model import InputError

__all__ = ["Header", "Model", "dump_model", "load_model", "packaged_model"]

_MAGIC = b"BZINJ\0\0\1"
_MOST_HEADER = 65_536


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What stands before the weights. `threshold` is in the logarithm of odds, as are the weights of rules."""

    version: str
    slots: int
    scale: float
    bias: float
    threshold: float
    rules: dict[str, float]
    digests: dict[str, str]


class Model(NamedTuple):
    """A header and its weights."""

    header: Header
    weights: NDArray[np.int8]


def dump_model(model: Model) -> bytes:
    """Return a model as bytes."""
    header = msgspec.json.encode(model.header)
    return _MAGIC + len(header).to_bytes(4, "little") + header + model.weights.tobytes()


def load_model(data: bytes, name: str) -> Model:
    """Read a model. Raises InputError for bytes that are none, and for one of another size."""
    start = len(_MAGIC) + 4
    size = int.from_bytes(data[len(_MAGIC) : start], "little")
    if data[: len(_MAGIC)] != _MAGIC or size > _MOST_HEADER:
        raise InputError(f"`{name}` is no injection model of this version")
    try:
        header = msgspec.json.decode(data[start : start + size], type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InputError(f"`{name}` has a header that can't be read") from None
    weights = np.frombuffer(data, np.int8, offset=min(start + size, len(data)))
    if header.slots != SLOTS or weights.size != SLOTS:
        raise InputError(f"`{name}` holds {weights.size} weights, not {SLOTS}")
    return Model(header, weights)


def packaged_model() -> Model:
    """Return the packaged model."""
    file = files("bartizan.inspection.injection") / "data" / "model.bin"
    return load_model(file.read_bytes(), "model.bin")
