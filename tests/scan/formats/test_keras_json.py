"""Keras descriptions: what Keras has is safe, what its loaders would import or run is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired, zipped


def made(
    kind: str, module: str | None = "keras.layers", registered: str | None = None, /, **config: Any
) -> dict[str, Any]:
    return {"class_name": kind, "module": module, "config": config, "registered_name": registered}


def rules_of(*layers: Any) -> set[str]:
    model = made("Sequential", "keras", name="s", layers=[made("InputLayer", batch_shape=[None, 4]), *layers])
    return fired(examined(json.dumps(model), "config.json"))


CODE = {"class_name": "__lambda__", "config": {"code": "4wEAAAA=", "defaults": None, "closure": None}}


@pytest.mark.parametrize(
    "layer",
    [
        made(
            "Dense",
            units=4,
            activation="relu",
            kernel_initializer=made("GlorotUniform", "keras.initializers", seed=None),
        ),
        made("Dense", "keras.src.layers.core.dense", units=4, dtype=made("DTypePolicy", "keras", name="float32")),
        made("Dense", "tensorflow.python.keras.layers", units=4),
        made("Adam", "keras.src.backend.torch.optimizers.torch_adam", learning_rate=0.1),
        made("Activation", activation={"module": "builtins", "class_name": "function", "config": "gelu"}),
        made("Activation", activation={"module": "keras.activations", "class_name": "function", "config": "relu"}),
        {"class_name": "Conv2D", "config": {"filters": 4}},
        made(
            "Add", "keras.src.ops.numpy", inbound_nodes=[{"class_name": "__keras_tensor__", "config": {"shape": [1]}}]
        ),
        made("TextVectorization", vocabulary=None, split="whitespace"),
        made("Bidirectional", layer=made("LSTM", units=3)),
        made("Functional", "keras.src.models.functional", layers=[]),
        {"class_name": "TFOpLambda", "config": {"function": "math.multiply"}},
    ],
)
def test_what_keras_has_is_safe(layer: dict[str, Any]) -> None:
    assert rules_of(layer) == set()


@pytest.mark.parametrize(
    ("layer", "rule"),
    [
        (made("Lambda", function=CODE), "keras-lambda"),
        (made("Lambda", output_shape=["4wEAAAA=", None, None], function="relu"), "keras-lambda"),
        (
            {"class_name": "Lambda", "config": {"function": ["4wEAAAA=", None, None], "function_type": "lambda"}},
            "keras-lambda",
        ),
        (
            made("TimeDistributed", layer=made("Sequential", "keras", layers=[made("Lambda", function=CODE)])),
            "keras-lambda",
        ),
        (made("Dense", activation={"a": [{"b": CODE}]}), "keras-lambda"),
        (made("Dense", note=json.dumps(made("Lambda", function=CODE))), "keras-lambda"),
        (made("system", "os", command="id"), "keras-runs-module"),
        (
            made("Dense", activation={"module": "builtins", "class_name": "function", "config": "eval"}),
            "keras-runs-module",
        ),
        (made("exec", "builtins", a=1), "keras-runs-module"),
        (made("f", "importlib.machinery"), "keras-runs-module"),
        (made("get_file", "keras.utils", origin="http://a"), "keras-runs-module"),
        (made("get_file", "keras.src.utils.file_utils", origin="http://a"), "keras-runs-module"),
        (made("enable_unsafe_deserialization", "keras.config"), "keras-runs-module"),
        (made("function", "keras.saving", "load_model"), "keras-custom-class"),
        (made("Mine", "their.layers", "Theirs>Mine"), "keras-custom-class"),
        (made("Theirs>Mine", None), "keras-custom-class"),
        (made("Dense", "keras.layers", "Theirs>Dense", units=1), "keras-custom-class"),
        (made("Lambda", function="their_function", function_type="function"), "keras-custom-class"),
        (made("StringLookup", vocabulary="/etc/passwd"), "model-reads-outside"),
        (made("TextVectorization", vocabulary="https://a/b"), "model-reads-outside"),
        (made("StringLookup", vocabulary="words.txt"), "keras-reads-file"),
        (made("TFSMLayer", filepath="/models/evil"), "model-reads-outside"),
        (made("TorchModuleWrapper", module="AAAA"), "keras-embedded-torch"),
        ({"class_name": "TFOpLambda", "config": {"function": "io.write_file"}}, "tensorflow-writes-files"),
        ({"class_name": "TFOpLambda", "config": {"function": "numpy_function"}}, "tensorflow-runs-python"),
        ({"class_name": "TFOpLambda", "config": {"function": "load_op_library"}}, "keras-runs-module"),
        (
            {"class_name": "TensorFlowOpLayer", "config": {"node_def": '{"name": "a", "op": "WriteFile"}'}},
            "tensorflow-writes-files",
        ),
    ],
)
def test_what_keras_has_not_is_told(layer: dict[str, Any], rule: str) -> None:
    assert rule in rules_of(layer)


def test_a_description_is_found_whatever_its_spelling() -> None:
    text = json.dumps(made("Lambda", function=CODE)).replace("class_name", "class\\u005fname")
    assert "keras-lambda" in fired(examined(" " * 5000 + text, "config.json"))


def test_a_description_in_an_archive_is_found() -> None:
    data = zipped({"config.json": json.dumps(made("Lambda", function=CODE)).encode(), "metadata.json": b"{}"})
    assert "keras-lambda" in fired(examined(data, "m.keras"))


def test_a_description_in_an_archive_may_be_any_object() -> None:
    data = zipped({"config.json": json.dumps({"a": [made("Lambda", function=CODE)]}).encode(), "metadata.json": b"{}"})
    assert "keras-lambda" in fired(examined(data, "m.keras"))


def test_names_that_stand_twice_are_told() -> None:
    text = '{"class_name": "Dense", "class_name": "Lambda", "module": "keras.layers", "config": {"units": 1}}'
    assert "duplicate-names" in fired(examined(text, "config.json"))
    code = json.dumps({"f": CODE})
    hidden = f'{{"module": "keras", "class_name": "Dense", "config": {code}, "config": {{"units": 1}}}}'
    assert "keras-lambda" in fired(examined(hidden, "config.json"))


def test_depth_and_broken_text_are_unknown() -> None:
    deep = '{"class_name": "Dense", "config": ' + "[" * 100_000
    assert fired(examined(deep, "config.json")) & {"malformed-file", "limit-reached"}
    assert "malformed-file" in fired(examined('{"class_name": "Dense", "config": ', "config.json"))


def test_yaml_is_read_without_making_objects() -> None:
    sound = "backend: tensorflow\nclass_name: Sequential\nconfig:\n- class_name: Dense\n  config: {units: 4}\n"
    assert examined(sound, "m.yaml").verdict is Verdict.SAFE
    assert fired(examined(sound.replace("Dense", "Theirs"), "m.yaml")) == {"keras-custom-class"}
    assert "keras-yaml-code" in fired(examined(sound + "x: !!python/name:os.system\n", "m.yaml"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["class_name", "config", "module", "function", "vocabulary", "a"]), inner, max_size=5
        )
    ),
    max_leaves=12,
)


@given(
    JSON,
    st.sampled_from(
        ["Lambda", "TextVectorization", "TorchModuleWrapper", "TFOpLambda", "TFSMLayer", "function", "Dense"]
    ),
)
def test_whatever_the_values_the_scanner_bears_it(value: Any, name: str) -> None:
    found = examined(json.dumps({"class_name": name, "module": "keras.layers", "config": value}), "config.json")
    assert "scanner-failed" not in fired(found)
