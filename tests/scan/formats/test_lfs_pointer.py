"""Git LFS pointers are told as what they are and nothing else, whatever the name claims; others stay what they are."""

from __future__ import annotations

import io
import zipfile

import pytest

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired

OID = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize 12345\n"


@pytest.mark.parametrize(
    "name", ["model.safetensors", "model.pkl", "model.gguf", "config.json", "model.h5", "a.onnx", "run.py", "model"]
)
@pytest.mark.parametrize(
    "text", [POINTER, POINTER.replace("\n", "\r\n"), POINTER.replace("oid", f"ext-0-x sha256:{OID}\noid")]
)
def test_a_pointer_is_nothing_else(name: str, text: str) -> None:
    found = examined(text, name)
    assert (found.formats, fired(found), found.verdict) == (["git-lfs"], {"git-lfs-pointer"}, Verdict.UNKNOWN)
    assert "12345 bytes" in found.findings[0].evidence


def test_what_the_bytes_say_is_looked_at_too() -> None:
    held = io.BytesIO()
    held.write(POINTER.encode())
    with zipfile.ZipFile(held, "a") as file:
        file.writestr("x.py", "")
    found = examined(held.getvalue(), "model.safetensors")
    assert "zip" in found.formats
    assert "git-lfs" not in found.formats


@pytest.mark.parametrize("more", ["{{ x }}\n", "import os\n", "x" * 1024])
def test_more_than_a_pointer_is_none(more: str) -> None:
    found = examined(POINTER + more, "model.safetensors")
    assert found.formats == ["safetensors"]
    assert "malformed-file" in fired(found)
