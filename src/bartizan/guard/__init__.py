"""What may pass: wire formats become an exchange, policy rules over it, and a decision follows. Sans-io.

For programs: `Guard` and `FlowMonitor`, and what they take and raise. They are loaded when they are asked for, so that
nothing below this package knows what reads files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bartizan.guard.flow import FlowMonitor
    from bartizan.guard.gateway.loaded import Guard
    from bartizan.guard.principal import Principal
    from bartizan.guard.refused import Refused

__all__ = ["FlowMonitor", "Guard", "Principal", "Refused"]


def __getattr__(name: str) -> Any:
    if name == "Guard":
        from bartizan.guard.gateway.loaded import Guard

        return Guard
    if name == "FlowMonitor":
        from bartizan.guard.flow import FlowMonitor

        return FlowMonitor
    if name == "Principal":
        from bartizan.guard.principal import Principal

        return Principal
    if name == "Refused":
        from bartizan.guard.refused import Refused

        return Refused
    raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
