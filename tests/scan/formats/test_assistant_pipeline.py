"""Whole workflows: gates of every kind, and the ways by which words of strangers reach an assistant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scan.artefacts.support import scan

ALL = "--dangerously-skip-permissions"
COMMANDS = "pipeline-strangers-run-commands"


def rules_of(text: str, path: str = ".github/workflows/agent.yml") -> set[str]:
    return {found.rule for artefact in scan({path: text}).artefacts for found in artefact.findings}


def flow(*, on: str = "issues", condition: str = "", before: str = "", run: str = f'claude -p "$TEXT" {ALL}') -> str:
    guard = f"    if: {condition}\n" if condition else ""
    return (
        f"on: {on}\njobs:\n  rights:\n    steps:\n      - uses: actions-cool/check-user-permission@v2\n"
        f"  agent:\n{guard}    steps:\n{before}      - run: |\n          {run}\n"
        "        env:\n          TEXT: ${{ github.event.issue.body }}\n          KEY: ${{ secrets.KEY }}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        flow(),
        flow(on="[issue_comment, push]"),
        flow(on="{discussion: {types: [created]}}"),
        flow(on="{issues: {types: [opened, labeled]}}"),
        flow(condition="contains(github.event.issue.title, 'help')"),
        flow(run='gemini --yolo -p "$TEXT"'),
        flow(run='copilot -p "$TEXT" --allow-all-tools'),
        flow(before="      - run: gh issue view 1 > body.txt\n", run=f"cat body.txt | claude -p x {ALL}"),
    ],
)
def test_strangers_run_commands(text: str) -> None:
    assert COMMANDS in rules_of(text)


@pytest.mark.parametrize(
    "text",
    [
        flow(on="pull_request"),
        flow(on="push"),
        flow(on="workflow_dispatch"),
        flow(on="{issues: {types: [labeled, assigned]}}"),
        flow(condition="github.actor == 'octocat'"),
        flow(condition="github.event.issue.author_association == 'MEMBER'"),
        flow().replace("  agent:\n", "  agent:\n    needs: rights\n"),
        flow(before="      - uses: prince-chrismc/check-actor-permissions-action@v3\n"),
        flow(run='claude -p "$TEXT" --allowedTools "Read,Grep"'),
        flow(run="npm install -g @anthropic-ai/claude-code"),
        flow(run='echo "$TEXT"'),
        "on: issues\njobs: {}\n",
        "on: issues\njobs: [claude -p]\n",
    ],
)
def test_ordinary_and_restricted_workflows(text: str) -> None:
    assert rules_of(text) == set()


def test_a_job_that_always_runs_is_not_held_by_those_before() -> None:
    text = flow(condition="always()").replace("  agent:\n", "  agent:\n    needs: rights\n")
    assert COMMANDS in rules_of(text)


def test_outputs_of_jobs_carry_words() -> None:
    text = (
        "on: issues\njobs:\n  get:\n    outputs:\n      body: ${{ steps.read.outputs.body }}\n    steps:\n"
        '      - id: read\n        run: echo "body=$B" >> $GITHUB_OUTPUT\n'
        "        env: {B: '${{ github.event.issue.body }}'}\n"
        "  agent:\n    needs: get\n    steps:\n"
        "      - uses: google-github-actions/run-gemini-cli@v0\n        with:\n"
        "          prompt: Do ${{ needs.get.outputs.body }}\n          gemini_api_key: ${{ secrets.KEY }}\n"
    )
    assert COMMANDS in rules_of(text)
    held = text.replace(
        "          prompt:", '          settings: \'{"excludeTools": ["run_shell_command"]}\'\n          prompt:'
    )
    assert COMMANDS not in rules_of(held)


def test_a_fork_in_a_folder_of_its_own() -> None:
    text = (
        "on: pull_request_target\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v5\n"
        "        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n"
        "      - run: claude -p x --allowedTools Read\n"
    )
    assert rules_of(text) == {"pipeline-fork-steers-assistant"}
    assert rules_of(text.replace("        with:\n", "        with:\n          path: change\n")) == set()


def test_the_clock_reads_what_strangers_wrote() -> None:
    text = (
        "on: {schedule: [{cron: '0 0 * * *'}]}\npermissions: {contents: write}\njobs:\n  a:\n    steps:\n"
        f"      - run: |\n          gh issue list --json body > all.json\n          claude -p 'fix all.json' {ALL}\n"
    )
    assert rules_of(text) == {"pipeline-strangers-steer-assistant"}


def test_gitlab() -> None:
    text = f'review:\n  script:\n    - claude -p "$CI_MERGE_REQUEST_TITLE" {ALL}\n'
    held = text + "  rules:\n    - if: $CI_COMMIT_REF_PROTECTED == 'true'\n"
    assert rules_of(text, ".gitlab-ci.yml") == {"pipeline-strangers-steer-assistant"}
    assert rules_of(held, ".gitlab-ci.yml") == set()
    assert rules_of("claude: x\n  script:", ".gitlab-ci.yml") == set()


def test_broken_workflows_are_told() -> None:
    assert "malformed-file" in rules_of("on: issues\njobs:\n  a: [claude -p\n")
    assert rules_of("on: issues\njobs:\n  a: [claude -p\n", "templates/a.yml") == set()


@settings(max_examples=60)
@given(st.text(alphabet="onjbstep:-\n {}[]$&*'\"clauderunwith", max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert "scanner-failed" not in rules_of(f"on: issues\njobs:\n  a:\n    steps:\n      - run: claude -p x\n{text}")
