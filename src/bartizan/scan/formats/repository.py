"""A repository as a whole: code that its configurations refer to, scripts of data sets, files that shadow libraries."""

from __future__ import annotations

import re
from collections.abc import Callable

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Survey
from bartizan.scan.artefacts.tree import Tree, beside
from bartizan.scan.repository.remote_code import referred_modules
from bartizan.scan.texts.jsondata import read_json

__all__ = ["SURVEY"]

_LARGEST = 1 << 20
_CONFIGS = re.compile(r"(?:^|/)(?:\w*config|model_index)\.json\Z")
_CARD = re.compile(rb"\A\s*---[ \t]*\r?\n")
"""Front matter, which hubs read: beside it a builder is what loads the data set."""
_BUILDER = re.compile(rb"\b(?:GeneratorBasedBuilder|ArrowBasedBuilder|BeamBasedBuilder|DatasetBuilder)\b")
_SHADOWED = frozenset({
    "torch", "transformers", "numpy", "json", "os", "random", "typing", "datasets", "tokenizers", "safetensors",
    "diffusers", "pickle", "subprocess", "requests", "yaml", "logging", "re", "socket", "ssl", "collections", "math",
    "peft", "einops", "accelerate", "sitecustomize", "usercustomize", "huggingface_hub", "pandas", "scipy", "sklearn",
    "tqdm",
})  # fmt: skip
_MODEL = re.compile(  # files that make their folder that of a model
    r"(?:^|/)(?:tokenizer_config\.json|model_index\.json|adapter_config\.json|\S*\.safetensors|\S*\.gguf|MLmodel)\Z"
)


def examine(tree: Tree, desk_of: Callable[[str], Desk]) -> None:
    """Report what files mean together. Reads configurations, cards and small scripts only."""
    paths = set(tree.paths())
    for path in sorted(paths):
        if _CONFIGS.search(path):
            _referred(path, paths, tree, desk_of)
    folders = {path.rpartition("/")[0] for path in paths if _MODEL.search(path)}
    for path in sorted(paths):
        folder, _, name = path.rpartition("/")
        if not name.endswith(".py"):
            continue
        if folder in folders and name.removesuffix(".py") in _SHADOWED:
            desk_of(path).hit("repository-shadows-library", f"`{name}`")
        card = f"{folder}/README.md" if folder else "README.md"
        if card in paths and _CARD.match(_read(tree, card)) and _BUILDER.search(_read(tree, path)):
            desk_of(path).hit("repository-data-script", f"`{name}`")


def _referred(path: str, paths: set[str], tree: Tree, desk_of: Callable[[str], Desk]) -> None:
    """Explain which file a configuration has imported; tell where it isn't there."""
    try:
        data = read_json(_read(tree, path))
        named = list(referred_modules(data))
    except (Malformed, LimitReached):
        return  # told where the file is examined
    lines: list[str] = []
    for key, one in named:
        if "--" in one:
            lines.append(f"{key} -> {one}: in another repository")
            continue
        module = one.rpartition(".")[0] or one
        try:
            file = beside(path, module.replace(".", "/") + ".py")
        except ValueError:
            continue
        lines.append(f"{key} -> {file}" + ("" if file in paths else ": is not there"))
    if lines:
        desk_of(path).explain(["loading runs:", *dict.fromkeys(lines)])


def _read(tree: Tree, path: str) -> bytes:
    try:
        with tree.open(path) as content:
            return content.read(0, _LARGEST)
    except OSError:
        return b""


SURVEY = Survey(name="repository", title="Repository", group="model", examine=examine)
