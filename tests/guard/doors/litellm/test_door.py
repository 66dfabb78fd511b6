"""Who asks, and what is remembered."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bartizan.guard.config import LiteLlm, parse_config
from bartizan.guard.doors.litellm import Calls, door_upstream
from bartizan.guard.doors.litellm import calls as limits
from bartizan.guard.doors.litellm.contract import told
from bartizan.model import InputError
from tests.guard.doors.litellm.support import CONFIG, ESTATE, MAIL, Asking

CLAIMS = {"user_api_key_user_id": "paul", "user_api_key_team_id": "sales"}


def test_a_user_is_a_claim_unless_the_key_vouches() -> None:
    asking = Asking()
    asking.says("hello", claims=CLAIMS)
    assert asking.prepared.principal == ESTATE


def test_a_key_that_vouches_speaks_for_users() -> None:
    asking = Asking(vouches=["k-1"])
    asking.says("hello", claims=CLAIMS)
    expected = msgspec.structs.replace(
        ESTATE, id="litellm:paul", groups=frozenset({"litellm:sales"}), application="estate"
    )
    assert asking.prepared.principal == expected


@pytest.mark.parametrize("claims", [{}, {"user_api_key_user_id": "no id\n"}, {"user_api_key_user_id": None}])
def test_without_a_user_it_speaks_for_itself(claims: dict[str, Any]) -> None:
    asking = Asking(vouches=["k-1"])
    asking.says("hello", claims={"user_api_key_hash": "h", **claims})
    assert asking.prepared.principal == ESTATE


def test_a_user_without_a_team_is_in_no_group() -> None:
    asking = Asking(vouches=["k-1"], prefix="l/")
    asking.says("hello", claims={"user_api_key_user_id": "paul"})
    assert asking.prepared.principal.id == "l/paul"
    assert asking.prepared.principal.groups == frozenset()


@pytest.mark.parametrize(
    ("claim", "said"), [("a.b@c:1", "a.b@c:1"), ("", ""), (None, ""), ("a b", ""), ("x" * 129, "")]
)
def test_only_what_looks_like_an_id_is_repeated(claim: str | None, said: str) -> None:
    assert told(claim) == said


def test_the_oldest_call_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MOST", 2)
    asking = Asking()
    said = [asking.says(f"to {MAIL}", call=f"c-{number}")["texts"][0] for number in range(3)]
    assert len(asking.calls) == 2
    known = [MAIL in str(asking.ask("response", call=f"c-{at}", texts=[text])) for at, text in enumerate(said)]
    assert known == [False, True, True]


def test_long_answers_are_forgotten_before_they_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MOST_TEXT", 100)
    asking = Asking()
    for call in ("c-1", "c-2"):
        asking.says("hello", call=call)
        asking.ask("response", call=call, texts=["so " * 25])
    assert len(asking.calls) == 1
    asking.ask("response", call="c-2", texts=["so " * 50])
    assert len(asking.calls) == 0


def test_the_estate_is_an_upstream_of_its_own() -> None:
    made = door_upstream(LiteLlm(upstream="estate", region="ch", models=["a", "b"]))
    assert (made.id, made.door, made.region, made.models) == ("estate", "litellm", "ch", {"a": "a", "b": "b"})
    assert Calls(1).find(None, 0) is None


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        (b"upstreams: [{id: litellm, door: openai, url: 'http://127.0.0.1:1'}]", "two upstreams `litellm`"),
        (b"doors: {litellm: {unshown: block}}\nworkers: 2", "one worker"),
        (b"doors: {litellm: {unshown: block, keep: 0}}", "one worker"),
        (b"doors: {other: {}}", "other"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(more: bytes, wrong: str) -> None:
    names = {line.split(b":")[0] for line in more.splitlines()}
    rest = b"\n".join(line for line in CONFIG.splitlines() if line.split(b":")[0] not in names)
    with pytest.raises(InputError, match=wrong):
        parse_config(rest + b"\n" + more, "gateway.yaml")
