"""Chats as services export them in JSON: each message one record, however the export has cut its text.

ChatGPT and Claude (conversations.json), Slack (a list of messages a day), Telegram (result.json), Discord
(DiscordChatExporter), Teams (Microsoft Graph). Everything else in the file is read as in any JSON.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.json_document import add_piece, blocks_of, json_file, looks_like_json
from bartizan.scan.readers.parts.foreign import Bad
from bartizan.scan.readers.parts.json_stream import Run, runs
from bartizan.scan.readers.parts.lines import line_blocks
from bartizan.scan.readers.parts.records import LongText, Records
from bartizan.scan.readers.parts.whole import Whole
from bartizan.scan.readers.webpage import page

__all__ = ["READER"]

_LISTS = ("messages", "chat_messages", "value")
_SIGNS = (
    (b'"mapping"', b'"message"'),
    (b'"chat_messages"', b'"sender"'),
    (b'"messages"', b'"from_id"'),
    (b'"messages"', b'"text_entities"'),
    (b'"messages"', b'"author"', b'"content"'),
    (b'"client_msg_id"', b'"text"', b'"user"'),
    (b'"type"', b'"text"', b'"ts"', b'"user"'),
    (b'"chatMessage"', b'"body"'),
    (b'"messageType"', b'"body"', b'"contentType"'),
)
"""Keys that stand near the beginning of an export."""
_AUTHORS = ("author", "from", "sender", "user", "actor", "user_profile")
_NAMES = ("name", "nickname", "displayName", "real_name", "role", "id")


class ChatReader(Whole):
    """Messages under `message`, who wrote them under `author`; places count messages."""

    name = "chat export"

    def recognises(self, head: bytes, _name: str) -> int:
        """By keys of its beginning."""
        if not looks_like_json(head):
            return 0
        return 3 if any(all(sign in head for sign in signs) for signs in _SIGNS) else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """Messages, then what stands beside them."""
        chat = _Chat()
        with source.open() as file:
            content = json_file(file)
            rest: list[bytes] = []
            try:
                for item in runs(content, rest):
                    if isinstance(item, Run):
                        yield from chat.run(item)
                    else:
                        add_piece(item, chat.long)
                    yield from chat.records.taken_when_full()
            except Bad as bad:
                yield from chat.records.take()
                yield Unread(f"{bad}; the rest was read as text")
                yield from line_blocks([*rest, *iter(lambda: content.read(1 << 20), b"")])
        yield from chat.records.take()


class _Chat:
    """Messages as they come."""

    def __init__(self) -> None:
        self.records = Records()
        self.long = LongText(self.records)
        self._seen: set[tuple[str, str]] = set()
        self._number = 0

    def run(self, run: Run) -> Iterator[Block | Unread]:
        """Take the messages out of some values, and give the rest."""
        inside = run.path.rpartition(".")[2] in _LISTS
        for value in run.values:
            if isinstance(value, dict):
                if inside or (("text" in value or "body" in value) and not self._lists(value)):
                    self._message(value)
                else:
                    self._container(value)
        yield from blocks_of(run, self._seen)

    def _lists(self, value: dict[str, Any]) -> bool:
        return any(isinstance(value.get(key), list) for key in _LISTS) or "mapping" in value

    def _container(self, value: dict[str, Any]) -> None:
        """A conversation, or the whole export."""
        for key in _LISTS:
            messages = value.get(key)
            for message in messages if isinstance(messages, list) else ():
                if isinstance(message, dict):
                    self._message(message)
        mapping = value.get("mapping")
        for node in mapping.values() if isinstance(mapping, dict) else ():
            if isinstance(node, dict) and isinstance(node.get("message"), dict):
                self._message(node["message"])
        chats = value.get("chats")
        for chat in chats.get("list", ()) if isinstance(chats, dict) else ():
            if isinstance(chat, dict):
                self._container(chat)

    def _message(self, message: dict[str, Any]) -> None:
        """Move the text and the author of a message out of it."""
        self._number += 1
        text = ""
        for key in ("text", "content", "body"):
            found = _words(message.get(key))
            if found:
                message.pop(key)
                text = text or found
                if found != text:
                    self.records.add(found, self._number, "message")
        # Telegram has the same text once more, cut another way.
        if text and _words(message.get("text_entities")) == text:
            message.pop("text_entities")
        self.records.add(text, self._number, "message")
        for key in _AUTHORS:
            author = message.get(key)
            if isinstance(author, str):
                self.records.add(message.pop(key), self._number, "author")
            elif isinstance(author, dict):
                name = next((author[name] for name in _NAMES if isinstance(author.get(name), str)), "")
                self.records.add(name, self._number, "author")


def _words(value: Any) -> str:
    """The text in what an export has for one: a string, a list of pieces, or an object with either."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(_words(part) for part in value)
    if isinstance(value, dict):
        content = value.get("content")
        if value.get("contentType") == "html" and isinstance(content, str):
            return _plain(content)
        return next((_words(value[key]) for key in ("text", "parts", "content") if value.get(key)), "")
    return ""


def _plain(markup: str) -> str:
    found = [item for item in page(io.BytesIO(markup.encode("utf-8", "replace"))) if isinstance(item, Block)]
    return "\n".join(bytes(item.data).decode("utf-8", "replace") for item in found)


READER = ChatReader()
