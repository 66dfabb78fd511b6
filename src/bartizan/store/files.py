"""Reading files that strangers wrote, and writing files so that a half-written one is never seen."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bartizan.model import BartizanError, InputError, Place
from bartizan.model.yamltree import MAX_BYTES

__all__ = ["Folder", "read_bounded", "whole_file", "write_whole"]

# Opening a pipe must not wait for its other end; Windows has neither flag nor such pipes.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
}


class Folder:
    """Reads files below one folder, by their path relative to it, as `bartizan.model.parse_system` asks for them.

    Symbolic links are followed while they stay in the folder. Files that are too large, devices, pipes and sockets are
    refused without being read. `names` are the files that were asked for, in that order.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self.names: list[str] = []

    def __call__(self, relative: str) -> bytes:
        """Return a file's content. Raises FileNotFoundError when there is none, InputError when it is refused."""
        place = Place(relative)
        self.names.append(relative)
        try:
            target = Path(os.path.realpath(self.root / relative, strict=True))
        except FileNotFoundError:
            raise
        except (OSError, ValueError) as error:
            raise InputError(f"`{relative}` can't be read: {_reason(error)}", place=place) from None
        if not target.is_relative_to(self.root):
            raise InputError(
                f"`{relative}` is a link that leaves the system's folder",
                place=place,
                help="copy the file into the folder",
            )
        return read_bounded(target, relative)


def read_bounded(path: Path, shown: str = "") -> bytes:
    """Return the content of a regular file of at most `MAX_BYTES`; `shown` names it in errors.

    Raises FileNotFoundError, or InputError when the file is too large, no regular file, or can't be read.
    """
    name = shown or str(path)
    try:
        _check(path.stat(), name)
        descriptor = os.open(path, _READ)
        with os.fdopen(descriptor, "rb") as file:
            # Checked again on what is open now: another process may have put something else in its place.
            _check(os.fstat(descriptor), name)
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise InputError(f"`{name}` can't be read: {_reason(error)}", place=Place(name)) from None
    if len(content) > MAX_BYTES:
        raise _too_large(f"more than {MAX_BYTES:,}", name)
    return content


def write_whole(path: Path, content: bytes, *, replace: bool = True) -> None:
    """Write a file so that others see the old content or the whole new one, never a part; see `whole_file`."""
    with whole_file(path, replace=replace) as file:
        file.write(content)


@contextmanager
def whole_file(path: Path, *, replace: bool = True) -> Iterator[IO[bytes]]:
    """Open a file for writing that takes its place only when the block ends well.

    A link stays a link, and what it points to is replaced. Devices and pipes (`/dev/stdout`) are written directly. With
    `replace=False` an existing file is an error. Raises InputError when the place is wrong, BartizanError when writing
    fails; what the block itself raises passes through, and nothing is left behind.
    """
    try:
        target, part = _target(path, replace=replace)
        file = part.open("wb")
        try:
            with file:
                yield file
            if part != target:
                if target.exists():
                    shutil.copymode(target, part)
                part.replace(target)
        finally:
            if part != target:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise BartizanError(f"`{path}` can't be written: {_reason(error)}") from None


def _target(path: Path, *, replace: bool) -> tuple[Path, Path]:
    """Return where a file really is, and what to write first: a part beside it, or a device or pipe itself."""
    target = Path(os.path.realpath(path))
    if path.is_dir():
        raise InputError(f"`{path}` is a folder", help="name a file in it")
    if not target.parent.is_dir():
        raise InputError(f"the folder `{path.parent}` does not exist", help="create it, or choose another")
    if not replace and os.path.lexists(path):
        raise InputError(f"`{path}` exists already", help="remove it, or choose another name")
    if target.exists() and not target.is_file():
        return target, target
    return target, target.with_name(f".{target.name}.{os.getpid()}.part")


def _check(state: os.stat_result, name: str) -> None:
    kind = _KINDS.get(stat.S_IFMT(state.st_mode))
    if kind == "a folder":
        raise InputError(f"`{name}` is a folder, not a file", help=f"name the file, such as `{name}/system.yaml`")
    if kind:
        raise InputError(f"`{name}` is {kind}, not a file", place=Place(name))
    if state.st_size > MAX_BYTES:
        raise _too_large(f"{state.st_size:,}", name)


def _too_large(size: str, name: str) -> InputError:
    return InputError(
        f"the file has {size} bytes, more than the {MAX_BYTES:,} that a system description may have",
        place=Place(name),
        help="split the system over files with `include`",
    )


def _reason(error: OSError | ValueError) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:]
