"""Applying a pattern renames an id everywhere it is mentioned, and nothing else."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from bartizan.catalog import Pattern
from bartizan.catalog.apply import apply_pattern
from bartizan.model import InputError, parse_text
from bartizan.model.yamltree import to_yaml

SYSTEM: dict[str, Any] = {
    "id": "sample",
    "name": "Sample",
    "appetite": "medium",
    "zones": {"cloud": {"kind": "cloud"}, "vault-zone": {"kind": "restricted", "parent": "cloud"}},
    "data": {"documents": {"class": "confidential"}},
    "identities": {"indexer": {"kind": "workload", "kept_in": "vault"}},
    "components": {
        "app": {"kind": "application", "zone": "cloud", "controls": ["rate-limit"]},
        "index": {"kind": "vector-store", "zone": "cloud", "holds": ["documents"]},
        "vault": {"kind": "secret-store", "zone": "vault-zone"},
    },
    "flows": [
        {"from": "app", "to": "index", "returns": ["documents"], "identity": "indexer"},
        {"from": "app", "to": "vault", "id": "fetch", "controls": [{"control": "encrypt-in-transit"}]},
    ],
    "controls": [
        {"control": "workload-identity", "on": ["app->index", "fetch", "cloud", "index"]},
        "incident-playbook",
    ],
    "losses": [{"kind": "disclosure", "of": "documents", "severity": "high"}],
}
EVERY_ID = {
    "sample": "ours",
    "cloud": "azure",
    "vault-zone": "hsm",
    "documents": "contracts",
    "indexer": "crawler",
    "app": "portal",
    "index": "search",
    "vault": "keys",
    "fetch": "get-key",
}


def pattern(system: dict[str, Any] | None = None) -> Pattern:
    return Pattern(
        id="sample",
        title="A sample",
        intent="Shows what applying does.",
        applies=["never"],
        parameters=dict.fromkeys(EVERY_ID, "an id of the sample"),
        essential=["rate-limit"],
        system=copy.deepcopy(SYSTEM) if system is None else system,
    )


def mentions(value: object) -> set[str]:
    """Every text that stands anywhere in plain values, keys included."""
    if isinstance(value, dict):
        return {str(key) for key in value} | {text for item in value.values() for text in mentions(item)}
    if isinstance(value, list):
        return {text for item in value for text in mentions(item)}
    return {str(value)}


def test_without_names_the_fragment_comes_back_as_it_is() -> None:
    assert apply_pattern(pattern(), {}) == SYSTEM


def test_every_mention_of_every_id_is_renamed() -> None:
    applied = apply_pattern(pattern(), EVERY_ID)

    assert not mentions(applied) & set(EVERY_ID) - {"cloud"}, "the zone kind `cloud` is a word, the rest are ids"
    assert applied["zones"] == {"azure": {"kind": "cloud"}, "hsm": {"kind": "restricted", "parent": "azure"}}
    assert applied["identities"]["crawler"]["kept_in"] == "keys"
    assert applied["components"]["search"]["holds"] == ["contracts"]
    assert applied["flows"][0] == {"from": "portal", "to": "search", "returns": ["contracts"], "identity": "crawler"}
    assert applied["controls"][0]["on"] == ["portal->search", "get-key", "azure", "search"]
    assert applied["losses"][0]["of"] == "contracts"
    parse_text(to_yaml(applied))


def test_words_that_equal_an_id_are_left_alone() -> None:
    applied = apply_pattern(pattern(), {"cloud": "azure"})

    assert applied["zones"]["azure"]["kind"] == "cloud"
    assert applied["components"]["app"]["zone"] == "azure"


def test_two_ids_can_change_places() -> None:
    applied = apply_pattern(pattern(), {"app": "index", "index": "app"})

    assert applied["components"]["app"]["kind"] == "vector-store"
    assert (applied["flows"][0]["from"], applied["flows"][0]["to"]) == ("index", "app")


def test_neither_the_pattern_nor_the_names_are_changed() -> None:
    source, names = pattern(), dict(EVERY_ID)
    applied = apply_pattern(source, names)
    applied["components"]["portal"]["controls"].append("cost-cap")

    assert source.system == SYSTEM
    assert names == EVERY_ID


def test_a_small_fragment_needs_no_other_sections() -> None:
    small = {"components": {"app": {"kind": "application"}}, "flows": []}

    assert apply_pattern(pattern(small), {"app": "portal"}) == {
        "components": {"portal": {"kind": "application"}},
        "flows": [],
    }


@pytest.mark.parametrize(
    ("names", "message", "help_text"),
    [
        ({"ap": "portal"}, "`ap` is no parameter of `sample`", "did you mean `app`?"),
        ({"app": "The Portal"}, "`The Portal` can't be an id", "an id has lower-case letters"),
        ({"app": "index"}, "two components would have the id `index`", "give each its own name"),
        ({"cloud": "vault-zone"}, "two zones would have the id `vault-zone`", "give each its own name"),
    ],
)
def test_names_that_can_not_be_are_refused(names: dict[str, str], message: str, help_text: str) -> None:
    with pytest.raises(InputError) as error:
        apply_pattern(pattern(), names)

    assert error.value.message == message
    assert error.value.help.startswith(help_text)
