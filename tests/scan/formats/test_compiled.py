"""Compiled engines are recognised, and nobody can say that they are safe."""

from __future__ import annotations

import pytest

from tests.scan.artefacts.support import examined, fired


@pytest.mark.parametrize("head", [b"ftrt", b"ptrt", b"RKNN", b"\x01HEF", b"\x10\0\0\0ORTM"])
def test_each_is_unknown(head: bytes) -> None:
    assert fired(examined(head + b"x" * 64)) == {"model-compiled"}
