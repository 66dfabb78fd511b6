"""One http connection that asks for ranges, and believes no answer that doesn't fit the question.

Sources: RFC 9110, section 14 (range requests); RFC 9112.
"""

from __future__ import annotations

import http.client
import re
import time
from typing import Final
from urllib.parse import urljoin, urlsplit, urlunsplit

import msgspec

from bartizan import __version__

__all__ = ["Answer", "Connection", "PastTheEndError", "WebError"]

_REDIRECTS: Final = (301, 302, 303, 307, 308)
_MOST_REDIRECTS: Final = 5
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)\Z")
_PIECE: Final = 1 << 16
_SMALL: Final = 16 << 20
"""Bytes of a file that is taken as a whole where a server knows no ranges."""


class WebError(OSError):
    """A server refused, stalled, or answered something else than it was asked. `strerror` says which, in our words."""

    def __init__(self, said: str) -> None:
        super().__init__(5, said)


class PastTheEndError(WebError):
    """The file has no such range: it is shorter."""


class Answer(msgspec.Struct, frozen=True):
    """What a server gave: `start` of `total` bytes, and a mark of the version that it gave."""

    data: bytes
    start: int
    total: int
    version: str


class Connection:
    """A kept connection to where an address leads. `seconds` bounds each wait, and `patience` each whole answer."""

    def __init__(self, url: str, *, seconds: float = 10.0, patience: float = 60.0) -> None:
        self.url, self._seconds, self._patience = url, seconds, patience
        self._open: http.client.HTTPConnection | None = None
        self._where = ""

    def range(self, start: int, size: int) -> Answer:
        """Ask for bytes. Raises WebError, also where the server sends all of a large file instead."""
        response = self._ask({"Range": f"bytes={start}-{start + size - 1}"})
        if response.status == 416:
            self._drop()
            raise PastTheEndError("has fewer bytes than it said")
        if response.status == 200:
            return self._whole(response, start)
        found = _RANGE.match(response.headers.get("Content-Range", ""))
        if response.status != 206 or found is None:
            self._drop()
            raise WebError(f"the server answers {response.status}")
        first, last, total = (int(part) for part in found.groups())
        if first != start or not first <= last < total or last - first >= size:
            self._drop()
            raise WebError("the server sends another part than was asked for")
        data = self._read(response, last - first + 1)
        if len(data) != last - first + 1:
            self._drop()
            raise WebError("the server sends fewer bytes than it announces")
        return Answer(data, start, total, _version(response))

    def get(self, most: int) -> bytes:
        """Get a small document as a whole. Raises WebError."""
        response = self._ask({})
        if response.status != 200:
            self._drop()
            raise WebError(f"the server answers {response.status}")
        announced = response.length
        data = self._read(response, most + 1)
        if len(data) > most:
            self._drop()
            raise WebError(f"is more than {most >> 20} MB")
        if announced is not None and len(data) != announced:
            self._drop()
            raise WebError("the server sends fewer bytes than it announces")
        return data

    def close(self) -> None:
        """End the connection."""
        self._drop()

    def _whole(self, response: http.client.HTTPResponse, start: int) -> Answer:
        """Take the answer of a server that knows no ranges, where it is small: as if that had been asked for."""
        announced = response.length
        if start or announced is None or announced > _SMALL:
            self._drop()
            raise WebError("the server does not serve ranges, and the file is large")
        data = self._read(response, _SMALL)
        if len(data) != announced:
            self._drop()
            raise WebError("the server sends fewer bytes than it announces")
        return Answer(data, 0, len(data), _version(response))

    def _ask(self, headers: dict[str, str]) -> http.client.HTTPResponse:
        url = self._where or self.url
        for _ in range(_MOST_REDIRECTS):
            response = self._send(url, headers)
            if response.status not in _REDIRECTS:
                self._where = url
                return response
            target = urljoin(url, response.headers.get("Location", ""))
            self._drop()
            if urlsplit(target).scheme not in ("http", "https"):
                raise WebError("the server redirects to something that is no http address")
            if urlsplit(url).scheme == "https" and urlsplit(target).scheme == "http":
                raise WebError("the server redirects from https to http")
            url = target
        raise WebError("the server redirects in circles")

    def _send(self, url: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        parts = urlsplit(url)
        path = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        ours = {"User-Agent": f"bartizan/{__version__}", "Accept-Encoding": "identity", **headers}
        again = self._open is not None
        while True:
            try:
                if self._open is None:
                    self._open = self._connect(parts.scheme, parts.netloc.rpartition("@")[2])
                self._open.request("GET", path, headers=ours)
                return self._open.getresponse()
            except TimeoutError as error:
                self._drop()
                raise WebError(f"the server says nothing for {self._seconds:g} s") from error
            except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
                self._drop()
                # A kept connection may have been ended by the server meanwhile; a new one may not.
                if not again:
                    raise WebError("the server can't be reached, or speaks no http") from error
                again = False

    def _connect(self, scheme: str, host: str) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
        return kind(host, timeout=self._seconds)

    def _read(self, response: http.client.HTTPResponse, most: int) -> bytes:
        """Read up to so many bytes, and no longer than our patience lasts: a trickle must not hold a scan."""
        until = time.monotonic() + self._patience
        out = bytearray()
        try:
            while len(out) < most:
                piece = response.read1(min(_PIECE, most - len(out)))
                if not piece:
                    break
                out += piece
                if time.monotonic() > until:
                    raise TimeoutError
        except (OSError, http.client.HTTPException) as error:
            self._drop()
            raise WebError("the server stalls, or ends in the middle") from error
        if response.length:
            self._drop()
        else:
            # Not before this does the connection take another request.
            response.close()
        return bytes(out)

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None


def _version(response: http.client.HTTPResponse) -> str:
    return response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
