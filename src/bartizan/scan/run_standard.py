"""The tools of a real run: files and storages, the packaged readers, and the engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

import msgspec

from bartizan.inspection.inspector import Inspector
from bartizan.inspection.policy import Policy
from bartizan.scan.blocks import Reader, Source, Unread
from bartizan.scan.plan import Planned, reason
from bartizan.scan.readers import recognise
from bartizan.scan.run_tools import Found, Inspects
from bartizan.scan.sources import Local, Remote, file_system, public_url
from bartizan.scan.walk import walk

__all__ = ["Standard", "tools"]

_BYTES = "bytes:"


class Standard:
    """Finds files by `walk`, opens them by path or URL."""

    def walk(self, roots: list[str]) -> Iterator[Found | Planned]:
        """See `Tools`."""
        for entry in walk(roots):
            if isinstance(entry, Unread):
                yield Planned(_shown(entry.member), unread=entry.reason)
            elif isinstance(entry, Remote):
                yield _remote(entry)
            else:
                yield _local(entry)

    def source(self, address: str) -> Source:
        """See `Tools`."""
        if "://" in address:
            return Remote(address)
        path = _path(address)
        return Local(path, Path(path).stat().st_size)

    def stamp(self, address: str) -> str:
        """See `Tools`."""
        return _version(address) if "://" in address else _stamp(Path(_path(address)).stat())

    def recognise(self, source: Source) -> Reader | Unread:
        """See `Tools`."""
        return recognise(source)

    def inspector(self, policy: Policy, cache: Path | None) -> Inspects:
        """See `Tools`."""
        return _engine(msgspec.msgpack.encode(policy), cache)


@lru_cache(maxsize=1)
def _engine(policy: bytes, cache: Path | None) -> Inspector:
    """Make the engine, which takes seconds, once for the plan and the work in one process."""
    return Inspector(msgspec.msgpack.decode(policy, type=Policy), cache=cache)


def tools() -> Standard:
    """Return the tools."""
    return Standard()


def _remote(entry: Remote) -> Found | Planned:
    shown = public_url(entry.url)
    try:
        return Found(shown, entry.url, entry.size, _version(entry.url), entry)
    except OSError as error:
        return Planned(shown, unread=f"can't be read: {reason(error)}")


def _local(entry: Local) -> Found | Planned:
    try:
        found = Path(entry.path).stat()
    except OSError as error:
        return Planned(_shown(entry.path), unread=f"can't be read: {reason(error)}")
    source = Local(entry.path, found.st_size)
    return Found(_shown(entry.path), _address(entry.path), found.st_size, _stamp(found), source)


def _stamp(found: os.stat_result) -> str:
    # The time of the last change of state can't be set back, that of the last write can.
    return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ctime_ns}"


def _version(url: str) -> str:
    system, path = file_system(url, {})
    system.invalidate_cache()
    info = system.info(path)
    return "-".join(str(info.get(key, "")) for key in ("size", "ETag", "etag", "generation", "mtime", "LastModified"))


def _shown(path: str) -> str:
    """A path as text; a name that isn't UTF-8 is shown with what its bytes are."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _address(path: str) -> str:
    whole = str(Path(path).absolute())
    try:
        whole.encode()
    except UnicodeEncodeError:
        return _BYTES + quote(os.fsencode(whole))
    return whole


def _path(address: str) -> str:
    return os.fsdecode(unquote_to_bytes(address.removeprefix(_BYTES))) if address.startswith(_BYTES) else address
