"""Policies as people read them: the formats, each found when it is first asked for."""

from __future__ import annotations

from importlib import import_module

import msgspec

from bartizan.report.policy_paper import PolicyPaper, build_policy

__all__ = ["POLICY_FORMATS", "PolicyFormat", "build_policy"]


class PolicyFormat(msgspec.Struct, frozen=True):
    """One way to print a policy. `suffix` is what file names end with, `media` what a browser is told."""

    name: str
    suffix: str
    module: str
    media: str
    binary: bool = False

    def render(self, paper: PolicyPaper) -> bytes:
        """Return the policy as bytes, the same for the same paper; text as UTF-8."""
        made = import_module(f"bartizan.report.{self.module}").render(paper)
        return made.encode() if isinstance(made, str) else bytes(made)


POLICY_FORMATS: dict[str, PolicyFormat] = {
    entry.name: entry
    for entry in (
        PolicyFormat(
            "docx",
            ".docx",
            "policy_docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            binary=True,
        ),
        PolicyFormat("pdf", ".pdf", "policy_pdf", "application/pdf", binary=True),
        PolicyFormat("html", ".html", "policy_html", "text/html; charset=utf-8"),
        PolicyFormat("markdown", ".md", "policy_markdown", "text/markdown; charset=utf-8"),
    )
}
