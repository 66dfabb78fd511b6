"""Python source: bytes to text by its declared encoding, text to a syntax tree, both bounded."""

from __future__ import annotations

import ast
import codecs
import io
import tokenize
import warnings

from bartizan.scan.artefacts.errors import LimitReached, Malformed

__all__ = ["LARGEST", "parse_python", "text_of"]

LARGEST = 8 << 20
"""Bytes of source that are read; people and generators of code stay below it."""


def text_of(source: bytes) -> str:
    """Decode a file as the interpreter does (PEP 263). Raises Malformed and LimitReached."""
    if len(source) > LARGEST:
        raise LimitReached(f"the source is larger than {LARGEST >> 20} MB")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        known = codecs.lookup(encoding)
        if not getattr(known, "_is_text_encoding", True):
            raise Malformed("the source names an encoding that is none of text", 0)
        return source.decode(encoding)
    except (SyntaxError, LookupError, ValueError) as error:
        raise Malformed("the source can't be decoded as it says it is encoded", 0) from error


def parse_python(text: str) -> ast.Module:
    """Parse text. Raises Malformed where it is no Python of this version, LimitReached where it nests too deep."""
    if len(text) > LARGEST:
        raise LimitReached(f"the source is larger than {LARGEST >> 20} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the code that is read: invalid escapes, `is` with a literal
            return ast.parse(text)
    except (RecursionError, MemoryError) as error:
        raise LimitReached("the source nests too deep") from error
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise Malformed("the source is no Python" + (f" at line {line}" if line else "")) from error
