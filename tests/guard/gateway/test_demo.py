"""The made-up provider: what it answers is what the official clients understand, without any gateway."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest
from google import genai
from google.genai import types
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.gateway.demo import INSTRUCTIONS, Demo, Fixed, Script, read_script, respond, serving, veil

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with serving() as demo:
        yield demo


def test_openai(demo: Demo) -> None:
    with openai.OpenAI(base_url=f"{demo.root}/openai/v1", api_key="k", max_retries=0) as client:
        _talk_to(client)


def _talk_to(client: openai.OpenAI) -> None:
    said = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hello"}])
    assert said.choices[0].message.content == "you said: hello"
    stream = client.responses.create(model="m", input='[[tool:find {"a": [[1]]}]][[chunks:1]]', stream=True)
    *_, last = stream
    assert last.type == "response.completed"
    output: Any = last.response.output[0]
    assert json.loads(output.arguments) == {"a": [[1]]}


def test_anthropic(demo: Demo) -> None:
    prompt = "[[say:hi there]][[bytes:1]]"
    with (
        anthropic.Anthropic(base_url=f"{demo.root}/anthropic", api_key="k", max_retries=0) as client,
        client.messages.stream(model="m", max_tokens=9, messages=[{"role": "user", "content": prompt}]) as stream,
    ):
        assert "".join(stream.text_stream) == "hi there"


def test_gemini(demo: Demo) -> None:
    with genai.Client(api_key="k", http_options=types.HttpOptions(base_url=f"{demo.root}/gemini")) as client:
        said = client.models.generate_content_stream(model="m", contents="[[say:hi there]][[chunks:3]][[crlf]]")
        assert "".join(one.text or "" for one in said) == "hi there"


def test_what_it_received_can_be_looked_at(demo: Demo) -> None:
    with openai.OpenAI(base_url=f"{demo.root}/azure/openai/v1", api_key="k") as client:
        client.embeddings.create(model="m", input="words")
    last = demo.received[-1]
    assert last.target == "/azure/openai/v1/embeddings"
    assert last.header("authorization") == "Bearer k"
    assert json.loads(last.body)["input"] == "words"


@given(st.text(max_size=60))
def test_a_veiled_text_is_said_and_not_shown(text: str) -> None:
    text = text.encode(errors="ignore").decode()
    assert (read_script(f"[[veiled:{veil(text)}]]").say or "") == text


@given(st.lists(st.sampled_from([f"[[{name}" for name in INSTRUCTIONS] + ["]]", ":", "{", "1", "}", " ", "x"])))
def test_any_prompt_is_read(parts: list[str]) -> None:
    assert isinstance(read_script("".join(parts)), Script)


@given(st.binary(max_size=200), st.sampled_from(["POST", "GET"]), st.text(alphabet="/openaivr1chtm:?", max_size=30))
def test_any_request_is_answered(body: bytes, method: str, target: str) -> None:
    reply, _ = respond(method, "/" + target, body)
    assert 200 <= reply.status < 500


def test_every_character_can_be_an_escape() -> None:
    body = json.dumps({"messages": [{"role": "user", "content": "[[say:a€😀]][[escaped]]"}]}).encode()
    reply, _ = respond("POST", "/openai/v1/chat/completions", body)
    assert b"\\u0061\\u20ac\\ud83d\\ude00" in reply.parts[0].lower()
    assert json.loads(reply.parts[0])["choices"][0]["message"]["content"] == "a€😀"


def test_fixed_answers_to_measure_with() -> None:
    with serving(Demo(Fixed([b'{"a":1}'], [b"data: 1\n\n", b"data: [DONE]\n\n"]))) as demo:
        with socket.create_connection(("127.0.0.1", demo.port), timeout=5) as opened:
            opened.sendall(b"POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}" * 2)
            opened.sendall(b'POST / HTTP/1.1\r\ncontent-length: 15\r\n\r\n{"stream":true}')
            got = b""
            while not got.endswith(b"0\r\n\r\n"):
                got += opened.recv(65536)
        assert got.count(b'{"a":1}') == 2
        assert got.endswith(b"\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
