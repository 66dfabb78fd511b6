"""User names and passwords in addresses, command lines and configuration; every value is made up."""

from __future__ import annotations

import pytest

from bartizan.inspection.checks import text_checks

GOOD = [
    ("url_login", "bot:Made7Up9"),
    ("url_login", ":Made7Up9"),
    ("url_login", "admin:hunter"),
    ("weak_url_login", "username:password"),
    ("slash_login", "scott/Quilt9"),
    ("curl_login", "bot:Made7Up9"),
    ("curl_login", '"bot:Made7Up9"'),
    ("curl_login", "Qu1lt9zEbra5:"),
    ("config_password", "Made-Up"),
    ("sql_value", "Made7Up9"),
    ("session_value", "MADE7UPQUILT9ZEBRA5FJORD"),
    ("session_value", "Made7Up9Quilt3"),
    ("session_value", "s%3Amade7up9quilt3"),
    ("session_value", "made7session9value"),
]
BAD = [
    ("url_login", "${USER}:Made7Up9"),
    ("url_login", "bot:${PASSWORD}"),
    ("url_login", "bot:ab"),
    ("url_login", "username:password"),
    ("url_login", "host:8000"),
    ("url_login", "bot:changeme1"),
    ("weak_url_login", "a:Made7Up9"),
    ("weak_url_login", "bot:abc"),
    ("weak_url_login", "bot:<%= pw"),
    ("weak_url_login", "host:80801"),
    ("slash_login", "{user}/Quilt9"),
    ("slash_login", "scott/${PASSWORD}"),
    ("slash_login", "user/password"),
    ("curl_login", "$USER:Made7Up9"),
    ("curl_login", "bot:$PASS"),
    ("curl_login", "bot:"),
    ("curl_login", "username:"),
    ("curl_login", "sample:sample"),
    ("curl_login", "bot:ab"),
    ("curl_login", "user:password"),
    ("curl_login", "bot:your_password_1"),
    ("config_password", "%PASSWORD%"),
    ("config_password", "password"),
    ("config_password", "changeit"),
    ("config_password", "1212"),
    ("sql_value", "${PASSWORD}"),
    ("sql_value", ":new_value"),
    ("sql_value", "expire"),
    ("session_value", "abcdefghijkl"),
    ("session_value", "102938475610"),
    ("session_value", "xxxxxxxxxx12"),
    ("session_value", "request.session12"),
    ("session_value", "translations_12"),
]


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_logins(name: str, value: str) -> None:
    assert text_checks()[name](value)


@pytest.mark.parametrize(("name", "value"), BAD)
def test_no_logins(name: str, value: str) -> None:
    assert not text_checks()[name](value)
