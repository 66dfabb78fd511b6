"""MCP between a client and its servers: the protocol, who decides on it, and what was approved. Sans-io."""
