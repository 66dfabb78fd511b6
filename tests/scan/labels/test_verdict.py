"""What labels mean: by whose map, which of several counts, and what is not known."""

from __future__ import annotations

import pytest

from bartizan.model import InputError
from bartizan.scan.labels import FileLabels, Metadata, Tenants, assess, parse_tenants
from bartizan.scan.labels.found import Stated, Words
from tests.scan.labels.files import LABEL, OTHER, SITE, SUB

MAP = f"""
sites:
  {SITE.upper()}:
    name: Example AG
    labels:
      {LABEL}: {{name: Confidential, class: confidential, tlp: amber}}
      "{{{SUB}}}": {{name: Board, parent: {LABEL.upper()}, class: restricted}}
      {OTHER}: {{name: Nothing}}
markings: {{Werk intern: internal}}
tlp: {{red: confidential}}
"""


@pytest.fixture
def tenants() -> Tenants:
    return parse_tenants(MAP.encode(), "map.yaml")


def _stated(id: str = LABEL, site: str = SITE, **more: object) -> Stated:
    values = {"source": "custom", "enabled": True} | more
    return Stated(id=id, site=site, **values)  # type: ignore[arg-type]


def _assess(tenants: Tenants | None, *labels: Stated, words: str = "") -> FileLabels:
    said = [Words("header", words, running=True)] if words else []
    return assess("a.docx", Metadata(format="docx", labels=list(labels), words=said), tenants)


def test_a_label_means_what_the_map_says(tenants: Tenants) -> None:
    found = _assess(tenants, _stated())
    assert (found.class_, found.tlp, found.notes) == ("confidential", "AMBER", [])
    (label,) = found.labels
    assert (label.name, label.site_name, label.class_, label.known, label.counts) == (
        "Confidential",
        "Example AG",
        "confidential",
        True,
        True,
    )


def test_a_sublabel_has_its_parents_name_and_colour_and_stands_before_it(tenants: Tenants) -> None:
    found = _assess(tenants, _stated(), _stated(SUB))
    assert [(label.name, label.counts, label.tlp) for label in found.labels] == [
        ("Confidential", False, "AMBER"),
        ("Confidential/Board", True, "AMBER"),
    ]
    assert found.class_ == "restricted"


def test_label_info_stands_before_properties_of_its_site_only(tenants: Tenants) -> None:
    found = _assess(tenants, _stated(SUB), _stated(first=True, source="LabelInfo"), _stated(OTHER, OTHER))
    assert [label.counts for label in found.labels] == [False, True, True]
    assert found.class_ == "confidential"
    assert found.notes == [
        f"document properties still state another label of the site `{SITE}`; LabelInfo counts",
        f"the site `{OTHER}` is not in the map: a label of another organisation, its class is not known",
    ]


def test_a_removed_label_is_none_whatever_properties_say(tenants: Tenants) -> None:
    gone = _stated(SITE, source="LabelInfo", enabled=False, removed=True, first=True)
    found = _assess(tenants, gone, _stated())
    assert found.class_ is None
    assert found.notes[0] == f"the label of the site `{SITE}` was removed"


def test_a_disabled_label_does_not_count(tenants: Tenants) -> None:
    assert _assess(tenants, _stated(enabled=False)).class_ is None


def test_labels_that_contradict_each_other_are_told_and_the_higher_counts(tenants: Tenants) -> None:
    found = _assess(tenants, _stated(), _stated(OTHER))
    assert found.notes == [
        f"2 labels of the site `{SITE}` contradict each other",
        "the map gives the label `Nothing` no class",
    ]
    assert "no site" in _assess(tenants, _stated(site=""), _stated(SUB, site="")).notes[0]


def test_what_the_map_lacks_is_said_and_never_guessed(tenants: Tenants) -> None:
    unknown = _stated("bbbbbbbb-0000-4000-8000-000000000001", name="Confidential")
    found = _assess(tenants, unknown)
    assert (found.class_, found.labels[0].class_, found.labels[0].known) == (None, None, False)
    assert found.notes == [f"the label `{unknown.id}` is not in the map; its class is not known"]
    bare = _assess(None, unknown)
    assert (bare.class_, bare.labels[0].name) == (None, "Confidential")
    assert "without a map" in bare.notes[0]


def test_markings_count_beside_labels(tenants: Tenants) -> None:
    found = _assess(tenants, _stated(), words="GEHEIM\nTLP:GREEN")
    assert (found.class_, found.marking, found.tlp) == ("restricted", "GEHEIM", "AMBER")
    assert found.notes == [
        "`GEHEIM` in header means restricted and `TLP:GREEN` in header means internal; the higher counts"
    ]
    own = _assess(tenants, words="Werk intern, TLP:RED")
    assert (own.class_, own.marking, own.tlp) == ("confidential", "Werk intern", "RED")
    assert [(one.text, one.class_) for one in own.markings] == [
        ("TLP:RED", "confidential"),
        ("Werk intern", "internal"),
    ]


def test_a_file_without_any_says_so(tenants: Tenants) -> None:
    assert _assess(tenants).notes == ["no label and no marking was found"]


def test_markings_follow_the_organisations_own_classes() -> None:
    own = parse_tenants(b"classes: [offen, geheim]", "map.yaml")
    assert _assess(own, words="INTERN").class_ == "geheim"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("classes: [a]", "two or more"),
        ("markings: {x: geheim}", "`geheim` is not a class"),
        ("tlp: {blue: internal}", "`BLUE` is not a TLP colour"),
        ("sites: {x: {}}", "`x` is not an id"),
        (f"sites: {{{SITE}: {{labels: {{{LABEL}: {{name: a, class: b}}}}}}}}", "`b` is not a class"),
        (f"sites: {{{SITE}: {{labels: {{{LABEL}: {{name: a, tlp: b}}}}}}}}", "`B` is not a TLP colour"),
        (f"sites: {{{SITE}: {{labels: {{{LABEL}: {{name: a, parent: {SUB}}}}}}}}}", "not a label of the site"),
        (f"sites: {{{SITE}: {{labels: {{{LABEL}: {{name: a, parent: {LABEL}}}}}}}}}", "in a circle"),
    ],
)
def test_what_is_wrong_in_a_map_is_said(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_tenants(text.encode(), "map.yaml")
