"""Secrets by their form and by the names that they stand under. The values are made up here."""

from __future__ import annotations

import pytest

from bartizan.scan.texts.command_words import SECRET_FILE
from bartizan.scan.texts.secrets import SECRET_KEY, is_secret, suspected_secrets, suspects_secrets

KEY = "AKIA" + "QZ4TR7WXN2LMK8PD"


def test_a_secret_by_its_form() -> None:
    assert suspects_secrets(f"key = {KEY}")
    assert suspected_secrets(f"key = {KEY}") != []


@pytest.mark.parametrize("text", ["key = AKIA" + "IOSFODNN7EXAMPLE", "nothing", "sk-your-placeholder-goes-here"])
def test_what_only_stands_for_one(text: str) -> None:
    assert suspected_secrets(text) == []


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("API_KEY", "q8Zr2LmX0pWd", True),
        ("API_KEY", "${API_KEY}", False),
        ("API_KEY", "your-key-here", False),
        ("API_KEY_FILE", "q8Zr2LmX0pWd", False),
        ("REGION", "eu-central-1", False),
    ],
)
def test_a_secret_by_its_name(name: str, value: str, secret: bool) -> None:
    assert is_secret(name, value) == secret


@pytest.mark.parametrize(
    ("name", "secret"),
    [("HF_TOKEN", True), ("OPENAI_API_KEY", True), ("GITHUB_PAT", True), ("DB_PASSWORD", True),
     ("TOKENIZERS_PARALLELISM", False), ("PATH", False), ("KEYBOARD", False)],
)  # fmt: skip
def test_variables_that_programs_keep_secrets_in(name: str, secret: bool) -> None:
    assert bool(SECRET_KEY.search(name)) == secret


@pytest.mark.parametrize(
    ("place", "secret"),
    [("~/.ssh/id_rsa", True), ("?/.aws/credentials", True), ("C:\\Users\\x\\.docker\\config.json", True),
     (".env", True), ("/app/.env.staging", True), ("~/.cache/huggingface/token", True), ("/proc/self/environ", True),
     (".env.example", False), ("environment.yml", False), ("tokens.py", False), ("huggingface/tokenizer", False)],
)  # fmt: skip
def test_places_of_secrets(place: str, secret: bool) -> None:
    assert bool(SECRET_FILE.search(place)) == secret
