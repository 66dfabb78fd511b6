"""What the register keeps: documents with a kind, a name and a business unit, and what each kind says.

A document is written the same way in a file, in the register and over the API: `kind`, `name`, `unit`, and under `spec`
what the kind says. The spec of a System is what `system.yaml` says.
"""

from bartizan.model.documents.claim import Claim, Grade
from bartizan.model.documents.document import SPECS, Change, Document, Kind, Spec, Stored, canonical, digest_of
from bartizan.model.documents.exception import ExceptionSpec
from bartizan.model.documents.organisation import Area, Organisation, Proposed, TierRule, Unit
from bartizan.model.documents.parse import parse_document, parse_documents
from bartizan.model.documents.policy import Enforcement, PolicySpec, PolicyState, Statement
from bartizan.model.documents.registered import RegisteredSandbox, SandboxState
from bartizan.model.documents.sandbox import Budget, Criterion, Egress, MayHold, Measure, SandboxSpec
from bartizan.model.documents.tool import Standing, ToolSpec
from bartizan.model.documents.vendor import Certificate, VendorSpec

__all__ = [
    "SPECS",
    "Area",
    "Budget",
    "Certificate",
    "Change",
    "Claim",
    "Criterion",
    "Document",
    "Egress",
    "Enforcement",
    "ExceptionSpec",
    "Grade",
    "Kind",
    "MayHold",
    "Measure",
    "Organisation",
    "PolicySpec",
    "PolicyState",
    "Proposed",
    "RegisteredSandbox",
    "SandboxSpec",
    "SandboxState",
    "Spec",
    "Standing",
    "Statement",
    "Stored",
    "TierRule",
    "ToolSpec",
    "Unit",
    "VendorSpec",
    "canonical",
    "digest_of",
    "parse_document",
    "parse_documents",
]
