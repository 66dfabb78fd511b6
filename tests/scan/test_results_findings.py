"""From counts to findings, verdicts and classes."""

from __future__ import annotations

import pytest

from bartizan.inspection.classification import Classifier, ClassScheme
from bartizan.scan.aggregate import Aggregate, ColumnTally, Spot, TypeTally
from bartizan.scan.aggregate_columns import facts_of
from bartizan.scan.results_findings import FileCounts, Judge, Judged
from tests.support import packaged_types

TYPES = packaged_types()
CLASSES = Classifier(ClassScheme(), TYPES)
FACTS = facts_of(TYPES, CLASSES)


def judged(*tallies: ColumnTally, missed: bool = False, threshold: int = 75) -> Judged:
    counts = Aggregate()
    counts.join(list(tallies))
    return Judge(FACTS, CLASSES, threshold)(FileCounts("a.zip", "ZIP", 10, "ab", 10, counts, missed))


def text(type: str, *lines: int, confidence: int = 85, more: int = 0, member: str = "") -> ColumnTally:
    spots = [Spot(line, 5, 4, "###") for line in lines]
    number = len(lines) + more
    return ColumnTally(
        member, "", types={type: TypeTally({confidence: number}, {confidence: number}, 0, {confidence: spots})}
    )


def test_a_line_of_text_is_a_finding_and_the_rest_is_one_more() -> None:
    out = judged(text("iban-code", 3, 3, 8, more=40, member="b.txt"))
    assert [(one.id, one.line, one.column, one.count, one.evidence) for one in out.findings] == [
        ("iban-code@a.zip!b.txt:3", 3, 5, 2, "2 values, the first ###"),
        ("iban-code@a.zip!b.txt:8", 8, 5, 1, "###"),
        ("iban-code@a.zip!b.txt:rest", 8, 0, 40, "40 values more, from this line on"),
    ]
    first = out.findings[0]
    assert (first.file, first.member, first.class_, first.severity) == ("a.zip", "b.txt", "confidential", "medium")
    assert out.artefact.findings == [one.id for one in out.findings]


def test_a_column_is_one_finding() -> None:
    found = TypeTally({75: 90}, {75: 90}, 90, {75: [Spot(4, 1, 0, "15 characters"), Spot(9, 1, 0, "15 characters")]})
    out = judged(ColumnTally("", "mail", 100, 95, types={"email-address": found}))
    (one,) = out.findings
    assert (one.id, one.column, one.line, one.rows, one.count) == ("email-address@a.zip#mail", "mail", 4, [4, 9], 90)
    assert one.evidence == "90 values in 95% of the records, such as 15 characters"
    (column,) = out.artefact.columns
    assert (column.type, column.share, column.records, column.class_) == ("email-address", 0.9474, 100, "internal")


@pytest.mark.parametrize(
    ("tallies", "missed", "verdict", "class_"),
    [
        ([], False, "safe", None),
        ([], True, "unknown", None),
        ([text("iban-code", 1, confidence=65)], False, "unknown", None),
        ([text("iban-code", 1)], False, "unknown", "confidential"),
        ([text("credit-card", 1)], False, "dangerous", "restricted"),
        ([text("github-pat", 1)], False, "dangerous", "restricted"),
    ],
)
def test_verdict_and_class(tallies: list[ColumnTally], missed: bool, verdict: str, class_: str | None) -> None:
    artefact = judged(*tallies, missed=missed).artefact
    assert (artefact.verdict, artefact.class_) == (verdict, class_)


def test_severity_follows_the_class_and_secrets_stand_out() -> None:
    found = judged(
        text("email-address", 1), text("iban-code", 2), text("credit-card", 3), text("github-pat", 4),
        text("gitlab-pat", 5, confidence=75),
    ).findings  # fmt: skip
    assert {one.type: one.severity for one in found} == {
        "email-address": "low",
        "iban-code": "medium",
        "credit-card": "high",
        "github-pat": "critical",
        "gitlab-pat": "high",
    }
    assert all(one.remedy and one.title for one in found)


def test_things_together_raise_the_class_of_the_file() -> None:
    scheme = ClassScheme(classes=["open", "secret"], named={"internal": "open"})
    classes = Classifier(scheme, TYPES)
    counts = Aggregate()
    counts.join([text("email-address", 1, more=1500)])
    out = Judge(facts_of(TYPES, classes), classes, 75)(FileCounts("a", "text", 1, "", 1, counts, False))
    assert out.artefact.class_ == "secret"
    assert any("many-persons" in reason for reason in out.artefact.why)
