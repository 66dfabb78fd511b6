"""What providers say beside their answers, as callers' own clients see it: errors, and headers of every answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import openai
import pytest
from google import genai
from google.genai import errors, types

from tests.guard.gateway.conftest import Wide
from tests.guard.gateway.running import PROVIDER_KEY

pytestmark = pytest.mark.enable_socket

ID = "req_" + "0af3" * 8
SAID = f"""x-request-id: {ID}
x-ratelimit-remaining-requests: 3
retry-after: 7
openai-organization: corp-internal
set-cookie: a=b
x-echo: {PROVIDER_KEY}"""
GOOD = {
    "id": "x",
    "object": "chat.completion",
    "model": "liar",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "fine"}}],
}
EVENT = {"id": "x", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "fine"}}]}
ERROR = {"error": {"message": f"I got {PROVIDER_KEY} and the card 4111 1111 1111 1111", "type": "x", "code": None}}
CLASSES = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    403: openai.PermissionDeniedError,
    404: openai.NotFoundError,
    409: openai.ConflictError,
    422: openai.UnprocessableEntityError,
    429: openai.RateLimitError,
    500: openai.InternalServerError,
    529: openai.InternalServerError,
}


def answers(wide: Wide, body: bytes, status: int = 200, kind: str = "application/json") -> None:
    head = f"HTTP/1.1 {status} X\ncontent-type: {kind}\ncontent-length: {len(body)}\nconnection: close\n"
    wide.liar.says(head + SAID, body)


def client(wide: Wide) -> openai.OpenAI:
    gate = wide.gate
    return gate.closing(openai.OpenAI(base_url=f"{gate.root}/openai/v1", api_key=gate.keys["anna"], max_retries=0))


def ask(wide: Wide, **more: Any) -> Any:
    messages: Any = [{"role": "user", "content": "hello"}]
    return client(wide).chat.completions.with_raw_response.create(model="liar", messages=messages, **more)


def listed(wide: Wide) -> Any:
    return client(wide).models.list()


def told(error: openai.APIStatusError) -> str:
    return f"{error} {error.body} {dict(error.response.headers)}"


@pytest.mark.parametrize("stream", [False, True])
def test_headers_that_clients_read_come_back(wide: Wide, stream: bool) -> None:
    body = f"data: {json.dumps(EVENT)}\n\ndata: [DONE]\n\n" if stream else json.dumps(GOOD)
    answers(wide, body.encode(), kind="text/event-stream" if stream else "application/json")
    said = ask(wide, stream=stream)
    assert said.headers["x-request-id"] == ID
    assert said.headers["x-ratelimit-remaining-requests"] == "3"
    assert not {"openai-organization", "set-cookie", "x-echo"} & set(said.headers)
    if not stream:
        assert said.parse()._request_id == ID
    else:
        assert [chunk.choices[0].delta.content for chunk in said.parse()] == ["fine"]


@pytest.mark.parametrize("status", CLASSES)
@pytest.mark.parametrize("call", [ask, listed])
def test_errors_raise_what_they_should_without_the_gateways_credential(
    wide: Wide, status: int, call: Callable[[Wide], Any]
) -> None:
    answers(wide, json.dumps(ERROR).encode(), status)
    with pytest.raises(CLASSES[status]) as caught:
        call(wide)
    error: Any = caught.value
    assert type(error) is CLASSES[status]
    assert PROVIDER_KEY not in told(error)
    assert "4111 1111" not in told(error)
    if status == 401:  # such errors tell a part of the credential in words of their own
        assert "I got" not in told(error)
        assert "the gateway's own credential" in str(error)
    else:
        assert "I got" in str(error)
        assert error.response.headers["retry-after"] == "7"
        assert error.request_id == ID


@pytest.mark.parametrize("body", [b"", b'{"error": {"mess', b"<html>10.1.2.3</html>"])
@pytest.mark.parametrize("kind", ["application/json", "text/html"])
def test_errors_that_nobody_can_read_keep_their_status(wide: Wide, body: bytes, kind: str) -> None:
    answers(wide, body, 429, kind)
    with pytest.raises(openai.RateLimitError) as caught:
        ask(wide)
    assert caught.value.response.headers["retry-after"] == "7"
    assert "10.1.2.3" not in told(caught.value)


def test_an_error_inside_a_stream_is_without_the_credential(wide: Wide) -> None:
    answers(wide, f"data: {json.dumps(EVENT)}\n\ndata: {json.dumps(ERROR)}\n\n".encode(), kind="text/event-stream")
    with pytest.raises(openai.APIError, match="I got") as caught:
        list(ask(wide, stream=True).parse())
    assert PROVIDER_KEY not in str(caught.value.body) + str(caught.value)


def test_a_whole_answer_is_without_the_credential(wide: Wide) -> None:
    answers(wide, json.dumps({**GOOD, "echo": PROVIDER_KEY}).encode())
    assert PROVIDER_KEY not in ask(wide).text


def test_headers_that_are_no_ascii_or_come_twice(wide: Wide) -> None:
    body = json.dumps(GOOD).encode()
    head = f"HTTP/1.1 200 X\ncontent-length: {len(body)}\nx-request-id: \xfc\nopenai-processing-ms: 7"
    wide.liar.says(f"{head}\nopenai-processing-ms: 8\ncontent-type: application/json", body)
    said = ask(wide).headers
    assert said["openai-processing-ms"] == "7"
    assert "x-request-id" not in said
    wide.liar.says(f"{head}\ncontent-type: \xfc", body)
    with pytest.raises(openai.InternalServerError, match="answer-not-understood"):
        ask(wide)


def test_responses_are_counted(wide: Wide) -> None:
    answers(wide, b'{"object": "response.input_tokens", "input_tokens": 9}')
    count = client(wide).responses.input_tokens.count
    assert count(model="liar", input="hello").input_tokens == 9
    with pytest.raises(openai.PermissionDeniedError):
        count(model="liar", input="pay to CH93 0076 2011 6238 5295 7")


def test_a_refusal_has_the_id_by_which_its_event_is_found(wide: Wide) -> None:
    before = wide.gate.settled()
    messages: Any = [{"role": "user", "content": "pay to CH93 0076 2011 6238 5295 7"}]
    with pytest.raises(openai.PermissionDeniedError) as caught:
        client(wide).chat.completions.create(model="liar", messages=messages)
    (event,) = wide.gate.events_after(before)
    assert event["trace"] == caught.value.request_id


@pytest.mark.parametrize("body", [b"", b'{"error": {"mess', b'"oops"'])
def test_no_events_where_geminis_client_waits_for_some_is_an_error(wide: Wide, body: bytes) -> None:
    options = types.HttpOptions(base_url=f"{wide.gate.root}/gemini")
    gemini = wide.gate.closing(genai.Client(api_key=wide.gate.keys["anna"], http_options=options))
    answers(wide, body)
    with pytest.raises(errors.ServerError):
        list(gemini.models.generate_content_stream(model="liar", contents="hello"))
