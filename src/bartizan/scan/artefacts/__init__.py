"""Artefacts: model files, configurations, code. What each is by its content, what is wrong with it, and a verdict."""
