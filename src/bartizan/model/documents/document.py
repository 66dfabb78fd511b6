"""Document: the envelope that all kinds share, as it is stored, and how one is told from its earlier version."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import TypeAlias

import msgspec

from bartizan.model.base import Id
from bartizan.model.documents.exception import ExceptionSpec
from bartizan.model.documents.organisation import Organisation
from bartizan.model.documents.policy import PolicySpec
from bartizan.model.documents.registered import RegisteredSandbox
from bartizan.model.documents.sandbox import SandboxSpec
from bartizan.model.documents.tool import ToolSpec
from bartizan.model.documents.vendor import VendorSpec
from bartizan.model.system import System

__all__ = ["SPECS", "Change", "Document", "Kind", "Spec", "Stored", "canonical", "digest_of"]


class Kind(StrEnum):
    """The kinds of documents."""

    SYSTEM = "System"
    TOOL = "Tool"
    VENDOR = "Vendor"
    SANDBOX = "Sandbox"
    EXCEPTION = "Exception"
    ORGANISATION = "Organisation"
    POLICY = "Policy"

    @property
    def plural(self) -> str:
        """The word in addresses and folders: `systems`, `policies`."""
        return {Kind.POLICY: "policies", Kind.SANDBOX: "sandboxes"}.get(self, f"{self.value.lower()}s")


Spec: TypeAlias = System | ToolSpec | VendorSpec | RegisteredSandbox | ExceptionSpec | Organisation | PolicySpec
SPECS: dict[Kind, type[Spec]] = {
    Kind.SYSTEM: System,
    Kind.TOOL: ToolSpec,
    Kind.VENDOR: VendorSpec,
    Kind.SANDBOX: RegisteredSandbox,
    Kind.EXCEPTION: ExceptionSpec,
    Kind.ORGANISATION: Organisation,
    Kind.POLICY: PolicySpec,
}


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """One document. `unit` is the business unit that it belongs to, empty for the whole organisation."""

    kind: Kind
    name: Id
    unit: str = ""
    spec: Spec

    @property
    def title(self) -> str:
        """What people call it."""
        spec = self.spec
        if isinstance(spec, System):
            return spec.name or spec.id
        return spec.purpose if isinstance(spec, SandboxSpec) else spec.title

    @property
    def owner(self) -> str:
        """Who answers for it, empty where nobody is named."""
        return "" if isinstance(self.spec, Organisation) else self.spec.owner


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a document as the register holds it: versions count from 1; `at` is an RFC 3339 time in UTC."""

    document: Document
    version: int
    digest: str
    at: str
    by: str
    why: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit trail of documents: who did what to which document when, and why.

    `seq` counts over the whole register. `hash` is the SHA-256 over `previous` and the line, so that a line that is
    changed or taken out shows.
    """

    seq: int
    kind: Kind
    name: str
    unit: str
    version: int
    action: str
    at: str
    by: str
    why: str
    digest: str
    previous: str
    hash: str


def canonical(document: Document) -> bytes:
    """Return a document as JSON whose bytes depend on what it says alone."""
    return msgspec.json.encode(document, order="deterministic")


def digest_of(document: Document) -> str:
    """Return the SHA-256 of what a document says, in hexadecimal."""
    return hashlib.sha256(canonical(document)).hexdigest()
