import base64
import hashlib
import re

import msgspec
import pytest

from bartizan.analysis.result import Review
from bartizan.model import System
from bartizan.report.html import render
from tests.report.hostile import HOSTILE, hostile_review, hostile_system
from tests.report.markup import Page
from tests.report.sample import sample_catalog, sample_review, sample_system

CATALOG = sample_catalog()


def page_of(review: Review, system: System) -> Page:
    return Page(render(review, system, CATALOG))


def empty_review() -> Review:
    review = sample_review()
    empty = msgspec.structs.replace(
        review, threats=[], appendix=[], paths=[], losses=[], coverage={}, labels={}, notes=[]
    )
    empty.controls = msgspec.structs.replace(review.controls, minimum=[], in_place=[], alternatives=[], unreachable=[])
    empty.risk.tornado = []
    return empty


CASES = {
    "sample": (sample_review, sample_system),
    "hostile": (hostile_review, hostile_system),
    "empty": (empty_review, sample_system),
}


@pytest.fixture(params=CASES)
def page(request: pytest.FixtureRequest) -> Page:
    review, system = CASES[request.param]
    return page_of(review(), system())


def test_the_page_shows_every_threat_path_loss_and_control() -> None:
    review = sample_review()
    said = " ".join(page_of(review, sample_system()).text)
    wanted = [
        *(part for threat in (*review.threats, *review.appendix) for part in (threat.id, threat.title, threat.remedy)),
        *(path.id for path in review.paths),
        *(place.control for place in (*review.controls.minimum, *review.controls.in_place)),
        *(id for part in review.coverage.values() for id in (*part.covered, *part.planned, *part.gaps)),
        *review.risk.assumptions,
        "All 3 losses above the appetite stand open.",
        "Runaway cost of Language model: no control of the catalog is enough",
    ]
    assert [text for text in wanted if text not in said] == []


def test_the_policy_allows_exactly_the_style_and_the_script_of_the_page(page: Page) -> None:
    policy = next(
        attributes["content"]
        for tag, attributes in page.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (text,) = page.raw[tag]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}';" in policy
    assert "unsafe" not in policy


def test_nothing_is_loaded_and_nothing_runs_from_an_attribute(page: Page) -> None:
    for tag, name, value in page.attributes():
        assert not name.startswith("on"), (tag, name)
        assert name not in {"style", "src", "srcset", "action", "formaction", "xlink:href"}, (tag, name)
        if name == "href":
            assert re.fullmatch("#[a-z0-9-]+", value), value
    assert {tag for tag, _ in page.tags}.isdisjoint({"img", "iframe", "object", "embed", "link", "base", "form"})
    for text in (*page.raw["style"], *page.raw["script"]):
        assert "http" not in text
        assert "@import" not in text
        assert "url(" not in text


def test_links_and_labels_lead_somewhere_and_ids_are_unique(page: Page) -> None:
    ids = [value for _, name, value in page.attributes() if name == "id"]
    assert len(ids) == len(set(ids))
    targets = [value.removeprefix("#") for _, name, value in page.attributes() if name in {"href", "for"}]
    labelled = [id for _, name, value in page.attributes() if name == "aria-labelledby" for id in value.split()]
    assert {*targets, *labelled} <= set(ids)


def test_hostile_names_are_shown_as_they_are() -> None:
    said = " ".join(page_of(hostile_review(), hostile_system()).text)
    for name in HOSTILE[:6]:
        assert name in said
    assert "49" not in re.findall(r"\{\{.{0,20}", said)
    assert "\x00" not in said
    assert "\u202e" not in said


def test_without_a_script_one_path_is_chosen_and_each_can_be() -> None:
    page = page_of(sample_review(), sample_system())
    radios = [attributes for tag, attributes in page.tags if tag == "input"]
    assert {attributes["type"] for attributes in radios} == {"radio"}
    assert [attributes["value"] for attributes in radios if "checked" in attributes] == ["1"]
    (style,) = page.raw["style"]
    for number in range(1, 6):
        assert f"#pick-{number}:checked) .path-{number}" in style
        assert sum(f"path-{number}" in attributes.get("class", "").split() for _, attributes in page.tags) == 2


def test_a_review_without_findings_is_a_calm_page() -> None:
    page = page_of(empty_review(), sample_system())
    said = " ".join(page.text)
    assert "Within the appetite" in said
    assert "No threat was found." in said
    assert not [tag for tag, _ in page.tags if tag in {"input", "fieldset"}]


def test_a_long_appendix_keeps_every_id_without_a_card_for_each() -> None:
    review = sample_review()
    review.appendix = [msgspec.structs.replace(review.threats[0], id=f"some-rule@c{index}") for index in range(400)]
    page = page_of(review, sample_system())
    said = " ".join(page.text)
    assert all(f"some-rule@c{index}" in said for index in range(400))
    assert sum(attributes.get("class") == "threat" for tag, attributes in page.tags if tag == "details") == 157


def test_the_page_is_the_same_each_time() -> None:
    assert render(sample_review(), sample_system(), CATALOG) == render(sample_review(), sample_system(), CATALOG)


def test_the_page_has_one_first_heading_and_no_step_is_left_out(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    html = next(attributes for tag, attributes in page.tags if tag == "html")
    assert html["lang"] == "en"
