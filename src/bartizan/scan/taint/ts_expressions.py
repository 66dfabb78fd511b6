"""Expressions, functions and patterns of TypeScript and JavaScript."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.taint import tree as t
from bartizan.scan.taint.ts_names import Imports

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["Expressions", "at"]

_DEEPEST = 400
_PASSED = frozenset({
    "await_expression", "parenthesized_expression", "non_null_expression", "as_expression", "satisfies_expression",
    "type_assertion", "spread_element", "expression_statement_", "export_clause_",
})  # fmt: skip
_ARITHMETIC = frozenset({"-", "*", "/", "%", "**", "<<", ">>", ">>>", "|", "&", "^"})
_COMPARES = {"===": "==", "!==": "!=", "==": "==", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "in": "in"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|(.))", re.DOTALL)


class Expressions:
    """Makes trees of expressions. A subclass knows statements."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.imports = Imports()
        self._owner = ""
        self.depth = 0

    def text(self, node: Node) -> str:
        """The source of a node."""
        return self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    @abstractmethod
    def block(self, node: Node | None) -> list[t.Statement]:
        """Return the statements of a block."""

    def deeper(self) -> None:
        """Count one level more. Raises LimitReached."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise LimitReached("its syntax nests too deeply")

    def expression(self, node: Node | None) -> t.Expression:
        """Return an expression."""
        if node is None:
            return t.Mixed(1, 1, [])
        self.deeper()
        try:
            while node.type in _PASSED and node.named_children:
                node = node.named_children[-1 if node.type == "type_assertion" else 0]
            found = getattr(self, f"_of_{node.type}", None)
            if found is not None:
                made: t.Expression = found(node)
                return made
            parts = [self.expression(one) for one in node.named_children if _valued(one)]
            return t.Mixed(*at(node), parts)
        finally:
            self.depth -= 1

    def _of_identifier(self, node: Node) -> t.Expression:
        return t.Name(*at(node), self.text(node))

    _of_shorthand_property_identifier = _of_property_identifier = _of_identifier

    def _of_this(self, node: Node) -> t.Expression:
        return t.Name(*at(node), "this")

    def _of_string(self, node: Node) -> t.Expression:
        return t.Constant(*at(node), _unescaped(self.text(node)[1:-1]))

    def _of_number(self, node: Node) -> t.Expression:
        digits = self.text(node).replace("_", "").rstrip("n")
        try:
            return t.Constant(*at(node), float(digits) if not digits.lower().startswith("0x") else int(digits, 16))
        except ValueError:
            return t.Constant(*at(node), None)

    def _of_true(self, node: Node) -> t.Expression:
        return t.Constant(*at(node), node.type == "true")

    _of_false = _of_true

    def _of_null(self, node: Node) -> t.Expression:
        return t.Constant(*at(node), None)

    _of_undefined = _of_null

    def _of_template_string(self, node: Node) -> t.Expression:
        parts: list[t.Expression] = []
        start = node.start_byte + 1
        for one in node.named_children:
            if one.type == "template_substitution":
                parts += [self._raw(node, start, one.start_byte), *map(self.expression, one.named_children[:1])]
                start = one.end_byte
        return t.Text(*at(node), [*parts, self._raw(node, start, max(node.end_byte - 1, start))])

    def _raw(self, node: Node, start: int, end: int) -> t.Expression:
        return t.Constant(*at(node), _unescaped(self._data[start:end].decode("utf-8", "replace")))

    def _of_member_expression(self, node: Node) -> t.Expression:
        base, name = node.child_by_field_name("object"), node.child_by_field_name("property")
        return t.Attribute(*at(node), self.expression(base), self.text(name) if name is not None else "")

    def _of_subscript_expression(self, node: Node) -> t.Expression:
        base, key = node.child_by_field_name("object"), node.child_by_field_name("index")
        return t.Index(*at(node), self.expression(base), self.expression(key))

    def _of_call_expression(self, node: Node) -> t.Expression:
        function, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if given is not None and given.type == "template_string":
            arguments = [self.expression(given)]
        else:
            arguments = [
                self.expression(one) for one in (given.named_children if given else []) if one.type != "comment"
            ]
        called = t.Name(*at(node), "import") if function is not None and function.type == "import" else None
        return t.Call(*at(node), called or self.expression(function), arguments)

    def _of_new_expression(self, node: Node) -> t.Expression:
        made, given = node.child_by_field_name("constructor"), node.child_by_field_name("arguments")
        arguments = [self.expression(one) for one in (given.named_children if given else []) if one.type != "comment"]
        return t.Call(*at(node), self.expression(made), arguments)

    def _of_binary_expression(self, node: Node) -> t.Expression:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        sign = self.text(operator) if operator is not None else ""
        one, other = self.expression(left), self.expression(right)
        if sign == "+":
            return t.Plus(*at(node), one, other)
        if sign in _COMPARES:
            return t.Compare(*at(node), _COMPARES[sign], one, other)
        if sign in ("||", "&&", "??"):
            return t.Mixed(*at(node), [one, other], choice=True)
        return t.Mixed(*at(node), [one, other], amount=sign in _ARITHMETIC, grows=sign in ("*", "**"))

    def _of_ternary_expression(self, node: Node) -> t.Expression:
        ways = [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
        return t.Mixed(*at(node), [self.expression(one) for one in ways], choice=True)

    def _of_array(self, node: Node) -> t.Expression:
        return t.Collection(*at(node), [self.expression(one) for one in node.named_children if one.type != "comment"])

    def _of_object(self, node: Node) -> t.Expression:
        out = t.Collection(*at(node), mapping=True)
        for one in node.named_children:
            if one.type == "pair":
                key, value = one.child_by_field_name("key"), one.child_by_field_name("value")
                if key is not None:
                    out.pairs.append((self._key(key), self.expression(value)))
            elif one.type == "shorthand_property_identifier":
                out.pairs.append((t.Constant(*at(one), self.text(one)), self.expression(one)))
            elif one.type == "spread_element":
                out.pairs.append((None, self.expression(one)))
            elif one.type == "method_definition":
                made = self.function(one)
                out.pairs.append((t.Constant(*at(one), made.name), made))
        return out

    def _key(self, node: Node) -> t.Expression:
        if node.type == "computed_property_name":
            return self.expression(node.named_children[0] if node.named_children else None)
        return t.Constant(*at(node), _unescaped(self.text(node).strip("\"'")))

    def _of_arrow_function(self, node: Node) -> t.Expression:
        return self.function(node)

    _of_function_expression = _of_generator_function = _of_function_declaration = _of_arrow_function

    def _of_assignment_expression(self, node: Node) -> t.Expression:
        return self.expression(node.child_by_field_name("right"))

    # Functions and patterns

    def function(self, node: Node) -> t.Function:
        """Return a function."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        held = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
        nodes = [] if held is None else [held] if held.type == "identifier" else held.named_children
        parameters = [made for one in nodes if (made := self._parameter(one)) is not None]
        if body is not None and body.type == "statement_block":
            inner = self.block(body)
        else:
            inner = [t.Leave(*at(node), "return", self.expression(body))] if body is not None else []
        return t.Function(*at(node), self.text(name) if name is not None else "", parameters, inner)

    def _parameter(self, node: Node) -> t.Parameter | None:
        pattern = node.child_by_field_name("pattern") or node.child_by_field_name("left") or node
        kind = node.child_by_field_name("type")
        said = self.text(kind).lstrip(": ") if kind is not None else ""
        value = node.child_by_field_name("value") or node.child_by_field_name("right")
        narrow, amount = said == "boolean", said in ("number", "bigint")
        default = self.expression(value) if value is not None else None
        if pattern.type == "identifier":
            return t.Parameter(self.text(pattern), "plain", narrow, amount, default)
        if pattern.type == "rest_pattern":
            return t.Parameter(self.text(pattern).lstrip("."), "rest")
        if pattern.type in ("object_pattern", "array_pattern"):
            return t.Parameter("args", parts=_names_in(pattern, self.text))
        if pattern.type == "assignment_pattern":
            return self._parameter(pattern)
        return None

    def pattern(self, node: Node) -> t.Expression:
        """Return what is assigned to."""
        if node.type == "object_pattern":
            out = t.Collection(*at(node), mapping=True)
            for one in node.named_children:
                key, value = one.child_by_field_name("key"), one.child_by_field_name("value")
                if key is not None and value is not None:
                    out.pairs.append((self._key(key), self.pattern(value)))
                else:
                    for name in _names_in(one, self.text):
                        out.pairs.append((t.Constant(*at(one), name), t.Name(*at(one), name)))
            return out
        if node.type == "array_pattern":
            return t.Collection(*at(node), [self.pattern(one) for one in node.named_children])
        if node.type in ("assignment_pattern", "object_assignment_pattern"):
            left = node.child_by_field_name("left")
            return self.pattern(left) if left is not None else t.Mixed(*at(node), [])
        return self.expression(node)


def at(node: Node) -> tuple[int, int]:
    """Return line and column of a node, from 1."""
    return node.start_point[0] + 1, node.start_point[1] + 1


def _valued(node: Node) -> bool:
    return not node.type.startswith(("type_", "comment")) and "type" not in node.type.split("_")


def _names_in(node: Node, text: Callable[[Node], str]) -> list[str]:
    """Names that a pattern binds."""
    out = []
    stack = [node]
    while stack:
        one = stack.pop()
        if one.type in ("shorthand_property_identifier_pattern", "identifier"):
            out.append(text(one))
        elif one.type == "pair_pattern":
            stack += [held for held in [one.child_by_field_name("value")] if held is not None]
        elif one.type in ("object_assignment_pattern", "assignment_pattern"):
            stack += [held for held in [one.child_by_field_name("left")] if held is not None]
        else:
            stack += one.named_children
    return out[::-1]


def _unescaped(raw: str) -> str:
    return _ESCAPE.sub(_letter, raw) if "\\" in raw else raw


def _letter(found: re.Match[str]) -> str:
    number = found[1] or found[2] or found[3]
    if number:
        value = int(number, 16)
        return chr(value) if value <= 0x10FFFF and not 0xD800 <= value <= 0xDFFF else "\ufffd"
    return _ESCAPES.get(found[4], found[4])
