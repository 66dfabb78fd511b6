"""Applications that tests take in turn: making one takes half a second, for it looks at the types of 200 handlers.

One is in use until the test ends, so that two of a test share nothing; its services and who asks are its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from litestar import Litestar
from litestar.types import ASGIApp, ControllerRouterHandler

from bartizan.console import app
from bartizan.console.access import Authenticator
from bartizan.console.services import Services

__all__ = ["give_back", "make_app"]


class _Made(NamedTuple):
    app: Any
    inner: Litestar


_free: dict[tuple[int, ...], list[_Made]] = defaultdict(list)
_taken: list[tuple[tuple[int, ...], _Made]] = []


def make_app(
    services: Services, authenticator: Authenticator, *, routes: Sequence[ControllerRouterHandler] = ()
) -> ASGIApp:
    """As `bartizan.console.app.make_app`, for a fixture or a test that ends with the test."""
    key = tuple(map(id, routes))
    made = _free[key].pop() if _free[key] else _new(services, authenticator, routes)
    made.inner.state.update({"services": services, "authenticator": authenticator, "limits": None})
    _taken.append((key, made))
    found: ASGIApp = made.app
    return found


def _new(services: Services, authenticator: Authenticator, routes: Sequence[ControllerRouterHandler]) -> _Made:
    made: Any = app.make_app(services, authenticator, routes=routes)
    inner = next(cell.cell_contents for cell in made.__closure__ if isinstance(cell.cell_contents, Litestar))
    return _Made(made, inner)


def give_back() -> None:
    """Let the next test have what this one took."""
    while _taken:
        key, made = _taken.pop()
        _free[key].append(made)
