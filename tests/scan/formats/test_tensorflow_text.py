"""TensorFlow graphs as text: operators by name, however they are spelt."""

from __future__ import annotations

import pytest

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired


def graph(operator: str) -> str:
    return f'node {{\n  name: "x"\n  op: "{operator}"\n}}\nversions {{ producer: 9 }}\n'


def test_a_sound_graph_is_safe() -> None:
    found = examined(graph("MatMul"), "graph.pbtxt")
    assert (found.formats, found.verdict) == (["tensorflow-text"], Verdict.SAFE)


@pytest.mark.parametrize(
    ("operator", "rule"),
    [
        ("WriteFile", "tensorflow-writes-files"),
        ("\\127riteFile", "tensorflow-writes-files"),
        ("Write\\x46ile", "tensorflow-writes-files"),
        ("ReadFile", "tensorflow-reads-files"),
        ("PyFunc", "tensorflow-runs-python"),
        ("DebugIdentityV2", "tensorflow-calls-out"),
        ("Theirs", "custom-operators"),
    ],
)
def test_what_matters_is_told(operator: str, rule: str) -> None:
    assert fired(examined(graph(operator), "saved_model.pbtxt")) == {rule}


def test_functions_of_the_graph_are_its_own() -> None:
    own = 'library { function { signature { name: "Mine" } } }\n' + graph("Mine")
    assert examined(own, "graph.pbtxt").verdict is Verdict.SAFE
