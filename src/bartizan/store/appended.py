"""Files beside a system that are only ever added to: what was decided, what was found."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath
from typing import TypeVar

from bartizan.model import BartizanError, InputError, Place
from bartizan.model.yamltree import parse_yaml
from bartizan.store.files import read_bounded

__all__ = ["append_beside", "append_entry", "beside"]

AnyPath = TypeVar("AnyPath", bound=PurePath)

# Ids, verdicts and dates; anything that looks like a number or a word of YAML is left out.
_PLAIN = re.compile(r"[a-z][a-z0-9.]*[-@][a-z0-9@>.-]+|accept|mitigate|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]')


def beside(system: AnyPath, what: str) -> AnyPath:
    """Return where something about a system lies: `system.decisions.yaml` beside `system.yaml`."""
    return system.with_name(f"{system.stem}.{what}.yaml")


def append_beside(system: Path, file: str, entry: dict[str, object], header: str, what: str) -> Path:
    """Add an entry to the file `SYSTEM.FILE.yaml` beside a system, and return where that is.

    Links are followed first, so that all that is said of a system stands in one place. `{system}` in the header
    becomes the system's name. Raises what `append_entry` raises.
    """
    target = beside(Path(os.path.realpath(system)), file)
    name = "".join(letter if letter.isprintable() else "?" for letter in system.name)
    append_entry(target, file.replace("-", "_"), entry, header.format(system=name), what)
    return target


def append_entry(path: Path, key: str, entry: dict[str, object], header: str, what: str) -> None:
    """Add an entry to the list under `key` at the end of a file; a new file begins with `header`.

    `entry` holds texts, whole numbers, and lists and mappings of these; what is empty is left out. The file is opened
    for appending only, and written in one go. Before that the result is read back in memory, so a file that people
    have changed by hand is either added to correctly or refused. `what` names the entry in errors. Raises InputError
    when the file is refused, BartizanError when writing fails.
    """
    try:
        old = read_bounded(path) if os.path.lexists(path) else b""
    except FileNotFoundError:
        raise InputError(f"`{path.name}` is a link to nothing", place=Place(str(path))) from None
    kept = {name: value for name, value in entry.items() if value not in (None, "", [], {})}
    addition = _addition(old, key, kept, header, what, str(path))
    try:
        with path.open("ab") as file:
            file.write(addition)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BartizanError(f"`{path}` can't be written: {error.strerror or error}") from None


def _addition(old: bytes, key: str, entry: dict[str, object], header: str, what: str, target: str) -> bytes:
    """Return the bytes to append, so that the file says one entry more and the rest as before."""
    if not old.strip():
        return f"{header}{key}:\n{_item(entry, '  ', what)}".encode()
    before = _entries(old, key, target)
    newline = "" if old.endswith(b"\n") else "\n"
    for indent in ("  ", "", "    "):
        addition = (newline + _item(entry, indent, what)).encode()
        try:
            if _entries(old + addition, key, target) == [*before, entry]:
                return addition
        except InputError:
            continue
    first = next(iter(entry))
    raise InputError(
        f"{what} can't be added to the end of this file",
        place=Place(target),
        help=f"let the file end with the list under `{key}:`, one `- {first}: ...` below the other",
    )


def _entries(content: bytes, key: str, target: str) -> list[object]:
    plain = parse_yaml(content, target).plain()
    found = plain.get(key) if isinstance(plain, dict) else None
    if not isinstance(found, list):
        raise InputError(f"this file has no list under `{key}:`", place=Place(target))
    return found


def _item(entry: dict[str, object], indent: str, what: str) -> str:
    lines = (f"{key}: {_value(value, what)}" for key, value in entry.items())
    return "".join(f"{indent}{'  ' if number else '- '}{line}\n" for number, line in enumerate(lines))


def _value(value: object, what: str) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_value(one, what) for one in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_value(name, what)}: {_value(one, what)}' for name, one in value.items())}}}"
    return str(value) if isinstance(value, int) else _scalar(str(value), what)


def _scalar(text: str, what: str) -> str:
    """Write a text on one line, plain where it can't be taken for anything else, else in double quotes."""
    if _PLAIN.fullmatch(text):
        return text

    def escape(match: re.Match[str]) -> str:
        code = ord(match[0])
        if 0xD800 <= code <= 0xDFFF:
            raise InputError(f"the text of {what} is not valid Unicode", help="write it in UTF-8")
        return f"\\{match[0]}" if match[0] in '"\\' else f"\\u{code:04x}"

    return '"' + _ESCAPED.sub(escape, text) + '"'
