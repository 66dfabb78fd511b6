"""Finds the tools of a server: functions that a model can call, and what it is told about them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.scan.taint import tree as t

__all__ = ["constant_text", "tools_of"]

_KINDS = {
    "tool": "tool", "mcp_tool": "tool", "resource": "resource", "prompt": "prompt", "call_tool": "handler",
    "read_resource": "handler", "get_prompt": "handler",
}  # fmt: skip
_ADDERS = frozenset(
    {"add_tool", "addTool", "register_tool", "from_function", "add_tool_from_fn", "tool", "registerTool"}
)
_RUNNERS = ("execute", "handler", "run", "run_tool", "_run", "_arun", "call", "callback", "cb", "invoke", "handle")
_TOOL_CLASS = re.compile(r"Tool(?:Handler|Base)?$|^BaseTool|^MCPTool")


def tools_of(module: t.Module) -> list[t.Tool]:
    """Return the tools of a module, each function once."""
    nodes = list(t.walk(module.body))
    functions = {node.name: node for node in nodes if isinstance(node, t.Function) and node.name}
    told = _declared(nodes)
    found: dict[int, t.Tool] = {}
    for node in nodes:
        for tool in _tools_at(node, functions, told):
            found.setdefault(id(tool.function), tool)
    return list(found.values())


def _tools_at(node: object, functions: dict[str, t.Function], told: str) -> Iterator[t.Tool]:
    if isinstance(node, t.Function):
        for decorator in node.decorators:
            tool = _decorated(node, decorator, told)
            if tool is not None:
                yield tool
    elif isinstance(node, t.Call):
        yield from _registered(node, functions, told)
    elif isinstance(node, t.Class) and any(_TOOL_CLASS.search(_last(base)) for base in node.bases):
        yield from _class_tools(node)
    elif isinstance(node, t.Collection) and node.mapping:
        yield from _object_tools(node, functions)


def _decorated(function: t.Function, decorator: t.Expression, told: str) -> t.Tool | None:
    called = decorator if isinstance(decorator, t.Call) else None
    kind = _KINDS.get(_last(called.function if called else decorator))
    if kind is None:
        return None
    name, description, computed = function.name, function.documentation, False
    for word, value in called.keywords if called else ():
        if word == "name":
            name = constant_text(value) or name
        elif word == "description":
            description, computed = constant_text(value) or description, constant_text(value) is None
    if called and called.arguments and kind == "tool":
        name = constant_text(called.arguments[0]) or name
    if kind == "handler":
        description = f"{told} {description}" if told.strip() else ""
    return t.Tool(name, description, function, kind, function.line, computed)  # type: ignore[arg-type]


def _registered(node: t.Call, functions: dict[str, t.Function], told: str) -> Iterator[t.Tool]:
    last, inner = _last(node.function), node.function
    if last == "setRequestHandler" and len(node.arguments) > 1:
        handled = re.search(r"CallTool|ReadResource|GetPrompt", _last(node.arguments[0]))
        function = _function(node.arguments[1], functions) if handled else None
        if function is not None:
            yield t.Tool("tools", told, function, "handler", node.line)
    elif isinstance(inner, t.Call) and _last(inner.function) == "tool" and node.arguments:
        function = _function(node.arguments[0], functions)
        if function is not None:
            tool = _decorated(function, inner, told)
            yield tool or t.Tool(function.name, function.documentation, function, "tool", node.line)
    elif last in _ADDERS:
        given = [value for name, value in node.keywords if name in ("fn", "func", "function")]
        held = [one for value in [*node.arguments, *given] if (one := _function(value, functions)) is not None]
        if held:
            yield _added(node, held[-1])


def _added(node: t.Call, function: t.Function) -> t.Tool:
    """A tool that a call adds: its name, description and schema stand among the arguments in some order."""
    texts = [one for value in node.arguments if (one := constant_text(value)) is not None]
    name = texts[0] if texts else function.name or _last(node.function)
    tool = t.Tool(name, " ".join(texts[1:]) or function.documentation, function, "tool", node.line)
    for value in [*node.arguments, *(value for word, value in node.keywords if word != "fn")]:
        if isinstance(value, t.Collection) and value.mapping:
            pairs = _pairs(value)
            if "description" in pairs:
                said = constant_text(pairs["description"])
                tool.description, tool.computed = said or tool.description, said is None
            few, numbers = _schema(pairs.get("inputSchema", pairs.get("parameters", value)))
            tool.narrow |= few
            tool.amounts |= numbers
    for word, value in node.keywords:
        if word == "description":
            tool.description = constant_text(value) or tool.description
        elif word == "name":
            tool.name = constant_text(value) or tool.name
    return tool


def _object_tools(node: t.Collection, functions: dict[str, t.Function]) -> Iterator[t.Tool]:
    """An object with a name, a description and a function that runs it."""
    pairs = _pairs(node)
    if "description" not in pairs or not {"name", "parameters", "inputSchema"} & pairs.keys():
        return
    for runner in _RUNNERS:
        function = _function(pairs[runner], functions) if runner in pairs else None
        if function is not None:
            few, numbers = _schema(pairs.get("inputSchema", pairs.get("parameters", node)))
            name = constant_text(pairs["name"]) if "name" in pairs else None
            description = constant_text(pairs["description"])
            yield t.Tool(
                name or function.name, description or "", function, "tool", node.line, description is None, few, numbers
            )


def _class_tools(node: t.Class) -> Iterator[t.Tool]:
    """A class that is a tool: its method that runs it."""
    texts = {
        target.name: constant_text(one.value)
        for one in node.body
        if isinstance(one, t.Assign)
        for target in one.targets
        if isinstance(target, t.Name)
    }
    inner = [one for one in t.walk(node.body) if isinstance(one, t.Call)]
    told = " ".join(_words_of(one) for one in inner)
    for one in node.body:
        if isinstance(one, t.Function) and one.name in _RUNNERS:
            description = " ".join(
                filter(None, (texts.get("description"), node.documentation, one.documentation, told))
            )
            yield t.Tool(texts.get("name") or node.name, description, one, "handler", one.line)


def _schema(node: t.Expression) -> tuple[set[str], set[str]]:
    """Arguments that a schema holds to few values, and those that are numbers."""
    narrow, amounts = set[str](), set[str]()
    for held in t.walk(node):
        if isinstance(held, t.Collection) and held.mapping:
            for name, value in _pairs(held).items():
                names = {one.name for one in t.walk(value) if isinstance(one, t.Attribute | t.Name)}
                if {"number", "int", "bigint"} & names and "string" not in names:
                    amounts.add(name)
                elif {"enum", "boolean", "literal", "nativeEnum", "uuid"} & names and "any" not in names:
                    narrow.add(name)
    return narrow, amounts


def _declared(nodes: list[object]) -> str:
    """What the file tells of tools that one handler serves: names and descriptions."""
    words = []
    for node in nodes:
        if isinstance(node, t.Call) and _last(node.function) in ("Tool", "ToolDefinition"):
            words.append(_words_of(node))
        elif isinstance(node, t.Collection) and node.mapping:
            pairs = _pairs(node)
            if "description" in pairs and "name" in pairs:
                words += [constant_text(pairs["name"]) or "", constant_text(pairs["description"]) or ""]
    return " ".join(words)


def _words_of(node: t.Call) -> str:
    return " ".join(constant_text(value) or "" for name, value in node.keywords if name in ("name", "description"))


def _pairs(node: t.Collection) -> dict[str, t.Expression]:
    return {key.value: value for key, value in node.pairs if isinstance(key, t.Constant) and isinstance(key.value, str)}


def _function(node: t.Expression, functions: dict[str, t.Function]) -> t.Function | None:
    if isinstance(node, t.Function):
        return node
    if isinstance(node, t.Name):
        return functions.get(node.name)
    if isinstance(node, t.Attribute):
        return functions.get(node.name)
    if isinstance(node, t.Call) and node.arguments:
        return next((one for value in node.arguments if isinstance(one := value, t.Function)), None)
    return None


def _last(node: t.Expression) -> str:
    """The last name of a dotted expression."""
    if isinstance(node, t.Attribute | t.Name):
        return node.name
    return _last(node.function) if isinstance(node, t.Call) else ""


def constant_text(node: t.Expression) -> str | None:
    """A text that is constant, or nothing. Constants put together count."""
    if isinstance(node, t.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, t.Plus):
        left, right = constant_text(node.left), constant_text(node.right)
        return None if left is None or right is None else left + right
    if isinstance(node, t.Text):
        parts = [constant_text(one) for one in node.parts]
        return None if None in parts else "".join(one for one in parts if one is not None)
    if (
        isinstance(node, t.Call)
        and isinstance(node.function, t.Attribute)
        and node.function.name in ("dedent", "trim", "strip", "join")
    ):
        held = [*node.arguments, node.function.base]
        inner = [item for one in held for item in (one.items if isinstance(one, t.Collection) else [one])]
        texts = [one for value in inner if (one := constant_text(value)) is not None]
        return " ".join(texts) or None
    return None
