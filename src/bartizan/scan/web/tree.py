"""What lies behind an address: one file, the shards beside an index, or the repository of a model hub."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

import msgspec

from bartizan.model import InputError
from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.tree import beside
from bartizan.scan.sources import public_url
from bartizan.scan.web.connection import Connection, WebError
from bartizan.scan.web.content import HttpContent

__all__ = ["HttpTree", "web_tree"]

_REPOSITORY = re.compile(r"/(datasets/)?([\w.-]+/[\w.-]+)(?:/tree/([\w.%-]+))?/?\Z")
_LISTING = 64 << 20
_INDEX = 256 << 20
"""Bytes of a listing and of an index of shards that are fetched."""


class HttpTree:
    """Files by path, each behind an address of its own. `shown` is what stands before a path in reports."""

    def __init__(self, addresses: Mapping[str, str], shown: str) -> None:
        self._addresses, self.shown = addresses, shown
        self.fetched = 0
        """Bytes that came over the line for files that are closed again."""

    def paths(self) -> list[str]:
        """Return the paths."""
        return sorted(self._addresses)

    @contextmanager
    def open(self, path: str) -> Iterator[Content]:
        """Open one. Raises WebError, an OSError."""
        if path not in self._addresses:
            raise FileNotFoundError(2, "is not there", path)
        connection = Connection(self._addresses[path])
        try:
            content = HttpContent(connection)
            yield content
            self.fetched += content.fetched
        finally:
            connection.close()


class _Listed(msgspec.Struct):
    type: str
    path: str


class _Index(msgspec.Struct):
    weight_map: dict[str, str]


def web_tree(url: str) -> HttpTree:
    """Find out what an address stands for.

    `.../ORGANISATION/NAME` or `.../ORGANISATION/NAME/tree/REVISION` is a repository where the host answers the listing
    that Hugging Face's hub has (`/api/models/NAME/tree/REVISION?recursive=true`); anything else is a file. An index of
    shards (`*.index.json`) brings its shards. Raises InputError where nothing is there, WebError (an OSError) where the
    host fails.
    """
    parts = urlsplit(url)
    found = _REPOSITORY.fullmatch(parts.path)
    if found and (listed := _repository(url, found)) is not None:
        return HttpTree(listed, public_url(url).rstrip("/") + "/")
    path = unquote(parts.path).rpartition("/")[2] or "index"
    addresses = {path: url}
    if path.endswith(".index.json"):
        addresses |= _shards(url, path)
    return HttpTree(addresses, public_url(url).rpartition("/")[0] + "/")


def _repository(url: str, found: re.Match[str]) -> dict[str, str] | None:
    """Return the addresses of a repository's files; None where the host knows no such listing."""
    parts = urlsplit(url)
    kind, name, revision = found[1] or "", found[2], found[3] or "main"
    root = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
    listing = f"{root}/api/{kind or 'models/'}{name}/tree/{quote(revision, safe='')}?recursive=true"
    connection = Connection(listing)
    try:
        entries = msgspec.json.decode(connection.get(_LISTING), type=list[_Listed])
    except (WebError, msgspec.MsgspecError):
        return None
    finally:
        connection.close()
    files = [entry.path for entry in entries if entry.type == "file"]
    if not files:
        raise InputError(
            f"`{public_url(url)}` holds no files", help="check the name and the revision of the repository"
        )
    return {path: f"{root}/{kind}{name}/resolve/{quote(revision, safe='')}/{quote(path)}" for path in files}


def _shards(url: str, path: str) -> dict[str, str]:
    connection = Connection(url)
    try:
        index = msgspec.json.decode(connection.get(_INDEX), type=_Index)
    except msgspec.MsgspecError:
        return {}  # what is wrong with the index, its own scanner says
    finally:
        connection.close()
    out = {}
    for shard in sorted(set(index.weight_map.values())):
        try:
            out[beside(path, shard)] = urljoin(url, quote(shard))
        except ValueError:
            continue  # leaves the folder, which the index's own scanner says
    return out
