"""Input that is made to break a reader ends in an input error, never in a traceback."""

from __future__ import annotations

import pytest

from bartizan.model import InputError, parse_text
from bartizan.model.yamltree import parse_yaml

BASE = "id: a\ncomponents: {bot: {kind: agent}}\n"
CHAIN = "".join(
    f"x-{n}: &d{n} {'[' * 30}{f'*d{n - 1}' if n else 1}{']' * 30}\n" for n in range(100)
)  # each line is shallow, the last alias is 3,000 levels deep


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("id: a\ncomponents: {system: {kind: agent}}\n", id="a component named system"),
        pytest.param("a: &x word\n*x : b\n", id="an alias as a key"),
        pytest.param("id: a\ncomponents: {bot: {kind: [agent]}}\n", id="a list as a kind"),
        pytest.param("id: a\ncomponents: {bot: {kind: {agent: 1}}}\n", id="a mapping as a kind"),
        pytest.param(BASE + CHAIN + "stage: *d99\n", id="a deep chain of aliases"),
        pytest.param('"id": "a\\n"\ncomponents: {bot: {kind: agent}}\n', id="an id with a line break"),
        pytest.param(BASE + "appetite: 1e999\n", id="infinite money"),
        pytest.param(BASE + "appetite: -5\n", id="a negative appetite"),
        pytest.param(BASE + "losses: [{kind: cost, of: bot, magnitude: 1e999}]\n", id="an infinite loss"),
        pytest.param(BASE + "bartizan: true\n", id="a language version that is no number"),
        pytest.param("id: a\ncomponents: {bot: null}\n", id="a component that is nothing"),
        pytest.param("id: a\ncomponents: {bot: &b {kind: agent, holds: *b}}\n", id="an alias of what is not closed"),
        pytest.param(BASE + "data: {d: {records: 1e3}}\n", id="a count that is no whole number"),
    ],
)
def test_is_an_input_error(text: str) -> None:
    with pytest.raises(InputError):
        parse_text(text)


def test_a_message_does_not_repeat_a_large_value() -> None:
    with pytest.raises(InputError) as error:
        parse_text(BASE + "x-l: &l [" + "x, " * 2000 + "x]\nstage: *l\n")

    assert len(error.value.message) < 500


def test_a_quoted_merge_key_is_a_word() -> None:
    assert parse_yaml("'<<': {a: 1}\n", "f.yaml").plain() == {"<<": {"a": 1}}


@pytest.mark.parametrize("text", ["007", "1.10", "1_000_"])
def test_text_that_looks_like_a_number_stays_as_written(text: str) -> None:
    assert parse_text(BASE + f"name: {text}\n").name == text
