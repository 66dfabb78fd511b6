"""Small documents, evidence and assessments for tests of the register."""

from __future__ import annotations

from datetime import date

from bartizan.model.assemble import parse_text
from bartizan.model.assurance import Assessment, ControlState, Proof, ProofSource
from bartizan.model.documents import (
    Document,
    ExceptionSpec,
    Kind,
    Organisation,
    PolicySpec,
    Standing,
    Stored,
    TierRule,
    ToolSpec,
    Unit,
    VendorSpec,
    parse_document,
)
from bartizan.model.words import Level
from bartizan.store.register.open import SqlRegister

__all__ = [
    "AT",
    "DAY",
    "assessment",
    "every_kind",
    "exception",
    "keep",
    "organisation",
    "proof",
    "sandbox",
    "system",
    "tool",
]

AT = "2026-11-28T09:00:00Z"
DAY = date(2026, 11, 28)


def system(name: str, unit: str = "", *, title: str = "", owner: str = "", stage: str = "operation") -> Document:
    """Return a system of one component."""
    text = f"id: {name}\nname: {title or name}\nowner: '{owner}'\nstage: {stage}\ncomponents: {{a: {{kind: agent}}}}\n"
    return Document(kind=Kind.SYSTEM, name=name, unit=unit, spec=parse_text(text))


def tool(name: str, unit: str = "", *, title: str = "A tool", owner: str = "", until: date | None = None) -> Document:
    """Return an approved tool."""
    spec = ToolSpec(title=title, owner=owner, standing=Standing.APPROVED, good_until=until)
    return Document(kind=Kind.TOOL, name=name, unit=unit, spec=spec)


def exception(name: str, unit: str = "", *, systems: list[str] | None = None, approved_by: str = "") -> Document:
    """Return an exception from a control, for some systems or for all of a unit."""
    spec = ExceptionSpec(
        title="Later",
        control="least-privilege",
        systems=systems or [],
        owner="ana",
        why="it takes longer",
        starts=DAY,
        ends=date(2027, 1, 31),
        approved_by=approved_by,
    )
    return Document(kind=Kind.EXCEPTION, name=name, unit=unit, spec=spec)


def organisation(*tiers: str) -> Document:
    """Return an organisation with a unit, and tiers of these names where some are given."""
    spec = Organisation(title="Example", units={"bank": Unit(title="Bank")})
    if tiers:
        rules = [TierRule(id=name, title=name) for name in tiers]
        spec = Organisation(title="Example", units=spec.units, tiers=rules)
    return Document(kind=Kind.ORGANISATION, name="organisation", spec=spec)


def sandbox(name: str, ends: str = "2026-12-24T01:00:00+02:00") -> Document:
    """Return a sandbox as a file says it."""
    text = (
        f"id: {name}\npurpose: Try it\nowner: ana\nusers: [ana]\ndata: {{highest: internal}}\nmodels: ['*']\n"
        f"starts: '2026-11-01'\nends: '{ends}'\n"
    )
    return parse_document(text.encode(), "sandbox.yaml")


def every_kind() -> list[Document]:
    """Return a document of each kind."""
    policy = PolicySpec(title="AI security policy", owner="cy", review_by=date(2027, 6, 1))
    vendor = VendorSpec(title="Example AI", owner="vi", criticality=Level.HIGH, contract_until=date(2028, 1, 1))
    return [
        organisation(),
        system("assistant", "bank", title="Assistant", owner="ana"),
        tool("chat-team", until=date(2027, 3, 1)),
        Document(kind=Kind.VENDOR, name="example-ai", spec=vendor),
        sandbox("try-it"),
        exception("later", approved_by="ben"),
        Document(kind=Kind.POLICY, name="ai-security-policy", spec=policy),
    ]


def keep(register: SqlRegister, *documents: Document) -> list[Stored]:
    """Keep documents as new ones."""
    return [register.documents.put(one, expected=0, by="ana", why="new", at=AT) for one in documents]


def proof(of: str, control: str = "least-privilege", *, outcome: str = "pass", **fields: object) -> Proof:
    """Return a piece of evidence of a scan, of the day."""
    given = {"source": ProofSource.SCAN, "observed_at": DAY, **fields}
    return Proof(system=of, control=control, outcome=outcome, **given)  # type: ignore[arg-type]


def assessment(of: str, version: int = 1, **fields: object) -> Assessment:
    """Return an assessment that says little."""
    given = {
        "inputs": "0" * 64,
        "as_of": DAY,
        "until": None,
        "tier": "tier-3",
        "above_appetite": False,
        "currency": "EUR",
        "inherent_p50": 9.0,
        "residual_p50": 3.0,
        "residual_p90": 5.0,
        "planned_p50": 1.0,
        "threats": {Level.LOW: 1},
        "controls": {ControlState.PROVEN: 2},
        "worst": Level.LOW,
        **fields,
    }
    return Assessment(system=of, version=version, **given)  # type: ignore[arg-type]
