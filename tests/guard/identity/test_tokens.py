"""Access tokens: taken when everything about them is right, refused when one thing is wrong."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.identity import NeedKeys, NotIdentified, TokenReader
from bartizan.guard.identity.jwks import KIND
from bartizan.model import InputError
from tests.guard.identity.support import (
    AUDIENCE,
    ISSUER,
    NOW,
    claims,
    compact,
    forged,
    issuer,
    jwk,
    jwks,
    private,
    reader,
    refused,
    token,
)

GOOD = token()
READER = reader("rsa-1", "p256-1", "p384-1", "p521-1", "ed-1", algorithms=list(KIND))


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        ("rsa-1", "RS256"), ("rsa-1", "RS384"), ("rsa-1", "RS512"),
        ("rsa-1", "PS256"), ("rsa-1", "PS384"), ("rsa-1", "PS512"),
        ("p256-1", "ES256"), ("p384-1", "ES384"), ("p521-1", "ES512"), ("ed-1", "EdDSA"),
    ],
)  # fmt: skip
def test_a_token_of_each_algorithm_is_taken_and_with_another_signature_not(key: str, algorithm: str) -> None:
    made = token(key, algorithm)
    assert READER.read(made, NOW).id == "alice"
    other = token(key, algorithm, sub="mallory").rpartition(".")[2]
    assert refused(lambda: READER.read(made.rpartition(".")[0] + "." + other, NOW)) == "token-not-valid"


def test_the_default_algorithms_are_those_for_public_keys_that_issuers_use() -> None:
    plain = reader("rsa-1", "p256-1", "p384-1")
    assert plain.read(token(), NOW).id == "alice"
    assert plain.read(token("p256-1", "ES256"), NOW).id == "alice"
    assert refused(lambda: plain.read(token("p384-1", "ES384"), NOW)) == "token-not-valid"


def test_a_public_key_is_no_shared_secret() -> None:
    public = private("rsa-1").public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for secret in (pem, pem.strip(), json.dumps(jwk("rsa-1")).encode(), b""):
        assert refused(lambda secret=secret: READER.read(forged(secret), NOW)) == "token-not-valid"  # type: ignore[misc]
        assert refused(lambda secret=secret: READER.read(forged(secret, "RS256"), NOW)) == "token-not-valid"  # type: ignore[misc]


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", "HS256", "RS1", "ES256K"])
def test_algorithms_that_are_not_allowed_are_refused(algorithm: str) -> None:
    made = compact({"alg": algorithm, "kid": "rsa-1"}, claims(), b"")
    assert refused(lambda: READER.read(made, NOW)) == "token-not-valid"
    assert refused(lambda: READER.read(made + "AA", NOW)) == "token-not-valid"
    assert refused(lambda: READER.read(jwt.encode(claims(), "", algorithm="none"), NOW)) == "token-not-valid"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "HS512", "ES256K", "dir"])
def test_an_issuer_whose_algorithms_are_not_for_public_keys_is_refused_at_the_start(algorithm: str) -> None:
    with pytest.raises(InputError, match="is not one for public keys"):
        TokenReader([issuer(algorithms=["RS256", algorithm])])


@pytest.mark.parametrize(
    "wrong", [{"audience": ""}, {"issuer": ""}, {"algorithms": []}, {"leeway": 601}, {"leeway": -1}]
)
def test_an_issuer_that_cannot_be_trusted_as_configured_is_refused_at_the_start(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="issuer"):
        TokenReader([issuer(**wrong)])


@pytest.mark.parametrize(
    ("header", "good"),
    [
        ({"typ": "at+jwt"}, True),
        ({"typ": "application/AT+JWT"}, True),
        ({"x5t": "abc", "nonce": "n", "jku": "https://evil.example/jwks"}, True),
        ({"typ": "logout+jwt"}, False),
        ({"typ": "dpop+jwt"}, False),
        ({"crit": ["exp"]}, False),
        ({"crit": []}, False),
        ({"crit": ["b64"], "b64": True}, False),
        ({"b64": False}, False),
        ({"b64": True}, False),
    ],
)
def test_what_a_header_demands_is_understood_or_the_token_refused(header: dict[str, Any], good: bool) -> None:
    unsigned = compact({"alg": "RS256", "kid": "rsa-1", **header}, claims()).rpartition(".")[0]
    signature = jwt.get_algorithm_by_name("RS256").sign(unsigned.encode(), private("rsa-1"))
    made = compact({"alg": "RS256", "kid": "rsa-1", **header}, claims(), signature)
    assert refused(lambda: READER.read(made, NOW)).startswith("taken" if good else "token-not-valid")


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"iss": "https://login.example.org/t1/"}, "token-not-valid"),
        ({"iss": "https://evil.example"}, "token-not-valid"),
        ({"iss": None}, "token-not-valid"),
        ({"aud": "api://other"}, "token-not-valid"),
        ({"aud": None}, "token-not-valid"),
        ({"aud": ["api://other"]}, "token-not-valid"),
        ({"aud": AUDIENCE + "/"}, "token-not-valid"),
        ({"exp": None}, "token-not-valid"),
        ({"exp": int(NOW) - 60}, "token-expired"),
        ({"exp": int(NOW) + 1, "nbf": int(NOW) + 61}, "token-not-valid"),
        ({"nbf": int(NOW) + 61}, "token-not-valid"),
        ({"iat": int(NOW) + 61}, "token-not-valid"),
        ({"sub": None}, "token-without-principal"),
        ({"sub": ""}, "token-without-principal"),
        ({"sub": "a\nb"}, "token-without-principal"),
        ({"cnf": {"jkt": "x"}}, "token-not-valid"),
        ({"typ": "Refresh"}, "token-not-valid"),
        ({"typ": "ID"}, "token-not-valid"),
        ({"token_use": "id"}, "token-not-valid"),
    ],
)
def test_one_claim_that_is_wrong_is_enough(more: dict[str, Any], rule: str) -> None:
    assert refused(lambda: READER.read(token(**more), NOW)) == rule


@pytest.mark.parametrize("value", [True, "1800000600", 1e300, 10**400, [1], {}, -(10**400)])
@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
def test_a_time_is_a_number_of_seconds(name: str, value: Any) -> None:
    made = compact({"alg": "RS256", "kid": "rsa-1"}, claims(**{name: value}))
    assert refused(lambda: READER.read(made, NOW)) == "token-not-valid"


def test_no_number_is_a_time_either() -> None:
    for word in (b"NaN", b"Infinity", b"1e999"):
        payload = json.dumps(claims()).encode().replace(str(int(NOW) + 600).encode(), word)
        made = compact({"alg": "RS256", "kid": "rsa-1"}, payload)
        assert refused(lambda made=made: READER.read(made, NOW)) == "token-not-valid"  # type: ignore[misc]


def test_clocks_may_differ_by_the_leeway() -> None:
    late = token(exp=int(NOW) - 59)
    early = token(nbf=int(NOW) + 60, iat=int(NOW) + 60)
    assert READER.read(late, NOW).id == READER.read(early, NOW).id == "alice"
    assert refused(lambda: READER.read(late, NOW + 1)) == "token-expired"
    strict = reader(leeway=0)
    assert refused(lambda: strict.read(late, NOW)) == "token-expired"
    assert refused(lambda: strict.read(early, NOW)) == "token-not-valid"


def test_a_remembered_token_expires_like_any_other() -> None:
    mine = reader()
    assert mine.read(GOOD, NOW) is mine.read(GOOD, NOW + 1)
    assert mine.read(GOOD, NOW + 659).until == NOW + 600
    assert refused(lambda: mine.read(GOOD, NOW + 660)) == "token-expired"


def test_one_of_several_audiences_is_enough_and_each_has_its_own_configuration() -> None:
    both = TokenReader([issuer(), issuer(audience="api://two", principal="email")])
    both.learn(ISSUER, jwks("rsa-1"), NOW)
    assert both.read(token(aud=["x", AUDIENCE]), NOW).id == "alice"
    assert both.read(token(aud="api://two", email="a@example.org"), NOW).id == "a@example.org"
    assert refused(lambda: both.read(token(aud="api://three"), NOW)) == "token-not-valid"


def test_an_issuer_cannot_speak_for_another() -> None:
    other = "https://other.example"
    both = TokenReader([issuer(), issuer(issuer=other, prefix="partner:")])
    both.learn(ISSUER, jwks("rsa-1"), NOW)
    both.learn(other, jwks("rsa-2"), NOW)
    assert refused(lambda: both.read(token("rsa-2", header={"kid": "rsa-1"}), NOW)) == "token-not-valid"
    assert refused(lambda: both.read(token("rsa-2"), NOW)) == "keys"
    who = both.read(token("rsa-2", iss=other, groups=["admins"], azp="app"), NOW)
    assert (who.id, who.groups, who.application) == ("partner:alice", frozenset({"partner:admins"}), "partner:app")


# ---- keys


def test_without_keys_they_are_asked_for_once_and_then_no_more_for_a_while() -> None:
    mine = TokenReader([issuer()])
    assert mine.learned(ISSUER) == float("-inf")
    asked = []
    for second in range(25):
        with pytest.raises(NeedKeys) as raised:
            mine.read(GOOD, NOW + second)
        assert raised.value.none
        assert raised.value.issuer == ISSUER
        asked.append(raised.value.begin)
    assert [second for second, begin in enumerate(asked) if begin] == [0, 10, 20]


def test_garbage_with_unknown_key_ids_causes_one_fetch() -> None:
    mine, asked = reader(), 0
    for n in range(1000):
        with pytest.raises(NeedKeys) as raised:
            mine.read(compact({"alg": "RS256", "kid": f"k{n}"}, claims()), NOW + n / 101)
        assert not raised.value.none
        asked += raised.value.begin
    assert asked == 1


@pytest.mark.parametrize("more", [{"exp": int(NOW) - 999}, {"aud": "other"}, {"iss": "https://evil.example"}])
def test_a_token_that_is_wrong_anyway_causes_no_fetch(more: dict[str, Any]) -> None:
    assert refused(lambda: TokenReader([issuer()]).read(token(**more), NOW)) != "keys"


def test_keys_rotate_and_a_withdrawn_key_ends_what_was_verified_with_it() -> None:
    mine = reader("rsa-1")
    old, new = token("rsa-1"), token("rsa-2")
    assert mine.read(old, NOW).id == "alice"
    assert refused(lambda: mine.read(new, NOW)) == "keys"
    mine.learn(ISSUER, jwks("rsa-1", "rsa-2"), NOW + 1)
    assert mine.read(old, NOW + 1).id == mine.read(new, NOW + 1).id == "alice"
    mine.learn(ISSUER, jwks("rsa-2"), NOW + 2)
    assert refused(lambda: mine.read(old, NOW + 2)) == "keys"
    assert mine.read(new, NOW + 2).id == "alice"


def test_the_same_keys_learned_anew_keep_what_is_remembered() -> None:
    mine = reader()
    who = mine.read(GOOD, NOW)
    mine.learn(ISSUER, jwks("rsa-1"), NOW + 5)
    assert mine.read(GOOD, NOW + 5) is who


def test_a_key_with_the_same_id_and_other_content_ends_what_was_verified() -> None:
    mine = reader()
    mine.read(GOOD, NOW)
    mine.learn(ISSUER, jwks(jwk("rsa-2", kid="rsa-1")), NOW + 1)
    assert refused(lambda: mine.read(GOOD, NOW + 1)) == "token-not-valid"


def test_keys_that_are_too_old_decide_nothing_any_more() -> None:
    mine = TokenReader([issuer()], age=100.0)
    mine.learn(ISSUER, jwks("rsa-1"), NOW)
    assert mine.read(GOOD, NOW + 99).id == "alice"
    with pytest.raises(NeedKeys) as raised:
        mine.read(GOOD, NOW + 101)
    assert raised.value.none


def test_a_broken_key_set_changes_nothing() -> None:
    mine = reader()
    with pytest.raises(InputError):
        mine.learn(ISSUER, b'{"keys": []}', NOW + 5)
    assert mine.read(GOOD, NOW + 5).id == "alice"
    assert mine.learned(ISSUER) == NOW


def test_a_key_is_not_used_for_another_kind_of_algorithm() -> None:
    made = compact({"alg": "ES256", "kid": "rsa-1"}, claims(), bytes(64))
    assert refused(lambda: READER.read(made, NOW)) == "token-not-valid"


def test_without_a_key_id_the_only_key_is_taken() -> None:
    unnamed = token(header={"kid": None})
    assert reader("rsa-1").read(unnamed, NOW).id == "alice"
    assert refused(lambda: reader("rsa-1", "rsa-2").read(unnamed, NOW)) == "token-not-valid"


# ---- bounds


def test_only_the_last_tokens_are_remembered() -> None:
    mine = TokenReader([issuer()], most=2)
    mine.learn(ISSUER, jwks("rsa-1"), NOW)
    made = [token(sub=f"u{n}") for n in range(3)]
    first, second = mine.read(made[0], NOW), mine.read(made[1], NOW)
    assert mine.read(made[0], NOW) is first
    mine.read(made[2], NOW)
    assert mine.read(made[0], NOW) is first
    assert mine.read(made[1], NOW) is not second


def test_a_token_that_is_too_long_is_refused_before_it_is_read() -> None:
    assert refused(lambda: READER.read(token(x="y" * 20_000), NOW)) == "token-not-valid"
    assert READER.read(token(x="y" * 8_000), NOW).id == "alice"


@pytest.mark.parametrize(
    "text",
    [
        "", ".", "..", "a.b", "a.b.c.d.e", "sk-1234", GOOD + "\n", GOOD + ".", GOOD + "=", GOOD.replace(".", "..", 1),
        " " + GOOD, GOOD.replace("e", "é", 1), "a.b.c",
        compact([], {}), compact({}, {}), compact({"alg": 1}, {}), compact({"alg": "RS256", "kid": 3}, {}),
        compact({"alg": "RS256"}, []), compact({"alg": "RS256"}, b"\xff"), compact({"alg": "RS256"}, b"[" * 12_000),
        compact(b"[" * 12_000, {}), compact(b"\xff", {}), compact({"alg": "RS256"}, {"iss": []}),
        compact({"alg": "RS256"}, {"iss": ISSUER, "aud": [[]]}),
    ],
)  # fmt: skip
def test_what_is_no_token_is_refused(text: str) -> None:
    assert refused(lambda: READER.read(text, NOW)) in ("token-not-valid", "token-expired")


@given(st.text(st.characters(max_codepoint=127), max_size=200))
def test_any_text_is_refused_and_nothing_else(text: str) -> None:
    assert refused(lambda: READER.read(text, NOW)) == "token-not-valid"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_NAMES = ("iss", "aud", "exp", "nbf", "iat", "sub", "groups", "roles", "azp", "tid", "_claim_names", "cnf", "typ")


@given(st.dictionaries(st.sampled_from(_NAMES), _JSON), st.dictionaries(st.sampled_from(["alg", "kid", "typ"]), _JSON))
def test_any_claims_and_headers_without_a_signature_are_refused(said: dict[str, Any], header: dict[str, Any]) -> None:
    made = compact({"alg": "RS256", "kid": "rsa-1", **header}, {**claims(), **said})
    assert refused(lambda: READER.read(made, NOW)) in ("token-not-valid", "token-expired", "keys")


@given(st.dictionaries(st.sampled_from(("sub", "groups", "roles", "azp", "tid", "_claim_names", "hasgroups")), _JSON))
def test_any_claims_with_a_good_signature_give_a_principal_or_are_refused(said: dict[str, Any]) -> None:
    kept = {name: value for name, value in said.items() if value == value}
    try:
        who = READER.read(jwt.encode({**claims(), **kept}, private("rsa-1"), "RS256", headers={"kid": "rsa-1"}), NOW)
    except NotIdentified as error:
        assert error.rule in ("token-without-principal", "groups-not-in-token", "token-not-valid")  # noqa: PT017
    except ValueError:
        assert "nan" in str(said).lower() or "inf" in str(said).lower()
    else:
        assert who.id
        assert all(isinstance(group, str) for group in who.groups)


@given(st.data())
def test_a_good_token_with_one_letter_changed_is_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(GOOD) - 1))
    letter = data.draw(st.sampled_from("ABCxyz019-_."))
    made = GOOD[:at] + letter + GOOD[at + 1 :]
    outcome = refused(lambda: READER.read(made, NOW))
    # The last letter of a part has bits that stand for nothing; everything else counts.
    assert outcome in ("token-not-valid", "token-expired", "keys") or made == GOOD or at == len(GOOD) - 1


def test_no_refusal_repeats_the_token_or_what_it_says() -> None:
    secret = "s3cr3t-value"
    for made in (token(iss=secret), token(aud=secret), token(typ="ID", x=secret), compact({"alg": secret}, {})):
        with pytest.raises(NotIdentified) as raised:
            READER.read(made, NOW)
        assert secret not in raised.value.sentence
        assert made[:20] not in raised.value.sentence
