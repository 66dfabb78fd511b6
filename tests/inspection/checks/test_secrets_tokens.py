"""Checks of single vendors' tokens; every value is made up."""

from __future__ import annotations

import pytest

from bartizan.inspection.checks import text_checks

GOOD = [
    ("mixed_token", "Qu1lt9Zebra5Fjord2"),
    ("mixed_upper", "API-MADE7UPQUILT9ZEBRA5FJORD8M"),
    ("aws_key_id", "AKIAMADEUPBYBART2QXZ"),
    ("aws_secret", "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"),
    ("google_api_key", "AIzaMade7UpQuilt9Zebra5Fjord-Mock8Wombat"),
    ("github_token", "ghp_Made7UpQuilt9Zebra5FjordMock8Wombat4Pi"),
    ("github_token", "ghp_00000000000000000000000000000007ezpi"),
    ("artifactory_key", "AP6Made7UpQuilt9Zeb"),
    ("twilio_sid", "ACc0ffeedecafbead5fade2facadedeed4"),
    ("random_bearer", "k7Q2.x9Zeb4.Fj0rd2mW4"),
    ("base32_seed", "MADEUP7QUILT5ZEB"),
    ("nkey_seed", "SUAMADEUPQZ7K5ILTXW3BRAFJQ2RDMOCKW6XBATPIXQLV4XINGKIZ7KJ3"),
    ("key_bytes", "0x4d, 0x61, 0x64, 0X65, 067, 85, 112, 0x51"),
    ("salt_text", "m4de|up by-B@rt1zan; Qu1lt9 Z3bra5 Fj0rd! M0ck8"),
    ("salt_text", "xqzkvw&jptbn(mrfgh)zvkqx-wpjtb*nmrfg#hzvk"),
    ("slack_legacy", "xoxs-10293847561-c0ffeedecaf3bead"),
]
BAD = [
    ("mixed_token", "configurationvalue2x"),
    ("mixed_token", "1029384756102938"),
    ("mixed_token", "qXzKvWpjTbNmRfGh"),
    ("mixed_token", "aaaa1111"),
    ("mixed_token", "abcdefQu1lt9Zebra5"),
    ("mixed_upper", "API-MADEUPQUILTZEBRAFJORDMOCKWO"),
    ("mixed_upper", "API-10293847561029384756102938"),
    ("mixed_upper", "API-AAAAAAAAAAAAAAAAAAAAAAAAAA"),
    ("aws_key_id", "AKIAIOSFODNN7EXAMPLE"),
    ("aws_key_id", "AKIAZZZZZZZZZZZZZZZZ"),
    ("aws_secret", "Made7UpQuilt9/Zebra5Fjord+Mock8EXAMPLEKE"),
    ("aws_secret", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1"),
    ("aws_secret", "usr/share/doc/tools/made7up/Quilt9/zebra"),
    ("aws_secret", "madeupquiltzebrafjordmockwombatpixelvexi"),
    ("aws_secret", "a1A" * 13 + "a"),
    ("aws_secret", "made7upquilt9zebra5fjord2mock8wombat4pix"),
    ("google_api_key", "AIza" + "a" * 35),
    ("google_api_key", "AIzamadeupquiltzebrafjordmockwombatpixelve"),
    ("google_api_key", "AIzaAbcAbcAbcAbcAbcAbc1bcAbcAbcAbcAbcAbc"),
    ("github_token", "ghp_" + "x" * 36),
    ("artifactory_key", "AP6xxxxxxxxxx"),
    ("artifactory_key", "AP1ResponseHandler"),
    ("twilio_sid", "ACmade7upquilt9zebra5fjord2mock8wo"),
    ("twilio_sid", "AC" + "0" * 32),
    ("random_bearer", "authentication.scheme"),
    ("random_bearer", "aaaa"),
    ("base32_seed", "MADEUPQUILTZEBRA"),
    ("base32_seed", "XXXXXXXXXXXXXXX7"),
    ("nkey_seed", "SUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"[:58]),
    ("key_bytes", "0, 0, 0, 0, 0, 0, 0, 0"),
    ("key_bytes", "1, 2, 3, 4, 5, 6, 7, 8"),
    ("salt_text", "put your unique phrase here, as long as you like"),
    ("salt_text", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1"),
    ("salt_text", "the sentence of a manual, made of words"),
    ("salt_text", "a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q1-"),
    ("slack_legacy", "xoxs-10293847561-5647382910564738"),
    ("slack_legacy", "xoxs-xxxxxxxxxxx-c0ffee"),
]


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_tokens_that_hold(name: str, value: str) -> None:
    assert text_checks()[name](value)


@pytest.mark.parametrize(("name", "value"), BAD)
def test_tokens_that_do_not(name: str, value: str) -> None:
    assert not text_checks()[name](value)
