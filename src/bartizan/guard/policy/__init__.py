"""Policies in Cedar: who may do what with which model, given what is in the request. Default deny; forbid wins."""

from bartizan.guard.policy.authoriser import Asked, Authoriser, Ruled
from bartizan.guard.policy.policies import PolicyFile, load_policies, schema_text

__all__ = ["Asked", "Authoriser", "PolicyFile", "Ruled", "load_policies", "schema_text"]
