"""Rules are lists of atoms; nothing else is understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.catalog import Atom, parse_atom
from bartizan.catalog.atoms import is_variable
from bartizan.model import InputError

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True)
VARIABLES = st.from_regex(r"[A-Z][A-Za-z0-9_]{0,3}", fullmatch=True)
CONSTANTS = st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True)
ATOMS = st.builds(
    Atom, NAMES, st.lists(VARIABLES | CONSTANTS | st.just("_"), min_size=1, max_size=4).map(tuple)
) | st.builds(lambda a, b: Atom("!=", (a, b)), VARIABLES, VARIABLES | CONSTANTS)


@pytest.mark.parametrize(
    ("text", "atom"),
    [
        ("agent(A)", Atom("agent", ("A",))),
        ("  flow( S ,A ) ", Atom("flow", ("S", "A"))),
        ("effect(T, send)", Atom("effect", ("T", "send"))),
        ("handles(_, D2)", Atom("handles", ("_", "D2"))),
        ("model_type(M, image-generator)", Atom("model_type", ("M", "image-generator"))),
        ("S != T", Atom("!=", ("S", "T"))),
        ("K!=read", Atom("!=", ("K", "read"))),
    ],
)
def test_an_atom_is_a_predicate_with_terms(text: str, atom: Atom) -> None:
    assert parse_atom(text) == atom


@pytest.mark.parametrize(
    "text",
    [
        "",
        "agent",
        "agent()",
        "agent(A,)",
        "agent(A B)",
        "Agent(A)",
        "agent(A",
        "agent(f(A))",
        "not agent(A)",
        "agent(A), tool(B)",
        "agent(1)",
        'agent("x")',
        "A = B",
        "a != B",
        "A != B != C",
        "agent(A).",
        "X < Y",
        "agent(__)",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InputError) as error:
        parse_atom(text)

    assert error.value.message == f"`{text}` is not an atom"
    assert error.value.help == "write `predicate(Variable, constant)` or `A != B`"


@given(ATOMS)
def test_an_atom_reads_back_as_it_is_written(atom: Atom) -> None:
    assert parse_atom(str(atom)) == atom


@given(st.text(max_size=30))
def test_no_text_does_more_than_fail(text: str) -> None:
    try:
        atom = parse_atom(text)
    except InputError:
        return
    assert parse_atom(str(atom)) == atom


def test_variables_come_in_order_without_the_blank() -> None:
    assert parse_atom("carries(B, _, A)").variables == ("B", "A")
    assert parse_atom("effect(T, send)").variables == ("T",)
    assert [is_variable(term) for term in ("A", "Ab", "a", "_", "")] == [True, True, False, False, False]


def test_grounding_puts_values_for_variables_and_keeps_constants() -> None:
    atom = parse_atom("effect(T, send)")

    assert atom.ground({"T": "mailer"}) == ("effect", "mailer", "send")


@pytest.mark.parametrize("text", ["agent(A)", "handles(_, a)"])
def test_what_has_no_value_can_not_be_grounded(text: str) -> None:
    with pytest.raises(KeyError):
        parse_atom(text).ground({"B": "bot"})
