from __future__ import annotations

import pytest

from bartizan.console.identity.origin import hosts_of, refusal

HERE = hosts_of("https://ai.example.com")
LOCAL = hosts_of("http://127.0.0.1:8300")


def _asked(method: str, host: str = "ai.example.com", **headers: str) -> int:
    said = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    refused = refusal(method, said, LOCAL if ":8300" in host else HERE)
    return refused[0] if refused else 200


@pytest.mark.parametrize("host", ["ai.example.com", "AI.example.com", "ai.example.com:443"])
def test_the_console_answers_under_its_own_name(host: str) -> None:
    assert _asked("GET", host) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "ai.example.com.evil.example", "ai.example.com:80", "203.0.113.9", ""]
)
def test_it_does_not_answer_under_another_name(host: str) -> None:
    assert _asked("GET", host) == 421


@pytest.mark.parametrize("host", ["127.0.0.1:8300", "localhost:8300", "[::1]:8300"])
def test_this_machine_has_three_names(host: str) -> None:
    assert _asked("GET", host) == 200
    assert _asked("POST", host, origin=f"http://{host}") == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_changes_something_comes_from_our_own_pages(method: str) -> None:
    assert _asked(method, sec_fetch_site="same-origin") == 200
    assert _asked(method, sec_fetch_site="none") == 200
    assert _asked(method, sec_fetch_site="cross-site", origin="https://ai.example.com") == 403
    assert _asked(method, sec_fetch_site="same-site") == 403
    assert _asked(method, sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="document") == 403


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://evil.example",
        "http://ai.example.com",
        "https://ai.example.com.evil.example",
        "https://ai.example.com:8443",
    ],
)
def test_an_old_browser_has_to_say_which_page_sent_the_form(origin: str) -> None:
    assert _asked("POST", origin="https://ai.example.com") == 200
    assert _asked("POST", origin=origin) == 403
    assert _asked("POST") == 403


def test_two_names_of_this_machine_are_two_origins() -> None:
    assert _asked("POST", "127.0.0.1:8300", origin="http://localhost:8300") == 403


def test_a_program_with_a_token_needs_no_page_unless_it_comes_with_a_cookie() -> None:
    assert _asked("PUT", authorization="Bearer bzt_x") == 200
    assert _asked("PUT", authorization="bearer bzt_x", cookie="language=de") == 200
    assert _asked("PUT", authorization="Bearer bzt_x", cookie="a=b; bartizan=1") == 403
    assert _asked("PUT", authorization="Bearer bzt_x", cookie="__Host-bartizan=1") == 403
    assert _asked("PUT", authorization="Basic eDp5") == 403


def test_other_sites_may_lead_here_and_take_nothing_in() -> None:
    assert _asked("GET", sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="document") == 200
    assert _asked("GET", sec_fetch_site="cross-site", sec_fetch_mode="navigate", sec_fetch_dest="iframe") == 403
    assert _asked("GET", sec_fetch_site="cross-site", sec_fetch_mode="no-cors", sec_fetch_dest="image") == 403
    assert _asked("GET", sec_fetch_site="same-site", sec_fetch_mode="cors", sec_fetch_dest="empty") == 403
    assert _asked("GET", sec_fetch_site="same-origin", sec_fetch_mode="cors", sec_fetch_dest="empty") == 200
