"""What findings show: names stay readable, secrets and hidden characters don't."""

from __future__ import annotations

import pytest

from bartizan.scan.artefacts.evidence import shown

NAMES = [
    "sentence-transformers/all-MiniLM-L6-v2",
    "TinyLlama/TinyLlama-1.1B-Chat-v1.0",
    "numpy.core.multiarray._reconstruct",
    "torch._utils._rebuild_tensor_v2(…)",
    "npx -y @modelcontextprotocol/server-filesystem@2025.8.21",
    "model-00001-of-00080.safetensors",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_stay(name: str) -> None:
    assert shown(name) == name


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("key ABCD1234efgh5678IJKL9012", "5678"),
        ("Authorization: Bearer abc.def.ghi", "def"),
        ('"api_key": "short1"', "short1"),
        ("https://user:hunter22@host/path", "hunter22"),
        ("mail to jane.doe@example.org", "jane.doe"),
        ("wJa+rXU/nFE3K7M/bPx+RfC2/Y9z8Q7w6E5r", "K7M"),
    ],
)
def test_secrets_and_persons_are_masked(text: str, gone: str) -> None:
    assert gone not in shown(text)


def test_what_is_hidden_is_shown_as_its_number_and_long_text_is_cut() -> None:
    assert shown("a\u200bb\U000e0041\nc\x1b[1m") == "a\\u{200b}b\\u{e0041}⏎c\\u{1b}[1m"
    assert len(shown("words and " * 100)) == 200
