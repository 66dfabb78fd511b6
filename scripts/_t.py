"""Trains the model of `bartizan.inspection.names`: python scripts/train_names.py [DATA].

DATA holds `wnut17_dev.jsonl` (WNUT 2017, CC-BY-4.0) and `btc_a.jsonl` (Broad Twitter Corpus, CC-BY-4.0), by default
`../shared/data/sensitive`. A fifth of each, chosen by hash, is left out for `benchmarks/inspection/bench_names.py`. The
rest of the sentences are ours. The same input gives the same file.
"""

from __future__ import annotations

import io
import json
import random
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.names import packaged_lexicon
from bartizan.inspection.names.decoder import runs
from bartizan.inspection.names.lexicon import Lexicon
from bartizan.inspection.names.likeness import LETTER_SLOTS, letter_features
from bartizan.inspection.names.model import SLOTS, Model, Profile, Scores, group_of, triple_features, word_features
from bartizan.inspection.names.words import fold, tokens

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "src/bartizan/inspection/names/model.npz"
SENTENCES = 24000
SEED = 11
HIDDEN = 0.3
"""Share of the names filled in that training pretends not to know, so that it learns to do without the lists."""
WIDTH = 18
"""Features of a word, at most."""
EPOCHS, RATE, L2 = 14, 0.1, 2e-3
NATURAL = 2
"""How often each sentence of the two corpora counts."""
PREFIXES = ("von", "van der", "de", "van", "de la", "da", "di", "Van", "De")
_SLOT = re.compile(r"(\{[NFLSPOTWV]\})")
NONE: Scores = (0.0, 0.0, 0.0, 0.0)


class Example(NamedTuple):
    """A text, its names, other proper names, and words that are to be taken for unknown ones."""

    text: str
    names: list[tuple[int, int]]
    others: list[tuple[int, int]]
    hidden: frozenset[str] = frozenset()


def held_out(text: str) -> bool:
    """Tell whether a sentence is left out of training."""
    return sha256(text.encode()).digest()[0] % 5 == 0


def natural(folder: Path) -> Iterator[Example]:
    """Yield the sentences of the two corpora."""
    for file in ("wnut17_dev.jsonl", "btc_a.jsonl"):
        for line in (folder / file).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if not held_out(row["text"]):
                names: list[tuple[int, int]] = []
                others: list[tuple[int, int]] = []
                for span in row["spans"]:
                    person = span["type"].lower().startswith("per")
                    (names if person else others).append((span["start"], span["end"]))
                yield Example(row["text"], names, others)


# --- our own sentences -----------------------------------------------------------------------------------------------


class Filler:
    """Fills sentences from the lists of names, places and words."""

    def __init__(self) -> None:
        self.rnd = random.Random(SEED)  # noqa: S311 - no secret
        lines = (HERE / "train_names_sentences.txt").read_text(encoding="utf-8").splitlines()
        more = {line[0]: line[2:].strip() for line in lines if line[1:2] == "="}
        self.sentences = [line for line in lines if line and line[0] != "#" and line[1:2] != "="]
        self.verbs, self.endings = more["V"].split(), more["E"].split()
        data = TARGET.parent / "data"
        lists = {name: (data / f"{name}.txt").read_text(encoding="utf-8").splitlines() for name in
                 ("given", "surnames", "places", "organisations", "titles", "words")}  # fmt: skip
        self.given, self.given_weak = _parted(lists["given"])
        self.surnames, self.surnames_weak = _parted(lists["surnames"])
        self.places = [*lists["places"], *more["P"].split("|") * 4]
        self.titles = [title for title in lists["titles"] if len(title) > 1]
        self.forms = [word.capitalize() for word in lists["organisations"]]
        self.words = [word for word in lists["words"] if len(word) > 4]
        self.makers: dict[str, Callable[[], str]] = {
            "N": self.full,
            "F": self.given_name,
            "L": self.surname,
            "S": self.surname,
            "P": lambda: self.rnd.choice(self.places),
            "O": self.organisation,
            "T": self.title,
            "W": lambda: self.rnd.choice(self.words).capitalize(),
            "V": lambda: self.rnd.choice(self.verbs),
        }

    def given_name(self) -> str:
        """Return a given name; one in fifteen is an ordinary word, too."""
        name = self.rnd.choice(self.given_weak if self.rnd.random() < 0.07 else self.given)
        return f"{name}-{self.rnd.choice(self.given)}" if self.rnd.random() < 0.02 else name

    def surname(self) -> str:
        """Return a surname, some with a particle or doubled."""
        name = self.rnd.choice(self.surnames_weak if self.rnd.random() < 0.07 else self.surnames)
        chance = self.rnd.random()
        if chance < 0.03:
            return f"{self.rnd.choice(PREFIXES)} {name}"
        return f"{name}-{self.rnd.choice(self.surnames)}" if chance > 0.98 else name

    def full(self) -> str:
        """Return a full name in one of its orders."""
        first, last, chance = self.given_name(), self.surname(), self.rnd.random()
        if chance < 0.06:
            return f"{first} {self.rnd.choice('ABCDEFGHJKLMNPRSTW')}. {last}"
        if chance < 0.12:
            return f"{first} {self.given_name()} {last}"
        if chance < 0.15:
            return f"{first[0]}. {last}"
        if chance < 0.18:
            return f"{last} {first}"
        if chance < 0.21:
            return f"{first} {last} {self.rnd.choice(self.surnames)}"
        return f"{first} {last}"

    def organisation(self) -> str:
        """Return an organisation: a made-up word, a name or a place, and what it is."""
        chance, form = self.rnd.random(), self.rnd.choice(self.forms)
        if chance < 0.35:
            return f"{self.rnd.choice(self.words).capitalize()} {form}"
        if chance < 0.5:
            return f"{self.rnd.choice(self.places)} {form}"
        if chance < 0.62:
            return f"{self.rnd.choice(self.surnames)} {form}"
        if chance < 0.72:
            return "".join(self.rnd.choice("ABCDEFGHIKLMNOPRSTUV") for _ in range(self.rnd.choice((2, 3, 3, 4))))
        if chance < 0.86:
            return f"{self.rnd.choice(self.words).capitalize()}{self.rnd.choice(self.endings)}"
        return f"{self.rnd.choice(self.words).capitalize()} {self.rnd.choice(self.words).capitalize()}"

    def title(self) -> str:
        """Return a title as it is written in front of a name."""
        title = self.rnd.choice(("mr", "mrs", "ms", "dr", "prof", *self.titles))
        title = title.capitalize() if self.rnd.random() < 0.85 else title
        return f"{title}." if len(title) < 5 and self.rnd.random() < 0.7 else title

    def fill(self, sentence: str) -> Example:
        """Fill one sentence, and remember what stands where."""
        out, names, others, hidden = "", [], [], set[str]()
        for part in _SLOT.split(sentence.replace("\\n", "\n")):
            kind = part[1] if _SLOT.fullmatch(part) else ""
            start, text = len(out), self.makers[kind]() if kind else part
            out += text
            if kind in {"N", "F", "L"}:
                names.append((start, len(out)))
            elif kind in {"P", "O", "S"}:
                others.append((start, len(out)))
            if kind in {"N", "F", "L", "P", "O", "S"}:
                hidden |= {word for word in text.split(" ") if self.rnd.random() < HIDDEN}
        chance = self.rnd.random()
        if chance < 0.12:
            out = out.lower() if len(out.lower()) == len(out) else out
            hidden = {word.lower() for word in hidden}
        elif chance < 0.16 and len(out.upper()) == len(out):
            out, hidden = out.upper(), {word.upper() for word in hidden}
        return Example(out, names, others, frozenset(hidden))

    def examples(self) -> Iterator[Example]:
        """Yield filled sentences, some with another behind."""
        for _ in range(SENTENCES):
            example = self.fill(self.rnd.choice(self.sentences))
            if self.rnd.random() < 0.3:
                other, base = self.fill(self.rnd.choice(self.sentences)), len(example.text) + 1
                example = Example(
                    f"{example.text} {other.text}",
                    example.names + [(start + base, end + base) for start, end in other.names],
                    example.others + [(start + base, end + base) for start, end in other.others],
                    example.hidden | other.hidden,
                )
            yield example


def _parted(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    lines = list(lines)
    return [line for line in lines if not line.endswith(" *")], [line[:-2] for line in lines if line.endswith(" *")]


# --- letters ---------------------------------------------------------------------------------------------------------


def train_letters(lexicon: Lexicon, texts: Sequence[Example], part: int | None) -> NDArray[np.float32]:
    """Fit the log odds of a word's being a name, by its letters; `part` leaves half of the words out."""
    names = {name for name in lexicon.names if "'" not in name and "-" not in name}
    rest = set(lexicon.words) | set(lexicon.organisations) | set(lexicon.places)
    for example in texts:
        rest |= {fold(word) for _, _, word in tokens(example.text) if word.isalpha() and word.islower()}
    rest = {word for word in rest - names if len(word) > 2}
    words = sorted(word for word in names | rest if part is None or crc32(word.encode()) % 2 == part)
    rows = [list(letter_features(word)) for word in words]
    label = np.array([word in names for word in words], np.float64)
    weight = np.where(label > 0, 0.5 / label.mean(), 0.5 / (1 - label.mean()))
    index = np.concatenate([np.full(len(row), number) for number, row in enumerate(rows)])
    slots = np.concatenate(rows)
    weights, bias, square = np.zeros(LETTER_SLOTS), 0.0, np.full(LETTER_SLOTS, 1e-8)
    for _ in range(150):
        odds = np.bincount(index, weights[slots], len(rows)) + bias
        wrong = (1 / (1 + np.exp(-odds)) - label) * weight
        slope = np.bincount(slots, wrong[index], LETTER_SLOTS) + 1.0 * weights
        square += slope**2
        weights -= 0.3 * slope / np.sqrt(square)
        bias -= 0.5 * wrong.mean()
    return np.append(weights, bias).astype(np.float32)


# --- the model -------------------------------------------------------------------------------------------------------


class Reader:
    """Turns examples into rows of features and tags."""

    def __init__(self, lexicon: Lexicon, halves: Sequence[NDArray[np.float32]], whole: NDArray[np.float32]) -> None:
        empty = np.zeros((SLOTS, 4), np.float32)
        moves = np.zeros((4, 4), np.float32)
        self.model = Model(lexicon, empty, moves, whole.tolist())
        # A word's likeness comes from the half of the words that it isn't in.
        nothing = Lexicon({}, lexicon.titles, frozenset(), frozenset(), frozenset())
        self.strangers = [Model(nothing, empty, moves, half.tolist()) for half in halves]
        self.rows: dict[int, list[tuple[list[list[int]], list[int]]]] = {}
        self.seen: dict[tuple[str, bool], tuple[Profile, object]] = {}

    def profile(self, text: str, *, hidden: bool) -> tuple[Profile, object]:
        """Return a token's profile and its features."""
        key = text, hidden
        if key not in self.seen:
            folded = fold(text)
            model = self.strangers[1 - crc32(folded.encode()) % 2] if hidden else self.model
            kind, case, number = model.describe(text, folded)
            features = word_features(folded, kind, number)
            profile = Profile(kind, case, number, group_of(kind, case), NONE, (), (), NONE, NONE)
            self.seen[key] = profile, features
        return self.seen[key]

    def read(self, example: Example) -> None:
        """Add the runs of one example."""
        cut = list(tokens(example.text))
        both = [self.profile(word, hidden=word in example.hidden) for _, _, word in cut]
        words = [(*token, profile) for token, (profile, _) in zip(cut, both, strict=True)]
        tags = [self._tag(start, end, example) for start, end, _ in cut]
        for first, last in runs(example.text, words):
            rows = [self._features(both, place) for place in range(first, last)]
            own = tags[first:last]
            if own[0] == 2:
                own[0] = 1
            self.rows.setdefault(last - first, []).append((rows, own))

    @staticmethod
    def _tag(start: int, end: int, example: Example) -> int:
        for first, last in example.names:
            if start < last and end > first:
                return 1 if start <= first else 2
        return 3 if any(start < last and end > first for first, last in example.others) else 0

    def _features(self, both: Sequence[tuple[Profile, object]], place: int) -> list[int]:
        edge = self.profile("\n", hidden=False)
        near = [both[place + step] if 0 <= place + step < len(both) else edge for step in (-2, -1, 0, 1, 2)]
        left2, left, this, right, right2 = (features for _, features in near)
        group = near[2][0].group
        numbers = [near[step][0].number for step in (1, 2, 3)]
        return [
            *this.own, *left.after[group], *right.before[group], *left2.after2, *right2.before2,  # type: ignore[attr-defined]
            *triple_features(*numbers),
        ]  # fmt: skip


def train(rows: dict[int, list[tuple[list[list[int]], list[int]]]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit a linear-chain conditional random field by AdaGrad, in batches of runs of one length."""
    rnd = np.random.default_rng(SEED)
    weights, square = np.zeros((SLOTS + 1, 4)), np.full((SLOTS + 1, 4), 1e-6)
    moves, moves_square = np.zeros((4, 4)), np.full((4, 4), 1e-6)
    banned = np.zeros((4, 4), bool)
    banned[[0, 3], [2, 2]] = True
    batches = []
    for length, members in sorted(rows.items()):
        table = np.full((len(members), length, WIDTH), SLOTS)
        tags = np.zeros((len(members), length), np.int64)
        for number, (features, own) in enumerate(members):
            tags[number] = own
            for place, slots in enumerate(features):
                table[number, place, : len(slots)] = slots
        order = rnd.permutation(len(members))
        batches += [(table[part], tags[part]) for part in np.array_split(order, max(1, len(members) // 64))]
    mean, mean_moves = np.zeros_like(weights), np.zeros_like(moves)
    for epoch in range(EPOCHS):
        for number in rnd.permutation(len(batches)):
            table, tags = batches[number]
            slope, moves_slope = gradient(table, tags, weights, np.where(banned, -1e9, moves))
            flat = table.reshape(-1)
            touched = np.unique(flat)
            total = np.zeros((touched.size, 4))
            np.add.at(total, np.searchsorted(touched, flat), np.repeat(slope.reshape(-1, 4), WIDTH, axis=0))
            total += L2 * weights[touched]
            square[touched] += total**2
            weights[touched] -= RATE * total / np.sqrt(square[touched])
            moves_square += moves_slope**2
            moves -= RATE * moves_slope / np.sqrt(moves_square)
            weights[SLOTS] = 0.0
        # The mean over the second half swings less than where the last step happens to end.
        if epoch >= EPOCHS // 2:
            mean += weights / (EPOCHS - EPOCHS // 2)
            mean_moves += moves / (EPOCHS - EPOCHS // 2)
        print(f"epoch {epoch}", flush=True)
    return mean[:SLOTS], np.where(banned, -30.0, mean_moves)


def gradient(
    table: NDArray[np.int64], tags: NDArray[np.int64], weights: NDArray[np.float64], moves: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return expected minus seen counts, for each word and tag, and for each move."""
    size, length = tags.shape
    factors = np.exp(weights[table].sum(axis=2))
    step = np.exp(moves)
    ahead = np.empty((length, size, 4))
    behind = np.empty((length, size, 4))
    ahead[0] = factors[:, 0] * step[0]
    for place in range(1, length):
        ahead[place] = factors[:, place] * (ahead[place - 1] @ step)
    behind[-1] = step[:, 0]
    for place in range(length - 2, -1, -1):
        behind[place] = (factors[:, place + 1] * behind[place + 1]) @ step.T
    whole = (ahead[-1] * behind[-1]).sum(axis=1)
    likely = (ahead * behind / whole[None, :, None]).transpose(1, 0, 2)
    slope = likely.copy()
    np.put_along_axis(slope, tags[:, :, None], np.take_along_axis(slope, tags[:, :, None], 2) - 1, 2)
    moved = np.zeros((4, 4))
    moved[0] += likely[:, 0].sum(axis=0)
    moved[:, 0] += likely[:, -1].sum(axis=0)
    np.add.at(moved, (np.zeros(size, int), tags[:, 0]), -1)
    np.add.at(moved, (tags[:, -1], np.zeros(size, int)), -1)
    for place in range(1, length):
        pair = ahead[place - 1][:, :, None] * step[None] * (factors[:, place] * behind[place])[:, None, :]
        moved += (pair / whole[:, None, None]).sum(axis=0)
        np.add.at(moved, (tags[:, place - 1], tags[:, place]), -1)
    return slope, moved


def _write(**arrays: Any) -> None:
    """Write numpy's own format, but with no time of writing in it."""
    with zipfile.ZipFile(TARGET, "w") as archive:
        for name, array in arrays.items():
            part = io.BytesIO()
            np.save(part, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), part.getvalue(), zipfile.ZIP_DEFLATED, 9)


def main() -> None:
    """Train, and write the model."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1] / "shared/data/sensitive"
    lexicon, texts = packaged_lexicon(), list(natural(folder))
    whole = train_letters(lexicon, texts, None)
    reader = Reader(lexicon, [train_letters(lexicon, texts, part) for part in (0, 1)], whole)
    for example in texts:
        for _ in range(NATURAL):
            reader.read(example)
    for example in Filler().examples():
        reader.read(example)
    print({length: len(members) for length, members in sorted(reader.rows.items())})
    weights, moves = train(reader.rows)
    scale = np.abs(weights).max() / 127
    _write(
        weights=np.round(weights / scale).astype(np.int8),
        scale=np.float32(scale),
        moves=moves.astype(np.float32),
        letters=whole.astype(np.float16),
    )
    print(f"{TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
