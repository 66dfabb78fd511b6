"""The bytes of tensors that PyTorch's pickles name by persistent ids: which there are, and how large each is.

Source: `persistent_id` in PyTorch's `torch/serialization.py`: ("storage", class, key, device, number of elements, ...).
"""

from __future__ import annotations

from bartizan.scan.pickles.values import Box, Global, Value

__all__ = ["Storages"]

_WIDTHS = {
    "FloatStorage": 4, "DoubleStorage": 8, "HalfStorage": 2, "LongStorage": 8, "IntStorage": 4, "ShortStorage": 2,
    "CharStorage": 1, "ByteStorage": 1, "BoolStorage": 1, "BFloat16Storage": 2, "ComplexFloatStorage": 8,
    "ComplexDoubleStorage": 16, "QInt8Storage": 1, "QUInt8Storage": 1, "QInt32Storage": 4, "QUInt4x2Storage": 1,
    "QUInt2x4Storage": 1, "UntypedStorage": 1,
}  # fmt: skip


class Storages:
    """Collects them while a pickle is examined. `sizes` has bytes by key, `widths` bytes an element, -1 unknown."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}
        self.widths: dict[str, int] = {}

    def add(self, pid: Value) -> None:
        """Take what an id says, where it is that of a storage."""
        if not isinstance(pid, Box) or len(pid.items) < 5 or pid.items[0] not in ("storage", b"storage"):
            return
        _, kind, key, _, count, *_ = pid.items
        key = key.decode("latin-1") if isinstance(key, bytes) else key
        if isinstance(key, (str, int)) and isinstance(kind, Global) and isinstance(count, int):
            width = _WIDTHS.get(kind.name, -1)
            self.widths[str(key)] = width
            self.sizes[str(key)] = width * count if width > 0 and count >= 0 else -1
