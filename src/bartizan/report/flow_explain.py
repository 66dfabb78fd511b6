"""Where each value of an agent's call came from: gathered over the calls of a session, and as a tree for terminals."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias

import msgspec

from bartizan.guard.flow.verdict import Origin, Source, Verdict
from bartizan.model import Allow, Ask, Deny
from bartizan.model.card import ValueType
from bartizan.report.terminal import Pen, clean, shorten

__all__ = ["ASKED", "Explanation", "Step", "Value", "explain", "render_text"]

ASKED = -1
"""The number of the step that stands for what the user asked for."""
Word: TypeAlias = Literal["allowed", "changed", "asked", "denied", ""]

_MOST_STEPS, _MOST_VALUES, _LONGEST = 12, 24, 400
_HIDDEN = frozenset({ValueType.SECRET, ValueType.CODE})
_SOURCES = {
    Source.REQUEST: "the request",
    Source.OWNER: "the owner's own data",
    Source.SERVICE: "set by the service",
    Source.CREATED: "made in this session",
    Source.DESIGNATED: "where the request points",
    Source.APPROVED: "approved before",
    Source.PLANTED: "others can choose it",
    Source.CONTENT: "somebody else's text",
    Source.NOWHERE: "no origin found",
}


class Value(msgspec.Struct, frozen=True):
    """A value of a call. `good` is None where nothing hangs on it; `step` is where it came from, None for nowhere."""

    name: str
    text: str
    type: str = ""
    good: bool | None = None
    source: str = ""
    words: str = ""
    step: int | None = None
    field: str = ""


class Step(msgspec.Struct, frozen=True):
    """The request or a call, with its values. `gave` are the fields of its result from which later values came."""

    number: int
    title: str
    word: Word
    values: tuple[Value, ...]
    gave: tuple[str, ...] = ()


class Explanation(msgspec.Struct, frozen=True):
    """A call, why it was decided as it was, and every earlier step that a value of it came from, in order."""

    call: Step
    rule: str
    reasons: tuple[str, ...]
    risks: tuple[str, ...]
    request: str
    before: tuple[Step, ...]
    more: int = 0

    def step(self, number: int) -> Step | None:
        """Return an earlier step."""
        return next((step for step in self.before if step.number == number), None)


def explain(request: str, verdicts: Sequence[Verdict], number: int) -> Explanation:
    """Gather where the values of call `number` came from.

    `verdicts` are those of the session in order, `request` is what the user said. Raises IndexError without such a
    call.
    """
    by_number = {verdict.number: verdict for verdict in verdicts}
    if number not in by_number:
        raise IndexError(number)
    verdict = by_number[number]
    values = {number: _values(verdict, request)}
    waiting, more = [number], 0
    while waiting:
        for value in values[waiting.pop(0)]:
            source = value.step
            if source is None or source in values or source not in by_number:
                continue
            if len(values) > _MOST_STEPS:
                more += 1
                continue
            values[source] = _values(by_number[source], request)
            waiting.append(source)
    fields = _fields(values)
    before = [_step(by_number[one], values[one], fields.get(one, ())) for one in sorted(values) if one != number]
    if request.strip():
        before.insert(0, Step(ASKED, "the request", "", ()))
    return Explanation(
        call=_step(verdict, values[number], ()),
        rule=verdict.rule,
        reasons=_sentences(verdict.reason),
        risks=_sentences(verdict.risk),
        request=request,
        before=tuple(before),
        more=more,
    )


def _step(verdict: Verdict, values: tuple[Value, ...], gave: tuple[str, ...]) -> Step:
    return Step(verdict.number, verdict.tool, _word(verdict), values, gave)


def _word(verdict: Verdict) -> Word:
    match verdict.ruling:
        case Allow():
            return "allowed"
        case Ask():
            return "asked"
        case Deny():
            return "denied"
        case _:
            return "changed"


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _fields(values: dict[int, tuple[Value, ...]]) -> dict[int, tuple[str, ...]]:
    """Which fields of each step's result gave a value to a later one."""
    found: dict[int, list[str]] = {}
    for of in values.values():
        for value in of:
            if value.step is not None and value.field not in found.setdefault(value.step, []):
                found[value.step].append(value.field)
    return {step: tuple(fields) for step, fields in found.items()}


def _values(verdict: Verdict, request: str) -> tuple[Value, ...]:
    """The values whose origin was looked at, the worst first, then those on which nothing hangs."""
    judged = [_judged(origin) for origin in verdict.origins]
    rest = [_rest(name, value, request) for name, value in verdict.arguments.items() if not _told(name, value, verdict)]
    return tuple((sorted(judged, key=lambda value: bool(value.good)) + rest)[:_MOST_VALUES])


def _judged(origin: Origin) -> Value:
    step = origin.call if origin.call >= 0 else ASKED if origin.source is Source.REQUEST else None
    words = origin.words.removeprefix(f"`{origin.argument}` ").removeprefix(f"what `{origin.argument}` holds ")
    hidden = origin.type in _HIDDEN
    return Value(
        name=origin.argument,
        text="" if hidden else origin.value[:_LONGEST],
        type=origin.type.value,
        good=origin.good,
        source=_SOURCES[origin.source],
        words=words,
        step=step,
        field="" if step in (None, ASKED) else origin.field,
    )


def _told(name: str, value: Any, verdict: Verdict) -> bool:
    """Whether the origins already tell all of an argument."""
    whole = _shown(value)
    return any(
        origin.argument.startswith(f"{name}/") or (origin.argument == name and origin.value == whole)
        for origin in verdict.origins
    )


def _rest(name: str, value: Any, request: str) -> Value:
    text = _shown(value)
    named = len(text) > 2 and _folded(text) in _folded(request)
    return Value(name, text[:_LONGEST], step=ASKED if named else None, source="the request" if named else "")


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value, enc_hook=str).decode()


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


# ---- for terminals

_STYLES = {"allowed": "good", "changed": "medium", "asked": "medium", "denied": "bad", "": ""}


def render_text(told: Explanation, pen: Pen) -> str:
    """Return the explanation as a tree: the call, its values, below each the step that it came from, and so on."""
    call = told.call
    head = f"call {call.number}  {call.title}"
    rule = _line(told.rule, pen.width // 3)
    title = _line(head, pen.width - len(rule) - len(call.word) - 4)
    lines = [f"{pen(title, 'bold')}  {pen(call.word, _STYLES[call.word])}: {rule}"]
    for label, sentences in (("because", told.reasons), ("risk", told.risks)):
        for at, sentence in enumerate(sentences):
            wrapped = pen.paragraph(sentence, indent=11)
            lines += [f"  {label if at == 0 else '':<9}{wrapped[0].strip()}", *wrapped[1:]]
    for value in call.values:
        lines += ["", *_branch(told, value, "  ", frozenset({call.number}), pen)]
    if told.more:
        lines += ["", *pen.paragraph(f"{told.more} more earlier calls are not shown")]
    return "\n".join(lines) + "\n"


def _line(text: str, width: int) -> str:
    """One line of a text that a stranger may have written: it steers no terminal, and is no wider than it may be."""
    return shorten(clean(text), width)


def _branch(told: Explanation, value: Value, indent: str, above: frozenset[int], pen: Pen) -> Iterator[str]:
    """A value, where it came from, and the values of that."""
    type_ = f" ({value.type})" if value.type else ""
    room = pen.width - len(indent)
    shown = value.text or "(not shown)"
    yield indent + _line(f"{value.name} = {shown}", room - len(type_)) + pen(type_, "dim")
    if value.good is None and value.step is None:
        return
    # What nothing hangs on has neither mark: it is told where it came from, not judged.
    mark, style = ("·", "dim") if value.good is None else ("✓", "good") if value.good else ("✗", "bad")
    yield f"{indent}└ {pen(mark, style)} {_line(value.words or value.source, room - 4)}"
    step = told.step(value.step) if value.step is not None else None
    if step is None or step.number == ASKED:
        return
    field = f", field {value.field}" if value.field and value.field != "*" else ""
    yield f"{indent}  └ {_line(f'call {step.number}  {step.title}{field}', room - 4)}"
    if step.number in above:
        return
    for inner in step.values:
        yield from _branch(told, inner, f"{indent}    ", above | {step.number}, pen)
