"""Redacting files and folders: outputs are whole or absent, and inputs stay as they are unless that is asked for."""

from __future__ import annotations

import os
import shutil
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec

from bartizan.inspection.redaction import Editor
from bartizan.model import BartizanError, InputError
from bartizan.scan.rewriters import Unread, new_work, rewrite
from bartizan.scan.rewriters.lines import rewrite_stream

__all__ = ["Done", "Summary", "redact_file", "redact_folder", "redact_in_place", "redact_lines", "whole_output"]

_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_WRITE = os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class Done(msgspec.Struct, kw_only=True):
    """What came of one file; `counts` is how many values of each type were changed."""

    path: str
    format: str
    counts: dict[str, int]
    unread: list[Unread] = []


class Summary(msgspec.Struct, kw_only=True):
    """What came of a run: files that are done, and what is not in the output."""

    files: list[Done] = []
    refused: list[Unread] = []

    def counts(self) -> dict[str, int]:
        """Return how many values of each type were changed, by the type's id."""
        total: Counter[str] = Counter()
        for done in self.files:
            total.update(done.counts)
        return dict(sorted(total.items()))

    def complete(self) -> bool:
        """Tell whether everything of the input is in the output."""
        return not self.refused and all(part.kept for done in self.files for part in done.unread)


Step = Callable[[str], None]
"""Called after each file of a folder, with its name."""


def redact_file(path: Path, target: IO[bytes], editor: Editor, shown: str = "") -> Done:
    """Write a file's redacted form to `target`.

    Raises InputError when it can't be read or redacted, BartizanError when writing fails.
    """
    name = shown or str(path)
    try:
        source = os.fdopen(os.open(path, _READ), "rb")
    except OSError as error:
        raise InputError(f"`{name}` can't be read: {_reason(error)}") from None
    with source:
        before = os.fstat(source.fileno())
        if not stat.S_ISREG(before.st_mode):
            raise InputError(f"`{name}` is no file", help="pipe it: `... | bartizan redact - -o -`")
        if _unsaved(path):
            raise InputError(f"`{name}` is a database that is in use", help="close the program that has it open")
        work = new_work(editor)
        try:
            format = rewrite(source, target, work, path.name)
        except InputError as error:
            raise InputError(f"`{name}`: {error.message}", help=error.help) from None
        except OSError as error:
            raise BartizanError(f"`{name}` can't be redacted: {_reason(error)}") from None
        after = os.fstat(source.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise InputError(f"`{name}` has changed while it was read", help="start again when nothing writes to it")
    return Done(path=name, format=format, counts=dict(sorted(work.counts.items())), unread=work.unread)


def _unsaved(path: Path) -> bool:
    """Tell whether a database has changes that stand beside it."""
    beside = [path.with_name(path.name + suffix) for suffix in ("-wal", "-journal")]
    return any(file.exists() and file.stat().st_size > 0 for file in beside)


def redact_lines(source: IO[bytes], target: IO[bytes], editor: Editor) -> dict[str, int]:
    """Put lines through as they come, each written before the next is read, and return the counts by type.

    A reader that goes away ends it. Raises InputError for what is no text.
    """
    work = new_work(editor)
    with suppress(BrokenPipeError):
        rewrite_stream(source, target, work)
    return dict(sorted(work.counts.items()))


def redact_in_place(path: Path, editor: Editor, step: Step = lambda _: None) -> Summary:
    """Replace a file, or each file below a folder, by its redacted form. A link is not followed out of the folder."""
    summary = Summary()
    if not path.is_dir():
        with whole_output(path) as target:
            summary.files.append(redact_file(path, target, editor))
        return summary
    for relative in _walk(path, summary):
        _one(summary, path / relative, path / relative, editor, str(relative))
        step(str(relative))
    return summary


def redact_folder(folder: Path, out: Path, editor: Editor, step: Step = lambda _: None) -> Summary:
    """Write the redacted form of every file below a folder to a new folder, which appears when all is done.

    A file that can't be redacted is not in it, and is noted. Raises InputError when the new folder has something in it,
    or lies in the old one.
    """
    if out.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"`{out}` lies in `{folder}`", help="name a folder elsewhere")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"`{out}` exists already", help="name a new folder, or an empty one")
    if not out.resolve().parent.is_dir():
        raise InputError(f"the folder `{out.parent}` does not exist", help="create it, or choose another")
    part = out.resolve().with_name(f".{out.name}.{os.getpid()}.part")
    summary = Summary()
    try:
        part.mkdir()
        for relative in _walk(folder, summary):
            (part / relative).parent.mkdir(parents=True, exist_ok=True)
            _one(summary, folder / relative, part / relative, editor, str(relative))
            step(str(relative))
        if out.exists():
            out.rmdir()
        part.replace(out)
    except OSError as error:
        raise BartizanError(f"`{out}` can't be written: {_reason(error)}") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return summary


def _one(summary: Summary, path: Path, target: Path, editor: Editor, shown: str) -> None:
    """Redact one file of many; what is wrong with it does not end the run."""
    try:
        with whole_output(target) as file:
            done = redact_file(path, file, editor, shown)
        summary.files.append(done)
    except InputError as error:
        summary.refused.append(Unread(shown, error.message.removeprefix(f"`{shown}`: ")))


def _walk(folder: Path, summary: Summary) -> Iterator[Path]:
    """Yield regular files below a folder, in the order of their names; links and the like are noted."""
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted([*names, *(name for name in folders if Path(base, name).is_symlink())]):
            path = Path(base, name)
            relative = path.relative_to(folder)
            if path.is_symlink():
                summary.refused.append(Unread(str(relative), "links are not followed"))
            elif not path.is_file():
                summary.refused.append(Unread(str(relative), "it is no file"))
            else:
                yield relative


@contextmanager
def whole_output(path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """Open a file for writing that takes its place, on the disk for good, only when the block ends well.

    With `private`, nobody but the user may read it, unless a file that was there before says otherwise.

    Raises InputError when the place is wrong, BartizanError when writing fails, as on a full disk; nothing is then left
    behind, and what was there before stays. What the block itself raises passes through.
    """
    target = Path(os.path.realpath(path))
    if path.is_dir():
        raise InputError(f"`{path}` is a folder", help="name a file in it")
    if not target.parent.is_dir():
        raise InputError(f"the folder `{path.parent}` does not exist", help="create it, or choose another")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            with os.fdopen(os.open(part, _WRITE, 0o600 if private else 0o666), "w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, part)
            part.replace(target)
            _sync(target.parent)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise BartizanError(f"`{path}` can't be written: {_reason(error)}") from None


def _sync(folder: Path) -> None:
    """Make a rename last, where folders can be opened."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _reason(error: OSError) -> str:
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
