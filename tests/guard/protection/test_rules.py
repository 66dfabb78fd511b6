"""Which rule decides about a value."""

from __future__ import annotations

import pytest

from bartizan.guard.exchange import Origin
from bartizan.guard.protection import DataRule, Handling
from bartizan.guard.protection.rules import Handled
from bartizan.model import InputError
from tests.guard.protection.support import handlings

MASK_MAIL = DataRule(id="mask-mail", do=Handling.MASK, types=["email-address"])
REST = DataRule(id="rest", do=Handling.ALLOW)


def test_the_first_rule_that_fits_decides() -> None:
    found = handlings(MASK_MAIL, REST)
    assert found.of("request", "user", "openai", "email-address", "internal") == Handled(Handling.MASK, "mask-mail")
    assert found.of("request", "user", "openai", "credit-card", "restricted") == Handled(Handling.ALLOW, "rest")


def test_what_no_rule_fits_is_blocked() -> None:
    assert handlings(MASK_MAIL).of("answer", "model", "x", "credit-card", "public").do is Handling.BLOCK


@pytest.mark.parametrize(
    ("rule", "fits", "fits_not"),
    [
        (DataRule(id="r", do=Handling.MASK, on=["answer"]), ("answer", "user", "a"), ("request", "user", "a")),
        (DataRule(id="r", do=Handling.MASK, from_=[Origin.TOOL_RESULT]), ("request", "tool-result", "a"),
         ("request", "user", "a")),
        (DataRule(id="r", do=Handling.MASK, upstreams=["a"]), ("request", "user", "a"), ("request", "user", "b")),
        (DataRule(id="r", do=Handling.MASK, at_least="internal"), ("request", "user", "a"), None),
        (DataRule(id="r", do=Handling.MASK, types=["contact", "secret"]), None, ("request", "user", "a")),
    ],
)  # fmt: skip
def test_a_rule_asks_for_side_origin_upstream_class_and_type(
    rule: DataRule, fits: tuple[str, str, str] | None, fits_not: tuple[str, str, str] | None
) -> None:
    found = handlings(rule, REST)
    for at, wanted in ((fits, "r"), (fits_not, "rest")):
        if at is not None:
            side, origin, upstream = at
            said = found.of(side, origin, upstream, "credit-card", "restricted")  # type: ignore[arg-type]
            assert said.rule == wanted


def test_looking_is_worth_it_only_where_something_can_happen() -> None:
    assert handlings(MASK_MAIL, REST).inspects("request", "a")
    assert not handlings(REST).inspects("request", "a")
    assert handlings(DataRule(id="some", do=Handling.ALLOW, types=["iban-code"])).inspects("request", "a")
    only_requests = handlings(DataRule(id="r", do=Handling.BLOCK, on=["request"], upstreams=["a"]), REST)
    assert only_requests.inspects("request", "a")
    assert not only_requests.inspects("request", "b")
    assert not only_requests.inspects("answer", "a")


@pytest.mark.parametrize(
    "rule",
    [
        DataRule(id="r", do=Handling.MASK, types=["no-such-type"]),
        DataRule(id="r", do=Handling.MASK, at_least="no-such-class"),
        DataRule(id="r", do=Handling.ASK),
    ],
)
def test_a_rule_that_names_what_is_not_there_is_refused(rule: DataRule) -> None:
    with pytest.raises(InputError):
        handlings(rule)
