"""GGUF: key-value pairs, tensor descriptions, tensors. Source: the GGUF specification of ggml, versions 1 to 3.

Nothing but the head is read: arrays of numbers and tensors are skipped, strings of a long array are stepped over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bartizan.scan.artefacts.content import MemoryContent, exactly
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.wire.gguf import ARRAY, STRING, Head, Pair, Tensor, read_pairs, read_tensors

_FACTS = {
    "general.architecture": "architecture", "general.name": "name", "general.license": "licence",
    "general.license.name": "licence", "general.author": "author", "general.organization": "author",
    "general.version": "version", "general.size_label": "parameters", "general.source.url": "source",
    "general.source.huggingface.repository": "source", "general.quantized_by": "quantised-by",
    "general.base_model.count": "", "general.file_type": "",
}  # fmt: skip
_QUANTISATION = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M",
    13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS",
    21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S",
    29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4_MOE",
    39: "NVFP4", 40: "Q1_0",
}  # fmt: skip
_TEMPLATE = "tokenizer.chat_template"
_LONGEST_TEMPLATE = 8 << 20
_MOST_LAYERS = 512
_WHOLE = 1 << 64
_KEPT = 512
"""Bytes that loaders keep of a tensor besides its numbers, at most."""


def recognise(look: Look) -> bool:
    """Tell by the four letters at the start, or by the name."""
    return look.head[:4] == b"GGUF" or look.suffix == ".gguf"


def examine(look: Look, desk: Desk) -> None:
    """Read the head, hand on the chat templates, and check that the tensors lie in the file."""
    if look.head[:4] != b"GGUF":
        raise Malformed("the letters of the format are missing", 0)
    head = Head.read(look.content)
    if head.pairs >= _WHOLE // 64:
        desk.hit("gguf-overflow", f"{head.pairs} key-value pairs", offset=16, cve=["CVE-2024-23605"])
    if head.tensors >= _WHOLE // 512:
        desk.hit("gguf-overflow", f"{head.tensors} tensors", offset=8, cve=["CVE-2024-21836"])
    at, alignment, names = head.end, 32, set[str]()
    for pair in _steady(read_pairs(head, look.content), desk):
        if pair.wraps:
            told = ["CVE-2024-21825"] if pair.kind == ARRAY else ["CVE-2024-23496"]
            desk.hit("gguf-overflow", f"`{pair.name}` announces {pair.length} entries", offset=pair.start, cve=told)
        if pair.name in names:
            desk.hit("duplicate-names", f"`{pair.name}`", offset=pair.start)
        if len(names) < 100_000:
            names.add(pair.name)
        if pair.name == "general.alignment" and isinstance(pair.value, int):
            alignment = pair.value
        _pair(pair, look, desk)
        at = pair.end
    tensors = list(_steady(read_tensors(head, look.content, at), desk))
    at = tensors[-1].end if tensors else at
    desk.fact("tensors", str(head.tensors))
    if alignment <= 0 or alignment & (alignment - 1) or alignment > 1 << 20:
        raise Malformed(f"tensors are to lie at multiples of {alignment} bytes", head.end)
    desk.cover(0, at)
    if tensors:
        _places(tensors, -(-at // alignment) * alignment, alignment, look, desk)


def _steady(things: Iterator[Pair] | Iterator[Tensor], desk: Desk) -> Iterator:  # type: ignore[type-arg]
    for number, thing in enumerate(things):
        if number % 256 == 0:
            desk.check_time()
        yield thing


def _pair(pair: Pair, look: Look, desk: Desk) -> None:
    if pair.name == _TEMPLATE or pair.name.startswith(f"{_TEMPLATE}."):
        if pair.kind != STRING:
            raise Malformed(f"`{pair.name}` is no text", pair.start)
        if pair.length > _LONGEST_TEMPLATE:
            raise Malformed(f"`{pair.name}` has {pair.length} bytes", pair.start)
        name = pair.name.removeprefix(_TEMPLATE).removeprefix(".").replace("/", "_")
        body = exactly(look.content, pair.body, pair.length)
        desk.inside(f"{name}/chat_template.jinja" if name else "chat_template.jinja", MemoryContent(body))
    elif pair.name == "general.file_type" and isinstance(pair.value, int):
        desk.fact("quantisation", _QUANTISATION.get(pair.value, str(pair.value)))
    elif fact := _fact(pair.name):
        desk.fact(fact, str(pair.value))
    elif pair.name.endswith(".block_count") and isinstance(pair.value, int) and pair.value > _MOST_LAYERS:
        desk.hit("gguf-numbers", f"`{pair.name}` is {pair.value}", offset=pair.start)


def _fact(name: str) -> str:
    if name.startswith("general.base_model.") and name.endswith((".name", ".repo_url")):
        return "base-model"
    if name.startswith("general.dataset.") and name.endswith((".name", ".repo_url")):
        return "dataset"
    return "context-length" if name.endswith(".context_length") else _FACTS.get(name, "")


def _counts(tensor: Tensor) -> bool:
    """Tell whether 64 bits hold the numbers and the bytes of a tensor, rounded up."""
    return tensor.elements < 1 << 63 and tensor.size < _WHOLE - (1 << 20)


def _places(tensors: Iterable[Tensor], start: int, alignment: int, look: Look, desk: Desk) -> None:
    """Check where the tensors lie: one after the other, each in the file."""
    at = 0
    tensors = sorted(tensors, key=lambda one: one.offset)
    together = sum(-(-one.size // alignment) * alignment for one in tensors)
    # Loaders that check this sum add what they keep of each tensor to it afterwards, without another check.
    if together + (len(tensors) + 1) * _KEPT >= _WHOLE and all(map(_counts, tensors)):
        told = "CVE-2025-53630" if together >= _WHOLE else "CVE-2026-27940"
        desk.hit("gguf-overflow", "the tensors together", offset=tensors[0].start, cve=[told])
    names: set[str] = set()
    for tensor in tensors:
        if tensor.name in names:
            desk.hit("duplicate-names", f"`{tensor.name}`", offset=tensor.start)
        names.add(tensor.name)
        if not _counts(tensor):
            desk.hit("gguf-overflow", f"`{tensor.name}` has {tensor.elements} numbers", offset=tensor.start,
                     cve=["CVE-2026-33298"])  # fmt: skip
        elif start + tensor.offset + tensor.size > look.size:
            raise Malformed(f"`{tensor.name}` lies beyond the end of the file", tensor.start)
        if tensor.offset % alignment:
            desk.hit("tensors-misplaced", f"`{tensor.name}` is not aligned", offset=tensor.start)
        elif tensor.offset != at:
            kind = "overlaps the one before" if tensor.offset < at else "leaves a hole before itself"
            desk.hit("tensors-misplaced", f"`{tensor.name}` {kind}", offset=tensor.start)
        end = tensor.offset + tensor.size
        desk.cover(start + tensor.offset, start + end)
        at = max(at, -(-end // alignment) * alignment)


FORMAT = Format(name="gguf", title="GGUF", group="model", recognise=recognise, examine=examine)
