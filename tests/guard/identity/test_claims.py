"""Claims become a principal: the usual ones, those of Entra ID and others, and what the configuration names."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.guard.identity import NotIdentified
from bartizan.guard.identity.claims import principal_of
from bartizan.guard.principal import Principal
from tests.guard.identity.support import AUDIENCE, ISSUER, NOW, claims, issuer


def mapped(said: dict[str, Any], **configured: Any) -> Principal:
    return principal_of(issuer(**configured), claims(**said), "home", NOW)


ENTRA = {
    "ver": "2.0", "oid": "o-1", "azp": "app-1", "tid": "t-1", "preferred_username": "alice@example.org",
    "groups": ["g-1", "g-2"], "roles": ["Model.Use"], "scp": "access",
}  # fmt: skip


def test_a_token_of_entra_id() -> None:
    who = mapped(ENTRA, principal="oid")
    assert who == Principal(
        id="o-1",
        source=f"issuer:{ISSUER}",
        groups=frozenset({"g-1", "g-2", "Model.Use"}),
        application="app-1",
        tenant="t-1",
        until=NOW,
        audiences=frozenset({AUDIENCE}),
        scopes=frozenset({"access"}),
    )


def test_what_a_token_is_for_and_may_do_is_read_in_every_form() -> None:
    assert mapped({"aud": ["a", AUDIENCE, 3, ""]}).audiences == {"a", AUDIENCE}
    assert mapped({"scope": "tools:read tools:call"}).scopes == {"tools:read", "tools:call"}
    assert mapped({"scp": ["one", "two"], "scope": 3}).scopes == {"one", "two"}


@pytest.mark.parametrize("name", ["azp", "appid", "client_id", "cid"])
def test_the_application_is_where_issuers_put_it(name: str) -> None:
    assert mapped({name: "app"}).application == "app"
    assert mapped({name: ""}).application == ""
    assert mapped({name: "app"}, application="client").application == ""
    assert mapped({"client": "other", name: "app"}, application="client").application == "other"


def test_a_token_that_names_no_tenant_is_of_the_gateway() -> None:
    assert mapped({}).tenant == "home"
    assert mapped({"tid": 3}).tenant == "home"


def test_groups_may_be_anywhere_in_the_token() -> None:
    keycloak = {"realm_access": {"roles": ["a", "b"]}, "groups": ["c"]}
    assert mapped(keycloak, groups="realm_access.roles").groups == {"a", "b"}
    assert mapped(keycloak, groups="realm_access.roles.more").groups == frozenset()
    assert mapped(keycloak, groups="realm.roles").groups == frozenset()
    auth0 = {"https://example.org/groups": ["d"]}
    assert mapped(auth0, groups="https://example.org/groups").groups == {"d"}


@pytest.mark.parametrize(
    ("said", "groups"),
    [
        ({}, set()),
        ({"groups": "one"}, {"one"}),
        ({"groups": {"a": 1}}, set()),
        ({"groups": ["a", 1, None, "", ["b"], "x\u202e", "c" * 2000]}, {"a"}),
        ({"roles": ["r"]}, {"r"}),
    ],
)
def test_groups_are_names(said: dict[str, Any], groups: set[str]) -> None:
    assert mapped(said).groups == groups


def test_roles_are_not_added_where_another_claim_is_configured() -> None:
    assert mapped({"teams": ["t"], "roles": ["r"]}, groups="teams").groups == {"t"}


@pytest.mark.parametrize(
    ("said", "configured"),
    [
        ({"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://x"}}}, {}),
        ({"hasgroups": True}, {}),
        ({"_claim_names": {"teams": "src1"}}, {"groups": "teams"}),
        ({"groups": [f"g{n}" for n in range(2001)]}, {}),
    ],
)
def test_groups_that_are_too_many_are_refused_with_the_reason(said: dict[str, Any], configured: dict[str, Any]) -> None:
    with pytest.raises(NotIdentified, match="too many groups") as raised:
        mapped(said, **configured)
    assert (raised.value.rule, raised.value.status) == ("groups-not-in-token", 403)


def test_other_claims_that_are_elsewhere_are_no_reason_to_refuse() -> None:
    assert mapped({"_claim_names": {"photo": "src1"}, "hasgroups": False}).id == "alice"
    assert mapped({"_claim_names": "groups"}).id == "alice"
    assert mapped({"hasgroups": True, "teams": ["t"]}, groups="teams").groups == {"t"}


@pytest.mark.parametrize("name", [None, "", 7, ["alice"], "a\x00", "a" * 1025])
def test_the_principal_is_a_name(name: Any) -> None:
    with pytest.raises(NotIdentified, match="has no `sub`"):
        mapped({"sub": name})
