"""The facts that rules may ask about: one test per word that is more than a copy of a key."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.analysis import example_system
from bartizan.analysis.facts import system_facts
from bartizan.analysis.spread import spread_data
from bartizan.analysis.topology import Topology
from bartizan.catalog import Fact
from tests.analysis.support import catalog


def facts(system: dict[str, Any]) -> set[Fact]:
    topology = Topology(example_system(system))
    return system_facts(topology, spread_data(topology), catalog().positions)


def about(entry: dict[str, Any], **more: Any) -> set[Fact]:
    """The facts that name `it` first, without it."""
    zones = {kind: {"kind": kind} for kind in ("internet", "dmz", "vendor", "partner", "cloud", "device")}
    found = facts({"zones": zones, "components": {"it": entry}, **more})
    return {(fact[0], *fact[2:]) for fact in found if len(fact) > 1 and fact[1] == "it"}


def words(entry: dict[str, Any], **more: Any) -> set[str]:
    return {fact[0] for fact in about(entry, **more)}


@pytest.mark.parametrize(
    ("entry", "has", "lacks"),
    [
        ({"kind": "agent"}, {"agent", "promptable", "may_act", "software", "built_here"}, {"store", "actuator"}),
        ({"kind": "agent", "autonomy": "suggest"}, {"promptable"}, {"may_act"}),
        ({"kind": "agent", "spawns": True, "watches": True}, {"spawns", "watches"}, set()),
        ({"kind": "agent", "vendor": "acme"}, {"software"}, {"built_here"}),
        ({"kind": "agent", "zone": "vendor"}, {"software"}, {"built_here", "exposed_component"}),
        ({"kind": "client"}, {"software"}, {"built_here", "promptable"}),
        ({"kind": "mcp-server"}, {"mcp_server", "actuator", "hosting", "foreign", "open_source"}, set()),
        ({"kind": "tool", "reversible": False}, {"actuator", "irreversible"}, {"foreign", "hosting"}),
        ({"kind": "tool", "origin": "partner"}, {"foreign"}, {"open_source"}),
        ({"kind": "data-set", "origin": "synthetic"}, {"data_set", "store", "origin"}, {"foreign"}),
        ({"kind": "vector-store", "tenancy": "shared"}, {"store", "shared_tenancy"}, set()),
        ({"kind": "agent", "tenancy": "shared"}, {"shared_tenancy"}, set()),
        ({"kind": "agent", "executes_output": True}, {"executes_output"}, set()),
        ({"kind": "application"}, set(), {"executes_output", "shared_tenancy", "promptable"}),
        ({"kind": "training-job", "continuous": True}, {"continuous"}, set()),
        ({"kind": "training-job"}, {"training_job"}, {"continuous"}),
        ({"kind": "saas", "assistant": True}, {"assistant", "promptable", "may_act"}, {"software"}),
        ({"kind": "memory"}, {"memory", "scope"}, set()),
        ({"kind": "device", "sensor": True}, {"sensor"}, {"store"}),
        ({"kind": "application", "zone": "internet"}, {"exposed_component"}, set()),
        ({"kind": "application", "zone": "dmz"}, {"exposed_component"}, set()),
        ({"kind": "application", "zone": "cloud"}, {"zone_kind"}, {"exposed_component"}),
        ({"kind": "person", "zone": "internet"}, {"person"}, {"exposed_component", "software"}),
    ],
)
def test_a_component_is_what_its_keys_say(entry: dict[str, Any], has: set[str], lacks: set[str]) -> None:
    found = words(entry)

    assert has <= found
    assert not lacks & found


MODEL = {"kind": "model"}


@pytest.mark.parametrize(
    ("model", "has", "lacks"),
    [
        ({}, {"generative", "llm", "metered", "trains_on_input", "retains"}, {"own_model", "obtainable", "predictive"}),
        ({"hosting": "cloud"}, {"llm"}, {"metered", "trains_on_input", "retains"}),
        ({"hosting": "cloud", "metered": True}, {"metered"}, {"retains"}),
        ({"metered": False}, {"retains"}, {"metered"}),
        ({"retention_days": 0, "trains_on_input": "no"}, {"metered"}, {"retains", "trains_on_input"}),
        ({"retention_days": 30, "trains_on_input": "yes"}, {"retains", "trains_on_input"}, set()),
        ({"type": "classifier"}, {"predictive"}, {"generative", "llm"}),
        ({"type": "image-generator"}, {"generative"}, {"llm", "predictive"}),
        ({"type": "embedding"}, set(), {"generative", "predictive", "llm"}),
        ({"origin": "own"}, {"own_model"}, {"foreign", "obtainable"}),
        ({"fine_tuned": True}, {"own_model", "fine_tuned", "foreign"}, set()),
        ({"weights": "shipped"}, {"obtainable"}, set()),
        ({"origin": "community"}, {"obtainable", "open_source"}, set()),
        ({"automates": True}, {"automates"}, set()),
    ],
)
def test_a_model_is_what_its_terms_say(model: dict[str, Any], has: set[str], lacks: set[str]) -> None:
    found = words({**MODEL, **model})

    assert has <= found
    assert not lacks & found


@pytest.mark.parametrize(
    ("type_", "output"),
    [
        ("embedding", "vector"),
        ("image-generator", "media"),
        ("llm", "text"),
        ("speech", "text"),
        ("classifier", "label"),
        ("biometric", "label"),
    ],
)
def test_a_model_returns_what_its_type_returns_unless_stated(type_: str, output: str) -> None:
    assert ("outputs", output) in about({**MODEL, "type": type_})
    assert ("outputs", "scores") in about({**MODEL, "type": type_, "outputs": "scores"})


CALLED = {
    "ann": {"kind": "person"},
    "joe": {"kind": "person", "party": "customers"},
    "page": {"kind": "application", "zone": "internet"},
    "mate": {"kind": "application", "zone": "partner"},
    "it": {"kind": "application", "zone": "cloud"},
    "db": {"kind": "data-store", "zone": "cloud"},
}
ZONES = {kind: {"kind": kind} for kind in ("internet", "partner", "cloud")}


def calling(source: str, target: str, **said: Any) -> set[Fact]:
    return facts(
        {
            "zones": ZONES,
            "data": {"docs": {}},
            "identities": {
                "robot": {"kind": "service", "privilege": "admin", "kept_in": "db"},
                "key": {"kind": "api-key", "expires": True},
            },
            "components": CALLED,
            "flows": [{"from": source, "to": target, **said}],
        }
    )


@pytest.mark.parametrize(("caller", "exposed"), [("ann", False), ("joe", True), ("page", True), ("mate", True)])
def test_what_outsiders_call_is_exposed(caller: str, exposed: bool) -> None:
    assert (("exposed_component", "it") in calling(caller, "it")) is exposed


@pytest.mark.parametrize(
    ("said", "has", "lacks"),
    [
        ({}, {"call", "flow", "own_authority"}, {"authority", "anonymous", "keyed", "acts_as", "crosses"}),
        ({"authority": "user"}, {"authority"}, {"own_authority"}),
        ({"authority": "none"}, {"authority"}, {"own_authority"}),
        ({"authority": "shared"}, {"authority", "own_authority"}, set()),
        ({"authentication": "none"}, {"anonymous"}, {"keyed"}),
        ({"authentication": "api-key"}, {"keyed"}, {"anonymous"}),
        ({"authentication": "oidc"}, set(), {"keyed", "anonymous"}),
        ({"identity": "robot"}, {"acts_as", "overprivileged"}, {"keyed"}),
        ({"identity": "key"}, {"acts_as", "keyed"}, {"overprivileged"}),
        ({"identity": "key", "authentication": "oidc"}, {"keyed"}, set()),
    ],
)
def test_a_call_is_what_it_says(said: dict[str, Any], has: set[str], lacks: set[str]) -> None:
    found = {fact[0] for fact in calling("it", "db", **said) if fact[1:3] == ("it", "db")} | {
        fact[0] for fact in calling("it", "db", **said) if fact[0] == "flow" and fact[1:] == ("db", "it")
    }

    assert has <= found
    assert not lacks & found


@pytest.mark.parametrize(
    ("entry", "onward", "own"), [("user", "user", False), ("user", None, True), ("service", "user", True)]
)
def test_what_stands_behind_a_gateway_is_reached(entry: str | None, onward: str | None, own: bool) -> None:
    parts = {"it": {"kind": "agent"}, "gate": {"kind": "gateway"}, "crm": {"kind": "tool"}}
    flows = [{"from": "it", "to": "gate", "authority": entry}, {"from": "gate", "to": "crm", "authority": onward}]
    found = facts({"components": parts, "flows": flows})

    assert {("call", "it", "crm"), ("flow", "it", "crm"), ("flow", "crm", "it")} <= found
    assert (("own_authority", "it", "crm") in found) is own
    assert (("authority", "it", "crm", "user") in found) is not own
    closed = facts({"components": parts, "flows": [{**flows[0], "returns": []}, flows[1]]})
    assert ("flow", "crm", "it") not in closed


def test_people_are_taken_to_use_passwords_unless_stated() -> None:
    assert ("keyed", "ann", "it") in calling("ann", "it")
    assert ("keyed", "ann", "it") not in calling("ann", "it", authentication="mfa")


def test_content_and_data_pass_both_ways() -> None:
    found = calling("page", "it", carries=["docs"], returns=["docs"])

    assert {("flow", "page", "it"), ("flow", "it", "page")} <= found
    assert {("carries", "page", "it", "docs"), ("carries", "it", "page", "docs")} <= found
    assert {("crosses", "page", "it"), ("open_network", "page", "it")} <= found
    assert not {fact for fact in calling("it", "db") if fact[0] == "carries"}
    assert ("flow", "it", "page") not in calling("page", "it", returns=[])


def test_secrets_are_kept_somewhere_and_may_live_long() -> None:
    found = calling("it", "db")

    assert ("kept_in", "robot", "db") in found
    assert {fact for fact in found if fact[0] == "long_lived"} == {("long_lived", "robot")}


def test_data_is_sensitive_in_the_upper_half_of_any_scheme() -> None:
    def sensitive(classes: list[str]) -> set[str]:
        data = {f"d-{name}": {"class": name} for name in classes}
        found = facts({"classes": classes, "data": data, "components": {"it": {"kind": "agent"}}})
        return {fact[1].removeprefix("d-") for fact in found if fact[0] == "sensitive"}

    assert sensitive(["public", "internal", "confidential", "restricted"]) == {"confidential", "restricted"}
    assert sensitive(["open", "closed"]) == {"closed"}
    assert sensitive(["a", "b", "c"]) == {"b", "c"}


def test_data_about_people_says_so() -> None:
    data = {"a": {"categories": ["health"]}, "b": {"categories": ["payment"]}, "c": {}}
    found = facts({"data": data, "components": {"it": {"kind": "agent"}}})

    assert {fact for fact in found if fact[0] == "personal"} == {("personal", "a")}
    assert {fact for fact in found if fact[0] == "category"} == {
        ("category", "a", "health"),
        ("category", "b", "payment"),
    }


@pytest.mark.parametrize(
    ("region", "regions", "abroad"),
    [("us", ["eu"], True), ("eu", ["eu"], False), ("", ["eu"], False), ("us", [], False)],
)
def test_data_is_abroad_where_its_owner_did_not_list_the_region(region: str, regions: list[str], abroad: bool) -> None:
    data = {"docs": {"regions": regions}}
    found = facts({"data": data, "components": {"it": {"kind": "data-store", "region": region, "holds": ["docs"]}}})

    assert (("abroad", "it", "docs") in found) is abroad
    assert {("holds", "it", "docs"), ("handles", "it", "docs")} <= found


def test_people_hold_nothing_that_leaks() -> None:
    found = facts({"data": {"docs": {}}, "components": {"it": {"kind": "person", "holds": ["docs"]}}})

    assert not {fact for fact in found if fact[0] in ("holds", "handles", "pooled")}


def attackers(word: str, components: dict[str, Any], *flows: tuple[str, str]) -> set[str]:
    calls = [{"from": source, "to": target} for source, target in flows]
    zones = {"vendor": {"kind": "vendor"}}
    found = facts({"zones": zones, "components": components, "flows": calls})
    return {fact[1] for fact in found if fact[0] == word and fact[2:] in ((), ("it",))}


def test_positions_stand_outside_or_inside() -> None:
    parts = {"it": {"kind": "agent"}}

    assert attackers("external", parts) == {"outsider", "customer", "partner"}
    assert attackers("internal", parts) == {"insider", "builder"}
    assert attackers("attacker", parts) == set(catalog().positions)


@pytest.mark.parametrize(
    ("word", "entry", "positions"),
    [
        ("may_write", {"kind": "data-store", "writers": ["customers"]}, {"customer"}),
        ("may_write", {"kind": "data-store"}, set()),
        ("may_write", {"kind": "web"}, {"outsider", "customer"}),
        ("may_read", {"kind": "data-store", "readers": ["team"]}, {"builder"}),
        ("may_configure", {"kind": "agent"}, {"builder"}),
        ("may_configure", {"kind": "agent", "configured_by": ["employees", "partners"]}, {"insider", "partner"}),
        ("physical", {"kind": "device"}, set()),
        ("physical", {"kind": "device", "physical_access": "staff"}, {"insider", "builder"}),
        ("physical", {"kind": "device", "physical_access": "public"}, {"insider", "builder", "outsider", "customer"}),
        ("supplies", {"kind": "agent"}, {"supplier"}),
        ("supplies", {"kind": "agent", "vendor": "acme"}, set()),
        ("supplies", {"kind": "agent", "zone": "vendor"}, {"vendor"}),
        ("supplies", {"kind": "client"}, set()),
        ("supplies", {"kind": "saas"}, {"vendor"}),
        ("supplies", {"kind": "model"}, {"supplier", "vendor"}),
        ("supplies", {"kind": "model", "origin": "own", "hosting": "cloud"}, set()),
        ("supplies", {"kind": "data-set", "origin": "partner"}, {"supplier", "partner"}),
        ("supplies", {"kind": "data-set"}, set()),
    ],
)
def test_attackers_stand_where_their_party_can(word: str, entry: dict[str, Any], positions: set[str]) -> None:
    assert attackers(word, {"it": entry}) == positions


def test_people_use_what_they_call_and_what_stands_behind_their_client() -> None:
    parts = {
        "joe": {"kind": "person", "party": "customers"},
        "page": {"kind": "client"},
        "app": {"kind": "application"},
        "it": {"kind": "agent"},
    }

    assert attackers("may_use", parts, ("joe", "it")) == {"customer"}
    assert attackers("may_use", parts, ("joe", "page"), ("page", "it")) == {"customer"}
    assert attackers("may_use", parts, ("joe", "app"), ("app", "it")) == set()
    assert attackers("may_use", {**parts, "joe": {"kind": "person"}}, ("joe", "it")) == {"insider"}


def test_every_fact_is_a_word_of_the_vocabulary_with_its_number_of_terms() -> None:
    known = catalog().vocabulary
    for fact in calling("it", "db", identity="robot", carries=["docs"]) | facts(
        {"components": {"it": {"kind": "model"}, "bot": {"kind": "mcp-server", "zone": None}}}
    ):
        assert not known[fact[0]].gained
        assert len(known[fact[0]].args) == len(fact) - 1
