"""A proxy with its secret names who calls; nobody else can."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.identity import NotIdentified, ProxyReader
from bartizan.guard.identity.proxy import certificate_name
from bartizan.model import InputError
from tests.guard.identity.support import refused

SECRET = "0123456789abcdef-proxy"
PROXY = ProxyReader("X-Client-Subject", SECRET, "t")


def test_a_name_with_the_secret_is_a_principal() -> None:
    who = PROXY.read(["CN=svc-a, OU=Pay,O=Example"], [SECRET])
    assert who is not None
    assert (who.id, who.source, who.tenant) == ("CN=svc-a,OU=Pay,O=Example", "proxy", "t")
    assert PROXY.header == "x-client-subject"


@pytest.mark.parametrize("names", [[], [""], ["  "]])
def test_the_proxy_may_name_nobody(names: list[str]) -> None:
    assert PROXY.read(names, [SECRET]) is None


def test_who_does_not_come_through_the_proxy_says_nothing() -> None:
    assert PROXY.read([], []) is None


@pytest.mark.parametrize(
    "secrets", [[], [""], [SECRET[:-1]], [SECRET + "x"], [SECRET.upper()], ["ü"], ["\ud800"], [SECRET, SECRET]]
)
def test_without_the_right_secret_no_name_counts(secrets: list[str]) -> None:
    assert refused(lambda: PROXY.read(["CN=admin"], secrets)) == "proxy-not-trusted"


def test_a_second_name_that_a_client_has_added_is_refused() -> None:
    assert refused(lambda: PROXY.read(["CN=admin", "CN=svc-a"], [SECRET])) == "proxy-name-not-clear"


def test_a_name_that_is_none_is_refused_and_not_repeated() -> None:
    with pytest.raises(NotIdentified) as raised:
        PROXY.read(["/C=CH/CN=private-name"], [SECRET])
    assert raised.value.rule == "proxy-name-not-clear"
    assert "private-name" not in raised.value.sentence


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("spiffe://example.org/ns/prod/sa/billing", "spiffe://example.org/ns/prod/sa/billing"),
        ("spiffe://example.org", ""),
        ("spiffe://example.org/", ""),
        ("spiffe://example.org/a//b", ""),
        ("spiffe://example.org/a/../b", ""),
        ("spiffe://example.org/./b", ""),
        ("spiffe://Example.org/a", ""),
        ("spiffe://example.org:443/a", ""),
        ("spiffe://u@example.org/a", ""),
        ("spiffe://example.org/a?b=c", ""),
        ("spiffe:/example.org/a", ""),
        ("CN=a", "CN=a"),
        ("cn = a ; ou= b", "CN=a,OU=b"),
        ("CN=a+UID=7,O=x", "CN=a+UID=7,O=x"),
        ("2.5.4.3=a", "2.5.4.3=a"),
        (r"CN=Smith\, John,O=x", r"CN=Smith\, John,O=x"),
        (r"CN=a\ ,O=x", r"CN=a\ ,O=x"),
        (r"CN=a\\ ,O=x", r"CN=a\\,O=x"),
        (r"CN=Z\C3\BCrich", r"CN=Z\C3\BCrich"),
        ("CN=a=b", "CN=a=b"),
        ("CN=#0402AB", "CN=#0402AB"),
        ("CN=", ""),
        ("CN=a,", ""),
        (",CN=a", ""),
        ("CN=a,,O=b", ""),
        ('CN="a,O=b"', ""),
        ("CN=a\\", ""),
        ("CN=a\nO=b", ""),
        ("/C=CH/CN=a", ""),
        ("=a", ""),
        ("svc-a.pay@example.org", "svc-a.pay@example.org"),
        ("svc a", ""),
        ("-a", ""),
        ("a" * 256, ""),
        ("CN=" + "a" * 2050, ""),
        ("", ""),
    ],
)
def test_a_name_is_written_in_one_way_or_is_none(text: str, name: str) -> None:
    assert certificate_name(text) == name


@given(st.text(st.sampled_from('CN=a,+;\\ "/:#.spife\n')))
def test_the_one_way_to_write_a_name_is_a_name_again(text: str) -> None:
    for tried in (text, "CN=" + text, "spiffe://a/" + text):
        name = certificate_name(tried)
        assert certificate_name(name) == name
        assert "\n" not in name


@pytest.mark.parametrize(("header", "secret"), [("x-a", "short"), ("", SECRET), ("X-Bartizan-Proxy", SECRET)])
def test_a_proxy_that_proves_nothing_is_refused_at_the_start(header: str, secret: str) -> None:
    with pytest.raises(InputError):
        ProxyReader(header, secret)
