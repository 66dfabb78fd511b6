"""Signs in the definitions of tools that no honest definition needs: one a file in `definition-signs`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from bartizan.catalog.folder import cached, packaged, read_folder
from bartizan.model.base import Id
from bartizan.model.words import Level

__all__ = ["DefinitionSign", "load_definition_signs"]


class DefinitionSign(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A sign that a definition steers the model that reads it.

    `patterns` are expressions, whatever the case of letters; on a `text` one has to match somewhere, on the name of an
    `argument`, in snake case, wholly. `says` goes behind the name of the tool. `hits` and `misses` are texts or names.
    """

    id: Id
    says: str
    severity: Level
    on: Literal["text", "argument"]
    patterns: list[str]
    hits: list[str] = []
    misses: list[str] = []


def load_definition_signs(cache: Path | None = None) -> dict[str, DefinitionSign]:
    """Return the signs by id. Raises InputError for a file that breaks its type."""
    folder = packaged("definition-signs")
    return cached(
        cache, "definition-signs", [folder], dict[str, DefinitionSign], lambda: read_folder(folder, DefinitionSign)
    )
