"""The language-neutral tree: what of a program matters for where values flow. Fronts make it, the engine follows it.

Every node knows its line and column, from 1. What a front doesn't understand becomes `Mixed`, a value made of parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Literal, TypeAlias

__all__ = [
    "Assign", "Attribute", "Branch", "Call", "Class", "Collection", "Compare", "Constant", "Do", "Expression",
    "Function", "Guarded", "Index", "Leave", "Loop", "Mixed", "Module", "Name", "Parameter", "Plus", "Statement",
    "Text", "Tool", "children", "walk",
]  # fmt: skip


@dataclass(slots=True)
class Node:
    """A place in the source."""

    line: int
    column: int


@dataclass(slots=True)
class Constant(Node):
    """A literal."""

    value: str | bytes | int | float | bool | None


@dataclass(slots=True)
class Name(Node):
    """A name in scope."""

    name: str


@dataclass(slots=True)
class Attribute(Node):
    """A part of an object by its name."""

    base: Expression
    name: str


@dataclass(slots=True)
class Index(Node):
    """A part of a collection by a computed key."""

    base: Expression
    key: Expression


@dataclass(slots=True)
class Call(Node):
    """A call. A keyword of `**` holds a mapping of further keywords."""

    function: Expression
    arguments: list[Expression]
    keywords: list[tuple[str, Expression]] = field(default_factory=list)


@dataclass(slots=True)
class Plus(Node):
    """Two values put together by `+`, or a text filled by `%` (`fill`)."""

    left: Expression
    right: Expression
    fill: bool = False


@dataclass(slots=True)
class Text(Node):
    """A text with values in it: an f-string, a template string."""

    parts: list[Expression]


@dataclass(slots=True)
class Collection(Node):
    """A list, tuple or set (`items`), or a mapping (`pairs`); a key of None spreads another mapping in."""

    items: list[Expression] = field(default_factory=list)
    pairs: list[tuple[Expression | None, Expression]] = field(default_factory=list)
    mapping: bool = False


@dataclass(slots=True)
class Compare(Node):
    """A comparison; `operator` is that of Python."""

    operator: str
    left: Expression
    right: Expression


@dataclass(slots=True)
class Mixed(Node):
    """Any other expression: its value is one of its parts, or made of them. `choice` says it is one of them."""

    parts: list[Expression]
    choice: bool = False
    amount: bool = False
    """Whether it is arithmetic: a number comes out."""
    grows: bool = False
    """Whether it multiplies or raises to a power: what comes out may be much larger than what goes in."""


@dataclass(slots=True)
class Parameter:
    """A parameter: `narrow` says that its type lets only few values in, `amount` that it is a number."""

    name: str
    kind: Literal["plain", "rest", "keywords"] = "plain"
    narrow: bool = False
    amount: bool = False
    default: Expression | None = None
    parts: list[str] = field(default_factory=list)
    """Names that it is taken apart into."""


@dataclass(slots=True)
class Function(Node):
    """A function: as a statement, it binds its name; as an expression it is a value."""

    name: str
    parameters: list[Parameter]
    body: list[Statement]
    documentation: str = ""
    decorators: list[Expression] = field(default_factory=list)
    owner: str = ""
    """The class that it is a method of."""
    plain: bool = False
    """Whether a method gets no object: static methods."""


@dataclass(slots=True)
class Class(Node):
    """A class."""

    name: str
    bases: list[Expression]
    body: list[Statement]
    documentation: str = ""


@dataclass(slots=True)
class Assign(Node):
    """A value goes into names, parts or attributes. `joins` for what keeps the old value too (`+=`)."""

    targets: list[Expression]
    value: Expression
    joins: bool = False
    scope: str = ""
    """`global` where names are those of the module whatever the scope; `around` where they are those that are known."""


@dataclass(slots=True)
class Do(Node):
    """An expression by itself: nobody uses its value."""

    value: Expression


@dataclass(slots=True)
class Branch(Node):
    """One of two ways."""

    test: Expression
    body: list[Statement]
    other: list[Statement]


@dataclass(slots=True)
class Loop(Node):
    """Repeats: over what a value holds (`target`), or while `test` holds."""

    target: Expression | None
    over: Expression | None
    test: Expression | None
    body: list[Statement]
    counted: bool = False
    """Whether the loop counts a number up."""


@dataclass(slots=True)
class Guarded(Node):
    """Statements whose errors are caught; `silent` where nothing is done about them."""

    body: list[Statement]
    handlers: list[list[Statement]]
    silent: bool = False


@dataclass(slots=True)
class Leave(Node):
    """Ends a function (`return`, `raise`) or a round of a loop (`break`, `continue`)."""

    how: Literal["return", "raise", "break", "continue", "yield"]
    value: Expression | None = None


@dataclass(slots=True)
class Tool:
    """A function that a model can call, with what it is told about it."""

    name: str
    description: str
    function: Function
    kind: Literal["tool", "handler", "resource", "prompt"] = "tool"
    line: int = 0
    computed: bool = False
    """Whether the description is computed when the server runs."""
    narrow: set[str] = field(default_factory=set)
    """Arguments of which a schema lets only few values in."""
    amounts: set[str] = field(default_factory=set)
    """Arguments that a schema says are numbers."""


@dataclass(slots=True)
class Module:
    """A file of source. `imports` maps a local name to the dotted name of what it stands for."""

    path: str
    language: Literal["python", "javascript"]
    body: list[Statement]
    imports: dict[str, str] = field(default_factory=dict)
    source: str = ""


Expression: TypeAlias = (
    Constant | Name | Attribute | Index | Call | Plus | Text | Collection | Compare | Mixed | Function
)
Statement: TypeAlias = Assign | Do | Branch | Loop | Guarded | Leave | Function | Class


def children(node: object) -> list[object]:
    """What a node holds, in the order of the source."""
    if isinstance(node, list | tuple):
        return list(node)
    names = _HELD.get(type(node))
    if names is None:
        names = tuple(one.name for one in fields(node)) if is_dataclass(node) and not isinstance(node, type) else ()
        _HELD[type(node)] = names
    return [one for name in names if not isinstance(one := getattr(node, name), _PLAIN)]


_PLAIN = (str, bytes, int, float, bool, set, type(None))
_HELD: dict[type, tuple[str, ...]] = {}


def walk(node: object) -> Iterator[object]:
    """Every node below one, and itself, in the order of the source."""
    stack = [node]
    while stack:
        one = stack.pop()
        if not isinstance(one, list | tuple):
            yield one
        stack += reversed(children(one))
