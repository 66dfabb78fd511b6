"""Errors that other people's parsers raise on bad content."""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["FOREIGN", "Bad", "contained"]

FOREIGN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zlib.error,
)
"""What a parser may raise on hostile bytes. OSError is not among them: it tells about the disk, not the content."""


class Bad(Exception):
    """Content that can't be read; the message says why, in our words."""


@contextmanager
def contained(reason: str, *more: type[BaseException]) -> Iterator[None]:
    """Turn what a parser raises on bad content into Bad with this reason; errors of the storage pass through.

    `more` are errors of the parser's own.
    """
    try:
        yield
    except FOREIGN as error:
        raise Bad(reason) from error
    except more as error:
        raise Bad(reason) from error
    except OSError as error:
        # pyarrow and bz2 raise OSError without a number for content that they don't understand.
        if error.errno is not None:
            raise
        raise Bad(reason) from error
