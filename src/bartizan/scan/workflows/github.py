"""GitHub workflows as typed entries: triggers, jobs, steps, permissions, each with its line.

Source of the fields: "Workflow syntax for GitHub Actions". Fields of other kinds than documented count as absent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from bartizan.model.yamltree import Node
from bartizan.scan.agents.tree import entries, get, items, text, texts

__all__ = ["Job", "Step", "Workflow", "is_workflow", "workflow"]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step: an action with its inputs, or a script. `key` is its id; `line` that on which it begins."""

    key: str
    condition: str
    uses: str
    run: str
    inputs: Mapping[str, str]
    environment: Mapping[str, str]
    line: int

    @property
    def action(self) -> str:
        """The action's name without its version, lower case."""
        return self.uses.partition("@")[0].lower().strip("/")

    @property
    def texts(self) -> str:
        """All that the step says."""
        return "\n".join([self.uses, self.run, *self.inputs.values(), *self.environment.values()])


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One job. `permissions` are those of its token, or None where neither it nor the workflow says any."""

    key: str
    condition: str
    needs: tuple[str, ...]
    permissions: Mapping[str, str] | None
    environment: Mapping[str, str]
    outputs: Mapping[str, str]
    steps: tuple[Step, ...]
    line: int


class Workflow(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow: its events with the kinds that each is limited to (nothing: all kinds), and its jobs by key."""

    events: Mapping[str, tuple[str, ...]]
    jobs: Mapping[str, Job]


def is_workflow(node: Node) -> bool:
    """Tell if a tree is a workflow."""
    return get(node, "on", "true") is not None and bool(entries(get(node, "jobs")))


def workflow(node: Node) -> Workflow:
    """Read a workflow."""
    shared = _texts_by_key(get(node, "env"))
    permissions = _permissions(get(node, "permissions"))
    jobs = {}
    for key, value in entries(get(node, "jobs")).items():
        around = {**shared, **_texts_by_key(get(value, "env"))}
        own = _permissions(get(value, "permissions"))
        jobs[key] = Job(
            key=key,
            condition=text(get(value, "if")),
            needs=tuple(texts(get(value, "needs"))),
            permissions=permissions if own is None else own,
            environment=around,
            outputs=_texts_by_key(get(value, "outputs")),
            steps=tuple(_step(one) for one in items(get(value, "steps"))),
            line=value.place.line,
        )
    return Workflow(events=_events(get(node, "on", "true")), jobs=jobs)


def _events(node: Node | None) -> dict[str, tuple[str, ...]]:
    if node is None:
        return {}
    if isinstance(node.value, dict):
        return {name: tuple(texts(get(one, "types"))) for name, one in entries(node).items()}
    return dict.fromkeys(texts(node), ())


def _permissions(node: Node | None) -> dict[str, str] | None:
    if node is None:
        return None
    if isinstance(node.value, dict):
        return _texts_by_key(node)
    word = text(node)
    return {"*": word.removesuffix("-all")} if word.endswith("-all") else {}


def _texts_by_key(node: Node | None) -> dict[str, str]:
    return {key: _whole(value) for key, value in entries(node).items()}


def _whole(node: Node) -> str:
    """Return a scalar's text, or all texts in a tree."""
    if isinstance(node.value, dict):
        return "\n".join(f"{key}: {_whole(one)}" for key, one in entries(node).items())
    if isinstance(node.value, list):
        return "\n".join(map(_whole, node.value))
    return text(node)


def _step(node: Node) -> Step:
    return Step(
        key=text(get(node, "id")),
        condition=text(get(node, "if")),
        uses=text(get(node, "uses")),
        run=re.sub(r"\\\n\s*", " ", text(get(node, "run"))),
        inputs=_texts_by_key(get(node, "with")),
        environment=_texts_by_key(get(node, "env")),
        line=node.place.line,
    )
