import subprocess
import sys
from importlib import import_module

import pytest

from bartizan.report import FORMATS
from tests.report.sample import sample_catalog, sample_review, sample_system


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_the_sample_twice_to_the_same_bytes(name: str) -> None:
    form = FORMATS[name]
    assert form.suffix.startswith(".")
    assert callable(import_module(f"bartizan.report.{form.module}").render)
    catalog = sample_catalog()
    first, second = (form.render(sample_review(), sample_system(), catalog) for _ in "12")
    assert first == second
    assert len(first) > 500
    if not form.binary:
        assert first.decode().endswith("\n")


def test_the_registry_loads_no_renderer() -> None:
    code = "import sys, bartizan.report; print(*sorted({'typst', 'docx', 'jinja2', 'numpy'} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60).stdout
    assert out.decode().strip() == ""
