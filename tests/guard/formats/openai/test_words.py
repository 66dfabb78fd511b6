"""The words of the format are those of the official client, and nobody's text is one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
import typing_extensions
from openai.types import CreateEmbeddingResponse, EmbeddingCreateParams
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
from openai.types.responses import Response, ResponseStreamEvent
from openai.types.responses.response_create_params import ResponseCreateParamsStreaming
from pydantic import BaseModel

from bartizan.guard.formats.openai.words import WORDS, is_handle, is_name, is_source

_MODELS = ("model", "transcription")
"""Members whose values are names of models, which policy decides about."""


def described(type: Any, seen: set[int]) -> Iterator[str]:
    """Every name of a member and every value of a fixed list that a type of the client describes."""
    if get_origin(type) in (Literal, typing_extensions.Literal):
        yield from (one for one in get_args(type) if isinstance(one, str))
    elif get_args(type):
        for one in get_args(type):
            yield from described(one, seen)
    elif isinstance(type, typing_extensions.TypeAliasType):
        yield from described(type.__value__, seen)
    elif id(type) not in seen:
        seen.add(id(type))
        for name, inner in members(type):
            yield name
            if name not in _MODELS:
                yield from described(inner, seen)


def members(type: Any) -> list[tuple[str, Any]]:
    if isinstance(type, type_of_types) and issubclass(type, BaseModel):
        return [(field.alias or name, field.annotation) for name, field in type.model_fields.items()]
    if typing_extensions.is_typeddict(type):
        return list(typing_extensions.get_type_hints(type, include_extras=True).items())
    return []


type_of_types = type


@pytest.mark.parametrize(
    "type",
    [
        CompletionCreateParamsStreaming,
        ChatCompletion,
        ChatCompletionChunk,
        ResponseCreateParamsStreaming,
        Response,
        ResponseStreamEvent,
        EmbeddingCreateParams,
        CreateEmbeddingResponse,
    ],
)
def test_what_the_client_describes_is_a_word(type: Any) -> None:
    found = {one for one in described(type, set()) if not one.startswith("response.")}
    assert len(found) > 5
    assert sorted(found - WORDS) == []


def test_words_are_short_and_hold_no_numbers_of_anybody() -> None:
    assert all(len(one) < 50 and sum(map(str.isdigit, one)) < 9 and "@" not in one for one in WORDS)


@pytest.mark.parametrize(
    ("value", "name", "handle"),
    [
        ("chatcmpl-9xKd", True, False),
        ("6f1c2f9e-5b0b-4c53-8f2a-0c9d4b6c2f11", True, True),
        ("6f1c2f9e-5b0b-4c53-8f2a-0c9d4b6c2f1x", False, False),
        ("call_4539148803436467", False, False),
        ("anna@example.ch", False, False),
        ("gpt-x", True, False),
        ("two words", False, False),
        ("gr\u00fcezi", False, False),
        ("x" * 301, False, False),
        ("line\n", False, False),
    ],
)
def test_names_that_providers_made_up(value: str, name: bool, handle: bool) -> None:
    assert (is_name(value), is_handle(value)) == (name, handle)


@pytest.mark.parametrize(
    ("value", "source"),
    [
        ("/9j/" * 256, True),
        ("/9j/" * 255, False),
        ("/9j/" * 256 + " ", False),
        ("/9j/" * 256 + "ü", False),
        ("DATA:image/png;base64," + "/9j/" * 256, True),
        ("data:image/png," + "/9j/" * 256, False),
        ("QUJD" * 256, False),
        ("data:anna;anna@x.ch;base64," + "/9j/" * 256, False),
    ],
)
def test_what_is_nothing_but_base64(value: str, source: bool) -> None:
    assert is_source(value) is source
