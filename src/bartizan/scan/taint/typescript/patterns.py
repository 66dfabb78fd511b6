"""What TypeScript assigns to: names, and patterns that take values apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.typescript.literals import key_of
from bartizan.scan.taint.typescript.reader import Reader, at

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["assignment", "names_in", "pattern"]


def pattern(reader: Reader, node: Node) -> t.Expression:
    """Return what is assigned to."""
    if node.type == "object_pattern":
        return _object(reader, node)
    if node.type == "array_pattern":
        return t.Collection(*at(node), [pattern(reader, one) for one in node.named_children])
    if node.type in ("assignment_pattern", "object_assignment_pattern"):
        left = node.child_by_field_name("left")
        return pattern(reader, left) if left is not None else t.Mixed(*at(node), [])
    return reader.expression(node)


def assignment(reader: Reader, node: Node) -> t.Assign | None:
    """Return an assignment to a name that is known already, or to a part; nothing for other expressions."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if node.type not in ("assignment_expression", "augmented_assignment_expression") or left is None or right is None:
        return None
    joins = node.type == "augmented_assignment_expression"
    return t.Assign(*at(node), [reader.expression(left)], reader.expression(right), joins, "around")


def _object(reader: Reader, node: Node) -> t.Expression:
    out = t.Collection(*at(node), mapping=True)
    for one in node.named_children:
        key, value = one.child_by_field_name("key"), one.child_by_field_name("value")
        if key is not None and value is not None:
            out.pairs.append((key_of(reader, key), pattern(reader, value)))
        else:
            for name in names_in(one, reader.text):
                out.pairs.append((t.Constant(*at(one), name), t.Name(*at(one), name)))
    return out


def names_in(node: Node, text: Callable[[Node], str]) -> list[str]:
    """Return the names that a pattern binds."""
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
