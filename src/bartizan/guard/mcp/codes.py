"""The numbers of JSON-RPC errors: of JSON-RPC 2.0, of MCP 2026-07-28, and our own in the range left to implementations.

Source: https://www.jsonrpc.org/specification section 5.1, and the schemas of the protocol's revisions. -32002 and
-32042 belong to earlier revisions and are never used anew.
"""

from __future__ import annotations

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603

RESOURCE_NOT_FOUND = -32002
URL_ELICITATION_REQUIRED = -32042

HEADER_MISMATCH = -32020
MISSING_CAPABILITY = -32021
UNSUPPORTED_VERSION = -32022

SERVER_CLOSED = -32000
TIMED_OUT = -32001
REFUSED = -32010
"""The gate did not let it through."""
CANCELLED = -32800
"""The number that the Language Server Protocol gives to a request that was cancelled, and with it the official SDK."""
TOO_MANY = -32011
"""More is in flight than one client may have."""
