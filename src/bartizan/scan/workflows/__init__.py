"""Pipelines that start AI assistants: who can start them, what strangers write into them, what they may then do."""
