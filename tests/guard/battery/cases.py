"""Runs the battery: every place, every encoding, every value, masked and blocked; what leaks is told with its reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from bartizan.guard.refused import Refused
from tests.guard.battery.answers import STREAMS, WHOLES
from tests.guard.battery.encodings import TEXTS, VALUES, WRITERS, escaped
from tests.guard.battery.engine import CALLER, call, engine, prepared, streamed, tells
from tests.guard.battery.marks import events, filled, in_stream
from tests.guard.battery.requests import REQUESTS

__all__ = ["SIDES", "Case", "cases", "leaks", "one_value_each", "run"]


class Case(NamedTuple):
    """One case: what is done about values, on which side, for which path and place, and how the value is written."""

    do: str
    side: str
    path: str
    place: str
    value: str
    text: str
    body: str

    @property
    def name(self) -> str:
        """The case in words; the value itself is not in it."""
        return " | ".join(self)


SIDES: dict[str, dict[str, dict[str, Any]]] = {
    "request": REQUESTS,
    "whole": WHOLES,
    "pieces of 1": STREAMS,
    "pieces of 5": STREAMS,
    "one piece": STREAMS,
}
_SIZES = {"pieces of 1": 1, "pieces of 5": 5, "one piece": 1_000_000}


def cases(
    do: Iterable[str] = ("mask", "block"),
    values: Iterable[str] = tuple(VALUES),
    texts: Iterable[str] = tuple(TEXTS),
    bodies: Iterable[str] = tuple(WRITERS),
    sides: Iterable[str] = tuple(SIDES),
) -> Iterator[Case]:
    """Give all cases of these kinds that make sense."""
    for one in do:
        for side in sides:
            for path, places in SIDES[side].items():
                for place, tree in places.items():
                    number = "$number" in json.dumps(tree)
                    for value in values:
                        for text in texts:
                            if number and (value != "card" or text != "plain"):
                                continue
                            for body in bodies:
                                yield Case(one, side, path, place, value, text, body)


def one_value_each(chosen: Iterable[Case]) -> Iterator[Case]:
    """Give, of cases that differ in their value only, one; which, changes from place to place and from text to text.

    Each value so meets each text, each place and each side, and about a third of the cases are left.
    """
    texts, sides, values = (list(known) for known in (TEXTS, SIDES, VALUES))
    kinds: dict[tuple[str, ...], list[Case]] = {}
    for case in chosen:
        kinds.setdefault((case.do, case.side, case.path, case.place, case.text, case.body), []).append(case)
    places: dict[tuple[str, str], int] = {}
    for (_, side, path, place, text, _), same in kinds.items():
        at = places.setdefault((path, place), len(places)) + texts.index(text) + sides.index(side)
        wanted = values[at % len(values)]
        yield next((case for case in same if case.value == wanted), same[0])


def run(case: Case) -> str:
    """Run a case. Returns why it leaks, and nothing when it doesn't."""
    value = VALUES[case.value]
    text = TEXTS[case.text](value)
    number = int(value) if value.isdigit() else 0
    inner: Callable[[Any], str] = escaped if case.body == "all-escapes" else json.dumps
    tree = SIDES[case.side][case.path][case.place]
    write = WRITERS[case.body]
    try:
        if case.side == "request":
            body = write(filled(tree, text, number, inner))
            got = engine(case.do).prepare(call(case.path, body), CALLER, {}).body
            trees = [json.loads(got)]
        elif case.side == "whole":
            body = write(filled(tree, text, number, inner))
            trees = [json.loads(engine(case.do).answer(prepared(case.path, case.do), body))]
        else:
            trees = streamed(_through(case, in_stream(tree, text, number, _SIZES[case.side])))
            if case.do == "block" and "bartizan_denied" in json.dumps(trees[-1:]):
                return "told before it was stopped" if tells(trees, value, text) else ""
    except Refused as refused:
        # What is refused for another reason proves nothing about the place.
        return "" if case.do == "block" and refused.rule == "battery" else f"refused by `{refused.rule}`"
    if case.do == "block":
        return "not stopped"
    return "told" if tells(_deep(trees), value, text) else ""


def _through(case: Case, trees: list[Any]) -> bytes:
    stream = engine(case.do).stream(prepared(case.path, case.do))
    data = events(trees, WRITERS[case.body])
    return stream.feed(data) + stream.end()


def _deep(trees: list[Any]) -> list[Any]:
    """Return the trees with JSON in strings decoded beside them, for values that are escapes in there."""
    more = []
    for tree in trees:
        for text in _json_strings(tree):
            try:
                more.append(json.loads(text))
            except ValueError:
                continue
    return [*trees, *more] if more else trees


def _json_strings(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        for value in tree.values():
            yield from _json_strings(value)
    elif isinstance(tree, list):
        for one in tree:
            yield from _json_strings(one)
    elif isinstance(tree, str) and tree[:1] in ("{", "["):
        yield tree


def leaks(chosen: Iterable[Case]) -> list[tuple[str, Case]]:
    """Run cases, and return those that leak with the reason."""
    return [(why, case) for case in chosen if (why := run(case))]
