"""What programs import from `bartizan.guard`."""

from __future__ import annotations

import pytest

from bartizan import guard
from bartizan.guard.flow import FlowMonitor
from bartizan.guard.gateway import loaded
from bartizan.guard.principal import Principal
from bartizan.guard.refused import Refused


def test_names_for_programs_are_there_when_asked_for() -> None:
    assert guard.Guard is loaded.Guard
    assert guard.Principal is Principal
    assert guard.Refused is Refused
    assert guard.FlowMonitor is FlowMonitor
    assert set(guard.__all__) == {"FlowMonitor", "Guard", "Principal", "Refused"}


def test_other_names_are_missing_as_in_any_module() -> None:
    with pytest.raises(AttributeError, match="`FlowGuard`"):
        guard.FlowGuard  # noqa: B018
