"""The language: what an AI system is, as typed values. Imports nothing of ours and does no I/O."""

from bartizan.model.assemble import Reader, parse_system, parse_text
from bartizan.model.base import Evidence, Placed, Range, to_range
from bartizan.model.component import Base as ComponentBase
from bartizan.model.component import Component, Store, kind_of
from bartizan.model.errors import BartizanError, InputError, InputErrors, NothingToDo, Place
from bartizan.model.event import Count, Event, Usage, stamp
from bartizan.model.finding import Finding, finding
from bartizan.model.label import Integrity, Label, Scheme
from bartizan.model.ruling import Allow, Ask, Deny, Ruling, Transform, combine
from bartizan.model.system import (
    Attempts,
    Data,
    DataEvidence,
    Decision,
    Flow,
    Identity,
    Loss,
    ScanEvidence,
    System,
    Zone,
)
from bartizan.model.words import Level, LossKind, Stage, Status, Verdict

__all__ = [
    "Allow",
    "Ask",
    "Attempts",
    "BartizanError",
    "Component",
    "ComponentBase",
    "Count",
    "Data",
    "DataEvidence",
    "Decision",
    "Deny",
    "Event",
    "Evidence",
    "Finding",
    "Flow",
    "Identity",
    "InputError",
    "InputErrors",
    "Integrity",
    "Label",
    "Level",
    "Loss",
    "LossKind",
    "NothingToDo",
    "Place",
    "Placed",
    "Range",
    "Reader",
    "Ruling",
    "ScanEvidence",
    "Scheme",
    "Stage",
    "Status",
    "Store",
    "System",
    "Transform",
    "Usage",
    "Verdict",
    "Zone",
    "combine",
    "finding",
    "kind_of",
    "parse_system",
    "parse_text",
    "stamp",
    "to_range",
]
