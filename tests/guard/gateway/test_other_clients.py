"""The official clients of Anthropic and Google against the gateway, unchanged."""

from __future__ import annotations

from typing import Any

import anthropic
import pytest
from google import genai
from google.genai import errors, types

from bartizan.guard.gateway.demo import veil
from tests.guard.gateway.running import PROVIDER_KEY, Gate
from tests.guard.gateway.test_openai_client import CARD, IBAN, MAIL

pytestmark = pytest.mark.enable_socket

SIZES = pytest.mark.parametrize("size", [1, 6, 1000])


def claude(gate: Gate, user: str = "anna") -> anthropic.Anthropic:
    return gate.closing(anthropic.Anthropic(base_url=f"{gate.root}/anthropic", api_key=gate.keys[user], max_retries=0))


def ask(gate: Gate, content: Any, user: str = "anna", **more: Any) -> Any:
    messages: Any = [{"role": "user", "content": content}]
    return claude(gate, user).messages.create(model="demo-large", max_tokens=100, messages=messages, **more)


def test_messages(gate: Gate) -> None:
    said = ask(gate, f"write to {MAIL}", system="be kind")
    assert said.content[0].text == f"you said: write to {MAIL}"
    last = gate.demo.received[-1]
    assert last.header("x-api-key") == PROVIDER_KEY
    assert last.header("anthropic-version")
    assert gate.keys["anna"] not in str(last)
    assert MAIL not in last.body.decode()


@SIZES
def test_messages_stream(gate: Gate, size: int) -> None:
    prompt = f"[[veiled:{veil(f'it is {CARD}.')}]][[veiled-reason:{veil(f'a {CARD}')}]][[chunks:{size}]]"
    with claude(gate).messages.stream(
        model="demo-large", max_tokens=100, messages=[{"role": "user", "content": prompt}]
    ) as stream:
        said = "".join(stream.text_stream)
        last = stream.get_final_message()
    assert said.startswith("it is ")
    assert said.endswith(".")
    assert CARD not in str(last)
    assert last.usage.output_tokens > 0


@SIZES
def test_messages_tools(gate: Gate, size: int) -> None:
    tools: Any = [{"name": "send", "description": "Sends.", "input_schema": {"type": "object"}}]
    with claude(gate).messages.stream(
        model="demo-large",
        max_tokens=100,
        tools=tools,
        messages=[{"role": "user", "content": f'[[tool:send {{"to": "{MAIL}"}}]][[chunks:{size}]]'}],
    ) as stream:
        last = stream.get_final_message()
    (call,) = [block for block in last.content if block.type == "tool_use"]
    assert (call.name, call.input) == ("send", {"to": MAIL})
    assert MAIL not in gate.demo.received[-1].body.decode()


def test_messages_images(gate: Gate) -> None:
    source = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
    content = [{"type": "text", "text": "look"}, {"type": "image", "source": source}]
    assert ask(gate, content, "paul").content[0].text == "you said: look"
    with pytest.raises(anthropic.PermissionDeniedError, match="no-images"):
        ask(gate, content)


def test_messages_refused(gate: Gate) -> None:
    with pytest.raises(anthropic.PermissionDeniedError) as caught:
        ask(gate, f"pay to {IBAN}")
    assert "bartizan_denied" in str(caught.value.body)
    assert "no-bank-details" in str(caught.value)
    wrong = gate.closing(anthropic.Anthropic(base_url=f"{gate.root}/anthropic", api_key="sk-ant-x", max_retries=0))
    with pytest.raises(anthropic.AuthenticationError):
        wrong.messages.create(model="demo-large", max_tokens=1, messages=[{"role": "user", "content": "x"}])


@SIZES
def test_messages_stopped(gate: Gate, size: int) -> None:
    words = "some words that are fine, then: "
    said = ""
    events = ask(gate, f"[[veiled:{veil(words + IBAN)}]][[chunks:{size}]]", stream=True)
    with pytest.raises(anthropic.APIStatusError) as caught:  # noqa: PT012
        for event in events:
            if event.type == "content_block_delta":
                said += event.delta.text
    assert "no-bank-details-out" in str(caught.value)
    assert words.startswith(said)


def test_count_tokens(gate: Gate) -> None:
    made = claude(gate).messages.count_tokens(model="demo-large", messages=[{"role": "user", "content": "hello"}])
    assert made.input_tokens > 0
    with pytest.raises(anthropic.PermissionDeniedError):
        claude(gate).messages.count_tokens(model="demo-large", messages=[{"role": "user", "content": IBAN}])


def test_anthropic_models(gate: Gate) -> None:
    assert [one.id for one in claude(gate).models.list()] == ["demo-large"]


@pytest.fixture
def gemini(gate: Gate) -> genai.Client:
    options = types.HttpOptions(base_url=f"{gate.root}/gemini")
    return gate.closing(genai.Client(api_key=gate.keys["anna"], http_options=options))


def test_generate(gate: Gate, gemini: genai.Client) -> None:
    said = gemini.models.generate_content(model="demo-large", contents=f"write to {MAIL}")
    assert said.text == f"you said: write to {MAIL}"
    last = gate.demo.received[-1]
    assert last.header("x-goog-api-key") == PROVIDER_KEY
    assert gate.keys["anna"] not in str(last)
    assert MAIL not in last.body.decode()


@SIZES
def test_generate_stream(gemini: genai.Client, size: int) -> None:
    prompt = f"[[veiled:{veil(f'it is {CARD}.')}]][[chunks:{size}]]"
    made = gemini.models.generate_content_stream(model="demo-large", contents=prompt)
    said = "".join(one.text or "" for one in made)
    assert said.startswith("it is ")
    assert said.endswith(".")
    assert CARD not in said


def test_generate_with_functions(gemini: genai.Client) -> None:
    function = types.FunctionDeclaration(name="send", description="Sends.", parameters_json_schema={"type": "object"})
    config = types.GenerateContentConfig(tools=[types.Tool(function_declarations=[function])])
    prompt = f'[[tool:send {{"to": "{MAIL}"}}]]'
    said = gemini.models.generate_content(model="demo-large", contents=prompt, config=config)
    assert said.function_calls is not None
    assert (said.function_calls[0].name, said.function_calls[0].args) == ("send", {"to": MAIL})


def test_generate_refused(gemini: genai.Client) -> None:
    with pytest.raises(errors.ClientError) as caught:
        gemini.models.generate_content(model="demo-large", contents=f"pay to {IBAN}")
    assert (caught.value.code, caught.value.status) == (403, "PERMISSION_DENIED")
    assert "bartizan_denied" in str(caught.value.details)
    assert "no-bank-details" in str(caught.value)


@SIZES
def test_generate_stopped(gemini: genai.Client, size: int) -> None:
    words = "some words that are fine, then: "
    said = ""
    prompt = f"[[veiled:{veil(words + IBAN)}]][[chunks:{size}]]"
    with pytest.raises(errors.APIError) as caught:  # noqa: PT012
        for one in gemini.models.generate_content_stream(model="demo-large", contents=prompt):
            said += one.text or ""
    assert "no-bank-details-out" in str(caught.value)
    assert words.startswith(said)


def test_embed_and_count(gate: Gate, gemini: genai.Client) -> None:
    made = gemini.models.embed_content(model="demo-embed", contents=f"a card {CARD}")
    assert made.embeddings
    assert CARD not in gate.demo.received[-1].body.decode()
    counted = gemini.models.count_tokens(model="demo-large", contents="hello")
    assert (counted.total_tokens or 0) > 0
    with pytest.raises(errors.ClientError):
        gemini.models.embed_content(model="demo-embed", contents=IBAN)
