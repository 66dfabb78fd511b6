"""`bartizan import`."""

from __future__ import annotations

from pathlib import Path

from bartizan.store import load_system
from tests.cli.conftest import Run

OTM = """
otmVersion: 0.2.0
project: {id: shop, name: Shop}
trustZones:
  - {id: z1, name: Internet, risk: {trustRating: 1}}
components:
  - {id: c1, name: Buyer, type: person, parent: {trustZone: z1}}
  - {id: c2, name: Shop assistant, type: ai agent, parent: {trustZone: z1}}
dataflows:
  - {id: f1, name: ask, source: c1, destination: c2}
  - {id: f2, name: lost, source: c1, destination: c9}
"""


def test_an_imported_system_can_be_reviewed(tmp_path: Path, run: Run) -> None:
    source, target = tmp_path / "shop.otm", tmp_path / "system.yaml"
    source.write_text(OTM, encoding="utf-8")
    done = run("import", "otm", source, "-o", target)
    assert done.code == 0, done.err
    assert "note: component `Shop assistant` taken as `agent`" in done.err
    assert "note: data flow `lost` has an end that is no component; left out" in done.err
    assert "read 2 components and 1 flows" in done.err
    assert sorted(load_system(target).components) == ["c1", "c2"]
    assert run("review", target).code == 0
    assert run("import", "otm", source).out == target.read_text(encoding="utf-8")


def test_what_is_not_of_the_format_is_refused(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "x.yaml"
    for content, sentence in (
        (b"a: 1\n", "this file has no `otmVersion`"),
        (b"- 1\n", "no mapping at its top"),
        (b"\0\0", "binary file"),
        (b"otmVersion: 0.2.0\nproject: {id: x, name: x}\n", "the system has no components"),
    ):
        path.write_bytes(content)
        done = run("import", "otm", path, "-o", tmp_path / "out.yaml")
        assert done.code == 2, done.err
        assert sentence in done.err
        assert not (tmp_path / "out.yaml").exists()
    assert run("import", "otm", tmp_path / "none").code == 2
    assert run("import", "visio", path).code == 2
