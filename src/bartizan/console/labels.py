"""The words for fixed values: levels, states, kinds, sources. What stands in documents as a word of the language."""

from __future__ import annotations

from collections.abc import Mapping

from bartizan.console.words import message

__all__ = ["LABELS"]

LABELS: Mapping[str, str] = {
    # levels
    "critical": message("critical"),
    "high": message("high"),
    "medium": message("medium"),
    "low": message("low"),
    "none": message("none"),
    # controls
    "failing": message("failing"),
    "required": message("required"),
    "planned": message("planned"),
    "in-place": message("in place"),
    "proven": message("proven"),
    "claimed": message("claimed"),
    "expired": message("expired"),
    # evidence
    "review": message("review"),
    "scan": message("scan"),
    "gateway": message("gateway"),
    "test": message("test"),
    "attestation": message("attestation"),
    "pass": message("pass"),
    "fail": message("fail"),
    # tools
    "unreviewed": message("unreviewed"),
    "approved": message("approved"),
    "conditional": message("conditional"),
    "forbidden": message("forbidden"),
    # policies
    "draft": message("draft"),
    "published": message("published"),
    "withdrawn": message("withdrawn"),
    # exceptions and sandboxes
    "requested": message("requested"),
    "standing": message("standing"),
    "ended": message("ended"),
    "refused": message("refused"),
    "asked": message("asked"),
    "granted": message("granted"),
    "active": message("active"),
    "killed": message("killed"),
    "extended": message("extended"),
    "promoted": message("promoted"),
    # stages of a system
    "design": message("design"),
    "development": message("development"),
    "training": message("training"),
    "deployment": message("deployment"),
    "operation": message("operation"),
    "retirement": message("retirement"),
    # decisions about threats
    "open": message("open"),
    "accepted": message("accepted"),
    "mitigated": message("mitigated"),
    "false-positive": message("false positive"),
    # losses
    "disclosure": message("disclosure"),
    "action": message("action without authority"),
    "corruption": message("corruption"),
    "outage": message("outage"),
    "cost": message("cost"),
    # kinds of documents
    "System": message("System"),
    "Tool": message("Tool"),
    "Vendor": message("Vendor"),
    "Sandbox": message("Sandbox"),
    "Exception": message("Exception"),
    "Organisation": message("Organisation"),
    "Policy": message("Policy"),
    # what was done
    "created": message("created"),
    "updated": message("updated"),
    "deleted": message("deleted"),
    # answers
    "yes": message("yes"),
    "no": message("no"),
    "conditions": message("with conditions"),
    "ask": message("ask"),
    "allow": message("allow"),
    "deny": message("deny"),
    "transform": message("transform"),
    # roles
    "owner": message("owner"),
    "reviewer": message("reviewer"),
    "engineer": message("engineer"),
    "business": message("business"),
    "auditor": message("auditor"),
    "administrator": message("administrator"),
    # themes
    "auto": message("like the device"),
    "light": message("light"),
    "dark": message("dark"),
}
