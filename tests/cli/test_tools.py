"""`bartizan tools card`: cards drafted from a file of definitions or a running server, and reviewed ones that stay."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bartizan.guard.cards import parse_cards
from bartizan.model.words import Effect
from tests.cli.conftest import Run

SEND = {
    "name": "send_mail",
    "description": "Sends a mail",
    "inputSchema": {"type": "object", "properties": {"to": {"type": "string"}, "body": {"type": "string"}}},
}
READ = {"name": "get_note", "inputSchema": {"type": "object", "properties": {"note_id": {"type": "string"}}}}
SERVER = Path(__file__).parents[1] / "guard" / "gateway" / "mcp" / "sdk_server.py"
"""A server of the official SDK."""


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def written(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "value", [[SEND, READ], {"tools": [SEND, READ]}, {"jsonrpc": "2.0", "result": {"tools": [SEND, READ]}}]
)
def test_a_file_of_definitions_is_drafted_on_standard_output(run: Run, tmp_path: Path, value: object) -> None:
    done = run("tools", "card", written(tmp_path / "mail.json", value))
    assert done.code == 0
    cards = parse_cards(done.out, "cards.yaml")
    assert [(card.tool, card.server, card.effect) for card in cards] == [
        ("send_mail", "mail", Effect.SEND),
        ("get_note", "mail", Effect.READ),
    ]
    assert "  # its name says `send`: it sends something out\n" in done.out
    assert "send_mail" in done.err
    assert "2 cards: 2 new" in done.err


def test_definitions_can_stand_one_a_line_and_in_a_models_form(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "tools.jsonl"
    function = {"type": "function", "function": {"name": "run_code", "parameters": {"properties": {"code": {}}}}}
    path.write_text(f"{json.dumps(SEND)}\n\n{json.dumps(function)}\n", encoding="utf-8")
    done = run("tools", "card", path, "--name", "mine")
    assert [(card.tool, card.server) for card in parse_cards(done.out, "c")] == [
        ("send_mail", "mine"),
        ("run_code", "mine"),
    ]


def test_a_file_of_cards_is_written_and_the_table_shown(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "cards.yaml"
    done = run("tools", "card", written(tmp_path / "mail.json", [SEND]), "-o", out)
    assert "send_mail" in done.out
    assert parse_cards(out.read_bytes(), "cards.yaml")[0].arguments["to"].role.value == "critical"


def test_reviewed_cards_stay_and_a_changed_definition_opens_them_again(run: Run, tmp_path: Path) -> None:
    out, listed = tmp_path / "cards.yaml", tmp_path / "mail.json"
    run("tools", "card", written(listed, [SEND, READ]), "-o", out)
    text = out.read_text(encoding="utf-8").replace("effect: send", "effect: write\n    reviewed_by: Ann")
    out.write_text(text + "# a note of hers\n", encoding="utf-8")
    done = run("tools", "card", listed, "-o", out)
    assert "1 drafted again, 1 reviewed" in done.err
    assert "reviewed card of `send_mail`: it says write, and the definition looks like send" in done.err
    changed = {**SEND, "description": "Sends a mail, then deletes the draft"}
    done = run("tools", "card", written(listed, [changed]), "-o", out)
    assert "1 changed since its review, 1 no longer there" in done.err
    assert "card of `send_mail`: its definition has changed since Ann reviewed it" in done.err
    cards = parse_cards(out.read_bytes(), "cards.yaml")
    assert [(card.tool, card.reviewed, card.effect) for card in cards] == [
        ("send_mail", False, Effect.SEND),
        ("get_note", False, Effect.READ),
    ]


def test_a_file_in_which_nothing_changes_is_not_touched(run: Run, tmp_path: Path) -> None:
    out, listed = tmp_path / "cards.yaml", written(tmp_path / "mail.json", [READ])
    own = "# kept\ncards: [{tool: get_note, effect: read, reviewed_by: Ann, arguments: {note_id: {role: critical}}}]\n"
    out.write_text(own, encoding="utf-8")
    done = run("tools", "card", listed, "-o", out)
    assert "1 reviewed" in done.err
    assert out.read_text(encoding="utf-8") == own


def test_what_is_no_file_of_cards_is_not_overwritten(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "other.yaml"
    out.write_text("hello: world\n", encoding="utf-8")
    done = run("tools", "card", written(tmp_path / "mail.json", [SEND]), "-o", out)
    assert done.code == 2
    assert out.read_text(encoding="utf-8") == "hello: world\n"


def test_a_running_server_is_asked(run: Run) -> None:
    done = run("tools", "card", "--name", "office", "--", sys.executable, SERVER)
    assert done.code == 0, done.err
    cards = {card.tool: card for card in parse_cards(done.out, "cards.yaml")}
    assert cards["get_note"].server == "office"
    assert cards["get_note"].effect is Effect.READ


def test_a_command_of_a_clients_file_is_started_when_it_was_approved(run: Run, tmp_path: Path) -> None:
    entry = {"command": sys.executable, "args": [str(SERVER)]}
    config = written(tmp_path / "mcp.json", {"mcpServers": {"office": entry}})
    refused = run("tools", "card", f"{config}#office")
    assert refused.code == 2
    assert "the command was not started" in refused.err
    run("mcp", "pin", f"{config}#office", "--yes", "--by", "Ann")
    done = run("tools", "card", f"{config}#office")
    assert done.code == 0, done.err
    assert {card.server for card in parse_cards(done.out, "cards.yaml")} == {"office"}


def test_what_cannot_be_pinned_has_no_card_and_is_told(run: Run, tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    script.write_text(
        "from mcp.types import Tool, ListToolsResult\nfrom mcp.server import Server\n"
        "import anyio, mcp.server.stdio as stdio\n"
        "async def listed(ctx, params):\n"
        "    names = ('', 'get_note')\n"
        "    return ListToolsResult(tools=[Tool(name=name, input_schema={'type': 'object'}) for name in names])\n"
        "server = Server('odd', on_list_tools=listed)\n"
        "async def main():\n"
        "    async with stdio.stdio_server() as (a, b):\n"
        "        await server.run(a, b, server.create_initialization_options())\n"
        "anyio.run(main)\n",
        encoding="utf-8",
    )
    done = run("tools", "card", "--", sys.executable, script)
    assert "tool `` has no card" in done.err, done.err
    assert [card.tool for card in parse_cards(done.out, "cards.yaml")] == ["get_note"]


@pytest.mark.parametrize(
    ("name", "content", "code", "said"),
    [
        ("a.json", b"[{}]", 2, "number 1 in"),
        ("a.json", b"[3]", 2, "is no definition of a tool"),
        ("a.json", b"[", 2, "is no JSON"),
        ("a.json", b"\xff[]", 2, "is not in UTF-8"),
        ("a.json", b"[]", 3, "the server defines no tool"),
        ("a.json", b"3", 2, "lists several servers"),
        ("a.json", b'{"name": "a", "name": "b"}', 2, "is no JSON"),
        ("a.json", b"[" + b",".join([b'{"name": "a"}'] * 10_001) + b"]", 2, "more than 10,000"),
        ("a.txt", b"", 2, "there is no server"),
    ],
)  # fmt: skip
def test_what_is_no_server_and_no_file_of_definitions(
    run: Run, tmp_path: Path, name: str, content: bytes, code: int, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    done = run("tools", "card", path)
    assert done.code == code
    assert said in done.err


def test_without_a_server_there_is_nothing_to_draft(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "no server is named" in run("tools", "card").err


def test_names_of_tools_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    evil: dict[str, Any] = {
        **SEND,
        "name": "send\x1b[2Jmail\n- tool: x",
        "description": "x\n  - tool: y\n    effect: read",
    }
    done = run("tools", "card", written(tmp_path / "mail.json", [evil]))
    assert [card.tool for card in parse_cards(done.out, "c")] == [evil["name"]]
    assert "\x1b" not in done.out + done.err
