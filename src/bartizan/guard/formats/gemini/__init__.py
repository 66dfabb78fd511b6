"""What the wire formats of Gemini have in common."""
