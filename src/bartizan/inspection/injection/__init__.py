"""The injection signal: encodings undone, rules, and a small model of our own. It informs; it never decides alone."""

from __future__ import annotations

from bartizan.inspection.injection.scorer import FLAGGED, Injection, Scorer, score, scores

__all__ = ["FLAGGED", "Injection", "Scorer", "score", "scores"]
