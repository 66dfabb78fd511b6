"""Everything that is said about one template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bartizan.scan.templates.spotted import Spotted
from bartizan.scan.templates.wording import hidden_characters, overrides

if TYPE_CHECKING:
    from jinja2 import nodes

    from bartizan.scan.templates.values import Values

__all__ = ["judge", "looks_like_template"]

_MARKS = re.compile(r"\{\{|\{%")
_ADDRESS = re.compile(r"https?://|\bwww\.|@[\w-]+\.\w")


def looks_like_template(text: str) -> bool:
    """Tell text with expressions or statements of Jinja."""
    return bool(_MARKS.search(text))


def judge(text: str) -> Iterator[Spotted]:
    """Yield what is wrong with a template. Raises Malformed where it is none, LimitReached where it is too large."""
    from jinja2 import nodes

    from bartizan.scan.templates.conditions import conditions
    from bartizan.scan.templates.cost import costs
    from bartizan.scan.templates.reach import reaches
    from bartizan.scan.templates.syntax import parse
    from bartizan.scan.templates.values import Values

    hidden = hidden_characters(text)
    if hidden:
        yield Spotted("template-hidden-characters", hidden)
    template = parse(text)
    values = Values(template)
    yield from reaches(template, values)
    yield from costs(template, values)
    yield from conditions(template, values)
    said = [(one.data, one.lineno) for one in template.find_all(nodes.TemplateData)]
    said += [(one.value, one.lineno) for one in template.find_all(nodes.Const) if isinstance(one.value, str)]
    for joined in template.find_all((nodes.Concat, nodes.Add)):
        said += [(text, joined.lineno) for text in values.texts(joined)]
    for words, line in said:
        bad = overrides(words) if len(words) > 15 else ""
        if bad:
            yield Spotted("template-overrides-instructions", bad, line)
    for one in template.find_all((nodes.Filter, nodes.Call)):
        changed = _rewritten(one, values)
        if changed:
            yield Spotted("template-rewrites-messages", changed, one.lineno)


def _rewritten(node: nodes.Node, values: Values) -> str:
    """Return the address that a `replace` puts in place of something."""
    from jinja2 import nodes

    if isinstance(node, nodes.Filter):
        name, arguments = node.name, node.args
    elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
        name, arguments = node.node.attr, node.args
    else:
        return ""
    if name != "replace" or len(arguments) < 2:
        return ""
    return next((text for text in values.texts(arguments[1]) if _ADDRESS.search(text)), "")
