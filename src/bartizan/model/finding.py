"""Finding: what a scanner or the analysis says about one place, made by one checked constructor."""

from __future__ import annotations

import re

import msgspec

from bartizan.model.errors import Place
from bartizan.model.words import Level

_RULE = re.compile(r"[a-z0-9][a-z0-9-]*\Z")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong at exactly one primary place.

    `evidence` shows why, with secrets and personal values masked before they get here. `confidence` is 0 to 100.
    `offset` counts bytes into the file, where lines mean nothing; -1 is unknown. `atlas`, `cwe` and `cve` are ids.
    """

    rule: str
    title: str
    severity: Level
    confidence: int
    place: Place
    evidence: str = ""
    remedy: str = ""
    references: tuple[str, ...] = ()
    offset: int = -1
    atlas: tuple[str, ...] = ()
    cwe: tuple[str, ...] = ()
    cve: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """`rule@place`, with the offset where there is one: the same finding has the same id in every run."""
        return f"{self.rule}@{self.place}" + (f"+{self.offset}" if self.offset >= 0 else "")


def finding(
    rule: str,
    title: str,
    *,
    severity: Level,
    place: Place,
    confidence: int = 75,
    evidence: str = "",
    remedy: str = "",
    references: tuple[str, ...] = (),
    offset: int = -1,
    atlas: tuple[str, ...] = (),
    cwe: tuple[str, ...] = (),
    cve: tuple[str, ...] = (),
) -> Finding:
    """Make a finding.

    Raises ValueError for a rule id that is none, an empty title, a place without a file, or a confidence outside 0 to
    100: a finding that nobody can locate or name is a bug of the rule.
    """
    if not _RULE.match(rule):
        raise ValueError(f"`{rule}` is not a rule id")
    if not title.strip():
        raise ValueError(f"the finding of `{rule}` has no title")
    if not place.file:
        raise ValueError(f"the finding of `{rule}` has no place")
    if not 0 <= confidence <= 100:
        raise ValueError(f"the confidence of `{rule}` is not between 0 and 100")
    return Finding(
        rule=rule,
        title=title,
        severity=severity,
        confidence=confidence,
        place=place,
        evidence=evidence,
        remedy=remedy,
        references=references,
        offset=offset,
        atlas=atlas,
        cwe=cwe,
        cve=cve,
    )
