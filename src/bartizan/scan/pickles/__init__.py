"""Pickles, read by a machine that imports, calls and builds nothing: what a loader would do, and whether it is safe."""

from bartizan.scan.pickles.examine import Flavour, examine_pickle

__all__ = ["Flavour", "examine_pickle"]
