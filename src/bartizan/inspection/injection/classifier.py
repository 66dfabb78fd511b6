"""Sequence classifiers of other makers, for those who have the weights: ONNX files and models of Hugging Face.

Our own model is small and quick. Who has a larger one can let it speak, too: `Combined` scores a text with both, and
the higher counts. Models are handed over ready, or loaded from a folder of this machine. Nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.injection.scorer import FLAGGED, Injection
from bartizan.inspection.local_models import model_folder, package
from bartizan.model import InputError

__all__ = [
    "Classifier",
    "Combined",
    "OnnxClassifier",
    "TorchClassifier",
    "attack_label",
    "load_onnx",
    "load_transformers",
]

_ATTACK = ("injection", "jailbreak", "malicious", "unsafe", "attack", "harmful")
_LONGEST, _STRIDE = 512, 64
"""Tokens that a model reads at once, and those that two parts of a long text share."""


class Classifier(Protocol):
    """Something that tells how likely a text is an attack. Must be safe to call from several threads."""

    def probability(self, text: str, /) -> float:
        """Return a number from 0 to 1."""
        ...


class Combined:
    """Scores with ours and with a classifier, which flags what it gives at least `threshold`."""

    def __init__(self, own: Callable[[str], Injection], classifier: Classifier, threshold: float = 0.5) -> None:
        if not 0 < threshold < 1:
            raise InputError(f"`{threshold}` is no threshold", help="give a number between 0 and 1")
        self._own, self._classifier, self._threshold = own, classifier, threshold

    def __call__(self, text: str) -> Injection:
        """Score a text. Where the classifier gives the higher score, `classifier` stands among the rules."""
        found = self._own(text)
        given, limit = self._classifier.probability(text), self._threshold
        # Its threshold and ours come to lie on the same score.
        other = given / limit * FLAGGED if given < limit else FLAGGED + (given - limit) / (1 - limit) * (100 - FLAGGED)
        if other <= found.score:
            return found
        rules = {*found.rules, "classifier"} if other >= FLAGGED else found.rules
        return Injection(round(other, 2), tuple(sorted(rules)))


class OnnxClassifier:
    """Lets a session of ONNX Runtime speak, with a tokenizer of the package `tokenizers`."""

    def __init__(self, session: Any, tokenizer: Any, attack: int) -> None:
        tokenizer.enable_truncation(_LONGEST, stride=_STRIDE)
        self._session, self._tokenizer, self._attack = session, tokenizer, attack
        self._inputs = {one.name for one in session.get_inputs()}

    def probability(self, text: str, /) -> float:
        """Return the highest probability of the text's parts."""
        first = self._tokenizer.encode(text)
        return max(self._one(part) for part in [first, *first.overflowing])

    def _one(self, part: Any) -> float:
        known = {"input_ids": part.ids, "attention_mask": part.attention_mask, "token_type_ids": part.type_ids}
        given = {name: np.array([values], np.int64) for name, values in known.items() if name in self._inputs}
        (logits,) = self._session.run(None, given)[:1]
        return _share(np.asarray(logits, np.float64)[0], self._attack)


class TorchClassifier:
    """Lets a model of the package `transformers` speak, with its tokenizer."""

    def __init__(self, model: Any, tokenizer: Any, attack: int) -> None:
        self._model, self._tokenizer, self._attack = model, tokenizer, attack

    def probability(self, text: str, /) -> float:
        """Return the highest probability of the text's parts."""
        parts = self._tokenizer(
            text, truncation=True, max_length=_LONGEST, stride=_STRIDE, return_overflowing_tokens=True, padding=True,
            return_tensors="pt",
        )  # fmt: skip
        given = {name: parts[name] for name in ("input_ids", "attention_mask") if name in parts}
        logits = np.array(self._model(**given).logits.tolist(), np.float64)
        return max(_share(row, self._attack) for row in logits)


def _share(logits: NDArray[np.float64], attack: int) -> float:
    """Return the softmax of one label; of a single logit, the logistic function."""
    row = np.array([0.0, logits[0]]) if logits.size == 1 else logits
    powers = np.exp(row - row.max())
    return float(powers[1 if logits.size == 1 else attack] / powers.sum())


class _Config(msgspec.Struct):
    id2label: dict[str, str] = {}


def attack_label(folder: Path, attack: str = "") -> int:
    """Return the number of the label that stands for an attack, by `config.json`.

    `attack` is the label; without it, the one label whose name says so, or else the last. Raises InputError for a label
    that the model doesn't have, and for a file that can't be read.
    """
    try:
        config = msgspec.json.decode((folder / "config.json").read_bytes(), type=_Config)
    except (OSError, msgspec.DecodeError):
        raise InputError(f"`{folder.name}` has no `config.json` that can be read") from None
    labels = {int(number): name.lower() for number, name in config.id2label.items() if number.isdigit()}
    if attack:
        found = [number for number, name in labels.items() if name == attack.lower()]
        if not found:
            raise InputError(f"the model has no label `{attack}`", help=f"its labels: {', '.join(labels.values())}")
        return found[0]
    named = [number for number, name in labels.items() if any(word in name for word in _ATTACK)]
    return named[0] if len(named) == 1 else max(labels, default=1)


def load_onnx(path: str | Path, attack: str = "") -> OnnxClassifier:
    """Load a folder with `model.onnx`, `tokenizer.json`, `config.json`. Raises InputError when something is missing."""
    runtime, tokenizers = package("onnxruntime"), package("tokenizers")
    folder = model_folder(path)
    for name in ("model.onnx", "tokenizer.json"):
        if not (folder / name).is_file():
            raise InputError(f"`{folder.name}` has no `{name}`")
    session = runtime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    return OnnxClassifier(
        session, tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json")), attack_label(folder, attack)
    )


def load_transformers(path: str | Path, attack: str = "") -> TorchClassifier:
    """Load a model of Hugging Face from its folder. Raises InputError when something is missing."""
    transformers = package("transformers")
    folder = model_folder(path)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(str(folder), local_files_only=True)
    tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    model.eval()
    return TorchClassifier(model, tokenizer, attack_label(folder, attack))
