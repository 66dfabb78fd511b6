"""Policies are checked when they are loaded, and each has an id that refusals name."""

from __future__ import annotations

import pytest

from bartizan.guard.policy import PolicyFile, load_policies
from bartizan.model import InputError

ALL = "permit (principal, action, resource);"


def test_a_policy_is_named_by_its_id_or_by_its_file_and_number() -> None:
    twelve = "\n".join([ALL] * 11 + ['@id("last") @reason("ask the desk") forbid (principal, action, resource);'])
    found = load_policies([PolicyFile("many.cedar", twelve), PolicyFile("one.cedar", ALL)])
    assert list(found.reasons) == [*(f"many.cedar#{number}" for number in range(1, 12)), "last", "one.cedar#1"]
    assert found.reasons["last"] == "ask the desk"
    assert found.reasons["one.cedar#1"] == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("permit (principal, action", "not valid"),
        ("permit (principal, action, resource) when { context.colour == 1 };", "colour"),
        ("permit (principal == ?principal, action, resource);", "template"),
        (f'@id("a") {ALL} @id("a") {ALL}', "two policies have the id `a`"),
    ],
)
def test_what_is_wrong_is_told_with_its_file(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as error:
        load_policies([PolicyFile("rules.cedar", text)])
    assert error.value.place is not None
    assert error.value.place.file == "rules.cedar"


@pytest.mark.parametrize("sources", [[], [PolicyFile("empty.cedar", "// nothing yet")]])
def test_without_a_policy_nothing_would_be_allowed(sources: list[PolicyFile]) -> None:
    with pytest.raises(InputError, match="there is no policy"):
        load_policies(sources)
