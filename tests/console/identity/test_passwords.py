from __future__ import annotations

import pytest

from bartizan.console.identity.passwords import Passwords, faults

ABOUT = ("Ana Meier", "ana.meier@helvion.example", "Helvion Insurance")


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "vierundzwanzig Igel",
        "kqPz81mmaWx2",
        "l'été indien dure peu",
        "Përshëndetje nga mali",
        "🦔 hedgehogs at dusk 🦔",
        "x" * 3 + "yellow submarines 42 waltz" + "y" * 200,
    ],
)
def test_a_password_that_nobody_expects_is_good_whatever_it_is_composed_of(password: str) -> None:
    assert faults(password, ABOUT) == []


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd2023!",
        "Summer2024!!",
        "Willkommen2025!",
        "qwertyuiop123",
        "1qaz2wsx3edc",
        "aaaaaaaaaaaaab",
        "abcabcabcabcabc",
        "passwordpassword",
        "ana.meier2024!",
        "Helvion-Insurance-2026",
        "bartizan bartizan",
        "123456789012",
        "poiuytrewq98",
    ],
)
def test_a_password_of_common_words_rows_of_keys_and_known_names_is_refused(password: str) -> None:
    assert faults(password, ABOUT) == ["common"]


@pytest.mark.parametrize(
    ("password", "fault"),
    [("elevenchars", "short"), ("", "short"), ("z8" * 129, "long"), ("hedgehogs\x00at dusk", "control")],
)
def test_length_is_bounded_on_both_sides(password: str, fault: str) -> None:
    assert faults(password) == [fault]


def test_the_same_letters_composed_otherwise_are_the_same_password() -> None:
    passwords = Passwords(memory_kib=64, passes=1)
    kept = passwords.hash("l'\u00e9t\u00e9 indien dure")
    assert passwords.check(kept, "l'e\u0301te\u0301 indien dure").right


def test_passwords_are_kept_as_argon2id_with_the_parameters_of_owasp() -> None:
    passwords = Passwords()
    kept = passwords.hash("seven quiet herons")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.check(kept, "seven quiet herons") == (True, "")
    assert not passwords.check(kept, "seven quiet heron").right
    assert kept != passwords.hash("seven quiet herons")


def test_a_hash_of_other_parameters_is_right_and_made_anew() -> None:
    weak, now = Passwords(memory_kib=32, passes=1), Passwords(memory_kib=64, passes=1)
    checked = now.check(weak.hash("seven quiet herons"), "seven quiet herons")
    assert checked.right
    assert now.check(checked.rehashed, "seven quiet herons") == (True, "")


@pytest.mark.parametrize("kept", ["", "no hash at all", "$argon2id$v=19$m=64,t=1,p=1$broken"])
def test_without_a_hash_no_password_is_right(kept: str) -> None:
    assert Passwords(memory_kib=64, passes=1).check(kept, "there is no such account") == (False, "")
