from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bartizan.inspection import plugins
from bartizan.inspection.plugins import Gliner, Hit, Presidio, Recogniser, Spacy
from bartizan.model import InputError
from tests.support import packaged_types

TEXT = "Anna Keller lives in Paris, anna@example.com"


def pipeline(text: str) -> SimpleNamespace:
    """What a spaCy pipeline looks like: it finds the first two words, and a place."""
    person = SimpleNamespace(label_="PERSON", start_char=0, end_char=11)
    place = SimpleNamespace(label_="GPE", start_char=text.index("Paris"), end_char=text.index("Paris") + 5)
    return SimpleNamespace(ents=[person, place])


class TinyGliner:
    """What a GLiNER model looks like."""

    def predict_entities(self, text: str, labels: list[str], *, threshold: float) -> list[dict[str, Any]]:
        return [{"label": labels[0], "start": 0, "end": len(text.split(",", maxsplit=1)[0]), "score": threshold}]


class TinyRecogniser:
    """What one of presidio's recognisers looks like."""

    def __init__(self) -> None:
        self.supported_entities = ["EMAIL_ADDRESS", "DOMAIN"]

    def analyze(self, text: str, entities: list[str], nlp_artifacts: object) -> list[Any]:
        assert nlp_artifacts is None
        start = text.index("anna@")
        return [SimpleNamespace(entity_type=entity, start=start, end=len(text), score=1.0) for entity in entities]


class Fixed:
    """Says what it is told to."""

    def __init__(self, *hits: Hit) -> None:
        self.hits = hits

    def find(self, text: str, /) -> Iterator[Hit]:
        yield from (hit for hit in self.hits if hit[2] <= len(text))


@pytest.mark.parametrize(
    ("recogniser", "expected"),
    [
        (Spacy(pipeline), [("person", 0, 11, 85)]),
        (Spacy(pipeline, labels={"GPE": "place"}, score=0.5), [("place", 21, 26, 65)]),
        (Gliner(TinyGliner()), [("person", 0, 26, 65)]),
        (
            Gliner(TinyGliner(), ask=["e-mail"], labels={"E_MAIL": "email-address"}, threshold=0.7),
            [("email-address", 0, 26, 75)],
        ),
        (Presidio(TinyRecogniser()), [("email-address", 28, 44, 85)]),
    ],
)
def test_each_maker_speaks_our_types(recogniser: Recogniser, expected: list[tuple[str, int, int, int]]) -> None:
    assert list(plugins.spans([recogniser], TEXT)) == expected


def test_what_is_empty_or_unlikely_is_left_out() -> None:
    doubtful, empty, good = ("person", 0, 4, 0.2), ("person", 3, 3, 0.9), ("person", 0, 4, 0.6)
    assert list(plugins.spans([Fixed(doubtful, empty, good)], TEXT)) == [("person", 0, 4, 75)]


def test_a_recogniser_can_serve_as_a_finder() -> None:
    find = plugins.as_finder(Fixed(("person", 0, 4, 0.9), ("address", 5, 9, 0.9)), "person")
    assert list(find(TEXT)) == [(0, 4, 85)]


@pytest.mark.parametrize(
    ("score", "confidence"), [(1.0, 85), (0.85, 85), (0.84, 75), (0.6, 75), (0.35, 65), (0.34, 0), (0.0, 0)]
)
def test_scores_become_confidences(score: float, confidence: int) -> None:
    assert plugins.confidence_of(score) == confidence


@pytest.mark.parametrize(
    ("label", "name"), [("person", "person"), ("Full name", "person"), ("e-mail", ""), ("IBAN", "iban-code")]
)
def test_labels_are_read_in_any_spelling(label: str, name: str) -> None:
    assert plugins.type_of(label) == name


def test_labels_of_data_types_come_from_their_other_names() -> None:
    entry = packaged_types()["us-ssn"]
    labels = plugins.labels_of({"us-ssn": entry})
    assert (labels["US_SSN"], labels["PER"]) == ("us-ssn", "person")


def test_a_label_without_a_type_is_refused() -> None:
    with pytest.raises(InputError, match="`planet` stands for no data type"):
        Gliner(TinyGliner(), ask=["person", "planet"])


@pytest.mark.parametrize(
    ("package", "load"),
    [
        ("spacy", plugins.load_spacy),
        ("gliner", plugins.load_gliner),
        ("presidio_analyzer", plugins.load_presidio),
    ],
)
def test_a_missing_package_is_told(
    package: str, load: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(InputError, match="is not installed"):
        load(tmp_path)


def test_models_are_loaded_from_folders_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tiny = SimpleNamespace(from_pretrained=lambda path, local_files_only: TinyGliner() if local_files_only else path)
    monkeypatch.setitem(sys.modules, "spacy", SimpleNamespace(load=lambda _: pipeline))
    monkeypatch.setitem(sys.modules, "gliner", SimpleNamespace(GLiNER=tiny))
    assert [hit[0] for hit in plugins.load_spacy(tmp_path).find(TEXT)] == ["person"]
    assert [hit[0] for hit in plugins.load_gliner(tmp_path).find(TEXT)] == ["person"]
    for load in (plugins.load_spacy, plugins.load_gliner):
        with pytest.raises(InputError, match="`en_core` is not a folder") as caught:
            load("en_core")
        assert "none is downloaded" in caught.value.help


def test_recognisers_of_presidio_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Registry:
        def __init__(self, recognizers: list[Any]) -> None:
            self.recognizers = recognizers

        def add_recognizers_from_yaml(self, path: str) -> None:
            self.recognizers += [TinyRecogniser()] * Path(path).read_text().count("name:")

    monkeypatch.setitem(sys.modules, "presidio_analyzer", SimpleNamespace(RecognizerRegistry=Registry))
    file = tmp_path / "ours.yaml"
    file.write_text("recognizers: [{name: one}, {name: two}]")
    assert len(plugins.load_presidio(file)) == 2
    with pytest.raises(InputError, match="is not a file"):
        plugins.load_presidio(tmp_path)


def test_a_real_pipeline_is_read_from_its_folder(tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy", reason="spaCy is not installed")
    made = spacy.blank("en")
    made.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Anna Keller"}])
    made.to_disk(tmp_path / "pipeline")
    assert list(plugins.load_spacy(tmp_path / "pipeline").find(TEXT)) == [("person", 0, 11, 0.85)]


def test_a_real_recogniser_of_presidio_is_read_from_its_file(tmp_path: Path) -> None:
    pytest.importorskip("presidio_analyzer", reason="presidio is not installed")
    file = tmp_path / "ours.yaml"
    file.write_text(
        "recognizers:\n"
        "  - name: names\n"
        "    supported_entity: PERSON\n"
        "    supported_language: en\n"
        "    patterns: [{name: anna, regex: 'Anna Keller', score: 0.7}]\n"
    )
    (recogniser,) = plugins.load_presidio(file)
    assert list(recogniser.find(TEXT)) == [("person", 0, 11, 0.7)]
