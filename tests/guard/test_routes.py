"""Only paths that are understood are served; a path that could be read in two ways is nobody's."""

from __future__ import annotations

import pytest

from bartizan.guard.routes import door_of, route, unserved


@pytest.mark.parametrize(
    ("path", "format", "model"),
    [
        ("/openai/v1/chat/completions", "openai-chat", ""),
        ("/openai/v1/responses", "openai-responses", ""),
        ("/openai/v1/responses/input_tokens", "openai-count", ""),
        ("/openai/v1/embeddings", "openai-embeddings", ""),
        ("/anthropic/v1/messages", "anthropic-messages", ""),
        ("/anthropic/v1/messages/count_tokens", "anthropic-count", ""),
        ("/gemini/v1beta/models/g-2.5:generateContent", "gemini-generate", "g-2.5"),
        ("/gemini/v1/tunedModels/mine:countTokens", "gemini-count", "mine"),
        ("/gemini/v1beta/models/e:batchEmbedContents", "gemini-embed", "e"),
        ("/azure/openai/deployments/gpt/chat/completions", "openai-chat", "gpt"),
        ("/azure/openai/deployments/emb/embeddings", "openai-embeddings", "emb"),
        ("/azure/openai/responses", "openai-responses", ""),
        ("/azure/openai/v1/chat/completions", "openai-chat", ""),
    ],
)
def test_a_path_says_the_format_and_perhaps_the_model(path: str, format: str, model: str) -> None:
    found = route("POST", path)
    assert found is not None
    assert found.format is not None
    assert (found.format.id, found.model, found.streams) == (format, model, False)
    assert found.action == found.format.action
    assert path.endswith(found.path)
    assert route("GET", path) is None
    assert route("PUT", path) is None


def test_a_path_may_ask_for_pieces() -> None:
    found = route("POST", "/gemini/v1beta/models/g:streamGenerateContent")
    assert found is not None
    assert found.streams


@pytest.mark.parametrize(
    "path",
    ["/openai/v1/models", "/openai/v1/models/gpt", "/anthropic/v1/models", "/gemini/v1beta/models",
     "/azure/openai/models", "/openai/v1/models/ft:gpt:corp::x1"],
)  # fmt: skip
def test_models_are_listed_without_a_body(path: str) -> None:
    found = route("GET", path)
    assert found is not None
    assert (found.format, found.action) == (None, "list-models")
    assert route("POST", path) is None


@pytest.mark.parametrize(
    "path",
    [
        "/", "/openai", "/openai/", "/openai/v1/files", "/openai/v1/chat/completions/", "/other/v1/messages",
        "/openai/v1//chat/completions", "/openai/v1/chat%2fcompletions", "/openai/v1/../v1/responses",
        "/openai/v1/chat\\completions", "/openai/v1/.hidden", "/gemini/v1beta/models/g:deleteEverything",
        "/gemini/v1beta/models/g:generateContent\n", "/azure/openai/deployments/gpt/files",
        "/azure/openai/deployments/gpt/embeddings\n", "/azure/openai/v1/files", "/openai/v1/models/a/b",
    ],
)  # fmt: skip
def test_other_paths_are_not_served(path: str) -> None:
    assert route("POST", path) is None
    assert route("GET", path) is None


def test_a_door_is_the_beginning_of_a_path() -> None:
    assert door_of("/openai/v1/x") == ("openai", "/x")
    assert door_of("/openai/v10/x") is None


def test_what_is_not_served_is_refused_at_its_door() -> None:
    found = unserved("/gemini/v1beta/files")
    assert found is not None
    assert (found.door, found.format) == ("gemini", None)
    assert unserved("/other/v1") is None
