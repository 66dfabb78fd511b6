"""LiteLLM's generic guardrail endpoint: a proxy shows what it would send and give back, and is told what may pass."""

from bartizan.guard.doors.litellm.calls import Calls
from bartizan.guard.doors.litellm.contract import PATH, Shown, read_shown
from bartizan.guard.doors.litellm.door import LiteLlmDoor, door_upstream
from bartizan.guard.doors.litellm.request import ROUTE

__all__ = ["PATH", "ROUTE", "Calls", "LiteLlmDoor", "Shown", "door_upstream", "read_shown"]
