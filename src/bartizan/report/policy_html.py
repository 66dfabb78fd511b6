"""A policy as one page for a browser: nothing is loaded, no script is in it."""

from __future__ import annotations

from markupsafe import Markup

from bartizan.report.page import policy, style, template
from bartizan.report.policy_paper import PolicyPaper

__all__ = ["render"]


def render(paper: PolicyPaper) -> str:
    """Return the page. Its own policy allows its style sheet, by its hash, and nothing else."""
    looks = style("review.css", "policy.css")
    return template("policy.html.j2").render(
        paper=paper,
        said=paper.words,
        policy=policy(looks),
        style=Markup(looks),  # noqa: S704 - our own file
    )
