"""skops: what nodes name is judged, and what they hide is told."""

from __future__ import annotations

import json

import pytest

from bartizan.scan.artefacts.result import Artefact, Verdict
from tests.scan.artefacts.support import assembled, examined, fired, zipped

NUMBER = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "content": "1.0", "is_json": True}


def node(loader: str, module: str, name: str, content: object = None, **more: object) -> dict[str, object]:
    return {"__class__": name, "__module__": module, "__loader__": loader, "content": content, **more}


def scanned(root: dict[str, object]) -> Artefact:
    return examined(
        zipped({"schema.json": json.dumps(root | {"protocol": 2, "_skops_version": "0.11"}).encode()}), "m.skops"
    )


def model(attribute: object) -> dict[str, object]:
    state = node("DictNode", "builtins", "dict", {"a": attribute}, key_types=node("ListNode", "builtins", "list", []))
    return node("ObjectNode", "sklearn.linear_model._logistic", "LogisticRegression", state)


def test_a_model_of_scikit_learn_is_safe() -> None:
    for attribute in (
        NUMBER,
        node("NdArrayNode", "numpy", "ndarray", type="numpy", file="1.npy"),
        node("TypeNode", "numpy", "float64"),
        node("FunctionNode", "numpy", "log"),
        node("OperatorFuncNode", "operator", "itemgetter", attrs=node("TupleNode", "builtins", "tuple", [NUMBER])),
        node("SliceNode", "builtins", "slice", {"start": 1, "stop": 2, "step": None}),
    ):
        artefact = scanned(model(attribute))
        assert artefact.findings == []
        assert artefact.formats == ["skops", "zip"]
        assert artefact.facts["skops-version"] == ["0.11"]


@pytest.mark.parametrize(
    "attribute",
    [
        node("FunctionNode", "os", "system"),
        node("FunctionNode", "builtins", "function", {"module_path": "os", "function": "system"}),
        node("TypeNode", "subprocess", "Popen"),
        node("ConstructorFromReduceNode", "subprocess", "Popen", node("TupleNode", "builtins", "tuple", [])),
        node("PartialNode", "functools", "partial", {"func": node("FunctionNode", "builtins", "eval")}),
        {"deep": [{"inside": node("ObjectNode", "subprocess", "Popen")}]},
    ],
)
def test_what_runs_code_is_dangerous_wherever_it_hides(attribute: object) -> None:
    artefact = scanned(model(attribute))
    assert "skops-dangerous-type" in fired(artefact)
    assert artefact.verdict is Verdict.DANGEROUS


def test_what_nobody_knows_is_unknown() -> None:
    for attribute in (node("ObjectNode", "my_company.models", "Thing"), node("NewNode", "numpy", "ndarray")):
        artefact = scanned(model(attribute))
        assert fired(artefact) == {"skops-unknown-type"}
        assert artefact.verdict is Verdict.UNKNOWN


def test_a_method_of_another_object_than_shown_is_dangerous() -> None:
    hidden = node("ObjectNode", "my.own", "Thing", None)
    artefact = scanned(node("MethodNode", "builtins", "int", {"func": "run", "obj": hidden}))
    assert "skops-node-disguised" in fired(artefact)
    assert any("CVE-2025-54413" in found.cve for found in artefact.findings)
    honest = scanned(node("MethodNode", "my.own", "Thing", {"func": "run", "obj": hidden}))
    assert "skops-node-disguised" not in fired(honest)


@pytest.mark.parametrize(("module", "name"), [("builtins", "int"), ("operator", "call")])
def test_an_operator_node_for_something_else_is_dangerous(module: str, name: str) -> None:
    artefact = scanned(node("OperatorFuncNode", module, name, attrs=node("TupleNode", "builtins", "tuple", [])))
    assert "skops-node-disguised" in fired(artefact)
    assert any("CVE-2025-54412" in found.cve for found in artefact.findings)


@pytest.mark.parametrize(("name", "told"), [("PCG64", False), ("seed", True), ("__class__", True)])
def test_the_name_of_a_bit_generator_is_looked_at(name: str, told: bool) -> None:
    text = NUMBER | {"content": json.dumps(name)}
    state = node("DictNode", "builtins", "dict", {"bit_generator": text})
    artefact = scanned(
        model(node("RandomGeneratorNode", "numpy.random._generator", "Generator", {"bit_generator": state}))
    )
    assert ("skops-node-disguised" in fired(artefact)) is told


def test_a_pickle_with_the_name_of_skops_is_told() -> None:
    artefact = examined(assembled(["PROTO 2", "EMPTY_DICT", "STOP"]), "m.skops")
    assert "skops-other-format" in fired(artefact)
    assert any("CVE-2025-54886" in found.cve for found in artefact.findings)
    assert "skops-other-format" not in fired(scanned(model(NUMBER)))


@pytest.mark.parametrize("text", [b"[1]", b"{", b"[" * 5000, b'{"__loader__": "MethodNode"}', b"\xff"])
def test_a_description_that_is_none_is_malformed(text: bytes) -> None:
    assert "malformed-file" in fired(examined(zipped({"schema.json": text}), "m.skops"))
