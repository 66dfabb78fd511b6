"""Callables by name, and where code lies."""

from __future__ import annotations

import pytest

from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.format import Look
from bartizan.scan.artefacts.tree import MemoryTree
from bartizan.scan.repository.surroundings import setting_of
from bartizan.scan.repository.targets import judge_target


@pytest.mark.parametrize(
    ("name", "judgement"),
    [
        ("os.system", "dangerous"),
        ("posix.popen", "dangerous"),
        ("builtins.exec", "dangerous"),
        ("eval", "dangerous"),
        ("subprocess:Popen", "dangerous"),
        ("torch.serialization.os.system", "dangerous"),
        ("hydra.utils.get_method", "dangerous"),
        ("importlib.import_module", "dangerous"),
        ("shutil.rmtree", "dangerous"),
        ("pickle.loads", "dangerous"),
        ("runpy.run_path", "dangerous"),
        ("torch.load", "unknown"),
        ("torch.hub.load", "unknown"),
        ("acme.models.Net", "unknown"),
        ("${model.class}", "unknown"),
        ("not a name", "unknown"),
        ("torch.nn.Linear", "safe"),
        ("torch.nn.functional.relu", "safe"),
        ("nemo.collections.asr.models.EncDecCTCModel", "safe"),
        ("sklearn.pipeline.Pipeline", "safe"),
        ("functools.partial", "safe"),
        ("builtins.dict", "safe"),
        ("???", "safe"),
    ],
)
def test_targets(name: str, judgement: str) -> None:
    assert judge_target(name) == judgement


@pytest.mark.parametrize(
    ("beside", "setting"),
    [
        (["tokenizer_config.json"], "model"),
        (["config.json", "model.gguf"], "model"),
        (["config.json"], ""),
        (["SKILL.md"], "skill"),
        (["pyproject.toml", "model.onnx", "tokenizer.json"], ""),
        ([], ""),
    ],
)
def test_what_code_lies_among(beside: list[str], setting: str) -> None:
    tree = MemoryTree(dict.fromkeys((*beside, "src/x.py"), b""))
    assert setting_of(Look("src/x.py", MemoryContent(b""), tree)) == setting
