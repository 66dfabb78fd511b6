"""MCP's network: the HTTP door, upstream servers over HTTP and stdio, OAuth."""
