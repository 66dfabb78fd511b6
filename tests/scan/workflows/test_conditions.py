from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.workflows.conditions import open_to_strangers

MEMBERS = """contains(fromJSON('["OWNER","MEMBER"]'), github.event.comment.author_association)"""


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "contains(github.event.comment.body, '/ask')",
        "${{ github.event_name == 'issue_comment' && contains(github.event.comment.body, '/ask') }}",
        "github.event.comment.author_association != 'NONE'",
        "github.event.comment.author_association == 'CONTRIBUTOR'",
        "contains('NONE MEMBER', github.event.comment.author_association)",
        f"{MEMBERS} || contains(github.event.comment.body, 'please')",
        f"!({MEMBERS})",
        "github.actor != 'dependabot[bot]'",
        "github.event.pull_request.head.repo.fork == true",
        "github.repository == 'a/b' && !cancelled()",
        "github.event_name == 'push' || (github.event_name == 'issue_comment')",
        "steps.other.outputs.found == 'true'",
        "contains(fromJSON('[\"issue_comment\"]'), github.event_name)",
        "((( broken",
        "a ?? b",
    ],
)
def test_strangers_get_through(condition: str) -> None:
    assert open_to_strangers(condition, "issue_comment")


@pytest.mark.parametrize(
    "condition",
    [
        MEMBERS,
        f"contains(github.event.comment.body, '/ask') && {MEMBERS}",
        "github.event.comment.author_association == 'OWNER' || github.event.comment.author_association == 'MEMBER'",
        "github.event_name == 'push'",
        "github.event_name != 'issue_comment'",
        f"github.event_name == 'push' || (github.event_name == 'issue_comment' && {MEMBERS})",
        "github.actor == 'octocat'",
        "contains('octocat hubot', github.actor)",
        "contains(fromJSON(vars.ALLOWED), github.event.comment.user.login)",
        "!github.event.pull_request.head.repo.fork",
        "github.event.pull_request.head.repo.full_name == github.repository",
        "github.event.action == 'labeled'",
        "github.event.label.name == 'agent'",
        "contains(github.event.issue.labels.*.name, 'agent')",
        "false",
        "steps.rights.outputs.member == 'true'",
        "needs.rights.outputs.member",
        "contains(fromJSON('[\"push\"]'), github.event_name)",
    ],
)
def test_strangers_are_kept_out(condition: str) -> None:
    assert not open_to_strangers(condition, "issue_comment", lambda name: ".rights." in name)


@given(st.text(alphabet="()!&|='a.,github.actor ", max_size=200))
def test_any_text_is_read(condition: str) -> None:
    assert open_to_strangers(condition, "issues") in (True, False)


def test_depth_is_bounded() -> None:
    assert open_to_strangers("(" * 100_000, "issues")
    assert open_to_strangers("!" * 100_000, "issues")
