"""Values in an exchange: found wherever they stand, handled as the rules say, and restored for the same caller only."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.guard.exchange import Exchange, Origin, Walk, decode_body, encode_body
from bartizan.guard.protection import DataRule, Found, Handling, Vault
from bartizan.guard.streams import Blocked
from bartizan.inspection import Span
from bartizan.inspection.redaction import apply_edits
from tests.guard.protection.support import CARD, MAIL, protector, vault

REST = DataRule(id="rest", do=Handling.ALLOW)


def exchange(tree: Any, run: bool = False) -> Exchange:
    data = encode_body(tree)
    made = Exchange("any", data, decode_body(data))
    walk = Walk(made)
    if run:
        number = walk.run()
        for place in range(len(made.tree)):
            walk.text(made.tree, place, Origin.USER, "user", None, number)
    else:
        walk.tree(made.tree, Origin.USER, "user", None)
    return made


def handled(do: Handling, tree: Any, kept: Vault | None = None, **more: bool) -> tuple[Any, Found]:
    made = exchange(tree, **more)
    rule = DataRule(id="r", do=do, types=["email-address", "credit-card"], ask="the owner")
    found = protector(rule, REST).exchange(made, "request", "up", kept if kept is not None else vault())
    return decode_body(made.render()), found


def test_what_holds_nothing_is_not_changed() -> None:
    made = exchange({"a": ["plain words", {"b": "more of them"}]})
    found = protector(DataRule(id="r", do=Handling.BLOCK)).exchange(made, "request", "up", vault())
    assert made.render() is made.raw
    assert not found.types
    assert found.class_ == "public"


def test_a_value_is_masked_where_it_stands() -> None:
    tree, found = handled(Handling.MASK, {"a": ["x", f"write to {MAIL} now"]})
    assert MAIL not in str(tree)
    assert tree["a"][1].startswith("write to ***")
    assert found.types["email-address"] == 1
    assert found.changed == {"r": 1}
    assert found.class_ != "public"


def test_names_and_numbers_are_looked_at_as_well() -> None:
    tree, found = handled(Handling.TOKEN, {MAIL: 1, "n": 4111111111111111})
    assert MAIL not in tree
    assert [name.split(":")[0] for name in tree] == ["(email-address", "n"]
    assert tree["n"].startswith("(credit-card:")
    assert found.changed == {"r": 2}


def test_a_value_that_the_parts_of_a_message_cut_is_found() -> None:
    tree, found = handled(Handling.MASK, ["my card is 4111 1111", " 1111 1111, thanks"], run=True)
    assert "1111 1111" not in "".join(tree)
    assert tree[1].endswith(", thanks")
    assert found.types["credit-card"] == 1


def test_a_value_that_may_not_go_blocks_the_call_without_being_told() -> None:
    with pytest.raises(Blocked) as error:
        handled(Handling.BLOCK, {"a": f"write to {MAIL}"})
    assert error.value.rule == "r"
    assert MAIL not in str(error.value)
    with pytest.raises(Blocked) as asked:
        handled(Handling.ASK, {"a": f"write to {MAIL}"})
    assert asked.value.ask == "the owner"


def test_a_pseudonym_comes_back_in_the_same_exchange_only() -> None:
    mine, other = vault(), vault("somebody else")
    tree, _ = handled(Handling.PSEUDONYM, {"a": f"write to {MAIL}, {MAIL}"}, mine)
    hidden = tree["a"]
    assert MAIL not in hidden
    assert apply_edits(hidden, mine.edits(hidden)) == f"write to {MAIL}, {MAIL}"
    assert apply_edits(hidden.lower(), mine.edits(hidden.lower())) == f"write to {MAIL}, {MAIL}"
    assert not other.edits(hidden)
    assert not vault().edits(hidden)
    again, _ = handled(Handling.PSEUDONYM, {"a": f"write to {MAIL}, {MAIL}"}, vault())
    assert again == tree
    assert bool(mine)
    assert not other


def test_no_value_is_looked_for_where_all_may_pass() -> None:
    made = exchange({"a": MAIL})
    assert not protector(REST).exchange(made, "request", "up", vault()).types


def test_of_two_values_over_each_other_no_part_is_left() -> None:
    made = exchange({"a": f"card {CARD} and https://example.ch/?mail={MAIL}&card={CARD.replace(' ', '')}"})
    protector(DataRule(id="r", do=Handling.MASK)).exchange(made, "request", "up", vault())
    text = made.render().decode()
    assert MAIL not in text
    assert "41111111" not in text.replace(" ", "")


def test_values_that_overlap_become_one_named_by_the_longest() -> None:
    made = protector(DataRule(id="all", do=Handling.MASK))
    text = "write to anna.meier@example.ch today"
    spans = [
        Span("email-address", 9, 30, 85, "", "internal"),
        Span("person", 9, 19, 65, "", "internal"),
        Span("domain", 20, 30, 65, "", "internal"),
    ]
    found = Found("public")
    (edit,) = made.edits(text, spans, "user", "request", "own", vault(), found)
    assert (edit.start, edit.end) == (9, 30)
    assert found.changed == {"all": 1}
    assert found.types == {"email-address": 1, "person": 1, "domain": 1}
