"""What the benchmarks of sensitive data count with is right: the text, the scores, the processes. No timings here."""

import sys

import pytest

from benchmarks.inspection.corpus import KINDS, corpus
from benchmarks.inspection.processes import alone, together
from benchmarks.inspection.scoring import Score, read


@pytest.mark.parametrize("kind", KINDS)
def test_a_corpus_is_repeatable_and_has_the_asked_size_and_density(kind: str) -> None:
    text = corpus(20_000, every=1_000, kinds=(kind,))
    assert text == corpus(20_000, every=1_000, kinds=(kind,))
    assert 20_000 <= len(text) < 22_500
    bare = corpus(20_000, every=0, kinds=(kind,))
    assert text.count(b"\n") == pytest.approx(bare.count(b"\n"), rel=0.1)
    assert b"@" not in bare


def test_a_score_counts_overlaps() -> None:
    score = Score()
    text = "abcdefghijklmnopqrst"
    score.add(text, gold=[(0, 4), (10, 14)], told=[(2, 6), (0, 1), (6, 8)])
    assert (score.precision, score.recall) == (2 / 3, 1 / 2)
    assert score.f1 == pytest.approx(4 / 7)
    assert (score.missed, score.wrong) == (["klmn"], ["gh"])


def test_a_score_of_nothing_claims_no_success() -> None:
    score = Score()
    score.add("text", gold=[], told=[])
    assert (score.precision, score.recall, score.f1) == (1.0, 1.0, 0.0)


def test_absent_data_gives_no_rows_and_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert read("no-such-set.jsonl") == []
    assert "no-such-set.jsonl" in capsys.readouterr().out


def test_a_program_that_fails_ends_the_benchmark_with_what_it_said() -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('out of paper')"]
    with pytest.raises(SystemExit, match="out of paper"):
        alone(command, {})
    with pytest.raises(SystemExit, match="exit code 1"):
        together(command)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands orphans over")
def test_the_time_of_orphans_is_counted() -> None:
    work = "import time\nwhile time.process_time() < 0.2: pass"
    start = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {work!r}])"
    usage, _ = together([sys.executable, "-c", start])
    assert usage.cpu >= 0.2
