"""Runs Graphviz's `dot` in a process of its own, started by `diagram_dot` with the path of this file.

On some graphs the C code ends its process by a failed assertion; here that costs a picture and not the program. Reads a
JSON list of DOT sources from standard input and writes the list of their layouts, as JSON, to standard output.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Lay out what standard input holds."""
    import pygraphviz  # type: ignore[import-untyped]

    drawn = [
        json.loads(pygraphviz.AGraph(string=text).draw(format="json0", prog="dot")) for text in json.load(sys.stdin)
    ]
    json.dump(drawn, sys.stdout)


if __name__ == "__main__":
    main()
