"""MLflow models: `MLmodel` names the module that loads the model; environments name where packages come from.

Source: MLflow 2 and 3, `mlflow.pyfunc` (`loader_module` is imported by name, `code` goes first on the path).
"""

from __future__ import annotations

import re
from typing import Any

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.artefacts.tree import beside
from bartizan.scan.repository.callables import report_target
from bartizan.scan.repository.requirements import examine_requirements
from bartizan.scan.repository.targets import judge_target
from bartizan.scan.texts.yamldata import LARGEST, read_yaml

__all__ = ["FORMAT"]

_ENVIRONMENTS = frozenset({"conda.yaml", "conda.yml", "environment.yml", "environment.yaml", "python_env.yaml"})
_PICKLED = ("python_model", "cloudpickle", "pickled_model", "model_path")
_MODULE = re.compile(r"mlflow(?:\.\w+)*\Z")


def recognise(look: Look) -> bool:
    """Tell by the name and the keys."""
    if look.size > LARGEST or b"\0" in look.head:
        return False
    if look.name == "MLmodel":
        return True
    return look.name in _ENVIRONMENTS and b"dependencies" in look.content.read(0, look.size)


def examine(look: Look, desk: Desk) -> None:
    """Report loaders that aren't MLflow's, code, pickles and sources of packages. Raises Malformed and LimitReached."""
    desk.cover_all(look.content)
    documents, tags = read_yaml(look.content.read(0, look.size))
    for tag in tags:
        desk.hit("repository-yaml-object", f"`!!python/{tag.tag}`", line=tag.line)
    for data in documents:
        if not isinstance(data, dict):
            continue
        if look.name == "MLmodel":
            _model(data, look, desk)
        else:
            examine_requirements(_packages(data), desk)


def _model(data: dict[str, Any], look: Look, desk: Desk) -> None:
    desk.fact("library", f"mlflow {data.get('mlflow_version', '')}".strip())
    flavors = data.get("flavors")
    for name, flavor in flavors.items() if isinstance(flavors, dict) else ():
        if not isinstance(flavor, dict):
            continue
        desk.fact("flavour", str(name))
        loader = str(flavor.get("loader_module") or "")
        if loader and not _MODULE.match(loader):
            if judge_target(f"{loader}.load") == "dangerous":
                report_target(f"{loader}._load_pyfunc", "`loader_module`", desk)
            else:
                desk.hit("repository-loader-module", f"`loader_module`: `{loader}`")
        code = flavor.get("code") or flavor.get("model_code_path")
        if code:
            desk.hit("repository-own-code", f"`{name}.code`: `{code}`")
        if flavor.get("python_model"):
            desk.hit("repository-loader-module", f"`{name}.python_model`: `{flavor['python_model']}` is unpickled")
        for key, value in flavor.items():
            if isinstance(value, str) and (key.endswith(("_path", "path", "data", "code")) or key in _PICKLED):
                _inside(key, value, look, desk)


def _inside(key: str, value: str, look: Look, desk: Desk) -> None:
    try:
        beside(look.path, value)
    except ValueError:
        desk.hit("repository-file-outside", f"`{key}`: `{value}`")


def _packages(data: dict[str, Any]) -> list[tuple[int, str]]:
    """Return the requirements of an environment for pip as lines; conda's own packages are left out."""
    lines: list[str] = []
    for one in data.get("dependencies") or []:
        if isinstance(one, dict):
            lines += [str(line) for line in one.get("pip") or []]
    return [(0, line) for line in lines]


FORMAT = Format(
    name="mlflow", title="MLflow model", group="model", recognise=recognise, examine=examine, accounts=False
)
