from __future__ import annotations

import pytest

from bartizan.inspection.checks.keccak import keccak_256
from bartizan.inspection.checks.text import crypto

# Addresses that specifications and documentation print.
_BITCOIN = "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ"
_MONERO = "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A"


def test_keccak_of_its_reference() -> None:
    assert keccak_256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak_256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
    assert keccak_256(b"a" * 135) != keccak_256(b"a" * 136)


@pytest.mark.parametrize(
    "address",
    [
        _BITCOIN,
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3297",
        "bc1sw50qgdz25j",
    ],
)
def test_bitcoin(address: str) -> None:
    assert crypto.bitcoin(address)


@pytest.mark.parametrize(
    "text",
    [
        _BITCOIN[:-1] + "Y",
        _BITCOIN[:-4],
        "1" + "0" * 30,
        "bc1QW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "bc1qb",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3q",
        "bc13w508d6qejxtdg4y5r3zarvary0c5xw7kn40wf2",
    ],
)
def test_no_bitcoin(text: str) -> None:
    assert not crypto.bitcoin(text)


def test_other_coins() -> None:
    assert crypto.litecoin("LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1")
    assert not crypto.litecoin("ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")
    assert crypto.base58_coin("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")
    assert not crypto.base58_coin("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6T")
    assert crypto.ripple("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh")
    assert not crypto.ripple(_BITCOIN)
    assert crypto.bech32_coin("addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl8")
    assert not crypto.bech32_coin("addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl9")
    assert not crypto.bech32_coin("addr1bbbb")


def test_extended_keys() -> None:
    key = (
        "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjq"
        "JoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"
    )
    assert crypto.extended_key(key)
    assert not crypto.extended_key(key[:-1] + "9")


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", True),
        ("0x52908400098527886E0F7030069857D2E4169EE7", True),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", False),
        ("0x" + "0" * 39 + "1", False),
    ],
)
def test_ethereum(address: str, good: bool) -> None:
    assert crypto.ethereum(address) is good


@pytest.mark.parametrize(
    ("address", "good"),
    [(_MONERO, True), (_MONERO[:-1] + "B", False), (_MONERO[:-1], False), ("z" * 95, False), ("0" * 95, False)],
)
def test_monero(address: str, good: bool) -> None:
    assert crypto.monero(address) is good
