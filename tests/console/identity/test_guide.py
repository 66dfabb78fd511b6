from __future__ import annotations

import re

import msgspec
import pytest

from bartizan.console.identity import ConsoleSettings, parse_settings
from bartizan.console.identity.settings import Provider, SessionTimes
from bartizan.govern.roles import RIGHTS
from tests.support import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "signing-in.md").read_text()


@pytest.mark.parametrize(("kind", "before"), [(ConsoleSettings, ""), (SessionTimes, "session."), (Provider, "")])
def test_every_setting_has_a_line(kind: type[msgspec.Struct], before: str) -> None:
    for field in msgspec.structs.fields(kind):
        assert f"| `{before}{field.encode_name}` |" in GUIDE or field.type is SessionTimes


def test_every_role_has_a_line() -> None:
    for role in RIGHTS:
        assert f"| {role.value} |" in GUIDE


def test_the_settings_that_the_guide_shows_are_right() -> None:
    shown = re.search(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert shown is not None
    settings = parse_settings(shown[1])
    assert len(settings.oidc[0].given(frozenset({"ai-security", "retail-ai-owners"}))) == 3
