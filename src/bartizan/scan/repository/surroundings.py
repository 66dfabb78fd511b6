"""What a file lies among: the weights or configuration of a model, a data set's card, a skill, or a plain program."""

from __future__ import annotations

from typing import Literal
from weakref import WeakKeyDictionary

from bartizan.scan.artefacts.format import Look
from bartizan.scan.artefacts.tree import Tree

__all__ = ["setting_of"]

_WEIGHTS = (".safetensors", ".gguf", ".ckpt", ".pth", ".pt", ".onnx", ".h5", ".keras", ".msgpack")
_MODEL = frozenset({
    "tokenizer_config.json", "tokenizer.json", "model_index.json", "adapter_config.json",
    "pytorch_model.bin", "MLmodel",
    "generation_config.json", "preprocessor_config.json", "model.safetensors.index.json", "dataset_infos.json",
    "MANIFEST.json", "modules.json",
})  # fmt: skip
_PROGRAM = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "package.json", "Makefile", "tox.ini", "uv.lock"})
_KEPT: WeakKeyDictionary[Tree, dict[str, set[str]]] = WeakKeyDictionary()


def setting_of(look: Look) -> Literal["", "model", "skill"]:
    """Return what the code at a path comes with. A folder with a build file of a program is one.

    Lines of a path file run whenever Python starts, like code of a model that runs on import.
    """
    if look.suffix == ".pth":
        return "model"
    folders = _KEPT.get(look.tree)
    if folders is None:
        folders = {}
        for path in look.tree.paths():
            folder, _, name = path.rpartition("/")
            folders.setdefault(folder, set()).add(name)
        _KEPT[look.tree] = folders
    if look.inner:
        return ""
    folder = look.path.rpartition("/")[0]
    while True:
        names = folders.get(folder, set())
        if "SKILL.md" in names:
            return "skill"
        if names & _PROGRAM:
            return ""
        if names & _MODEL or ("config.json" in names and any(name.endswith(_WEIGHTS) for name in names)):
            return "model"
        if not folder:
            return ""
        folder = folder.rpartition("/")[0]
