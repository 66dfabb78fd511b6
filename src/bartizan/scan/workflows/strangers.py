"""Where what strangers write gets to in a workflow: variables, outputs, files, scripts, prompts."""

from __future__ import annotations

import re

from bartizan.scan.workflows.github import Job, Step, Workflow

__all__ = ["STRANGER_EVENTS", "WRITTEN", "Tainted", "checks_rights", "fork_checkout"]

STRANGER_EVENTS = frozenset(
    {"issues", "issue_comment", "discussion", "discussion_comment", "pull_request_target", "workflow_run"}
)
"""Events that anybody can cause, and that run with the repository's own secrets and token.

A `pull_request` of a fork has neither. Source: "Events that trigger workflows" in the documentation of GitHub Actions.
"""

WRITTEN = re.compile(
    r"github\.event\.(?:issue|pull_request|comment|review|discussion|head_commit|commits|workflow_run|client_payload)"
    r"[\w.\[\]*']*?\.(?:body|title|message|head_branch|display_title|page_name|(?:author|committer)\.(?:name|email)"
    r"|head\.(?:ref|label))\b|github\.head_ref\b|toJSON\(\s*github(?:\.event(?:\.(?:issue|comment|pull_request|discussion))?)?\s*\)",
    re.IGNORECASE,
)
"""What a stranger writes, in an expression."""
_FETCHED = re.compile(
    r"\bgh\s+(?:issue|pr|discussion)\s+(?:view|list|diff)\b|\bgh\s+api\s+\S*(?:issues|pulls|comments|discussions)"
    r"|\bissues\.(?:get|listComments|listForRepo|list)\(|\bpulls\.(?:get|list|listReviewComments)\("
    r"|\bcontext\.payload\.(?:issue|comment|pull_request|discussion)(?:\.body|\.title|\b(?!\.))|\$\{?GITHUB_EVENT_PATH"
)
_RIGHTS = re.compile(
    r"getCollaboratorPermissionLevel|collaborators/\S*permission|author_association|checkMembershipForUser"
    r"|/memberships?/|actor-permission|check-?user-?permission|check-?permission|permission-?check|has-?permission"
    r"|verify\S*(?:permission|access|actor)|get-user-teams?-membership|checkCollaborator",
    re.IGNORECASE,
)


def checks_rights(step: Step) -> bool:
    """Tell if a step asks what rights somebody has in the repository."""
    return bool(_RIGHTS.search(f"{step.uses}\n{step.run}\n{step.inputs.get('script', '')}"))


class Tainted:
    """What of a workflow holds words of strangers: outputs by `steps.x` or `needs.x`, and files that scripts write."""

    def __init__(self, flow: Workflow) -> None:
        self._jobs: set[str] = set()
        self.fetched = False
        for _ in range(2):
            for job in flow.jobs.values():
                if self._of_job(job):
                    self._jobs.add(job.key)

    def _of_job(self, job: Job) -> bool:
        seen = Within(self, job)
        for step in job.steps:
            seen.take(step)
        return any(seen.holds(value) for value in job.outputs.values())

    def job(self, key: str) -> bool:
        """Tell if the outputs of a job hold such words."""
        return key in self._jobs


class Within:
    """The same within one job, step by step in their order."""

    def __init__(self, around: Tainted, job: Job) -> None:
        self._around = around
        self._steps: set[str] = set()
        self._files: set[str] = set()
        self._names = {name for name, value in job.environment.items() if self.holds(value)}

    def holds(self, text: str) -> str:
        """Return the words in a text that stand for what strangers wrote, or nothing."""
        found = WRITTEN.search(text)
        if found:
            return found[0]
        for one in re.finditer(r"\b(steps|needs)\.([\w-]+)\.outputs\b", text):
            if one[2] in self._steps if one[1] == "steps" else self._around.job(one[2]):
                return one[0]
        for name in re.finditer(r"\benv\.(\w+)|\$\{?(\w+)", text):
            if (name[1] or name[2]) in self._names:
                return name[0]
        return next((file for file in self._files if file in text), "")

    def of(self, step: Step) -> str:
        """Return what of a step stands for words of strangers: in its texts, or in what it fetches."""
        own = next((self.holds(value) for value in step.environment.values() if self.holds(value)), "")
        fetched = _FETCHED.search(f"{step.run}\n{step.inputs.get('script', '')}")
        return own or self.holds(step.texts) or (fetched[0] if fetched else "")

    def take(self, step: Step) -> None:
        """Go on past a step."""
        told = self.of(step)
        if not told:
            return
        if step.key:
            self._steps.add(step.key)
        for found in re.finditer(r">{1,2}\s*[\"']?([\w./-]*\w\.\w+)", step.run):
            self._files.add(found[1])
        for found in re.finditer(r"(\w+)(?:=|<<)[^\n]*>{1,2}\s*[\"']?\$\{?GITHUB_ENV", step.run):
            self._names.add(found[1])


_HEAD = re.compile(
    r"pull_request\.head\.(?:sha|ref)|github\.head_ref|refs/pull/|workflow_run\.head_(?:sha|branch|commit)"
    r"|pull_request\.head\.repo\.full_name|head_repository\.full_name|pull_request\.merge_commit_sha"
)
_HEAD_BY_COMMAND = re.compile(
    r"\bgh\s+pr\s+checkout\b|\bgit\s+fetch\s+[^\n]*\bpull/[^\n]*(?:/head|/merge)"
    r"|\bgit\s+(?:checkout|switch)\s+[^\n]*(?:head_ref|head\.(?:sha|ref)|HEAD_SHA|PR_HEAD|HEAD_REF)"
)


def fork_checkout(step: Step) -> str:
    """Return the words by which a step fetches a fork's code into the folder that an assistant works in, or nothing."""
    if step.action == "actions/checkout":
        said = f"{step.inputs.get('ref', '')}\n{step.inputs.get('repository', '')}"
        found = _HEAD.search(said)
        # Below a folder of its own, its settings are not those of the folder that the assistant starts in.
        return found[0] if found and not step.inputs.get("path", "").strip("./") else ""
    command = _HEAD_BY_COMMAND.search(step.run)
    return command[0] if command else ""
