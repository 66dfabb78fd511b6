"""Measures the finder of names: python benchmarks/inspection/bench_names.py [DATA].

DATA holds the labelled sets, by default `../shared/data/sensitive`. The presidio sets were not trained on. Of WNUT 2017
and the Broad Twitter Corpus it is the fifth that training leaves out. A name counts as found when a span overlaps it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from bartizan.inspection.finders.person import person
from benchmarks.inspection.corpus import corpus

REPOSITORY = Path(__file__).resolve().parents[2]
Row = tuple[str, list[tuple[int, int]]]
DENSE = "Dr. Anna Keller met Luca Rossi in Paris on Monday, and the board said that the plan would not change soon. "


def rows(file: Path, wanted: Callable[[str], bool] = lambda _: True) -> list[Row]:
    """Read a set: its texts, and where names stand in them."""
    out = []
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        spans = [(span["start"], span["end"]) for span in row["spans"] if span["type"].lower().startswith("per")]
        # The unit tests of presidio call some dates persons.
        if wanted(row["text"]) and row.get("type", "PERSON") == "PERSON":
            out.append((row["text"], spans))
    return out


def held_out(text: str) -> bool:
    """Tell whether training left a sentence out."""
    return sha256(text.encode()).digest()[0] % 5 == 0


def score(sample: list[Row], least: int) -> str:
    """Return precision, recall and F1 of what is found at a confidence or above."""
    hit = miss = false = 0
    for text, names in sample:
        found = [(start, end) for start, end, sure in person(text) if sure >= least]
        told = sum(any(start < last and first < end for start, end in found) for first, last in names)
        hit, miss = hit + told, miss + len(names) - told
        false += sum(not any(start < last and first < end for first, last in names) for start, end in found)
    precision, recall = hit / max(1, hit + false), hit / max(1, hit + miss)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return f"{precision:.3f} / {recall:.3f} / {f1:.3f}"


def speed(text: str, times: int) -> str:
    """Return time a text and bytes a second, the best of seven runs, in processor time."""
    best = float("inf")
    for _ in range(7):
        start = time.process_time()
        for _ in range(times):
            list(person(text))
        best = min(best, (time.process_time() - start) / times)
    return f"{best * 1e6:9.1f} us {len(text.encode()) / best / 1e6:8.1f} MB/s"


def main() -> None:
    """Print the figures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY.parent / "shared/data/sensitive"
    print("precision / recall / F1            from 65                  from 75")
    for name, sample in {
        "presidio 500": rows(folder / "presidio_research_500_2020.jsonl"),
        "presidio unit tests": rows(folder / "presidio_unit_dev.jsonl", lambda text: not any(map(str.isdigit, text))),
        "WNUT 2017, held out": rows(folder / "wnut17_dev.jsonl", held_out),
        "Broad Twitter, held out": rows(folder / "btc_a.jsonl", held_out),
    }.items():
        count = sum(len(names) for _, names in sample)
        print(f"{name:24} {count:4} names  {score(sample, 65)}    {score(sample, 75)}")
    start = time.process_time()
    prose = corpus(1_000_000, every=0, kinds=("prose",)).decode()
    mixed = corpus(1_000_000).decode()
    print(f"(corpus made in {time.process_time() - start:.1f} s)")
    for name, text, times in (
        ("1 MB of prose", prose, 3),
        ("1 MB mixed, values planted", mixed, 3),
        ("2 kB of prose", prose[4_000:6_000], 300),
        ("200 bytes of prose", prose[4_000:4_200], 2_000),
        ("2 kB, all small letters", prose[4_000:6_000].lower(), 300),
        ("a name every 60 bytes", DENSE * 100, 3),
    ):
        print(f"{name:28} {speed(text, times)}")


if __name__ == "__main__":
    main()
