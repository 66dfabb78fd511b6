"""What the wire formats of OpenAI have in common; Azure OpenAI speaks the same."""
