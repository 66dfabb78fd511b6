"""Envoy's external processing (`ext_proc`) as a door: what Envoy tells of a call, and what it is told to do with it.

Sans-io: `read_message` and the `write_*` functions are the wire, `Processing` is the conversation. The gRPC server is
in `guard/gateway/extproc`.
"""

from bartizan.guard.extproc.messages import BodyMode, Changes, Modes, Part, Received, WireError
from bartizan.guard.extproc.processing import Calls, Processing
from bartizan.guard.extproc.wire import read_message

__all__ = ["BodyMode", "Calls", "Changes", "Modes", "Part", "Processing", "Received", "WireError", "read_message"]
