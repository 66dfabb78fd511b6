"""Labelled model files: what is caught, what is flagged though benign, what passes in silence; beside the peers.

Usage: bench_detection.py [--ours-only] [--list]
Reads the labelled files beside the repository. Malicious files count as caught when they are called dangerous, as not
safe when dangerous or unknown, and as silent misses when called safe. A peer's files count by its exit code.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from bartizan.catalog.scan_rules import load_scan_rules
from bartizan.scan.artefacts.examine import Examiner
from bartizan.scan.artefacts.result import ArtefactScan
from bartizan.scan.artefacts.tree import MemoryTree
from benchmarks.measure import REPOSITORY, machine
from benchmarks.supply.peers import ask, peers, progress

DATA = REPOSITORY.parent / "shared" / "data" / "models"


def main(arguments: list[str]) -> int:
    """Scan all of it with all of them, print."""
    parser = argparse.ArgumentParser(description="Labelled model files.")
    parser.add_argument("--ours-only", action="store_true")
    parser.add_argument("--list", action="store_true", help="name each row that is not as it should be")
    options = parser.parse_args(arguments)
    if not DATA.is_dir():
        print("the labelled files are not there, nothing measured")
        return 0
    print(machine())
    rows = [json.loads(line) for line in (DATA / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    wanted = [row for row in rows if row["label"] != "duplicate"]
    ours(wanted, told=options.list)
    if not options.ours_only:
        for peer in peers():
            said: dict[str, Counter[str]] = defaultdict(Counter)
            for number, row in enumerate(wanted):
                progress(f"{peer.name} {number + 1} of {len(wanted)}")
                said[row["label"]][ask(peer, str(DATA / row["path"])).word] += 1
            progress("")
            print(f"{peer.name:<12}", "; ".join(f"{label}: {shown(said[label])}" for label in labels(wanted)))
    return 0


def ours(rows: Iterable[dict[str, str]], *, told: bool) -> None:
    """Scan with ours, in this process."""
    rules = load_scan_rules()
    said: dict[str, Counter[str]] = defaultdict(Counter)
    failed, slowest = 0, 0.0
    for row in rows:
        start = time.monotonic()
        found = scanned(Examiner(rules), DATA / row["path"])
        slowest = max(slowest, time.monotonic() - start)
        word = found.verdict.value
        fired = sorted({one.rule for artefact in found.artefacts for one in artefact.findings})
        said[row["label"]][word] += 1
        failed += "scanner-failed" in fired
        wrong = {"malicious": word != "dangerous", "benign": word != "safe"}.get(row["label"], word == "safe")
        if told and wrong:
            name = row["path"].removeprefix("files/models/")
            print(f"  {row['label']:<10}{word:<10}{name}  [{row['technique']}] {fired}")
    print(f"{'bartizan':<12}", "; ".join(f"{label}: {shown(said[label])}" for label in sorted(said)))
    print(f"scanners that failed: {failed}; slowest file {slowest:.2f} s")


def scanned(examiner: Examiner, path: Path) -> ArtefactScan:
    """Examine a file or a folder without what lies beside it."""
    if path.is_dir():
        files = {one.relative_to(path).as_posix(): one.read_bytes() for one in sorted(path.rglob("*")) if one.is_file()}
        return examiner.tree(MemoryTree(files))
    return examiner.tree(MemoryTree({path.name: path.read_bytes()}))


def labels(rows: Iterable[dict[str, str]]) -> list[str]:
    """Return the labels."""
    return sorted({row["label"] for row in rows})


def shown(words: Counter[str]) -> str:
    """Write counts with shares."""
    total = sum(words.values())
    return ", ".join(f"{word} {number} ({number / total:.1%})" for word, number in words.most_common())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
