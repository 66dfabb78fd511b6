"""Checks for matched text; see `bartizan.inspection.checks`."""
