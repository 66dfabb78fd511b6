"""What was decided and what proves it: assurance, tiers, policies, exceptions, tools, sandboxes, roles. Pure."""
