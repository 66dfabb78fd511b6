"""A synthetic review of a made-up help desk copilot: what the report tests print, without running an analysis."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np

from bartizan.analysis.result import (
    Change,
    FrameworkCoverage,
    LabelView,
    PathStep,
    PathView,
    Review,
    SystemRef,
    ThreatView,
)
from bartizan.catalog import Catalog
from bartizan.model import Decision, Level, LossKind, Stage, Status, System, parse_text
from tests.report.sample_money import sample_loss, sample_plan, sample_risk
from tests.support import packaged_catalog

__all__ = ["sample_catalog", "sample_review", "sample_system"]

_SYSTEM = """
bartizan: 1
id: helpdesk
name: Help desk copilot
description: Answers employees' questions from tickets and the knowledge base, and changes tickets on their behalf.
owner: IT services
stage: design
criticality: high
currency: CHF
appetite: 250000
zones:
  outside: {kind: internet, name: Internet}
  office: {kind: corporate, name: Corporate network}
  cloud: {kind: cloud, name: Cloud subscription}
  private: {kind: restricted, name: Private subnet, parent: cloud}
  provider: {kind: vendor, name: Model provider}
data:
  tickets: {name: Ticket texts, class: confidential, categories: [personal]}
  hr-cases: {name: HR cases, class: restricted, categories: [sensitive-personal]}
  articles: {name: Knowledge articles, class: internal}
  questions: {name: Questions, class: internal, categories: [conversations]}
components:
  customer: {kind: person, name: Sender outside, party: public, zone: outside}
  employee: {kind: person, name: Employee, zone: office}
  inbox: {kind: mailbox, name: Support mailbox, zone: office}
  chat: {kind: client, name: Chat panel, zone: office, renders: [markdown, images]}
  wiki: {kind: web, name: Vendor documentation, zone: outside}
  copilot: {kind: agent, name: Help desk agent, zone: cloud, controls: [agent-audit-log]}
  search: {kind: retriever, name: Knowledge search, zone: cloud}
  index: {kind: vector-store, name: Article index, zone: private, holds: [articles]}
  ticketing: {kind: data-store, name: Ticket database, zone: private, holds: [tickets, hr-cases], writers: [employees]}
  ticket-tool: {kind: tool, name: Change ticket, zone: cloud, effect: [write, send], reversible: false}
  llm: {kind: model, name: Language model, zone: provider, provider: Example AI, product: Example Large}
flows:
  - {from: employee, to: chat, carries: [questions]}
  - {from: chat, to: copilot, carries: [questions], authentication: oidc, encryption: tls}
  - {from: customer, to: inbox}
  - {from: inbox, to: ticketing, carries: [tickets]}
  - {from: copilot, to: llm, carries: [questions, tickets], authentication: api-key, encryption: tls}
  - {from: copilot, to: search, carries: [questions], encryption: tls}
  - {from: search, to: index, carries: [questions], returns: [articles], encryption: tls}
  - {from: copilot, to: ticketing, carries: [questions], returns: [tickets], authority: service, encryption: tls}
  - {from: copilot, to: ticket-tool, carries: [tickets], authority: service}
  - {from: ticket-tool, to: ticketing, carries: [tickets], authority: service}
  - {from: copilot, to: wiki}
controls: [caller-authentication]
assumptions:
  - The provider keeps prompts for 30 days, as its public terms say.
decisions:
  - {threat: model-api-access@llm, verdict: accept, by: CISO, why: The provider is assessed., until: 2027-06-30}
"""


@cache
def sample_catalog() -> Catalog:
    """The packaged catalog, read once for all tests."""
    return packaged_catalog()


def sample_system() -> System:
    """The system that the sample review is about: 11 components in 5 zones."""
    return parse_text(_SYSTEM)


def _threat(
    rule: str,
    at: str,
    title: str,
    severity: Level,
    score: float,
    *,
    atlas: list[str],
    leads_to: list[str],
    paths: list[str],
    why: list[str],
    removed_by: list[Change],
    components: list[str] | None = None,
    also_at: list[str] | None = None,
    llm: list[str] | None = None,
    agentic: list[str] | None = None,
    stride: list[str] | None = None,
    decision: Decision | None = None,
) -> ThreatView:
    return ThreatView(
        id=f"{rule}@{at}",
        rule=rule,
        title=title,
        description=f"{title}. What an attacker does with it, in two sentences. And what makes it likely here.",
        severity=severity,
        score=score,
        at=at,
        components=components or [at],
        also_at=also_at or [],
        atlas=atlas,
        owasp_llm=llm or [],
        owasp_agentic=agentic or [],
        owasp_ml=[],
        stride=stride or [],
        lifecycle=[Stage.DESIGN, Stage.OPERATION],
        leads_to=leads_to,
        paths=paths,
        why=why,
        removed_by=removed_by,
        remedy="Take one of the causes away; the first change on the list is the cheapest.",
        verify="Plant a marked text, ask a question that finds it, and check that nothing follows from it.",
        status=Status.ACCEPTED if decision else Status.OPEN,
        decision=decision,
    )


def _threats() -> list[ThreatView]:
    quarantine = Change(
        text="place `quarantine-untrusted-content` at `copilot`",
        control="quarantine-untrusted-content",
        placement="copilot",
    )
    approval = Change(text="place `human-approval` at `ticket-tool`", control="human-approval", placement="ticket-tool")
    rendering = Change(text="place `safe-rendering` at `chat`", control="safe-rendering", placement="chat")
    images = Change(text="stop rendering images in `chat`")
    return [
        _threat(
            "indirect-prompt-injection",
            "copilot",
            "Content that the agent reads carries instructions",
            Level.CRITICAL,
            94.0,
            atlas=["AML.T0051.001"],
            llm=["LLM01:2025"],
            agentic=["ASI01"],
            stride=["tampering", "elevation-of-privilege"],
            components=["copilot", "ticketing", "inbox"],
            leads_to=["disclosure/hr-cases", "disclosure/tickets", "action/ticket-tool"],
            paths=["p1", "p2", "p3", "p4"],
            why=["Anyone on the internet can write to Support mailbox", "Help desk agent reads Ticket database"],
            removed_by=[quarantine],
        ),
        _threat(
            "lethal-trifecta",
            "copilot",
            "Private data, foreign content and a way out meet in one session",
            Level.CRITICAL,
            88.5,
            atlas=["AML.T0057"],
            llm=["LLM02:2025", "LLM01:2025"],
            agentic=["ASI01"],
            stride=["information-disclosure"],
            components=["copilot", "ticketing", "chat"],
            leads_to=["disclosure/hr-cases", "disclosure/tickets"],
            paths=["p1", "p2"],
            why=["Help desk agent holds HR cases", "Chat panel renders images", "Ticket texts come from outside"],
            removed_by=[images, rendering],
        ),
        _threat(
            "unauthorised-action",
            "ticket-tool",
            "A steered agent acts without anyone's agreement",
            Level.HIGH,
            71.2,
            atlas=["AML.T0053"],
            llm=["LLM06:2025"],
            agentic=["ASI02"],
            stride=["elevation-of-privilege"],
            components=["ticket-tool", "copilot"],
            leads_to=["action/ticket-tool"],
            paths=["p3"],
            why=["What Change ticket does can't be undone", "Change ticket acts with the agent's own rights"],
            removed_by=[approval],
        ),
        _threat(
            "rendered-image-exfiltration",
            "chat",
            "An image address carries data out",
            Level.HIGH,
            64.0,
            atlas=["AML.T0077"],
            llm=["LLM05:2025"],
            stride=["information-disclosure"],
            leads_to=["disclosure/hr-cases", "disclosure/tickets"],
            paths=["p1", "p2"],
            why=["Chat panel renders images"],
            removed_by=[rendering, images],
        ),
        _threat(
            "retrieved-data-collection",
            "search",
            "Search returns what the asker may not read",
            Level.HIGH,
            52.8,
            atlas=["AML.T0085.000"],
            llm=["LLM08:2025"],
            agentic=["ASI03"],
            stride=["information-disclosure"],
            components=["search", "index"],
            also_at=["retrieved-data-collection@ticketing"],
            leads_to=["disclosure/tickets"],
            paths=["p5"],
            why=["Knowledge search calls Article index with the rights of a service"],
            removed_by=[
                Change(
                    text="place `permission-trimmed-retrieval` at `search`",
                    control="permission-trimmed-retrieval",
                    placement="search",
                )
            ],
        ),
        _threat(
            "second-order-injection-records",
            "ticketing",
            "A record that an attacker fills in is read later as an instruction",
            Level.MEDIUM,
            41.0,
            atlas=["AML.T0051.001", "AML.T0070"],
            llm=["LLM01:2025"],
            agentic=["ASI06"],
            stride=["tampering"],
            leads_to=["action/ticket-tool"],
            paths=["p4"],
            why=["Support mailbox writes to Ticket database", "Help desk agent reads Ticket database"],
            removed_by=[quarantine],
        ),
        _threat(
            "agent-budget-exhaustion",
            "llm",
            "Questions without end run up the bill",
            Level.MEDIUM,
            28.4,
            atlas=["AML.T0034"],
            llm=["LLM10:2025"],
            stride=["denial-of-service"],
            leads_to=["cost/llm"],
            paths=[],
            why=["Each call of Language model costs money"],
            removed_by=[Change(text="place `cost-cap` at `llm`", control="cost-cap", placement="llm")],
        ),
        _threat(
            "model-api-access",
            "llm",
            "A stolen key calls the model",
            Level.LOW,
            12.0,
            atlas=["AML.T0040"],
            llm=["LLM10:2025"],
            stride=["spoofing"],
            leads_to=["cost/llm"],
            paths=[],
            why=["Help desk agent calls Language model with an API key"],
            removed_by=[],
            decision=sample_system().decisions[0],
        ),
    ]


def _step(threats: list[ThreatView], id: str, gains: str, likelihood: float) -> PathStep:
    threat = next(entry for entry in threats if entry.id == id)
    return PathStep(
        threat=threat.id,
        rule=threat.rule,
        title=threat.title,
        component=threat.at,
        components=threat.components,
        atlas=threat.atlas,
        gains=gains,
        likelihood=likelihood,
        cut_by=[change.control for change in threat.removed_by if change.control],
    )


def _paths(threats: list[ThreatView]) -> list[PathView]:
    arrives = PathStep(
        threat="",
        rule="content-arrives",
        title="Content arrives",
        component="inbox",
        components=["inbox", "ticketing"],
        atlas=[],
        gains="the attacker's text lies in Ticket database",
        likelihood=1.0,
        cut_by=[],
    )
    injected = _step(threats, "indirect-prompt-injection@copilot", "Help desk agent follows the attacker's text", 0.6)
    trifecta = _step(threats, "lethal-trifecta@copilot", "HR cases are in the answer", 0.7)
    image = _step(threats, "rendered-image-exfiltration@chat", "the data reaches the attacker's server", 0.9)
    action = _step(threats, "unauthorised-action@ticket-tool", "a ticket is changed without agreement", 0.5)
    record = _step(threats, "second-order-injection-records@ticketing", "the text waits in a record", 0.4)
    search = _step(threats, "retrieved-data-collection@search", "an employee reads tickets of others", 0.3)
    way_in = ["customer", "inbox", "ticketing", "copilot"]

    def path(
        id: str, kind: LossKind, asset: str, severity: Level, position: str, via: list[str], steps: list[PathStep]
    ) -> PathView:
        return PathView(
            id=id,
            loss=f"{kind}/{asset}",
            kind=kind,
            asset=asset,
            severity=severity,
            position=position,
            score=round(float(np.prod([step.likelihood for step in steps])), 4),
            via=via,
            steps=steps,
        )

    disclosure, act = LossKind.DISCLOSURE, LossKind.ACTION
    first = [arrives, injected, trifecta, image]
    return [
        path("p1", disclosure, "hr-cases", Level.CRITICAL, "outsider", [*way_in, "chat"], first),
        path("p2", disclosure, "tickets", Level.HIGH, "outsider", [*way_in, "chat"], first),
        path("p3", act, "ticket-tool", Level.HIGH, "outsider", [*way_in, "ticket-tool"], [arrives, injected, action]),
        path("p4", act, "ticket-tool", Level.HIGH, "outsider", [*way_in, "ticket-tool"], [arrives, record, injected]),
        path("p5", disclosure, "tickets", Level.HIGH, "insider", ["employee", "chat", "copilot", "search"], [search]),
    ]


def sample_review() -> Review:
    """A review as the analysis would give it: 7 ranked threats, 1 accepted in the appendix, 5 paths, 4 losses."""
    threats = _threats()
    return Review(
        system=SystemRef(id="helpdesk", name="Help desk copilot"),
        as_of=date(2026, 11, 23),
        appetite=250_000.0,
        threats=threats[:7],
        appendix=threats[7:],
        paths=_paths(threats),
        losses=[
            sample_loss(LossKind.DISCLOSURE, "hr-cases", Level.CRITICAL, [200_000, 900_000, 4_000_000], True, 4),
            sample_loss(LossKind.DISCLOSURE, "tickets", Level.HIGH, [50_000, 200_000, 900_000], True, 3),
            sample_loss(LossKind.ACTION, "ticket-tool", Level.HIGH, [20_000, 80_000, 300_000], True, 2),
            sample_loss(LossKind.COST, "llm", Level.MEDIUM, [2_000, 10_000, 60_000], False, 0),
        ],
        controls=sample_plan(),
        risk=sample_risk(),
        coverage={
            "owasp-llm": FrameworkCoverage(
                covered=["LLM06:2025"],
                planned=["LLM01:2025", "LLM08:2025"],
                gaps=["LLM02:2025", "LLM05:2025", "LLM10:2025"],
            ),
            "owasp-agentic": FrameworkCoverage(covered=[], planned=["ASI01"], gaps=["ASI02", "ASI03"]),
            "nist-ai-rmf": FrameworkCoverage(
                covered=["GOVERN 1.2"], planned=["MAP 3.5", "MANAGE 2.2"], gaps=["MEASURE 2.7"]
            ),
            "iso-42001": FrameworkCoverage(covered=["A.6.2.6"], planned=["A.9.2"], gaps=["A.7.4"]),
            "eu-ai-act": FrameworkCoverage(covered=["Art. 12"], planned=["Art. 15"], gaps=["Art. 14"]),
        },
        labels={
            "copilot": LabelView(confidentiality="restricted", categories=["personal"], integrity="untrusted"),
            "ticketing": LabelView(
                confidentiality="restricted", categories=["personal", "sensitive-personal"], integrity="untrusted"
            ),
            "index": LabelView(confidentiality="internal", categories=[], integrity="organisation"),
            "chat": LabelView(confidentiality="restricted", categories=["personal"], integrity="untrusted"),
            "llm": LabelView(confidentiality="confidential", categories=["personal"], integrity="untrusted"),
        },
        notes=["No evidence proves `agent-audit-log`; it counts as claimed."],
    )
