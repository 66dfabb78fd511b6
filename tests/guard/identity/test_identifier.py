"""One credential, wherever the caller's client puts it; anything else is refused with what to send."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.identity import Identifier, KeyStore, ProxyReader, TokenReader
from bartizan.guard.identity.keys import KeyRecord, digest, make_key
from bartizan.guard.inprocess.running import driven
from bartizan.guard.principal import Principal
from bartizan.guard.refused import Refused
from tests.guard.identity.support import ISSUER, NOW, Given, claims, compact, issuer, jwks, reader, token

DAY = datetime(2026, 11, 28, tzinfo=UTC)
KEY, OTHER, REVOKED = (make_key(bytes([n]) * 32) for n in range(3))
SECRET = "0123456789abcdef-proxy"
STORE = KeyStore(
    KeyRecord(id=f"k-{n}", hash=digest(key), last="", principal=f"p{n}", created=DAY, revoked=DAY if n == 2 else None)
    for n, key in enumerate((KEY, OTHER, REVOKED))
)
TOKEN = token()
ALL = Identifier(STORE, reader(), ProxyReader("x-subject", SECRET))
PLACES = ["x-api-key", "api-key", "x-goog-api-key"]


def who(*pairs: tuple[str, str], by: Identifier = ALL) -> Principal:
    return driven(by.identify(Given(("host", "x"), ("content-type", "application/json"), *pairs), NOW))


def rule(*pairs: tuple[str, str], by: Identifier = ALL) -> tuple[int, str]:
    with pytest.raises(Refused) as raised:
        who(*pairs, by=by)
    return raised.value.status, raised.value.rule


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("credential", "id"), [(KEY, "p0"), (TOKEN, "alice")])
def test_a_credential_is_found_where_each_client_puts_it(place: str, credential: str, id: str) -> None:
    assert who((place, credential)).id == id
    assert who(("authorization", f"Bearer {credential}")).id == id
    assert who(("authorization", f" bearer  {credential} ")).id == id


def test_the_same_credential_in_two_places_is_one() -> None:
    assert who(("authorization", f"Bearer {KEY}"), ("x-api-key", KEY)).id == "p0"
    assert who(("authorization", f"Bearer {KEY}"), ("x-api-key", "")).id == "p0"


@pytest.mark.parametrize(
    "pairs",
    [
        (("authorization", f"Bearer {KEY}"), ("x-api-key", OTHER)),
        (("authorization", f"Bearer {KEY}"), ("authorization", f"Bearer {OTHER}")),
        (("authorization", f"Bearer {TOKEN}"), ("api-key", "sk-provider")),
        (("x-subject", "CN=a"), ("x-bartizan-proxy", SECRET), ("x-api-key", KEY)),
    ],
)
def test_several_credentials_are_refused(pairs: tuple[tuple[str, str], ...]) -> None:
    assert rule(*pairs) == (401, "credentials-differ")


@pytest.mark.parametrize(
    "pairs",
    [
        (),
        (("x-api-key", ""),),
        (("authorization", ""),),
        (("authorization", "Bearer"),),
        (("authorization", "Bearer "),),
        (("authorization", "Basic YTpi"),),
        (("authorization", KEY),),
        (("authorization", f"DPoP {TOKEN}"),),
        (("x-api-key", "ü"),),
        (("x-api-key", "a" * 20_000),),
        (("cookie", f"key={KEY}"),),
    ],
)
def test_nobody_is_refused(pairs: tuple[tuple[str, str], ...]) -> None:
    assert rule(*pairs) == (401, "not-identified")


def test_the_refusal_says_what_to_send() -> None:
    for by, words in (
        (ALL, ("`btz_...`", "access token", "x-goog-api-key")),
        (Identifier(STORE), ("`btz_...`",)),
        (Identifier(None, reader()), ("access token",)),
        (Identifier(None, None, ProxyReader("x-subject", SECRET)), ("proxy",)),
    ):
        with pytest.raises(Refused) as raised:
            who(by=by)
        assert all(word in raised.value.sentence for word in words)


def test_unknown_and_revoked_keys_get_the_same_answer() -> None:
    said = set()
    for key in (REVOKED, make_key(b"7" * 32)):
        with pytest.raises(Refused) as raised:
            who(("x-api-key", key))
        said.add((raised.value.status, raised.value.rule, raised.value.sentence))
    assert len(said) == 1
    assert rule(("x-api-key", KEY), by=Identifier(None, reader())) == (401, "key-not-valid")


def test_a_mistyped_key_is_told() -> None:
    assert rule(("x-api-key", KEY[:-1])) == (401, "key-mistyped")
    assert rule(("x-api-key", KEY + "0")) == (401, "key-mistyped")


def test_a_token_is_nothing_where_no_issuer_is_trusted() -> None:
    assert rule(("x-api-key", TOKEN), by=Identifier(STORE)) == (401, "not-identified")
    assert rule(("x-api-key", "sk-provider"), by=Identifier(STORE)) == (401, "not-identified")


def test_the_proxy_names_who_calls_and_without_it_the_header_is_nothing() -> None:
    assert who(("x-subject", "CN=a"), ("x-bartizan-proxy", SECRET)).id == "CN=a"
    assert who(("x-subject", ""), ("x-bartizan-proxy", SECRET), ("x-api-key", KEY)).id == "p0"
    assert rule(("x-subject", "CN=a"), ("x-bartizan-proxy", "guess")) == (401, "proxy-not-trusted")
    assert rule(("x-subject", "CN=a"), ("x-api-key", KEY)) == (401, "proxy-not-trusted")
    assert rule(("x-subject", "CN=a"), ("x-bartizan-proxy", SECRET), by=Identifier(STORE)) == (401, "not-identified")


def test_too_many_groups_are_no_question_of_the_credential() -> None:
    assert rule(("x-api-key", token(hasgroups=True))) == (403, "groups-not-in-token")


def test_refusals_are_counted_by_rule() -> None:
    by = Identifier(STORE)
    for _ in range(3):
        rule(by=by)
    rule(("x-api-key", REVOKED), by=by)
    assert by.refusals == {"not-identified": 3, "key-not-valid": 1}


# ---- tokens whose keys have to be fetched


class Fetching:
    """Stands for the network: learns the keys it is given, or fails."""

    def __init__(self, mine: TokenReader, *keys: str) -> None:
        self.mine, self.keys, self.asked = mine, keys, list[bool]()

    async def fetch(self, issuer: str, begin: bool) -> bool:
        self.asked.append(begin)
        if not begin or not self.keys:
            return False
        self.mine.learn(issuer, jwks(*self.keys), NOW)
        return True


def fetching(*keys: str) -> tuple[Identifier, Fetching]:
    mine = TokenReader([issuer()])
    network = Fetching(mine, *keys)
    return Identifier(None, mine, None, network.fetch), network


def test_keys_are_fetched_when_the_first_token_comes() -> None:
    by, network = fetching("rsa-1")
    assert who(("x-api-key", TOKEN), by=by).id == "alice"
    assert who(("x-api-key", token(sub="bob")), by=by).id == "bob"
    assert network.asked == [True]


def test_an_issuer_whose_keys_cannot_be_had_is_not_the_callers_fault() -> None:
    by, network = fetching()
    for _ in range(2):
        with pytest.raises(Refused) as raised:
            who(("x-api-key", TOKEN), by=by)
        assert (raised.value.status, raised.value.rule, raised.value.again) == (503, "issuer-keys-missing", 10)
    assert network.asked == [True, False]
    assert rule(("x-api-key", TOKEN), by=Identifier(None, TokenReader([issuer()]))) == (503, "issuer-keys-missing")


def test_a_key_that_its_issuer_has_not_published_is_refused_after_one_fetch() -> None:
    by, network = fetching("rsa-1")
    assert rule(("x-api-key", token("rsa-2")), by=by) == (401, "token-not-valid")
    assert rule(("x-api-key", token("rsa-2")), by=by) == (401, "token-not-valid")
    assert network.asked == [True, False]


# ---- anything


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["authorization", *PLACES, "x-subject", "x-bartizan-proxy", "cookie"]),
            st.text(max_size=60) | st.sampled_from(["Bearer btz_", SECRET, "CN=a", compact({"alg": "none"}, claims())]),
        ),
        max_size=4,
    )
)
def test_any_headers_name_somebody_through_the_proxy_or_are_refused(pairs: list[tuple[str, Any]]) -> None:
    try:
        found = who(*pairs)
    except Refused as refusal:
        assert refusal.status in (401, 403, 503)  # noqa: PT017 - either outcome is right
    else:
        assert ("x-bartizan-proxy", SECRET) in pairs
        assert found.source == "proxy"


def test_no_refusal_repeats_a_credential() -> None:
    for credential in (REVOKED, KEY[:-1], TOKEN[:-9], "sk-provider-secret", token(iss="https://private.example")):
        with pytest.raises(Refused) as raised:
            who(("x-api-key", credential))
        assert credential not in str(raised.value)
        assert raised.value.__cause__ is None
        assert raised.value.__suppress_context__
        assert ISSUER not in str(raised.value)
