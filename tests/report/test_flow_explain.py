"""Where values came from: the tree, the drawing and the page, for friendly sessions and hostile ones."""

from __future__ import annotations

import base64
import hashlib
import re
import xml.etree.ElementTree as ET

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bartizan.guard.flow.verdict import Origin, Source, Verdict
from bartizan.model import Ask
from bartizan.model.card import ValueType
from bartizan.report.flow_explain import ASKED, Explanation, explain, render_text
from bartizan.report.flow_explain_html import render_html
from bartizan.report.flow_explain_svg import drawing, render_svg
from bartizan.report.terminal import Pen, text_width
from tests.report.flow_sample import REQUEST, session, verdict
from tests.report.hostile import HOSTILE
from tests.report.markup import SVG, Page, texts

PEN = Pen(100)


def told(number: int) -> Explanation:
    return explain(REQUEST, session(), number)


def links(svg: str, kind: str) -> int:
    return len(re.findall(rf'class="link {kind}"', svg))


@pytest.mark.parametrize("number", range(6))
def test_the_tree_of_each_call(number: int, snapshot: SnapshotAssertion) -> None:
    assert render_text(told(number), PEN) == snapshot


@pytest.mark.parametrize("number", [3, 4])
def test_the_drawing(number: int, snapshot: SnapshotAssertion) -> None:
    assert render_svg(told(number)) == snapshot


def test_the_page(snapshot: SnapshotAssertion) -> None:
    assert render_html(told(4), "2026-11-28") == snapshot


def test_every_earlier_call_that_gave_a_value_is_told_and_no_other() -> None:
    assert [step.number for step in told(3).before] == [ASKED, 0]
    assert [step.number for step in told(4).before] == [ASKED, 0, 1, 2]
    assert [step.number for step in told(1).before] == [ASKED]


def test_bad_origins_come_first_and_what_nothing_hangs_on_last() -> None:
    assert [(value.name, value.good) for value in told(4).call.values] == [
        ("to/1", False),
        ("body", False),
        ("to/0", True),
        ("subject", None),
        ("body", None),
    ]


def test_a_value_that_the_request_holds_is_told_so_even_where_nothing_hangs_on_it() -> None:
    (name,) = told(1).call.values
    assert (name.text, name.step, name.good) == ("Clara", ASKED, None)


def test_without_a_request_nothing_comes_from_one() -> None:
    bare = explain("", session(), 1)
    assert bare.before == ()
    assert bare.call.values[0].step is None
    assert "came from nowhere" in render_html(bare, "2026-11-28")


def test_one_time_codes_are_shown_nowhere() -> None:
    for shown in (render_text(told(5), PEN), render_svg(told(5)), render_html(told(5), "2026-11-28")):
        assert "482913" not in shown
        assert "(not shown)" in shown


def test_a_call_that_was_never_made_is_an_error() -> None:
    with pytest.raises(IndexError):
        told(6)


def test_good_and_bad_origins_differ_in_more_than_colour() -> None:
    svg = render_svg(told(4))
    assert (links(svg, "good"), links(svg, "bad")) == (2, 2)
    assert "stroke-dasharray:5 3" in svg
    assert render_text(told(4), PEN).count("✗") == 2


def test_a_value_from_nowhere_has_no_line() -> None:
    svg = render_svg(told(3))
    assert links(svg, "bad") == 1
    assert "does not follow from what the request says" in svg


def test_a_line_over_a_column_runs_above_all_cards() -> None:
    request = f"{REQUEST} Car rental"
    svg = render_svg(explain(request, session(), 3))
    cards = re.findall(r'class="box" fill-opacity="0"|<rect x="[\d.]+" y="([\d.]+)"[^>]*class="box"', svg)
    top = min(float(y) for y in cards if y)
    highest = min(
        float(y) for path in re.findall(r' d="(M[^"]*Q[^"]*)"', svg) for y in re.findall(r",(\d[\d.]*)", path)
    )
    assert highest < top


def test_the_drawing_says_in_words_what_it_shows() -> None:
    root = ET.fromstring(render_svg(told(3)))  # noqa: S314 - our own
    said = root.findtext(f"{SVG}desc")
    assert said is not None
    assert said.startswith("pay was asked. amount: does not follow from what the request says; account: stands in")


def test_a_page_allows_its_own_style_and_nothing_else() -> None:
    page = Page(render_html(told(4), "2026-11-28"))
    (style,) = page.raw["style"]
    policy = next(attributes["content"] for tag, attributes in page.tags if "http-equiv" in attributes)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert not any(tag == "script" or "style" in attributes for tag, attributes in page.tags)


# ---- what others write


def hostile(text: str) -> list[Verdict]:
    """A session in which a stranger wrote every word."""
    origin = Origin(
        argument=text, value=text, type=ValueType.NAME, source=Source.CONTENT, call=0, tool=text, field=text, words=text
    )
    return [
        verdict(0, text or "x", {text: text}),
        verdict(
            1, text, {text: text, f"{text}2": [text]}, Ask(text), rule=text, reason=text, risk=text, origins=(origin,)
        ),
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    made = explain(text, hostile(text), 1)
    ET.fromstring(render_svg(made))  # noqa: S314 - our own
    page = Page(render_html(made, "2026-11-28"))
    assert not any(tag in ("script", "img") for tag, _ in page.tags)
    for line in render_text(made, PEN).split("\n"):
        assert line.isprintable()


@given(st.text(max_size=80))
def test_any_text_can_be_drawn_and_told(text: str) -> None:
    made = explain(text, hostile(text), 1)
    assert ET.fromstring(render_svg(made)).tag == f"{SVG}svg"  # noqa: S314 - our own
    assert all(text_width(line) <= 100 for line in render_text(made, PEN).split("\n"))
    assert Page(render_html(made, "2026-11-28")).tags


def test_long_sessions_are_cut_and_told_so() -> None:
    def made_by(number: int) -> tuple[Origin, ...]:
        return tuple(
            Origin(argument=f"a{at}", value=f"v{at}", type=ValueType.NAME, source=Source.SERVICE, call=at)
            for at in range(number)
        )

    calls = [verdict(at, f"tool{at}", {}) for at in range(30)]
    calls.append(verdict(30, "last", {f"a{at}": f"v{at}" for at in range(30)}, origins=made_by(30)))
    made = explain("go", calls, 30)
    assert len(made.before) == 13
    assert made.more == 12
    assert "12 more earlier calls are not shown" in render_text(made, PEN)
    assert "12 more earlier calls are not drawn" in render_html(made, "2026-11-28")
    assert texts(drawing(made, "x"))


def test_calls_that_name_each_other_are_told_once() -> None:
    def source(argument: str, call: int) -> tuple[Origin, ...]:
        return (Origin(argument=argument, value="v", type=ValueType.NAME, source=Source.SERVICE, call=call),)

    loop = [
        verdict(0, "a", {"x": "v"}, origins=source("x", 1)),
        verdict(1, "b", {"y": "v"}, origins=source("y", 0)),
        verdict(2, "c", {"z": "v"}, origins=source("z", 1)),
    ]
    made = explain("go", loop, 2)
    assert re.findall(r"call \d", render_text(made, PEN)) == ["call 2", "call 1", "call 0", "call 1"]
    assert links(render_svg(made), "good") == 2


def test_colours_are_for_terminals_that_take_them() -> None:
    painted = render_text(told(3), Pen(100, colour=True))
    assert "\x1b[" in painted
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == render_text(told(3), PEN)


def test_a_verdict_without_its_values_is_explained_all_the_same() -> None:
    kept = [
        msgspec.structs.replace(
            one, arguments={}, origins=tuple(msgspec.structs.replace(o, value="") for o in one.origins)
        )
        for one in session()
    ]
    said = render_text(explain("", kept, 4), PEN)
    assert "to/1 = (not shown) (email-address)" in said
