"""Sentences of our own: what attacks say, and what sounds like it and is none.

`attacks.txt` and `calm.txt` hold parts by name and whole sentences; `{name}` stands for any of a part's lines and
`{a|b}` for one of some words. A sentence is made at random from a fixed seed, put into a frame where it
is hidden in other text, and now and then encoded as attackers do.
"""

from __future__ import annotations

import base64
import codecs
import random
import re
from collections.abc import Callable
from pathlib import Path

from benchmarks.injection.corpus import Text

HERE = Path(__file__).parent
SEED = 5
_SLOT = re.compile(r"\{((?:(?![\"']:)[^{}])*)\}")
"""A slot; what has keys in quotes is JSON."""
_ALSO_ALONE = {"harm", "phrase"}
"""Parts whose names stand for them also among the words of a slot."""


class Grammar:
    """Parts and sentences read from files: `[name]` begins a part, `[*name]` a part of whole sentences."""

    def __init__(self, *names: str, seed: int = SEED) -> None:
        self.parts: dict[str, list[str]] = {}
        self.whole: list[str] = []
        self.random = random.Random(seed)  # noqa: S311 - made to be the same each time
        for name in names:
            self._read((HERE / name).read_text(encoding="utf-8"))

    def _read(self, text: str) -> None:
        part = ""
        for line in text.splitlines():
            if line.startswith("[") and line.endswith("]") and " " not in line:
                part = line[1:-1].removeprefix("*")
                if line.startswith("[*"):
                    self.whole.append(part)
            elif line and not line.startswith("#"):
                self.parts.setdefault(part, []).append(line.replace("\\n", "\n"))

    def fill(self, sentence: str) -> str:
        """Replace slots until there are none."""
        for _ in range(8):
            made = _SLOT.sub(self._slot, sentence)
            if made == sentence:
                break
            sentence = made
        return sentence.replace("\1", "{").replace("\2", "}")

    def _slot(self, match: re.Match[str]) -> str:
        name = match.group(1)
        if name in self.parts:
            return self.random.choice(self.parts[name])
        if "|" not in name:
            return match.group().replace("{", "\1").replace("}", "\2")
        word = self.random.choice(name.split("|"))
        return self.random.choice(self.parts[word]) if word in _ALSO_ALONE else word

    def sentence(self, part: str = "") -> str:
        """Return one sentence, of a part or of any whole one."""
        return self.fill(self.random.choice(self.parts[part or self.random.choice(self.whole)]))


def _spaced(text: str) -> str:
    return "  ".join(" ".join(word) for word in text.split())


_LEET = str.maketrans("aeiostAEIOST", "431057431057")
_TWINS = str.maketrans("aeocpxyAEOCPXTH", "аеосрхуАЕОСРХТН")
ENCODINGS: tuple[Callable[[str], str], ...] = (
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: text.encode().hex(),
    lambda text: codecs.encode(text, "rot13"),
    lambda text: text[::-1],
    _spaced,
    lambda text: text.translate(_LEET),
    lambda text: text.translate(_TWINS),
    lambda text: text.lower().replace(" ", ""),
    "\u200b".join,
    lambda text: "".join(chr(0xE0000 + ord(mark)) if mark.isascii() else mark for mark in text),
    lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    lambda text: ".".join(text.lower().replace(" ", "")),
)


_SIGNS = (
    "({[",
    "}]",
    "](",
    "\\\\",
    "{\\\\",
    "`]",
    "<?",
    "?>",
    "!--",
    "=>",
    "]{",
    ")){",
    '"?',
    "###",
    "[[",
    "}}",
    "$(",
    "*/",
    "];",
    "'_",
    "||",
    "__",
)
_WORDS = (
    "sure sentence answer Here write poem bullet title Title Text begin print return import class html str json def"
)


def _tail(grammar: Grammar) -> str:
    """Return a row of words and signs as machines find it that search for what makes a model obey."""
    choice, words = grammar.random, _WORDS.split()
    words += [word for name in ("topic", "thing", "doc") for word in grammar.fill(f"{{{name}}}").split()]
    out = ""
    for _ in range(choice.randint(8, 24)):
        word = choice.choice(words)
        word += choice.choice(words).capitalize() if choice.random() < 0.3 else ""
        out += choice.choice(["", " ", " "]) + word + (choice.choice(_SIGNS) if choice.random() < 0.45 else "")
    return out


def _varied(made: str, choice: random.Random) -> str:
    chance = choice.random()
    if chance < 0.08:
        return made.upper()
    return made.lower() if chance < 0.2 else made


def attacks(count: int, seed: int = SEED) -> list[Text]:
    """Return attacks: alone, several in a row, inside other text, encoded."""
    grammar = Grammar("attacks.txt", "calm.txt", seed=seed)
    calm = [name for name in grammar.whole if name.startswith("calm")]
    grammar.whole = [name for name in grammar.whole if name not in calm]
    choice, out = grammar.random, []
    for _ in range(count):
        if choice.random() < 0.05:
            asked = grammar.sentence("calm-asks").rstrip(".?") if choice.random() < 0.5 else grammar.sentence("unbound")
            out.append(Text(f"{asked} {_tail(grammar)}", 1, "grammar"))
            continue
        made = _varied(grammar.sentence(), choice)
        while choice.random() < 0.35:
            made += choice.choice([" ", " ", "\n"]) + grammar.sentence()
        chance = choice.random()
        if chance < 0.4:
            made = grammar.fill(choice.choice(grammar.parts["carrier"]).replace("{attack}", "\0")).replace("\0", made)
        elif chance < 0.5:
            made = choice.choice(ENCODINGS)(made)
        out.append(Text(made, 1, "grammar"))
    return out


def calm(count: int, quoted: list[str], seed: int = SEED) -> list[Text]:
    """Return what is none: requests with the words of attacks, documents that quote attacks, the same frames, codes."""
    grammar = Grammar("attacks.txt", "calm.txt", seed=seed + 1)
    sentences = [name for name in grammar.whole if name.startswith("calm")]
    choice, out = grammar.random, []
    for _ in range(count):
        chance = choice.random()
        if chance < 0.2:
            attack = choice.choice(quoted) if choice.random() < 0.5 else grammar.sentence("override")
            frame = grammar.fill(choice.choice(grammar.parts["quoting"]).replace("{attack}", "\0"))
            out.append(Text(frame.replace("\0", attack.strip()), 0, "quoted"))
            continue
        made = _varied(grammar.sentence(choice.choice(sentences)), choice)
        while choice.random() < 0.3:
            made += choice.choice([" ", "\n"]) + grammar.sentence(choice.choice(sentences))
        if chance < 0.45:
            made = grammar.fill(choice.choice(grammar.parts["carrier"]).replace("{attack}", "\0")).replace("\0", made)
        elif chance < 0.55:
            made = choice.choice(ENCODINGS)(made)
        out.append(Text(made, 0, "calm"))
    return out
