"""Labelled MCP servers, skills and assistant configuration: what is called dangerous, unknown and safe, by kind.

Usage: bench_agents.py [--list] [--servers FOLDER]
Reads the labelled files beside the repository; they are unpacked into a temporary folder and never followed or run.
`--servers` is a folder of unpacked packages of real MCP servers (one folder each), for the share of honest files that
are flagged; without it, only the labelled benign files are counted.
"""

from __future__ import annotations

import argparse
import json
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from bartizan.catalog.scan_rules import load_scan_rules
from bartizan.scan.artefacts.examine import Examiner
from bartizan.scan.artefacts.format import Group
from bartizan.scan.artefacts.gather import gather
from bartizan.scan.artefacts.result import ArtefactScan
from bartizan.scan.artefacts.tree import MemoryTree
from benchmarks.measure import REPOSITORY, machine

DATA = REPOSITORY.parent / "shared" / "data" / "agent-config"
GROUPS: tuple[Group, ...] = ("agent", "archive", "code")


def main(arguments: list[str]) -> int:
    """Scan all of it, print."""
    parser = argparse.ArgumentParser(description="Labelled MCP servers, skills and configuration.")
    parser.add_argument("--list", action="store_true", help="name each row that is not as it should be")
    parser.add_argument("--servers", type=Path)
    options = parser.parse_args(arguments)
    print(machine())
    if DATA.is_dir():
        labelled(told=options.list)
    else:
        print("the labelled files are not there, nothing measured")
    if options.servers:
        honest(options.servers, told=options.list)
    return 0


def labelled(*, told: bool) -> None:
    """Scan each labelled row on its own."""
    examiner = Examiner(load_scan_rules(), groups=GROUPS)
    said: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    rows = [json.loads(line) for line in (DATA / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(DATA / "files.tar.gz") as archive:
            archive.extractall(folder, filter="data")
        for row in rows:
            _, kind, origin, *_ = row["path"].split("/")
            found = examiner.tree(MemoryTree(files_of(Path(folder), row["path"])))
            word = found.verdict.value
            said[f"{kind}, {origin}", row["label"]][word] += 1
            if told and (row["label"] == "malicious") == (word == "safe"):
                print(f"  {row['label']:<10}{word:<10}{row['path']}  {fired(found)}")
    for (kind, label), words in sorted(said.items()):
        print(f"{kind:<28}{label:<11}{shown(words)}")


def files_of(folder: Path, path: str) -> dict[str, bytes]:
    """The files of a row; a configuration keeps its place, as assistants find it by that."""
    root = folder / path
    if root.is_dir():
        return {one.relative_to(root).as_posix(): one.read_bytes() for one in sorted(root.rglob("*")) if one.is_file()}
    parts = path.split("/")
    return {"/".join(parts[3:]) if parts[1] == "configs" else root.name: root.read_bytes()}


def honest(folder: Path, *, told: bool) -> None:
    """Scan packages of real servers, and count files."""
    examiner = Examiner(load_scan_rules(), groups=GROUPS)
    words: Counter[str] = Counter()
    for package in sorted(one for one in folder.iterdir() if one.is_dir()):
        found = gather(str(package))
        scan = examiner.tree(found.tree)
        for artefact in scan.artefacts:
            if "mcp-server-python" in artefact.formats or "mcp-server-typescript" in artefact.formats:
                words[artefact.verdict.value] += 1
                if told and artefact.verdict.value != "safe":
                    rules = sorted({f"{one.rule}: {one.evidence}" for one in artefact.findings})
                    print(f"  {artefact.verdict:<10}{package.name}/{artefact.path}  {rules[:2]}")
    print(f"files of real MCP servers: {shown(words)}")


def fired(scan: ArtefactScan) -> list[str]:
    """The rules of all findings."""
    return sorted({one.rule for artefact in scan.artefacts for one in artefact.findings})


def shown(words: Counter[str]) -> str:
    """Write counts with shares, the worst first."""
    total = sum(words.values())
    kept: Iterable[str] = (word for word in ("dangerous", "unknown", "safe") if words[word])
    return ", ".join(f"{word} {words[word]} ({words[word] / total:.0%})" for word in kept)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
