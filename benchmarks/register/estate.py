"""Fills a register as a large organisation would: thousands of systems after the pattern of a few, with their evidence.

Each system is one of the demo organisation's or of the catalog's patterns with its own name, owner and unit. Templates
are assessed once; the figures of the others are varied, for a list doesn't care where a number comes from.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import sha256

import msgspec

from bartizan.catalog import Catalog
from bartizan.console.demo import load_demo
from bartizan.govern.assess import assess
from bartizan.model import System, parse_text
from bartizan.model.assurance import Assessment, Proof, ProofSource
from bartizan.model.documents import Document, Kind, Organisation, Stored
from bartizan.store.register import Register
from bartizan.store.yamltext import write_yaml

__all__ = ["fill"]

_WORDS = (
    "claims", "pricing", "service", "agent", "search", "letter", "fraud", "health", "motor", "travel", "office", "data",
    "risk", "tax", "voice", "image",
)  # fmt: skip
_OWNERS = [f"Owner {number}" for number in range(180)]
_BATCH = 5_000


def fill(register: Register, catalog: Catalog, today: date, systems: int, proofs: int) -> None:
    """Put the demo organisation into an empty register, and so many systems and pieces of evidence beside it."""
    load_demo(register, today)
    chosen = random.Random(7)  # noqa: S311 - what is made up has to be the same each time
    organisation = register.documents.get(Kind.ORGANISATION, "organisation")
    assert organisation is not None
    assert isinstance(organisation.document.spec, Organisation)
    templates = list(_templates(register, catalog, organisation.document.spec, today))
    units = list(organisation.document.spec.units)
    names = []
    for number in range(systems):
        template, assessed, review = templates[number % len(templates)]
        name = f"{chosen.choice(_WORDS)}-{chosen.choice(_WORDS)}-{number:05}"
        names.append(name)
        spec = msgspec.structs.replace(
            template, id=name, name=name.replace("-", " ").title(), owner=chosen.choice(_OWNERS)
        )
        document = Document(kind=Kind.SYSTEM, name=name, unit=chosen.choice(units), spec=spec)
        register.documents.put(document, expected=0, by="bench", why="bench", at=f"{today}T06:00:00Z")
        register.assessments.keep(_varied(assessed, name, chosen), review)
    controls = list(catalog.controls)
    pieces = list(_proofs(names, controls, today, proofs, chosen))
    for start in range(0, len(pieces), _BATCH):
        register.evidence.add(pieces[start : start + _BATCH], at=f"{today}T07:00:00Z")
    register.assessments.due(today, 1)


def _templates(
    register: Register, catalog: Catalog, organisation: Organisation, today: date
) -> Iterator[tuple[System, Assessment, bytes]]:
    found = [stored.document.spec for stored in register.documents.all(Kind.SYSTEM)]
    found += [parse_text(write_yaml(pattern.system)) for pattern in catalog.patterns.values()]
    for spec in found:
        assert isinstance(spec, System)
        document = Document(kind=Kind.SYSTEM, name=spec.id, spec=spec)
        stored = Stored(document=document, version=1, digest="", at="", by="", why="")
        assessment, review, _ = assess(stored, (), {}, organisation, catalog, today)
        yield spec, assessment, msgspec.json.encode(review)


def _varied(assessed: Assessment, name: str, chosen: random.Random) -> Assessment:
    factor = chosen.lognormvariate(0, 0.8)
    return msgspec.structs.replace(
        assessed,
        system=name,
        version=1,
        inputs=sha256(name.encode()).hexdigest(),
        inherent_p50=round(assessed.inherent_p50 * factor, -2),
        residual_p50=round(assessed.residual_p50 * factor, -2),
        residual_p90=round(assessed.residual_p90 * factor, -2),
        planned_p50=round(assessed.planned_p50 * factor, -2),
    )


def _proofs(
    names: Sequence[str], controls: Sequence[str], today: date, count: int, chosen: random.Random
) -> Iterator[Proof]:
    for number in range(count):
        seen = today - timedelta(days=chosen.randrange(500))
        yield Proof(
            system=names[number % len(names)],
            control=chosen.choice(controls),
            place=chosen.choice(("", "agent", "model", "store", "gateway")),
            source=chosen.choice(list(ProofSource)),
            outcome="fail" if chosen.random() < 0.05 else "pass",
            observed_at=seen,
            good_until=seen + timedelta(days=chosen.randrange(30, 200)),
            by="nightly tests",
            detail=f"Run {number}",
            digest=f"{number:064x}",
        )
