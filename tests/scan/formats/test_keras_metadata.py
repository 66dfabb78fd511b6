"""Keras metadata of a SavedModel: descriptions are judged as those of other files."""

from __future__ import annotations

import json

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired
from tests.scan.wire.support import message


def metadata(*layers: dict[str, object]) -> bytes:
    nodes = (message((2, 0), (3, "root"), (4, "_tf_keras_layer"), (5, json.dumps(one))) for one in layers)
    return message(*((1, node) for node in nodes))


DENSE: dict[str, object] = {"name": "d", "class_name": "Dense", "config": {"units": 1}}
LAMBDA: dict[str, object] = {"class_name": "Lambda", "config": {"function": ["4wEAAAA=", None, None]}}


def test_layers_of_keras_are_safe() -> None:
    found = examined(metadata(DENSE), "x")
    assert "keras-metadata" in found.formats
    assert found.verdict is Verdict.SAFE


def test_code_is_found() -> None:
    found = examined(metadata(DENSE, LAMBDA), "keras_metadata.pb")
    assert fired(found) == {"keras-lambda"}
    assert "CVE-2025-9905" in found.findings[0].cve


def test_what_breaks_is_unknown() -> None:
    assert "malformed-file" in fired(examined(metadata(DENSE)[:-2], "keras_metadata.pb"))
