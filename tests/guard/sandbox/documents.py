"""A sandbox's document, to be changed by tests."""

from __future__ import annotations

from bartizan.guard.sandbox import Sandbox, parse_sandbox

__all__ = ["DOCUMENT", "SCHEME", "read"]

SCHEME = ("public", "internal", "confidential", "secret")
DOCUMENT = """
id: claims-pilot
purpose: Draft replies to claims
owner: jo@example.com
users: [alice]
groups: [claims]
applications: [desk]
data: {highest: internal, forbidden: [iban]}
models: [gpt]
tools: [search]
egress: {upstreams: [eu], regions: [eu-west]}
budget: {tokens: 1000, money: 5.0}
starts: 2026-11-01
ends: 2026-12-31T18:00:00+01:00
success:
  - {measure: calls, reaches: 3, what: It is used}
kill:
  - {measure: findings, types: [iban, email], reaches: 3}
  - {measure: refused-share, reaches: 80}
"""


def read(text: str = DOCUMENT) -> Sandbox:
    return parse_sandbox(text.encode(), "pilot.yaml", SCHEME)
