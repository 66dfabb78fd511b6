"""Words that the reports of a data scan share."""

from __future__ import annotations

from collections.abc import Sequence

from bartizan.report.amounts import count, size
from bartizan.scan.results_merge import DataScan

__all__ = ["headline", "raised", "sentences"]


def headline(scan: DataScan) -> str:
    """Say in one sentence what came out."""
    files = count(scan.files, "file")
    if scan.class_ is not None:
        held = sum(scan.classes.values())
        return f"{scan.class_} data: {held:,} of {files} {'holds' if held == 1 else 'hold'} sensitive values"
    if scan.missed_count:
        return f"nothing found in {files}, but not everything could be inspected"
    return f"nothing found in {files}"


def sentences(scan: DataScan) -> list[str]:
    """Say how much that was, and what it follows from."""
    values = sum(one.count for one in scan.types)
    rate = f", {size(scan.inspected / scan.seconds)}/s" if scan.seconds >= 1 and scan.inspected else ""
    out = [
        f"{count(values, 'value')} of {count(len(scan.types), 'type')} in {count(scan.findings, 'place')}; "
        f"{size(scan.bytes)} read in {scan.seconds:.1f} s{rate}."
    ]
    out += [f"The class follows from the whole: {reason}." for reason in raised(scan.why)]
    return out


def raised(why: Sequence[str]) -> list[str]:
    """Of the reasons for a class, return those by a rule about several things together; the rest are counts."""
    return [reason for reason in why if " by `" in reason]
