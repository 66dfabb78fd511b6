"""`bartizan inspect`: what a text holds, as spans."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from bartizan.cli.inspecting import inspector_for, policy_options
from bartizan.cli.output import emit, json_bytes, terminal
from bartizan.model import InputError

if TYPE_CHECKING:
    from bartizan.inspection import Inspection, Inspector
    from bartizan.inspection.injection import Injection

SCHEMA = "bartizan/inspect/1"


@click.command("inspect")
@click.argument("file", type=click.Path(path_type=Path), required=False, help="The text; default: standard input.")
@policy_options
@click.option("--column", default="", metavar="NAME", help="Heading that the text stands under, such as a column's.")
@click.option("--jsonl", is_flag=True, help='One text a line, as {"text": ...}; one result a line, in the same order.')
@click.option(
    "--format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="For people or programs."
)
def command(
    file: Path | None,
    policy: Path | None,
    types: str,
    min_confidence: int | None,
    column: str,
    jsonl: bool,
    format: str,
) -> int:
    """Find personal data, secrets and markings in a text.

    How much the text looks like an injection, an order to whatever model reads it, is told as well.
    Values are never repeated in what is printed for programs; for people they are shown masked.
    """
    from bartizan.inspection.injection import score

    source = sys.stdin.buffer if file is None or str(file) == "-" else _open(file)
    inspector = inspector_for(policy, types, min_confidence)
    if jsonl:
        for number, line in enumerate(source, 1):
            if not line.strip():
                continue
            text = _text(line, number)
            plain = _plain(inspector.inspect(text, column), score(text))
            if not emit(msgspec.json.encode(plain) + b"\n", None):
                break
        return 0
    text = source.read().decode(errors="replace")
    result = inspector.inspect(text, column)
    if format == "json":
        emit(json_bytes(_plain(result, score(text))), None)
    else:
        _, colour = terminal(None)
        emit("".join([*_lines(text, result, inspector, colour), *_signal(score(text))]).encode(), None)
    return 0


def _open(file: Path) -> Any:
    try:
        return file.open("rb")
    except FileNotFoundError:
        raise InputError(f"`{file}` does not exist", help="name a file, or give the text on standard input") from None
    except OSError as error:
        raise InputError(f"`{file}` can't be read: {(error.strerror or str(error)).lower()}") from None


def _text(line: bytes, number: int) -> str:
    try:
        return msgspec.json.decode(line, type=_Line).text
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InputError(
            f"line {number} is not a JSON object with a `text`", help='write one {"text": "..."} a line'
        ) from None


class _Line(msgspec.Struct):
    text: str


def _plain(result: Inspection, injection: Injection) -> dict[str, Any]:
    """The stable form: see the schema in the documentation."""
    return {
        "schema": SCHEMA,
        "spans": msgspec.to_builtins(result.spans),
        "class": result.class_,
        "injection": {"score": injection.score, "rules": list(injection.rules)},
        "unread": result.unread,
    }


def _lines(text: str, result: Inspection, inspector: Inspector, colour: bool) -> Iterator[str]:
    """One line a span: where, what, how sure, and the value with most of it hidden."""
    if not result.spans:
        yield "nothing found\n"
        return
    starts = _line_starts(text)
    rows = [
        (
            _place(starts, span.start),
            inspector.title(span.type),
            span.type,
            f"{span.confidence}",
            span.class_,
            hidden(text[span.start : span.end]) + ("" if span.layer == "text" else f"  in {span.layer}"),
        )
        for span in result.spans
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        cells = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        yield f"{cells}  {row[5]}\n"
    bold, plain = ("\x1b[1m", "\x1b[0m") if colour else ("", "")
    yield f"{bold}class: {result.class_}{plain}\n"
    for layer in result.unread:
        yield f"not inspected: {layer}\n"


def _signal(injection: Injection) -> Iterator[str]:
    """Say that a text asks a model for what it shouldn't, where the signal is over its threshold."""
    from bartizan.inspection.injection import FLAGGED

    if injection.score >= FLAGGED:
        rules = f" ({', '.join(injection.rules)})" if injection.rules else ""
        yield f"injection signal: {injection.score:.0f} of 100{rules}\n"


def hidden(value: str) -> str:
    """Show how a value is written without telling it: letters as `x`, digits as `#`, shortened in the middle."""
    shape = "".join(
        "#" if mark.isdigit() else "x" if mark.isalnum() else " " if mark.isspace() else mark for mark in value
    )
    return shape if len(shape) <= 24 else f"{shape[:10]}...{shape[-4:]} ({len(value)} characters)"


def _line_starts(text: str) -> list[int]:
    return [0, *(place + 1 for place, mark in enumerate(text) if mark == "\n")]


def _place(starts: Iterable[int], offset: int) -> str:
    from bisect import bisect_right

    begun = list(starts)
    line = bisect_right(begun, offset)
    return f"{line}:{offset - begun[line - 1] + 1}"
