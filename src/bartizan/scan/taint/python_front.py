"""Python source as a tree, read by Python's own parser and never compiled or run."""

from __future__ import annotations

import ast
import warnings

from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.taint import tree as t
from bartizan.scan.taint.python_parameters import parameters_of

__all__ = ["python_module"]

_OPERATORS = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


def python_module(source: str, path: str = "") -> t.Module:
    """Return the tree of a file. Raises Malformed for what is no Python, LimitReached for what nests too deeply."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = ast.parse(source)
        imports: dict[str, str] = {}
        front = _Front(imports)
        return t.Module(path, "python", front.block(parsed.body), imports, source)
    except SyntaxError as error:
        raise Malformed(f"it is no Python: line {error.lineno or 0}") from None
    except (RecursionError, MemoryError):
        raise LimitReached("its syntax nests too deeply") from None
    except ValueError:
        raise Malformed("it is no Python: it holds a zero byte or a lone surrogate") from None


class _Front:
    def __init__(self, imports: dict[str, str]) -> None:
        self.imports = imports
        self._owner = ""
        self._globals: list[set[str]] = [set()]

    def block(self, statements: list[ast.stmt]) -> list[t.Statement]:
        """Return statements."""
        out: list[t.Statement] = []
        for statement in statements:
            found = getattr(self, f"_on_{type(statement).__name__.lower()}", None)
            if found is not None:
                out += found(statement)
        return out

    # Statements

    def _on_import(self, node: ast.Import) -> list[t.Statement]:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.imports[name] = alias.name if alias.asname else name
        return []

    def _on_importfrom(self, node: ast.ImportFrom) -> list[t.Statement]:
        origin = "." * node.level + (node.module or "")
        for alias in node.names:
            dot = "" if origin.endswith(".") else "."
            self.imports[alias.asname or alias.name] = f"{origin}{dot}{alias.name}"
        return []

    def _on_functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[t.Statement]:
        decorators = [self.expression(one) for one in node.decorator_list]
        plain = any(isinstance(one, t.Name) and one.name == "staticmethod" for one in decorators)
        owner, self._owner = self._owner, ""
        self._globals.append(set())
        body = self.block(node.body)
        self._globals.pop()
        self._owner = owner
        return [
            t.Function(
                node.lineno, node.col_offset + 1, node.name, parameters_of(node.args, self.expression), body,
                ast.get_docstring(node) or "", decorators, owner, plain,
            )
        ]  # fmt: skip

    _on_asyncfunctiondef = _on_functiondef

    def _on_classdef(self, node: ast.ClassDef) -> list[t.Statement]:
        owner, self._owner = self._owner, node.name
        body = self.block(node.body)
        self._owner = owner
        bases = [self.expression(one) for one in node.bases]
        return [t.Class(node.lineno, node.col_offset + 1, node.name, bases, body, ast.get_docstring(node) or "")]

    def _on_return(self, node: ast.Return) -> list[t.Statement]:
        return [t.Leave(*_at(node), "return", self.expression(node.value) if node.value else None)]

    def _on_raise(self, node: ast.Raise) -> list[t.Statement]:
        return [t.Leave(*_at(node), "raise", self.expression(node.exc) if node.exc else None)]

    def _on_break(self, node: ast.Break) -> list[t.Statement]:
        return [t.Leave(*_at(node), "break")]

    def _on_continue(self, node: ast.Continue) -> list[t.Statement]:
        return [t.Leave(*_at(node), "continue")]

    def _on_global(self, node: ast.Global) -> list[t.Statement]:
        self._globals[-1].update(node.names)
        return []

    def _assigned(self, node: ast.stmt, targets: list[ast.expr], value: ast.expr, joins: bool) -> list[t.Statement]:
        names = {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
        scope = "global" if names & self._globals[-1] else ""
        return [
            t.Assign(*_at(node), [self.expression(one) for one in targets], self.expression(value), joins, scope),
        ]

    def _on_assign(self, node: ast.Assign) -> list[t.Statement]:
        return self._assigned(node, node.targets, node.value, False)

    def _on_annassign(self, node: ast.AnnAssign) -> list[t.Statement]:
        return self._assigned(node, [node.target], node.value, False) if node.value else []

    def _on_augassign(self, node: ast.AugAssign) -> list[t.Statement]:
        return self._assigned(node, [node.target], node.value, True)

    def _on_expr(self, node: ast.Expr) -> list[t.Statement]:
        if isinstance(node.value, ast.Yield | ast.YieldFrom):
            value = self.expression(node.value.value) if node.value.value else None
            return [t.Leave(*_at(node), "yield", value)]
        return [] if isinstance(node.value, ast.Constant) else [t.Do(*_at(node), self.expression(node.value))]

    def _on_assert(self, node: ast.Assert) -> list[t.Statement]:
        return [t.Do(*_at(node), self.expression(node.test))]

    def _on_delete(self, node: ast.Delete) -> list[t.Statement]:
        return [t.Do(*_at(node), self.expression(one)) for one in node.targets]

    def _on_if(self, node: ast.If) -> list[t.Statement]:
        return [t.Branch(*_at(node), self.expression(node.test), self.block(node.body), self.block(node.orelse))]

    def _on_for(self, node: ast.For | ast.AsyncFor) -> list[t.Statement]:
        over = self.expression(node.iter)
        counted = False
        if isinstance(over, t.Call) and isinstance(over.function, t.Name) and over.function.name == "range":
            counted = bool(over.arguments)
            over = over.arguments[:2][-1] if over.arguments else over
        loop = t.Loop(*_at(node), self.expression(node.target), over, None, self.block(node.body), counted)
        return [loop, *self.block(node.orelse)]

    _on_asyncfor = _on_for

    def _on_while(self, node: ast.While) -> list[t.Statement]:
        return [t.Loop(*_at(node), None, None, self.expression(node.test), self.block(node.body)),
                *self.block(node.orelse)]  # fmt: skip

    def _on_try(self, node: ast.Try | ast.TryStar) -> list[t.Statement]:
        silent = any(all(isinstance(one, ast.Pass) for one in handler.body) for handler in node.handlers)
        handlers = [self.block(handler.body) for handler in node.handlers]
        return [
            t.Guarded(*_at(node), self.block([*node.body, *node.orelse]), handlers, silent),
            *self.block(node.finalbody),
        ]

    _on_trystar = _on_try

    def _on_with(self, node: ast.With | ast.AsyncWith) -> list[t.Statement]:
        out: list[t.Statement] = []
        for item in node.items:
            value = self.expression(item.context_expr)
            if item.optional_vars is None:
                out.append(t.Do(*_at(node), value))
            else:
                out.append(t.Assign(*_at(node), [self.expression(item.optional_vars)], value))
        return out + self.block(node.body)

    _on_asyncwith = _on_with

    def _on_match(self, node: ast.Match) -> list[t.Statement]:
        subject = self.expression(node.subject)
        ways: list[t.Statement] = []
        for case in reversed(node.cases):
            values = [self.expression(one) for one in ast.walk(case.pattern) if isinstance(one, ast.Constant)]
            test: t.Expression = t.Mixed(*_at(node.subject), [subject, *values])
            if values:
                test = t.Compare(*_at(node.subject), "==", subject, t.Mixed(*_at(node.subject), values, choice=True))
            ways = [t.Branch(*_at(node), test, self.block(case.body), ways)]
        return ways

    # Expressions

    def expression(self, node: ast.expr) -> t.Expression:
        """Return an expression."""
        found = getattr(self, f"_of_{type(node).__name__.lower()}", None)
        if found is not None:
            made: t.Expression = found(node)
            return made
        parts = [self.expression(one) for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
        return t.Mixed(*_at(node), parts)

    def _of_constant(self, node: ast.Constant) -> t.Expression:
        value = node.value
        return t.Constant(*_at(node), value if isinstance(value, str | bytes | int | float | None) else None)

    def _of_name(self, node: ast.Name) -> t.Expression:
        return t.Name(*_at(node), node.id)

    def _of_attribute(self, node: ast.Attribute) -> t.Expression:
        return t.Attribute(*_at(node), self.expression(node.value), node.attr)

    def _of_subscript(self, node: ast.Subscript) -> t.Expression:
        if isinstance(node.slice, ast.Slice):
            return t.Mixed(*_at(node), [self.expression(node.value)])
        return t.Index(*_at(node), self.expression(node.value), self.expression(node.slice))

    def _of_call(self, node: ast.Call) -> t.Expression:
        keywords = [(one.arg or "**", self.expression(one.value)) for one in node.keywords]
        return t.Call(
            *_at(node), self.expression(node.func), [self.expression(one) for one in node.args], keywords
        )  # fmt: skip

    def _of_await(self, node: ast.Await) -> t.Expression:
        return self.expression(node.value)

    def _of_starred(self, node: ast.Starred) -> t.Expression:
        return self.expression(node.value)

    def _of_namedexpr(self, node: ast.NamedExpr) -> t.Expression:
        return self.expression(node.value)

    def _of_joinedstr(self, node: ast.JoinedStr) -> t.Expression:
        parts = [self.expression(one.value if isinstance(one, ast.FormattedValue) else one) for one in node.values]
        return t.Text(*_at(node), parts)

    def _of_binop(self, node: ast.BinOp) -> t.Expression:
        left, right = self.expression(node.left), self.expression(node.right)
        if isinstance(node.op, ast.Add):
            return t.Plus(*_at(node), left, right)
        if isinstance(node.op, ast.Mod):
            return t.Plus(*_at(node), left, right, fill=True)
        if isinstance(node.op, ast.Div):
            return t.Plus(*_at(node), t.Plus(*_at(node), left, t.Constant(*_at(node), "/")), right)
        return t.Mixed(*_at(node), [left, right], amount=True, grows=isinstance(node.op, ast.Mult | ast.Pow))

    def _of_boolop(self, node: ast.BoolOp) -> t.Expression:
        return t.Mixed(*_at(node), [self.expression(one) for one in node.values], choice=True)

    def _of_ifexp(self, node: ast.IfExp) -> t.Expression:
        return t.Mixed(*_at(node), [self.expression(node.body), self.expression(node.orelse)], choice=True)

    def _of_compare(self, node: ast.Compare) -> t.Expression:
        parts: list[t.Expression] = []
        left = self.expression(node.left)
        for operator, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.expression(right_node)
            parts.append(t.Compare(*_at(node), _OPERATORS[type(operator)], left, right))
            left = right
        return parts[0] if len(parts) == 1 else t.Mixed(*_at(node), parts)

    def _items(self, node: ast.List | ast.Tuple | ast.Set) -> t.Expression:
        return t.Collection(*_at(node), [self.expression(one) for one in node.elts])

    _of_list = _of_tuple = _of_set = _items

    def _of_dict(self, node: ast.Dict) -> t.Expression:
        pairs = [
            (self.expression(key) if key else None, self.expression(value))
            for key, value in zip(node.keys, node.values, strict=True)
        ]
        return t.Collection(*_at(node), pairs=pairs, mapping=True)

    def _of_lambda(self, node: ast.Lambda) -> t.Expression:
        body: list[t.Statement] = [t.Leave(*_at(node), "return", self.expression(node.body))]
        return t.Function(*_at(node), "", parameters_of(node.args, self.expression), body)

    def _of_listcomp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> t.Expression:
        return self._comprehension(node, node.generators, [self.expression(node.elt)])

    _of_setcomp = _of_generatorexp = _of_listcomp

    def _of_dictcomp(self, node: ast.DictComp) -> t.Expression:
        return self._comprehension(node, node.generators, [self.expression(node.key), self.expression(node.value)])

    def _comprehension(
        self, node: ast.expr, generators: list[ast.comprehension], made: list[t.Expression]
    ) -> t.Expression:
        """A function called at once, whose parameters are what is gone over."""
        body: list[t.Statement] = [
            t.Leave(*_at(node), "yield", t.Collection(*_at(node), made) if len(made) > 1 else made[0])
        ]
        for one in reversed(generators):
            for test in reversed(one.ifs):
                body = [t.Branch(*_at(node), self.expression(test), body, [])]
            body = [t.Loop(*_at(node), self.expression(one.target), self.expression(one.iter), None, body)]
        return t.Call(*_at(node), t.Function(*_at(node), "<comprehension>", [], body), [])


def _at(node: ast.expr | ast.stmt) -> tuple[int, int]:
    return node.lineno, node.col_offset + 1
