"""E-mails: headers, bodies and attachments, each in its encoding."""

from __future__ import annotations

import io
import re
from base64 import encodebytes
from email import message_from_bytes, policy
from email.errors import MessageError
from email.generator import BytesGenerator
from email.header import Header, decode_header, make_header
from email.message import Message
from quopri import encodestring
from typing import IO

from bartizan.model import InputError
from bartizan.scan.rewriters.base import Work
from bartizan.scan.rewriters.markup import rewrite_markup

__all__ = ["REWRITERS"]

_MOST = 256 << 20
_HEADERS = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]*:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n){2,}", re.MULTILINE)
_TOLD = re.compile(rb"^(?:From|Received|Message-ID|Return-Path|MIME-Version):", re.IGNORECASE | re.MULTILINE)
# Headers that say how to read the rest.
_STRUCTURE = frozenset({"content-type", "content-transfer-encoding", "mime-version", "content-length"})
_POLICY = policy.compat32


class Mail:
    """E-mails as they are sent (RFC 5322, MIME)."""

    name = "eml"

    def recognises(self, head: bytes, name: str) -> int:
        """Go by the name, or by two headers at the beginning of which a mail always has one."""
        if name.endswith(".eml"):
            return 2
        match = _HEADERS.match(head)
        return 2 if match is not None and _TOLD.search(match[0]) and b"\0" not in head else 0

    def rewrite(self, source: IO[bytes], target: IO[bytes], work: Work, name: str) -> None:  # noqa: ARG002
        """Rewrite a message as a whole. An attachment that can't be inspected is emptied, and noted."""
        data = source.read(_MOST + 1)
        if len(data) > _MOST:
            raise InputError(f"a message has more than {_MOST >> 20} MiB")
        ending = "\r\n" if b"\r\n" in data[:4096] else "\n"
        message = message_from_bytes(data, policy=_POLICY)
        try:
            for part in message.walk():
                _headers(part, work)
                if not part.is_multipart():
                    _body(part, work)
            BytesGenerator(target, mangle_from_=False, maxheaderlen=0, policy=_POLICY).flatten(message, linesep=ending)
        except (MessageError, LookupError, ValueError) as error:
            raise InputError(f"the message is damaged ({type(error).__name__})") from None


REWRITERS = (Mail(),)


def _headers(part: Message, work: Work) -> None:
    for index, (name, raw) in enumerate(part.raw_items()):
        if name.lower() in _STRUCTURE:
            _names(part, work)
            continue
        text = _plain(raw)
        edits = work.find(text)
        if edits:
            new = work.apply(text, edits)
            shown = new if new.isascii() else Header(new, "utf-8").encode()
            # There is no public way to change one of several headers of a name, in place.
            part._headers[index] = (name, shown)  # type: ignore[attr-defined]


def _plain(raw: object) -> str:
    text = str(raw)
    try:
        return str(make_header(decode_header(text)))
    except (MessageError, LookupError, ValueError):
        return text


def _names(part: Message, work: Work) -> None:
    """Rewrite the names of attachments that stand in headers of the structure."""
    name = part.get_param("name")
    if isinstance(name, str) and (edits := work.find(name)):
        part.set_param("name", work.apply(name, edits))


def _body(part: Message, work: Work) -> None:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload:
        return
    if part.get_content_maintype() == "text" and part.get_filename() is None:
        charset = part.get_content_charset("utf-8")
        text, codec = _decoded(payload, charset)
        web = part.get_content_subtype() == "html"
        new = rewrite_markup(text, work, web=True) if web else "".join(work.texts(text.splitlines(keepends=True)))
        if new != text:
            _set(part, new.encode(codec, "surrogateescape" if codec == "utf-8" else "replace"))
        return
    made = io.BytesIO()
    if not work.member(io.BytesIO(payload), made, part.get_filename() or f"attachment.{part.get_content_subtype()}"):
        made = io.BytesIO()
    if made.getvalue() != payload:
        _set(part, made.getvalue())


def _decoded(payload: bytes, charset: str) -> tuple[str, str]:
    try:
        return payload.decode(charset), charset
    except (LookupError, ValueError):
        return payload.decode("utf-8", "surrogateescape"), "utf-8"


def _set(part: Message, payload: bytes) -> None:
    """Put a payload in, encoded as the old one was."""
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding == "quoted-printable":
        part.set_payload(encodestring(payload).decode())
    elif encoding == "base64":
        part.set_payload(encodebytes(payload).decode())
    else:
        part.set_payload(payload.decode("ascii", "surrogateescape"))
