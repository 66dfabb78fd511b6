"""Plain values as YAML that people read: short mappings and lists on one line."""

from __future__ import annotations

import yaml

__all__ = ["write_yaml"]


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's signature
        """Write every value out; nobody reads anchors that a program made."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # PyYAML quotes what YAML 1.1 takes for a number. We read by YAML 1.2, where a few more texts are numbers.
    numeric = text.lstrip("-+.")[:1].isdigit()
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'" if numeric else None)


_Dumper.add_representer(str, _text)


def write_yaml(value: object) -> str:
    """Return YAML that `bartizan.model.yamltree.parse_yaml` reads back as the same; keys keep their order."""
    made = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=116, default_flow_style=None)
    return str(made)
