"""A configuration in which nobody could call anything, or names mean two things, is refused with a sentence."""

from __future__ import annotations

import pytest

from bartizan.guard.config import parse_config
from bartizan.model import InputError

UPSTREAM = "{id: eu, door: openai, url: 'https://provider.example/v1'}"
KEYS = "identity: {keys: keys.jsonl}"


def test_little_is_needed_and_the_rest_is_safe() -> None:
    made = parse_config(f"upstreams: [{UPSTREAM}]\n{KEYS}\n".encode(), "gateway.yaml")
    assert [one.id for one in made.upstreams] == ["eu"]
    assert (made.listen, made.state_lost, made.data.rules) == ("127.0.0.1:8400", "refuse", [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"upstreams: []\n{KEYS}", "no upstream is named"),
        (f"upstreams: [{UPSTREAM}, {UPSTREAM}]\n{KEYS}", "two upstreams `eu`"),
        (f"upstreams: [{UPSTREAM}]\nidentity: {{}}", "nobody can be identified"),
        (f"upstreams: [{UPSTREAM}]\n{KEYS}\ncolour: red", "colour"),
        (f"upstreams: [{UPSTREAM}]\n{KEYS}\ndoors: {{litellm: {{upstream: eu}}}}", "behind `doors: litellm:`"),
    ],
)
def test_what_can_not_work_is_told(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        parse_config(text.encode(), "gateway.yaml")
