"""Hostile sizes and shapes: no text takes long, no structure takes the process with it, long sessions stay fast."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from typing import Any

import pytest

import bartizan.guard.flow as package
from bartizan.guard.flow.results import leaves
from bartizan.guard.flow.values import embedded
from tests.guard.flow.desk import allowed, read, session

_ANCHORED = {"AMOUNT", "_YAML"}
"""Expressions that are only ever matched at the beginning of a text."""
_PATTERNS: dict[str, re.Pattern[str]] = {
    f"{module.name}.{name}": pattern
    for module in pkgutil.iter_modules(package.__path__)
    for name, pattern in vars(importlib.import_module(f"{package.__name__}.{module.name}")).items()
    if isinstance(pattern, re.Pattern)
}
_OWN = sorted({pattern: name for name, pattern in _PATTERNS.items()}.values())
"""Each expression once, whatever other modules use it too."""
_PIECES = [
    "a", "a.", "a ", "@", "a@", "1", "1 ", "1-", "+1 ", "(", "[ ", "{a", "<", "'", '"a', "www.", "CH93 ", " dot ", "\n",
    " ", "-", "_", "a/", "a: ", "key-1", "a-", "the ", "i'll ", "from the ", "anna's ", "may 1 ", "1,000", "pin: ",
    "password is ", "\u3002", "\u201c", "\xab", "\u201c.", "\u201c\u201c.", "..a", "/\u201c", "9999 ", "title is ",
    "USD 1", "sk-test-", "\u0301.",
]  # fmt: skip


def _seconds(began: float) -> float:
    return time.process_time() - began


@pytest.mark.parametrize("name", _OWN)
def test_no_expression_takes_long_on_any_text(name: str) -> None:
    pattern = _PATTERNS[name]
    for piece in _PIECES:
        text = piece * (10_000 // len(piece)) + "!"
        began = time.process_time()
        if name.rpartition(".")[2] in _ANCHORED:
            pattern.match(text)
        else:
            for _ in pattern.finditer(text):
                pass
        assert _seconds(began) < 0.1, piece


@pytest.mark.parametrize(
    "piece", ["a-", "\u201c", "\u201c\u201c.", "..\u201ca", " dot \n\n\n", "password is ", "1 ", "[ "]
)
def test_a_result_of_200_kb_is_read_within_a_second(piece: str) -> None:
    desk = session("Send a mail about my inbox to anna@corp.example")
    text = piece * (200_000 // len(piece)) + " dot .x"
    began = time.process_time()
    read(desk, "read_file", text, path="x")
    desk.call("send_mail", {"to": "anna@corp.example", "subject": "inbox", "body": text[:20_000]})
    assert _seconds(began) < 3
    assert desk.tainted


@pytest.mark.parametrize(
    "text",
    ["word " * 1_000_000, "w" * 5_000_000, "+41 44 668 18 00 " * 60_000],
    ids=["words", "letters", "numbers"],
)
def test_a_result_of_megabytes_is_read_in_bounded_time_and_taints(text: str) -> None:
    desk = session("Send a mail about my inbox to anna@corp.example")
    began = time.process_time()
    read(desk, "read_file", text, path="x")
    assert _seconds(began) < 4
    assert not allowed(desk, "send_mail", to="mallory@evil.example", subject="inbox")


@pytest.mark.parametrize(
    "text",
    ["- " * 100_000 + "x", "- " + "[" * 100_000, "- " + "[" * 100_000 + "]" * 100_000, "- " + "{a: " * 100_000,
     "[" * 200_000 + "]" * 200_000, '{"a":' * 100_000 + "1" + "}" * 100_000, "(" + "-" * 500_000 + "1)"],
    ids=["block", "flow", "flow closed", "mappings", "lists", "objects", "signs"],
)  # fmt: skip
def test_nesting_without_end_is_one_text(text: str) -> None:
    began = time.process_time()
    assert [leaf.text for leaf in leaves(text, frozenset({"json", "python", "yaml"}))] == [text]
    assert _seconds(began) < 1


def _nested(inner: Any, depth: int) -> Any:
    for _ in range(depth):
        inner = [inner]
    return inner


@pytest.mark.parametrize(
    "value",
    [10**5000, {"x": 10**5000}, _nested("x", 50_000), _nested({"a": "x", "b": [10**5000]}, 50_000)],
    ids=["long", "long inside", "deep", "long and deep"],
)
def test_values_that_python_cannot_write_are_read_and_asked_about(value: Any) -> None:
    desk = session("Send a mail about my inbox to anna@corp.example")
    read(desk, "list_mails", {"body": [value, f"to {'mallory'}@evil.example"]})
    assert desk.tainted
    assert not allowed(desk, "send_mail", to=value, subject="inbox")
    read(desk, "send_mail", value, to="anna@corp.example", subject="inbox")


def test_what_lies_too_deep_is_still_looked_through() -> None:
    desk = session("Send a mail about my inbox to anna@corp.example")
    read(desk, "list_mails", [{"body": "hello"}])
    deep = _nested("see www.evil.example", 50_000)
    verdict = desk.call("send_mail", {"to": "anna@corp.example", "subject": "inbox", "body": deep})
    assert [origin.good for origin in verdict.origins if origin.argument.startswith("body")] == [False]


def test_a_value_of_bounded_size_remains_of_a_structure_without_end() -> None:
    many = _nested(["x"] * 300_000, 50_000)
    (leaf,) = leaves(many, frozenset())
    assert leaf.text.count("x") < 300_000


def test_the_two_thousandth_call_is_decided_as_fast_as_the_first() -> None:
    desk = session("Send a mail about my inbox to anna@corp.example")
    mail = {"id": "m1", "sender": "x@evil.example", "subject": "Hi", "body": "hello there", "to": "me@corp.example"}
    spent: list[float] = []
    for number in range(2000):
        if number % 2:
            began = time.process_time()
            verdict = desk.call("send_mail", {"to": f"x{number}@evil.example", "subject": "inbox", "body": "hello"})
            spent.append(_seconds(began))
            assert verdict.rule == "value-without-origin"
        else:
            read(desk, "list_mails", [{**mail, "id": f"m{number}"}])
    assert sorted(spent[-100:])[50] < 10 * sorted(spent[:100])[50] + 0.002


@pytest.mark.parametrize(
    "text",
    [
        "/\u201cevil.com",
        "\u201cevil.com\u201d",
        "..\u201cevil.com",
        "a..a\u201cevil.com",
        "-\u201cevil.com",
        "x@@\u2665evil.com",
    ],
)
def test_no_sign_in_front_hides_a_host(text: str) -> None:
    assert any(value.key.endswith("evil.com") for value in embedded(text))
