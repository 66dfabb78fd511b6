"""Plain values as YAML that people read: an entry on one line where it fits, words without needless quotes."""

from __future__ import annotations

import io
import re

import yaml

__all__ = ["write_yaml"]

_WIDTH = 124  # what an entry on one line may have, counted generously
_LONG = 40  # a list with a text longer than this stands one item a line


class _Dumper(yaml.SafeDumper):
    # YAML 1.2, as `bartizan.model.yamltree` reads it: `on` and `no` are words, and so need no quotes.
    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's own attribute, filled below

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's signature
        """Write every value out; nobody reads anchors that a program made."""
        return True


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9][0-9_]*", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("merge", r"<<", "<"),
):
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_first))


def write_yaml(value: object) -> str:
    """Return YAML that `bartizan.model.yamltree.parse_yaml` reads back as the same; keys keep their order."""
    stream = io.StringIO()
    dumper = _Dumper(stream, sort_keys=False, allow_unicode=True, width=120)
    try:
        dumper.open()
        node = dumper.represent_data(value)
        _lay_out(node)
        if isinstance(node, yaml.CollectionNode):
            node.flow_style = False
        dumper.serialize(node)
        dumper.close()
    finally:
        dumper.dispose()
    return stream.getvalue()


def _lay_out(node: yaml.Node) -> int:
    """Put what holds only scalars, and lists of them, on one line where it fits; return how long that line is."""
    if not isinstance(node, yaml.CollectionNode):
        return len(str(node.value)) + 2
    pairs = node.value if isinstance(node, yaml.MappingNode) else [(None, child) for child in node.value]
    length = sum(_lay_out(child) + (len(key.value) + 4 if key else 2) for key, child in pairs)
    children = [child for _, child in pairs]
    flat = all(isinstance(child, yaml.ScalarNode) or _short_list(node, child) for child in children)
    texts = isinstance(node, yaml.MappingNode) or all(len(child.value) <= _LONG for child in children)
    node.flow_style = flat and texts and length <= _WIDTH
    return length


def _short_list(node: yaml.Node, child: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode) and isinstance(child, yaml.SequenceNode) and bool(child.flow_style)
