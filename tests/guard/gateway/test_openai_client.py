"""The official OpenAI client against the gateway, unchanged: only its address and its key are ours."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

import openai
import pytest

from bartizan.guard.gateway.demo import veil
from tests.guard.gateway.running import PROVIDER_KEY, Gate

pytestmark = pytest.mark.enable_socket

IBAN = "CH93 0076 2011 6238 5295 7"
CARD = "4111 1111 1111 1111"
MAIL = "anna.meier@example.ch"
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)
TOOLS: Any = [
    {
        "type": "function",
        "function": {
            "name": "send",
            "description": "Sends a message.",
            "parameters": {"type": "object", "properties": {"to": {"type": "string"}}},
        },
    }
]


def client(gate: Gate, user: str = "anna") -> openai.OpenAI:
    return gate.closing(openai.OpenAI(base_url=f"{gate.root}/openai/v1", api_key=gate.keys[user], max_retries=0))


def chat(gate: Gate, content: Any, user: str = "anna", **more: Any) -> Any:
    messages: Any = [{"role": "user", "content": content}]
    return client(gate, user).chat.completions.create(model="demo-large", messages=messages, **more)


def streamed(gate: Gate, content: Any, **more: Any) -> str:
    chunks = chat(gate, content, stream=True, **more)
    return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


def test_chat(gate: Gate) -> None:
    before = gate.settled()
    said = chat(gate, "hello there")
    assert said.choices[0].message.content == "you said: hello there"
    assert said.usage.prompt_tokens > 0
    last = gate.demo.received[-1]
    assert last.header("authorization") == f"Bearer {PROVIDER_KEY}"
    assert gate.keys["anna"] not in str(last)
    (event,) = gate.events_after(before)
    assert (event["kind"], event["principal"], event["resource"]) == ("call", "anna", "demo-large")
    assert event["decision"] == "allow"
    assert event["tokens"]["input"] == said.usage.prompt_tokens
    assert event["cost"] > 0


def test_an_untouched_body_arrives_byte_for_byte(gate: Gate) -> None:
    body = b'{ "model":"demo-large" , "messages": [{"role":"user","content":"a\\u0062c"}], "x_unknown": 1.50 }'
    headers = {"authorization": f"Bearer {gate.keys['anna']}", "cookie": "a=b", "x-forwarded-for": "10.0.0.1"}
    asked = urllib.request.Request(f"{gate.root}/openai/v1/chat/completions", body, headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert json.load(answer)["choices"]
    assert not {"cookie", "x-forwarded-for"} & {name for name, _ in gate.demo.received[-1].headers}
    assert gate.demo.received[-1].body == body


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("by", ["chunks", "bytes"])
def test_streamed_chat(gate: Gate, size: int, by: str) -> None:
    assert streamed(gate, f"[[say:a plain answer, ünïcode 😀]][[{by}:{size}]]") == "a plain answer, ünïcode 😀"


def test_pieces_go_on_as_they_come(gate: Gate) -> None:
    words = "these are plain words that flow along nicely without any number in them"
    before, started, times = gate.settled(), time.monotonic(), []
    for _ in chat(gate, f"[[say:{words}]][[pause:150]]", stream=True):
        times.append(time.monotonic() - started)
    assert times[0] < 0.5
    assert times[-1] - times[0] > 0.6
    assert len({round(moment, 1) for moment in times}) >= 5
    assert gate.events_after(before, 2)[-1]["kind"] == "call"


def test_stream_with_usage(gate: Gate) -> None:
    before = gate.settled()
    chunks = list(chat(gate, "[[usage:7,9]]", stream=True, stream_options={"include_usage": True}))
    assert chunks[-1].usage.total_tokens == 16
    events = gate.events_after(before, 2)
    assert [event["kind"] for event in events] == ["stream", "call"]
    assert events[-1]["tokens"] == {"input": 7, "output": 9}


@pytest.mark.parametrize("stream", [False, True])
def test_several_choices(gate: Gate, stream: bool) -> None:
    said = chat(gate, "[[say:twice]][[chunks:2]]", n=2, stream=stream)
    texts = ["", ""]
    for part in said if stream else [said]:
        for choice in part.choices:
            texts[choice.index] += (choice.delta.content or "") if stream else choice.message.content
    assert texts == ["twice", "twice"]


def test_tools(gate: Gate) -> None:
    said = chat(gate, '[[tool:send {"to": "you"}]]', tools=TOOLS)
    (call,) = said.choices[0].message.tool_calls
    assert (call.function.name, json.loads(call.function.arguments)) == ("send", {"to": "you"})


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_streamed_tools_get_the_values_again(gate: Gate, size: int) -> None:
    chunks = chat(gate, f'[[tool:send {{"to": "{MAIL}"}}]][[chunks:{size}]]', tools=TOOLS, stream=True)
    calls = [call for chunk in chunks for choice in chunk.choices for call in choice.delta.tool_calls or ()]
    assert json.loads("".join(call.function.arguments or "" for call in calls)) == {"to": MAIL}
    assert MAIL not in gate.demo.received[-1].body.decode()


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_people_are_pseudonyms_at_the_provider_and_come_back(gate: Gate, size: int) -> None:
    assert streamed(gate, f"write to {MAIL} today[[chunks:{size}]]").startswith(f"you said: write to {MAIL} today")
    assert MAIL not in gate.demo.received[-1].body.decode()


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_cards_are_hidden_in_answers(gate: Gate, size: int) -> None:
    said = streamed(gate, f"[[veiled:{veil(f'it is {CARD}, I think')}]][[chunks:{size}]]")
    assert CARD not in said
    assert said.startswith("it is ")
    assert said.endswith(", I think")


def test_images_are_for_those_who_may(gate: Gate) -> None:
    content = [{"type": "text", "text": "what is this?"}, {"type": "image_url", "image_url": {"url": PIXEL}}]
    assert chat(gate, content, "paul").choices[0].message.content == "you said: what is this?"
    with pytest.raises(openai.PermissionDeniedError) as caught:
        chat(gate, content)
    assert caught.value.code == "bartizan_denied"
    assert "no-images" in str(caught.value)


@pytest.mark.parametrize("stream", [False, True])
def test_a_refusal_is_the_clients_own_error(gate: Gate, stream: bool) -> None:
    before, seen = gate.settled(), gate.demo.requests
    with pytest.raises(openai.PermissionDeniedError) as caught:
        chat(gate, f"pay to {IBAN}", stream=stream)
    assert caught.value.code == "bartizan_denied"
    assert "no-bank-details" in str(caught.value)
    assert IBAN not in str(caught.value)
    assert gate.demo.requests == seen
    (event,) = gate.events_after(before)
    assert (event["kind"], event["decision"], event["rule"]) == ("refusal", "deny", "no-bank-details")
    assert [(one["type"], one["count"]) for one in event["findings"]] == [("iban-code", 1)], (
        "the analyst sees what it was"
    )
    assert event["resource"], "and of which model"
    assert "6238" not in json.dumps(event)


@pytest.mark.parametrize("size", [1, 6, 1000])
def test_a_stream_that_must_stop_raises_in_the_client(gate: Gate, size: int) -> None:
    words = "first some words that are fine, and then: "
    said = ""
    with pytest.raises(openai.APIError) as caught:  # noqa: PT012
        for chunk in chat(gate, f"[[veiled:{veil(words + IBAN + ' and more')}]][[chunks:{size}]]", stream=True):
            said += "".join(choice.delta.content or "" for choice in chunk.choices)
    assert caught.value.code == "bartizan_denied"
    assert "no-bank-details-out" in str(caught.value.message) + str(caught.value.body)
    assert "6238" not in said
    assert words.startswith(said)


def test_nobody_is_anonymous(gate: Gate) -> None:
    for key in ("sk-some-key-of-a-provider", "btz_" + "0" * 49):
        wrong = gate.closing(openai.OpenAI(base_url=f"{gate.root}/openai/v1", api_key=key, max_retries=0))
        with pytest.raises(openai.AuthenticationError):
            wrong.chat.completions.create(model="demo-large", messages=[{"role": "user", "content": "hello"}])


def test_who_has_no_policy_is_refused(gate: Gate) -> None:
    with pytest.raises(openai.PermissionDeniedError, match="no-policy-allows"):
        chat(gate, "hello", "nobody")


def test_a_used_up_budget(gate: Gate) -> None:
    for _ in range(2):
        chat(gate, "hello", "poor")
    with pytest.raises(openai.RateLimitError) as caught:
        chat(gate, "hello", "poor")
    assert int(caught.value.response.headers["retry-after"]) > 0
    assert "two-a-month" in str(caught.value)


@pytest.mark.parametrize("size", [1, 9, 1000])
def test_responses_stream(gate: Gate, size: int) -> None:
    prompt = f"[[veiled:{veil(f'it is {CARD}.')}]][[chunks:{size}]][[reason:because]]"
    events = list(client(gate).responses.create(model="demo-large", input=prompt, stream=True))
    said = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert said.startswith("it is ")
    assert said.endswith(".")
    assert CARD not in str(events)
    done = [event.text for event in events if event.type == "response.output_text.done"]
    last = events[-1]
    assert last.type == "response.completed"
    assert done == [said] == [last.response.output_text]
    assert [event.sequence_number for event in events] == list(range(len(events)))


def test_responses(gate: Gate) -> None:
    said = client(gate).responses.create(model="demo-large", input=f"to {MAIL}", store=False)
    assert said.output_text == f"you said: to {MAIL}"
    assert MAIL not in gate.demo.received[-1].body.decode()


def test_tools_of_the_provider_are_policy(gate: Gate) -> None:
    tools: Any = [{"type": "mcp", "server_label": "x", "server_url": "https://mcp.example.com"}]
    with pytest.raises(openai.PermissionDeniedError, match="no-provider-tools"):
        client(gate).responses.create(model="demo-large", input="hello", tools=tools)


def test_embeddings(gate: Gate) -> None:
    made = client(gate).embeddings.create(model="demo-embed", input=["some words", f"a card {CARD}"])
    assert [len(one.embedding) for one in made.data] == [8, 8]
    assert CARD not in gate.demo.received[-1].body.decode()
    with pytest.raises(openai.PermissionDeniedError):
        client(gate).embeddings.create(model="demo-embed", input=IBAN)


def test_models(gate: Gate) -> None:
    assert "demo-large" in [one.id for one in client(gate).models.list()]
    with pytest.raises(openai.PermissionDeniedError):
        client(gate, "nobody").models.list()


def test_errors_of_the_provider_are_the_clients_own(gate: Gate) -> None:
    with pytest.raises(openai.InternalServerError):
        chat(gate, "[[status:503]]")
    with pytest.raises(openai.RateLimitError):
        chat(gate, "[[status:429]]")
    with pytest.raises(openai.BadRequestError) as caught:
        chat(gate, f"[[status:400]][[veiled:{veil(f'bad card {CARD}')}]]")
    assert CARD not in str(caught.value)


def azure(gate: Gate, user: str = "anna") -> openai.AzureOpenAI:
    return gate.closing(
        openai.AzureOpenAI(
            azure_endpoint=f"{gate.root}/azure", api_key=gate.keys[user], api_version="2024-10-21", max_retries=0
        )
    )


@pytest.mark.parametrize("stream", [False, True])
def test_azure(gate: Gate, stream: bool) -> None:
    content = f"write to {MAIL}[[chunks:2]]"
    said = azure(gate).chat.completions.create(
        model="demo-large", messages=[{"role": "user", "content": content}], stream=stream
    )
    if isinstance(said, openai.Stream):
        text = "".join(choice.delta.content or "" for chunk in said for choice in chunk.choices)
    else:
        text = said.choices[0].message.content or ""
    assert text.startswith(f"you said: write to {MAIL}")
    last = gate.demo.received[-1]
    assert last.target == "/azure/openai/deployments/demo-large/chat/completions?api-version=2024-10-21"
    assert last.header("api-key") == PROVIDER_KEY
    assert MAIL not in last.body.decode()


def test_azure_refuses_in_its_own_way(gate: Gate) -> None:
    with pytest.raises(openai.PermissionDeniedError) as caught:
        azure(gate).chat.completions.create(model="demo-large", messages=[{"role": "user", "content": IBAN}])
    assert caught.value.code == "bartizan_denied"
    assert len(azure(gate).embeddings.create(model="demo-embed", input="words").data) == 1


async def _many(gate: Gate, count: int) -> list[str]:
    import asyncio

    one = openai.AsyncOpenAI(base_url=f"{gate.root}/openai/v1", api_key=gate.keys["anna"], max_retries=0)

    async def ask(number: int) -> str:
        text = f"[[say:answer {number} to person{number}@example.ch]][[chunks:3]]"
        stream = await one.chat.completions.create(
            model="demo-large", messages=[{"role": "user", "content": text}], stream=True
        )
        return "".join([choice.delta.content or "" async for chunk in stream for choice in chunk.choices])

    async with one:
        return list(await asyncio.gather(*map(ask, range(count))))


def test_answers_are_never_crossed(gate: Gate) -> None:
    import asyncio

    said = asyncio.run(_many(gate, 60))
    assert said == [f"answer {number} to person{number}@example.ch" for number in range(60)]
