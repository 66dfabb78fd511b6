from __future__ import annotations

from bartizan.inspection.finders.addresses import hardware_address, ipv6_address, unspecified_address


def test_addresses_stand_alone() -> None:
    text = "from [2001:db8::1]:8080 via fe80::1%eth0, ::ffff:10.0.0.1."
    assert [text[start:end] for start, end, _ in ipv6_address(text)] == [
        "2001:db8::1",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
    ]
    assert list(ipv6_address("text2001:db8::1 2001::db8::1 std::cout 12:34:56 ab:cd:ef:01:23:45:67:89:ab:cd")) == []


def test_the_unspecified_address_needs_a_word() -> None:
    assert list(unspecified_address("bind [::]:80")) == [(6, 8, 65)]
    assert list(unspecified_address("listening on ::")) == [(13, 15, 65)]
    assert list(unspecified_address("host :: Int, bind ::foo")) == []


def test_network_cards() -> None:
    assert list(hardware_address("00:1a:2b:3c:4d:5e")) == [(0, 17, 75)]
    assert list(hardware_address("mac 001a.2b3c.4d5e")) == [(4, 18, 65)]
    assert list(hardware_address("ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67:89, ff:ff:ff:ff:ff:ff")) == []
