"""Notes an effect where it happens."""

from __future__ import annotations

from bartizan.catalog.flows import Flow
from bartizan.scan.taint import tree as t
from bartizan.scan.taint.methods import everything
from bartizan.scan.taint.state import Effect, Frame, Run
from bartizan.scan.taint.values import NOTHING, Label, Value

__all__ = ["noted"]

_MOST = 3000


def noted(
    run: Run,
    frame: Frame,
    flow: Flow,
    callee: str,
    node: t.Call | t.Assign | t.Loop,
    focus: Value,
    arguments: list[Value] | None = None,
    keywords: dict[str, Value] | None = None,
    subject: Value = NOTHING,
) -> Effect:
    """Note an effect; arguments of the tool that a check before it made safe count as cleared."""
    labels = frozenset(
        Label(one.kind, one.name, one.line, one.cleared | frame.checked.get(one.name, frozenset()))
        if one.kind in ("argument", "amount") else one
        for one in focus.labels
    )  # fmt: skip
    effect = Effect(
        flow, callee, node.line, node.column,
        Value(focus.texts, labels, focus.refs, focus.numbers, focus.boxes, focus.closures),
        arguments or [], keywords or {}, subject, frame.guards, frame.repeats, frame.chain, frame.file, frame.silent,
        f"{flow.id}:{frame.file}:{node.line}:{node.column}", everything(arguments[0]) if arguments else NOTHING,
    )  # fmt: skip
    if len(run.entry.effects) < _MOST:
        run.entry.effects.append(effect)
    return effect
