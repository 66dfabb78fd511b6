"""Evidence from what other parts say: scans, tests and people. Bytes or values in, proofs out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Literal

import msgspec

from bartizan.analysis.scanned import SCANNING
from bartizan.catalog import Catalog
from bartizan.govern.sites import Sites, place_key, place_words
from bartizan.model import InputError, InputErrors, Place, System
from bartizan.model.assurance import Proof, ProofSource
from bartizan.model.decode import nearest

__all__ = ["SCAN_GOOD_FOR", "attested", "check_proof", "from_scan", "from_tests", "problems"]

SCAN_GOOD_FOR = timedelta(days=30)
"""How long a scan counts: what the verification of artefact scanning in the catalog asks for."""
_LONGEST = 500

_DISPROVED_BY = {
    "ci-hardening": ("pipeline-",),
    "dependency-pinning": (
        "requirements-unpinned",
        "requirements-direct",
        "mcp-config-unpinned",
        "code-unpinned-model",
    ),
    "encrypt-in-transit": ("requirements-plain-http", "mcp-config-plain-http", "code-unverified-connection"),
    "mcp-server-vetting": ("mcp-source-", "mcp-config-known-flaw", "mcp-config-lookalike"),
    "model-signing": ("signature-",),
    "output-validation": ("code-runs-model-output", "code-queries-model-output", "pipeline-runs-model-output"),
    "package-allow-list": ("requirements-other-index",),
    "sandboxed-execution": ("assistant-sandbox-off", "mcp-config-container-reaches-host"),
    "secret-vault": ("assistant-secret", "code-holds-secret", "notebook-shows-secret"),
    "tool-definition-pinning": ("pin-",),
}
"""Controls that are verified by a scan, and the scan rules (or how their ids begin) that show one not working."""
_CARRY_CODE = frozenset(
    {
        "pickle",
        "numpy-objects",
        "joblib-old",
        "torch",
        "torch-pickle",
        "torch-legacy",
        "torch-tar",
        "torchscript",
        "mar",
    }
)
_NO_CODE = frozenset({"safetensors", "gguf", "numpy"})
_SAFE_FORMAT = "safe-model-format"


class _Artefact(msgspec.Struct):
    path: str = ""
    verdict: str = ""
    formats: list[str] = []


class _Finding(msgspec.Struct):
    rule: str


class _Scan(msgspec.Struct):
    schema: str
    verdict: Literal["safe", "unknown", "dangerous"]
    artefacts: list[_Artefact] = []
    findings: list[_Finding] = []
    types: Any = msgspec.UNSET


def from_scan(
    content: bytes, system: System, component: str, *, observed_at: date, by: str = "", earlier: Iterable[Proof] = ()
) -> list[Proof]:
    """Return what a scan of artefacts (`bartizan/scan/1`) proves about a component of a system.

    Its verdict is about artefact scanning, the formats of model files about safe formats. A finding shows that the
    control which should have kept it out doesn't work. That nothing was found proves no further control, since a result
    doesn't say what was looked for; but it ends what an `earlier` scan of this component found. Raises InputError for
    what is no result of a scan of artefacts, and for a component that the system lacks.
    """
    if component not in system.components:
        raise InputError(
            f"`{system.id}` has no component `{component[:60]}`", help=nearest(component, system.components)
        )
    scan = _read_scan(content)
    counts: dict[str, int] = {}
    for found in scan.findings:
        counts[found.rule] = counts.get(found.rule, 0) + 1
    told = {SCANNING: scan.verdict == "safe", **_formats(scan)}
    before = {one.control for one in earlier if one.source is ProofSource.SCAN and place_key(one.place) == component}
    for control, rules in _DISPROVED_BY.items():
        if any(rule.startswith(rules) for rule in counts):
            told[control] = False
        elif control in before and scan.verdict != "unknown":
            told[control] = True
    digest = hashlib.sha256(content).hexdigest()
    return [
        Proof(
            system=system.id,
            control=control,
            place=component,
            source=ProofSource.SCAN,
            outcome="pass" if good else "fail",
            observed_at=observed_at,
            good_until=observed_at + SCAN_GOOD_FOR,
            by=by,
            detail=_detail(control, scan, counts),
            digest=digest,
            verdict=scan.verdict if control == SCANNING else "",
        )
        for control, good in sorted(told.items())
    ]


def _read_scan(content: bytes) -> _Scan:
    try:
        scan = msgspec.json.decode(content, type=_Scan)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InputError(
            "this is no result of a scan", help="make one with `bartizan scan PATH --format json`"
        ) from None
    if scan.schema != "bartizan/scan/1":
        raise InputError(f"`{scan.schema[:60]}` is not the schema of a scan", help="it is `bartizan/scan/1`")
    if scan.types is not msgspec.UNSET:
        raise InputError(
            "this is a scan of data, which says what is in a data asset and proves no control",
            help="note it as data evidence of the system",
        )
    return scan


def _formats(scan: _Scan) -> dict[str, bool]:
    """Tell whether all model files are in formats that can't carry code, where there are any that can be told."""
    seen = {name for one in scan.artefacts for name in one.formats}
    if seen & _CARRY_CODE:
        return {_SAFE_FORMAT: False}
    return {_SAFE_FORMAT: True} if seen & _NO_CODE else {}


def _detail(control: str, scan: _Scan, counts: dict[str, int]) -> str:
    rules = _DISPROVED_BY.get(control)
    shown = [f"{rule} {count}" for rule, count in sorted(counts.items()) if rules is None or rule.startswith(rules)]
    found = f"; found: {', '.join(shown[:8])}{', ...' if len(shown) > 8 else ''}" if shown else ""
    return f"{scan.verdict}, {len(scan.artefacts)} artefacts{found}"[:_LONGEST]


class _Test(msgspec.Struct, forbid_unknown_fields=True):
    control: str
    outcome: str
    observed_at: date
    place: str = ""
    detail: str = ""
    good_until: date | None = None


def from_tests(content: bytes, file: str, system: System, catalog: Catalog, *, by: str = "") -> list[Proof]:
    """Return the evidence in results of tests: one JSON object a line.

    `control`, `outcome` (`pass` or `fail`) and `observed_at` have to be there; `place`, `detail` and `good_until` may.
    Raises InputErrors with the line of each that is wrong; then none of them counts.
    """
    found, errors, sites = [], [], Sites(system)
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        place = Place(file, number)
        try:
            test = msgspec.json.decode(line, type=_Test)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            text = str(error) if isinstance(error, msgspec.ValidationError) else "it isn't JSON"
            errors.append(InputError(f"this is no result of a test: {text}", place=place))
            continue
        proof = Proof(
            system=system.id,
            control=test.control,
            place=test.place,
            source=ProofSource.TEST,
            outcome=test.outcome,
            observed_at=test.observed_at,
            good_until=test.good_until,
            by=by,
            detail=test.detail,
            digest=hashlib.sha256(line.strip()).hexdigest(),
        )
        wrong = problems(proof, system, catalog, sites)
        errors += [InputError(one.message, place=place, help=one.help) for one in wrong]
        found.append(proof)
    _raise(errors)
    return found


def attested(
    system: System,
    control: str,
    place: str,
    catalog: Catalog,
    *,
    by: str,
    on: date,
    good_until: date | None = None,
    detail: str = "",
    works: bool = True,
) -> Proof:
    """Return a person's word that a control works, or that it doesn't. Raises what `check_proof` raises."""
    proof = Proof(
        system=system.id,
        control=control,
        place=place_words(place_key(place)),
        source=ProofSource.ATTESTATION,
        outcome="pass" if works else "fail",
        observed_at=on,
        good_until=good_until,
        by=by,
        detail=detail,
    )
    check_proof(proof, system, catalog)
    return proof


def check_proof(proof: Proof, system: System, catalog: Catalog, today: date | None = None) -> None:
    """Refuse evidence that can't count; with `today` also what would be observed later, which hides what is there.

    Raises InputError, or InputErrors with everything that is wrong.
    """
    errors = problems(proof, system, catalog)
    if today is not None and proof.observed_at > today:
        errors.append(InputError(f"the evidence is of {proof.observed_at}, and that day is still to come"))
    _raise(errors)


def problems(proof: Proof, system: System, catalog: Catalog, sites: Sites | None = None) -> list[InputError]:
    """Return what is wrong with a piece of evidence about a system, whatever the day.

    `sites` are the system's: whoever has many pieces makes them once.
    """
    errors = []
    sites = sites or Sites(system)
    if proof.control not in catalog.controls:
        errors.append(
            InputError(f"`{proof.control[:60]}` is no control of the catalog",
                       help=nearest(proof.control, catalog.controls))
        )  # fmt: skip
    if not sites.at(proof.place):
        message = f"`{proof.place[:60]}` is no component, zone or flow of `{system.id}`"
        errors.append(InputError(message, help=sites.help(proof.place)))
    if proof.outcome not in ("pass", "fail"):
        errors.append(InputError(f"`{proof.outcome[:60]}` is no outcome", help="`pass` or `fail`"))
    if proof.good_until is not None and proof.good_until < proof.observed_at:
        errors.append(InputError("the evidence ends before it was observed"))
    if proof.source is ProofSource.ATTESTATION and not proof.by.strip():
        errors.append(InputError("an attestation needs the person whose word it is", help="name them in `by`"))
    if len(proof.detail) > _LONGEST or "\n" in proof.detail:
        errors.append(InputError(f"`detail` is one line of at most {_LONGEST} characters"))
    if "\x00" in f"{proof.place}{proof.by}{proof.detail}{proof.digest}":
        errors.append(InputError("a text holds the character U+0000, which can't be kept"))
    return errors


def _raise(errors: list[InputError]) -> None:
    if errors:
        raise errors[0] if len(errors) == 1 else InputErrors(errors)
