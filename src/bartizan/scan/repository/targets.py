"""Callables that a configuration names to be called: Hydra's `_target_`, class paths, module types.

Hydra calls whatever `_target_` names, with arguments from the file (CVE-2025-23304 is that, in NVIDIA NeMo). What a
callable does is looked up in the catalog's register of callables; classes of libraries that build models are known.
"""

from __future__ import annotations

import re
import sys
from typing import Literal, TypeAlias

from bartizan.catalog.callables import known_callables
from bartizan.scan.pycode.names import canonical

__all__ = ["Judgement", "judge_target"]

Judgement: TypeAlias = Literal["safe", "unknown", "dangerous"]

_LIBRARIES = frozenset({
    "accelerate", "albumentations", "audiomentations", "bitsandbytes", "catboost", "datasets", "deepspeed",
    "detectron2", "diffusers", "einops", "fairseq", "flash_attn", "gluonts", "hydra", "keras", "lightgbm", "lightning",
    "lightning_fabric", "litgpt", "mmcv", "mmdet", "mmengine", "monai", "nemo", "numpy", "omegaconf", "onnxruntime",
    "open_clip", "pandas", "peft", "pyannote", "pytorch_lightning", "ray", "scipy", "segmentation_models_pytorch",
    "sentence_transformers", "setfit", "sklearn", "spacy", "speechbrain", "tensorflow", "tf_keras", "timm",
    "tokenizers", "torch", "torch_geometric", "torchaudio", "torchdata", "torchmetrics", "torchtext", "torchtune",
    "torchvision", "transformer_engine", "transformers", "trl", "wandb", "xgboost", "xformers", "megatron", "apex",
    "nemo_text_processing", "ldm", "sgm", "optimum", "evaluate", "kornia", "pytorchvideo",
})  # fmt: skip
"""Roots of libraries whose classes a training configuration names."""
_RISKY = frozenset({
    "collect_env", "compile", "cpp_extension", "distutils", "download", "eval", "exec", "f2py", "hub", "import_module",
    "inductor", "jit", "load", "loads", "open", "pickle", "popen", "run", "script", "shell", "spawn", "system",
    "subprocess", "urlopen", "load_inline", "serialization", "from_file", "fromfile", "memmap", "exec_command",
    "get_method", "get_class", "get_object", "get_static_method", "call", "instantiate", "run_path", "testing",
})  # fmt: skip
"""Words in a path that are not those of a layer, a loss, an optimiser or a data set."""
_INDIRECT = re.compile(r"hydra(?:\._internal)?\.utils\.(?:get_method|get_class|get_object|get_static_method|_locate)\Z")
_PLAIN = re.compile(
    r"(?:builtins\.(?:dict|list|tuple|set|frozenset|int|float|str|bool|bytes|complex|len|sum|min|max|abs|range|slice"
    r"|round|sorted|zip|enumerate)|collections\.(?:OrderedDict|defaultdict|Counter|deque)|datetime\.\w+"
    r"|functools\.partial|pathlib\.(?:Pure)?Path|math\.\w+|random\.\w+|logging\.(?:getLogger|Logger|Formatter)"
    r"|operator\.(?:itemgetter|add|sub|mul|truediv)|os\.(?:path\.(?:join|basename|dirname)|cpu_count|getcwd)"
    r"|re\.compile|uuid\.uuid4|time\.time|decimal\.Decimal|fractions\.Fraction|string\.Template|types\.SimpleNamespace)\Z"
)
_MILD = frozenset({"os.getenv", "os.environ.get", "os.makedirs", "time.sleep", "os.getpid", "os.listdir"})
_PATH = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*\Z")
_PARTIAL = re.compile(r"\$\{|\?\?\?|<")


def judge_target(name: str) -> Judgement:
    """Judge a dotted name that a loader is to import and call."""
    name = name.strip().replace(":", ".")
    if _PARTIAL.search(name) and not _stdlib(name):
        return "unknown" if "${" in name else "safe"
    full = canonical(name)
    if full in ("eval", "exec", "open", "compile", "__import__", "getattr"):
        full = f"builtins.{full}"
    if _INDIRECT.match(full):
        return "dangerous"
    if not _PATH.match(full):
        return "unknown"
    if _PLAIN.match(full):
        return "safe"
    parts = full.split(".")
    if _stdlib(full):
        return _of_python(full)
    if parts[0] not in _LIBRARIES:
        _, harm = known_callables().with_any(full)
        return "dangerous" if harm is not None and harm.effect == "execution" else "unknown"
    inside = [part for part in parts[1:-1] if part in ("os", "sys", "subprocess", "builtins", "pickle", "importlib")]
    if inside:
        return "dangerous"
    if not any(part.lower().lstrip("_") in _RISKY for part in parts[1:]):
        return "safe"
    return "safe" if parts[-1][:1].isupper() and parts[-1].lower() not in _RISKY else "unknown"


def _stdlib(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names


def _of_python(full: str) -> Judgement:
    """Judge something of the standard library: what acts is dangerous, as no model needs it to be built."""
    _, harm = known_callables().with_any(full)
    return "dangerous" if harm is not None and full not in _MILD else "unknown"
