"""Policies and standards: drafted from the catalog, compared, approved by two people, and held by machine where it can.

`draft` makes an edition from the organisation's profile, `diff` says what an edition changes, `refusal` and `moved`
take it from draft to published, `coverage` and `enforcement` say what it does.
"""

from bartizan.govern.policies.change import with_statement, with_text, without_statement
from bartizan.govern.policies.choose import applies, fill, parameters
from bartizan.govern.policies.compare import Difference, Word, diff
from bartizan.govern.policies.cover import Covered, coverage
from bartizan.govern.policies.draft import draft, next_edition
from bartizan.govern.policies.enforce import Held, Holding, enforcement, named
from bartizan.govern.policies.life import ACTIONS, Move, check_change, moved, moves, refusal
from bartizan.govern.policies.translate import languages_for, translated

__all__ = [
    "ACTIONS",
    "Covered",
    "Difference",
    "Held",
    "Holding",
    "Move",
    "Word",
    "applies",
    "check_change",
    "coverage",
    "diff",
    "draft",
    "enforcement",
    "fill",
    "languages_for",
    "moved",
    "moves",
    "named",
    "next_edition",
    "parameters",
    "refusal",
    "translated",
    "with_statement",
    "with_text",
    "without_statement",
]
