"""Statements: names get values, branches join, loops run once, what leaves a function is kept."""

from __future__ import annotations

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.methods import all_parts
from bartizan.scan.taint.noting import noted
from bartizan.scan.taint.state import Frame, Guard, Repeat, Run
from bartizan.scan.taint.values import ARGUMENT, NOTHING, Box, Label, Value, joined, labelled

__all__ = ["follow"]


def follow(run: Run, frame: Frame, body: list[t.Statement]) -> None:
    """Follow statements in order."""
    for statement in body:
        if isinstance(statement, t.Function):
            frame.names[statement.name] = run.made(statement, frame)
    for statement in body:
        _KINDS[type(statement)](run, frame, statement)  # type: ignore[operator]


def _assign(run: Run, frame: Frame, node: t.Assign) -> None:
    value = run.value(frame, node.value)
    for target in node.targets:
        _store(run, frame, target, value, node)


def _store(run: Run, frame: Frame, target: t.Expression, value: Value, node: t.Assign) -> None:
    if isinstance(target, t.Name):
        holder = frame.outermost if node.scope == "global" else frame
        if node.scope == "around" and (known := frame.holder(target.name)) is not frame:
            # Nobody knows when a function inside runs: what the name had may still stand.
            known.names[target.name] = joined([known.names[target.name], value])
        if node.scope == "global":
            run.entry.changes.append((target.name, node.line, value))
        if node.joins:
            old = holder.names.get(target.name) or frame.find(target.name) or NOTHING
            value = _more(old, value)
        holder.names[target.name] = value
    elif isinstance(target, t.Attribute):
        base = run.value(frame, target.base)
        if _describes(target) and (frame.chain or frame.guards) and value.texts:
            run.entry.changes.append((f".{target.name}", node.line, value))
        for box in base.boxes:
            old = box.fields.get(target.name, NOTHING)
            box.fields[target.name] = joined([old, value]) if node.joins or frame.guards else value
    elif isinstance(target, t.Index):
        _store_part(run, frame, target, value, node)
    elif isinstance(target, t.Collection):
        _take_apart(run, frame, target, value, node)
    elif isinstance(target, t.Mixed):
        for part in target.parts:
            _store(run, frame, part, value, node)


def _more(old: Value, new: Value) -> Value:
    """A value with another added: texts one after the other, collections together."""
    if old.texts and new.texts and len(old.texts) * len(new.texts) <= 16:
        texts = frozenset((left + right)[:2000] for left in old.texts for right in new.texts)
        both = joined([old, new])
        return Value(texts | old.texts, both.labels, both.refs, both.numbers, both.boxes, both.closures)
    return joined([old, new])


def _describes(target: t.Attribute) -> bool:
    """Whether an attribute is what a tool says of itself."""
    base = target.base.name if isinstance(target.base, t.Name | t.Attribute) else ""
    return target.name == "__doc__" or (target.name == "description" and "tool" in base.lower())


def _store_part(run: Run, frame: Frame, target: t.Index, value: Value, node: t.Assign) -> None:
    base, key = run.value(frame, target.base), run.value(frame, target.key)
    for ref in base.refs:
        for flow, _ in run.operations.called(f"{ref}[]="):
            noted(run, frame, flow, f"{ref}[]=", node, joined([key, value]))
    for box in base.boxes:
        if key.known and len(box.fields) < 400:
            for name in key.texts:
                box.fields[name] = joined([box.fields.get(name, NOTHING), value])
        else:
            box.rest = joined([box.rest or NOTHING, value, Value(labels=key.labels)])
    holder = target.base
    if base.labels and not base.boxes and isinstance(holder, t.Name):
        frame.names[holder.name] = labelled(base, value.labels)


def _take_apart(run: Run, frame: Frame, target: t.Collection, value: Value, node: t.Assign) -> None:
    if target.mapping:
        for key_node, inner in target.pairs:
            name = key_node.value if isinstance(key_node, t.Constant) else None
            held = [box.fields[name] for box in value.boxes if isinstance(name, str) and name in box.fields]
            _store(run, frame, inner, joined(held) if held else _of(value, str(name)), node)
        return
    for number, part in enumerate(target.items):
        held = [box.fields[str(number)] for box in value.boxes if str(number) in box.fields]
        _store(run, frame, part, joined([*held, Value(labels=value.labels)]) if held else all_parts(value), node)


def _of(value: Value, name: str) -> Value:
    labels = frozenset(
        Label("argument", name, one.line, one.cleared)
        if one.kind == "argument" and one.name in ("arguments", "args", "params", "request") and name != "arguments"
        else Label("setting", name, one.line)
        if one.kind == "environment"
        else one
        for one in value.labels
    )
    texts = frozenset({ARGUMENT}) if ARGUMENT in value.texts else frozenset[str]()
    return Value(texts, labels, refs=frozenset(f"{one}.{name}" for one in value.refs))


def _do(run: Run, frame: Frame, node: t.Do) -> None:
    run.value(frame, node.value)


def _branch(run: Run, frame: Frame, node: t.Branch) -> None:
    test = run.value(frame, node.test)
    texts = frozenset(one.name.partition("\t")[2] for one in test.named("compared"))
    operator = next((one.name.partition("\t")[0] for one in test.named("compared")), "")
    guard = Guard(test.labels, texts, node.line, operator)
    before, kept = dict(frame.names), frame.guards
    frame.guards = (*kept, guard)
    run.body(frame, node.body)
    one, frame.names = frame.names, before
    run.body(frame, node.other)
    frame.guards = kept
    if node.body and _leaves(node.body[-1]):
        frame.guards = (*kept, guard)  # what follows is reached on the other way only
        return
    for name, value in one.items():
        other = frame.names.get(name)
        frame.names[name] = value if other is None or other is value else joined([value, other])


def _leaves(statement: t.Statement) -> bool:
    return isinstance(statement, t.Leave) and statement.how in ("return", "raise", "continue", "break")


def _loop(run: Run, frame: Frame, node: t.Loop) -> None:
    kept = frame.repeats
    over = run.value(frame, node.over) if node.over is not None else NOTHING
    test = run.value(frame, node.test) if node.test is not None else NOTHING
    frame.repeats = (*kept, _repeat(node, over, test))
    for flow, _ in run.operations.called("<repeat>"):
        noted(run, frame, flow, "a loop", node, Value(labels=over.labels | test.labels))
    if node.target is not None:
        held = all_parts(over) if not node.counted else Value(labels=frozenset(_counted(over)))
        _store(run, frame, node.target, held, t.Assign(node.line, node.column, [], node.over or node.target))
    guards = frame.guards
    run.body(frame, node.body)
    frame.repeats, frame.guards = kept, guards


def _counted(over: Value) -> list[Label]:
    return [one for one in over.labels if one.kind != "compared"]


def _repeat(node: t.Loop, over: Value, test: Value) -> Repeat:
    """For how many rounds a loop runs, as far as constants say."""
    if node.over is not None:
        rounds = max(over.numbers, default=-1.0)
        sizes = [len(box.fields) for box in over.boxes if box.rest is None]
        return Repeat(rounds if node.counted else float(max(sizes, default=-1)), over.labels, node.counted)
    constant = isinstance(node.test, t.Constant) and bool(node.test.value)
    ends = any(_ends(one) for one in node.body)
    waits = constant and any(isinstance(one, t.Call) and _waits(one) for one in t.walk(node.body))
    return Repeat(-2.0 if constant and not ends else -1.0, test.labels, False, waits)


def _waits(node: t.Call) -> bool:
    """Whether a call looks like one that waits: for time, a queue, a connection, a reader."""
    name = node.function.name if isinstance(node.function, t.Attribute | t.Name) else ""
    return name in _WAITING


_WAITING = frozenset(
    {
        "sleep",
        "wait",
        "get",
        "recv",
        "accept",
        "read",
        "readline",
        "receive",
        "input",
        "wait_for",
        "select",
        "poll",
        "join",
    }
)


def _ends(node: t.Statement) -> bool:
    """Whether a loop of `while true` may be left."""
    if isinstance(node, t.Leave):
        return node.how in ("return", "raise", "break", "yield")
    if isinstance(node, t.Branch):
        return any(map(_ends, (*node.body, *node.other)))
    if isinstance(node, t.Guarded):
        return any(_ends(one) for part in (node.body, *node.handlers) for one in part)
    if isinstance(node, t.Loop):
        return any(_ends(one) for one in node.body)
    return False


def _guarded(run: Run, frame: Frame, node: t.Guarded) -> None:
    kept, guards = frame.silent, frame.guards
    frame.silent = kept or node.silent
    run.body(frame, node.body)
    frame.silent = kept
    for handler in node.handlers:
        run.body(frame, handler)
    frame.guards = guards


def _leave(run: Run, frame: Frame, node: t.Leave) -> None:
    if node.value is None:
        return
    value = run.value(frame, node.value)
    if node.how == "raise":
        run.entry.raised = joined([run.entry.raised, value])
    elif node.how == "yield":
        frame.returned.append(Value(boxes=(Box(rest=value),)))
    else:
        frame.returned.append(value)


def _function(run: Run, frame: Frame, node: t.Function) -> None:
    made = run.made(node, frame)
    for decorator in node.decorators:
        run.value(frame, decorator)
    frame.names[node.name] = made


def _class(run: Run, frame: Frame, node: t.Class) -> None:
    box = Box(name=node.name, line=node.line)
    inner = Frame({}, frame, frame.file, frame.guards, frame.repeats, frame.silent, frame.chain, checked=frame.checked)
    for base in node.bases:
        value = run.value(frame, base)
        box.bases += [one for one in value.boxes if one.name][:4]
    frame.names[node.name] = Value(boxes=(box,))
    run.body(inner, node.body)
    box.fields.update(inner.names)


_KINDS = {
    t.Assign: _assign,
    t.Do: _do,
    t.Branch: _branch,
    t.Loop: _loop,
    t.Guarded: _guarded,
    t.Leave: _leave,
    t.Function: _function,
    t.Class: _class,
}
