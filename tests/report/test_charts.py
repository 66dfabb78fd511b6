import msgspec
import pytest

from bartizan.report.charts import chance_above, exceedance, tornado
from tests.report.markup import texts
from tests.report.sample import sample_review

RISK = sample_review().risk


def test_the_curve_shows_three_lines_the_appetite_and_decades() -> None:
    drawing = exceedance(RISK, "c")
    assert [drawing.count(f'class="curve {name}"') for name in ("inherent", "residual", "planned")] == [2, 2, 2]
    said = texts(drawing)
    assert "appetite CHF 250,000" in said
    assert {"1k", "10k", "100k", "1m", "10m", "100 %", "0 %"} <= set(said)


def test_without_appetite_there_is_no_line_for_it() -> None:
    drawing = exceedance(msgspec.structs.replace(RISK, appetite=None), "c")
    assert "appetite" not in drawing


@pytest.mark.parametrize("points", [[], [[0.0, 1.0]], [[5.0, 0.5]], [[1e3, 0.9], [1e12, 0.0]]])
def test_odd_curves_are_drawn_too(points: list[list[float]]) -> None:
    odd = msgspec.structs.replace(RISK, exceedance=points, exceedance_inherent=points, exceedance_planned=points)
    assert texts(exceedance(odd, "c"))
    assert texts(exceedance(msgspec.structs.replace(odd, appetite=None), "c"))


def test_the_chance_above_a_sum_is_read_between_points() -> None:
    curve = [[100.0, 0.8], [200.0, 0.4], [300.0, 0.0]]
    assert [chance_above(curve, amount) for amount in (50, 100, 150, 300, 400)] == [0.8, 0.8, pytest.approx(0.6), 0, 0]
    assert chance_above([], 10) == 0


def test_the_tornado_has_the_widest_swing_on_top() -> None:
    drawing = tornado(RISK, "t")
    said = texts(drawing)
    assert said[0].startswith("attempts by anyone")
    assert said[-1] == "mean of a year CHF 985,000"
    assert drawing.count('class="low"') == drawing.count('class="high"') == len(RISK.tornado)


def test_a_tornado_without_any_width_is_drawn() -> None:
    flat = [msgspec.structs.replace(swing, low=5.0, high=5.0) for swing in RISK.tornado]
    residual = msgspec.structs.replace(RISK.residual, mean=5.0)
    assert texts(tornado(msgspec.structs.replace(RISK, tornado=flat, residual=residual), "t"))
