"""The official clients' own paths lead to the formats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from openai import AzureOpenAI, OpenAI

from bartizan.guard.routes import Route, route


def asked(call: Callable[[Any], object], make: Callable[[httpx2.Client], OpenAI]) -> Route | None:
    seen: list[httpx2.Request] = []

    def give(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json={"data": [], "object": "list", "output": [], "choices": []})

    call(make(httpx2.Client(transport=httpx2.MockTransport(give))))
    return route(seen[0].method, seen[0].url.path)


def plain(http: httpx2.Client) -> OpenAI:
    return OpenAI(api_key="k", base_url="http://gateway.test/openai/v1", http_client=http)


def azure(http: httpx2.Client) -> OpenAI:
    return AzureOpenAI(
        api_key="k", api_version="2025-04-01-preview", azure_endpoint="http://gateway.test/azure", http_client=http
    )


def deployed(http: httpx2.Client) -> OpenAI:
    return AzureOpenAI(
        api_key="k",
        api_version="2025-04-01-preview",
        azure_endpoint="http://gateway.test/azure",
        azure_deployment="d-1",
        http_client=http,
    )


def newer(http: httpx2.Client) -> OpenAI:
    return OpenAI(api_key="k", base_url="http://gateway.test/azure/openai/v1", http_client=http)


def chat(client: OpenAI) -> object:
    return client.chat.completions.create(model="m-1", messages=[])


def respond(client: OpenAI) -> object:
    return client.responses.create(model="m-1", input="x")


def embed(client: OpenAI) -> object:
    return client.embeddings.create(model="m-1", input="x", encoding_format="float")


@pytest.mark.parametrize(
    ("make", "call", "door", "format", "model"),
    [
        (plain, chat, "openai", "openai-chat", ""),
        (plain, respond, "openai", "openai-responses", ""),
        (plain, embed, "openai", "openai-embeddings", ""),
        (azure, chat, "azure", "openai-chat", "m-1"),
        (azure, respond, "azure", "openai-responses", ""),
        (azure, embed, "azure", "openai-embeddings", "m-1"),
        (deployed, chat, "azure", "openai-chat", "d-1"),
        (deployed, respond, "azure", "openai-responses", ""),
        (newer, chat, "azure", "openai-chat", ""),
        (newer, respond, "azure", "openai-responses", ""),
        (newer, embed, "azure", "openai-embeddings", ""),
    ],
)
def test_a_call_of_the_client_is_of_its_format(make: Any, call: Any, door: str, format: str, model: str) -> None:
    found = asked(call, make)
    assert found is not None
    assert found.format is not None
    assert (found.door, found.format.id, found.model) == (door, format, model)


@pytest.mark.parametrize("make", [plain, azure, newer])
def test_the_list_of_models_can_be_read(make: Any) -> None:
    found = asked(lambda client: list(client.models.list()), make)
    assert found is not None
    assert (found.format, found.action) == (None, "list-models")


def test_what_is_not_served_leads_nowhere() -> None:
    assert asked(lambda client: client.completions.create(model="m", prompt="x"), plain) is None
    assert asked(lambda client: client.responses.retrieve("resp_1"), plain) is None
    assert asked(lambda client: client.responses.compact(model="m"), plain) is None
