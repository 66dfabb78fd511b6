"""SentencePiece vocabularies are known under any name; what is put among them is told."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired, scan
from tests.scan.wire.support import holds, message


def piece(text: str, kind: int = 1) -> bytes:
    return message((1, text)) + b"\x15" + struct.pack("<f", -1.5) + message((3, kind))


SOUND = message(
    *((1, piece(text)) for text in ("<unk>", "<s>", "</s>", *(f"▁{n}" for n in range(27)))), (2, message((4, 8000)))
)


def test_a_vocabulary_is_safe_under_any_name() -> None:
    for name in ("tokenizer.model", "spiece.bin"):
        found = examined(SOUND, name)
        assert (found.formats, found.verdict) == (["sentencepiece"], Verdict.SAFE)
        assert found.facts["tokenizer"] == ["SentencePiece, 30 pieces"]


def test_other_fields_and_other_ends_are_told() -> None:
    assert "malformed-file" in fired(examined(SOUND + message((9, b"hidden" * 9))))
    assert "malformed-file" in fired(examined(SOUND + b"\x0a\xff\xff\x01"))
    assert scan({"a.model": SOUND[:20]}).verdict is Verdict.UNKNOWN


@given(st.integers(0, len(SOUND)), st.binary(min_size=1, max_size=4))
def test_changed_files_fail_no_scanner(place: int, value: bytes) -> None:
    assert holds(SOUND, "tokenizer.model", place, value)
