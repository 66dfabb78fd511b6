"""The review as text for a terminal and as Markdown."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from syrupy.assertion import SnapshotAssertion

from bartizan.analysis.compare import compare
from bartizan.analysis.result import Plan, Review
from bartizan.report import excerpts, markdown, text
from bartizan.report.phrases import count, days, money, percent, verdict
from bartizan.report.terminal import Column, Pen, shorten, text_width, wrap
from tests.report.hostile import HOSTILE, hostile_review, hostile_system
from tests.report.sample import sample_review, sample_system
from tests.report.steady import steady_catalog

_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def _calm() -> Review:
    """A review that found nothing above the appetite."""
    review = sample_review()
    plan = Plan(in_place=[], minimum=[], cost=0, optimal=True, gap=0, alternatives=[], unreachable=[], kept_open=[])
    losses = [msgspec.structs.replace(loss, open=False, above_appetite=False) for loss in review.losses]
    return msgspec.structs.replace(
        review, threats=[], appendix=[], paths=[], losses=losses, controls=plan, notes=[], coverage={}
    )


def test_text_as_before(snapshot: SnapshotAssertion) -> None:
    assert text.render(sample_review(), sample_system(), steady_catalog()) == snapshot


@pytest.mark.parametrize("width", [80, 110, 130])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    made = text.render(sample_review(), sample_system(), steady_catalog(), width=width)
    assert [line for line in made.splitlines() if text_width(line) > width] == []


def test_colours_change_nothing_but_the_colour() -> None:
    plain = text.render(sample_review(), sample_system(), steady_catalog(), width=100)
    painted = text.render(sample_review(), sample_system(), steady_catalog(), width=100, colour=True)
    stripped = [line.rstrip() for line in _ESCAPE.sub("", painted).splitlines()]
    assert stripped == plain.splitlines()
    assert painted != plain


def test_a_calm_review_says_so() -> None:
    made = text.render(_calm(), sample_system(), steady_catalog())
    assert "Within the appetite" in made
    assert "nothing more is needed" in made
    assert "THREATS" not in made
    assert verdict(_calm()) == (True, "within the appetite: no loss above it can be reached; no open threat")


def test_hostile_names_cannot_steer_a_terminal() -> None:
    review, system, pen = hostile_review(), hostile_system(), Pen(90)
    made = text.render(review, system, steady_catalog())
    made += excerpts.paths_text(review.paths, review, system, steady_catalog(), pen)
    made += excerpts.controls_text(review, system, pen)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", made)


def test_paths_controls_and_comparison_as_before(snapshot: SnapshotAssertion) -> None:
    review, system, pen = sample_review(), sample_system(), Pen(100)
    assert excerpts.paths_text(review.paths, review, system, steady_catalog(), pen) == snapshot
    assert excerpts.controls_text(review, system, pen) == snapshot
    assert excerpts.difference_text(compare(_calm(), review), pen) == snapshot


def test_markdown_as_before(snapshot: SnapshotAssertion) -> None:
    assert markdown.render(sample_review(), sample_system(), steady_catalog()) == snapshot


def test_markdown_of_a_calm_review() -> None:
    made = markdown.render(_calm(), sample_system(), steady_catalog())
    assert "✅" in made
    assert "Nothing more is needed." in made


def test_hostile_names_stay_text_in_markdown() -> None:
    review = msgspec.structs.replace(hostile_review(), notes=[*HOSTILE, "# @everyone [a](b) | x"])
    made = markdown.render(review, hostile_system(), steady_catalog())
    html = MarkdownIt("gfm-like", {"linkify": False}).render(made)
    tags = set(re.findall(r"<([a-z0-9]+)[ >]", html))
    assert not tags & {"script", "img", "a", "h1", "style"}
    assert "@everyone" not in html
    rows = [line for line in made.splitlines() if line.startswith("| 1 |")]
    assert re.sub(r"\\.", "", rows[0]).count("|") == 8


@given(st.text(max_size=40))
def test_escaped_text_is_one_line_without_markup(name: str) -> None:
    made = markdown.escape(name)
    assert "\n" not in made
    html = MarkdownIt("gfm-like", {"linkify": False}).render(f"x {made}").strip()
    assert html.startswith("<p>x")
    assert set(re.findall(r"<(/?[a-z0-9]+)", html)) <= {"p", "/p"}


@given(st.text(max_size=80), st.integers(2, 40))
def test_wrapping_keeps_every_letter_and_the_width(words: str, width: int) -> None:
    lines = wrap(words, width)
    assert "".join("".join(lines).split()) == "".join(words.split())
    assert all(text_width(line) <= width for line in lines)


@given(st.text(max_size=40), st.integers(2, 20))
def test_shortened_text_fits(words: str, width: int) -> None:
    assert text_width(shorten(words, width)) <= width


def test_columns_line_up_with_wide_letters() -> None:
    lines = Pen(40).table([Column(10), Column(), Column(4, right=True)], [["日本語", "a b", "1"], ["x", "y", "22"]], 0)
    assert [text_width(line) for line in lines] == [40, 40]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(0, "CHF 0"), (0.4, "CHF 0"), (999.4, "CHF 999"), (999.9, "CHF 1 k"), (1500, "CHF 1.5 k"), (12_340, "CHF 12.3 k"),
     (999_600, "CHF 1 M"), (1.482e6, "CHF 1.48 M"), (2.5e9, "CHF 2.5 bn"), (123e9, "CHF 123 bn")],
)  # fmt: skip
def test_money_has_three_digits(amount: float, expected: str) -> None:
    assert money(amount, "CHF") == expected


def test_numbers_in_words() -> None:
    assert [percent(share) for share in (0, 0.004, 0.01, 0.5, 1)] == ["0 %", "< 1 %", "1 %", "50 %", "100 %"]
    assert [days(number) for number in (0.5, 12, 1234)] == ["0.5 d", "12 d", "1,234 d"]
    assert [count(1, "loss", "losses"), count(2, "loss", "losses"), count(2, "threat")] == [
        "1 loss",
        "2 losses",
        "2 threats",
    ]
