"""Decisions: nothing is allowed by default, forbid wins, an error allows nothing, and who asks is told which policy."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.guard.config import Upstream
from bartizan.guard.policy import Asked, Authoriser, PolicyFile, Ruled, load_policies
from bartizan.guard.policy import authoriser as module
from bartizan.guard.principal import Principal

EU = Upstream(id="eu", door="openai", url="https://provider.example/v1", region="eu")
ANNA = Principal(
    id="anna", source="key:k", groups=frozenset({"staff"}), application="desk", sandbox="trial", tenant="acme"
)
ALL = '@id("all") permit (principal, action, resource);'


def ruled(*policies: str, principal: Principal = ANNA, action: str = "chat", **context: Any) -> Ruled:
    authoriser = Authoriser(load_policies([PolicyFile("p.cedar", "\n".join(policies))]))
    return authoriser.decide(Asked(principal, action, "gpt", EU, context))


@pytest.mark.parametrize(
    "allowed",
    [
        'principal == Bartizan::User::"anna"',
        'principal in Bartizan::Group::"staff"',
        'principal in Bartizan::Application::"desk"',
        'principal in Bartizan::Sandbox::"trial"',
    ],
)
def test_a_caller_is_in_its_groups_its_application_and_its_sandbox(allowed: str) -> None:
    policy = f'@id("p") permit ({allowed}, action, resource);'
    assert ruled(policy) == Ruled(True, "p", "")
    assert ruled(policy, principal=Principal(id="bob", source="proxy")).rule == "no-policy-allows"


@pytest.mark.parametrize(
    "fits",
    ['principal.tenant == "acme"', 'principal.source == "key"', 'resource.region == "eu"', 'resource.door == "openai"',
     'resource in Bartizan::Upstream::"eu"', "context.findings.isEmpty()", "context.data_level < 1"],
)  # fmt: skip
def test_what_policies_may_speak_of_is_there(fits: str) -> None:
    assert ruled(f"permit (principal, action, resource) when {{ {fits} }};").allowed
    assert not ruled(f"permit (principal, action, resource) unless {{ {fits} }};").allowed


def test_forbid_wins_and_gives_its_reason() -> None:
    forbids = 'forbid (principal, action, resource) when { context.findings.contains("iban-code") };'
    assert ruled(ALL, f'@id("no") {forbids}', findings=["iban-code"]) == Ruled(False, "no", "policy `no` forbids it")
    said = ruled(ALL, f'@id("no") @reason("no accounts here") {forbids}', findings=["iban-code"])
    assert said.sentence == "no accounts here"
    assert ruled(ALL, f'@id("no") {forbids}', findings=["email-address"]).allowed


def test_another_action_is_not_allowed_with_it() -> None:
    policy = 'permit (principal, action == Bartizan::Action::"embed", resource);'
    assert ruled(policy, action="embed").allowed
    said = ruled(policy)
    assert (said.allowed, said.rule) == (False, "no-policy-allows")
    assert "`chat`" in said.sentence


def test_a_policy_that_can_not_be_applied_allows_nothing() -> None:
    broken = '@id("b") forbid (principal, action, resource) when { context.data_level + 9223372036854775807 > 0 };'
    said = ruled(ALL, broken, data_level=1)
    assert (said.allowed, said.rule) == (False, "policy-error")
    assert "b" in " ".join(said.errors)
    assert ruled(ALL, '@id("b") forbid (principal, action, resource) when { context.data_level > 5 };').allowed


def test_what_is_remembered_is_bounded_and_decides_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REMEMBERED", 3)
    policy = 'permit (principal == Bartizan::User::"u1", action, resource) when { context.injection < 50 };'
    authoriser = Authoriser(load_policies([PolicyFile("p.cedar", policy)]))
    for _ in range(2):
        for number in range(8):
            for injection in (0, 90):
                asked = Asked(
                    Principal(id=f"u{number}", source="proxy"), "chat", "gpt", EU, {"injection": injection, "tools": []}
                )
                first, again = authoriser.decide(asked), authoriser.decide(asked)
                assert first == again
                assert first.allowed == (number == 1 and injection == 0)
    assert len(authoriser._known) <= 3
    assert len(authoriser._entities) <= 3
