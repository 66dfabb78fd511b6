"""Checks for values of digits; see `bartizan.inspection.checks`."""
