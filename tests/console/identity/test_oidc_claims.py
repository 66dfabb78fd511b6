from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from typing import Any

import msgspec
import pytest
from joserfc import jwk

from bartizan.console.identity.oidc_claims import (
    Expected,
    NotSignedIn,
    TooWeak,
    UnknownKey,
    groups_of,
    read_id_token,
    subject_of,
)
from bartizan.guard.identity.jwks import KeySet, parse_jwks
from tests.console.identity.fake import SIGNING, claims, jwks, signed

NOW = 1_800_000_000.0
EXPECTED = Expected(issuer="https://idp.example", client_id="console", nonce="n-1", now=NOW)


def _keys() -> KeySet:
    return parse_jwks(jwks())


def _read(token: str) -> dict[str, Any]:
    return read_id_token(token, _keys(), EXPECTED)


def _claims(**changes: Any) -> dict[str, Any]:
    return claims("https://idp.example", "console", "n-1", NOW, **changes)


def test_a_good_token_says_who_it_is() -> None:
    subject = subject_of("https://idp.example", _read(signed(_claims(groups=["a", 1, "b"]))), "groups")
    assert (subject.subject, subject.name, subject.email) == ("sub-1", "Ana Meier", "ana@example.com")
    assert subject.groups == frozenset({"a", "b"})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://other.example"}, "another issuer"),
        ({"iss": "https://idp.example/"}, "another issuer"),
        ({"aud": "other"}, "another program"),
        ({"aud": None}, "another program"),
        ({"aud": ["console", "other"]}, "issued to another program"),
        ({"aud": ["console", "other"], "azp": "other"}, "issued to another program"),
        ({"azp": "other"}, "issued to another program"),
        ({"exp": NOW - 61}, "expired"),
        ({"exp": None}, "`exp` is not a time"),
        ({"exp": True}, "`exp` is not a time"),
        ({"exp": 10**400}, "`exp` is not a time"),
        ({"iat": NOW + 61}, "not made just now"),
        ({"iat": NOW - 3600}, "not made just now"),
        ({"iat": "yesterday"}, "`iat` is not a time"),
        ({"nbf": NOW + 120}, "not valid yet"),
        ({"nonce": "n-2"}, "another sign-in"),
        ({"nonce": None}, "another sign-in"),
        ({"nonce": ["n-1"]}, "another sign-in"),
    ],
)
def test_a_token_that_is_not_the_answer_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(NotSignedIn, match=reason):
        _read(signed(_claims(**changes)))


@pytest.mark.parametrize(
    "changes", [{"exp": NOW - 59}, {"iat": NOW + 59}, {"aud": ["console", "x"], "azp": "console"}, {"nbf": NOW}]
)
def test_clocks_may_differ_by_a_minute(changes: dict[str, Any]) -> None:
    assert _read(signed(_claims(**changes)))["sub"] == "sub-1"


STRONG = msgspec.structs.replace(EXPECTED, acr=("gold", "silver"), amr=("pwd", "otp"), max_age=600.0)
ASKED = {"acr": "silver", "amr": ["otp", "pwd", "mfa"], "auth_time": NOW - 600}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"acr": "bronze"}, r"`acr` is none of those accepted \(gold, silver\)"),
        ({"acr": None}, "`acr` is none of those accepted"),
        ({"acr": ["gold"]}, "`acr` is none of those accepted"),
        ({"amr": ["pwd"]}, "`amr` lacks otp"),
        ({"amr": "pwd otp"}, "`amr` lacks pwd, otp"),
        ({"amr": None}, "`amr` lacks pwd, otp"),
        ({"auth_time": None}, "`auth_time` is lacking"),
        ({"auth_time": NOW - 661}, "older than 10 minutes"),
        ({"auth_time": NOW + 61}, "older than 10 minutes"),
    ],
)
def test_a_provider_that_has_not_asked_strongly_enough_is_told_what_lacks(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(TooWeak, match=reason):
        read_id_token(signed(_claims(**{**ASKED, **changes})), _keys(), STRONG)


def test_a_time_of_sign_in_that_is_none_is_refused() -> None:
    with pytest.raises(NotSignedIn, match="`auth_time` is not a time"):
        read_id_token(signed(_claims(**{**ASKED, "auth_time": "just now"})), _keys(), STRONG)


@pytest.mark.parametrize("changes", [{}, {"auth_time": NOW - 659}, {"auth_time": NOW + 59}, {"acr": "gold"}])
def test_a_provider_that_has_asked_strongly_enough_is_believed(changes: dict[str, Any]) -> None:
    assert read_id_token(signed(_claims(**{**ASKED, **changes})), _keys(), STRONG)["sub"] == "sub-1"


def test_a_token_without_a_signature_is_refused() -> None:
    with pytest.raises(NotSignedIn, match="no signed identity token"):
        _read(signed(_claims()).rpartition(".")[0] + ".")
    with pytest.raises(NotSignedIn, match="algorithm is not allowed"):
        _read(signed(_claims(), header={"alg": "none"}, algorithm="RS256"))


def test_a_token_signed_with_the_public_key_as_a_shared_secret_is_refused() -> None:
    body = signed(_claims(), header={"alg": "HS256", "kid": "k-1"}).rpartition(".")[0]
    made = hmac.new(SIGNING.as_pem(private=False), body.encode(), "sha256").digest()
    with pytest.raises(NotSignedIn, match="algorithm is not allowed"):
        _read(f"{body}.{urlsafe_b64encode(made).decode().rstrip('=')}")


def test_a_token_signed_by_another_key_under_the_same_name_is_refused() -> None:
    other = jwk.RSAKey.generate_key(2048)
    with pytest.raises(NotSignedIn, match="signature is wrong"):
        _read(signed(_claims(), key=other))


def test_a_key_that_is_not_known_is_told_apart_so_that_keys_are_fetched_anew() -> None:
    with pytest.raises(UnknownKey):
        _read(signed(_claims(), header={"alg": "RS256", "kid": "k-9"}))


@pytest.mark.parametrize(
    "token", ["", "a.b", "a.b.c", "!.b.c", "x" * 40_000, "e30.e30.e30", "bnVsbA.e30.e30", "W10.e30.eA"]
)
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(NotSignedIn):
        _read(token)


def test_a_token_that_demands_what_is_not_understood_is_refused() -> None:
    with pytest.raises(NotSignedIn, match="extension"):
        _read(signed(_claims(), header={"alg": "RS256", "kid": "k-1", "crit": ["exp"], "exp": 1}))


def test_claims_have_to_name_somebody() -> None:
    for sub in (None, "", 7, "x" * 256):
        with pytest.raises(NotSignedIn, match="who it is"):
            subject_of("i", {"sub": sub}, "groups")


def test_an_address_that_is_not_verified_is_left_out_and_texts_fit_on_a_line() -> None:
    subject = subject_of(
        "i", {"sub": "s", "email": "a@b", "email_verified": False, "name": "A\n\tB" + "x" * 900}, "groups"
    )
    assert subject.email == ""
    assert subject.name == "A B" + "x" * 197
    assert subject_of("i", {"sub": "s", "name": "a\x1b[31m"}, "groups").name == ""


def test_groups_may_be_missing_one_or_many_and_are_never_cut_silently() -> None:
    assert groups_of({}, "groups") is None
    assert groups_of({"groups": "one"}, "groups") == frozenset({"one"})
    assert groups_of({"groups": 7}, "groups") == frozenset()
    with pytest.raises(NotSignedIn, match="too many"):
        groups_of({"_claim_names": {"groups": "src1"}}, "groups")
