"""The nouns of the language: keys, defaults, and the kinds of component."""

from __future__ import annotations

import typing
from datetime import date

import pytest

from bartizan.model import Component, Flow, Store, kind_of, parse_text
from bartizan.model.component import Base, Mailbox, Web
from bartizan.model.words import Party

KINDS = {kind.__struct_config__.tag: kind for kind in typing.get_args(Component)}


def test_the_language_has_the_kinds_of_the_field() -> None:
    assert set(KINDS) == {
        *("person", "client", "application", "agent", "model", "tool", "mcp-server", "retriever", "vector-store"),
        *("memory", "prompt-store", "data-set", "data-store", "training-job", "evaluation-job", "model-registry"),
        *("notebook", "repository", "pipeline", "identity-provider", "secret-store", "gateway", "log-store", "saas"),
        *("web", "mailbox", "file-share", "device"),
    }


@pytest.mark.parametrize("kind", sorted(str(kind) for kind in KINDS))
def test_every_kind_needs_nothing_but_its_kind(kind: str) -> None:
    component = parse_text(f"id: a\ncomponents: {{it: {{kind: {kind}}}}}\n").components["it"]

    assert isinstance(component, Base)
    assert type(component) is KINDS[kind]
    assert kind_of(component) == kind


def test_anyone_may_write_to_the_web_and_to_a_mailbox() -> None:
    assert Web().writers == Web().readers == [Party.PUBLIC]
    assert Mailbox().writers == [Party.PUBLIC]
    silent = [kind() for kind in KINDS.values() if issubclass(kind, Store) and kind not in (Web, Mailbox)]
    assert {party for store in silent for party in (*store.writers, *store.readers)} == set()


def test_defaults_are_not_shared_between_components() -> None:
    first, second = Web(), Web()
    first.writers.append(Party.TEAM)

    assert second.writers == [Party.PUBLIC]


def test_a_flow_is_known_by_its_id_or_its_ends() -> None:
    assert Flow(source="a", target="b").key == "a->b"
    assert Flow(source="a", target="b", id="ask").key == "ask"


def test_a_whole_system_is_read_with_every_section() -> None:
    system = parse_text(
        """\
bartizan: 1
id: whole
name: Whole
owner: Ann
stage: operation
criticality: high
classes: [open, closed]
currency: CHF
appetite: 50000
duties: [gdpr]
zones: {out: {kind: internet}, in: {kind: corporate, parent: out}}
data: {docs: {class: closed, categories: [personal], records: 10, regions: [ch]}}
identities: {robot: {kind: workload, privilege: broad, scope: all, expires: true}}
components:
  bot:
    kind: agent
    zone: in
    autonomy: approve
    controls:
      - rate-limit
      - control: least-privilege-tools
        evidence: [{source: test, observed_at: 2026-11-01, good_until: 2027-01-01}]
  db: {kind: data-store, holds: docs, writers: team}
flows: [{from: bot, to: db, returns: [], authority: user, identity: robot, authentication: oidc, encryption: tls}]
controls: [cost-cap]
losses: [{kind: disclosure, of: docs, severity: critical, magnitude: [1000, 9000]}]
attempts: [{position: insider, per_year: 2}]
assumptions: [none]
decisions: [{threat: a@b, verdict: accept, by: Ann, why: low, until: 2027-06-30}]
"""
    )

    assert system.scheme.classes == ("open", "closed")
    assert system.appetite == 50000.0
    assert isinstance(system.appetite, float)
    assert system.components["db"].holds == ["docs"]
    assert system.flows[0].returns == []
    assert system.decisions[0].until == date(2027, 6, 30)
