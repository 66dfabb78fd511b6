"""No string of a body is left out, nothing changes unless asked, and what is put in a place stands there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.exchange import BodyError, Exchange, Kind, decode_body, encode_body
from bartizan.guard.formats.openai.words import HANDLES, WORDS, is_handle, is_name
from tests.guard.formats.bodies import ANY, disturbed
from tests.guard.formats.openai.bodies import CHAT, COMPLETION, EMBEDDED, EMBEDDINGS, RESPONSE, RESPONSES
from tests.guard.formats.reading import left_out, read

BODIES = [
    ("openai-chat", False, CHAT),
    ("openai-chat", True, COMPLETION),
    ("openai-responses", False, RESPONSES),
    ("openai-responses", True, RESPONSE),
    ("openai-embeddings", False, EMBEDDINGS),
    ("openai-embeddings", True, EMBEDDED),
]


def missed(exchange: Exchange, answer: bool) -> list[str]:
    """Paths of strings that a reader could have taken but didn't, names of things and short tokens apart."""
    return [path for path in left_out(exchange, WORDS, WORDS) if not _spared(exchange.tree, path, answer)]


def _spared(tree: Any, path: str, answer: bool) -> bool:
    steps = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
    for step in steps:
        tree = tree[int(step)] if isinstance(tree, list) else tree[step]
    if not isinstance(tree, str):
        return False
    if steps[-1] in HANDLES and (is_name(tree) if answer else is_handle(tree)):
        return True
    return "logprobs" in steps and steps[-1] == "token"


@pytest.mark.parametrize(("id", "answer", "body"), BODIES)
def test_a_full_body_is_taken_whole(id: str, answer: bool, body: Any) -> None:
    exchange = read(id, body, answer=answer)
    assert missed(exchange, answer) == []
    assert exchange.render() is exchange.raw
    assert exchange.encode() == encode_body(body)


@pytest.mark.parametrize(("id", "answer", "body"), BODIES)
@given(data=st.data())
def test_what_is_unknown_is_taken_as_well(id: str, answer: bool, body: Any, data: st.DataObject) -> None:
    made = data.draw(disturbed(body))
    try:
        exchange = read(id, made, answer=answer)
    except BodyError:
        return
    assert missed(exchange, answer) == []
    assert exchange.render() is exchange.raw


def _goes_along(path: str) -> bool:
    """Tell whether a place is emptied when the text changes that it says once more."""
    return "/logprobs/" in path or "/audio/data/" in path


@pytest.mark.parametrize(("id", "answer", "body"), BODIES)
@given(data=st.data())
def test_what_is_put_in_a_place_stands_there(id: str, answer: bool, body: Any, data: st.DataObject) -> None:
    try:
        exchange = read(id, data.draw(disturbed(body)), answer=answer)
    except BodyError:
        return
    taken = [one for one in exchange.pieces if one.kind is Kind.TEXT]
    number = data.draw(st.integers(0, len(taken))) if taken else 0
    wanted = {}
    for at, one in enumerate(taken):
        if number == 0 or at == number - 1:
            one.replace(f"it is {at}")
            if "#" not in one.path:
                wanted[one.path] = f"it is {at}"
    again = read(id, decode_body(exchange.render()), answer=answer)
    found = {one.path: one.text for one in again.pieces if one.kind is not Kind.KEY}
    assert {path: found.get(path) for path in wanted if path in found or not _goes_along(path)} == {
        path: text for path, text in wanted.items() if path in found or not _goes_along(path)
    }


@pytest.mark.parametrize("id", ["openai-chat", "openai-responses", "openai-embeddings"])
@given(tree=ANY)
def test_any_json_is_taken_or_refused(id: str, tree: Any) -> None:
    for answer in (False, True):
        try:
            exchange = read(id, tree, answer=answer)
        except BodyError:
            continue
        assert exchange.render() == encode_body(tree)
