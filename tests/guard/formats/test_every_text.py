"""No string of a body is left out, nothing changes unless asked, and what is put in a place stands there."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.exchange import BodyError, Encoded, Exchange, Kind, Sealed, decode_body, encode_body
from bartizan.guard.formats.anthropic import words as claude
from bartizan.guard.formats.gemini import words as gemini
from tests.guard.formats.bodies import ANY, CLAUDE, GEMINI, disturbed
from tests.guard.formats.reading import left_out, read

FORMATS = [
    ("anthropic-messages", CLAUDE, claude.WORDS, claude.NAMES),
    ("gemini-generate", GEMINI, gemini.WORDS, gemini.NAMES),
]
EMBED = {"requests": [{"model": "models/e", "content": GEMINI["contents"][0], "taskType": "RETRIEVAL_QUERY"}]}
OTHERS = [
    ("anthropic-count", CLAUDE, claude.WORDS, claude.NAMES),
    ("gemini-count", {"generateContentRequest": {"model": "models/m", **GEMINI}}, gemini.WORDS, gemini.NAMES),
    ("gemini-embed", EMBED, gemini.WORDS, gemini.NAMES),
]


def taken(id: str, body: Any, *, answer: bool = False) -> Exchange | None:
    try:
        return read(id, body, answer=answer)
    except BodyError:
        return None


@pytest.mark.parametrize(("id", "body", "words", "names"), [*FORMATS, *OTHERS])
def test_a_full_body_is_taken_whole(id: str, body: Any, words: Collection[str], names: Collection[str]) -> None:
    exchange = read(id, body)
    assert left_out(exchange, words, names) == []
    assert exchange.render() is exchange.raw
    assert exchange.encode() == encode_body(body)


@pytest.mark.parametrize(("id", "body", "words", "names"), FORMATS)
@given(data=st.data())
def test_what_is_unknown_is_taken_as_well(
    id: str, body: Any, words: Collection[str], names: Collection[str], data: st.DataObject
) -> None:
    made = data.draw(disturbed(body))
    exchange = taken(id, made)
    if exchange is not None and not exchange.rewritten:
        assert left_out(exchange, words, names) == []
        assert exchange.render() == encode_body(made)


@pytest.mark.parametrize(("id", "body", "words", "names"), FORMATS)
@given(data=st.data())
def test_answers_are_taken_whole(
    id: str, body: Any, words: Collection[str], names: Collection[str], data: st.DataObject
) -> None:
    if id.startswith("anthropic"):
        made: Any = {"type": "message", "content": [one for m in body["messages"] for one in m["content"]]}
    else:
        made = {"candidates": [{"content": one, "index": n} for n, one in enumerate(body["contents"])]}
        made = [made, made] if data.draw(st.booleans()) else made
    made = data.draw(disturbed(made)) if isinstance(made, dict) else made
    exchange = taken(id, made, answer=True)
    if exchange is not None:
        assert left_out(exchange, words, names) == []
        assert exchange.render() == encode_body(made)


@pytest.mark.parametrize(("id", "body"), [one[:2] for one in FORMATS])
@given(data=st.data())
def test_what_is_put_in_a_place_stands_there(id: str, body: Any, data: st.DataObject) -> None:
    exchange = taken(id, data.draw(disturbed(body)))
    if exchange is None or exchange.rewritten:
        return
    wanted = {}
    for number, one in enumerate(exchange.pieces):
        if one.kind is Kind.TEXT and not isinstance(one, Sealed) and one.path != "/model" and "#" not in one.path:
            one.replace(f"text {number}")
            wanted[one.path] = f"text {number}"
    again = read(id, decode_body(exchange.render()))
    found = {one.path: one.text for one in again.pieces if one.kind is Kind.TEXT}
    assert {path: found.get(path) for path in wanted} == wanted


@pytest.mark.parametrize(
    "id", ["anthropic-messages", "anthropic-count", "gemini-generate", "gemini-count", "gemini-embed"]
)
@given(tree=ANY)
def test_any_json_is_taken_or_refused(id: str, tree: Any) -> None:
    for answer in (False, True):
        exchange = taken(id, tree, answer=answer)
        assert exchange is None or exchange.render() == encode_body(tree)


def test_text_files_are_read_and_written_in_base64() -> None:
    exchange = read("gemini-generate", GEMINI)
    one = next(one for one in exchange.pieces if isinstance(one, Encoded))
    assert one.text == "Notiz über Anna"
    one.replace("Notiz über <name>")
    assert b"Tm90aXogw7xiZXIgPG5hbWU+" in exchange.render()
