"""What the wire formats of Anthropic have in common."""
