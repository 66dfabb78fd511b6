"""A body that was read: every text of it, what can't be looked into, and what it asks for."""

from __future__ import annotations

from typing import Any, NamedTuple

from bartizan.guard.exchange.jsonbody import encode_body, encode_text
from bartizan.guard.exchange.piece import Piece, Where, pointer

__all__ = ["Exchange", "Nested", "Opaque", "ProviderTool"]


class Opaque(NamedTuple):
    """Content that can't be inspected here, which therefore is a matter of policy.

    `kind`: `image`, `audio`, `file`, `url` (fetched by the provider), `state` (kept by the provider, such as an
    earlier answer), `reasoning` (encrypted), `retrieval` (a search that the provider makes), `tokens` (numbers that
    stand for text). The engine adds `encoded` where a text holds more encodings, or deeper ones, than are looked into.
    """

    kind: str
    where: Where

    @property
    def path(self) -> str:
        """The JSON pointer to it."""
        return pointer(self.where)


class ProviderTool(NamedTuple):
    """A tool that the provider itself runs: its type as the format names it, and the address of an MCP server."""

    type: str
    server: str = ""


class Nested(NamedTuple):
    """JSON that stands in a string: where the string is kept, and its decoded tree."""

    holder: Any
    key: str | int
    tree: Any
    first: int
    """The first piece inside; the pieces up to `last` are of this tree."""
    last: int


class Exchange:
    """One body, a request's or an answer's.

    `format` is the format's id. Pieces stand in the order of the body. `model` is what the request asks for, `stream`
    whether the answer shall come in pieces, `most` how many tokens it may have at most (0: not said), `parameters` what
    conditions may speak of (`store`, `service_tier`, ...), `tools` the names of tools that the caller runs.
    """

    def __init__(self, format: str, raw: bytes, tree: Any) -> None:
        self.format, self.raw, self.tree = format, raw, tree
        self.pieces: list[Piece] = []
        self.nested: list[Nested] = []
        self.shadows: list[tuple[int, int, Any, str | int]] = []
        """Places (holder, key) that say the same as the pieces from one number up to another."""
        self.opaque: list[Opaque] = []
        self.tools: list[str] = []
        self.provider_tools: list[ProviderTool] = []
        self.parameters: dict[str, Any] = {}
        self.models: list[tuple[Any, str | int]] = []
        """Places of the body that name the model, which `rename` writes anew."""
        self.rewritten = False
        """Whether the reader of the format had to alter the tree itself."""
        self.model = ""
        self.stream = False
        self.most = 0

    @property
    def changed(self) -> bool:
        """Whether a piece was replaced, or the tree altered otherwise."""
        return self.rewritten or any(piece.changed for piece in self.pieces)

    def rename(self, model: str) -> None:
        """Name another model wherever the body names one; what stands before a slash stays (`models/`)."""
        for holder, key in self.models:
            before, slash, _ = holder[key].rpartition("/")
            holder[key] = f"{before}{slash}{model}"
            self.rewritten = True

    def render(self) -> bytes:
        """Return the body: byte for byte as it came when nothing was changed."""
        return self.encode() if self.changed else self.raw

    def encode(self) -> bytes:
        """Return the body written anew from its tree."""
        self.settle()
        return encode_body(self.tree)

    def settle(self) -> None:
        """Write changed JSON back into the strings that hold it, innermost first, and take away what says the old."""
        for one in reversed(self.nested):
            if any(piece.changed for piece in self.pieces[one.first : one.last]):
                one.holder[one.key] = encode_text(one.tree)
        for first, last, holder, key in self.shadows:
            if any(piece.changed for piece in self.pieces[first:last]):
                holder[key] = None
