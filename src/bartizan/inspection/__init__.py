"""What a text holds: one engine for a prompt, a file, a training set and a log stream."""

from bartizan.inspection.inspector import Inspector
from bartizan.inspection.policy import Policy, parse_policy, policy_digest
from bartizan.inspection.span import Hits, Inspection, Span

__all__ = ["Hits", "Inspection", "Inspector", "Policy", "Span", "parse_policy", "policy_digest"]
