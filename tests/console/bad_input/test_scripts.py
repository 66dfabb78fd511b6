"""Stored script: an attack in every text of every kind of document, and every page that shows it."""

from __future__ import annotations

from functools import cache

import pytest

from bartizan.model.documents import Kind
from tests.console.bad_input.ground import Ground, seed
from tests.console.bad_input.poison import PAYLOADS, Poisoned, poisoned
from tests.console.bad_input.reading import faults, in_part, pages


@cache
def _poisoned(kind: Kind) -> Poisoned:
    return poisoned(seed(kind))


@pytest.mark.parametrize("name", in_part(PAYLOADS, 1))
def test_no_text_of_a_document_becomes_markup_on_any_page(empty: Ground, name: str) -> None:
    payload = PAYLOADS[name]
    empty.put(seed(Kind.ORGANISATION))
    for kind in Kind:
        if kind is not Kind.ORGANISATION:
            empty.put(_poisoned(kind).filled(payload))
    empty.settle(payload)
    _all_harmless(empty, payload)


@pytest.mark.parametrize("name", in_part(PAYLOADS, 1))
def test_no_text_of_the_organisation_becomes_markup_on_any_page(ground: Ground, name: str) -> None:
    ground.put(_poisoned(Kind.ORGANISATION).filled(PAYLOADS[name]))
    _all_harmless(ground, PAYLOADS[name])


def _all_harmless(ground: Ground, payload: str) -> None:
    shown, wrong = 0, []
    for path, answer in pages(ground):
        kind = answer.headers.get("content-type", "")
        if answer.status_code >= 500:
            wrong.append((path, [str(answer.status_code)]))
        elif "html" in kind or "svg" in kind:
            file = answer.headers.get("content-disposition", "").startswith("attachment") or "svg" in kind
            wrong += [(path, found[:5])] if (found := faults(answer.text, file=file)) else []
            # What stands in a text as an expression is text: nobody has multiplied.
            assert "{{7*7}}" not in payload or "&lt;/script&gt;49" not in answer.text, path
            assert payload.split("{{", maxsplit=1)[0] not in answer.text, path
            shown += "w1()" in answer.text
        elif answer.status_code == 200:
            assert kind.startswith(("application/", "text/")), (path, kind)
            assert answer.headers["x-content-type-options"] == "nosniff"
    assert not wrong
    assert shown >= 5


def test_the_walk_reaches_the_texts_of_every_kind() -> None:
    taken = {kind: len(_poisoned(kind).taken) for kind in Kind}
    assert all(count >= 4 for count in taken.values()), taken
    refused = {
        ".".join("*" if isinstance(key, int) else key for key in path)
        for kind in Kind if kind is not Kind.SYSTEM
        for path in _poisoned(kind).refused
    }  # fmt: skip
    # What can't hold an attack is an id, a day, or a reference to something that has to be there.
    assert all(_is_name(one) for one in refused), sorted(refused)


def _is_name(path: str) -> bool:
    words = ("id", "parent", "duties", "controls", "left_out", "vendor", "instead", "statement", "control", "systems",
             "compensating", "promoted_to", "forbidden", "upstreams", "types", "starts", "ends")  # fmt: skip
    return path.replace(".*", "").rsplit(".", maxsplit=1)[-1] in words
