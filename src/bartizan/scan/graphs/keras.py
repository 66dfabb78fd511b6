"""Keras descriptions of models: JSON objects that name classes and functions, which the loader finds and calls.

Every object of the shape `class_name` and `config` is judged by what the loaders of Keras 1 to 3 take it for, wherever
it stands. Source: keras/src/saving/serialization_lib.py of Keras 3.0 to 3.15, and the legacy one of Keras 2.
"""

from __future__ import annotations

import builtins
import json
import re
import sys
from binascii import Error as BadBase64
from binascii import a2b_base64
from typing import Any

from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.graphs import tensorflow
from bartizan.scan.graphs.names import names_of
from bartizan.scan.texts.jsondata import pairing
from bartizan.scan.wire.paths import leaves_folder

__all__ = ["LONGEST", "examine_text", "examine_value"]

LONGEST = 64 << 20
"""Bytes of a description that are read."""
_KERAS = frozenset({"keras", "tf_keras", "keras_core", "keras_hub", "keras_nlp", "keras_cv"})
_AREAS = frozenset({
    "layers", "initializers", "regularizers", "constraints", "optimizers", "losses", "metrics", "activations", "models",
    "quantizers", "dtype_policies", "random", "ops", "engine", "mixed_precision", "distillation", "feature_column",
    "premade_models", "premade", "saving.legacy", "legacy", "applications", "schedules", "backend.common", "",
})  # fmt: skip
_HARMFUL = frozenset({
    "get_file", "extract_archive", "load_model", "load_weights", "save_model", "enable_unsafe_deserialization",
    "func_load", "model_from_json", "model_from_yaml", "model_from_config", "load_img", "save_img", "plot_model",
    "deserialize_keras_object", "download", "set_backend", "load_data", "save_weights", "exists", "copy", "rmtree",
    "remove", "makedirs", "File", "join", "listdir", "KerasFileEditor",
})  # fmt: skip
_PLAIN = frozenset({
    "__keras_tensor__", "__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__slice__", "__tuple__", "__set__",
    "TensorShape", "TypeSpec", "CompositeTensor", "ndarray", "str", "int", "float", "slice", "__typespec__",
})  # fmt: skip
_LOOKUPS = frozenset({"StringLookup", "IntegerLookup", "TextVectorization", "IndexLookup"})
_ELSEWHERE = frozenset({"TorchModuleWrapper", "TFSMLayer", "FeatureSpace", "JaxLayer", "FlaxLayer"})
"""Layers of Keras whose modules are no areas of models."""
_LOADERS = {"get_file": ("CVE-2025-8747", "CVE-2025-12060"), "enable_unsafe_deserialization": ("CVE-2025-9906",)}
_IDENTIFIER = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{2,40}")
_MOST = 2_000_000
_LAMBDA = ("CVE-2024-3660", "CVE-2025-9905")


def examine_text(text: str | bytes, desk: Desk, *, offset: int = -1, legacy: bool = False) -> None:
    """Judge a description in JSON. Raises Malformed where it is none, LimitReached where it is too deep."""

    def twice(name: str) -> None:
        desk.hit("duplicate-names", f"`{name}`", offset=offset)

    try:
        value = json.loads(text, object_pairs_hook=pairing(twice, "duplicates of this object"))
    except RecursionError:
        raise LimitReached("the description of the model is nested too deep") from None
    except ValueError as error:
        raise Malformed("the description of the model is no JSON", offset) from error
    examine_value(value, desk, offset=offset, legacy=legacy)


def examine_value(value: object, desk: Desk, *, offset: int = -1, legacy: bool = False) -> None:
    """Judge every object in a description. `legacy` is for files whose loader runs code even in its safe mode."""
    todo, count = [value], 0
    judge = _Judge(desk, offset, legacy)
    while todo:
        value = todo.pop()
        count += 1
        if count % 1024 == 0:
            desk.check_time()
        if count > _MOST:
            raise LimitReached("the description of the model has too many parts")
        if isinstance(value, dict):
            if isinstance(value.get("class_name"), str):
                judge.judge(value)
            todo += value.values()
        elif isinstance(value, list):
            todo += value
        elif isinstance(value, str) and value[:1] == "{" and '"class_name"' in value[:4096]:
            _try_inner(value, desk, offset, legacy)


def _try_inner(text: str, desk: Desk, offset: int, legacy: bool) -> None:
    """Texts may hold descriptions of their own, in JSON again."""
    try:
        examine_text(text, desk, offset=offset, legacy=legacy)
    except Malformed:
        return


class _Judge:
    def __init__(self, desk: Desk, offset: int, legacy: bool) -> None:
        self.desk, self.offset, self.legacy = desk, offset, legacy
        self.known = names_of("keras")

    def hit(self, rule: str, evidence: str, cve: tuple[str, ...] = ()) -> None:
        self.desk.hit(rule, evidence, offset=self.offset, cve=cve)

    def judge(self, value: dict[str, Any]) -> None:
        """Judge one object."""
        name, module = value["class_name"], value.get("module")
        config = value.get("config")
        inner = config if isinstance(config, dict) else {}
        bare = name.rsplit(">", 1)[-1]
        if name == "__lambda__":
            self._code(inner.get("value", inner.get("code")), "a lambda")
        elif bare == "Lambda":
            self._lambda(inner)
        elif bare in _LOOKUPS:
            self._vocabulary(bare, inner)
        elif bare == "TFSMLayer":
            self._saved_model(inner)
        elif bare == "TorchModuleWrapper":
            self._torch(inner)
        elif bare in ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"):
            self._operator(bare, inner)
        registered = value.get("registered_name")
        if isinstance(registered, str) and ">" in registered and registered.split(">", 1)[0].lower() not in _KERAS:
            self.hit("keras-custom-class", f"`{registered}`")
        if isinstance(module, str) and module:
            self._module(module, name, value)
        elif name == "function":
            self._function(str(config), "")
        elif name not in self.known and name not in _PLAIN and name != "__lambda__" and "config" in value:
            self.hit("keras-custom-class", f"`{name}`")

    def _module(self, module: str, name: str, value: dict[str, Any]) -> None:
        """Judge what a loader gets from a module."""
        root = module.split(".", maxsplit=1)[0]
        if name == "function":
            self._function(str(value.get("config")), module)
        elif (name == "__typespec__" and root in ("tensorflow", "keras")) or (root == "builtins" and name in _PLAIN):
            return
        elif root in sys.stdlib_module_names or root == "nt":
            self.hit("keras-runs-module", f"`{module}.{name}`", ("CVE-2025-1550",))
        else:
            self._framework(module, name)

    def _function(self, name: str, module: str) -> None:
        """Judge a function: `builtins` stands for those of Keras or of the program."""
        root = module.split(".", maxsplit=1)[0]
        if root in ("", "builtins"):
            if root and hasattr(builtins, name) and name not in self.known:
                self.hit("keras-runs-module", f"`{module}.{name}`", ("CVE-2025-1550",))
            elif name not in self.known:
                self.hit("keras-custom-class", f"function `{name}`")
        elif root in sys.stdlib_module_names or root == "nt":
            self.hit("keras-runs-module", f"`{module}.{name}`", ("CVE-2025-1550",))
        else:
            self._framework(module, name)

    def _framework(self, module: str, name: str) -> None:
        parts = module.split(".")
        if parts[0] == "tensorflow" and "keras" in parts:
            parts = parts[parts.index("keras") :]
        if parts[0] not in _KERAS:
            self.hit("keras-custom-class", f"`{module}.{name}`")
            return
        rest = [part for part in parts[1:] if part not in ("src", "api", "_tf_keras", "keras", "_v1", "_v2", "v2")]
        if rest[:1] == ["backend"] and rest[2:3] == ["optimizers"]:
            rest = rest[2:]  # optimisers are saved under the backend that ran them
        area = rest[0] if rest else ""
        if name in _HARMFUL and name not in self.known:
            self.hit("keras-runs-module", f"`{module}.{name}`", _LOADERS.get(name, ("CVE-2025-8747",)))
        elif name in _ELSEWHERE or parts[0] in ("keras_hub", "keras_nlp", "keras_cv"):
            return
        elif area not in _AREAS or (name not in self.known and name not in _PLAIN):
            self.hit("keras-custom-class", f"`{module}.{name}`")

    def _lambda(self, config: dict[str, Any]) -> None:
        for key in ("function", "output_shape", "mask"):
            value = config.get(key)
            said = f"`{config.get('name', 'Lambda')}` {key}"
            if isinstance(value, list) and value and isinstance(value[0], str) and config.get(f"{key}_type") != "raw":
                self._code(value[0], said)
            elif isinstance(value, str) and key == "function":
                if config.get("function_type") == "lambda":
                    self._code(value, said)
                elif value not in self.known:
                    self.hit("keras-custom-class", f"{said} `{config.get('module', '')}.{value}`")
        if config.get("function") is None and "function" in config:
            self.hit("keras-custom-class", f"`{config.get('name', 'Lambda')}` without its function")

    def _code(self, text: object, what: str) -> None:
        """Report code in a description, with the names that stand in it."""
        names: list[str] = []
        if isinstance(text, str):
            body = _decoded(text)
            names = [one.decode() for one in dict.fromkeys(_IDENTIFIER.findall(body))][:20]
        self.hit("keras-lambda", f"{what}: code with {' '.join(names) or 'no names'}",
                 _LAMBDA if self.legacy else _LAMBDA[:1])  # fmt: skip

    def _vocabulary(self, name: str, config: dict[str, Any]) -> None:
        for key in ("vocabulary", "idf_weights"):
            path = config.get(key)
            if isinstance(path, str) and path:
                rule = "model-reads-outside" if leaves_folder(path) else "keras-reads-file"
                self.hit(rule, f"{name}: `{path}`", ("CVE-2025-12058",))

    def _saved_model(self, config: dict[str, Any]) -> None:
        path = config.get("filepath", "")
        rule = "model-reads-outside" if isinstance(path, str) and leaves_folder(path) else "keras-reads-file"
        self.hit(rule, f"TFSMLayer: `{path}`", ("CVE-2026-1462",))

    def _torch(self, config: dict[str, Any]) -> None:
        self.hit("keras-embedded-torch", "TorchModuleWrapper")
        module = config.get("module")
        if isinstance(module, dict):
            module = module.get("config", {}).get("value") if isinstance(module.get("config"), dict) else None
        if isinstance(module, str) and (body := _decoded(module)):
            self.desk.inside("module.pt", MemoryContent(body))

    def _operator(self, kind: str, config: dict[str, Any]) -> None:
        """Judge layers that call a function of TensorFlow by its name, or hold one of its nodes."""
        if kind == "TensorFlowOpLayer":
            node = config.get("node_def", "")
            found = re.search(r'["\s{]?op["\s]*:\s*"(\w+)"', node if isinstance(node, str) else json.dumps(node))
            name = found[1] if found else ""
        else:
            name = str(config.get("function", ""))
        last = name.rsplit(".", 1)[-1]
        camel = "".join(part.title() for part in last.split("_"))
        if last in ("py_function", "numpy_function", "py_func") or {last, camel} & tensorflow.PYTHON:
            self.hit("tensorflow-runs-python", f"{kind} `{name}`")
        elif last.startswith(("load_library", "load_op_library", "load_file_system")) or name.startswith("keras.utils"):
            self.hit("keras-runs-module", f"`tensorflow.{name}`")
        elif {last, camel} & tensorflow.WRITES.keys() or {last, camel} & tensorflow.SAVES.keys():
            self.hit("tensorflow-writes-files", f"{kind} `{name}`")
        elif {last, camel} & tensorflow.READS.keys() or last.startswith(("load", "restore")):
            self.hit("tensorflow-reads-files", f"{kind} `{name}`")


def _decoded(text: str) -> bytes:
    try:
        return a2b_base64(text.encode("ascii", "ignore"))
    except BadBase64:
        return text.encode("latin-1", "ignore")
