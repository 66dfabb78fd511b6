"""Policies in Cedar: who may do what with which model or tool, given what is in the call. Default deny; forbid wins."""

from bartizan.guard.policy.authoriser import Asked, Authoriser, Ruled
from bartizan.guard.policy.policies import PolicyFile, load_policies, schema_text
from bartizan.guard.policy.tools import ToolAsked, ToolAuthoriser, tool_policies

__all__ = [
    "Asked",
    "Authoriser",
    "PolicyFile",
    "Ruled",
    "ToolAsked",
    "ToolAuthoriser",
    "load_policies",
    "schema_text",
    "tool_policies",
]
