"""XML as a stream of events: no tree, no entity is expanded or fetched, bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Protocol
from xml.parsers import expat

from bartizan.scan.readers.parts.foreign import Bad

__all__ = ["Handler", "local", "parsed"]

_DEPTH = 2000
"""Elements within each other, after which a document is not followed further: handlers keep a stack."""


class Handler(Protocol):
    """What is done with a document. Names come without namespace."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Text stands here; a stretch may come in parts."""

    def aside(self, data: str, kind: str) -> None:
        """A comment, an instruction or the declaration of an entity."""

    def line(self, number: int) -> None:
        """The next event stands in this line, counted from 1."""


@lru_cache(4096)
def local(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition("}")[2]


def parsed(chunks: Iterable[bytes], handler: Handler, *, lines: bool = False) -> Iterator[None]:
    """Feed a document to a handler, and pause after each chunk so that its records can be taken.

    Raises Bad where it isn't well-formed, after the part that was.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.buffer_size = 65_536
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH:
            raise Bad("has too many elements within each other")
        if lines:
            handler.line(parser.CurrentLineNumber)
        if attributes:
            attributes = {local(key): value for key, value in attributes.items()}
        handler.start(local(name), attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(local(name))

    def entity(name: str, parameter: bool, value: str | None, *_: str | None) -> None:  # noqa: ARG001
        if value:
            handler.aside(value, "entity")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = handler.text
    parser.CommentHandler = lambda data: handler.aside(data, "comment")
    parser.ProcessingInstructionHandler = lambda _, data: handler.aside(data, "instruction")
    parser.EntityDeclHandler = entity
    # With a default handler, expat leaves references to entities as they are.
    parser.DefaultHandler = lambda _: None
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Bad(f"is not well-formed XML at line {error.lineno}; what follows was not read") from error
    except (ValueError, LookupError) as error:
        # An encoding that is named but not known.
        raise Bad("is XML in an encoding that is not known") from error
    yield
