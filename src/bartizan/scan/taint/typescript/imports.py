"""Names that TypeScript and JavaScript import, and what they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["Imports", "imports_of"]


class Imports:
    """Local names with the dotted names that they stand for; relative files stay as they are written."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def add(self, local: str, source: str, name: str = "") -> None:
        """Note one: a module (`name` empty or `default`), or a name in it."""
        source = source.removeprefix("node:")
        whole = not name or (name == "default" and not source.startswith("."))
        self.names[local] = source if whole else f"{source}.{name}"

    def required(self, name: Node, value: Node, text: Callable[[Node], str]) -> bool:
        """Take `const x = require("y")` for an import; tell whether it is one."""
        while value.type in ("await_expression", "parenthesized_expression") and value.named_children:
            value = value.named_children[0]
        part = ""
        if value.type == "member_expression":
            held, named = value.child_by_field_name("object"), value.child_by_field_name("property")
            if held is None or named is None:
                return False
            value, part = held, text(named)
        function, given = value.child_by_field_name("function"), value.child_by_field_name("arguments")
        if value.type != "call_expression" or function is None or given is None:
            return False
        if text(function) not in ("require", "import") or len(given.named_children) != 1:
            return False
        literal = given.named_children[0]
        if literal.type != "string":
            return False
        source = text(literal)[1:-1]
        if name.type == "identifier":
            self.add(text(name), source, part)
            return True
        if name.type != "object_pattern":
            return False
        for one in name.named_children:
            key, bound = one.child_by_field_name("key"), one.child_by_field_name("value")
            if key is not None and bound is not None:
                self.add(text(bound), source, text(key))
            elif one.type == "shorthand_property_identifier_pattern":
                self.add(text(one), source, text(one))
        return True


def imports_of(node: Node, text: Callable[[Node], str], into: Imports) -> None:
    """Note what an import statement brings in. Types alone bring in nothing that runs."""
    literal = node.child_by_field_name("source")
    if literal is None or any(one.type == "type" for one in node.children):
        return
    source = text(literal)[1:-1]
    for clause in node.named_children:
        if clause.type != "import_clause":
            continue
        for one in clause.named_children:
            if one.type == "identifier":
                into.add(text(one), source, "default")
            elif one.type == "namespace_import" and one.named_children:
                into.add(text(one.named_children[0]), source)
            elif one.type == "named_imports":
                for part in one.named_children:
                    name, alias = part.child_by_field_name("name"), part.child_by_field_name("alias")
                    if name is not None:
                        into.add(text(alias or name), source, text(name))
