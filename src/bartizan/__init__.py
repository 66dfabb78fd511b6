"""Bartizan reviews AI systems: one typed model, its attack paths, and the smallest set of controls that cuts them.

`from bartizan.model import System` gives the language, `from bartizan.analysis import review` what follows from it.
"""

__all__ = ["__version__"]

__version__ = "0.1.0.dev0"
