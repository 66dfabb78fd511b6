"""Judges workflows that start assistants: strangers who steer them, and what they can then reach."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from bartizan.scan.workflows.assistants import Start, started_by_step
from bartizan.scan.workflows.conditions import open_to_strangers
from bartizan.scan.workflows.github import Job, Step, Workflow
from bartizan.scan.workflows.strangers import (
    STRANGER_EVENTS,
    WRITTEN,
    Tainted,
    Within,
    checks_rights,
    fork_checkout,
)

__all__ = ["Told", "judged"]


class Told(msgspec.Struct, frozen=True):
    """A finding: its rule, the line, and the words of the workflow that show it."""

    rule: str
    line: int
    evidence: str


_MAINTAINERS_ONLY = {
    "issues": frozenset({"labeled", "unlabeled", "assigned", "unassigned", "milestoned", "pinned", "locked"}),
    "pull_request_target": frozenset({"labeled", "unlabeled", "assigned", "unassigned", "review_requested"}),
    "discussion": frozenset({"labeled", "unlabeled", "pinned", "locked", "answered"}),
}
_DEEP_WRITES = frozenset(
    {"contents", "packages", "actions", "deployments", "pages", "attestations", "repository-projects", "*"}
)
"""Permissions that change what others run; comments and labels are no such."""
_MOST_NEEDS = 20


def judged(flow: Workflow) -> list[Told]:
    """Return what is wrong with a workflow, each rule once a step."""
    if not any(started_by_step(step) for job in flow.jobs.values() for step in job.steps):
        return []
    tainted = Tainted(flow)
    out: dict[tuple[str, int], Told] = {}
    for job in flow.jobs.values():
        for told in _Judge(flow, job, tainted).all():
            out.setdefault((told.rule, told.line), told)
    return sorted(out.values(), key=lambda one: (one.line, one.rule))


class _Judge:
    """Goes through the steps of one job."""

    def __init__(self, flow: Workflow, job: Job, tainted: Tainted) -> None:
        self._flow, self._job = flow, job
        self._within = Within(tainted, job)
        self._fork = ""
        self._answers: dict[str, Step] = {}
        self._asked = False
        self._checking = {
            *(f"steps.{step.key}" for step in job.steps if step.key and checks_rights(step)),
            *(f"needs.{key}" for key, one in flow.jobs.items() if any(map(checks_rights, one.steps))),
        }

    def all(self) -> Iterator[Told]:
        """Yield what is wrong, step by step."""
        for step in self._job.steps:
            self._fork = fork_checkout(step) or self._fork
            start = started_by_step(step)
            events = [] if self._asked else self._open(step)
            if events:
                yield from self._scripts(step)
            if start is not None:
                yield from self._start(step, start, events)
            self._within.take(step)
            self._asked = self._asked or checks_rights(step)

    def _open(self, step: Step) -> list[str]:
        """Return the events by which a stranger gets a step to run."""
        return [
            event
            for event, kinds in self._flow.events.items()
            if event in STRANGER_EVENTS
            and not (kinds and set(kinds) <= _MAINTAINERS_ONLY.get(event, frozenset()))
            and self._reached(self._job, event, set())
            and open_to_strangers(step.condition, event, self._checked)
        ]

    def _reached(self, job: Job, event: str, seen: set[str]) -> bool:
        if job.key in seen or len(seen) > _MOST_NEEDS:
            return True
        seen.add(job.key)
        if not open_to_strangers(job.condition, event, self._checked):
            return False
        if re.search(r"always\(\)|cancelled\(\)", job.condition):
            return True
        before = [self._flow.jobs[key] for key in job.needs if key in self._flow.jobs]
        return all(self._reached(one, event, seen) and not any(map(checks_rights, one.steps)) for one in before)

    def _checked(self, name: str) -> bool:
        return any(name.startswith(one + ".") for one in self._checking)

    def _scripts(self, step: Step) -> Iterator[Told]:
        """Tell of text that becomes part of a script, and of a model's answer that does."""
        script = step.run or (step.inputs.get("script", "") if step.action == "actions/github-script" else "")
        for found in re.finditer(r"\$\{\{(.*?)\}\}", script, re.DOTALL):
            if WRITTEN.search(found[1]) and not re.match(r"\s*contains\(|.*&&\s*'[^']*'\s*\|\|", found[1]):
                yield Told("pipeline-event-text-in-script", step.line, found[0])
                break
        answer = re.search(r"\$\{\{\s*steps\.([\w-]+)\.outputs\.([\w-]+)\s*\}\}", script)
        for answer in re.finditer(r"\$\{\{\s*steps\.([\w-]+)\.outputs\.([\w-]+)\s*\}\}", script):
            if answer[1] in self._answers and not _PLAIN_OUTPUT.search(answer[2]):
                yield Told("pipeline-runs-model-output", step.line, answer[0])
                break

    def _start(self, step: Step, start: Start, events: list[str]) -> Iterator[Told]:
        """Tell what strangers can do with an assistant."""
        given = self._words(step, start)
        if events and given and not start.asks and step.key:
            self._answers[step.key] = step
        piped = re.search(r"\|\s*(?:sudo\s+)?(?:ba|z)?sh(?:\s|$)|\beval\s+[\"']?\$\(", step.run)
        if piped and (start.assistant.may == "nothing" or _piped(step.run)):
            yield Told("pipeline-runs-model-output", step.line, piped[0])
        if start.asks or start.assistant.may == "nothing":
            return
        if start.opened and start.may != "named":
            yield Told("pipeline-assistant-open-to-all", step.line, f"{start.opened}: *")
        at = ", ".join(events)
        if events and self._fork and set(events) - {"issues", "discussion", "discussion_comment"}:
            told = f"{start.assistant.title} in the code of a fork ({self._fork}) on {at}"
            yield Told("pipeline-fork-steers-assistant", step.line, told)
        if not given:
            return
        if events and start.may == "all" and self._valuable(step):
            told = f"{start.assistant.title} with {start.why} gets {given} on {at}"
            yield Told("pipeline-strangers-run-commands", step.line, told)
        elif (events and start.may == "few" and self._deep()) or (
            not events and start.may == "all" and self._unattended()
        ):
            told = f"{start.assistant.title} gets {given}" + (f" on {at}" if at else "")
            yield Told("pipeline-strangers-steer-assistant", step.line, told)

    def _words(self, step: Step, start: Start) -> str:
        """Return what says that an assistant reads words of strangers."""
        direct = self._within.of(step)
        if direct:
            return direct
        if self._fork:
            return self._fork
        if start.assistant.mentioned and not start.prompt:
            return "what it is mentioned in"
        own = re.search(
            r"github\.event\.(?:issue|pull_request|comment|discussion)\.(?:number|html_url|url)", step.texts
        )
        return own[0] if own else ""

    def _deep(self) -> bool:
        held = self._job.permissions
        return held is not None and any(name in _DEEP_WRITES and word == "write" for name, word in held.items())

    def _valuable(self, step: Step) -> bool:
        """Tell if there is something to take: a secret, or a token that may write, or one of which nothing is said."""
        held = self._job.permissions
        if held is None or "write" in held.values():
            return True
        said = "\n".join([step.texts, *self._job.environment.values()])
        return bool(re.search(r"\bsecrets\.\w", said))

    def _unattended(self) -> bool:
        """Tell if nobody looks when it runs by the clock, on what strangers wrote before."""
        return "schedule" in self._flow.events and self._deep() and not self._asked


_PLAIN_OUTPUT = re.compile(r"(?:_|-|^)(?:id|url|outcome|conclusion|version|number|sha|file|branch_name|token)$")


def _piped(script: str) -> bool:
    """Tell if the shell gets the answer: it stands behind the assistant in one line."""
    return bool(
        re.search(
            r"\b(?:claude|gemini|codex|copilot|llm|sgpt|ollama)\b[^\n;]*\|\s*(?:sudo\s+)?(?:ba|z)?sh(?:\s|$)", script
        )
        or re.search(r"\beval\s+[\"']?\$\(\s*(?:claude|gemini|codex|copilot|llm|sgpt|ollama|gh models)\b", script)
    )
