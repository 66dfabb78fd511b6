"""Data types: what sensitive data looks like, one YAML file each, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from bartizan.catalog.folder import cached, packaged, read_folder
from bartizan.model.base import Id
from bartizan.model.words import Category

Confidence: TypeAlias = Literal[0, 65, 75, 85]
"""0: not reported; 65: low, the shape alone; 75: medium; 85: high."""

Family: TypeAlias = Literal[
    "contact", "personal", "national-id", "tax-id", "document", "vehicle", "network", "location", "health",
    "payment", "bank", "crypto", "company", "secret", "marking", "business",
]  # fmt: skip
"""What a data type is about; policies and reports group by it."""


class Form(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One way in which values of a type are written, and how sure a match is.

    Exactly one of `pattern`, `digits` and `finder` is given. `pattern` is a regular expression in the common subset of
    Python and Vectorscan: no look-around, no back-references, ASCII classes only; a group named `value` narrows the
    span. `digits` lists layouts in which `#` is a digit and any other character stands for itself: `###-##-####`,
    or `#{8,17}` for a range of lengths. `finder` names a function of `bartizan.inspection.finders`.

    `alone` is the confidence without one of the type's keywords near by, `near` the one with. `check` names a checksum
    of `bartizan.inspection.checks`. `entropy` is the least Shannon entropy of the value, in bits a character. `anchor`
    is what the matcher looks for first, when the pattern itself is too common or too long for it: it must occur in
    every match, and a match lies within `reach` bytes of the anchor's end. `bounded` asks that no letter, digit or
    underscore touches the match.
    """

    pattern: str = ""
    digits: list[str] = []
    finder: str = ""
    alone: Confidence = 0
    near: Confidence = 85
    check: str = ""
    entropy: float = 0.0
    anchor: str = ""
    reach: int = 0
    ignore_case: bool = False
    bounded: bool = True


class DataType(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A kind of sensitive data: what it looks like, what it is about, and how secret it is by default.

    `class_` is a class of the default scheme. `keywords` are words that raise the confidence of a match within
    `within` bytes of it, on either side, in any case; a space or a hyphen in one also stands for `_`, `-` and,
    between words of three letters and more, nothing. `exclude` are regular expressions, and a value that one of them
    matches wholly, in any case, is no finding. `also` gives the type's name in other products (`presidio`, `purview`,
    `gitleaks`, `google`). `default` types are on when no policy says otherwise. `hits` are texts in which the type is
    found, the value between `«` and `»`, or the whole text; `misses` are texts in which it is not.
    """

    id: Id
    title: str
    family: Family
    category: Category | None = None
    class_: str = msgspec.field(name="class")
    regions: list[str] = []
    also: dict[str, str] = {}
    keywords: list[str] = []
    within: int = 120
    forms: list[Form]
    exclude: list[str] = []
    default: bool = True
    hits: list[str]
    misses: list[str]
    references: list[str] = []


def load_data_types(cache: Path | None = None) -> dict[str, DataType]:
    """Return every packaged data type by id; `cache` is a folder, as for `load_catalog`.

    Raises InputError for a file that breaks its type.
    """
    folder = packaged("data-types")
    return cached(cache, "data-types", [folder], dict[str, DataType], lambda: read_folder(folder, DataType))
