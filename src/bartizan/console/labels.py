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
    # decisions that take a second person, and ways to sign in
    "confirming": message("being confirmed"),
    "confirmed": message("confirmed"),
    "accept": message("accept"),
    "password": message("password"),
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
    "data": message("data"),
    "evaluation": message("evaluation"),
    "training": message("training"),
    "deployment": message("deployment"),
    "operation": message("operation"),
    "retirement": message("retirement"),
    # decisions about threats
    "accept": message("accept the risk"),
    "mitigate": message("mitigate"),
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
    # answers about a tool
    "verdict-yes": message("Yes"),
    "verdict-conditions": message("Yes, under conditions"),
    "verdict-ask": message("Not yet: somebody has to decide"),
    "verdict-no": message("No"),
    "no training on customer data": message("no training on customer data"),
    "bounded retention of prompts and answers": message("bounded retention of prompts and answers"),
    "a known place of processing and storage": message("a known place of processing and storage"),
    # claims
    "no-training": message("no training on our data"),
    "retention": message("retention"),
    "location": message("place of processing"),
    "grade-A": message("A: an attested report covers it"),
    "grade-B": message("B: a signed contract says so"),
    "grade-C": message("C: the vendor's documentation says so"),
    "grade-D": message("D: the vendor answered so"),
    "grade-E": message("E: an assumption"),
    # classes of data, as far as they have the usual names
    "public": message("public"),
    "internal": message("internal"),
    "confidential": message("confidential"),
    "restricted": message("restricted"),
    # categories of data
    "personal": message("personal data"),
    "sensitive-personal": message("sensitive personal data"),
    "health": message("health"),
    "biometric": message("biometric data"),
    "children": message("children"),
    "payment": message("payment cards"),
    "financial": message("financial data"),
    "credentials": message("credentials"),
    "source-code": message("source code"),
    "intellectual-property": message("intellectual property"),
    "legal": message("legal matters"),
    "safety": message("safety"),
    "training-data": message("training data"),
    "system-prompt": message("system prompts"),
    "conversations": message("conversations"),
    # exceptions and sandboxes by their days
    "coming": message("coming"),
    # what ends
    "decision": message("decision"),
    "evidence": message("evidence"),
    "exception": message("exception"),
    "tool decision": message("decision about a tool"),
    "sandbox": message("sandbox"),
    "policy review": message("review of a policy"),
    "contract": message("contract"),
    "certificate": message("certificate"),
    "claim": message("claim"),
    # themes
    "auto": message("like the device"),
    "light": message("light"),
    "dark": message("dark"),
}
