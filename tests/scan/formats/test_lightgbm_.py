"""LightGBM: text to its end."""

from __future__ import annotations

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired

SOUND = (
    "tree\nversion=v4\nnum_class=1\nobjective=binary sigmoid:1\n\nTree=0\nnum_leaves=2\n\nend of trees\n\n"
    "parameters:\nend of parameters\n"
)


def test_a_sound_model_is_safe() -> None:
    found = examined(SOUND, "m.txt")
    assert "lightgbm" in found.formats
    assert (found.verdict, found.facts["objective"]) == (Verdict.SAFE, ["binary sigmoid:1"])


def test_what_is_no_text_or_does_not_end_is_unknown() -> None:
    assert "malformed-file" in fired(examined(SOUND + "\0\x01", "m.txt"))
    assert "malformed-file" in fired(examined(SOUND.replace("end of trees", ""), "m.txt"))
