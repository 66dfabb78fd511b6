"""GitLab pipelines that start assistants on what others write in merge requests and comments.

Source of the variables: "Predefined CI/CD variables reference" in the documentation of GitLab.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.model.yamltree import Node
from bartizan.scan.agents.tree import entries, get, items, text
from bartizan.scan.workflows.assistants import started_by_command
from bartizan.scan.workflows.judge import Told

__all__ = ["judged_gitlab"]

_WRITTEN = re.compile(
    r"CI_MERGE_REQUEST_(?:TITLE|DESCRIPTION|SOURCE_BRANCH_NAME)|CI_COMMIT_(?:MESSAGE|TITLE|DESCRIPTION)"
    r"|AI_FLOW_(?:INPUT|CONTEXT)|TRIGGER_PAYLOAD|/merge_requests/|/issues/|\bglab\s+(?:mr|issue)\s+(?:view|diff|note|list)"
)
_TRUSTED = re.compile(r"CI_COMMIT_REF_PROTECTED\s*==\s*[\"']true|CI_PIPELINE_SOURCE\s*==\s*[\"'](?:schedule|web)[\"']")


def judged_gitlab(node: Node) -> Iterator[Told]:
    """Yield what is wrong with the jobs of a pipeline."""
    for value in entries(node).values():
        lines = [text(line) for key in ("before_script", "script") for one in [get(value, key)] for line in _lines(one)]
        script = re.sub(r"\\\n\s*", " ", "\n".join(lines))
        start = started_by_command(script)
        if start is None or start.may != "all":
            continue
        said = "\n".join([script, *map(text, entries(get(value, "variables")).values())])
        found = _WRITTEN.search(said)
        rules = " ".join(text(get(one, "if")) for one in items(get(value, "rules")))
        if found and not _TRUSTED.search(rules):
            told = f"{start.assistant.title} with {start.why} gets {found[0]}"
            yield Told("pipeline-strangers-steer-assistant", value.place.line, told)


def _lines(node: Node | None) -> list[Node]:
    if node is None:
        return []
    return [part for one in items(node) for part in (items(one) or [one])] if isinstance(node.value, list) else [node]
