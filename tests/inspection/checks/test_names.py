"""A check has one name, whichever module it stands in."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

from bartizan.inspection import checks
from bartizan.inspection.checks import column_checks, text_checks


def test_no_two_checks_share_a_name() -> None:
    folder = Path(checks.__file__).parent
    names: Counter[str] = Counter()
    for file in sorted(folder.glob("*/*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                names[node.name] += 1
    assert [name for name, number in names.items() if number > 1] == []
    assert set(names) == {*column_checks(), *text_checks()}
