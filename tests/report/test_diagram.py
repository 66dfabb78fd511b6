import random
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from bartizan.model import Status, System, parse_text
from bartizan.report import diagram, diagram_columns, diagram_dot
from bartizan.report.diagram_icons import ICONS, SILHOUETTES
from bartizan.report.diagram_layout import Area, Box, Layout, Layouter, Link, Shape, Sketch
from bartizan.report.diagram_scene import NAME, SMALL, scene
from bartizan.report.drawing import measure
from tests.report.hostile import HOSTILE, hostile_review, hostile_system
from tests.report.markup import SVG, texts
from tests.report.sample import sample_review, sample_system
from tests.support import REPOSITORY


def has_dot() -> bool:
    return diagram_dot.layout(Sketch((Shape("a", 100, 50),), (), ())) is not None


def by_dot(sketch: Sketch) -> Layout:
    made = diagram_dot.layout(sketch)
    assert made is not None
    return made


LAYOUTERS = [
    pytest.param(diagram_columns.layout, id="columns"),
    pytest.param(by_dot, id="dot", marks=pytest.mark.skipif(not has_dot(), reason="pygraphviz has no wheel here")),
]


def crossing(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width - 0.1 and other.x < one.x + one.width - 0.1
    return across and one.y < other.y + other.height - 0.1 and other.y < one.y + one.height - 0.1


def within(inner: Box, outer: Box) -> bool:
    right, bottom = outer.x + outer.width + 0.5, outer.y + outer.height + 0.5
    return (
        inner.x >= outer.x - 0.5
        and inner.y >= outer.y - 0.5
        and inner.x + inner.width <= right
        and inner.y + inner.height <= bottom
    )


def chance_sketch(seed: int) -> Sketch:
    """A graph that nobody would draw: nested areas, shapes anywhere, links anywhere."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    areas = [
        Area(f"a{index}", dice.choice(["", *(f"a{above}" for above in range(index))]), dice.choice([0.0, 60.0, 250.0]))
        for index in range(dice.randint(0, 7))
    ]
    shapes = [
        Shape(f"s{index}", dice.uniform(100, 184), dice.choice([50.0, 64.0]), dice.choice(["", *(a.id for a in areas)]))
        for index in range(dice.choice([1, 2, 6, 14, 30]))
    ]
    pairs = {(dice.choice(shapes).id, dice.choice(shapes).id) for _ in range(dice.randint(0, 2 * len(shapes)))}
    links = [
        Link(tail, head, *((dice.choice([30.0, 110.0]), 16.0) if dice.random() < 0.5 else (0.0, 0.0)))
        for tail, head in sorted(pairs)
        if tail != head
    ]
    return Sketch(tuple(shapes), tuple(areas), tuple(links))


@pytest.mark.parametrize("layouter", LAYOUTERS)
@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_drawn_no_boxes_cross_and_areas_hold_their_own(seed: int, layouter: Layouter) -> None:
    sketch = chance_sketch(seed)
    made = layouter(sketch)
    assert not [pair for pair in combinations(made.shapes, 2) if crossing(*(made.shapes[id] for id in pair))]
    outside = [one.id for one in sketch.shapes if one.area and not within(made.shapes[one.id], made.areas[one.area])]
    assert not outside
    sheet = Box(0, 0, made.width, made.height)
    assert all(within(box, sheet) for box in made.shapes.values())
    assert len(made.routes) == len(sketch.links)
    assert all(len(route.points) % 3 == 1 for route in made.routes)


@pytest.mark.parametrize("layouter", LAYOUTERS)
def test_labels_of_the_sample_cover_no_card_and_no_other_label(layouter: Layouter) -> None:
    sketch = scene(sample_review(), sample_system(), ()).sketch()
    made = layouter(sketch)
    labels = [
        Box(route.label[0] - link.width / 2, route.label[1] - link.height / 2, link.width, link.height)
        for link, route in zip(sketch.links, made.routes, strict=True)
        if route.label
    ]
    assert len(labels) >= 8
    assert not [pair for pair in combinations([*labels, *made.shapes.values()], 2) if crossing(*pair)]


@pytest.mark.parametrize("layouter", LAYOUTERS)
def test_ways_start_and_end_at_their_cards(layouter: Layouter) -> None:
    sketch = scene(sample_review(), sample_system(), sample_review().paths).sketch()
    made = layouter(sketch)
    for link, route in zip(sketch.links, made.routes, strict=True):
        for point, card in ((route.points[0], made.shapes[link.tail]), (route.tip, made.shapes[link.head])):
            grown = Box(card.x - 2, card.y - 2, card.width + 4, card.height + 4)
            assert within(Box(*point, 0, 0), grown), link


def test_the_drawing_names_every_component_zone_and_data_asset() -> None:
    said = " ".join(texts(diagram.render(sample_review(), sample_system(), None)))  # type: ignore[arg-type]
    system = sample_system()
    missing = [part.name for part in (*system.components.values(), *system.zones.values()) if part.name not in said]
    assert missing == []
    assert "Questions" in said
    assert "← Knowledge articles" in said


def test_cards_have_room_for_their_texts() -> None:
    for card in scene(sample_review(), hostile_system(), ()).cards:
        widest = max(*(measure(line, NAME, bold=True) for line in card.lines), measure(card.note, SMALL))
        assert widest + 40 <= card.width <= 190


def test_a_card_shows_the_worst_open_threat_only() -> None:
    review = sample_review()
    cards = {card.id: card for card in scene(review, sample_system(), ()).cards}
    assert (cards["copilot"].severity, cards["copilot"].threats) == ("critical", 2)
    assert (cards["llm"].severity, cards["llm"].threats) == ("medium", 1)  # the low one is accepted
    assert (cards["wiki"].severity, cards["wiki"].threats) == (None, 0)
    done = [msgspec.structs.replace(threat, status=Status.MITIGATED) for threat in review.threats]
    cards = {card.id: card for card in scene(msgspec.structs.replace(review, threats=done), sample_system(), ()).cards}
    assert cards["copilot"].severity is None


def test_a_path_is_drawn_hop_by_hop_with_its_steps() -> None:
    review = sample_review()
    path = review.paths[0]
    root = ET.fromstring(diagram.prepare(review, sample_system(), [path]).svg("d", [path]))  # noqa: S314
    hops = [node.get("class") for node in root.iter(f"{SVG}g") if (node.get("class") or "").startswith("hop")]
    assert hops == ["hop hop-1", "hop hop-2", "hop hop-2", "hop hop-4"]
    steps = [node.get("class") for node in root.iter(f"{SVG}g") if (node.get("class") or "").startswith("step ")]
    assert steps == [f"step step-{number}" for number in (1, 2, 3, 4)]
    on = [node for node in root.iter(f"{SVG}g") if "on-1" in (node.get("class") or "").split()]
    assert len(on) == len(set(path.via))


def test_an_attack_that_goes_where_no_flow_goes_has_a_way() -> None:
    review = sample_review()
    path = msgspec.structs.replace(review.paths[0], via=["wiki", "index", "nowhere", "employee"])
    drawn = diagram.prepare(review, sample_system(), [path])
    assert [(arrow.tail, arrow.head) for arrow in drawn.scene.arrows if arrow.hidden] == [
        ("wiki", "index"),
        ("index", "employee"),
    ]
    assert drawn.svg("d", [path]).count('class="hop ') == 2


def test_hostile_names_stay_text() -> None:
    made = diagram.render(hostile_review(), hostile_system(), None)  # type: ignore[arg-type]
    root = ET.fromstring(made)  # noqa: S314
    assert {node.tag for node in root.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "title", "desc", "style", "g", "rect", "path", "polygon", "text", "circle")
    }
    assert not [key for node in root.iter() for key in node.attrib if key.startswith("on") or key.endswith("href")]
    assert HOSTILE[0] in " ".join(node.text or "" for node in root.iter(f"{SVG}title"))


def test_the_drawing_is_the_same_each_time_and_says_what_it_shows() -> None:
    first, second = (diagram.render(sample_review(), sample_system(), None) for _ in "12")  # type: ignore[arg-type]
    assert first == second
    root = ET.fromstring(first)  # noqa: S314
    assert root.get("role") == "img"
    assert next(root.iter(f"{SVG}title")).text == "Data-flow diagram of Help desk copilot"
    described = next(root.iter(f"{SVG}desc")).text or ""
    assert "11 boxes and 11 flows" in described
    assert "in Private subnet: Article index, Ticket database" in described


class Drawing(SingleFileSnapshotExtension):
    """One `.svg` file per snapshot, to be looked at."""

    file_extension = "svg"
    _write_mode = WriteMode.TEXT


def test_the_drawing_of_the_sample(snapshot: SnapshotAssertion) -> None:
    review = sample_review()
    drawn = diagram.prepare(review, sample_system(), review.paths[:1], layouter=diagram_columns.layout)
    assert drawn.svg("d", review.paths[:1], key=True) == snapshot(extension_class=Drawing)


def large_system(number: int, zones: int) -> System:
    kinds = ["agent", "model", "tool", "data-store", "application"]
    lines = ["bartizan: 1", "id: large", "zones:"]
    lines += [f"  z{index}: {{kind: cloud}}" for index in range(zones)]
    lines += ["components:"]
    lines += [f"  c{i}: {{kind: {kinds[i % 5]}, zone: z{i % zones}}}" for i in range(number)]
    lines += [
        "flows:",
        *(f"  - {{from: c{i}, to: c{(i * 7 + 1) % number}}}" for i in range(number) if (i * 6 + 1) % number),
    ]
    return parse_text("\n".join(lines))


@pytest.mark.parametrize(("number", "zones"), [(61, 4), (200, 20), (500, 100)])
def test_large_systems_are_drawn_as_groups_that_count_everything(number: int, zones: int) -> None:
    system = large_system(number, zones)
    review = sample_review()
    path = msgspec.structs.replace(review.paths[0], via=["c0", "c1", "c2"])
    drawn = scene(review, system, [path])
    assert drawn.grouped
    assert len(drawn.cards) <= 60
    assert sum(card.members for card in drawn.cards) == number
    assert {"c0", "c1", "c2"} <= {card.id for card in drawn.cards}
    assert diagram.prepare(review, system, [path], layouter=diagram_columns.layout).svg("d", [path])


def test_without_an_interpreter_to_start_the_columns_step_in(monkeypatch: pytest.MonkeyPatch) -> None:
    sketch = scene(sample_review(), sample_system(), ()).sketch()
    monkeypatch.setattr(sys, "executable", "")
    assert diagram_dot.layout(sketch) is None
    assert diagram.lay_out(sketch) == diagram_columns.layout(sketch)


@pytest.mark.parametrize("script", ["import os; os.abort()", "print('[]]')", "raise SystemExit(3)"])
def test_a_child_that_dies_or_talks_nonsense_costs_no_picture(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child.py"
    child.write_text(script)
    monkeypatch.setattr(diagram_dot, "CHILD", child)
    sketch = scene(sample_review(), sample_system(), ()).sketch()
    assert diagram.lay_out(sketch) == diagram_columns.layout(sketch)


@pytest.mark.skipif(not has_dot(), reason="pygraphviz has no wheel here")
def test_the_child_lays_out_what_it_reads() -> None:
    child = REPOSITORY / "src/bartizan/report/dot_child.py"
    made = subprocess.run(
        [sys.executable, "-P", str(child)], input=b'["digraph{a->b}"]', capture_output=True, check=True, timeout=60
    )
    assert [node["name"] for node in msgspec.json.decode(made.stdout)[0]["objects"]] == ["a", "b"]


def test_every_kind_of_the_language_has_a_picture() -> None:
    from bartizan.model import component

    kinds = {
        str(kind.__struct_config__.tag)
        for kind in vars(component).values()
        if isinstance(kind, type) and issubclass(kind, component.Base) and kind.__struct_config__.tag
    } - {"Base", "Store"}
    assert kinds <= ICONS.keys()
    assert SILHOUETTES.keys() <= ICONS.keys()
