"""HDF5 models: code in attributes of any style is found; what lies in other files is told ("hdf5-other-file")."""

from __future__ import annotations

import pytest

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired
from tests.scan.wire.hdf5_files import written
from tests.scan.wire.support import unreadable


def test_a_sound_model_is_safe_under_any_name() -> None:
    found = examined(written("benign"), "model.bak")
    assert found.formats == ["hdf5"]
    assert (found.verdict, found.facts["library"]) == (Verdict.SAFE, ["2.13.1"])


@pytest.mark.parametrize("name", ["lambda", "fixed", "latest", "dense", "huge", "userblock"])
def test_code_is_found_however_it_is_stored(name: str) -> None:
    found = examined(written(name))
    assert fired(found) == {"keras-lambda"}
    assert {"CVE-2024-3660", "CVE-2025-9905"} <= set(found.findings[0].cve)


@pytest.mark.parametrize(
    ("name", "cve"), [("link", "CVE-2026-9335"), ("storage", "CVE-2026-1669"), ("virtual", "CVE-2026-12480")]
)
def test_files_elsewhere_are_dangerous(name: str, cve: str) -> None:
    found = examined(written(name))
    assert fired(found) == {"model-reads-outside"}
    assert found.findings[0].cve == (cve,)


def test_files_beside_are_unknown() -> None:
    assert fired(examined(written("beside"))) == {"hdf5-other-file"}


def test_what_stands_before_and_after_is_told() -> None:
    hidden = b"MZ" + written("userblock")[2:]
    assert "bytes-unaccounted" in fired(examined(hidden))
    assert "bytes-unaccounted" in fired(examined(written("benign") + b"hidden"))
    assert "malformed-file" in fired(examined(written("benign")[:-8]))


def test_a_name_alone_makes_nothing_safe() -> None:
    assert unreadable("a.h5")
