"""Keys: what is read, what is refused, and that no error or text form shows one."""

from __future__ import annotations

import base64

import pytest

from bartizan.inspection.redaction import Key, KeyRing, SecretWrapper, parse_keys, wrapped_line
from bartizan.model import InputError
from tests.inspection.redaction.support import FIRST, SECOND, ring


def test_the_first_key_writes_and_all_read() -> None:
    keys = parse_keys(f"# since spring\nnew:{SECOND}\n\nold:{FIRST}  # until spring\n")
    assert (keys.active, keys.names) == ("new", ["new", "old"])
    assert keys.derive("new", "p", "t", "x") != keys.derive("old", "p", "t", "x")


def test_forms_of_one_key_are_the_same_key() -> None:
    secret = bytes(range(200, 248))
    plain = base64.b64encode(secret).decode()
    forms = [plain, base64.urlsafe_b64encode(secret).decode().rstrip("="), secret.hex(), secret.hex().upper()]
    rings = [parse_keys(form) for form in forms]
    assert len({keys.active for keys in rings}) == 1
    assert len({keys.derive(keys.active, "p", "t", "x") for keys in rings}) == 1
    assert rings[0].active.startswith("k")


def test_each_use_has_a_key_of_its_own() -> None:
    keys = ring()
    uses = [("p", "t", "x"), ("q", "t", "x"), ("p", "u", "x"), ("p", "t", "y"), ("p", "tx", ""), ("pt", "", "x")]
    made = {keys.derive("k1", *use) for use in uses}
    assert len(made) == len(uses)
    assert {len(key) for key in made} == {64}
    assert keys.derive("k1", *uses[0]) in made


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "there is no key"),
        ("# nothing", "there is no key"),
        (base64.b64encode(bytes(range(16))).decode(), "has 16 bytes"),
        (base64.b64encode(bytes(range(80))).decode(), "has 80 bytes"),
        ("not a key!", "key 1 is neither base64 nor hex"),
        (f"k1:{FIRST},k2:abcde", "key 2 is neither base64 nor hex"),
        (base64.b64encode(b"password" * 4).decode(), "is not random"),
        (f"a:{FIRST}\na:{SECOND}", "two keys have the same name"),
        (f"Not-A-Name:{FIRST}", "the name of key 1 is not one"),
        (f"a:b:{FIRST}", "key `a` is in no form that is known"),
        (f"a:wrapped:{FIRST}", "key `a` is wrapped"),
    ],
)
def test_what_is_wrong_is_said_without_the_key(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_keys(text)
    assert sentence in caught.value.message
    assert caught.value.help
    for key in (FIRST, SECOND, "password" * 4, "not a key!"):
        assert key not in caught.value.diagnostics()


def test_a_key_is_not_shown() -> None:
    assert repr(Key("k1", b"s3cr3t")) == "Key('k1')"
    assert "s3cr3t" not in str(Key("k1", b"s3cr3t"))


def test_a_key_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="there is no key `k9`"):
        ring().derive("k9", "p", "t", "x")


def test_wrapped_keys_are_opened_by_the_master_key_under_their_name() -> None:
    master = SecretWrapper(parse_keys(SECOND))
    line = wrapped_line(Key("data", bytes(range(32))), master)
    assert FIRST not in line
    opened = parse_keys(line, master)
    assert opened.derive("data", "p", "t", "x") == KeyRing([Key("data", bytes(range(32)))]).derive(
        "data", "p", "t", "x"
    )
    for wrong, wrapper in (
        (line.replace("data", "other"), master),
        (line, SecretWrapper(ring())),
        ("a:wrapped:AA", master),
    ):
        with pytest.raises(InputError, match="can't be opened"):
            parse_keys(wrong, wrapper)
