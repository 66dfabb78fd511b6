"""YAML that names what is called: Hydra, NeMo (`_target_`), Lightning (`class_path`), tags for Python objects.

Any YAML that can be read is looked through. Files that can't, such as charts with templates in them, count only where
they hold marks of these.
"""

from __future__ import annotations

import re

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.repository.callables import examine_targets
from bartizan.scan.repository.remote_code import examine_code_references
from bartizan.scan.repository.templated import examine_templates
from bartizan.scan.texts.yamldata import LARGEST, read_yaml

__all__ = ["FORMAT"]

_MARKS = re.compile(rb"_target_|python/(?:object|name|module)|chat_template|class_path\s*:|trust_remote_code")
_RUNS = ("object/apply:", "object/new:", "object:", "name:", "module:")


def recognise(look: Look) -> bool:
    """Tell by the name, and by whether it can be read."""
    if look.suffix not in (".yaml", ".yml") or look.size > LARGEST or b"\0" in look.head:
        return False
    source = look.content.read(0, look.size)
    if _MARKS.search(source):
        return True
    try:
        look.notes["yaml"] = read_yaml(source)
    except (Malformed, LimitReached):
        return False
    return True


def examine(look: Look, desk: Desk) -> None:
    """Report what is called by name. Raises Malformed and LimitReached."""
    desk.cover_all(look.content)
    known = look.notes.get("yaml")
    documents, tags = known if isinstance(known, tuple) else read_yaml(look.content.read(0, look.size))
    for tag in tags:
        if tag.tag.startswith(_RUNS):
            desk.hit("repository-yaml-object", f"`!!python/{tag.tag}`", line=tag.line)
    for data in documents:
        examine_targets(data, desk)
        examine_templates(data, desk)
        if isinstance(data, dict) and ("auto_map" in data or "custom_pipelines" in data):
            examine_code_references(data, desk)


FORMAT = Format(
    name="yaml-config",
    title="YAML configuration",
    group="model",
    recognise=recognise,
    examine=examine,
    accounts=False,
)
