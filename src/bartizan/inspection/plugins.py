"""Recognisers of other makers: spaCy pipelines, GLiNER models and presidio recognisers, for those who have the weights.

Our own finder of names is light and best effort. Who has a model for named entities can let it speak, too: a recogniser
says `(type, start, end, score)`, with our own types, and `spans` turns that into confidences. Models are handed over
ready, or loaded from a folder or file of this machine. Nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from bartizan.catalog.data_types import DataType
from bartizan.inspection.local_models import model_folder, package
from bartizan.model import InputError

__all__ = [
    "LABELS",
    "Gliner",
    "Hit",
    "Presidio",
    "Recogniser",
    "Spacy",
    "as_finder",
    "confidence_of",
    "labels_of",
    "load_gliner",
    "load_presidio",
    "load_spacy",
    "spans",
    "type_of",
]

Hit: TypeAlias = tuple[str, int, int, float]
"""A type of ours, start and end in characters, and a score from 0 to 1."""

LABELS: Mapping[str, str] = {
    "PER": "person",
    "PERSON": "person",
    "PERSON_NAME": "person",
    "NAME": "person",
    "FULL_NAME": "person",
    "FIRST_NAME": "person",
    "LAST_NAME": "person",
    "EMAIL": "email-address",
    "EMAIL_ADDRESS": "email-address",
    "PHONE": "phone-number",
    "PHONE_NUMBER": "phone-number",
    "ADDRESS": "address",
    "STREET_ADDRESS": "address",
    "CREDIT_CARD": "credit-card",
    "IBAN": "iban-code",
    "IBAN_CODE": "iban-code",
    "IP_ADDRESS": "ip-address",
    "DATE_OF_BIRTH": "date-of-birth",
    "NRP": "nationality",
    "NORP": "nationality",
}
"""What models call things, in capitals and with underscores, and our types. Other labels are passed over."""

_LEVELS = ((0.85, 85), (0.6, 75), (0.35, 65))
_SPACY_SCORE = 0.85
"""spaCy's entities have no score; presidio takes this for them, too."""


class Recogniser(Protocol):
    """Something that finds values of our types in a text. Must be safe to call from several threads."""

    def find(self, text: str, /) -> Iterable[Hit]:
        """Find values; offsets in characters."""
        ...


class SpacyPipeline(Protocol):
    """What we need of a spaCy pipeline: called with a text, it returns a document with `ents`."""

    def __call__(self, text: str, /) -> Any:
        """Read a text."""
        ...


class GlinerModel(Protocol):
    """What we need of a GLiNER model."""

    def predict_entities(self, text: str, labels: list[str], /, *, threshold: float) -> list[dict[str, Any]]:
        """Find entities with the labels given."""
        ...


class PresidioRecogniser(Protocol):
    """What we need of presidio's EntityRecognizer."""

    supported_entities: list[str]

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any, /) -> list[Any]:
        """Find entities."""
        ...


def type_of(label: str, labels: Mapping[str, str] = LABELS) -> str:
    """Return our type for a model's label, in any case, with blanks, hyphens or underscores; empty for none."""
    return labels.get(label.strip().upper().replace(" ", "_").replace("-", "_"), "")


def labels_of(types: Mapping[str, DataType]) -> dict[str, str]:
    """Return the labels of `LABELS`, and those that data types have in presidio and at Google."""
    out = dict(LABELS)
    for name, entry in types.items():
        out |= {entry.also[maker]: name for maker in ("google", "presidio") if maker in entry.also}
    return out


class Spacy:
    """Lets a spaCy pipeline speak. All its entities have the same `score`, as spaCy gives none."""

    def __init__(
        self, pipeline: SpacyPipeline, *, labels: Mapping[str, str] = LABELS, score: float = _SPACY_SCORE
    ) -> None:
        self._pipeline = pipeline
        self._labels = labels
        self._score = score

    def find(self, text: str, /) -> Iterator[Hit]:
        """Yield the entities whose labels stand for a type of ours."""
        for entity in self._pipeline(text).ents:
            if name := type_of(entity.label_, self._labels):
                yield name, entity.start_char, entity.end_char, self._score


class Gliner:
    """Lets a GLiNER model speak. `ask` are the labels that it is asked for, in its own words."""

    def __init__(
        self,
        model: GlinerModel,
        *,
        ask: Sequence[str] = ("person",),
        labels: Mapping[str, str] = LABELS,
        threshold: float = 0.35,
    ) -> None:
        unknown = [label for label in ask if not type_of(label, labels)]
        if unknown:
            raise InputError(f"`{unknown[0]}` stands for no data type", help="give its type in `labels`")
        self._model = model
        self._ask = list(ask)
        self._labels = labels
        self._threshold = threshold

    def find(self, text: str, /) -> Iterator[Hit]:
        """Yield what the model finds."""
        for entity in self._model.predict_entities(text, self._ask, threshold=self._threshold):
            yield type_of(entity["label"], self._labels), entity["start"], entity["end"], float(entity["score"])


class Presidio:
    """Lets a presidio recogniser speak that needs no language model of presidio's own."""

    def __init__(self, recogniser: PresidioRecogniser, *, labels: Mapping[str, str] = LABELS) -> None:
        self._recogniser = recogniser
        self._labels = labels

    def find(self, text: str, /) -> Iterator[Hit]:
        """Yield the entities that stand for a type of ours."""
        for result in self._recogniser.analyze(text, self._recogniser.supported_entities, None):
            if name := type_of(result.entity_type, self._labels):
                yield name, result.start, result.end, float(result.score)


def load_spacy(path: str | Path, *, labels: Mapping[str, str] = LABELS) -> Spacy:
    """Load a spaCy pipeline from its folder. Raises InputError when spaCy or the folder is missing."""
    spacy = package("spacy", "spaCy")
    return Spacy(spacy.load(model_folder(path)), labels=labels)


def load_gliner(path: str | Path, *, ask: Sequence[str] = ("person",), labels: Mapping[str, str] = LABELS) -> Gliner:
    """Load a GLiNER model from its folder. Raises InputError when GLiNER or the folder is missing."""
    gliner = package("gliner", "GLiNER")
    model = gliner.GLiNER.from_pretrained(str(model_folder(path)), local_files_only=True)
    return Gliner(model, ask=ask, labels=labels)


def load_presidio(path: str | Path, *, labels: Mapping[str, str] = LABELS) -> list[Presidio]:
    """Load the recognisers of presidio's YAML file. Raises InputError when presidio or the file is missing."""
    presidio = package("presidio_analyzer", "presidio-analyzer")
    file = Path(path)
    if not file.is_file():
        raise InputError(f"`{path}` is not a file", help="give presidio's YAML file of recognisers")
    registry = presidio.RecognizerRegistry(recognizers=[])
    registry.add_recognizers_from_yaml(str(file))
    return [Presidio(recogniser, labels=labels) for recogniser in registry.recognizers]


def confidence_of(score: float) -> int:
    """Return the confidence for a score from 0 to 1: 85 from .85 on, 75 from .6, 65 from .35, else 0."""
    return next((level for least, level in _LEVELS if score >= least), 0)


def spans(recognisers: Iterable[Recogniser], text: str) -> Iterator[tuple[str, int, int, int]]:
    """Yield what recognisers find: type, start and end in characters, confidence; nothing below 65, nothing empty."""
    for recogniser in recognisers:
        for name, start, end, score in recogniser.find(text):
            if (confidence := confidence_of(score)) and start < end:
                yield name, start, end, confidence


def as_finder(recogniser: Recogniser, name: str) -> Callable[[str], Iterator[tuple[int, int, int]]]:
    """Make a finder, as data types name them, of what a recogniser says about one type."""

    def find(text: str) -> Iterator[tuple[int, int, int]]:
        for found, start, end, confidence in spans([recogniser], text):
            if found == name:
                yield start, end, confidence

    return find
