"""Calls: of functions of the program, which are followed with their arguments, and of what comes from outside."""

from __future__ import annotations

import base64
import binascii
import re

from bartizan.catalog.flows import Flow, Operation
from bartizan.scan.taint import tree as t
from bartizan.scan.taint.methods import all_parts, built_in, everything, inherited, member
from bartizan.scan.taint.noting import noted
from bartizan.scan.taint.state import Frame, Run
from bartizan.scan.taint.values import (
    HOLE,
    NOTHING,
    Box,
    Closure,
    Label,
    Value,
    cleared,
    constant,
    joined,
    labelled,
    without,
)

__all__ = ["called", "invoked"]

_DEPTH = 9
_ADDING = frozenset({"append", "insert", "add", "push", "extend", "update", "unshift"})
_CHECKER = re.compile(
    r"(?i)^_*(?:validat|sanitiz|sanitis|ensure_?(?:safe|within|allowed)|assert_?(?:safe|within|allowed|valid)|check_?(?:path|url|safe|allowed|access|valid)"
    r"|is_?(?:safe|allowed|valid|within|path)|within|resolve_?(?:safe|within|and_validate)|safe_?(?:join|path|resolve)|secure_?(?:filename|path))"
)
_THROUGH = re.compile(
    r"(?:^|\.)(?:str|bytes|list|tuple|set|dict|sorted|reversed|iter|next|enumerate|zip|map|filter|json\.dumps|JSON\.stringify|repr|cast"
    r"|os\.path\.(?:expanduser|expandvars|abspath|realpath|normpath|join|dirname|basename)|Path|PurePath|path\.(?:join|resolve|normalize)"
    r"|String|Object\.(?:keys|values|entries|assign)|Array\.from|encodeURIComponent|quote|promisify|to_thread|wait_for|Promise\.all|copy|deepcopy|Buffer\.from"
    r"|json\.loads|JSON\.parse|loads|urljoin|quote_plus|urlencode|partial|run_sync|b64encode|b64decode|from_string|random\.(?:sample|choice|choices)|re\.compile)$"
)


def called(run: Run, frame: Frame, node: t.Call) -> Value:
    """Return what a call gives, and note what it does."""
    arguments = [run.value(frame, one) for one in node.arguments]
    keywords = {name: run.value(frame, one) for name, one in node.keywords}
    function, subject, method = node.function, NOTHING, ""
    if isinstance(function, t.Attribute):
        subject, method = run.value(frame, function.base), function.name
        callee = member(run, frame, subject, method, function)
        names = [f"{ref}.{method}" for ref in sorted(subject.refs)] or [f"?.{method}"]
    else:
        callee = run.value(frame, function)
        names = sorted(callee.refs)
    if isinstance(function, t.Call) and not callee.closures and not names:
        names = ["?"]
    out = _follow_all(run, frame, node, callee, arguments, keywords)
    outer = [_outside(run, frame, node, name, subject, arguments, keywords) for name in names]
    if method in _ADDING and not subject.boxes:
        subject = _grown(frame, function, subject)
    usual = None
    if method and (subject.texts or subject.boxes or subject.labels) and not callee.closures:
        usual = built_in(subject, method, [*arguments, *keywords.values()])
    if usual is None:
        out += outer
    elif any(run.operations.called(name) for name in names):
        out += [*outer, Value(usual.texts, frozenset(), usual.refs, usual.numbers, usual.boxes)]
    else:
        out.append(usual)
    _check_by_name(frame, method or (names[0] if names else ""), callee, arguments)
    answers = frozenset(one for value in outer for one in value.named("response"))
    _callbacks(run, frame, arguments, keywords, labelled(subject, answers), names)
    return joined(out)


def _grown(frame: Frame, function: t.Expression, subject: Value) -> Value:
    """What something unknown becomes when parts are added to it: it may hold them."""
    subject = joined([subject, Value(boxes=(Box(),))])
    if isinstance(function, t.Attribute) and isinstance(function.base, t.Name):
        frame.names[function.base.name] = subject
    return subject


def _check_by_name(frame: Frame, name: str, callee: Value, arguments: list[Value]) -> None:
    """A function from elsewhere that is called a check is taken for one."""
    if callee.closures or not _CHECKER.match(name.rpartition(".")[2]):
        return
    for argument in arguments:
        for label in argument.named("argument"):
            frame.checked[label.name] = frame.checked.get(label.name, frozenset()) | {"path", "address"}


def _callbacks(
    run: Run, frame: Frame, arguments: list[Value], keywords: dict[str, Value], subject: Value, names: list[str]
) -> None:
    """Functions given to what is outside are called by it: with what the object holds, or unknown values."""
    if any(name.endswith(("addEventListener", "signal.signal")) for name in names):
        return
    extra = keywords.get("args")
    given = [all_parts(extra)] if extra is not None else [all_parts(subject)]
    for value in (*arguments, *(one for name, one in keywords.items() if name != "key")):
        for closure in value.closures[:4]:
            if id(closure.function) in run.tools:
                continue
            if id(closure.function) not in run.stack:
                invoked(run, frame, closure, given * max(len(closure.function.parameters), 1), {})
            else:
                run.entry.recursions.append((closure.function.name, closure.function.line))


def _follow_all(
    run: Run, frame: Frame, node: t.Call, callee: Value, arguments: list[Value], keywords: dict[str, Value]
) -> list[Value]:
    out = [invoked(run, frame, closure, arguments, keywords) for closure in callee.closures[:6]]
    for box in callee.boxes:
        if box.name and box.kind is None:
            out.append(_made(run, frame, box, arguments, keywords))
        else:
            method = inherited(box, "__call__")
            for closure in method.closures if method else ():
                out.append(invoked(run, frame, Closure(closure.function, closure.around, Value(boxes=(box,))),
                                   arguments, keywords))  # fmt: skip
    if callee.named("picked") and not isinstance(node.function, t.Attribute):
        _note_called(run, frame, node, callee)
    return out


def _note_called(run: Run, frame: Frame, node: t.Call, callee: Value) -> None:
    """What is called was picked by an argument."""
    flow = next((flow for flow, _ in run.operations.called("<picked>")), None)
    if flow is not None and not callee.closures:
        picked = frozenset(
            Label("argument", one.name, one.line, one.cleared) for one in callee.labels if one.kind == "picked"
        )
        noted(run, frame, flow, "<picked>", node, Value(labels=picked))


def _made(run: Run, frame: Frame, kind: Box, arguments: list[Value], keywords: dict[str, Value]) -> Value:
    """An instance of a class; its constructor is followed. The tenth of one class is one before."""
    made = Box(kind=kind, name=kind.name)
    for name, value in keywords.items():
        made.fields[name] = value
    instance = Value(boxes=(made,))
    for constructor in ("__init__", "__post_init__", "constructor"):
        found = inherited(kind, constructor)
        for closure in found.closures if found else ():
            invoked(run, frame, Closure(closure.function, closure.around, instance), arguments, keywords)
    if any(base.name == "" for base in kind.bases) or kind.rest is not None:
        return labelled(instance, kind.rest.labels if kind.rest else ())
    return instance


def invoked(run: Run, frame: Frame, closure: Closure, arguments: list[Value], keywords: dict[str, Value]) -> Value:
    """Follow a function with arguments. What is called again inside itself, or too deep, gives what went in."""
    function = closure.function
    given = ([closure.bound] if closure.bound is not None else []) + arguments
    if run.stack.count(id(function)) >= 1 or len(run.stack) >= _DEPTH or run.tired:
        if id(function) in run.stack:
            run.entry.recursions.append((function.name, function.line))
            run.entry.recursing |= frozenset(one for value in given for one in value.labels)
        labels: frozenset[Label] = frozenset().union(*(everything(one).labels for one in (*given, *keywords.values())))
        return Value(labels=labels)
    around = closure.around
    assert isinstance(around, Frame)
    inner = Frame(
        {}, around, around.file, frame.guards, frame.repeats, frame.silent,
        (*frame.chain, function.name) if function.name else frame.chain, checked=frame.checked,
    )  # fmt: skip
    if function.name == "<comprehension>":
        inner.outer = frame
    _bind(run, inner, function, given, keywords)
    run.stack.append(id(function))
    run.entered.add(id(function))
    run.body(inner, function.body)
    run.stack.pop()
    return joined(inner.returned)


def _bind(run: Run, inner: Frame, function: t.Function, given: list[Value], keywords: dict[str, Value]) -> None:
    spread = keywords.get("**", NOTHING)
    for number, parameter in enumerate(function.parameters):
        if parameter.kind == "rest":
            fields = {str(n): one for n, one in enumerate(given[number:])}
            value = Value(boxes=(Box(fields=fields),))
        elif parameter.kind == "keywords":
            named = {p.name for p in function.parameters}
            rest = {name: one for name, one in keywords.items() if name not in named and name != "**"}
            value = joined([Value(boxes=(Box(fields=rest, mapping=True),)), spread])
        elif number < len(given):
            value = given[number]
        elif parameter.name in keywords:
            value = keywords[parameter.name]
        else:
            default = run.value(inner, parameter.default) if parameter.default is not None else NOTHING
            found = [one for box in spread.boxes if (one := box.fields.get(parameter.name)) is not None]
            value = joined(found) if found else default
            value = labelled(value, spread.labels)
        inner.names[parameter.name] = value
        for part in parameter.parts:
            held = [one for box in value.boxes if (one := inherited(box, part)) is not None]
            inner.names[part] = joined(held) if held else Value(labels=value.labels)


# What comes from outside


def _outside(
    run: Run, frame: Frame, node: t.Call, name: str, subject: Value, arguments: list[Value], keywords: dict[str, Value]
) -> Value:
    """A call of a name from outside: note its effects; what it gives comes from what went in."""
    given = [one for word, one in keywords.items() if word != "env"]
    inputs = joined([everything(one) for one in (subject, *arguments, *given)])
    out = Value(labels=_carried(inputs, name), refs=frozenset({f"{name}()"}) if len(name) < 120 else frozenset())
    if name in ("require", "import") and len(arguments) == 1 and arguments[0].known:
        return Value(refs=frozenset(one.removeprefix("node:") for one in arguments[0].texts))
    if _THROUGH.search(name):
        out = _passed(name, arguments, out)
    for flow, operation in run.operations.called(name):
        if not _applies(operation, arguments, keywords):
            continue
        focus = _focus(operation, subject, arguments, keywords)
        if flow.role == "source":
            out = labelled(out, [Label(flow.gives, name, node.line)])
        elif flow.role == "check":
            out = _checked(frame, flow, focus, out)
        else:
            effect = noted(run, frame, flow, name, node, focus, arguments, keywords, subject)
            if flow.looks_at == "command":  # programs get the environment, what they print seldom is it
                out = without(out, "environment")
            gives = [Label("answer", effect.answer, node.line)]
            out = labelled(out, gives + ([Label(flow.gives, name, node.line)] if flow.gives else []))
            out = labelled(out, run.places.given(effect))
            if flow.id == "pick-attribute":
                out = labelled(
                    out, [Label("picked", one.name, one.line, one.cleared) for one in effect.focus.named("argument")]
                )
    return out


def _carried(inputs: Value, name: str) -> frozenset[Label]:
    """Labels that what comes out of a call keeps: not those of conditions, nor of all variables where one is asked."""
    dropped = {"compared", "grown", "scaled"} | (
        {"environment"} if name.endswith((".get", ".pop", ".setdefault")) else set()
    )
    return frozenset(one for one in inputs.labels if one.kind not in dropped)


def _passed(name: str, arguments: list[Value], out: Value) -> Value:
    """A call that gives its argument back, in another shape."""
    packed = name.endswith("Buffer.from") and len(arguments) > 1 and arguments[1].texts & {"base64", "hex"}
    if name.endswith("b64decode") or packed:
        opened = frozenset(one for argument in arguments[:1] for one in map(_opened, argument.texts) if one)
        return labelled(Value(texts=opened, refs=out.refs), [*out.labels, Label("decoded", name)])
    if name.endswith(("path.join", "Path", "PurePath", "path.resolve", "urljoin")):
        parts = [sorted(one.texts)[:4] or [HOLE] for one in arguments] or [[""]]
        texts = parts[0]
        for more in parts[1:]:
            texts = [
                f"{left.rstrip('/')}/{right}" if not right.startswith("/") else right
                for left in texts
                for right in more
            ][:8]
        made = Value(texts=frozenset(texts), refs=out.refs)
        return labelled(made, out.labels)
    if name.endswith("choice"):
        return joined([*map(all_parts, arguments), out])
    if name.endswith(("enumerate", "zip")):
        held = all_parts(joined(arguments))
        first = NOTHING if name.endswith("enumerate") or not arguments else all_parts(arguments[0])
        pair = Box(fields={"0": first, "1": held})
        return Value(boxes=(Box(fields={"0": Value(boxes=(pair,))}),), labels=out.labels)
    return joined([*arguments, out])


def _opened(one: str) -> str:
    try:
        return base64.b64decode(one, validate=True).decode("latin-1")[:2000] if constant(one) else ""
    except (binascii.Error, ValueError):
        return ""


def _applies(operation: Operation, arguments: list[Value], keywords: dict[str, Value]) -> bool:
    return all(_given(name, wanted, arguments, keywords) for name, wanted in operation.when.items()) and not any(
        _given(name, wanted, arguments, keywords) for name, wanted in operation.unless.items()
    )


def _given(name: str, wanted: str, arguments: list[Value], keywords: dict[str, Value]) -> bool:
    """Whether an argument, by keyword, by position, or in a mapping of options, is given in such a way."""
    value = keywords.get(name)
    if value is None and name.isdigit() and int(name) < len(arguments):
        value = arguments[int(name)]
    if value is None:
        held = [box.fields[name] for one in arguments for box in one.boxes if name in box.fields]
        value = held[0] if held else None
    if value is None:
        return False
    if wanted != "given":
        return any(re.search(wanted, one) for one in value.texts)
    false = value.numbers == {0.0} or (value.texts == {""} and not value.labels)
    return not false and value is not NOTHING


def _focus(operation: Operation, subject: Value, arguments: list[Value], keywords: dict[str, Value]) -> Value:
    if operation.subject:
        return everything(subject)
    if not operation.at:
        return joined([everything(one) for one in (*arguments, *keywords.values())])
    chosen = []
    for place in operation.at:
        if isinstance(place, int):
            chosen += arguments[place : place + 1]
        elif place in keywords:
            chosen.append(keywords[place])
        else:
            chosen += [box.fields[place] for one in arguments for box in one.boxes if place in box.fields]
    return joined([everything(one) for one in chosen])


def _checked(frame: Frame, flow: Flow, focus: Value, out: Value) -> Value:
    """A check or an encoding."""
    if flow.tests:
        for label in focus.named("argument"):
            if "resolved" not in flow.clears and flow.id == "prefix-check" and "resolved" not in label.cleared:
                continue
            frame.checked[label.name] = frame.checked.get(label.name, frozenset()) | frozenset(flow.clears)
    return cleared(out, flow.clears)
