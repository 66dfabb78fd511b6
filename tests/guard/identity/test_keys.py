"""Keys of our own: told from anything else, kept as digests only, found while they are in force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.identity.keys import (
    KeyRecord,
    KeyStore,
    digest,
    make_key,
    parse_keys,
    render_keys,
    revoke,
    well_formed,
)
from bartizan.guard.principal import Scope
from bartizan.model import InputError

DAY = datetime(2026, 11, 28, tzinfo=UTC)
KEYS = [make_key(bytes([n]) * 32) for n in range(4)]


def record(n: int, **more: object) -> KeyRecord:
    fields = {"id": f"k-{n}", "hash": digest(KEYS[n]), "last": KEYS[n][-4:], "principal": "alice", "created": DAY}
    return KeyRecord(**{**fields, **more})  # type: ignore[arg-type]


@given(st.binary(min_size=32, max_size=32))
def test_a_key_is_as_long_as_any_other_and_has_the_form(random: bytes) -> None:
    key = make_key(random)
    assert len(key) == 53
    assert key.startswith("btz_")
    assert key[4:].isalnum()
    assert well_formed(key)


def test_different_chance_makes_different_keys_and_none_is_made_of_less() -> None:
    assert len(set(KEYS)) == 4
    with pytest.raises(ValueError, match="32 bytes"):
        make_key(b"short")


@given(st.integers(4, 52), st.sampled_from("0aZ_"))
def test_one_mistyped_letter_is_told(at: int, letter: str) -> None:
    key = make_key(bytes(range(32)))
    typed = key[:at] + letter + key[at + 1 :]
    assert well_formed(typed) == (typed == key)


@given(st.text(max_size=80))
def test_no_other_text_has_the_form(text: str) -> None:
    assert not well_formed(text)
    assert not well_formed("btz_" + text)


def test_a_key_is_found_with_what_its_record_says() -> None:
    store = KeyStore([record(0, groups=["a", "b"], application="chat", sandbox="s", tenant="t"), record(1)])
    who = store.find(KEYS[0], 0.0)
    assert who is not None
    assert (who.id, who.groups, who.application) == ("alice", frozenset("ab"), "chat")
    assert (who.sandbox, who.tenant, who.source, who.scope) == ("s", "t", "key:k-0", None)
    assert len(store) == 2


def test_unknown_revoked_and_expired_keys_are_the_same_answer() -> None:
    end = DAY + timedelta(days=1)
    store = KeyStore([record(0, revoked=DAY), record(1, expires=end)])
    assert store.find(KEYS[0], 0.0) is None
    assert store.find(KEYS[3], 0.0) is None
    assert store.find(KEYS[1], end.timestamp() - 0.001) is not None
    assert store.find(KEYS[1], end.timestamp()) is None


def test_a_scope_takes_away_and_gives_nothing() -> None:
    who = KeyStore([record(0, actions=["chat"], models=["m"], upstreams=["u"])]).find(KEYS[0], 0.0)
    assert who is not None
    assert who.scope is not None
    assert who.scope.lacks("chat", "m", "u") == ""
    assert who.scope.lacks("embed", "m", "u") == "action"
    assert who.scope.lacks("chat", "n", "u") == "model"
    assert who.scope.lacks("chat", "*", "u") == "model"
    assert who.scope.lacks("chat", "m", "v") == "upstream"
    assert Scope(models=frozenset({"m"})).lacks("list-models", "*", "u") == ""
    assert Scope().lacks("chat", "m", "u") == ""


def test_a_key_file_says_what_was_put_in_it_and_no_key() -> None:
    records = [record(0, models=["m"], expires=DAY), record(1, revoked=DAY)]
    content = render_keys(records)
    assert parse_keys(content, "keys.jsonl") == records
    assert parse_keys(b"\n" + content + b"\n\n", "keys.jsonl") == records
    assert KEYS[0].encode() not in content


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        render_keys([record(0)]).replace(b'"last"', b'"secret"'),
        render_keys([record(0)]).replace(digest(KEYS[0]).encode(), b"0"),
        render_keys([record(0)]).replace(b"Z", b""),
        render_keys([record(0)]).replace(b"alice", b""),
    ],
)
def test_a_line_that_is_no_record_is_refused_with_its_number(line: bytes) -> None:
    with pytest.raises(InputError, match="not the record of a key") as raised:
        parse_keys(render_keys([record(1)]) + line, "keys.jsonl")
    assert raised.value.place is not None
    assert raised.value.place.line == 2


@pytest.mark.parametrize("twice", [record(0, hash=digest(KEYS[1])), record(1, hash=digest(KEYS[0]))])
def test_a_key_that_stands_in_the_file_twice_is_refused(twice: KeyRecord) -> None:
    with pytest.raises(InputError, match="twice"):
        parse_keys(render_keys([record(0), twice]), "keys.jsonl")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        assert parse_keys(content, "keys.jsonl") == []
    except InputError as error:
        assert error.place is not None  # noqa: PT017 - either outcome is right


def test_revoking_keeps_the_first_date_and_other_keys() -> None:
    records = [record(0), record(1, revoked=DAY)]
    later = DAY + timedelta(days=2)
    assert revoke(records, "k-0", later) == [record(0, revoked=later), record(1, revoked=DAY)]
    assert revoke(records, "k-1", later) == records
    with pytest.raises(InputError, match="there is no key `k-9`"):
        revoke(records, "k-9", later)
