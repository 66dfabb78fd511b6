"""How the gateway asks others over http: no redirects, no cookies, no proxy of the environment."""

from __future__ import annotations

from datetime import timedelta

from pyreqwest.client import ClientBuilder

from bartizan import __version__

__all__ = ["client_builder"]

_SECONDS = 10.0


def client_builder() -> ClientBuilder:
    """Return a builder of clients that go where they are told, and nowhere else."""
    return (
        ClientBuilder()
        .follow_redirects(False)
        .referer(False)
        .default_cookie_store(False)
        .user_agent(f"bartizan/{__version__}")
        .connect_timeout(timedelta(seconds=_SECONDS))
        .no_proxy()
    )
