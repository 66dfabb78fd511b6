"""Policies about what agents do: the shipped ones, the organisation's own, and what both may speak of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import bartizan
from bartizan.guard.policy import PolicyFile, ToolAsked, ToolAuthoriser, load_policies, schema_text, tool_policies
from bartizan.guard.policy import tools as module
from bartizan.guard.policy.authoriser import Ruled
from bartizan.guard.policy.tools import ACTIONS, EMPTY
from bartizan.guard.principal import Principal
from bartizan.model import InputError

ANNA = Principal(id="anna", source="key:k", groups=frozenset({"staff"}), application="desk", tenant="acme")
THINGS: dict[str, Any] = {
    "list-tools": "Tool", "call-tool": "Tool", "receive-result": "Tool", "list-resources": "Resource",
    "read-resource": "Resource", "list-prompts": "Prompt", "get-prompt": "Prompt", "complete-argument": "Prompt",
    "elicit": "Server", "sample": "Server", "list-roots": "Server",
}  # fmt: skip


def authoriser(*policies: str) -> ToolAuthoriser:
    return ToolAuthoriser(tool_policies([PolicyFile("p.cedar", "\n".join(policies))] if policies else []))


def asked(action: str = "call-tool", name: str = "send", **context: Any) -> ToolAsked:
    return ToolAsked(ANNA, action, THINGS[action], name, "mail", context, "eu")


def test_the_schema_has_every_action_and_every_member_of_the_context() -> None:
    text = schema_text()
    held = text[text.index("type ToolCall") :]
    members = set(re.findall(r"^    (\w+):", held, re.MULTILINE))
    assert members - {"principal", "resource", "context"} == EMPTY.keys()
    assert THINGS.keys() == ACTIONS
    assert all(f'"{action}"' in held for action in ACTIONS)


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_without_configuration_what_is_approved_may_be_used_and_servers_may_ask_but_not_for_models_or_files(
    action: str,
) -> None:
    said = authoriser().decide(asked(action, pinned=True))
    assert said.allowed is (action not in ("sample", "list-roots", "receive-result"))
    assert said.rule == ("mcp-use" if said.allowed else "no-policy-allows")


def test_without_configuration_what_nobody_approved_is_neither_shown_nor_used() -> None:
    for action in ("list-tools", "call-tool", "list-prompts", "get-prompt"):
        assert authoriser().decide(asked(action)).rule == "mcp-not-approved"
    assert authoriser().decide(asked("read-resource")).allowed


@pytest.mark.parametrize(
    ("context", "allowed"),
    [
        ({"tainted": True, "effect": "send", "families": ["secret"]}, False),
        ({"tainted": True, "effect": "read", "fetches": True, "families": ["secret"]}, False),
        ({"tainted": False, "effect": "send", "families": ["secret"]}, True),
        ({"tainted": True, "effect": "write", "families": ["secret"]}, True),
        ({"tainted": True, "effect": "send", "families": ["contact"]}, True),
    ],
)
def test_without_configuration_credentials_stay_once_an_outsider_was_read(
    context: dict[str, Any], allowed: bool
) -> None:
    assert authoriser().decide(asked(pinned=True, **context)).allowed is allowed


def test_policies_that_speak_of_no_action_of_mcp_leave_the_shipped_ones_in_force() -> None:
    chat = 'permit (principal, action == Bartizan::Action::"chat", resource);'
    assert authoriser(chat).decide(asked(pinned=True)).rule == "mcp-use"
    everything = "permit (principal, action, resource);"
    assert authoriser(everything).decide(asked()).rule == "mcp-not-approved"


@pytest.mark.parametrize(
    "names", ['action == Bartizan::Action::"call-tool"', 'action in [Bartizan::Action::"call-tool"]']
)
def test_policies_that_speak_of_one_take_the_place_of_the_shipped_ones(names: str) -> None:
    one = authoriser(f'@id("mine") permit (principal, {names}, resource);')
    assert one.decide(asked()).rule == "mine"
    assert one.decide(asked("list-tools", pinned=True)) == Ruled(
        False, "no-policy-allows", "no policy allows `list-tools` here"
    )
    assert one.names("call-tool")
    assert not one.names("receive-result")


@pytest.mark.parametrize(
    "fits",
    ['principal in Bartizan::Group::"staff"', 'principal.application == "desk"', 'resource in Bartizan::Server::"mail"',
     'resource in Bartizan::Upstream::"mail"', 'resource == Bartizan::Tool::"mail/send"', 'resource.name == "send"',
     'resource.region == "eu"', 'resource.upstream == "mail"', 'context.attended', 'context.sources.contains("owner")'],
)  # fmt: skip
def test_what_policies_may_speak_of_is_there(fits: str) -> None:
    permit = f'permit (principal, action == Bartizan::Action::"call-tool", resource) when {{ {fits} }};'
    assert authoriser(permit).decide(asked(attended=True, sources=["owner"])).allowed
    other = permit.replace("when", "unless")
    assert not authoriser(other).decide(asked(attended=True, sources=["owner"])).allowed


def test_a_server_is_a_thing_of_its_own() -> None:
    one = authoriser('permit (principal, action == Bartizan::Action::"elicit", resource == Bartizan::Server::"mail");')
    assert one.decide(asked("elicit", name="")).allowed
    assert not one.decide(asked("elicit", name="")._replace(server="other")).allowed


def test_what_asks_is_weaker_than_what_forbids() -> None:
    permit = "permit (principal, action, resource);"
    on_call = '(principal, action == Bartizan::Action::"call-tool", resource);'
    ask = f'@id("a") @ask("owners") @reason("owners say") forbid {on_call}'
    bare = ask.replace('"a"', '"b"').replace('@ask("owners")', "@ask")
    no = f'@id("z") forbid {on_call}'
    assert authoriser(permit, ask).decide(asked()) == Ruled(False, "a", "owners say", ask="owners")
    assert authoriser(permit, bare).decide(asked()).ask == "user"
    assert authoriser(permit, ask, no).decide(asked()) == Ruled(False, "z", "policy `z` forbids it")


def test_it_is_told_what_policies_speak_of() -> None:
    one = authoriser(
        'permit (principal, action == Bartizan::Action::"call-tool", resource) when { context.steps < 5 };'
    )
    assert one.speaks_of("steps", "session")
    assert not one.speaks_of("session")


def test_policies_for_models_and_for_tools_stand_in_the_same_files() -> None:
    both = 'permit (principal, action, resource) when { context.findings.isEmpty() && resource.region == "eu" };'
    assert load_policies([PolicyFile("p", both)]).actions == frozenset()
    with pytest.raises(InputError):
        load_policies([PolicyFile("p", "permit (principal, action, resource) when { context.tainted };")])


def test_a_policy_that_can_not_be_applied_allows_nothing() -> None:
    head = 'permit (principal, action == Bartizan::Action::"call-tool", resource)'
    assert (
        authoriser(head + " when { context.steps + 9223372036854775807 > 0 };").decide(asked(steps=1)).rule
        == "policy-error"
    )


def test_what_is_remembered_is_bounded_and_decides_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 3)
    one = authoriser(
        'permit (principal, action == Bartizan::Action::"call-tool", resource) when { context.steps < 4 };'
    )
    for _ in range(2):
        for number in range(8):
            assert one.decide(asked(name=f"t{number}", steps=number)).allowed is (number < 4)


def test_the_policies_of_the_guide_are_valid() -> None:
    guide = Path(bartizan.__file__).parents[2].joinpath("docs", "mcp.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```cedar\n(.*?)```", guide, re.DOTALL)
    one = ToolAuthoriser(tool_policies([PolicyFile("guide", example)]))
    assert one.decide(asked(pinned=True)).rule == "agents"
    assert one.decide(asked()).rule == "approved-only"
    assert one.decide(asked(pinned=True, tainted=True, reversible=False)).ask == "user"
    assert one.decide(asked("receive-result", injection=95)).rule == "orders"
