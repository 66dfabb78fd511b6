"""TensorFlow's graphs as protobuf messages: nodes, functions, calls between them. Source: graph.proto, function.proto.

Nodes are read when something must be known of them; a table of nodes is made only of graphs where paths are traced.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from bartizan.scan.wire.protobuf import BYTES, Message
from bartizan.scan.wire.schema import Schema, field_names

__all__ = ["CALLS", "SCHEMA", "Graph", "Node", "Sources", "attribute_texts", "read_node", "sources"]

SCHEMA: Schema = {
    "SavedModel": field_names("1 2:MetaGraph"),
    "MetaGraph": field_names("1:Info 2:Graph 3 4:Entry 5:Entry 6 7:Objects"),
    "Info": field_names("1 2 3 4 5 6 7 8"),
    "Graph": field_names("1:Node 2:Library 3 4 5"),
    "Library": field_names("1:Function 2 3"),
    "Function": field_names("1 2 3:Node 4 5 6 7 8 9"),
    "Node": field_names("1 2 3 4 5 6 7"),
    "Entry": field_names("1 2"),
    "Objects": field_names("1:Object 2"),
    "Object": field_names("1 2 3 4:UserObject 5 6 7 8 9 10 11 12 13 14 15 16"),
    "UserObject": field_names("1 2 3"),
}
_FOLLOWED = 4096
"""Names that are looked at on the way back to where a value comes from."""
_LONGEST = 4096
"""Bytes of a name or a text that are read."""
CALLS = frozenset({
    "PartitionedCall", "StatefulPartitionedCall", "TPUPartitionedCall", "While", "StatelessWhile", "If", "StatelessIf",
    "Case", "StatelessCase", "For", "SymbolicGradient",
})  # fmt: skip
"""Operators that call a function of the graph, whose inputs are its arguments."""


class Node(NamedTuple):
    """A node: name, operator, the names of its inputs (without `^control` ones), and where it stands."""

    name: str
    operator: str
    inputs: list[str]
    start: int
    message: Message


def read_node(message: Message) -> Node:
    """Read a node."""
    name = operator = ""
    inputs = []
    for field in message:
        if field.wire == BYTES and field.number <= 3:
            text = message.text(field, _LONGEST)
            if field.number == 1:
                name = text
            elif field.number == 2:
                operator = text
            elif not text.startswith("^"):
                inputs.append(text)
    return Node(name, operator, inputs, message.start, message)


def _attributes(node: Message) -> Iterator[tuple[str, Message]]:
    for entry in node.inners(5):
        key = entry.last_text(1)
        for value in entry.inners(2):
            yield key, value


def attribute_texts(node: Message, name: str) -> list[str]:
    """Return the texts of an attribute: one, or those of a list."""
    out: list[str] = []
    for key, value in _attributes(node):
        if key == name:
            out += value.texts(2, _LONGEST)
            for listed in value.inners(1):
                out += listed.texts(2, _LONGEST)
    return out


def _constants(node: Message) -> list[str]:
    """Return the first texts that a constant holds."""
    out: list[str] = []
    for key, value in _attributes(node):
        if key == "value":
            for tensor in value.inners(8):
                for field in tensor:
                    if field.number == 8 and field.wire == BYTES and len(out) < 16:
                        out.append(tensor.text(field, _LONGEST))
    return out


class Graph:
    """A graph, or the body of a function: `arguments` are its names for what a caller gives."""

    def __init__(self, message: Message, field: int, name: str = "", arguments: tuple[str, ...] = ()) -> None:
        self.message, self.name, self.arguments = message, name, arguments
        self.calls: list[Node] = []
        """Nodes that call functions; whoever walks the graph notes them."""
        self._field = field

    def nodes(self) -> Iterator[Node]:
        """Read the nodes, in their order."""
        return map(read_node, self.message.inners(self._field))

    @cached_property
    def table(self) -> dict[str, Node]:
        """The nodes by name."""
        return {node.name: node for node in self.nodes()}

    @cached_property
    def called(self) -> list[tuple[str, Node]]:
        """Which functions the noted nodes call: by their operator, or by an attribute."""
        out = []
        for node in self.calls:
            out.append((node.operator, node))
            for _, value in _attributes(node.message):
                functions = [*value.inners(10), *(one for listed in value.inners(1) for one in listed.inners(9))]
                out += [(function.last_text(1), node) for function in functions]
        return out

    @classmethod
    def function(cls, message: Message) -> Graph:
        """Read the signature of a function."""
        name, arguments = "", []
        for signature in message.inners(1):
            name = signature.last_text(1)
            arguments += [argument.last_text(1) for argument in signature.inners(2)]
        return cls(message, 3, name, tuple(arguments))


class Sources(NamedTuple):
    """Where a value may come from: texts that stand in the graph, and names of placeholders."""

    texts: list[tuple[str, str]]
    """Names of constants, and what they hold."""
    placeholders: list[str]
    lost: bool
    """Whether some way ends where nothing is known."""


def sources(graphs: list[Graph], graph: Graph, name: str) -> Sources:
    """Follow an input back to where it comes from, through callers of functions too."""
    texts: list[tuple[str, str]] = []
    placeholders: list[str] = []
    lost = False
    todo, seen = [(graph, name)], set[tuple[int, str]]()
    while todo and len(seen) < _FOLLOWED:
        graph, name = todo.pop()
        bare = name.split(":")[0]
        if (id(graph), bare) in seen:
            continue
        seen.add((id(graph), bare))
        node = graph.table.get(bare)
        if node is None and bare in graph.arguments:
            callers = list(_given(graphs, graph, graph.arguments.index(bare)))
            todo += callers
            lost |= not callers
        elif node is None:
            lost = True
        elif node.operator.startswith("Placeholder"):
            placeholders.append(node.name)
            todo += [(graph, one) for one in node.inputs]
        elif node.operator == "Const":
            texts += [(node.name, text) for text in _constants(node.message)]
        else:
            todo += [(graph, one) for one in node.inputs]
            lost |= not node.inputs
    return Sources(texts, placeholders, lost or bool(todo))


def _given(graphs: list[Graph], function: Graph, position: int) -> Iterator[tuple[Graph, str]]:
    for graph in graphs:
        for name, node in graph.called:
            if name == function.name:
                at = position + (node.operator in ("If", "StatelessIf", "Case", "StatelessCase"))
                if at < len(node.inputs):
                    yield graph, node.inputs[at]
