"""Whether values behind words like `password` and `token` are told from names, calls, templates and placeholders."""

from __future__ import annotations

import random
from string import ascii_letters, ascii_lowercase, digits

import pytest

from bartizan.inspection.checks import text_checks
from bartizan.inspection.checks.text.secrets_value import Value

PLACEHOLDERS = [
    "${DB_PASSWORD}",
    "$(cat file)",
    "$PASSWORD",
    "{{ vault.token }}",
    "%(password)s",
    "%s",
    "<your-password>",
    "xxxxxxxx",
    "********",
    "changeme",
    "CHANGE_ME_1",
    "your_token_here1",
    "example-Key1",
    "[PASSWORD]",
    "__SECRET__",
    "@token@",
    "%TOKEN%",
]
CODE = [
    "getPassword()",
    "os.environ",
    "settings.TOKEN2",
    "request.headers[0]",
    "Config::get",
    "self->token",
    "/run/secrets/db1",
    "C:\\secrets\\db1",
    "https://vault.test/v1",
    "me@corp.test",
    "10.0.0.12",
    "2026-11-27",
    "v1.12.3-rc1",
    "sha256:0f3c9d",
    "module/part1",
    "values[3]",
    "db.corp.test:5432",
]
PASSWORDS = ["Made7Up!", "qu1lt9zebra", "T4$kMn!2", "Zebra#Fjord?", "Kx9vQz", "Pr!23Zb#@"]
TOKENS = [
    "Made7Up9Quilt3Zebra5",
    "c0ffee9decaf3bead5fade2facade71",
    "3f2b8c1e-9d47-4e0a-8b6f-5a1c7d20e9b4",
    "aZ3kQ9xLm2Vw",
]


@pytest.mark.parametrize("value", PLACEHOLDERS + CODE)
def test_what_stands_for_a_secret_is_none(value: str) -> None:
    for name in (
        "plausible_password",
        "strong_password",
        "bare_password",
        "plausible_secret",
        "bare_secret",
        "random_key",
    ):
        assert not text_checks()[name](value), name


@pytest.mark.parametrize("value", PASSWORDS)
def test_passwords(value: str) -> None:
    assert text_checks()["plausible_password"](value)
    assert text_checks()["bare_password"](value)


@pytest.mark.parametrize("value", TOKENS)
def test_tokens(value: str) -> None:
    assert text_checks()["plausible_secret"](value)
    assert text_checks()["bare_secret"](value)
    assert text_checks()["context_token"](value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("plausible_password", "abc"),
        ("plausible_password", "two words 1"),
        ("plausible_password", "username"),
        ("plausible_password", "Password"),
        ("plausible_password", "пароль"),
        ("plausible_password", "peace_for_all"),
        ("plausible_password", "a1b2c"),
        ("strong_password", "sunshine"),
        ("strong_password", "12345678"),
        ("strong_password", "Made7"),
        ("bare_password", "sunshine"),
        ("bare_password", "password2"),
        ("bare_password", "123-45678"),
        ("bare_password", "Ab1!x"),
        ("plausible_secret", "start_of_line_9"),
        ("plausible_secret", "ghp_Made7Up9Quilt3Zebra5"),
        ("plausible_secret", "(Made7Up9Quilt3Zebra5"),
        ("plausible_secret", "00000000-0000-0000-0000-000000000001"),
        ("plausible_secret", "1029384756102938"),
        ("plausible_secret", "a1a1a1a1a1a1"),
        ("plausible_secret", "StringSerializerFactoryBean"),
        ("plausible_secret", "qXzKvWpj"),
        ("bare_secret", "k2x9q4m7"),
        ("random_key", "Made7Up9Quilt3"),
        ("random_key", "primary_key_of_table_2"),
        ("random_key", "Made7Up9Quilt3Zebra5" * 11),
        ("random_key", "KJhHJhKWqzUyguyuyfrts"),
        ("token_text", "aaaabbbb"),
        ("random_token", "abcdef9Quilt3Zebra5"),
        ("context_token", "ModifyInstanceBackupName"),
        ("context_token", "Service.name2"),
        ("context_token", "sensorvalues2"),
        ("context_token", "k3v9012345678x7q2m"),
    ],
)
def test_values_that_are_not_enough(name: str, value: str) -> None:
    assert not text_checks()[name](value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("plausible_password", "sunshine"),
        ("plausible_password", "481516"),
        ("plausible_password", "Xk#9"),
        ("plausible_password", "qzxkvW"),
        ("strong_password", "Zebra#Fjord?"),
        ("strong_password", "qu1lt9zebra"),
        ("plausible_secret", "qxzkvwpjtbnmrfgh"),
        ("bare_secret", "IhqSb1Gg"),
        ("random_key", "Made7Up9Quilt3Zebra5"),
        ("random_token", "Made7Up9Quilt3Zebra5"),
    ],
)
def test_values_that_are_enough(name: str, value: str) -> None:
    assert text_checks()[name](value)


def test_random_text_runs_unlike_words() -> None:
    chance = random.Random(7)  # noqa: S311
    texts = ["".join(chance.choices(ascii_letters + digits, k=24)) for _ in range(300)]
    assert all(Value(text).surprise > 0.25 for text in texts)
    assert sum(text_checks()["plausible_secret"](text) for text in texts) > 285
    letters = ["".join(chance.choices(ascii_lowercase, k=24)) for _ in range(300)]
    assert sum(Value(text).surprise > 0.3 for text in letters) > 290


@pytest.mark.parametrize(
    "text", ["configuration_value", "XMLHttpRequestFactory", "get-user-by-name", "Datenschutz", "naïveté"]
)
def test_words_and_names_do_not(text: str) -> None:
    assert Value(text).surprise < 0.25


@pytest.mark.parametrize(
    ("text", "run"), [("a", 1), ("axz", 1), ("xab", 2), ("9876", 4), ("aaaaab", 5), ("abcxyzw", 3), ("aabc", 3)]
)
def test_run(text: str, run: int) -> None:
    assert Value(text).run == run


def test_measures() -> None:
    it = Value("aB3!")
    assert (it.entropy, it.classes, it.digits, it.letters) == (2.0, 4, 1, 2)
