"""Recall and discrimination on ATLAS case studies, after a check that the systems are as they were frozen.

Usage: bench_atlas.py [--freeze]   `--freeze` writes `frozen.json` anew: only for a system that was added.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.atlas import score

FROZEN = Path(__file__).with_name("frozen.json")


def changes(frozen: Path = FROZEN) -> list[str]:
    """Return one sentence for each system that is not what was frozen."""
    noted: dict[str, str] = json.loads(frozen.read_text(encoding="utf-8"))
    present = score.frozen()
    out = []
    for name in sorted(noted.keys() | present.keys()):
        if name not in present:
            out.append(f"`{name}` is gone")
        elif name not in noted:
            out.append(f"`{name}` was never frozen")
        elif noted[name] != present[name]:
            out.append(f"`{name}` has changed since it was frozen")
    return out


def main(arguments: list[str]) -> int:
    """Check the hashes, then print the table."""
    if arguments == ["--freeze"]:
        FROZEN.write_text(json.dumps(score.frozen(), indent=2) + "\n", encoding="utf-8")
        print(f"{len(score.frozen())} systems frozen")
        return 0
    differences = changes()
    for line in differences:
        print(f"warning: {line}; its figures are not blind")
    if not differences:
        print(f"{len(score.frozen())} systems, all as frozen")
    return score.main()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
