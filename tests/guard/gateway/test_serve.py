from __future__ import annotations

import socket

import pytest

from bartizan.guard.gateway.serve import address_of, serve
from bartizan.model import InputError


@pytest.mark.enable_socket
def test_a_gateway_does_not_share_an_address_with_another_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        listen = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(InputError, match="can't be listened on"):
            serve(lambda: None, listen, 1, 1, lambda: None)


@pytest.mark.parametrize("listen", ["8400", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", ":8400"])
def test_what_is_no_address_is_told(listen: str) -> None:
    with pytest.raises(InputError, match="no address"):
        address_of(listen)


def test_an_address_of_ipv6_loses_its_brackets() -> None:
    assert address_of("[::1]:8400") == ("::1", 8400)
