from __future__ import annotations

import numpy as np
import pytest

from bartizan.inspection.checks.columns.network import ipv4
from bartizan.inspection.checks.text.network import ipv6, mac_address
from bartizan.inspection.digits import Digits


def dotted(text: str) -> Digits:
    parts = text.split(".")
    return Digits([int(digit) for part in parts for digit in part], tuple(map(len, parts)))


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("0.0.0.1", True),
        ("192.168.1.1", True),
        ("255.255.255.255", True),
        ("256.1.1.1", False),
        ("192.168.1.999", False),
        ("10.01.1.1", False),
        ("1.23.045.6", False),
    ],
)
def test_ipv4_numbers_are_up_to_255_without_zeros_in_front(address: str, good: bool) -> None:
    assert bool(ipv4(dotted(address))) is good


def test_ipv4_judges_a_column_at_once() -> None:
    columns = np.array([[1, 9, 2, 1, 6, 8, 1, 1], [2, 9, 2, 1, 6, 8, 1, 1]]).T
    assert ipv4(Digits(columns, (3, 3, 1, 1))).tolist() == [True, False]


@pytest.mark.parametrize(
    "address",
    [
        "2001:db8::1",
        "fe80::1%eth0",
        "::1",
        "::ffff:10.0.0.1",
        "64:ff9b::198.51.100.1",
        "684D:1111:222:3333:4444:5555:6:77",
        "fd0::1",
        "dead:beef::cafe",
        "2001:db8::",
        "64:ff9b::1",
    ],
)
def test_addresses_of_version_6(address: str) -> None:
    assert ipv6(address)


@pytest.mark.parametrize(
    "text",
    [
        "a::b",
        "Face::Dad",
        "1::2",
        "::2",
        "100::2",
        "12:34:56",
        "2001::db8::1",
        "ab:cd:ef:01:23:45:67:89",
        "2001:db8::256.1.1.1",
    ],
)
def test_what_code_and_clocks_write_is_no_address(text: str) -> None:
    assert not ipv6(text)


@pytest.mark.parametrize(
    "address", ["00:1A:2B:3C:4D:5E", "aa-bb-cc-dd-ee-0f", "0012.3456.789a", "00:1a:2b:ff:fe:3c:4d:5e"]
)
def test_hardware_addresses(address: str) -> None:
    assert mac_address(address)


@pytest.mark.parametrize(
    "text", ["00:1a:2b:3c:4d", "00:1a-2b:3c-4d:5e", "ff:ff:ff:ff:ff:ff", "1234.5678.9012", "00:00:00:00:00:00"]
)
def test_other_rows_are_no_hardware_addresses(text: str) -> None:
    assert not mac_address(text)
