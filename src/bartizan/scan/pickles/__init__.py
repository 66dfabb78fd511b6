"""Pickles, read by a machine that imports, calls and builds nothing: what a loader would do, and whether it is safe."""

from bartizan.scan.pickles.examine import Arrays, Flavour, examine_pickle

__all__ = ["Arrays", "Flavour", "examine_pickle"]
