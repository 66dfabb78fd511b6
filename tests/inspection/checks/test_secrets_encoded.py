"""Secrets that are told by decoding them; every value is made up."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode

import pytest

from bartizan.inspection.checks import text_checks


def _b64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _part(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


HEADER, CLAIMS = _part('{"alg":"HS256","typ":"JWT"}'), _part('{"made":"up"}')
TOKEN = f"{HEADER}.{CLAIMS}.bm90LWEtc2lnbmF0dXJl"

GOOD = [
    ("jwt", TOKEN),
    ("jwt", f"{HEADER}.{CLAIMS}"),
    ("jwt", f"{_part(chr(123) + chr(34) + 'enc' + chr(34) + ':1}')}.a.b.c.d"),
    ("jwt_base64", _b64(TOKEN)),
    ("grafana_key", _b64('{"k":"Made7Up","n":"bart","id":7}')),
    ("jira_pat", _b64("102938475610:MadeUpQuiltZebraFjor")),
    ("jwk_private", '{"kty":"EC","d":"TWFkZVVwQnlCYXJ0"}'),
    ("jwk_private", '{\\"kty\\":\\"oct\\",\\"k\\":\\"TWFkZVVwQnlCYXJ0\\"}'),
    ("basic_credentials", _b64("bot:Made7Up")),
    ("kubernetes_value", _b64("Made7Up9")),
    ("bearer_token", "Made7Up-Quilt9"),
    ("bearer_token", "xqzkvwjptb"),
    ("bearer_token", "qXzKvWpjTbNmRfGhXqZk"),
    ("bearer_token", "MadeupTokenQuiltZebraXq"),
]
BAD = [
    ("jwt", f"{HEADER[:-2]}.{CLAIMS}.bm90LWEtc2lnbmF0dXJl"),
    ("jwt", f"{CLAIMS}.{CLAIMS}.bm90LWEtc2lnbmF0dXJl"),
    ("jwt", f"{HEADER}.payload.bm90LWEtc2lnbmF0dXJl"),
    ("jwt", f"{HEADER}.{CLAIMS}.99l-EXAMPLEFAKESIG"),
    ("jwt", "e$.a.b"),
    ("jwt_base64", _b64("no token at all, only a text")),
    ("jwt_base64", _b64(f"{CLAIMS}.{CLAIMS}.bm90")),
    ("grafana_key", _b64('{"k":"Made7Up"}')),
    ("grafana_key", _b64('{"n":"bart","id":7}')),
    ("jira_pat", _b64("MadeUpQuilt9:MadeUpQuiltZebraFjor")),
    ("jwk_private", '{"kty":"EC","x":"TWFkZVVw"}'),
    ("jwk_private", '{"kty":"RSA","d":""}'),
    ("jwk_private", '{"kty": EC}'),
    ("basic_credentials", _b64("hello world")),
    ("basic_credentials", _b64("böt:Made7Up")),
    ("basic_credentials", _b64("bot:\x00\x01\x02")),
    ("basic_credentials", _b64("a:b")),
    ("basic_credentials", _b64("bot:${PASSWORD}")),
    ("kubernetes_value", _b64("tiny")),
    ("kubernetes_value", _b64("{{ .Values.password }}")),
    ("kubernetes_value", "xxxxxxxxxxxx"),
    ("bearer_token", "<token>"),
    ("bearer_token", "short1"),
    ("bearer_token", "request.token"),
    ("bearer_token", "authentication"),
    ("bearer_token", "authentication_and_authorisation"),
]


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_values_that_decode(name: str, value: str) -> None:
    assert text_checks()[name](value)


@pytest.mark.parametrize(("name", "value"), BAD)
def test_values_that_do_not(name: str, value: str) -> None:
    assert not text_checks()[name](value)
