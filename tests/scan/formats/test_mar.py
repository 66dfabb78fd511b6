"""TorchServe's archives: what the manifest makes the server run."""

from __future__ import annotations

import json

import pytest

from bartizan.scan.artefacts.result import Artefact, Verdict
from tests.scan.artefacts.support import examined, fired, zipped


def scanned(files: dict[str, bytes] | None = None, **model: str) -> Artefact:
    manifest = json.dumps(
        {"runtime": "python", "model": {"modelName": "m", **model}, "archiverVersion": "0.12"}
    ).encode()
    return examined(zipped({"MAR-INF/MANIFEST.json": manifest, **(files or {})}), "m.mar")


def test_a_handler_of_the_server_is_safe() -> None:
    artefact = scanned(handler="image_classifier")
    assert artefact.findings == []
    assert artefact.formats == ["mar", "zip"]
    assert artefact.facts["model-name"] == ["m"]


@pytest.mark.parametrize("handler", ["handler.py", "handler.py:serve", "handler"])
def test_a_handler_of_its_own_is_noted(handler: str) -> None:
    artefact = scanned({"handler.py": b"def serve(data, context):\n    return data\n"}, handler=handler)
    assert "mar-handler-runs" in fired(artefact)
    assert "mar-manifest-odd" not in fired(artefact)


def test_what_is_not_there_is_told() -> None:
    for artefact in (scanned(handler="other.py"), scanned(handler="image_classifier", serializedFile="model.pt")):
        assert fired(artefact) == {"mar-manifest-odd"}
        assert artefact.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"git+https://example.org/a.git", True),
        (b"--index-url http://example.org", True),
        (b"pkg @ https://example.org/a.whl", True),
        (b"https://example.org/a.whl", True),
        (b"numpy==2.0", False),
        (b"# https is fine in a remark", False),
    ],
)
def test_requirements_by_address_are_told(line: bytes, told: bool) -> None:
    artefact = scanned({"r.txt": b"torch==2.6\n" + line}, handler="image_classifier", requirementsFile="r.txt")
    assert ("mar-manifest-odd" in fired(artefact)) is told


@pytest.mark.parametrize("text", [b"{", b"[]", b'{"model": {"handler": 3}}', b"[" * 3000])
def test_a_manifest_that_is_none_is_malformed(text: bytes) -> None:
    assert "malformed-file" in fired(examined(zipped({"MAR-INF/MANIFEST.json": text}), "m.mar"))
