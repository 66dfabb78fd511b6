"""JSON beside a model: configuration, tokenizer, adapter, pipeline, shards; what it makes a loader import and render.

Sources: transformers 4 and 5 (`dynamic_module_utils`), peft, diffusers, sentence-transformers.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.repository.callables import examine_targets
from bartizan.scan.repository.listings import examine_modules, examine_package, examine_shards, examine_tokenizer
from bartizan.scan.repository.remote_code import examine_code_references
from bartizan.scan.repository.templated import examine_templates
from bartizan.scan.texts.jsondata import BOM, LARGEST, first_sign, read_json

__all__ = ["FORMAT"]

_NAMES = frozenset({
    "config.json", "tokenizer_config.json", "tokenizer.json", "generation_config.json", "preprocessor_config.json",
    "processor_config.json", "image_processor_config.json", "video_preprocessor_config.json", "chat_template.json",
    "special_tokens_map.json", "added_tokens.json", "adapter_config.json", "model_index.json", "modules.json",
    "config_sentence_transformers.json", "scheduler_config.json",
})  # fmt: skip
_MARKS = re.compile(
    rb'"(?:\w*chat_template\w*|auto_map|architectures|model_type|tokenizer_class|weight_map|peft_type|_class_name'
    rb'|_target_|custom_pipelines|trust_remote_code)"'
)
_SMALL = 4 << 20
"""Bytes up to which any JSON is looked through as a whole."""
_LARGEST = 20 * LARGEST
_FACTS = {
    "model_type": "model-type", "architectures": "architecture", "transformers_version": "transformers-version",
    "base_model_name_or_path": "base-model", "_name_or_path": "name", "peft_type": "adapter",
    "torch_dtype": "precision",
    "_diffusers_version": "diffusers-version", "tokenizer_class": "tokenizer", "library_name": "library",
    "vocab_size": "vocabulary", "max_position_embeddings": "context-length", "quant_method": "quantisation",
}  # fmt: skip
_LARGE_PARTS = frozenset({"vocab", "merges", "added_tokens", "model"})


def recognise(look: Look) -> bool:
    """Tell by names that loaders look for, or by their keys; other JSON that can be read is looked through too."""
    if look.suffix != ".json" and first_sign(look.head) not in (b"{", b"["):
        return False
    if look.name in _NAMES or look.name.endswith(".index.json"):
        return True
    if look.suffix == ".json":
        return _MARKS.search(look.head) is not None or _readable(look)
    return look.size <= _SMALL and b"\0" not in look.head and _MARKS.search(look.head) is not None and _readable(look)


def _readable(look: Look) -> bool:
    """Tell JSON that can be read, or that would be a model's if it could."""
    if look.size > _SMALL:
        return False
    data = look.content.read(0, look.size)
    try:
        msgspec.json.decode(data.removeprefix(BOM))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return _MARKS.search(data) is not None
    return True


def examine(look: Look, desk: Desk) -> None:
    """Report what the configuration makes a loader do. Raises Malformed and LimitReached."""
    desk.cover_all(look.content)
    data = _data(look, desk)
    if isinstance(data, list) and look.name == "modules.json":
        examine_modules(data, look.path, desk)
    if isinstance(data, dict):
        if "weight_map" in data:
            examine_shards(data, look.path, desk)
        if look.name == "tokenizer.json":
            examine_tokenizer(data, desk)
        if isinstance(data.get("itemInfoEntries"), dict):
            examine_package(data["itemInfoEntries"], desk)
        if _is_model(look.name, data):
            examine_code_references(data, desk)
            _facts(data, desk)
    examine_targets(data, desk)
    examine_templates(data, desk)


def _is_model(name: str, data: dict[str, Any]) -> bool:
    return name in _NAMES or bool(
        data.keys() & {"auto_map", "architectures", "model_type", "tokenizer_class", "peft_type", "_class_name"}
    )


def _data(look: Look, desk: Desk) -> Any:
    """Read the file; of a large vocabulary only what stands beside it. Raises Malformed and LimitReached."""
    if look.size > _LARGEST:
        raise LimitReached(f"the file has more than {_LARGEST >> 20} MB of JSON")
    source = look.content.read(0, look.size)
    if look.size <= _SMALL and look.name != "tokenizer.json":
        return read_json(source, lambda name: desk.hit("duplicate-names", f"`{name}`"))
    try:
        parts = msgspec.json.decode(source.removeprefix(BOM), type=dict[str, msgspec.Raw])
        if "weight_map" in parts:
            return {"weight_map": msgspec.json.decode(parts["weight_map"])}
        return {
            name: msgspec.json.decode(raw)
            for name, raw in parts.items()
            if name not in _LARGE_PARTS and len(bytes(raw)) <= _SMALL
        }
    except RecursionError as error:
        raise LimitReached("the file nests too deep") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Malformed("the file is no JSON") from error


def _facts(data: dict[str, Any], desk: Desk) -> None:
    for key, name in _FACTS.items():
        value = data.get(key)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, (str, int)) and not isinstance(one, bool) and str(one):
                desk.fact(name, str(one))
    quantised = data.get("quantization_config")
    if isinstance(quantised, dict):
        desk.fact("quantisation", str(quantised.get("quant_method", "")))


FORMAT = Format(
    name="model-config",
    title="Model configuration",
    group="model",
    recognise=recognise,
    examine=examine,
    accounts=False,
)
