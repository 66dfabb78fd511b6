"""Decisions about threats: a file beside the system that is only ever added to."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath
from typing import TypeVar

import msgspec

from bartizan.model import BartizanError, Decision, InputError, Place
from bartizan.model.yamltree import parse_yaml
from bartizan.store.files import read_bounded

__all__ = ["append_decision", "decisions_path"]

# Ids, verdicts and dates; anything that looks like a number or a word of YAML is left out.
_PLAIN = re.compile(r"[a-z][a-z0-9.]*[-@][a-z0-9@>.-]+|accept|mitigate|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]')

AnyPath = TypeVar("AnyPath", bound=PurePath)

_HEADER = """\
# What was decided about the threats of {system}: by whom, until when, and why.
# `bartizan decide` adds to the end and changes nothing; of two decisions about one threat, the later one counts.
decisions:
"""


def decisions_path(system: AnyPath) -> AnyPath:
    """Return where the decisions about a system lie: `system.decisions.yaml` beside `system.yaml`."""
    return system.with_name(f"{system.stem}.decisions.yaml")


def append_decision(path: Path, decision: Decision) -> Path:
    """Add a decision to the file beside the system in `path`, and return that file.

    The file is opened for appending only, and written in one go. Before that the result is read back in memory, so a
    file that people have changed by hand is either added to correctly or refused. Raises InputError when it is refused,
    BartizanError when writing fails.
    """
    target = decisions_path(Path(os.path.realpath(path)))
    try:
        old = read_bounded(target) if os.path.lexists(target) else b""
    except FileNotFoundError:
        raise InputError(f"`{target.name}` is a link to nothing", place=Place(str(target))) from None
    addition = _addition(old, decision, path.name, str(target))
    try:
        with target.open("ab") as file:
            file.write(addition)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BartizanError(f"`{target}` can't be written: {error.strerror or error}") from None
    return target


def _addition(old: bytes, decision: Decision, system: str, target: str) -> bytes:
    """Return the bytes to append, so that the file says one decision more and the rest as before."""
    entry = msgspec.to_builtins(decision)
    entry = {key: value for key, value in entry.items() if value not in (None, "")}
    if not old.strip():
        name = "".join(letter if letter.isprintable() else "?" for letter in system)
        return (_HEADER.format(system=name) + _item(entry, "  ")).encode()
    before = _decisions(old, target)
    newline = "" if old.endswith(b"\n") else "\n"
    for indent in ("  ", "", "    "):
        addition = (newline + _item(entry, indent)).encode()
        try:
            if _decisions(old + addition, target) == [*before, entry]:
                return addition
        except InputError:
            continue
    raise InputError(
        "a decision can't be added to the end of this file",
        place=Place(target),
        help="let the file end with the list under `decisions:`, one `- threat: ...` below the other",
    )


def _decisions(content: bytes, target: str) -> list[object]:
    plain = parse_yaml(content, target).plain()
    found = plain.get("decisions") if isinstance(plain, dict) else None
    if not isinstance(found, list):
        raise InputError("this file has no list under `decisions:`", place=Place(target))
    return found


def _item(entry: dict[str, object], indent: str) -> str:
    lines = (f"{key}: {_scalar(str(value))}" for key, value in entry.items())
    return "".join(f"{indent}{'  ' if number else '- '}{line}\n" for number, line in enumerate(lines))


def _scalar(text: str) -> str:
    """Write a text on one line, plain where it can't be taken for anything else, else in double quotes."""
    if _PLAIN.fullmatch(text):
        return text
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:
        raise InputError("the text of the decision is not valid Unicode", help="write it in UTF-8")
    return f"\\{match[0]}" if match[0] in '"\\' else f"\\u{code:04x}"
