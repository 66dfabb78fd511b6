"""Reference page of the register's documents: every key of every kind. Made from the types, and a line for each key."""

from __future__ import annotations

import msgspec

from bartizan.catalog import Catalog
from bartizan.model import documents as kinds
from scripts.reference_gateway import parts_of
from scripts.reference_gateway_words import SANDBOX

__all__ = ["PARTS", "WORDS", "documents"]

PARTS: dict[str, type[msgspec.Struct]] = {
    "Tool": kinds.ToolSpec,
    "Vendor": kinds.VendorSpec,
    "Sandbox": kinds.RegisteredSandbox,
    "Exception": kinds.ExceptionSpec,
    "Policy": kinds.PolicySpec,
    "Organisation": kinds.Organisation,
    "claims": kinds.Claim,
    "certificates": kinds.Certificate,
    "statements": kinds.Statement,
    "enforced": kinds.Enforcement,
    "units": kinds.Unit,
    "tiers": kinds.TierRule,
    "area": kinds.Area,
    "proposed": kinds.Proposed,
}
"""What stands under `spec`, by kind, and its parts. A System has a guide, a sandbox's parts a page of their own."""
_TITLE = "what people call it"
_OWNER = "who answers for it"
_APART = {
    name: words.replace("](#", "](sandbox-documents.md#") for name, words in SANDBOX[""].items()
}  # the parts stand on that page
WORDS = {
    "Tool": {
        "title": _TITLE,
        "vendor": "the name of its Vendor",
        "plan": "the plan or contract that the decision is about",
        "about": "what it is for",
        "owner": _OWNER,
        "domains": "where it is reached, to recognise its use",
        "standing": "what was decided",
        "highest": "the highest class of data that may go into it; empty: none but the lowest",
        "forbidden": "categories of data that may not go into it, whatever their class",
        "conditions": "what holds for every use",
        "instead": "names of Tools to use in its place",
        "claims": "[what it is said to do](#claims)",
        "decided_by": "who decided",
        "decided_on": "and when",
        "good_until": "the last day of the decision; after it the tool counts as unreviewed",
    },
    "Vendor": {
        "title": _TITLE,
        "about": "what it does",
        "owner": _OWNER,
        "country": "where it is established",
        "criticality": "how much depends on it",
        "products": "what is used of it",
        "contact": "whom to ask there",
        "certificates": "[certificates and reports](#certificates)",
        "claims": "[what it is said to do](#claims)",
        "contract_until": "the last day of the contract",
    },
    "Sandbox": {
        **_APART,
        "state": "what was decided; whether a granted one is open now, its days say",
        "decided_by": "who granted or refused it; `rule` where nobody had to",
        "decided_on": "and when",
        "extended": "the day on which its end was moved, which is done once",
        "ended_on": "when somebody ended it",
        "ended_by": "who",
        "ended_why": "and why",
        "promoted_to": "the name of the System that it has become",
    },
    "Exception": {
        "title": _TITLE,
        "statement": "the statement of a policy that need not hold; this or `control`",
        "control": "the control that need not be there",
        "systems": "names of Systems that it is for; empty: all of the business unit",
        "owner": _OWNER,
        "why": "why it is needed",
        "compensating": "controls that stand in for what is missing",
        "starts": "its first day",
        "ends": "its last day",
        "approved_by": "who approved it; without, it counts for nothing",
        "approved_on": "and when",
        "refused_by": "who refused it",
    },
    "Policy": {
        "title": _TITLE,
        "edition": "its own version",
        "document": "the catalog's document that it was drafted from",
        "purpose": "what it is for",
        "scope": "what and whom it is for",
        "owner": _OWNER,
        "language": "the language of its words",
        "state": "how far it has come; what is approved is changed no more",
        "statements": "[its statements](#statements)",
        "left_out": "statements of the catalog's document that it does without",
        "retired": "numbers that no longer stand in it, and the statement that had each",
        "approved_by": "who approved this edition",
        "approved_on": "and when",
        "effective": "the day from which it holds",
        "review_by": "the day by which it is to be looked at again",
    },
    "Organisation": {
        "title": _TITLE,
        "language": "the language of what is drafted for it: `en`, `de`, `fr`, `it` or `sq`",
        "currency": "the currency of its risk, three letters",
        "classes": "its classes of data, the lowest first",
        "appetite": "the loss that may remain: a level, or an amount a year",
        "frameworks": "ids of [frameworks](frameworks.md) that it goes by",
        "duties": "ids of duties of the catalog that it has",
        "units": "[business units](#units), by their ids",
        "tiers": "[tiers](#tiers) of systems, the strictest first; by default three, `tier-1` to `tier-3`",
        "area": "[where and in what it is active](#area)",
        "proposed": "[what would let more risk stand](#proposed), until a second person confirms it",
    },
    "claims": {
        "criterion": "what it is about, such as `no-training`, `retention`, `location`",
        "value": "what holds: `yes`, `no`, or a sentence",
        "scope": "for which plan, endpoint, feature, model or region",
        "source": "where it was read",
        "quote": "the SHA-256 of the words there",
        "seen_on": "when it was read",
        "good_until": "the last day on which it counts",
        "grade": "what stands behind it: an attested report (A), a signed contract (B), documentation with its date "
        "(C), an answer of the vendor (D), nothing (E). Only A to C satisfy a demand",
    },
    "certificates": {
        "title": _TITLE,
        "good_until": "its last day",
        "covers_ai": "its scope includes the AI service that is used",
    },
    "statements": {
        "id": "the catalog's id, which stays from edition to edition",
        "number": "where it stands in this edition, such as `3.2`",
        "section": "the heading above it",
        "text": "what it says",
        "level": "how strict it is: `must`, `should` or `may`",
        "controls": "controls that do what it says",
        "maps": "items of frameworks, by framework",
        "enforced": "[what holds it by machine](#enforced)",
        "own": "the words are the organisation's own: a new draft leaves them",
    },
    "enforced": {"by": "a gateway rule, a scan rule, a detection", "what": "its id"},
    "units": {"title": _TITLE, "parent": "the unit above it; who may see that one may see this"},
    "tiers": {
        "id": "its id",
        "title": _TITLE,
        "criticality": "takes systems from this criticality on",
        "highest": "takes systems with data of this class or a higher one",
        "categories": "takes systems with data of any of these",
        "acts": "takes systems with an agent that acts without being asked",
        "appetite": "what may remain for these systems, where it is not the organisation's",
        "review_days": "days for which a review is good",
        "evidence_days": "days for which evidence is, where it names no end itself",
    },
    "proposed": {
        "asked_by": "who asks; another person confirms it",
        "appetite": "the `appetite` that is asked for",
        "classes": "the `classes` that are asked for",
        "tiers": "the `tiers` that are asked for, all of them",
    },
    "area": {
        "regions": "regions and countries",
        "sectors": "sectors",
        "develops": "it develops AI systems",
        "builds_agents": "it builds agents",
        "trains": "it trains or tunes models",
        "personal_data": "its systems use data about people",
        "critical_processes": "processes that must not stop depend on AI",
    },
}
"""A line for each key of each part."""


def documents(catalog: Catalog) -> str:  # noqa: ARG001 - a page's signature
    """Every key of every kind of document."""
    head = [
        "# Documents of the register",
        "",
        "The keys that stand under `spec`, by kind. [The guide](../register.md) tells what is around them. What stands "
        "under a System's is the [language](../language.md). An unknown key is an error.",
        "",
    ]
    return "\n".join([*head, *parts_of(PARTS, WORDS)])
