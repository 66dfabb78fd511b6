"""Information flow of agents: where the values of a call come from decides whether it may go on."""

from bartizan.guard.flow.handover import Message, open_sealed, seal
from bartizan.guard.flow.monitor import FlowMonitor, FlowSession
from bartizan.guard.flow.verdict import Origin, Source, Verdict

__all__ = ["FlowMonitor", "FlowSession", "Message", "Origin", "Source", "Verdict", "open_sealed", "seal"]
