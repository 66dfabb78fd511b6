"""Files of a root that is given: names that no text can hold."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bartizan.scan.artefacts.gather import gather


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are Unicode here")
def test_names_that_are_no_utf8_can_be_written_and_no_file_takes_the_place_of_another(tmp_path: Path) -> None:
    for name in (b"a\xff", b"a\\xff"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(name)
    found = gather(str(tmp_path))
    paths = found.tree.paths()
    assert paths == ["a\\xff", "a\\xff'"]
    held = set()
    for path in paths:
        with found.tree.open(path) as content:
            held.add(content.read(0, content.size))
    assert held == {b"a\xff", b"a\\xff"}
    one = gather(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff"))
    assert one.only == ["a\\xff"]
    with one.tree.open("a\\xff") as content:
        assert content.read(0, content.size) == b"a\xff"
