"""The bars on file sizes, function sizes, import cycles, broad excepts and mocks."""

import re
import subprocess
import sys

import pytest

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
