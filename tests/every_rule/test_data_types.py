"""Every data type is found in its hits, and not in its misses."""

from __future__ import annotations

from functools import cache

import msgspec
import pytest

from bartizan.inspection import Inspector, Policy
from tests.support import packaged_types

TYPES = packaged_types()
BARE = ("«", "»")


@cache
def inspector(name: str) -> Inspector:
    return Inspector(Policy(types=[name], depth=0), types={name: TYPES[name]}, cache=None, plain=True)


@pytest.mark.parametrize("name", TYPES)
def test_found_in_its_hits(name: str) -> None:
    hits = TYPES[name].hits
    assert len(hits) >= 2
    for number, hit in enumerate(hits):
        before, mark, rest = hit.partition("«")
        value, _, after = rest.partition("»") if mark else (hit, "", "")
        before = before if mark else ""
        found = inspector(name).inspect(before + value + after).spans
        wanted = (len(before), len(before) + len(value))
        assert wanted in {(span.start, span.end) for span in found}, f"hit {number}"


@pytest.mark.parametrize("name", TYPES)
def test_not_found_in_its_misses(name: str) -> None:
    misses = TYPES[name].misses
    assert len(misses) >= 2
    for number, miss in enumerate(misses):
        assert inspector(name).inspect(miss).spans == [], f"miss {number}"


@pytest.mark.parametrize("name", [name for name, entry in TYPES.items() if any(form.anchor for form in entry.forms)])
def test_an_anchor_hides_nothing(name: str) -> None:
    entry = TYPES[name]
    texts = [text.replace("«", "").replace("»", "") for text in (*entry.hits, *entry.misses)]
    for number, form in enumerate(entry.forms):
        if not form.anchor or form.finder:
            continue
        free = msgspec.structs.replace(form, anchor="")
        both = (
            Inspector(
                Policy(types=[name], depth=0),
                types={name: msgspec.structs.replace(entry, forms=[one])},
                cache=None,
                plain=True,
            )
            for one in (form, free)
        )
        anchored, unanchored = ([each.inspect(text).spans for text in texts] for each in both)
        assert anchored == unanchored, f"form {number}"
