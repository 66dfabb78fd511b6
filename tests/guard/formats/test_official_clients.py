"""Official clients: what they send is served and read, and what they get back, guarded, they understand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import anthropic
import httpx2
import pytest
from google import genai
from google.genai import errors, types

from bartizan.guard.exchange import Exchange, decode_body
from bartizan.guard.formats import formats
from bartizan.guard.routes import Route, route
from tests.guard.formats.streaming import passed
from tests.guard.formats.test_anthropic_streams import call, stream, text, thinking
from tests.guard.formats.test_gemini_streams import chunk, sse

TEXTS: Any = ["a", "b"]
SSE = {"content-type": "text/event-stream"}


class Served:
    """Reads each request as it would be read before it goes on, and gives the answer that a test wants."""

    def __init__(self, answer: Callable[[Route], httpx2.Response]) -> None:
        self.answer = answer
        self.routes: list[Route] = []
        self.exchanges: list[Exchange] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        found = route(request.method, request.url.path)
        assert found is not None
        assert found.format is not None
        body = request.read()
        exchange = Exchange(found.format.id, body, decode_body(body))
        found.format.request(exchange)
        self.routes.append(found)
        self.exchanges.append(exchange)
        return self.answer(found)


def claude(served: Served) -> anthropic.Anthropic:
    http = httpx2.Client(transport=httpx2.MockTransport(served))
    return anthropic.Anthropic(api_key="k", base_url="http://gate.example/anthropic", http_client=http, max_retries=0)


def gemini(served: Served) -> genai.Client:
    http = httpx2.Client(transport=httpx2.MockTransport(served))
    options = types.HttpOptions(base_url="http://gate.example/gemini", httpx_client=http)
    return genai.Client(api_key="k", http_options=options, vertexai=False)


def parts(data: bytes) -> Iterator[bytes]:
    yield from (data[at : at + 5] for at in range(0, len(data), 5))


def test_a_streamed_message() -> None:
    data = passed(
        "anthropic-messages",
        stream(thinking("a SEC", "RET"), text("SEC", "RET!", index=1), call('{"a": "SECRET"}', index=2)),
    )
    served = Served(lambda _: httpx2.Response(200, headers=SSE, content=parts(data)))
    with claude(served).messages.stream(
        model="claude", max_tokens=9, system="Be brief.", messages=[{"role": "user", "content": "hello"}]
    ) as answer:
        message = answer.get_final_message()
    assert [one.to_dict() for one in message.content][:2] == [
        {"type": "thinking", "thinking": "a <hidden>", "signature": ""},
        {"type": "text", "text": "<hidden>!"},
    ]
    assert message.content[2].to_dict()["input"] == {"a": "<hidden>"}
    assert served.routes[0].format is formats()["anthropic-messages"]
    assert (served.exchanges[0].model, served.exchanges[0].stream, served.exchanges[0].most) == ("claude", True, 9)


def test_a_message_that_is_stopped() -> None:
    data = passed("anthropic-messages", stream(text("STOP")))
    served = Served(lambda _: httpx2.Response(200, headers=SSE, content=parts(data)))
    messages: Any = [{"role": "user", "content": "hello"}]
    with pytest.raises(anthropic.APIStatusError) as raised:
        list(claude(served).messages.create(model="claude", max_tokens=9, stream=True, messages=messages))
    assert raised.value.body == {
        "type": "error",
        "error": {
            "type": "permission_error",
            "message": "it says what may not be said",
            "code": "bartizan_denied",
            "rule": "no-stop",
        },
    }


def test_a_message_that_is_refused() -> None:
    served = Served(lambda one: httpx2.Response(403, content=one.format.refusal(403, "r", "s") if one.format else b""))
    with pytest.raises(anthropic.PermissionDeniedError):
        claude(served).messages.count_tokens(model="claude", messages=[{"role": "user", "content": "hello"}])
    assert served.routes[0].action == "count-tokens"
    with pytest.raises(anthropic.PermissionDeniedError):
        claude(served).beta.messages.create(model="claude", max_tokens=9, messages=[{"role": "user", "content": "hi"}])


def test_streamed_content() -> None:
    data = passed("gemini-generate", sse(chunk({"text": "SEC"}), chunk({"text": "RET!"}, finishReason="STOP")))
    served = Served(lambda _: httpx2.Response(200, headers=SSE, content=parts(data)))
    config = types.GenerateContentConfig(
        system_instruction="Be brief.",
        max_output_tokens=9,
        tools=[types.Tool(google_search=types.GoogleSearch())],
        safety_settings=[types.SafetySetting(category="HARM_CATEGORY_HARASSMENT", threshold="BLOCK_NONE")],  # type: ignore[arg-type]
    )
    answers = gemini(served).models.generate_content_stream(model="gemini-x", contents="hello", config=config)
    assert "".join(one.text or "" for one in answers) == "<hidden>!"
    found, exchange = served.routes[0], served.exchanges[0]
    assert (found.model, found.streams, found.format) == ("gemini-x", True, formats()["gemini-generate"])
    assert (exchange.most, exchange.parameters["safety_weakened"]) == (9, True)
    assert [one.type for one in exchange.provider_tools] == ["googleSearch"]
    assert [(one.text, one.origin.value) for one in exchange.pieces[:2]] == [("Be brief.", "system"), ("hello", "user")]


def test_content_that_is_refused() -> None:
    served = Served(lambda one: httpx2.Response(403, content=one.format.refusal(403, "r", "s") if one.format else b""))
    client = gemini(served)
    for ask in (
        lambda: client.models.generate_content(model="gemini-x", contents="hello"),
        lambda: client.models.count_tokens(model="gemini-x", contents="hello"),
        lambda: client.models.embed_content(model="gemini-embedding-001", contents=TEXTS),
    ):
        with pytest.raises(errors.ClientError) as raised:
            ask()
        assert (raised.value.code, raised.value.status) == (403, "PERMISSION_DENIED")
        assert raised.value.details["error"]["details"][0]["code"] == "bartizan_denied"
    assert [one.action for one in served.routes] == ["chat", "count-tokens", "embed"]
    assert served.exchanges[2].model == "gemini-embedding-001"


def test_vectors() -> None:
    body = {"embeddings": [{"values": [0.5]}, {"values": [0.25]}]}
    served = Served(lambda _: httpx2.Response(200, content=json.dumps(body).encode()))
    answer = gemini(served).models.embed_content(model="gemini-embedding-001", contents=TEXTS)
    assert [one.values for one in answer.embeddings or ()] == [[0.5], [0.25]]


def test_streamed_content_that_is_stopped() -> None:
    data = passed("gemini-generate", sse(chunk({"text": "STOP"})))
    served = Served(lambda _: httpx2.Response(200, headers=SSE, content=parts(data)))
    with pytest.raises(errors.ClientError) as raised:
        list(gemini(served).models.generate_content_stream(model="gemini-x", contents="hello"))
    assert (raised.value.code, raised.value.details["error"]["rule"]) == (403, "no-stop")
