"""What `redact` and `reveal` share: keys, and a run over a file, a folder or a stream."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bartizan.cli.output import emit, json_bytes, say
from bartizan.model import InputError, NothingToDo

if TYPE_CHECKING:
    from bartizan.inspection.redaction import Editor, KeyRing
    from bartizan.scan.redact_files import Summary

__all__ = ["STREAM", "key_ring", "report", "run", "tell"]

STREAM = "-"
_SPOOL = 16 << 20
_MASTER = "BARTIZAN_MASTER_KEY"
_SHOWN = 20  # files that are named one by one


def key_ring(key: str) -> KeyRing | None:
    """Return the keys of --key, or of the environment; None when there are none. Raises InputError for wrong ones."""
    from bartizan.inspection.redaction import SecretWrapper, parse_keys
    from bartizan.scan.keys import keys_from

    master = os.environ.get(_MASTER, "")
    return keys_from(key, os.environ, SecretWrapper(parse_keys(master)) if master else None)


def run(path: str, output: str, editor: Editor, *, in_place: bool = False, private: bool = False) -> Summary:
    """Put a file, a folder or a stream through an editor.

    Raises InputError when input and output don't go together; the input is never overwritten without `in_place`.
    """
    from bartizan.scan.redact_files import redact_folder, redact_in_place

    source = Path(path)
    if in_place:
        if output or path == STREAM:
            raise InputError("--in-place goes with a file or a folder, and without -o", help="leave one of them out")
        return _some(redact_in_place(_there(source), editor), source)
    if not output:
        raise InputError("it is not said where the result goes", help="add -o FILE, `-o -`, or --in-place")
    if path == STREAM:
        return _stream(output, editor, private=private)
    if _there(source).is_dir():
        if output == STREAM:
            raise InputError(f"`{path}` is a folder", help="name a new folder with -o")
        return _some(redact_folder(source, Path(output), editor), source)
    return _file(source, output, editor, private=private)


def _there(path: Path) -> Path:
    if not path.exists():
        raise InputError(f"`{path}` does not exist")
    return path


def _some(summary: Summary, folder: Path) -> Summary:
    if not summary.files and not summary.refused:
        raise NothingToDo(f"`{folder}` holds no file")
    return summary


def _file(source: Path, output: str, editor: Editor, *, private: bool) -> Summary:
    from bartizan.scan.redact_files import Summary, redact_file, whole_output

    if output == STREAM:
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as made:
            done = redact_file(source, made, editor)
            made.seek(0)
            while (chunk := made.read(1 << 20)) and emit(chunk, None):
                pass
        return Summary(files=[done])
    target = Path(output)
    if target.exists() and target.samefile(source):
        raise InputError(f"`{output}` is the input", help="name another file, or use --in-place")
    with whole_output(target, private=private) as file:
        done = redact_file(source, file, editor)
    return Summary(files=[done])


def _stream(output: str, editor: Editor, *, private: bool) -> Summary:
    """Put standard input through, line by line."""
    from bartizan.scan.redact_files import Done, Summary, redact_lines, whole_output

    if output == STREAM:
        counts = redact_lines(sys.stdin.buffer, _Output(), editor)  # type: ignore[arg-type]
    else:
        with whole_output(Path(output), private=private) as file:
            counts = redact_lines(sys.stdin.buffer, file, editor)
    return Summary(files=[Done(path=STREAM, format="text", counts=counts)])


class _Output:
    """Standard output, of which nothing is held back."""

    def write(self, data: bytes) -> int:
        if not emit(data, None):
            raise BrokenPipeError
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is written is out."""


def tell(summary: Summary, verb: str) -> int:
    """Say on standard error what was done, by type and never by value, and return the exit code."""
    counts = summary.counts()
    files = f"{len(summary.files):,} {'file' if len(summary.files) == 1 else 'files'}"
    what = ", ".join(f"{count:,} {type}" for type, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])))
    values = sum(counts.values())
    say(f"{verb} {values:,} {'value' if values == 1 else 'values'} in {files}" + (f": {what}" if what else ""))
    kept = [(f"{done.path}!{part.member}", part.reason) for done in summary.files for part in done.unread if part.kept]
    gone = [
        (f"{done.path}!{part.member}", part.reason) for done in summary.files for part in done.unread if not part.kept
    ]
    gone += [(part.member, part.reason) for part in summary.refused]
    _list("not inspected, and still in the output", kept)
    _list("not inspected, and left out", gone)
    return 0 if summary.complete() else 1


def _list(title: str, parts: list[tuple[str, str]]) -> None:
    for name, reason in parts[:_SHOWN]:
        say(f"{title}: {name}: {reason}")
    if len(parts) > _SHOWN:
        say(f"{title}: {len(parts) - _SHOWN:,} more (--report FILE names all)")


def report(summary: Summary, file: Path, mode: str) -> None:
    """Write what was done as JSON, schema `bartizan/redact/1`; it holds no value."""
    import msgspec

    content = {"schema": "bartizan/redact/1", "mode": mode, "counts": summary.counts()}
    emit(json_bytes({**content, "complete": summary.complete(), **msgspec.to_builtins(summary)}), file)
