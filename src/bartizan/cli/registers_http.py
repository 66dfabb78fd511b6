"""A register behind a server: its API, asked with a token."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, NoReturn
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from pyreqwest.client import SyncClientBuilder
from pyreqwest.exceptions import PyreqwestError

from bartizan import __version__
from bartizan.cli.registers import Held, Report, Taken
from bartizan.govern.junit import looks_like_xml
from bartizan.model import BartizanError, InputError, InputErrors, Place
from bartizan.model.documents import Document, Kind, parse_document
from bartizan.model.documents.plain import plain
from bartizan.store.register import Conflict, Entry, Missing, Page, Unavailable

__all__ = ["HttpShelf"]

_SECONDS = 60.0
_MOST = 64 << 20
_PAGE = 200
_TRIES = 5
_LONGEST_WAIT = 60
"""Seconds that are waited where the server asks for it."""


class _Mistake(msgspec.Struct, kw_only=True):
    detail: str
    help: str = ""


class _Problem(msgspec.Struct, kw_only=True):
    detail: str = ""
    help: str = ""
    errors: list[_Mistake] = []


class _Answer(msgspec.Struct, kw_only=True):
    status: int
    body: bytes
    tag: str = ""
    result: str = ""
    wait: int = 0


class HttpShelf:
    """The register of a server. Raises InputError for an address that a token may not be sent to."""

    def __init__(self, server: str, token: str) -> None:
        self._base = _base(server)
        self._client = (
            SyncClientBuilder()
            .follow_redirects(False)
            .user_agent(f"bartizan/{__version__}")
            .timeout(timedelta(seconds=_SECONDS))
            .default_headers({"authorization": f"Bearer {token}", "accept": "application/json"})
            .build()
        )

    def get(self, kind: Kind, name: str) -> Held | None:
        """Return a document, None without one."""
        answer = self._ask("GET", _path(kind, name))
        if answer.status == 404:
            return None
        if answer.status != 200 or not answer.tag:
            _refuse(answer)
        return Held(document=parse_document(answer.body, f"{kind.value.lower()}/{name}"), tag=answer.tag)

    def put(self, document: Document, held: Held | None, why: str, *, dry_run: bool) -> str:
        """Put a document on top of what `get` has returned, and say what became of it. Raises Conflict."""
        if held is not None and held.document == document:
            return "unchanged"
        query = {"why": why, **({"dry_run": "true"} if dry_run else {})}
        condition = {"if-match": held.tag} if held else {"if-none-match": "*"}
        path = f"{_path(document.kind, document.name)}?{urlencode(query)}"
        headers = {"content-type": "application/json", **condition}
        answer = self._ask("PUT", path, msgspec.json.encode(plain(document)), headers)
        if answer.status not in (200, 201):
            _refuse(answer)
        return answer.result or ("configured" if held else "created")

    def entries(self, kind: Kind) -> Iterator[Entry]:
        """Return a line for each document of a kind, by name."""
        after = ""
        while True:
            query = urlencode({"limit": _PAGE, **({"after": after} if after else {})})
            answer = self._ask("GET", f"/{kind.plural}?{query}")
            if answer.status != 200:
                _refuse(answer)
            try:
                page = msgspec.json.decode(answer.body, type=Page[Entry])
            except (msgspec.DecodeError, UnicodeDecodeError):
                raise _no_api() from None
            yield from page.items
            after = page.next
            if not after:
                return

    def all(self, kind: Kind) -> Iterator[Document]:
        """Return all documents of a kind, by name."""
        for entry in self.entries(kind):
            held = self.get(kind, entry.name)
            if held is not None:
                yield held.document

    def take(self, system: str, report: Report, *, dry_run: bool) -> Taken:
        """Keep the evidence in results of tests about a system, all of it or nothing. Raises InputError."""
        query = {"observed_at": report.observed_at.isoformat()} if report.observed_at else {}
        query |= {"dry_run": "true"} if dry_run else {}
        path = f"{_path(Kind.SYSTEM, system)}/tests{'?' if query else ''}{urlencode(query)}"
        type, body = "application/x-ndjson", report.content
        if looks_like_xml(body):
            type = "application/xml"
        if report.rules:
            type, body = "application/json", _with_rules(report)
        answer = self._ask("POST", path, body, {"content-type": type})
        if answer.status == 404:
            raise InputError(f"there is no system `{system}`, or it isn't the token's to see")
        if answer.status not in (200, 201):
            _refuse(answer)
        try:
            return msgspec.json.decode(answer.body, type=Taken)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise _no_api() from None

    def interchange(self, file: str) -> bytes:
        """Return a policy or a system in a format of other programs, by the name of its file. Raises Missing."""
        answer = self._ask("GET", f"/interchange/{quote(file, safe='')}")
        if answer.status != 200:
            _refuse(answer)
        return answer.body

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> _Answer:
        """Ask once, and again where the server says that this was too often and when to come back."""
        answer = self._once(method, path, body, headers)
        for _ in range(_TRIES):
            if answer.status != 429 or not 0 < answer.wait <= _LONGEST_WAIT:
                break
            time.sleep(answer.wait)
            answer = self._once(method, path, body, headers)
        return answer

    def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str] | None) -> _Answer:
        builder = self._client.request(method, self._base + path).headers(headers or {})
        try:
            with (builder.body_bytes(body) if body is not None else builder).build_streamed() as response:
                content = bytearray()
                while (chunk := response.body_reader.read_chunk()) is not None:
                    content += bytes(chunk)
                    if len(content) > _MOST:
                        raise BartizanError(f"the server's answer has more than {_MOST:,} bytes")
                return _Answer(
                    status=response.status,
                    body=bytes(content),
                    tag=response.get_header("etag") or "",
                    result=response.get_header("bartizan-result") or "",
                    wait=_seconds(response.get_header("retry-after") or ""),
                )
        except PyreqwestError as error:
            raise Unavailable(
                f"the server can't be reached: {type(error).__name__}", help="is it running, and is --server right?"
            ) from None


def _base(server: str) -> str:
    try:
        parts = urlsplit(server)
        host = parts.hostname or ""
        near = host == "localhost" or (bool(host) and _loopback(host))
    except ValueError:
        host, near = "", False
        parts = urlsplit("")
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and near)) or parts.query or parts.fragment:
        raise InputError(
            "a server is reached over https only", help="such as https://bartizan.example.com; http is for this machine"
        )
    if parts.username is not None or parts.password is not None:
        raise InputError("the address of a server holds no user and no password", help="use --token-file")
    return f"{server.rstrip('/')}/api/v1"


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _path(kind: Kind, name: str) -> str:
    return f"/{kind.plural}/{quote(name, safe='')}"


def _with_rules(report: Report) -> bytes:
    try:
        text = report.content.decode()
    except UnicodeDecodeError:
        raise InputError("with rules, a report is sent to a server in UTF-8", place=Place(report.file)) from None
    return msgspec.json.encode({"report": text, "tests": report.rules})


def _no_api() -> BartizanError:
    return BartizanError("the server doesn't answer as a Bartizan does", help="is --server right?")


def _refuse(answer: _Answer) -> NoReturn:
    """Raise what the server says is wrong."""
    try:
        problem: Any = msgspec.json.decode(answer.body, type=_Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _no_api() from None
    detail = problem.detail or f"the server answered with status {answer.status}"
    if answer.status == 401:
        raise BartizanError("the server doesn't accept the token", help="it may have ended; the console makes another")
    if answer.status == 404:
        raise Missing(detail, help=problem.help)
    if answer.status == 412:
        raise Conflict(detail, 0)
    if answer.status == 503:
        raise Unavailable(detail, help=problem.help)
    if answer.status == 422:
        errors = [InputError(one.detail, help=one.help) for one in problem.errors]
        raise InputErrors(errors) if len(errors) > 1 else InputError(detail, help=problem.help)
    raise BartizanError(detail, help=problem.help)
