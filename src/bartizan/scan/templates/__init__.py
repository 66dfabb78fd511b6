"""Jinja templates read as a syntax tree, never rendered: what they reach, what they cost, what they add unseen.

`judge(text)` yields what is wrong with one, as `Spotted`: a rule, evidence and a line.
"""

from __future__ import annotations

from bartizan.scan.templates.judge import judge, looks_like_template
from bartizan.scan.templates.spotted import Spotted

__all__ = ["Spotted", "judge", "looks_like_template"]
