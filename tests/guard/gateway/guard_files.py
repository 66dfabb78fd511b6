"""A folder with what a guard is loaded from."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from bartizan.guard.identity import KeyRecord
from bartizan.guard.identity.keys import digest, make_key, render_keys

__all__ = ["KEY", "POLICY", "changed", "folder_of", "write_keys"]

KEY = make_key(bytes(range(32)))
POLICY = '@id("staff") permit (principal in Bartizan::Group::"staff", action, resource);'
_CONFIG = """
upstreams:
  - {id: own, door: openai, url: "http://127.0.0.1:9/v1", secret: env:NOT_THERE_AT_ALL}
identity: {keys: keys.jsonl}
data:
  inspect: {types: [credit-card, email-address]}
  rules:
    - {id: no-cards, types: [credit-card], do: block}
    - {id: hide-people, types: [email-address], on: [request], do: pseudonym}
    - {id: rest, do: allow}
"""


def write_keys(folder: Path) -> None:
    """Write the file of keys, with one of somebody who is staff."""
    made = datetime(2026, 1, 1, tzinfo=UTC)
    record = KeyRecord(id="k-1", hash=digest(KEY), last=KEY[-4:], principal="anna", groups=["staff"], created=made)
    (folder / "keys.jsonl").write_bytes(render_keys([record]))


def folder_of(folder: Path, more: str = "") -> Path:
    """Write the files, and return the configuration's path."""
    write_keys(folder)
    (folder / "policies").mkdir()
    (folder / "policies" / "all.cedar").write_text(POLICY)
    (folder / "gateway.yaml").write_text(_CONFIG + more)
    return folder / "gateway.yaml"


def changed(path: Path, content: bytes) -> None:
    """Write a file, and see that its time is another than before."""
    path.parent.mkdir(exist_ok=True)
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_bytes(content)
    os.utime(path, ns=(before + 1_000_000_000, before + 1_000_000_000))
