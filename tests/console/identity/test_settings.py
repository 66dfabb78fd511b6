from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from bartizan.console.identity import ConsoleSettings, parse_settings, read_settings
from bartizan.console.identity.settings import Signed
from bartizan.govern.roles import Role
from bartizan.model import InputError

GOOD = """\
address: https://ai.example.com
session: {idle_minutes: 15, hours: 8}
trusted_proxies: [10.0.0.0/8]
oidc:
  - name: entra
    title: Company account
    issuer: https://login.example.com/tenant/v2.0
    client_id: console
    client_secret_file: entra.secret
    groups_claim: roles
    roles:
      ai-reviewers: [reviewer@retail, auditor]
      ai-owners: owner@it
"""


def test_settings_say_where_the_console_is_and_who_signs_in(tmp_path: Path) -> None:
    path = tmp_path / "console.yaml"
    path.write_text(GOOD)
    (tmp_path / "entra.secret").write_text("s3cret\n")
    settings = read_settings(path)
    assert settings.session.idle_minutes == 15
    [provider] = settings.oidc
    assert provider.client_secret_file == str(tmp_path / "entra.secret")
    assert provider.scopes == ["openid", "email", "profile"]
    assert provider.given(frozenset({"ai-reviewers", "others"})) == {
        Signed(Role.REVIEWER, "retail"),
        Signed(Role.AUDITOR, ""),
    }
    assert provider.given(frozenset()) == frozenset()
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301 - our own


def test_an_empty_file_of_settings_is_the_defaults_of_one_machine() -> None:
    assert parse_settings("{}") == ConsoleSettings()
    assert ConsoleSettings().address == "http://127.0.0.1:8300"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("address: https://ai.example.com", "address: http://ai.example.com"), "would send passwords in the clear"),
        (("address: https://ai.example.com", "address: https://ai.example.com/x"), "has a path"),
        (("address: https://ai.example.com", "address: ai.example.com"), "is no address of a console"),
        (("address: https://ai.example.com", "address: https://u:p@ai.example.com"), "is no address of a console"),
        (("address: https://ai.example.com", "address: https://ai.example.com:99999"), "is no address of a console"),
        (("issuer: https", "issuer: http"), "is no address to trust"),
        (("v2.0", "v2.0?a=b"), "is no address to trust"),
        (("client_id: console", "client_id: ''"), "lacks `client_id`"),
        (("reviewer@retail", "boss@retail"), "there is no role `boss`"),
        (("groups_claim: roles", "scopes: [email]"), "lack `openid`"),
        (("10.0.0.0/8", "proxy.example.com"), "is no network"),
        (("hours: 8", "hours: 800"), "out of bounds"),
        (("name: entra", "name: passkey"), "no provider can be called `passkey`"),
        (("session:", "second_factor: always\nsession:"), "second_factor"),
        (("oidc:", "requests_per_second: -1\noidc:"), "`requests_per_second` is out of bounds"),
        (("groups_claim: roles", "max_age_minutes: 0"), "`max_age_minutes` of provider `entra` is out of bounds"),
        (("groups_claim: roles", "acr: [a b]"), "that is no word"),
        (("groups_claim: roles", "amr: ['']"), "that is no word"),
        (("idle_minutes: 15", "idle_minutes: 0"), "out of bounds"),
        (("groups_claim", "group_claim"), "group_claim"),
        (("oidc:", "passwords: false\nproviders:"), "providers"),
    ],
)
def test_a_mistake_in_the_settings_is_told(change: tuple[str, str], message: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(InputError) as caught:
        parse_settings(GOOD.replace(*change))
    assert message in caught.value.diagnostics()


def test_two_providers_need_two_names() -> None:
    twice = GOOD + "  - {name: entra, issuer: 'https://other.example', client_id: x}\n"
    with pytest.raises(InputError, match="two providers are called `entra`"):
        parse_settings(twice)


def test_somebody_has_to_be_able_to_sign_in() -> None:
    with pytest.raises(InputError, match="nobody could sign in"):
        parse_settings("passwords: false")


def test_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"can't be read"):
        read_settings(tmp_path / "console.yaml")
    (tmp_path / "console.yaml").write_text(GOOD)
    with pytest.raises(InputError, match="there is no file"):
        read_settings(tmp_path / "console.yaml")
    (tmp_path / "console.yaml").write_text("metrics_token_file: metrics.token")
    for short in (None, "secret"):
        if short:
            (tmp_path / "metrics.token").write_text(short)
        with pytest.raises(InputError, match="no token for metrics of 24 characters"):
            read_settings(tmp_path / "console.yaml")
    (tmp_path / "metrics.token").write_text("0123456789abcdef01234567\n")
    assert read_settings(tmp_path / "console.yaml").metrics_token_file == str(tmp_path / "metrics.token")


def test_a_provider_on_this_machine_may_be_asked_without_encryption() -> None:
    [provider] = parse_settings("oidc: [{name: a, issuer: 'http://127.0.0.1:9000', client_id: x}]").oidc
    assert provider.client_secret_file == ""
