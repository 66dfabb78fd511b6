"""MLflow, YAML that calls by name, requirements and spaCy: each as a whole file."""

from __future__ import annotations

import pytest

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired

MODEL = """\
artifact_path: model
mlflow_version: 3.1.0
flavors:
  python_function:
    env: {conda: conda.yaml, virtualenv: python_env.yaml}
    loader_module: mlflow.sklearn
    model_path: model.pkl
    predict_fn: predict
  sklearn: {pickled_model: model.pkl, sklearn_version: 1.7.0, code: null}
"""


def test_a_model_of_a_library_is_safe() -> None:
    found = examined(MODEL, "MLmodel")
    assert found.verdict is Verdict.SAFE
    assert found.facts["flavour"] == ["python_function", "sklearn"]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("loader_module: mlflow.sklearn", "loader_module: os", "repository-target-dangerous"),
        ("loader_module: mlflow.sklearn", "loader_module: acme", "repository-loader-module"),
        ("model_path: model.pkl", "python_model: python_model.pkl", "repository-loader-module"),
        ("model_path: model.pkl", "model_path: /etc/x.pkl", "repository-file-outside"),
        ("code: null", "code: code", "repository-own-code"),
        ("predict_fn: predict", "predict_fn: !!python/name:os.system ''", "repository-yaml-object"),
    ],
)
def test_what_loading_runs(old: str, new: str, rule: str) -> None:
    assert rule in fired(examined(MODEL.replace(old, new), "MLmodel"))


def test_environments() -> None:
    text = "channels: [conda-forge]\ndependencies:\n- python=3.11\n- pip\n- pip:\n  - mlflow==3.1\n  - git+https://x.example/a\n"
    assert fired(examined(text, "conda.yaml")) == {"requirements-direct"}


def test_requirements() -> None:
    text = "a==1 \\\n    --hash=sha256:00\nb>=2\n-r other.txt\n-e .\nc @ git+https://x.example/c@0123456789abcdef\n"
    found = examined(text, "requirements-dev.txt")
    assert fired(found) == {"requirements-unpinned"}
    assert "1 of 2" in found.findings[0].evidence


def test_yaml_of_other_kinds_is_silent() -> None:
    assert fired(examined("on: push\njobs:\n  a:\n    steps: [{run: 'echo ${{ secrets.X }}'}]\n", "ci.yml")) == set()
    assert fired(examined("model:\n  class_path: lightning.pytorch.Trainer\n", "cli.yaml")) == set()
    assert fired(examined("a: {_target_: ", "x.yaml")) == {"malformed-file"}


def test_spacy() -> None:
    text = '[nlp]\nlang = "en"\n[components.t.model]\n@architectures = "%s"\n'
    assert fired(examined(text % "spacy.TextCatBOW.v3", "config.cfg")) == set()
    assert fired(examined(text % "acme.Net.v1", "config.cfg")) == {"repository-target-unknown"}
    assert fired(examined("[nlp]\nlang\n[nlp\n", "config.cfg")) == {"malformed-file"}
