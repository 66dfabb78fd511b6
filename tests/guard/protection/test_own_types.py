"""Types of an organisation's own, which may fit what Bartizan writes: a pseudonym of the exchange is no value."""

from __future__ import annotations

from bartizan.guard.exchange import Exchange, Origin, Walk, decode_body, encode_body
from bartizan.guard.protection import DataRule, Handling, Handlings, Protector, Vault
from bartizan.inspection import Inspector, Policy
from bartizan.inspection.redaction import Hiding, Mode
from bartizan.model import Scheme
from tests.guard.protection.support import keys, vault
from tests.inspection.small_types import data_type

OWN = {
    "case": data_type("case", {"pattern": "[A-Z2-7]{26}", "alone": 85}),
    "mail": data_type("mail", {"pattern": r"[a-z.]{1,30}@[a-z]{1,20}\.[a-z]{2,5}", "alone": 85}),
}
MAIL, CASE = "anna.meier@example.ch", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def protected(text: str, kept: Vault, side: str = "request") -> str:
    inspector = Inspector(Policy(depth=0), types=OWN, cache=None, plain=True)
    rules = [
        DataRule(id="hide", do=Handling.PSEUDONYM, types=["mail"]),
        DataRule(id="mask", do=Handling.MASK, types=["case"]),
    ]
    handlings = Handlings(rules, {name: entry.family for name, entry in OWN.items()}, Scheme(("public", "internal")))
    protector = Protector(inspector, handlings, Hiding(Mode.MASK), Hiding(Mode.TOKEN, keys=keys()))
    data = encode_body([text])
    made = Exchange("any", data, decode_body(data))
    Walk(made).tree(made.tree, Origin.MODEL, "", None)
    protector.exchange(made, "answer" if side == "answer" else "request", "up", kept)
    return str(decode_body(made.render())[0])


def test_a_pseudonym_that_comes_back_is_not_hidden_once_more() -> None:
    mine = vault()
    hidden = protected(f"to {MAIL}", mine)
    assert MAIL not in hidden
    answered = protected(f"{hidden}, about {CASE}", mine, "answer")
    assert answered.startswith(f"{hidden}, about ")
    assert CASE not in answered


def test_a_pseudonym_of_another_exchange_is_a_text_like_others() -> None:
    hidden = protected(f"to {MAIL}", vault())
    assert hidden not in protected(hidden, vault(), "answer")
