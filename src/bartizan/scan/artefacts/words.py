"""What names and first bytes tell of a file before any format is asked: a model's suffix, plain text."""

from __future__ import annotations

import codecs

from bartizan.scan.artefacts.format import HEAD, Look

__all__ = ["MODEL_SUFFIXES", "is_text"]

MODEL_SUFFIXES = frozenset({
    ".pt", ".pth", ".pkl", ".pickle", ".joblib", ".safetensors", ".gguf", ".ggml", ".onnx", ".ort", ".h5", ".hdf5",
    ".keras", ".tflite", ".pte", ".npy", ".npz", ".ckpt", ".mar", ".skops", ".dill", ".mlmodel", ".pdmodel", ".cbm",
    ".ubj", ".nemo", ".engine", ".llamafile", ".msgpack", ".torchscript",
})  # fmt: skip
"""Suffixes that promise a model. `.bin`, `.model` and `.pb` are not among them: they promise nothing."""
_ODD = bytes(sorted({*range(32), 127} - {*b"\t\n\r\f\x1b\b"}))
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def is_text(look: Look) -> bool:
    """Tell whether the beginning of a file is plain text: UTF-8 without control characters, or marked as UTF-16."""
    if look.head.startswith(_MARKS):
        return True
    if len(look.head.translate(None, _ODD)) != len(look.head):
        return False
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(look.head, final=look.size <= HEAD)
    except UnicodeDecodeError:
        return False
    return True
