"""Bounds how long a caller may take nothing of its answer. The server has no setting for it; the kernel has."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

__all__ = ["bound_writing"]


def bound_writing(seconds: float) -> int:
    """Have connections reset whose other side takes no byte for so long while there is something to send.

    Return for how many listening sockets of this process that was set; connections inherit it from theirs. Linux only:
    elsewhere nothing is done. Source: tcp(7), TCP_USER_TIMEOUT.
    """
    if sys.platform != "linux":
        return 0
    return sum(_bound(int(one.name), int(seconds * 1000)) for one in list(Path("/proc/self/fd").iterdir()))


def _bound(descriptor: int, milliseconds: int) -> bool:
    try:
        own = os.dup(descriptor)
    except OSError:  # closed since it was listed
        return False
    try:
        one = socket.socket(fileno=own)
    except OSError:  # not every descriptor is a socket
        os.close(own)
        return False
    with one:
        if one.type != socket.SOCK_STREAM or one.family not in (socket.AF_INET, socket.AF_INET6):
            return False
        if not one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            return False
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
        return True
