"""Pipelines of GitHub and GitLab that start an AI assistant. Pipelines that start none are nobody's here."""

from __future__ import annotations

import re

from bartizan.scan.agents.source import text_of, yaml_tree
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_LARGEST = 1 << 20
_SIGNS = re.compile(
    rb"claude|gemini|codex|copilot|aider|opencode|qwen|cursor-agent|goose|\bamp\b|kiro|openhands|droid|auggie"
    rb"|augment-agent|warp-agent|oz-agent|ai-inference|pr-agent|ai-pr-reviewer|chatgpt|\bllm\b|sgpt|ollama|aichat"
    rb"|gh models|api\.openai\.com|api\.anthropic\.com|\bq chat\b",
    re.IGNORECASE,
)
_GITHUB = re.compile(rb"(?m)^(?:on|\"on\"|'on')\s*:")
_JOBS = re.compile(rb"(?m)^jobs\s*:")
_SCRIPT = re.compile(rb"(?m)^ +script\s*:")


def recognise(look: Look) -> bool:
    """Tell by a pipeline's keys, whatever the path, and by the name of an assistant."""
    if look.suffix not in (".yml", ".yaml") or not 0 < look.size <= _LARGEST:
        return False
    data = look.head if look.size <= len(look.head) else look.content.read(0, look.size)
    if not _SIGNS.search(data):
        return False
    if _GITHUB.search(data) and _JOBS.search(data):
        return _starts(look)
    return bool(_SCRIPT.search(data)) and ("gitlab" in look.path.lower() or b"$CI_" in data) and _starts(look)


def _starts(look: Look) -> bool:
    """Tell if it starts one, or stands where workflows do and can't be read, which `examine` then tells."""
    from bartizan.scan.artefacts.errors import LimitReached, Malformed
    from bartizan.scan.workflows.assistants import started_by_command, started_by_step
    from bartizan.scan.workflows.github import is_workflow, workflow

    try:
        source = text_of(look.content)
        tree = yaml_tree(source, look.path)
    except (Malformed, LimitReached):
        # Elsewhere it may be a template of one.
        return ".github/workflows/" in look.path
    if not is_workflow(tree):
        return started_by_command(source) is not None
    return any(started_by_step(step) for job in workflow(tree).jobs.values() for step in job.steps)


def examine(look: Look, desk: Desk) -> None:
    """Judge the pipeline."""
    from bartizan.scan.workflows.github import is_workflow, workflow
    from bartizan.scan.workflows.gitlab import judged_gitlab
    from bartizan.scan.workflows.judge import judged

    desk.cover_all(look.content)
    tree = yaml_tree(text_of(look.content), look.path)
    told = judged(workflow(tree)) if is_workflow(tree) else judged_gitlab(tree)
    for one in told:
        desk.hit(one.rule, one.evidence, line=one.line)


FORMAT = Format(
    name="assistant-pipeline", title="Pipeline with an assistant", group="agent", recognise=recognise, examine=examine
)
