"""What happened: the event log, its verification, and events in the formats of others."""

from bartizan.soc.commit import GroupCommit
from bartizan.soc.lines import EventLogError, Head, Recorded, WriterBusy
from bartizan.soc.log import EventLog, Fsync, free_log

__all__ = ["EventLog", "EventLogError", "Fsync", "GroupCommit", "Head", "Recorded", "WriterBusy", "free_log"]
