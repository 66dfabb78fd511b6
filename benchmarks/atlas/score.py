"""Scores reviews of ATLAS case studies against the techniques that MITRE recorded for each case.

The systems in `systems/` were described from each case's target and summary only, before the procedure was looked at,
and are frozen by hash (`frozen.json`). The gold labels are read in place from the shared evaluation data.

Gold: parent techniques of the case's steps, without the tactics that no system shows (reconnaissance, resource
development). A review's answer is the list of parent techniques of its ranked threats, in rank order.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from statistics import mean

import msgspec

from bartizan.analysis import review
from bartizan.analysis.result import Review
from bartizan.catalog import Catalog, load_catalog
from bartizan.model import parse_text

HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared" / "data" / "atlas" / "case_studies_dev.json"
AS_OF = date(2026, 11, 23)
LIST = 20
NOT_SHOWN = {"AML.TA0002", "AML.TA0003"}
NO_VICTIM_SYSTEM = {"AML.CS0042", "AML.CS0044"}
"""Cases in which only the attacker uses AI."""


class Case(msgspec.Struct):
    """One case: the techniques recorded for it (parents), and the review of its system."""

    id: str
    gold: set[str]
    scores: dict[str, float]
    """parent technique to the score of the best threat that is it; higher is likelier"""
    ranked: list[str]
    """parent techniques of the ranked list, in order"""
    threats: int


def parent(technique: str) -> str:
    """Return `AML.T0051` for `AML.T0051.001`."""
    return ".".join(technique.split(".")[:2])


def gold_labels(path: Path = SHARED) -> dict[str, set[str]]:
    """Return the system-side parent techniques of every generative-AI case."""
    return {
        case["id"]: {
            parent(technique)
            for technique, tactic in zip(case["technique_ids"], case["tactic_ids"], strict=True)
            if tactic not in NOT_SHOWN
        }
        for case in json.loads(path.read_text(encoding="utf-8"))
        if case["genai"]
    }


def run_case(name: str, gold: set[str], catalog: Catalog) -> Case:
    """Review one frozen system."""
    file = HERE / "systems" / f"{name}.yaml"
    result = review(parse_text(file.read_bytes(), file.name), catalog, as_of=AS_OF)
    return Case(name, gold, technique_scores(result), ranked_techniques(result), len(result.threats))


def technique_scores(result: Review) -> dict[str, float]:
    """Return a score per parent technique: the ranked list in its order, then the appendix in its own."""
    order = [parent(t) for threat in [*result.threats, *result.appendix] for t in threat.atlas]
    names = list(dict.fromkeys(order))
    return {name: float(len(names) - place) for place, name in enumerate(names)}


def ranked_techniques(result: Review) -> list[str]:
    """Return the parent techniques of the ranked threats, first seen first."""
    return list(dict.fromkeys(parent(t) for threat in result.threats for t in threat.atlas))


def recall(found: Sequence[str], gold: set[str]) -> float:
    """Return the share of `gold` that is in `found`."""
    return len(gold & set(found)) / len(gold)


def frequency_list(labels: Mapping[str, set[str]], leave_out: str = "") -> list[str]:
    """Return the most frequent techniques of all cases but one: the baseline that knows no system."""
    counts = Counter(t for case, gold in sorted(labels.items()) if case != leave_out for t in sorted(gold))
    return [technique for technique, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))][:LIST]


def discrimination(cases: Sequence[Case]) -> float:
    """Return how often a system's own techniques rank above those of another case (ties count half).

    For every ordered pair of cases A, B: the techniques recorded for A only against those recorded for B only, by their
    scores on the system of A. A list that is the same for every system reaches 0.5, whatever it holds.
    """
    pairs: list[float] = []
    for a in cases:
        for b in cases:
            wins = [
                1.0 if left > right else 0.5 if left == right else 0.0
                for left in (a.scores.get(t, 0.0) for t in sorted(a.gold - b.gold))
                for right in (a.scores.get(t, 0.0) for t in sorted(b.gold - a.gold))
            ]
            if wins:
                pairs.append(mean(wins))
    return mean(pairs)


def _mean_recall(cases: Sequence[Case], answer: Callable[[Case], Sequence[str]]) -> float:
    return mean(recall(answer(case), case.gold) for case in cases)


def frozen() -> dict[str, str]:
    """Return the hash of every system file."""
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted((HERE / "systems").glob("*.yaml"))
    }


def main() -> int:
    """Print the table; exit 0 always: a benchmark reports, it does not judge."""
    if not SHARED.exists():
        print("the shared evaluation data is not here; nothing measured")
        return 0
    labels = {name: gold for name, gold in gold_labels().items() if (HERE / "systems" / f"{name}.yaml").exists()}
    catalog = load_catalog()
    cases = [run_case(name, gold, catalog) for name, gold in labels.items()]
    print(f"{'case':14}{'gold':>5}{'threats':>9}{'found in first 20 techniques':>30}{'frequency list':>16}  missed")
    for case in cases:
        missed = sorted(case.gold - set(case.ranked[:LIST]))
        base = recall(frequency_list(labels, case.id), case.gold)
        own = recall(case.ranked[:LIST], case.gold)
        print(f"{case.id:14}{len(case.gold):5}{case.threats:9}{own:30.2f}{base:16.2f}  {' '.join(missed)}")
    print()
    modelled = [case for case in cases if case.id not in NO_VICTIM_SYSTEM]
    rows = {
        f"recall, all techniques of the at most {LIST} ranked threats": _mean_recall(cases, lambda c: c.ranked),
        f"recall, the first {LIST} techniques of that list": _mean_recall(cases, lambda c: c.ranked[:LIST]),
        "  the same, cases with an AI system of the victim": _mean_recall(modelled, lambda c: c.ranked[:LIST]),
        "recall, everything derivable": _mean_recall(cases, lambda c: [*c.scores]),
        f"frequency list of {LIST}, made from the other cases": _mean_recall(
            cases, lambda c: frequency_list(labels, c.id)
        ),
        f"frequency list of {LIST}, the case itself included": _mean_recall(cases, lambda _: frequency_list(labels)),
        "discrimination between cases (AUC; a fixed list has 0.5)": discrimination(cases),
        "techniques in the ranked list, mean": mean(len(case.ranked) for case in cases),
    }
    for name, value in rows.items():
        print(f"{name:62}{value:8.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
