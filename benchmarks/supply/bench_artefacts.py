"""Artefacts that the real libraries write: how many are called dangerous, and how many not safe; beside the peers.

Usage: bench_artefacts.py [--ours-only] [--list] [--folder FOLDER] [--every N]
The artefacts are made once, below build/, by make_artefacts.py in the environment that BARTIZAN_LIBRARIES names (made
with `requirements/artefacts.txt`), and used again. A peer is a program that starts anew for each file, so the peers see
each Nth file only (10 by default).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from bartizan.catalog.scan_rules import load_scan_rules
from bartizan.scan.artefacts.examine import Examiner
from bartizan.scan.artefacts.gather import gather
from benchmarks.measure import REPOSITORY, machine
from benchmarks.supply.peers import ask, peers, progress


def main(arguments: list[str]) -> int:
    """Make what isn't there, scan all of it with all of them, print."""
    parser = argparse.ArgumentParser(description="Artefacts of real libraries.")
    parser.add_argument("--ours-only", action="store_true")
    parser.add_argument("--list", action="store_true", help="name each artefact that is not called safe")
    parser.add_argument("--every", type=int, default=10, help="each Nth file for the peers")
    parser.add_argument("--folder", type=Path, default=REPOSITORY / "build" / "bench" / "artefacts")
    options = parser.parse_args(arguments)
    if not made(options.folder):
        return 0
    print(machine())
    ours(options.folder, told=options.list)
    if not options.ours_only:
        files = sorted(path for path in options.folder.rglob("*") if path.is_file())[:: options.every]
        for peer in peers():
            words: Counter[str] = Counter()
            for number, path in enumerate(files):
                progress(f"{peer.name} {number + 1} of {len(files)}")
                words[ask(peer, str(path)).word] += 1
            progress("")
            print(f"{peer.name:<12} of {len(files)} files: {dict(words.most_common())}")
    return 0


def made(folder: Path) -> bool:
    """Make the artefacts where they are not there. Tells whether they are."""
    if folder.is_dir():
        return True
    python = Path(os.environ.get("BARTIZAN_LIBRARIES", "")) / "bin" / "python"
    if not python.exists():
        print("BARTIZAN_LIBRARIES names no environment with the libraries, nothing measured")
        return False
    part = folder.with_suffix(".part")
    subprocess.run([python, Path(__file__).with_name("make_artefacts.py"), part], check=True)
    part.rename(folder)
    return True


def ours(folder: Path, *, told: bool) -> None:
    """Scan with ours, in this process, everything that `scan model` takes."""
    found = gather(str(folder))
    scan = Examiner(load_scan_rules(), groups=("model", "archive", "code")).tree(found.tree)
    words = Counter(artefact.verdict.value for artefact in scan.artefacts)
    total = len(scan.artefacts) + len(scan.passed)
    print(f"{'bartizan':<12} of {total} files: {dict(words.most_common())}, not known {len(scan.passed)}")
    if told:
        for artefact in scan.artefacts:
            if artefact.findings and artefact.verdict.value != "safe":
                said = sorted({f"{one.rule}: {one.evidence}" for one in artefact.findings})
                print(f"  {artefact.verdict:<10} {artefact.path}  {said[:3]}")
        for passed in scan.passed:
            print(f"  not known  {passed.path}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
