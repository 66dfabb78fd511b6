from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bartizan.inspection.finders import markings

Marking = Callable[[str], Iterator[tuple[int, int, int]]]


@pytest.mark.parametrize(
    ("find", "text", "marking", "confidence"),
    [
        (markings.ch_internal_marking, "Bericht\nINTERN\nSeite 1", "INTERN", 75),
        (markings.ch_confidential_marking, "*** VERTRAULICH ***", "VERTRAULICH", 75),
        (markings.secret_marking, "TOP SECRET", "TOP SECRET", 75),
        (markings.internal_marking, "Acme AG | Internal use only | Page 3", "Internal use only", 65),
        (markings.confidential_marking, "\u00a9 2026 Acme  Confidential", "Confidential", 65),
        (markings.confidential_marking, "Confidential - Page 2", "Confidential", 65),
        (markings.strict_marking, "Strictly Confidential\r\nBoard", "Strictly Confidential", 75),
        (markings.proprietary_marking, "Company Proprietary", "Company Proprietary", 75),
    ],
)
def test_a_word_alone_is_a_marking(find: Marking, text: str, marking: str, confidence: int) -> None:
    assert [(text[start:end], sure) for start, end, sure in find(text)] == [(marking, confidence)]


@pytest.mark.parametrize(
    ("find", "text"),
    [
        (markings.ch_internal_marking, "DIE INTERNE REVISION"),
        (markings.ch_internal_marking, "Intern"),
        (markings.secret_marking, "THE SECRET GARDEN"),
        (markings.internal_marking, "internal"),
        (markings.internal_marking, "Internal Server Error"),
        (markings.confidential_marking, "- Confidential computing"),
        (markings.confidential_marking, "Confidential |" + " word" * 30),
    ],
)
def test_a_word_among_others_is_none(find: Marking, text: str) -> None:
    assert list(find(text)) == []
