"""Valid files of every format, by names that say nothing, and what is malicious and stays so wherever it lies."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import zipfile
import zlib

import numpy as np

from tests.scan.archives.support import TAR_END, tar_member
from tests.scan.artefacts.support import assembled, zipped
from tests.scan.formats import (
    test_catboost_,
    test_coreml,
    test_executorch,
    test_gguf,
    test_joblib,
    test_keras_metadata,
    test_lightgbm_,
    test_numpy,
    test_onnx,
    test_paddle,
    test_pmml,
    test_safetensors,
    test_sevenzip,
    test_skops,
    test_tensorflow,
    test_tensorflow_text,
    test_tflite,
    test_torch,
    test_xgboost_,
)
from tests.scan.wire.hdf5_files import written

__all__ = ["CONTAINERS", "MALICIOUS", "SOUND", "TEXTS", "tarred", "wrapped"]

MALICIOUS = assembled(["PROTO 2", "GLOBAL os system", "BINUNICODE echo hi", "TUPLE1", "REDUCE", "STOP"])
_PLAIN = assembled(
    ["PROTO 4", "EMPTY_DICT", "MARK", "BINUNICODE w", "EMPTY_LIST", "MARK", "BININT 3", "BINFLOAT 1.5", "APPENDS",
     "BINUNICODE b", "SHORT_BINBYTES xyz", "SETITEMS", "STOP"]
)  # fmt: skip
_KERAS = json.dumps({
    "class_name": "Sequential", "module": "keras", "registered_name": None,
    "config": {"name": "s", "layers": [{"class_name": "Dense", "module": "keras.layers", "config": {"units": 2}}]},
}).encode()  # fmt: skip


def tarred(files: dict[str, bytes]) -> bytes:
    """A tar archive of files."""
    return b"".join(tar_member(name, body) for name, body in files.items()) + TAR_END


SOUND: dict[str, bytes] = {
    "pickle": _PLAIN,
    "pickle-0": b"(dp0\nVw\np1\n(lp2\nI3\naF1.5\nas.",
    "torch": test_torch.SOUND,
    "torch-legacy": test_torch.legacy(),
    "joblib": assembled(["PROTO 4", *test_joblib.FLOATS, "STOP"]),
    "numpy": test_numpy.saved(np.zeros((3, 2))),
    "npz": zipped({"a.npy": test_numpy.saved(np.zeros(3)), "b.npy": test_numpy.saved(np.arange(5))}),
    "safetensors": test_safetensors.SOUND,
    "gguf": test_gguf.SOUND,
    "onnx": test_onnx.SOUND,
    "coreml": test_coreml.SOUND,
    "paddle": test_paddle.SOUND,
    "tflite": test_tflite.SOUND,
    "executorch": test_executorch.SOUND,
    "catboost": test_catboost_.SOUND,
    "hdf5": written("benign"),
    "savedmodel": test_tensorflow.SOUND,
    "keras": zipped(
        {"metadata.json": b'{"keras_version": "3.0.0"}', "config.json": _KERAS, "model.weights.h5": written("benign")}
    ),
    "keras-metadata": test_keras_metadata.metadata({"class_name": "Dense", "config": {"units": 2}}),
    "skops": zipped({"schema.json": json.dumps(test_skops.model(1.0)).encode()}),
    "xgboost": test_xgboost_.UBJSON,
    "xgboost-json": test_xgboost_.TEXT.encode(),
    "xgboost-binary": test_xgboost_.BINARY,
    "lightgbm": test_lightgbm_.SOUND.encode(),
    "7z": test_sevenzip.SOUND,
    "zip": zipped({"a.pkl": _PLAIN, "b.txt": b"words " * 40}, zipfile.ZIP_DEFLATED),
    "tar": tarred({"a.pkl": _PLAIN, "b.txt": b"words " * 40}),
    "gzip": gzip.compress(_PLAIN, mtime=0),
    "bzip2": bz2.compress(_PLAIN),
    "xz": lzma.compress(_PLAIN),
    "zlib": zlib.compress(_PLAIN),
}
"""Each is safe as it stands."""
TEXTS: dict[str, bytes] = {
    "model.pmml": test_pmml.pmml("<TreeModel/>").encode(),
    "graph.pbtxt": test_tensorflow_text.graph("MatMul").encode(),
    "config.json": b'{"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 32000}',
    "tokenizer_config.json": b'{"tokenizer_class": "X", "chat_template": "{% for m in messages %}{{ m }}{% endfor %}"}',
    "a.yaml": b"a: {b: [1, 2]}\nc: text\n",
    "a.py": b"import torch\n\ndef f(x):\n    return x + 1\n",
    "a.ipynb": b'{"cells": [{"cell_type": "code", "source": ["x = 1"], "outputs": []}], "nbformat": 4}',
    "MLmodel": b"flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n",
    "requirements.txt": b"torch==2.1\nnumpy>=1\n",
    "SKILL.md": b"---\nname: a\ndescription: does b\n---\nDo it.\n",
    ".mcp.json": b'{"mcpServers": {"a": {"command": "npx", "args": ["-y", "a@1.0.0"]}}}',
    "tools.json": b'{"tools": [{"name": "a", "description": "b", "inputSchema": {"type": "object"}}]}',
    "server.py": b"from mcp.server.fastmcp import FastMCP\nm = FastMCP('a')\n\n@m.tool()\ndef f(x):\n    return x\n",
    "chat_template.jinja": b"{% for m in messages %}{{ m.content }}{% endfor %}",
}
"""Texts by their names; cut off, some of them are still what they were."""

CONTAINERS = ("zip", "deflated", "tar", "7z", "gzip", "xz", "torch", "npy")


def wrapped(kind: str, body: bytes) -> bytes:
    """Put a body into a container."""
    if kind == "zip":
        return zipped({"data.pkl": body})
    if kind == "deflated":
        return zipped({"data.pkl": body}, zipfile.ZIP_DEFLATED)
    if kind == "tar":
        return tarred({"data.pkl": body})
    if kind == "7z":
        return test_sevenzip.sevenzip("data.pkl", body)
    if kind == "gzip":
        return gzip.compress(body, mtime=0)
    if kind == "xz":
        return lzma.compress(body)
    if kind == "torch":
        return test_torch.torch_zip({**test_torch.MODEL, "data.pkl": body})
    assert kind == "npy", kind
    return test_numpy.npy(test_numpy.HEADER % ("|O", "(1,)"), body)
