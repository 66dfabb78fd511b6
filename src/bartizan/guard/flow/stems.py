"""Words without their endings, as far as `deletes`, `deleting` and `deleted` must be one word. English first."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["root", "stem"]

_IRREGULAR = {
    "sent": "send", "wrote": "write", "written": "write", "paid": "pay", "bought": "buy", "made": "make", "ran": "run",
    "gave": "give", "given": "give", "took": "take", "taken": "take", "put": "put", "told": "tell", "said": "say",
    "got": "get", "went": "go", "gone": "go", "found": "find", "kept": "keep", "left": "leave", "people": "person",
    "children": "child", "men": "man", "women": "woman", "spent": "spend", "lent": "lend", "forgot": "forget",
    "set": "set", "reset": "reset", "drew": "draw", "drawn": "draw", "brought": "bring", "sold": "sell",
}  # fmt: skip
_ENDINGS = (
    "ieren", "iere", "ando", "endo", "est", "ern", "ons", "are", "ere", "ire", "en", "et", "st", "er", "ez", "es",
    "ar", "ir", "e", "t", "a", "i", "o", "n",
)  # fmt: skip
_VOWELS = "aeiouy"


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return a word, in lower case, without its ending; what another word also becomes is no harm."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    word = word.removesuffix("'s").removesuffix("'")
    if len(word) < 4:
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2 and any(letter in _VOWELS for letter in rest):
            word = rest
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    if len(word) > 4 and word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "i"
    return word.removesuffix("e") if len(word) > 3 else word


@lru_cache(maxsize=65_536)
def root(word: str) -> str:
    """Return what forms of a verb share in German, French, Italian and Spanish: at least its first four letters."""
    plain = stem(word)
    fitting = (ending for ending in _ENDINGS if plain.endswith(ending) and len(plain) - len(ending) > 3)
    return plain.removesuffix(next(fitting, ""))
