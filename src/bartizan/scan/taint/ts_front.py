"""TypeScript and JavaScript source as a tree, read by tree-sitter's parsers (wheels; imported when first needed)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.taint import tree as t
from bartizan.scan.taint.ts_expressions import Expressions, at
from bartizan.scan.taint.ts_names import imports_of

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

__all__ = ["MissingParser", "parser_of", "typescript_module"]


class MissingParser(Exception):
    """The parser's wheels are not installed."""


def typescript_module(source: str, path: str = "") -> t.Module:
    """Return the tree of a file. Raises MissingParser without the wheels, LimitReached for what nests too deeply."""
    data = source.encode("utf-8", "replace")
    parsed = parser_of(path.endswith((".tsx", ".jsx", ".js", ".mjs", ".cjs"))).parse(data)
    try:
        front = _Front(data)
        body = front.block(parsed.root_node)
    except RecursionError:
        raise LimitReached("its syntax nests too deeply") from None
    return t.Module(path, "javascript", body, front.imports.names, source)


@cache
def parser_of(markup: bool) -> Parser:
    """Return the parser, for files with markup in them or without. Raises MissingParser."""
    try:
        import tree_sitter
        import tree_sitter_typescript
    except ImportError:
        raise MissingParser("the wheels `tree-sitter` and `tree-sitter-typescript` are not installed") from None
    language = tree_sitter_typescript.language_tsx() if markup else tree_sitter_typescript.language_typescript()
    return tree_sitter.Parser(tree_sitter.Language(language))


class _Front(Expressions):
    def block(self, node: Node | None) -> list[t.Statement]:
        """Return the statements of a block, or a single statement as one."""
        if node is None:
            return []
        if node.type in ("statement_block", "program", "class_static_block", "switch_body"):
            return [made for one in node.named_children for made in self.statement(one)]
        return self.statement(node)

    def statement(self, node: Node) -> list[t.Statement]:
        """Return what a statement does."""
        found = getattr(self, f"_on_{node.type}", None)
        self.deeper()
        try:
            if found is not None:
                made: list[t.Statement] = found(node)
                return made
            if node.type.endswith(("_expression", "identifier")):
                return [t.Do(*at(node), self.expression(node))]
            return [made for one in node.named_children for made in self.statement(one)] if _carries(node) else []
        finally:
            self.depth -= 1

    # Statements

    def _on_import_statement(self, node: Node) -> list[t.Statement]:
        imports_of(node, self.text, self.imports)
        return []

    def _on_export_statement(self, node: Node) -> list[t.Statement]:
        held = node.child_by_field_name("declaration") or node.child_by_field_name("value")
        return self.statement(held) if held is not None else []

    def _on_expression_statement(self, node: Node) -> list[t.Statement]:
        return [made for one in node.named_children for made in self._expressed(one)]

    def _expressed(self, node: Node) -> list[t.Statement]:
        if node.type == "assignment_expression":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None:
                return [t.Assign(*at(node), [self.expression(left)], self.expression(right))]
        if node.type == "augmented_assignment_expression":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None:
                return [t.Assign(*at(node), [self.expression(left)], self.expression(right), joins=True)]
        if node.type == "sequence_expression":
            return [made for one in node.named_children for made in self._expressed(one)]
        return [t.Do(*at(node), self.expression(node))]

    def _on_lexical_declaration(self, node: Node) -> list[t.Statement]:
        out: list[t.Statement] = []
        for one in node.named_children:
            name, value = one.child_by_field_name("name"), one.child_by_field_name("value")
            if one.type != "variable_declarator" or name is None or value is None:
                continue
            if self.imports.required(name, value, self.text):
                continue
            made = self.expression(value)
            if isinstance(made, t.Function) and name.type == "identifier" and not made.name:
                made.name = self.text(name)
                out.append(made)
            else:
                out.append(t.Assign(*at(one), [self.pattern(name)], made))
        return out

    _on_variable_declaration = _on_lexical_declaration

    def _on_function_declaration(self, node: Node) -> list[t.Statement]:
        return [self.function(node)]

    _on_generator_function_declaration = _on_function_declaration

    def _on_class_declaration(self, node: Node) -> list[t.Statement]:
        name = node.child_by_field_name("name")
        outer, self._owner = self._owner, self.text(name) if name is not None else ""
        body = node.child_by_field_name("body")
        inner = [made for one in (body.named_children if body else []) for made in self._class_part(one)]
        owner, self._owner = self._owner, outer
        bases = [
            self.expression(one)
            for held in node.named_children
            if held.type == "class_heritage"
            for part in held.named_children
            for one in (part.named_children if part.type == "extends_clause" else [part])
            if one.type in ("identifier", "member_expression")
        ]
        return [t.Class(*at(node), owner, bases, inner)]

    _on_abstract_class_declaration = _on_class = _on_class_declaration

    def _class_part(self, node: Node) -> list[t.Statement]:
        if node.type == "method_definition":
            made = self.function(node)
            made.owner = self._owner
            made.plain = any(one.type == "static" for one in node.children)
            made.parameters.insert(0, t.Parameter("this")) if not made.plain else None
            return [made]
        if node.type in ("public_field_definition", "field_definition"):
            name = node.child_by_field_name("name") or node.child_by_field_name("property")
            value = node.child_by_field_name("value")
            if name is not None and value is not None:
                target: t.Expression = t.Name(*at(name), self.text(name))
                return [t.Assign(*at(node), [target], self.expression(value))]
        return []

    def _on_return_statement(self, node: Node) -> list[t.Statement]:
        held = node.named_children
        return [t.Leave(*at(node), "return", self.expression(held[0]) if held else None)]

    def _on_throw_statement(self, node: Node) -> list[t.Statement]:
        held = node.named_children
        return [t.Leave(*at(node), "raise", self.expression(held[0]) if held else None)]

    def _on_break_statement(self, node: Node) -> list[t.Statement]:
        return [t.Leave(*at(node), "break")]

    def _on_continue_statement(self, node: Node) -> list[t.Statement]:
        return [t.Leave(*at(node), "continue")]

    def _on_if_statement(self, node: Node) -> list[t.Statement]:
        other = node.child_by_field_name("alternative")
        test = self.expression(node.child_by_field_name("condition"))
        rest = [made for one in other.named_children for made in self.block(one)] if other is not None else []
        return [t.Branch(*at(node), test, self.block(node.child_by_field_name("consequence")), rest)]

    def _on_switch_statement(self, node: Node) -> list[t.Statement]:
        subject = self.expression(node.child_by_field_name("value"))
        body = node.child_by_field_name("body")
        ways: list[t.Statement] = []
        for case in reversed(body.named_children if body is not None else []):
            value = case.child_by_field_name("value")
            inner = [made for one in case.named_children if one != value for made in self.statement(one)]
            if inner and isinstance(inner[-1], t.Leave) and inner[-1].how == "break":
                inner.pop()
            if value is None:
                ways = inner + ways
            else:
                test = t.Compare(*at(case), "==", subject, self.expression(value))
                ways = [t.Branch(*at(case), test, inner, ways)]
        return ways

    def _on_for_in_statement(self, node: Node) -> list[t.Statement]:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        target = self.pattern(left) if left is not None else None
        keys = any(one.type == "in" for one in node.children)
        over = self.expression(right)
        if keys:
            over = t.Call(*at(node), t.Attribute(*at(node), over, "keys"), [])
        return [t.Loop(*at(node), target, over, None, self.block(node.child_by_field_name("body")))]

    def _on_for_statement(self, node: Node) -> list[t.Statement]:
        first, test = node.child_by_field_name("initializer"), node.child_by_field_name("condition")
        start = self.block(first) if first is not None else []
        condition = self.expression(test) if test is not None and test.type != "empty_statement" else None
        bound = condition.right if isinstance(condition, t.Compare) and condition.operator in ("<", "<=") else None
        if bound is not None:
            loop = t.Loop(*at(node), None, bound, None, self.block(node.child_by_field_name("body")), counted=True)
        else:
            endless = condition or t.Constant(*at(node), True)
            loop = t.Loop(*at(node), None, None, endless, self.block(node.child_by_field_name("body")))
        return [*start, loop]

    def _on_while_statement(self, node: Node) -> list[t.Statement]:
        test = self.expression(node.child_by_field_name("condition"))
        return [t.Loop(*at(node), None, None, test, self.block(node.child_by_field_name("body")))]

    _on_do_statement = _on_while_statement

    def _on_try_statement(self, node: Node) -> list[t.Statement]:
        handler, last = node.child_by_field_name("handler"), node.child_by_field_name("finalizer")
        caught = self.block(handler.child_by_field_name("body")) if handler is not None else []
        after = [made for one in (last.named_children if last is not None else []) for made in self.block(one)]
        silent = handler is not None and not caught
        return [t.Guarded(*at(node), self.block(node.child_by_field_name("body")), [caught], silent), *after]


def _carries(node: Node) -> bool:
    """Whether a node that is no statement may hold some."""
    return not node.type.startswith(("interface", "type_", "comment", "enum", "import", "ambient"))
