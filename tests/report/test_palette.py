from collections.abc import Mapping

import pytest

from bartizan.report.palette import DARK, LIGHT, SEVERITIES, on_page, plain, standing

TEXTS = [
    ("ink", "paper"),
    ("ink", "sheet"),
    ("ink", "card"),
    ("muted", "paper"),
    ("muted", "sheet"),
    ("muted", "card"),
    ("accent", "paper"),
    ("good", "paper"),
    ("attack", "paper"),
    ("on-mark", "attack"),
    *((severity, f"{severity}-tint") for severity in SEVERITIES),
    *(("ink", f"{severity}-tint") for severity in SEVERITIES),
    *(("muted", f"{severity}-tint") for severity in SEVERITIES),
    *(("on-mark", severity) for severity in SEVERITIES),
]
SHAPES = [("line", "paper"), ("inside-edge", "paper"), ("outside-edge", "paper"), ("inner-edge", "paper")]


def luminance(colour: str) -> float:
    """The relative luminance that WCAG 2.2 defines."""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colours: Mapping[str, str], one: str, other: str) -> float:
    high, low = sorted((luminance(colours[one]), luminance(colours[other])), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_and_shapes_stand_out_enough(colours: Mapping[str, str]) -> None:
    weak = {(a, b): round(ratio, 2) for a, b in TEXTS if (ratio := contrast(colours, a, b)) < 4.5}
    weak |= {(a, b): round(ratio, 2) for a, b in SHAPES if (ratio := contrast(colours, a, b)) < 2.5}
    assert not weak


def test_both_palettes_have_the_same_roles() -> None:
    assert LIGHT.keys() == DARK.keys()


def test_roles_become_variables_or_colours() -> None:
    assert on_page("a{fill:@critical-tint}") == "a{fill:var(--critical-tint)}"
    assert plain("a{fill:@ink}") == f"a{{fill:{LIGHT['ink']}}}"
    assert standing("a{fill:@ink}").count("fill:") == 2
    assert DARK["ink"] in standing("a{fill:@ink}")
