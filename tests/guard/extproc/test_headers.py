"""Headers that could carry a text or a credential stay behind."""

from __future__ import annotations

from bartizan.guard.extproc.headers import answer_headers_to_remove, request_headers_to_remove


def test_only_what_http_needs_and_known_words_go_to_a_provider() -> None:
    said = [
        (":path", "/x"), ("host", "h"), ("content-type", "application/json"), ("x-envoy-attempt-count", "1"),
        ("authorization", "a"), ("api-key", "b"), ("cookie", "c"), ("x-note", "anna"), ("x-note", "paul"),
        ("anthropic-version", "2023-06-01"), ("anthropic-beta", "a note: call anna"), ("user-agent", "u"),
        ("x-bartizan-upstream", "other"), ("x-forwarded-for", "10.0.0.7"),
    ]  # fmt: skip
    assert request_headers_to_remove(said, []) == (
        "authorization", "api-key", "cookie", "x-note", "anthropic-beta", "user-agent", "x-bartizan-upstream",
        "x-forwarded-for",
    )  # fmt: skip


def test_an_operator_lets_more_through_but_no_credential() -> None:
    said = [("x-team", "a"), ("authorization", "b"), ("x-bartizan-upstream", "c"), ("cookie", "d")]
    more = ["x-team", "authorization", "x-bartizan-upstream", "cookie"]
    assert request_headers_to_remove(said, more) == ("authorization", "x-bartizan-upstream", "cookie")


def test_little_comes_back_beside_the_answer() -> None:
    said = [
        (":status", "200"),
        ("content-type", "a"),
        ("set-cookie", "b"),
        ("openai-organization", "c"),
        ("retry-after", "1"),
        ("x-ratelimit-remaining-requests", "3"),
        ("x-ratelimit-limit-tokens", "anna@example.ch"),
    ]
    assert answer_headers_to_remove(said) == ("set-cookie", "openai-organization", "x-ratelimit-limit-tokens")
