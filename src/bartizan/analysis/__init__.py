"""What follows from a system and the catalog. Pure: same input, same output, no clock, no network."""

from bartizan.analysis.context import Options
from bartizan.analysis.example import example_system, fires
from bartizan.analysis.review import review

__all__ = ["Options", "example_system", "fires", "review"]
