"""GGUF: sound files of every version and byte order are safe; numbers that overflow loaders are named by their CVE."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired
from tests.scan.wire.support import holds, unreadable


def text(value: str, order: str = "<", wide: bool = True) -> bytes:
    return struct.pack(f"{order}{'Q' if wide else 'I'}", len(value)) + value.encode()


def gguf(pairs: list[bytes], tensors: list[bytes] = [], data: bytes = b"", order: str = "<", version: int = 3) -> bytes:  # noqa: B006
    """A file of pairs and tensor descriptions; data start at a multiple of 32."""
    head = b"GGUF" + struct.pack(f"{order}I", version)
    head += struct.pack(f"{order}{'QQ' if version > 1 else 'II'}", len(tensors), len(pairs)) + b"".join(
        [*pairs, *tensors]
    )
    return head + bytes(-len(head) % 32) + data if data else head


def pair(name: str, value: str | int, order: str = "<", wide: bool = True) -> bytes:
    if isinstance(value, int):
        return text(name, order, wide) + struct.pack(f"{order}II", 4, value)
    return text(name, order, wide) + struct.pack(f"{order}I", 8) + text(value, order, wide)


def tensor(name: str, shape: list[int], kind: int = 0, offset: int = 0) -> bytes:
    return text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


SOUND = gguf(
    [
        pair("general.architecture", "llama"), pair("general.license", "mit"), pair("llama.context_length", 2048),
        pair("general.file_type", 7), pair("general.base_model.0.name", "base"),
        text("tokens") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("b"),
        text("scores") + struct.pack("<IIQ", 9, 6, 2) + bytes(8),
    ],
    [tensor("a", [8]), tensor("b", [32, 2], 8, 32)],
    bytes(32 + 68),
)  # fmt: skip


def test_a_sound_file_is_safe_and_says_what_it_is() -> None:
    found = examined(SOUND)
    assert found.formats == ["gguf"]
    assert (found.verdict, found.findings) == (Verdict.SAFE, [])
    assert found.facts["licence"] == ["mit"]
    assert found.facts["quantisation"] == ["Q8_0"]
    assert found.facts["context-length"] == ["2048"]
    assert found.facts["base-model"] == ["base"]


@pytest.mark.parametrize(("order", "version"), [("<", 1), ("<", 2), (">", 3)])
def test_every_version_and_order_is_read(order: str, version: int) -> None:
    data = gguf([pair("general.name", "n", order, version > 1)], order=order, version=version)
    assert examined(data).facts["name"] == ["n"]
    assert examined(data).verdict is Verdict.SAFE


@pytest.mark.parametrize(
    ("data", "cve"),
    [
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 63), "CVE-2024-23605"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 0), "CVE-2024-21836"),
        (gguf([struct.pack("<Q", (1 << 64) - 1)]), "CVE-2024-23496"),
        (gguf([text("a") + struct.pack("<IQ", 8, (1 << 64) - 1)]), "CVE-2024-23496"),
        (gguf([text("a") + struct.pack("<IIQ", 9, 10, 1 << 61)]), "CVE-2024-21825"),
        (gguf([text("a") + struct.pack("<IIQ", 9, 8, 1 << 60)]), "CVE-2024-21825"),
        (gguf([], [tensor("t", [1 << 32, 1 << 32])], bytes(32)), "CVE-2026-33298"),
        (gguf([], [tensor(f"t{i}", [1 << 60], 0, i << 62) for i in range(4)], bytes(32)), "CVE-2025-53630"),
        (
            gguf([], [tensor("a", [1 << 61]), tensor("b", [(1 << 61) - 8], 0, 1 << 63)], bytes(32)),
            "CVE-2026-27940",
        ),
    ],
)
def test_numbers_that_overflow_are_dangerous(data: bytes, cve: str) -> None:
    found = examined(data)
    assert found.verdict is Verdict.DANGEROUS
    assert cve in [one for finding in found.findings if finding.rule == "gguf-overflow" for one in finding.cve]


@pytest.mark.parametrize(
    "data",
    [
        gguf([pair("general.alignment", 3)]),
        gguf([text("a") + struct.pack("<I", 99)]),
        gguf([text("a") + struct.pack("<IIQ", 9, 8, 1 << 40)]),
        gguf([text("a") + struct.pack("<IIQ", 9, 9, 1)]),
        gguf([], [tensor("t", [1, 1, 1, 1, 1])]),
        gguf([], [tensor("t", [31], 8)], bytes(64)),
        gguf([], [tensor("t", [1 << 30])], bytes(64)),
        gguf([pair("tokenizer.chat_template", 5)]),
        gguf([], version=4),
        SOUND[:100],
    ],
)
def test_what_breaks_is_unknown(data: bytes) -> None:
    assert "malformed-file" in fired(examined(data))


def test_tensors_fill_the_file() -> None:
    apart = gguf([], [tensor("a", [8]), tensor("b", [8], 0, 64)], bytes(96))
    over = gguf([], [tensor("a", [16]), tensor("b", [8], 0, 32)], bytes(64))
    assert fired(examined(apart)) == {"tensors-misplaced"}
    assert fired(examined(over)) == {"tensors-misplaced"}
    assert fired(examined(SOUND + b"hidden")) == {"bytes-unaccounted"}
    assert "duplicate-names" in fired(examined(gguf([pair("a", 1), pair("a", 2)])))


@given(st.integers(0, len(SOUND)), st.binary(min_size=1, max_size=9))
def test_whatever_the_bytes_the_scanner_bears_it(place: int, value: bytes) -> None:
    assert holds(SOUND, "a.gguf", place, value)


def test_a_name_alone_makes_nothing_safe() -> None:
    assert unreadable("a.gguf")
