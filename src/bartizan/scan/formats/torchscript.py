"""TorchScript: the model's code, which stands in the zip as text. Read as a syntax tree; nothing of it is compiled.

Operators of PyTorch are written `torch.NAME` or `ops.aten.NAME`, those of other libraries `ops.LIBRARY.NAME`, and
classes of native code `__torch__.torch.classes.LIBRARY.NAME`. Source: PyTorch's `torch/csrc/jit/serialization`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from bartizan.scan.archives.torchzip import torch_folders
from bartizan.scan.archives.zipwalk import examine_as, zip_recognised
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_LARGEST = 16 << 20
_KNOWN = {
    "aten", "prim", "prims", "quantized", "quantized_decomposed", "_quantized", "prepacked", "mkldnn",
    "mkldnn_prepacked",
    "onednn", "xnnpack", "fbgemm", "sparse", "torchvision", "torchaudio", "torchtext", "image", "nested", "symm_mem",
    "torch_scatter", "torch_sparse", "torch_cluster", "torch_spline_conv", "pyg", "rnn", "cuda", "inductor", "profiler",
    "metal", "metal_prepack", "vulkan", "vulkan_prepack", "static_runtime", "_test", "_nnapi", "detectron2",
}  # fmt: skip
"""Libraries of operators that PyTorch and its own sister projects register."""
_FILES = re.compile(r"save|load|from_file|\w*(?:read|write|load|save)\w*_(?:file|fileobj|audio_file)|\w+_to_file|"
                    r"(?:read|write)_file|sox_io_\w+|ffmpeg_\w+")  # fmt: skip
_OF_PYTHON = {"__import__", "exec", "eval", "compile", "open", "globals", "getattr", "__builtins__"}
_NO_FILES = {"torch_scatter", "torch_sparse", "torch_cluster"}


def recognise(look: Look) -> bool:
    """Tell by the folder `code` of a PyTorch zip."""
    return zip_recognised(look) and any(folder.code for folder in torch_folders(look))


def examine(look: Look, desk: Desk) -> None:
    """Read every file of code. Raises Malformed, LimitReached."""
    for folder in torch_folders(look):
        for member in folder.code:
            examine_as(look.content, member, _CODE, desk)


def _examine_code(look: Look, desk: Desk) -> None:
    if look.size > _LARGEST:
        raise LimitReached(f"the code has more than {_LARGEST >> 20} MB")
    try:
        tree = ast.parse(look.content.read(0, look.size))
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise Malformed("the code can't be parsed", 0) from error
    for parts, line in _names(tree, desk):
        if parts[:3] == ["__torch__", "torch", "classes"] and len(parts) > 3 and parts[3] not in _KNOWN:
            desk.hit("torchscript-unknown-operator", f"`{'.'.join(parts)}`", line=line)
        elif library := _library(parts):
            if library not in _KNOWN:
                desk.hit("torchscript-unknown-operator", f"`{'.'.join(parts)}`", line=line)
            if _FILES.fullmatch(parts[-1]) and library not in _NO_FILES:
                desk.hit("torchscript-touches-files", f"`{'.'.join(parts)}`", line=line)
    desk.cover_all(look.content)
    if _is_python(tree):
        desk.inside(look.name, look.content)
    if _imports(tree):
        raise Malformed("the code imports, which TorchScript can't", 0)


def _is_python(tree: ast.Module) -> bool:
    """Tell whether it uses what TorchScript doesn't know: then it is for Python, whoever is to run it."""
    return _imports(tree) or any(isinstance(node, ast.Name) and node.id in _OF_PYTHON for node in ast.walk(tree))


def _imports(tree: ast.Module) -> bool:
    return any(
        (isinstance(node, ast.Import) and any(not one.name.startswith("__torch__") for one in node.names))
        or (isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("__torch__"))
        for node in ast.walk(tree)
    )


def _library(parts: list[str]) -> str:
    """The library of an operator; empty where the name is none's."""
    if parts[:2] == ["torch", "ops"]:
        parts = parts[1:]
    if parts[0] == "ops" and len(parts) > 2:
        return parts[1]
    return "aten" if parts[0] == "torch" and len(parts) == 2 else ""


def _names(tree: ast.AST, desk: Desk) -> Iterator[tuple[list[str], int]]:
    """Every dotted name, with its line."""
    waiting: list[ast.AST] = [tree]
    count = 0
    while waiting:
        node = waiting.pop()
        count += 1
        if not count % 4096:
            desk.check_time()
        parts: list[str] = []
        part = node
        while isinstance(part, ast.Attribute):
            parts.append(part.attr)
            part = part.value
        if parts and isinstance(part, ast.Name):
            yield [part.id, *reversed(parts)], getattr(node, "lineno", 0)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("__torch__."):
            yield node.value.split("."), node.lineno
        else:
            waiting.extend(ast.iter_child_nodes(node if not parts else part))


_CODE = Format(name="torchscript-code", title="TorchScript code", group="model", recognise=recognise,
               examine=_examine_code)  # fmt: skip
FORMAT = Format(name="torchscript", title="TorchScript", group="model", recognise=recognise, examine=examine)
