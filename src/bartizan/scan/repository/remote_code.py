"""Code that a model's configuration has its loader import: beside the weights, or from another repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.repository.callables import report_target
from bartizan.scan.repository.targets import judge_target
from bartizan.scan.repository.walk import entries

__all__ = ["examine_code_references", "referred_modules"]

_KERNELS = frozenset({"attn_implementation", "_attn_implementation", "attn_implementation_internal"})
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+(?:@[\w.-]+)?(?::\w+)?\Z")
_LIBRARIES = frozenset({
    "diffusers", "transformers", "onnxruntime", "stable_diffusion", "k_diffusion", "optimum", "controlnet_aux", "peft",
    "safetensors", "flax", "diffusers_modules", "kandinsky", "timm", "parler_tts", "nemo",
})  # fmt: skip
_PARTS = ("transformers.", "diffusers.", "peft.", "sentence_transformers.", "torch.", "optimum.")


def referred_modules(data: Any) -> Iterator[tuple[str, str]]:
    """Yield paths in the data and what `auto_map` and `custom_pipelines` name: `module.Class`, `repo--module.Class`."""
    if not isinstance(data, dict):
        return
    for path, key, value in entries(data):
        if key == "auto_map" and isinstance(value, dict):
            for name, named in value.items():
                for one in named if isinstance(named, list) else [named]:
                    if isinstance(one, str) and one:
                        yield f"{path}.{name}", one
        elif key == "impl" and isinstance(value, str) and "custom_pipelines" in path:
            yield path, value


def examine_code_references(data: Any, desk: Desk) -> None:
    """Report code that loading the model runs. Raises LimitReached."""
    if not isinstance(data, dict):
        return
    for path, named in referred_modules(data):
        rule = "repository-code-elsewhere" if "--" in named else "repository-own-code"
        desk.hit(rule, f"`{path}` names `{named}`")
    for path, key, value in entries(data):
        if key == "trust_remote_code" and value is True:
            desk.hit("repository-own-code", f"`{path}` is set: code of the repository is trusted")
        elif key in _KERNELS and isinstance(value, str) and _REPOSITORY.match(value):
            desk.hit("repository-code-elsewhere", f"`{path}` names the kernels of `{value}`")
    _adapter(data, desk)
    if isinstance(data.get("_class_name"), (str, list)):
        _pipeline(data, desk)


def _adapter(data: dict[str, Any], desk: Desk) -> None:
    """Report modules that PEFT imports by the names of an adapter's configuration."""
    mapping = data.get("auto_mapping")
    names = [("auto_mapping.parent_library", mapping.get("parent_library"))] if isinstance(mapping, dict) else []
    if "peft_type" in data:
        names.append(("megatron_core", data.get("megatron_core")))
    for path, name in names:
        if isinstance(name, str) and not f"{name}.".startswith((*_PARTS, "megatron.core.", "transformers_modules.")):
            if judge_target(f"{name}.x") == "dangerous":
                report_target(f"{name}.x", f"`{path}`", desk)
            else:
                desk.hit("repository-target-unknown", f"`{path}`: `{name}`")
        elif isinstance(name, str) and name.startswith("transformers_modules."):
            desk.hit("repository-own-code", f"`{path}` names `{name}`")


def _pipeline(data: dict[str, Any], desk: Desk) -> None:
    """Report parts of a diffusers pipeline that are of no known library."""
    if isinstance(data["_class_name"], list):
        desk.hit("repository-own-code", f"`_class_name` names `{'.'.join(map(str, data['_class_name']))}`")
    for name, value in data.items():
        if isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value):
            library = value[0].partition(".")[0]
            if not name.startswith("_") and library not in _LIBRARIES:
                desk.hit("repository-own-code", f"`{name}` is `{value[0]}.{value[1]}`")
