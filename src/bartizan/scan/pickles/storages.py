"""Storages that torch pickles outside its own files: bytes that its old format reads, in a call that loads them.

Source: torch/storage.py, `_StorageBase.__reduce__`, which writes without the zip.
"""

from __future__ import annotations

import enum

from bartizan.scan.pickles.values import Box, Call, Datum, Global, Value

__all__ = ["MOST_STORAGES", "STORAGE_LOADER", "Stored", "is_storage", "stored"]

STORAGE_LOADER = "torch.storage._load_from_bytes"
MOST_STORAGES = 2000
"""So many are examined; more are told of."""
_HEAD = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
"""A pickle of the magic number, in protocol 2."""


class Stored(enum.Enum):
    """What is known of the bytes that are loaded."""

    EXAMINED = "examined"
    AS_TEXT = "as text"
    NO = "no"


def is_storage(head: bytes) -> bool:
    """Tell by the first bytes whether torch's old format reads them."""
    return head.startswith(_HEAD)


def stored(args: Value) -> Stored:
    """Tell what is known of the bytes in the arguments of the loader: before protocol 3 they are a text, coded."""
    match args:
        case Box(items=[bytes() as head], count=1) | Box(items=[Datum(kind="bytes", head=bytes() as head)], count=1):
            return Stored.EXAMINED if is_storage(head) else Stored.NO
        case Box(items=[Call(func=Global(module="_codecs", name="encode"), args=Box(items=[text, "latin1"]))], count=1):
            head_text = text.head if isinstance(text, Datum) else text
            begins = isinstance(head_text, str) and head_text.startswith(_HEAD.decode("latin-1"))
            return Stored.AS_TEXT if begins else Stored.NO
    return Stored.NO
