"""Systems in other tools' formats, written here by hand, and what becomes of them."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import BartizanError, System, kind_of, parse_text
from bartizan.store.importers import Imported, otm, threagile
from bartizan.store.importers.common import Ids, guess_kind
from bartizan.store.yamltext import write_yaml

THREAGILE = b"""
threagile_version: 1.0.0
title: Claims
author: {name: Ann}
business_overview: {description: Claims of customers}
business_criticality: mission-critical
data_assets:
  Claims:
    {id: claims, description: What customers claim, quantity: many, confidentiality: strictly-confidential}
  Odd: {id: odd, confidentiality: secretive}
technical_assets:
  Customer Browser:
    {id: browser, type: external-entity, technology: browser, internet: true, encryption: none, owner: Customer,
     communication_links: {
       Portal: {target: portal, description: Files a claim, protocol: https, authentication: session-id,
                authorization: enduser-identity-propagation, data_assets_sent: [claims], data_assets_received: []}}}
  Portal:
    {id: portal, type: process, technology: web-application, multi_tenant: true, encryption: none,
     communication_links: {
       Ask: {target: llm, protocol: https, authentication: token, authorization: technical-user,
             data_assets_sent: [claims], data_assets_received: [claims]},
       Save: {target: store, protocol: jdbc, authentication: credentials, vpn: true, data_assets_sent: [nothing]},
       Save again: {target: store, protocol: jdbc-encrypted, authentication: client-certificate},
       Lost: {target: nowhere, protocol: http, authentication: none, authorization: none}}}
  Claims LLM: {id: llm, type: external-entity, technologies: [ai], tags: [gpt-4], encryption: none}
  Store: {id: store, type: datastore, technology: database, encryption: transparent, data_assets_stored: [claims, gone]}
  Builder: {id: builder, type: process, technology: build-pipeline}
  Portal Agent: {id: agent, type: process, technology: container-platform, tags: [ai-agent]}
trust_boundaries:
  Cloud: {id: cloud, type: network-cloud-provider, technical_assets_inside: [portal, agent],
          trust_boundaries_nested: [db, void]}
  Database: {id: db, type: network-virtual-lan, technical_assets_inside: [store]}
  Odd: {id: odd, type: moat}
risk_tracking:
  some-risk: {status: accepted}
"""

OTM = b"""
otmVersion: 0.1.0
project: {id: 7f1c2a4e-0000-4000-8000-000000000000, name: Caf\xc3\xa9 shop, description: Sells, owner: Bob}
representations: [{id: r, name: r, type: diagram}]
assets:
  - {id: cards, name: Cards, risk: {confidentiality: 100, integrity: 1, availability: 1}}
  - {id: menu, name: Menu, risk: {confidentiality: 0, integrity: 1, availability: 1}}
  - {id: staff, name: Staff, risk: {confidentiality: 30}}
  - {id: books, name: Books, risk: {}}
trustZones:
  - {id: f0ba7722-39b6-4c81-8290-a30a248bb8d9, name: Public internet, risk: {trustRating: 1}}
  - {id: z2, name: Zone B, risk: {trustRating: 95}, parent: {trustZone: z3}}
  - {id: z3, name: Zone C, risk: {trustRating: 60}}
  - {id: z4, name: Perimeter, risk: {trustRating: 30}}
components:
  - {id: web, name: Web client, type: web-client, parent: {trustZone: f0ba7722-39b6-4c81-8290-a30a248bb8d9}}
  - {id: api, name: Order API, type: web-service, parent: {trustZone: z3}, tags: [java, null]}
  - {id: bot, name: Support chatbot, type: web-service, parent: {component: api}}
  - {id: vec, name: Index, type: vector-database, parent: {trustZone: z2}}
  - {id: db, name: Customer database, type: postgres, parent: {trustZone: z2},
     assets: {processed: [menu], stored: [cards, gone]}}
  - {id: loop, name: Loop, type: thing, parent: {component: loop}}
dataflows:
  - {id: f1, name: order, source: web, destination: api, bidirectional: true, assets: [cards]}
  - {id: f2, name: order again, source: web, destination: api}
  - {id: f3, name: lost, source: web, destination: nowhere}
threats: [{id: t, name: t, risk: {likelihood: 1, impact: 1}}]
mitigations: [{id: m, name: m, riskReduction: 1}]
"""


def _system(imported: Imported) -> System:
    return parse_text(write_yaml(imported.document))


def _noted(imported: Imported, *words: str) -> bool:
    return any(all(word in note for word in words) for note in imported.notes)


def test_threagile_components_zones_and_data() -> None:
    imported = threagile.read(THREAGILE, "claims.yaml")
    system = _system(imported)
    assert (system.id, system.name, system.owner, system.criticality) == ("claims", "Claims", "Ann", "critical")
    assert system.classes == ["public", "internal", "restricted", "confidential", "strictly-confidential"]
    assert system.data["claims"].class_ == "strictly-confidential"
    kinds = {name: kind_of(component) for name, component in system.components.items()}
    assert kinds == {
        "browser": "client",
        "portal": "application",
        "llm": "model",
        "store": "data-store",
        "builder": "pipeline",
        "agent": "agent",
    }
    assert system.components["browser"].zone == "internet"
    assert system.components["portal"].zone == "cloud"
    assert system.zones["db"].parent == "cloud"
    assert system.components["store"].holds == ["claims"]
    assert system.components["store"].controls == ["encrypt-at-rest"]
    assert getattr(system.components["portal"], "tenancy", "") == "shared"


def test_threagile_links() -> None:
    flows = {flow.key: flow for flow in _system(threagile.read(THREAGILE, "claims.yaml")).flows}
    first = flows["browser->portal"]
    assert (first.authority, first.authentication, first.encryption) == ("user", "session", "tls")
    assert (first.carries, first.returns) == (["claims"], [])
    assert (flows["portal->llm"].authority, flows["portal->llm"].returns) == ("service", ["claims"])
    assert flows["portal->store"].encryption == "vpn"
    assert flows["save-again"].encryption == "mtls"
    assert len(flows) == 4


def test_threagile_says_what_it_guessed_and_left_out() -> None:
    imported = threagile.read(THREAGILE, "claims.yaml")
    assert _noted(imported, "`secretive`", "taken as internal")
    assert _noted(imported, "`Claims LLM`", "taken as `model`")
    assert _noted(imported, "`Lost`", "no known target")
    assert _noted(imported, "`void`")
    assert _noted(imported, "`moat`", "corporate")
    assert _noted(imported, "`nothing`", "left out")
    assert _noted(imported, "1 tracked risks")
    assert _noted(imported, "categories")


def test_otm_components_zones_and_data() -> None:
    imported = otm.read(OTM, "shop.otm")
    system = _system(imported)
    assert (system.id, system.name, system.owner) == ("cafe-shop", "Café shop", "Bob")
    kinds = {name: kind_of(component) for name, component in system.components.items()}
    assert kinds == {
        "web": "client",
        "api": "application",
        "bot": "agent",
        "vec": "vector-store",
        "db": "data-store",
        "loop": "application",
    }
    zones = {name: zone.kind.value for name, zone in system.zones.items()}
    assert zones == {"public-internet": "internet", "z2": "restricted", "z3": "corporate", "z4": "dmz"}
    assert system.zones["z2"].parent == "z3"
    assert (system.components["bot"].zone, system.components["loop"].zone) == ("z3", None)
    classes = {name: data.class_ for name, data in system.data.items()}
    assert classes == {"cards": "restricted", "menu": "public", "staff": "internal", "books": "confidential"}
    assert system.components["db"].holds == ["cards"]


def test_otm_flows_and_notes() -> None:
    imported = otm.read(OTM, "shop.otm")
    flows = {flow.key: flow for flow in _system(imported).flows}
    assert set(flows) == {"web->api", "f2"}
    assert (flows["web->api"].carries, flows["web->api"].returns) == (["cards"], ["cards"])
    assert _noted(imported, "`lost`", "left out")
    assert _noted(imported, "1 threats", "derives its own")
    assert _noted(imported, "1 mitigations")
    assert _noted(imported, "1 representations")
    assert _noted(imported, "`Zone B`", "taken as restricted")
    assert _noted(imported, "`Loop`", "taken as `application`")


@pytest.mark.parametrize(
    ("described", "kind"),
    [
        (("web-application", "Customer portal"), None),
        (("database", "Customer database"), "data-store"),
        (("person", "x"), "person"),
        (("thing", "Customer"), "person"),
        (("AzureOpenAI", "x"), "model"),
        (("process", "login service"), None),
        (("function", "MCP server for mail"), "mcp-server"),
        (("service", "text-embedding-3"), "model"),
        (("x", "Fine-tuning job"), "training-job"),
    ],
)
def test_kinds_by_the_words_that_describe_a_component(described: tuple[str, ...], kind: str | None) -> None:
    guessed = guess_kind(*described)
    assert (guessed[0] if guessed else None) == kind


def test_ids_are_unique_and_readable() -> None:
    ids = Ids()
    assert ids.new("A b") == "a-b"
    assert ids.new("a b") == "a-b-2"
    assert ids.new("as_it-is.1") == "as_it-is.1"
    assert ids.new("7f1c2a4e00004000800000000000abcd", "Named") == "named"
    assert ids.new("日本") == "unnamed"
    assert ids.get("A b") == "a-b"
    assert ids.get("none") is None


_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("abc-1 ", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)
_KEYS = st.sampled_from(
    [
        "id",
        "name",
        "type",
        "source",
        "destination",
        "parent",
        "target",
        "risk",
        "assets",
        "technology",
        "tags",
        "communication_links",
        "trustZone",
        "component",
        "attributes",
        "data_assets_sent",
        "trust_boundaries_nested",
    ]
)
_ENTRY = st.dictionaries(_KEYS, _PLAIN, max_size=6)


@given(
    st.dictionaries(
        st.sampled_from(["project", "assets", "trustZones", "components", "dataflows", "threats"]),
        st.lists(_ENTRY, max_size=4) | _PLAIN,
    )
)
def test_no_otm_file_breaks_the_reader(document: dict[str, Any]) -> None:
    _ends_in_a_system_or_an_error(otm, {"otmVersion": "0.2.0", "project": {}, **document})


@given(
    st.dictionaries(
        st.sampled_from(["data_assets", "technical_assets", "trust_boundaries", "title", "risk_tracking"]),
        st.dictionaries(st.text("abc", min_size=1, max_size=4), _ENTRY, max_size=4) | _PLAIN,
    )
)
def test_no_threagile_file_breaks_the_reader(document: dict[str, Any]) -> None:
    _ends_in_a_system_or_an_error(threagile, {"threagile_version": "1.0.0", "technical_assets": {}, **document})


def _ends_in_a_system_or_an_error(reader: Any, document: dict[str, Any]) -> None:
    with contextlib.suppress(BartizanError):
        _system(reader.read(write_yaml(document).encode(), "x.yaml"))
