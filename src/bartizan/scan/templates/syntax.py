"""Templates to syntax trees, with the statements that chat templates use beyond plain Jinja. Nothing is rendered."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bartizan.scan.artefacts.errors import LimitReached, Malformed

if TYPE_CHECKING:
    from jinja2 import Environment, nodes

__all__ = ["LARGEST", "parse"]

LARGEST = 1 << 20
"""Characters; real chat templates stay below 60,000."""
_DEPTH = 200


@cache
def _environment() -> Environment:
    from jinja2 import Environment, nodes
    from jinja2.ext import Extension
    from jinja2.parser import Parser

    class Generation(Extension):
        """`{% generation %}`: marks what the assistant says."""

        tags = {"generation"}  # noqa: RUF012 - as the base class has it

        def parse(self, parser: Parser) -> nodes.Node:
            """Give a plain scope of the body."""
            line = next(parser.stream).lineno
            return nodes.Scope(parser.parse_statements(("name:endgeneration",), drop_needle=True), lineno=line)

    return Environment(  # noqa: S701 - only parsed with, never rendered
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do", "jinja2.ext.i18n", Generation],
    )


def parse(text: str) -> nodes.Template:
    """Parse a template. Raises Malformed where it is none, LimitReached where it is too large or nests too deep."""
    from jinja2 import TemplateSyntaxError

    if len(text) > LARGEST:
        raise LimitReached(f"the template has more than {LARGEST:,} characters")
    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        raise Malformed(f"the template breaks the syntax of Jinja in line {error.lineno}") from error
    except (RecursionError, MemoryError) as error:
        raise LimitReached("the template nests too deep") from error
    _bound(tree)
    return tree


def _bound(tree: nodes.Template) -> None:
    """Raise LimitReached where the tree is deeper than the walks over it may recurse: `a.b.c` and `a+b` go deep too."""
    level: list[nodes.Node] = [tree]
    for _ in range(_DEPTH):
        level = [child for node in level for child in node.iter_child_nodes()]
        if not level:
            return
    raise LimitReached("the template nests too deep")
