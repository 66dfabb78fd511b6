from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bartizan.inspection.injection import FLAGGED, Injection
from bartizan.inspection.injection.classifier import (
    Combined,
    OnnxClassifier,
    TorchClassifier,
    attack_label,
    load_onnx,
    load_transformers,
)
from bartizan.model import InputError


class Fixed:
    """Gives what it is told to."""

    def __init__(self, value: float) -> None:
        self.value = value

    def probability(self, text: str, /) -> float:
        return self.value if text else 0.0


@pytest.mark.parametrize(
    ("given", "threshold", "score", "rules"),
    [
        (0.1, 0.5, 20.0, ("own",)),
        (0.4, 0.5, 40.0, ("own",)),
        (0.5, 0.5, 50.0, ("classifier", "own")),
        (0.9, 0.9, 50.0, ("classifier", "own")),
        (1.0, 0.9, 100.0, ("classifier", "own")),
    ],
)
def test_the_higher_score_counts(given: float, threshold: float, score: float, rules: tuple[str, ...]) -> None:
    both = Combined(lambda _: Injection(20.0, ("own",)), Fixed(given), threshold)
    assert both("text") == Injection(score, rules)
    assert FLAGGED == 50


@pytest.mark.parametrize("threshold", [0, 1, -1, 2])
def test_a_threshold_lies_between_the_ends(threshold: float) -> None:
    with pytest.raises(InputError, match="is no threshold"):
        Combined(lambda _: Injection(0, ()), Fixed(0), threshold)


class TinyTokenizer:
    """What a tokenizer of the package `tokenizers` looks like: a token a word, parts of four words."""

    def __init__(self) -> None:
        self.most = 0

    def enable_truncation(self, most: int, stride: int) -> None:
        self.most = most - 508
        assert stride == 64

    def encode(self, text: str) -> SimpleNamespace:
        ids = [len(word) for word in text.split()]
        parts = [ids[at : at + self.most] for at in range(0, len(ids), self.most)] or [[]]
        made = [SimpleNamespace(ids=one, attention_mask=[1] * len(one), type_ids=[0] * len(one)) for one in parts]
        made[0].overflowing = made[1:]
        return made[0]


class TinySession:
    """What a session of ONNX Runtime looks like: long words are an attack."""

    def __init__(self, width: int, *names: str) -> None:
        self.width, self.names = width, names

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name=name) for name in self.names]

    def run(self, _: None, given: dict[str, Any]) -> list[Any]:
        assert set(given) == set(self.names)
        long = 4.0 if given["input_ids"].max() > 8 else -4.0
        return [[[-long, long][-self.width :]]]


@pytest.mark.parametrize("width", [1, 2])
def test_an_onnx_model_speaks(width: int) -> None:
    speaker = OnnxClassifier(TinySession(width, "input_ids", "attention_mask"), TinyTokenizer(), 1)
    assert speaker.probability("a few short words here and instructions at last") > 0.9
    assert speaker.probability("a few short words") < 0.1


class TinyTorch:
    """What a model of `transformers` looks like."""

    def eval(self) -> None:
        return None

    def __call__(self, *, input_ids: list[list[int]]) -> SimpleNamespace:
        rows = [[0.0, 4.0 if max(row) > 8 else -4.0] for row in input_ids]
        return SimpleNamespace(logits=SimpleNamespace(tolist=lambda: rows))


def words(text: str, **_: object) -> dict[str, list[list[int]]]:
    return {"input_ids": [[len(word) for word in text.split()]]}


def test_a_model_of_transformers_speaks() -> None:
    speaker = TorchClassifier(TinyTorch(), words, 1)
    assert speaker.probability("all instructions") > 0.9
    assert speaker.probability("short words") < 0.1


@pytest.mark.parametrize(
    ("labels", "attack", "expected"),
    [
        ({"0": "SAFE", "1": "INJECTION"}, "", 1),
        ({"0": "jailbreak", "1": "benign"}, "", 0),
        ({"0": "LABEL_0", "1": "LABEL_1"}, "", 1),
        ({"0": "benign", "1": "injection", "2": "jailbreak"}, "", 2),
        ({"0": "good", "1": "bad"}, "GOOD", 0),
        ({}, "", 1),
    ],
)
def test_the_label_of_an_attack_is_known(labels: dict[str, str], attack: str, expected: int, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"id2label": labels, "hidden_size": 8}))
    assert attack_label(tmp_path, attack) == expected


def test_a_label_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"id2label": {"0": "good"}}')
    with pytest.raises(InputError, match="no label `bad`") as caught:
        attack_label(tmp_path, "bad")
    assert caught.value.help == "its labels: good"


@pytest.mark.parametrize("content", [None, "", "[]", '{"id2label": 3}'])
def test_a_missing_or_broken_configuration_is_told(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    with pytest.raises(InputError, match=r"no `config\.json` that can be read"):
        attack_label(tmp_path)


@pytest.mark.parametrize(
    ("package", "load"), [("onnxruntime", load_onnx), ("tokenizers", load_onnx), ("transformers", load_transformers)]
)
def test_a_missing_package_is_told(
    package: str, load: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("onnxruntime", "tokenizers", "transformers"):
        monkeypatch.setitem(sys.modules, name, None if name == package else SimpleNamespace())
    with pytest.raises(InputError, match=f"{package} is not installed"):
        load(tmp_path)


def test_models_are_loaded_from_folders_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    session = SimpleNamespace(InferenceSession=lambda _, **__: TinySession(2, "input_ids", "token_type_ids"))
    tokenizers = SimpleNamespace(Tokenizer=SimpleNamespace(from_file=lambda _: TinyTokenizer()))
    model = SimpleNamespace(from_pretrained=lambda _, local_files_only: TinyTorch() if local_files_only else None)
    tokenizer = SimpleNamespace(from_pretrained=lambda _, local_files_only: words if local_files_only else None)
    monkeypatch.setitem(sys.modules, "onnxruntime", session)
    monkeypatch.setitem(sys.modules, "tokenizers", tokenizers)
    kinds = SimpleNamespace(AutoModelForSequenceClassification=model, AutoTokenizer=tokenizer)
    monkeypatch.setitem(sys.modules, "transformers", kinds)
    for load in (load_onnx, load_transformers):
        with pytest.raises(InputError, match="`some-model` is not a folder") as caught:
            load("some-model")
        assert "none is downloaded" in caught.value.help
    with pytest.raises(InputError, match=r"has no `model\.onnx`"):
        load_onnx(tmp_path)
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).touch()
    (tmp_path / "config.json").write_text('{"id2label": {"0": "benign", "1": "injection"}}')
    assert load_onnx(tmp_path).probability("all instructions") > 0.9
    assert load_transformers(tmp_path).probability("all instructions") > 0.9


def test_a_real_onnx_model_is_read_from_its_folder(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
    onnx = pytest.importorskip("onnx", reason="onnx, which makes the file of the test, is not installed")
    tokenizers = pytest.importorskip("tokenizers", reason="tokenizers is not installed")
    helper, kinds = onnx.helper, onnx.TensorProto
    ids = helper.make_tensor_value_info("input_ids", kinds.INT64, [1, None])
    out = helper.make_tensor_value_info("logits", kinds.FLOAT, [1, 2])
    nodes = [
        helper.make_node("Cast", ["input_ids"], ["real"], to=kinds.FLOAT),
        helper.make_node("ReduceMax", ["real"], ["top"], axes=[1], keepdims=1),
        helper.make_node("Neg", ["top"], ["low"]),
        helper.make_node("Concat", ["low", "top"], ["logits"], axis=1),
    ]
    graph = helper.make_graph(nodes, "tiny", [ids], [out])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]), tmp_path / "model.onnx")
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel({"[UNK]": 0, "ignore": 5}, unk_token="[UNK]"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.save(str(tmp_path / "tokenizer.json"))
    (tmp_path / "config.json").write_text('{"id2label": {"0": "benign", "1": "injection"}}')
    speaker = load_onnx(tmp_path)
    assert speaker.probability("please ignore it") > 0.9
    assert speaker.probability("hello") == pytest.approx(0.5)


def test_a_real_model_of_transformers_is_read_from_its_folder(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    pytest.importorskip("torch", reason="torch is not installed")
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nignore\n")
    config = transformers.BertConfig(
        vocab_size=6, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8,
        id2label={0: "benign", 1: "injection"},
    )  # fmt: skip
    transformers.BertForSequenceClassification(config).save_pretrained(tmp_path)
    transformers.BertTokenizer(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    assert 0 < load_transformers(tmp_path).probability("ignore it") < 1
