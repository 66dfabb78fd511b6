"""Finders: functions for what no pattern describes. Each public function of a module here is one, found by being there.

`find(text)` gets a record as text and returns `(start, end, confidence)` of what it found, offsets in characters.
"""
