"""Instructions that a template adds only where a message says something, or on some days: no trial run shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

from jinja2 import nodes

from bartizan.scan.templates.spotted import Spotted
from bartizan.scan.templates.values import Values
from bartizan.scan.templates.wording import instructs

__all__ = ["conditions"]

_Kind = TypeVar("_Kind", bound=nodes.Node)
_CONTENT = frozenset({"content", "text", "prompt", "query", "question", "user_input", "input", "messages", "message"})
_CLOCK = frozenset({"strftime_now", "now", "today", "date_string", "current_date", "datetime"})
_WORD = re.compile(r"[^\W\d_][\w '’,.?!-]{2,}\Z")
_CONTROL = frozenset({
    "user", "assistant", "system", "tool", "tools", "function", "developer", "ipython", "observation", "text", "image",
    "image_url", "video", "audio", "thinking", "think", "json", "python", "browser", "code_interpreter", "brave_search",
    "wolfram_alpha", "none", "null", "true", "false", "string", "object", "array", "model", "context", "document",
    "final", "analysis", "commentary", "low", "medium", "high", "chat", "content", "role", "tool_calls", "name", "type",
    "arguments", "parameters", "description", "input_audio", "input_image", "input_text", "reasoning_content", "ref",
})  # fmt: skip
"""Words of the protocol, which templates compare with."""
_SEARCHES = frozenset({"startswith", "endswith", "find", "index", "count", "rfind", "rindex", "split", "partition"})
_COMPARING_FILTERS = frozenset({"select", "reject", "selectattr", "rejectattr"})


def conditions(template: nodes.Template, values: Values) -> Iterator[Spotted]:
    """Yield texts that instruct, and that only some messages or some days bring about."""
    branches = list(_branches(template))
    switches: set[str] = set()
    for test, bodies in branches:
        if _triggered(test, values):
            switches |= {_target(assign.target) for body in bodies for assign in _assigned(body)}
    switches.discard("")
    for test, bodies in branches:
        if _triggered(test, values) or (switches and _names(test) & switches):
            said = " ".join(text for body in bodies for text in _texts(body))
            if instructs(said):
                yield Spotted("template-hides-instructions", " ".join(said.split())[:160], test.lineno)


def _branches(template: nodes.Template) -> Iterator[tuple[nodes.Node, list[nodes.Node]]]:
    """Yield each condition with what it decides on."""
    for branch in template.find_all(nodes.If):
        yield branch.test, [*branch.body, *branch.elif_, *branch.else_]
    for choice in template.find_all(nodes.CondExpr):
        yield choice.test, [choice.expr1, *([choice.expr2] if choice.expr2 is not None else [])]
    for loop in template.find_all(nodes.For):
        if loop.test is not None:
            yield loop.test, list(loop.body)
        elif isinstance(loop.iter, nodes.Filter):
            yield loop.iter, list(loop.body)


def _assigned(body: nodes.Node) -> Iterator[nodes.Assign]:
    if isinstance(body, nodes.Assign):
        yield body
    yield from body.find_all(nodes.Assign)


def _target(target: nodes.Node) -> str:
    if isinstance(target, nodes.NSRef):
        return f"{target.name}.{target.attr}"
    return target.name if isinstance(target, nodes.Name) else ""


def _names(test: nodes.Node) -> set[str]:
    """Return the names, and attributes of names, that a condition reads."""
    names = {node.name for node in _all(test, nodes.Name)}
    for node in _all(test, nodes.Getattr):
        if isinstance(node.node, nodes.Name):
            names.add(f"{node.node.name}.{node.attr}")
    return names


def _all(node: nodes.Node, kind: type[_Kind]) -> Iterator[_Kind]:
    if isinstance(node, kind):
        yield node
    yield from node.find_all(kind)


def _triggered(test: nodes.Node, values: Values) -> bool:
    """Tell a condition on words of a message, or on the clock."""
    for compare in _all(test, nodes.Compare):
        sides = [compare.expr, *(operand.expr for operand in compare.ops)]
        if any(_reads(side, _CLOCK, values) for side in sides) and any(values.of(side) for side in sides):
            return True
        if any(_reads(side, _CONTENT, values) for side in sides) and any(_worded(side, values) for side in sides):
            return True
    for call in _all(test, nodes.Call):
        if isinstance(call.node, nodes.Getattr) and call.node.attr in _SEARCHES:
            said = any(_worded(argument, values) for argument in call.args)
            if said and _reads(call.node.node, _CONTENT, values):
                return True
    for one in _all(test, nodes.Filter):
        if one.name in _COMPARING_FILTERS and any(_worded(argument, values) for argument in one.args[1:]):
            return bool(_names(test) & _CONTENT)
    return any(
        any(_worded(argument, values) for argument in one.args) and _reads(one.node, _CONTENT, values)
        for one in _all(test, nodes.Test)
    )


def _worded(node: nodes.Node, values: Values) -> bool:
    """Tell natural words: none of the protocol, no tags, no switches such as `/no_think`."""
    for value in values.of(node):
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(one, str) and _WORD.match(one.strip()) and one.strip().lower() not in _CONTROL:
                return True
    return False


def _reads(node: nodes.Node, names: frozenset[str], values: Values, depth: int = 0) -> bool:
    """Tell whether an expression reads what messages say (or the clock), also through variables."""
    for one in _all(node, nodes.Node):
        if isinstance(one, nodes.Getattr) and one.attr in names:
            return True
        if isinstance(one, nodes.Getitem) and any(text in names for text in values.texts(one.arg)):
            return True
        if isinstance(one, nodes.Name):
            if one.name in names and one.name not in ("message", "messages"):
                return True
            if depth < 3 and any(_reads(bound, names, values, depth + 1) for bound in values.bound(one.name)[:6]):
                return True
    return False


def _texts(body: nodes.Node) -> Iterator[str]:
    """Yield what a body writes or keeps; not what it complains of."""
    todo = [body]
    while todo:
        one = todo.pop()
        if isinstance(one, nodes.Call) and isinstance(one.node, nodes.Name) and one.node.name == "raise_exception":
            continue
        todo += one.iter_child_nodes()
        if isinstance(one, nodes.TemplateData):
            yield one.data
        elif isinstance(one, nodes.Const) and isinstance(one.value, str) and len(one.value) > 15:
            yield one.value
