from __future__ import annotations

import pytest

from bartizan.scan.workflows.assistants import started_by_command


@pytest.mark.parametrize(
    ("script", "may"),
    [
        ("claude -p 'x' --dangerously-skip-permissions", "all"),
        ('claude -p "x" --allowedTools "Bash,Read"', "all"),
        ('claude --print x --allowedTools "Bash(npm:*)"', "all"),
        ('claude -p x --allowedTools "Bash(git diff:*),Read" --max-turns 3', "named"),
        ('claude -p x --disallowedTools "Bash,Edit"', "named"),
        ("npx -y @anthropic-ai/claude-code@latest -p x", "few"),
        ("cat a.txt | claude", "few"),
        ("gemini --yolo -p x", "all"),
        ("gemini -y -p x", "all"),
        ("gemini -p x", "few"),
        ("codex exec --full-auto x", "all"),
        ("codex exec -s read-only x", "named"),
        ("copilot -p x --allow-all-tools", "all"),
        ("copilot -p x --allow-tool 'shell(git status)'", "few"),
        ("cursor-agent -f -p x", "all"),
        ("aider --yes --message x", "few"),
        ("opencode run x", "few"),
        ("amp -x y --dangerously-allow-all", "all"),
        ("llm -m gpt-5 x", "nothing"),
        ("curl https://api.openai.com/v1/responses -d @x", "nothing"),
    ],
)
def test_what_a_command_may_do(script: str, may: str) -> None:
    start = started_by_command(script)
    assert start is not None
    assert start.may == may


@pytest.mark.parametrize(
    "script",
    [
        "npm install -g @anthropic-ai/claude-code",
        "pytest tests/test_claude.py -p no:cacheprovider",
        "# claude -p x",
        "echo gemini",
        "claude --version",
        "docker run codex-image",
    ],
)
def test_what_starts_none(script: str) -> None:
    assert started_by_command(script) is None
