"""Paths that lead out of a folder, on every system."""

from __future__ import annotations

import pytest

from bartizan.scan.wire.paths import climbs_out, leaves_folder


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../a",
        "a/../../b",
        "..\\a",
        "C:\\a",
        "c:a",
        "~/a",
        "\\\\host\\a",
        "http://a/b",
        "file:///a",
        "s3://a",
        "./../a",
    ],
)
def test_out(path: str) -> None:
    assert leaves_folder(path)


@pytest.mark.parametrize("path", ["a", "a/b.bin", "./a", "a/../b", "a..b", "model.onnx.data", "a\0/../../b", ""])
def test_in(path: str) -> None:
    assert not leaves_folder(path)


def test_climbing() -> None:
    assert climbs_out("..")
    assert climbs_out("a/../..")
    assert not climbs_out("a/b/../../c")
    assert not climbs_out("...")
