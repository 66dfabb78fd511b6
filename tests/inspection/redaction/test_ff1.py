"""FF1: the samples of NIST, round trips, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection.redaction.ff1 import FF1
from bartizan.model import InputError

KEY = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94"
NINE, LONG = "39383736353433323130", "3737373770717273373737"
# Samples 1 to 9 of "FF1samples.pdf", NIST's examples for SP 800-38G: bits, radix, tweak, plaintext, ciphertext.
SAMPLES = [
    (128, 10, "", "0123456789", "2433477484"),
    (128, 10, NINE, "0123456789", "6124200773"),
    (128, 36, LONG, "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
    (192, 10, "", "0123456789", "2830668132"),
    (192, 10, NINE, "0123456789", "2496655549"),
    (192, 36, LONG, "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"),
    (256, 10, "", "0123456789", "6657667009"),
    (256, 10, NINE, "0123456789", "1001623463"),
    (256, 36, LONG, "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
]


@pytest.mark.parametrize(("bits", "radix", "tweak", "plain", "sealed"), SAMPLES)
def test_nist_samples(bits: int, radix: int, tweak: str, plain: str, sealed: str) -> None:
    cipher = FF1(bytes.fromhex(KEY)[: bits // 8], radix)
    assert cipher.encrypt(plain, bytes.fromhex(tweak)) == sealed
    assert cipher.decrypt(sealed, bytes.fromhex(tweak)) == plain


@given(st.sampled_from([10, 36]), st.integers(6, 100), st.integers(0, 2**60), st.binary(max_size=40))
def test_decrypting_undoes_encrypting(radix: int, length: int, seed: int, tweak: bytes) -> None:
    cipher = FF1(bytes(range(32)), radix)
    text = str(seed).zfill(length)[:length]
    sealed = cipher.encrypt(text, tweak)
    assert len(sealed) == length
    assert cipher.decrypt(sealed, tweak) == text


@pytest.mark.parametrize(("radix", "short", "enough"), [(10, "12345", "123456"), (36, "abc", "abcd")])
def test_fewer_than_a_million_values_are_refused(radix: int, short: str, enough: str) -> None:
    cipher = FF1(bytes(16), radix)
    assert len(cipher.encrypt(enough)) == len(enough)
    for turn in (cipher.encrypt, cipher.decrypt):
        with pytest.raises(InputError, match="too short to keep its format") as caught:
            turn(short)
        assert short not in caught.value.diagnostics()


def test_a_small_domain_is_permuted() -> None:
    cipher = FF1(bytes(range(16)), 10)
    texts = {cipher.encrypt(f"{number:06d}") for number in range(2000)}
    assert len(texts) == 2000
