"""What `bartizan mcp pin`, `diff` and `approve` show: a server to be reviewed, and how one has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bartizan.cli.mcp_targets import Found
from bartizan.guard.cards import draft
from bartizan.guard.mcp.pins import Change, Definition, Kind, Listing, Pins, What, worst
from bartizan.guard.mcp.pins.quoting import plain
from bartizan.model import Finding, Place, finding
from bartizan.report.amounts import count
from bartizan.report.terminal import Column, Pen

__all__ = ["diff_json", "diff_sarif", "diff_text", "review_text"]

_WHOLE = 600
"""Characters of the server's instructions that are shown."""


def review_text(found: Found, listed: Listing, before: Pins | None, changes: Sequence[Change], pen: Pen) -> bytes:
    """Return what a person reads before approving a server: how it is reached, what it defines, what is suspicious."""
    called = " ".join(plain(one) for one in (listed.name, listed.version) if one)
    lines = [pen(f"server {plain(found.name)}", "bold") + (f", which calls itself {called}" if called else "")]
    lines += pen.table(
        [Column(14, style="dim"), Column()],
        [
            ["address" if found.target.url else "command", found.reached.shown],
            *([["variables", ", ".join(sorted(found.target.environment))]] if found.target.environment else []),
            ["protocol", f"MCP {listed.revision}"],
            *([["instructions", plain(listed.instructions, _WHOLE)]] if listed.instructions else []),
        ],
    )
    worse = {(one.thing, one.name) for one in changes}
    for kind in Kind:
        lines += _definitions(kind, listed.of(kind), worse, pen)
    if before is not None:
        lines += ["", *_changes(changes, pen, "no change since it was pinned", f"changed since {before.at}")]
    else:
        lines += ["", *_changes(changes, pen, "nothing suspicious was found", "suspicious")]
    return ("\n".join(lines) + "\n").encode()


def _definitions(kind: Kind, listed: Sequence[Definition], worse: set[tuple[str, str]], pen: Pen) -> Iterator[str]:
    if not listed:
        return
    yield pen.heading(count(len(listed), kind.words))
    rows = [
        ["!" if (kind.words, one.name) in worse else "", plain(one.name), _effect(one), plain(one.description, 240)]
        for one in listed
    ]
    yield from pen.table([Column(1, style="high"), Column(40, style="bold"), Column(10), Column()], rows)


def _effect(one: Definition) -> str:
    """Return what a tool does to the world, as far as its definition tells; nothing of other things."""
    if one.kind is not Kind.TOOL:
        return ""
    card = draft(one.body)
    return "destroys" if card.destroys else card.effect.value


def diff_text(name: str, before: Pins, changes: Sequence[Change], pen: Pen) -> bytes:
    """Return in words how a server differs from its pins."""
    head = [pen(f"server {plain(name)}", "bold") + f", pinned {before.at} by {plain(before.by)}"]
    return ("\n".join([*head, *_changes(changes, pen, "as it was pinned", "changed")]) + "\n").encode()


def _changes(changes: Sequence[Change], pen: Pen, none: str, some: str) -> Iterator[str]:
    """Yield changes by what they are about, the worst first; what several have in common is said once."""
    if not changes:
        yield pen(none, "dim")
        return
    yield pen(f"{some}:", "bold")
    about: dict[str, list[Change]] = {}
    for one in changes:
        about.setdefault(one.about, []).append(one)
    for thing, its in about.items():
        yield from pen.paragraph(thing, 2, "bold")
        told: set[str] = set()
        for one in its:
            yield from pen.table(_COLUMNS, [[one.severity.value, one.says]], 4)
            for word, text in (("was", one.was), ("now", one.now)):
                if text and text not in told and f"`{text}`" not in one.says:
                    told.add(text)
                    yield from pen.table(_BELOW, [[word, text]], 14)
        for risk in dict.fromkeys(one.risk for one in its):
            yield from pen.table(_BELOW, [["risk", risk]], 4)


_BELOW = (Column(4, style="dim"), Column(style="dim"))
_COLUMNS = (Column(8, style="severity"), Column())


def diff_json(found: Found, before: Pins, changes: Sequence[Change]) -> dict[str, Any]:
    """Return the same for programs."""
    highest = worst(list(changes))
    return {
        "schema": "bartizan/mcp-diff/1",
        "server": found.name,
        "reached": found.reached.shown,
        "pinned": {"at": before.at, "by": before.by, "status": before.status, "digest": before.digest},
        "drifted": bool(changes),
        "severity": None if highest is None else highest.value,
        "changes": [
            {
                "what": one.what.value,
                "severity": one.severity.value,
                "thing": one.thing,
                "name": one.name,
                "where": one.where,
                "sign": one.sign,
                "says": one.says,
                "risk": one.risk,
                "was": one.was,
                "now": one.now,
            }
            for one in changes
        ],
    }


_RULES = {What.ADDED: "pin-new", What.REMOVED: "pin-missing"}


def diff_sarif(found: Found, changes: Sequence[Change]) -> dict[str, Any]:
    """Return the same as findings in SARIF, under the rules of `bartizan pin`."""
    from bartizan.catalog.places import cache_folder
    from bartizan.catalog.scan_rules import load_scan_rules
    from bartizan.report import artefact_scan_sarif
    from bartizan.scan.artefacts.result import Artefact, ArtefactScan, Verdict

    findings: list[Finding] = []
    for one in changes:
        place = Place(f"mcp/{found.name}" + (f"/{one.name}" if one.name else ""))
        findings.append(finding(_RULES.get(one.what, "pin-changed"), f"{one.about} {one.says}", severity=one.severity,
                                place=place, confidence=90, evidence=one.now, remedy=_REMEDY))  # fmt: skip
    artefact = Artefact(path=f"mcp/{found.name}", formats=["MCP server"], size=0, bytes_read=0, findings=findings,
                        verdict=Verdict.UNKNOWN if findings else Verdict.SAFE)  # fmt: skip
    scan = ArtefactScan(artefacts=[artefact], passed=[])
    return artefact_scan_sarif.document(scan, load_scan_rules(cache_folder()))


_REMEDY = "review the change, and approve it with `bartizan mcp approve`"
