"""Where what can be made again is kept."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bartizan.catalog.places import cache_folder


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, ".cache/bartizan"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, ".cache/bartizan"),
        ("darwin", {}, "Library/Caches/bartizan"),
        ("win32", {"LOCALAPPDATA": ""}, "AppData/Local/bartizan/Cache"),
    ],
)
def test_the_cache_lies_where_the_platform_keeps_caches(
    platform: str, environment: dict[str, str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert cache_folder() == tmp_path / expected


def test_an_absolute_cache_folder_wins_and_no_home_means_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "bartizan"

    def homeless() -> Path:
        raise RuntimeError("no home")

    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() is None
