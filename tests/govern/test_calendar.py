from __future__ import annotations

from datetime import date, timedelta

from bartizan.govern.calendar import What, ends
from bartizan.model import Decision, Evidence, Placed, System, Verdict
from bartizan.model.assurance import Proof, ProofSource
from bartizan.model.documents import (
    Certificate,
    Claim,
    Document,
    ExceptionSpec,
    Kind,
    MayHold,
    Organisation,
    PolicySpec,
    PolicyState,
    RegisteredSandbox,
    SandboxState,
    Standing,
    ToolSpec,
    VendorSpec,
)

DAY = date(2026, 11, 28)


def day(days: int) -> date:
    return DAY + timedelta(days=days)


def document(kind: Kind, name: str, spec: object) -> Document:
    return Document(kind=kind, name=name, unit="claims", spec=spec)  # type: ignore[arg-type] # one of the specs


def sandbox(name: str, ends: str, state: SandboxState = SandboxState.GRANTED) -> Document:
    spec = RegisteredSandbox(
        id=name, purpose="p", owner="o", data=MayHold(highest="public"), models=["m"], starts="2026-11-01", ends=ends,
        state=state,
    )  # fmt: skip
    return document(Kind.SANDBOX, name, spec)


ALL = [
    document(Kind.ORGANISATION, "organisation", Organisation(title="H")),
    document(
        Kind.SYSTEM,
        "bot",
        System(
            id="bot",
            name="Bot",
            owner="ana",
            decisions=[Decision(threat="t", verdict=Verdict.ACCEPT, by="b", why="w", until=day(1))],
            controls=[
                "cost-cap",
                Placed(
                    control="kill-switch",
                    evidence=[
                        Evidence(source="s", observed_at=DAY, good_until=day(2)),
                        Evidence(source="s", observed_at=DAY),
                        Evidence(source="s", observed_at=DAY, good_until=day(3), outcome="fail"),
                    ],
                ),
            ],
        ),
    ),
    document(
        Kind.TOOL,
        "pen",
        ToolSpec(
            title="Pen",
            standing=Standing.APPROVED,
            good_until=day(4),
            claims=[
                Claim(criterion="retention", value="yes", seen_on=DAY, good_until=day(5)),
                Claim(criterion="location", value="yes", seen_on=DAY),
            ],
        ),
    ),
    document(Kind.TOOL, "quill", ToolSpec(title="Quill", good_until=day(4))),
    document(
        Kind.VENDOR,
        "v",
        VendorSpec(
            title="V",
            contract_until=day(6),
            certificates=[Certificate(title="ISO", good_until=day(7))],
            claims=[Claim(criterion="no-training", value="yes", seen_on=DAY, good_until=day(8))],
        ),
    ),
    document(Kind.VENDOR, "w", VendorSpec(title="W")),
    document(
        Kind.EXCEPTION,
        "e",
        ExceptionSpec(title="E", control="cost-cap", owner="o", why="w", starts=DAY, ends=day(9), approved_by="r"),
    ),
    document(
        Kind.EXCEPTION,
        "f",
        ExceptionSpec(title="F", statement="s", owner="o", why="w", starts=DAY, ends=day(9), refused_by="r"),
    ),
    sandbox("trial", day(10).isoformat()),
    sandbox("over", day(10).isoformat(), SandboxState.KILLED),
    sandbox("strange", "soon"),
    document(Kind.POLICY, "p", PolicySpec(title="P", state=PolicyState.PUBLISHED, review_by=day(11))),
    document(Kind.POLICY, "q", PolicySpec(title="Q", review_by=day(11))),
]


def test_everything_that_ends_stands_there_by_its_day() -> None:
    found = ends(ALL, DAY)
    assert [(one.what, one.name, one.on) for one in found] == [
        (What.DECISION, "bot", day(1)),
        (What.EVIDENCE, "bot", day(2)),
        (What.TOOL, "pen", day(4)),
        (What.CLAIM, "pen", day(5)),
        (What.CONTRACT, "v", day(6)),
        (What.CERTIFICATE, "v", day(7)),
        (What.CLAIM, "v", day(8)),
        (What.EXCEPTION, "e", day(9)),
        (What.SANDBOX, "trial", day(10)),
        (What.REVIEW, "p", day(11)),
    ]
    assert (found[0].title, found[0].owner, found[0].unit, found[0].detail) == ("Bot", "ana", "claims", "t")


def test_what_is_far_away_or_long_ago_is_left_out() -> None:
    assert [one.name for one in ends(ALL, DAY, 1)] == ["bot"]
    assert [one.name for one in ends(ALL, day(12), ago=1)] == ["p"]
    assert ends(ALL, day(50)) == []


def test_evidence_of_the_register_is_among_it() -> None:
    def proof(system: str, until: date | None, outcome: str = "pass") -> Proof:
        return Proof(
            system=system, control="cost-cap", source=ProofSource.TEST, observed_at=DAY, good_until=until,
            outcome=outcome,
        )  # fmt: skip

    proofs = [proof("bot", day(1)), proof("other", day(1)), proof("bot", None), proof("bot", day(1), "fail")]
    found = ends(ALL[:2], DAY, 1, proofs=proofs)
    assert [(one.what, one.detail) for one in found] == [(What.DECISION, "t"), (What.EVIDENCE, "cost-cap")]
