"""What follows from a system and the catalog. Pure: same input, same output, no clock, no network."""

from bartizan.analysis.example import example_system, fires

__all__ = ["example_system", "fires"]
