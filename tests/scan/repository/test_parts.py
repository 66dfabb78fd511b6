"""Callables by name, YAML without objects, JSON with bounds, requirements, and where code lies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Look
from bartizan.scan.artefacts.tree import MemoryTree
from bartizan.scan.repository.jsondata import read_json
from bartizan.scan.repository.surroundings import setting_of
from bartizan.scan.repository.targets import judge_target
from bartizan.scan.repository.walk import entries
from bartizan.scan.repository.yamldata import read_yaml


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


def test_yaml_builds_no_objects() -> None:
    documents, tags = read_yaml(b"a: !!python/object/apply:os.system [id]\nb: !!python/tuple [1]\nc: yes\nd: ~\n")
    assert [tag.tag for tag in tags] == ["object/apply:os.system", "tuple"]
    assert tags[0].line == 1
    assert documents == [{"a": ["id"], "b": ["1"], "c": True, "d": None}]


def test_yaml_that_grows_or_goes_in_circles() -> None:
    bomb = b"a0: &a0 [x]\n" + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b"*a%d, " % (n - 1) * 9) for n in range(1, 30))
    (data,), _ = read_yaml(bomb)
    assert sum(1 for _ in entries(data)) < 2_000
    (loop,), _ = read_yaml(b"a: &a\n  b: *a\n")
    assert len(list(entries(loop))) < 10
    with pytest.raises((LimitReached, Malformed)):
        read_yaml(b"[" * 5_000)


def test_json_has_bounds() -> None:
    twice: list[str] = []
    assert read_json(b'\xef\xbb\xbf{"a": 1, "a": 2}', twice.append) == {"a": 2}
    assert twice == ["a"]
    with pytest.raises(LimitReached):
        read_json(b"[" * 200_000)
    with pytest.raises(Malformed):
        read_json(b"{'a': 1}")


@given(st.binary(max_size=80))
def test_any_yaml_and_json(data: bytes) -> None:
    for read in (read_yaml, read_json):
        try:
            assert sum(1 for _ in entries(read(data))) >= 1
        except (Malformed, LimitReached):
            continue


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
