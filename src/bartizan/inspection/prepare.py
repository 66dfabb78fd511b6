"""What follows from a form alone: worked out once, and kept beside the compiled matchers.

Working it out for every packaged form takes a second, which a command that inspects one text can't spend.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from bartizan.catalog.data_types import DataType, Form
from bartizan.catalog.folder import kept
from bartizan.inspection.beginnings import Blocks, beginnings
from bartizan.inspection.gates import LONGEST_NUMBER, digit_gate, gate_of, has_word
from bartizan.inspection.guards import guard
from bartizan.inspection.shorten import shorten, width_up_to
from bartizan.model import InputError

__all__ = ["LONGEST_HEAD", "LONGEST_TAIL", "Prepared", "prepare", "prepare_all"]

LONGEST_HEAD = 64
"""Bytes that a match may begin before the place that the matcher reported, to be looked for around long rows only."""
LONGEST_TAIL = 8192
"""Bytes that a match without a limit of its own may go on behind the place that the matcher reported."""
_WORD = "[0-9A-Za-z_]"
_BEFORE = f"(?:^|[^{_WORD[1:-1]}])"
_START = f"(?:(?<!{_WORD})|(?!{_WORD}))"
_END = f"(?:(?!{_WORD})|(?<!{_WORD}))"


class Prepared(msgspec.Struct, frozen=True):
    """A form ready for the matcher.

    `group` is where it is looked for; `expression` what for, empty for forms without one; `source` is the expression
    that decides about a match, which lies at most `head` bytes before and `tail` bytes behind the end that the matcher
    reports. With `exact` every match begins just `head` bytes before such an end. `begins` is how matches begin, where
    that tells in a long text where to look; else empty.
    """

    group: str = ""
    expression: str = ""
    source: str = ""
    head: int = 0
    tail: int = 0
    exact: bool = False
    begins: Blocks = ()


def prepare_all(types: Mapping[str, DataType], cache: Path | None) -> dict[str, list[Prepared]]:
    """Prepare the forms of all types, by id; with `cache`, a folder, they are kept there.

    Raises InputError naming the type, for a form that can't work.
    """
    state = msgspec.msgpack.encode([(name, entry.forms) for name, entry in types.items()])
    digest = hashlib.sha256(state)
    # What is kept follows from these modules too, so that another version works it out anew.
    for module in ("prepare.py", "beginnings.py", "gates.py", "guards.py", "shorten.py"):
        digest.update(Path(__file__).with_name(module).read_bytes())
    name = f"forms-{digest.hexdigest()[:16]}"
    return kept(cache, name, dict[str, list[Prepared]], lambda: _prepare_all(types))


def _prepare_all(types: Mapping[str, DataType]) -> dict[str, list[Prepared]]:
    out = {}
    for name, entry in types.items():
        try:
            out[name] = [prepare(form) for form in entry.forms]
        except InputError as error:
            raise InputError(f"data type `{name}`: {error.message}", help=error.help) from None
    return out


def prepare(form: Form) -> Prepared:
    """Prepare one form. Raises InputError for one that can't work."""
    if sum(map(bool, (form.pattern, form.digits, form.finder))) != 1:
        raise InputError("a form has exactly one of `pattern`, `digits` and `finder`")
    if form.digits:
        return Prepared()
    if form.finder:
        group = "loose" if form.anchor and digit_gate(form.anchor) else "open"
        return Prepared(group, form.anchor, "", form.reach, form.reach)
    shape = shorten(form.pattern)
    head = form.reach or shape.head
    if form.anchor and (lead := width_up_to(form.pattern, form.anchor)) >= 0:
        head = lead
    if head < 0:
        raise InputError(
            f"`{form.pattern}` has no greatest length", help="bound its start, or give `anchor` and `reach`"
        )
    if form.anchor:
        expression = shorten(form.anchor).expression
    else:
        expression = _BEFORE + shape.expression if form.bounded and shape.bounded else shape.expression
    exact = shape.exact and not form.anchor and not form.reach
    start = f"(?<!{_WORD})" if shape.bounded else _START
    source = f"{start}(?:{form.pattern}){_END}" if form.bounded else form.pattern
    if not exact:
        source = guard(form.pattern, bounded=form.bounded, ignore_case=form.ignore_case) + source
    tail = form.reach or (shape.tail if shape.tail >= 0 else LONGEST_TAIL)
    begins: Blocks = ()
    if form.bounded and head <= LONGEST_NUMBER and not has_word(expression):
        begins = beginnings(form.pattern, ignore_case=form.ignore_case)
    group = _group(form, head, expression, bool(begins))
    return Prepared(group, expression, source, head, tail, exact=exact, begins=begins)


def _group(form: Form, head: int, expression: str, begins: bool) -> str:
    """Return where a form is looked for when it counts without a keyword; `begins` tells whether it has beginnings."""
    digits = digit_gate(expression)
    gate = gate_of(form.pattern, bounded=form.bounded, ignore_case=form.ignore_case)
    if digits != "wide" and gate == "code":
        digits = gate
    if digits:
        return digits if begins else "loose"
    if has_word(expression):
        return "open"
    return gate if gate and begins and not form.anchor and head <= LONGEST_HEAD else "open"
