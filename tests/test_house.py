"""The bars on file sizes, function sizes, import cycles, broad excepts and mocks."""

import re
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement

from tests.support import REPOSITORY, shared


def test_the_house_bars_hold() -> None:
    tool = shared("tools/house.py")
    source = REPOSITORY / "src" / "bartizan"
    done = subprocess.run(
        [sys.executable, str(tool), str(source), str(REPOSITORY / "tests")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["runtime", "build", "dev"])
def test_requirements_are_exact_and_name_no_registry(name: str) -> None:
    pin = re.compile(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*( *; .+)?|-r (runtime|build)\.txt|#.*|")
    lines = (REPOSITORY / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not pin.fullmatch(line)] == []


def test_every_dependency_is_pinned_within_its_range() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (REPOSITORY / "requirements" / "runtime.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split(";")[0].split("==") for line in lines if line and not line.startswith("#"))
    versions = {name.lower(): version for name, version in pins.items()}
    wanted = [Requirement(text) for text in project["dependencies"]]
    assert [str(need) for need in wanted if not need.specifier.contains(versions[need.name])] == []


def test_help_starts_without_the_heavy_parts() -> None:
    program = "import sys, bartizan.cli; print(*sorted({'clingo', 'docx', 'numpy', 'typst'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
