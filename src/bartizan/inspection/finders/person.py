"""Names of people, best effort: candidates from lists and letters, decided by a small model over their surroundings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bartizan.inspection.names.candidates import Candidates
from bartizan.inspection.names.decoder import Decoder
from bartizan.inspection.names.model import packaged_model

_LETTER = re.compile(r"[^\W\d_]")


def person(text: str) -> Iterator[tuple[int, int, int]]:
    """Find names of people in the Latin script.

    75 where much speaks for it: a given name with a surname, a title or `my name is` in front, or a model that is
    certain. 65 for all else that is likelier a name than not, and for names in small letters.
    """
    if not _LETTER.search(text):
        return  # numbers, as columns hold many
    candidates, decoder = _tools()
    if places := candidates.places(text):
        for name in decoder.names(text, places, small=text.islower()):
            yield name.start, name.end, 75 if name.sure else 65


@cache
def _tools() -> tuple[Candidates, Decoder]:
    model = packaged_model()
    return Candidates(model), Decoder(model)
