"""What configures coding assistants: settings, lists of MCP servers, hooks, rules files, skills, tool definitions."""
