"""The walk through bodies of OpenAI's formats: messages' contents, and members that no table names."""

from __future__ import annotations

from collections.abc import Collection
from types import NoneType
from typing import Any

from bartizan.guard.exchange import BodyError, Encoded, Exchange, Kind, Origin, Piece, ProviderTool, Walk
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.media import text_of
from bartizan.guard.formats.openai.words import HANDLES, TIMES, WORDS, is_handle, is_name, is_source

__all__ = ["Reader"]


class _Addressed(Encoded):
    """A text file that stands in an address, behind the head that says what it is."""

    __slots__ = ("_head",)

    def __init__(self, *place: Any, head: str) -> None:
        super().__init__(*place)
        self._head = head

    def replace(self, text: str) -> None:
        super().replace(text)
        self.holder[self.key] = self._head + self.holder[self.key]


_TEXTS = frozenset(("text", "refusal", "transcript", "thinking"))
"""Members of a content part that hold what is read as the message."""

_STORED = frozenset(("file_id", "id"))


class Reader(Walk):
    """Reads a body, a request's or, with `answer`, the provider's, in which names that it made up are no texts."""

    def __init__(self, exchange: Exchange, *, answer: bool = False) -> None:
        super().__init__(exchange)
        self.answer = answer

    # ---- members that are no content

    def other(
        self, holder: dict[str, Any], name: str, known: Collection[str], origin: Origin, role: str, where: Where
    ) -> None:
        """Take a member that a table doesn't name. Raises BodyError for a known name in other capitals.

        Some servers read `Tools` as `tools`, and what a request means by it would not be seen here.
        """
        if not self.answer and not name.islower() and name.lower() in known:
            raise BodyError(f"a member is named like `{name.lower()}` but for its capitals")
        if name not in WORDS:
            self._pieces.append(Piece(holder, name, name, origin, role, where, Kind.KEY))
        self.spare(holder, name, origin, role, where)

    def named(self, holder: dict[str, Any], name: str, origin: Origin, where: Where) -> None:
        """Take the name of a member that its writer was free to choose."""
        self._pieces.append(Piece(holder, name, name, origin, "", where, Kind.KEY))

    def spare(self, holder: Any, key: str | int, origin: Origin, role: str, where: Where) -> None:
        """Take every text below a member but words of the format itself."""
        value = holder[key]
        kind = type(value)
        if kind is str:
            if value not in WORDS and not (key in HANDLES and self._handle(value, str(key))):
                self._pieces.append(Piece(holder, key, value, origin, role, where))
        elif kind is dict:
            inner = (where, key)
            for name in list(value):
                if name not in WORDS:
                    self._pieces.append(Piece(value, name, name, origin, role, inner, Kind.KEY))
                self.spare(value, name, origin, role, inner)
        elif kind is list:
            inner = (where, key)
            for number in range(len(value)):
                self.spare(value, number, origin, role, inner)
        elif value is not None and value is not True and value is not False and not (self.answer and key in TIMES):
            self.tree(value, origin, role, (where, key), holder, key)

    def _handle(self, value: str, key: str) -> bool:
        return is_name(value, key) if self.answer else is_handle(value)

    # ---- contents

    def content(self, holder: Any, key: str | int, origin: Origin, role: str, where: Where) -> None:
        """Take a message's content or a tool's result: a string, or parts that are read as one."""
        value = holder[key]
        if type(value) is list:
            run = self.run() if len(value) > 1 else -1
            inner = (where, key)
            for number in range(len(value)):
                self.part(value, number, origin, role, inner, run)
        elif type(value) is dict:
            self.part(holder, key, origin, role, where, -1)
        elif type(value) is str and origin is Origin.TOOL_RESULT and "\\u" in value:
            self.inner(holder, key, origin, role, where)
        else:
            self.text(holder, key, origin, role, where)

    def part(self, holder: Any, key: str | int, origin: Origin, role: str, where: Where, run: int) -> None:
        """Take one part of a content. Its members decide, not its type, which could say something else."""
        part = holder[key]
        if type(part) is not dict:
            self.text(holder, key, origin, role, where, run)
        else:
            self.part_members(part, origin, role, (where, key), run)

    def part_members(self, part: dict[str, Any], origin: Origin, role: str, where: Where, run: int) -> None:
        """Take what is in a part, which stands at `where`."""
        first = len(self._pieces)
        for name in list(part):
            if name in _TEXTS:
                if type(part[name]) is list:  # some makers put parts into parts
                    self.content(part, name, origin, role, where)
                else:
                    self.text(part, name, origin, role, where, run)
            elif name == "annotations":
                self.spare(part, name, Origin.RETRIEVED, role, where)
            elif name == "logprobs":
                self.logprobs(part, name, part.get("text"), origin, role, where)
            elif (media := _MEDIA.get(name)) is not None:
                self.media(part, name, media, origin, role, where)
            else:
                self.other(part, name, _PART, origin, role, where)
        if part.get("logprobs"):
            self.shadow(first, part, "logprobs")

    def media(self, holder: Any, name: str | int, kind: str, origin: Origin, role: str, where: Where) -> None:
        """Take an image, a sound or a file: what can't be looked into is noted, what else is written there is taken."""
        value = holder[name]
        if type(value) is str:
            self._medium(holder, name, kind, origin, role, where)
        elif type(value) is dict:
            where = (where, name)
            for inner in list(value):
                if inner in ("url", "data", "file_data", "file_url", *_STORED) and type(value[inner]) is str:
                    self._medium(value, inner, kind, origin, role, where)
                else:
                    self.other(value, inner, _PART, origin, role, where)
        elif value is not None:
            self.spare(holder, name, origin, role, where)

    def _medium(self, holder: Any, name: str | int, kind: str, origin: Origin, role: str, where: Where) -> None:
        value = holder[name]
        head, comma, data = value.partition(",") if value[:5].lower() == "data:" else ("", "", "")
        if head[-7:].lower() == ";base64" and (text := text_of(data, head[5:-7])) is not None:
            self._pieces.append(_Addressed(holder, name, text, origin, role, where, head=head + comma))
            return
        self.opaque(kind, (where, name))
        if is_source(value):
            return
        if name not in ("data", "file_data", *_STORED) and value.lstrip()[:5].lower() != "data:":
            self.opaque("url", (where, name))
        self.spare(holder, name, origin, role, where)

    def sealed(self, holder: Any, name: str, kind: str, origin: Origin, role: str, where: Where) -> None:
        """Take content that only the provider can read. What could be read is taken as a text nevertheless."""
        value = holder[name]
        self.opaque(kind, (where, name))
        if type(value) is not str or not is_source(value, 64):
            self.spare(holder, name, origin, role, where)

    def state(self, holder: Any, name: str, where: Where) -> None:
        """Take the name of something that the provider keeps."""
        if holder[name] is not None:
            self.opaque("state", (where, name))
            self.spare(holder, name, Origin.PARAMETER, "", where)

    # ---- log probabilities

    def logprobs(self, holder: Any, name: str, text: Any, origin: Origin, role: str, where: Where) -> None:
        """Take the tokens that say a text once more; where they say another, they are texts of their own."""
        tokens = holder[name]
        if type(tokens) is not list or not tokens:
            self.spare(holder, name, origin, role, where)
            return
        where = (where, name)
        told = told_by(tokens, text)
        run = self.run()
        for number, token in enumerate(tokens):
            inner = (where, number)
            if not _is_token(token):
                self.spare(tokens, number, origin, role, where)
            else:
                if not told:
                    self.text(token, "token", origin, role, inner, run)
                if token.get("top_logprobs"):
                    self._others(token, origin, role, inner)

    def _others(self, token: dict[str, Any], origin: Origin, role: str, where: Where) -> None:
        """Take the tokens that might have stood there instead, if they can hold a value: most are parts of a word."""
        others = token["top_logprobs"]
        if type(others) is not list:
            self.spare(token, "top_logprobs", origin, role, where)
            return
        where = (where, "top_logprobs")
        for number, other in enumerate(others):
            if not _is_token(other) or other.get("top_logprobs"):
                self.spare(others, number, origin, role, where)
            elif len(other["token"]) > _LONG_TOKEN:
                self.text(other, "token", origin, role, (where, number))

    def shadow(self, first: int, holder: Any, key: str | int) -> None:
        """Note what says the same as the pieces from `first` on; it is taken away when one of these is changed."""
        self.exchange.shadows.append((first, len(self._pieces), holder, key))

    # ---- tools

    def provider_tool(self, type: str, server: str = "") -> None:
        """Note a tool that the provider itself runs."""
        self.exchange.provider_tools.append(ProviderTool(type, server))


_MEDIA = {
    "image_url": "image",
    "input_audio": "audio",
    "file": "file",
    "file_data": "file",
    "file_id": "file",
    "file_url": "file",
    "video_url": "image",
}
_PART = frozenset((*_TEXTS, *_MEDIA, "annotations", "logprobs", "type", "url", "data", "id", "filename"))
_TOKEN = frozenset(("token", "bytes", "logprob", "top_logprobs"))
_LONG_TOKEN = 8
"""Characters."""


def told_by(tokens: Any, text: Any) -> bool:
    """Tell whether tokens with their log probabilities say what a text says, and nothing else."""
    said: list[str] = []
    data = bytearray()
    for token in tokens:
        if not _is_token(token):
            return False
        said.append(token["token"])
        data += _bytes(token)
    return text == "".join(said) or (type(text) is str and text.encode(errors="surrogatepass") == data)


def _is_token(token: Any) -> bool:
    """Tell whether this is a token as described, with nothing else in it."""
    if type(token) is not dict or not token.keys() <= _TOKEN or type(token.get("token")) is not str:
        return False
    data = token.get("bytes")
    if data is not None and not (type(data) is list and all(type(one) is int and 0 <= one < 256 for one in data)):
        return False
    return type(token.get("logprob")) in (float, int, NoneType)


def _bytes(token: dict[str, Any]) -> bytes:
    """Return a token as bytes; a token that is a part of a sign is only told in these."""
    data = token.get("bytes")
    if data is not None:
        return bytes(data)
    said: str = token["token"]
    return said.encode(errors="surrogatepass")
