"""Settles which findings stand where several overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bartizan.inspection.detect import Found

__all__ = ["settle"]

_LIKELY = 75
"""Confidence from which on a finding stands beside a surer one that is less secret: a password in an address."""
_DOUBT = 10
"""By how much a reading of the same characters may be less sure than the surest and still be told."""


def settle(found: Sequence[Found], ranks: Sequence[int]) -> list[Found]:
    """Return the findings that stand, in order; `ranks` says for each type how secret it is.

    The same characters may be of several types, and all are told that are about as likely as the likeliest. Of findings
    that overlap otherwise, one that lies within a surer or equally sure one goes, and so does one that a surer cuts.
    """
    if not found:
        return []
    ordered = sorted(set(found), key=lambda one: (one[0], -one[1]))
    kept: list[Found] = []
    for cluster in _clusters(ordered):
        kept += cluster if len(cluster) == 1 else _stand(cluster, ranks)
    return kept


def _clusters(ordered: Sequence[Found]) -> Iterator[list[Found]]:
    """Yield runs of findings that overlap, of one or more."""
    cluster: list[Found] = []
    reach = -1
    for one in ordered:
        if cluster and one[0] >= reach:
            yield cluster
            cluster = []
        cluster.append(one)
        reach = max(reach, one[1]) if len(cluster) > 1 else one[1]
    yield cluster


def _stand(cluster: Sequence[Found], ranks: Sequence[int]) -> list[Found]:
    """Return the findings of one run that stand; the surest and longest are settled first."""
    standing: list[Found] = []
    best: dict[tuple[int, int, int], Found] = {}
    for one in cluster:
        key = one[:3]
        if key not in best or (best[key][3], -best[key][4]) < (one[3], -one[4]):
            best[key] = one
    for one in sorted(best.values(), key=lambda one: (-one[3], -ranks[one[2]], one[0] - one[1], one[0], one[2])):
        if not any(_beats(other, one, ranks) for other in standing):
            standing.append(one)
    return sorted(standing, key=lambda one: (one[0], -one[1], -one[3], one[2]))


def _beats(one: Found, other: Found, ranks: Sequence[int]) -> bool:
    """Tell whether `other`, which is no surer, goes because of `one`."""
    if one[1] <= other[0] or other[1] <= one[0]:
        return False
    if one[:2] == other[:2]:
        return one[3] - other[3] > _DOUBT
    if ranks[other[2]] > ranks[one[2]] and other[3] >= _LIKELY:
        return False
    within = one[0] <= other[0] and other[1] <= one[1]
    around = other[0] <= one[0] and one[1] <= other[1]
    return within or (one[3] > other[3] and not around) or (one[3] == other[3] and not around)
