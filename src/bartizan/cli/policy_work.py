"""The work behind `bartizan policy`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from bartizan.catalog.places import cache_folder
from bartizan.catalog.statements import Statements, load_statements
from bartizan.cli.output import emit, json_bytes, say, terminal
from bartizan.cli.work import catalog
from bartizan.govern.policies import Difference, applies, coverage, diff, draft, translated
from bartizan.model import InputError
from bartizan.model.decode import nearest
from bartizan.model.documents import SPECS, Document, ExceptionSpec, Kind, Organisation, PolicySpec, PolicyState, Spec
from bartizan.model.documents.parse import parse_document, parse_documents
from bartizan.report.plain import without_defaults
from bartizan.report.policy import POLICY_FORMATS, build_policy
from bartizan.report.terminal import Column, Pen
from bartizan.store import read_bounded
from bartizan.store.yamltext import write_yaml

__all__ = [
    "AskedDraft",
    "AskedPaper",
    "draft_one",
    "in_force",
    "list_documents",
    "print_one",
    "show_coverage",
    "show_diff",
]

S = TypeVar("S", bound=Spec)
_FIELDS = {"maps": "references", "enforced": "what holds it"}


class AskedDraft(NamedTuple):
    """The arguments and options of `draft`, as given."""

    document: str
    organisation: Path
    previous: Path | None
    language: str
    owner: str
    output: Path | None


class AskedPaper(NamedTuple):
    """The arguments and options of `publish`, as given; `day` is that of the paper."""

    file: Path
    format: str | None
    language: str
    organisation: Path | None
    exceptions: tuple[Path, ...]
    gateway: Path | None
    scans: bool
    since: Path | None
    day: date
    output: Path | None


def list_documents(organisation: Path | None, format: str) -> int:
    """List the documents. Raises InputError."""
    known = _statements()
    whose = _read(organisation, Organisation)[1] if organisation else None
    rows = [
        {
            "id": one.id,
            "title": one.title["en"],
            "languages": known.languages(one.id),
            "statements": sum(whose is None or applies(entry.when, whose) for entry in known.of(one.id)),
        }
        for one in known.documents.values()
    ]
    if format == "json":
        emit(json_bytes({"schema": "bartizan/policies/1", "documents": rows}), None)
        return 0
    pen = Pen(*terminal(None))
    table = [[str(row["id"]), f"{row['statements']} statements", str(row["title"])] for row in rows]
    lines = pen.table([Column(40, style="bold"), Column(16, right=True), Column()], table, indent=0)
    emit(("\n".join(lines) + "\n").encode(), None)
    return 0


def draft_one(asked: AskedDraft) -> int:
    """Draft a policy. Raises InputError."""
    organisation = _read(asked.organisation, Organisation)[1]
    before, previous = _read(asked.previous, PolicySpec) if asked.previous else (None, None)
    made = draft(asked.document, organisation, _statements(), catalog(), previous, language=asked.language)
    if previous is not None and made is previous:
        say(f"note: nothing has changed since edition {previous.edition}")
    elif asked.owner:
        made = msgspec.structs.replace(made, owner=asked.owner)
    name, unit = (before.name, before.unit) if before else (asked.document, "")
    emit(_yaml(Document(kind=Kind.POLICY, name=name, unit=unit, spec=made)), asked.output)
    if asked.output is not None:
        say(f"wrote {asked.output}: edition {made.edition}, {len(made.statements)} statements")
    return 0


def show_diff(old: Path, new: Path, format: str) -> int:
    """Compare two editions. Raises InputError."""
    before, after = _read(old, PolicySpec)[1], _read(new, PolicySpec)[1]
    found = diff(before, after)
    if format == "json":
        content = {"schema": "bartizan/policy-diff/1", "old": before.edition, "new": after.edition, "changes": found}
        emit(json_bytes(content), None)
        return 0
    pen = Pen(*terminal(None))
    lines = [f"{before.title}: edition {before.edition} to {after.edition}"]
    for one in found:
        lines += ["", *_difference(one, pen)]
    emit(("\n".join(lines if found else [*lines, "", "nothing has changed"]) + "\n").encode(), None)
    return 0


def _difference(one: Difference, pen: Pen) -> Iterable[str]:
    number = " -> ".join(dict.fromkeys(part for part in (one.before, one.after) if part))
    other = [_FIELDS.get(name, name) for name in one.fields if name != "text"]
    more = f" ({', '.join(other)})" if other else ""
    yield f"{pen(f'{number} {one.id}'.strip(), 'bold')}  {one.kind}{more}"
    marks = {"same": "{}", "out": "[-{}-]", "in": "{{+{}+}}"}
    yield from pen.paragraph("".join(marks[op].format(text) for op, text in one.words))


def show_coverage(files: tuple[Path, ...], frameworks: tuple[str, ...], format: str) -> int:
    """Tell what policies cover. Raises InputError."""
    known = catalog()
    for name in frameworks:
        if name not in known.frameworks:
            raise InputError(f"there is no framework `{name[:80]}`", help=nearest(name, known.frameworks))
    read = [_read(path, PolicySpec) for path in files]
    found = coverage({document.name: spec for document, spec in read}, known, frameworks)
    if format == "json":
        emit(json_bytes({"schema": "bartizan/policy-coverage/1", "frameworks": found}), None)
        return 0
    pen = Pen(*terminal(None))
    lines = []
    for one in found:
        lines.append(
            pen.heading(one.framework, f"{len(one.covered)} of {len(one.covered) + len(one.gaps)}, {one.title}")
        )
        rows = [[item, ", ".join(by)] for item, by in one.covered.items()]
        lines += pen.table([Column(18, style="good"), Column()], rows)
        gaps = "; ".join(f"{item} ({known.frameworks[one.framework].items[item].title})" for item in one.gaps)
        lines += pen.paragraph(f"nothing for: {gaps}") if gaps else []
    emit(("\n".join([*lines, ""]).lstrip("\n")).encode(), None)
    return 0


def print_one(asked: AskedPaper) -> int:
    """Print a policy. Raises InputError."""
    kind = POLICY_FORMATS[_format(asked)]
    if kind.binary and asked.output is None:
        raise InputError(f"{kind.name} is not for a terminal", help=f"name a file: -o policy{kind.suffix}")
    policy = _read(asked.file, PolicySpec)[1]
    organisation = _read(asked.organisation, Organisation)[1] if asked.organisation else None
    previous = _read(asked.since, PolicySpec)[1] if asked.since else None
    spoken = _in_language(policy, asked.language, organisation)
    if spoken is not policy and previous is not None:
        previous = _in_language(previous, asked.language, organisation)
    paper = build_policy(
        spoken,
        catalog=catalog(),
        statements=_statements(),
        day=asked.day,
        organisation=organisation.title if organisation else "",
        exceptions=[one for path in asked.exceptions for one in _exceptions(path)],
        active=in_force(asked.gateway, scans=asked.scans),
        previous=previous,
        original=policy if spoken is not policy else None,
    )
    emit(kind.render(paper), asked.output)
    if asked.output is not None:
        state = "" if policy.state is PolicyState.PUBLISHED else f"; it is {policy.state}"
        say(f"wrote {asked.output}: edition {policy.edition}{state}")
    return 0


def _in_language(policy: PolicySpec, language: str, organisation: Organisation | None) -> PolicySpec:
    """Return a policy in the language that is asked for. Raises InputError where it can't be had."""
    if language in ("", policy.language):
        return policy
    if organisation is None:
        raise InputError("a policy in another language needs who it is for", help="--organisation FILE")
    return translated(policy, language, organisation, _statements())


def _format(asked: AskedPaper) -> str:
    if asked.format:
        return asked.format
    suffix = asked.output.suffix.lower() if asked.output else ".md"
    found = next((name for name, kind in POLICY_FORMATS.items() if kind.suffix == suffix), None)
    if found is None:
        raise InputError(f"`{asked.output}` doesn't tell the format", help=f"--format {'|'.join(POLICY_FORMATS)}")
    return found


def in_force(gateway: Path | None, *, scans: bool) -> frozenset[str] | None:
    """Return what is in force, as `bartizan.govern.policies.named` says it, or None where nothing was said of it.

    `gateway` is a gateway's configuration, `scans` says that all scan rules count. Raises InputError for a file of the
    gateway that is wrong.
    """
    if gateway is None and not scans:
        return None
    from bartizan.report.policy_active import active_in_scans, gateway_in_force

    found: frozenset[str] = frozenset()
    if scans:
        from bartizan.catalog.scan_rules import load_scan_rules

        found = active_in_scans(load_scan_rules(cache_folder()))
    if gateway is not None:
        found |= gateway_in_force(gateway)
    return found


def _statements() -> Statements:
    return load_statements(cache_folder())


def _read(path: Path, kind: type[S]) -> tuple[Document, S]:
    document = parse_document(_content(path), str(path))
    if not isinstance(document.spec, kind):
        wanted = next(name for name, spec in SPECS.items() if spec is kind)
        raise InputError(f"`{path}` is of the kind {document.kind}", help=f"name a file of the kind {wanted}")
    return document, document.spec


def _exceptions(path: Path) -> list[ExceptionSpec]:
    found = [one.spec for one in parse_documents(_content(path), str(path))]
    return [one for one in found if isinstance(one, ExceptionSpec)]


def _content(path: Path) -> bytes:
    try:
        return read_bounded(path)
    except FileNotFoundError:
        raise InputError(f"`{path}` is not there") from None


def _yaml(document: Document) -> bytes:
    """Write a policy as people would: without what only repeats a default."""
    spec = document.spec
    assert isinstance(spec, PolicySpec)
    plain: dict[str, Any] = without_defaults(spec)
    if spec.statements:
        plain["statements"] = [without_defaults(one) for one in spec.statements]
    whole = {"kind": document.kind.value, "name": document.name, "unit": document.unit, "spec": plain}
    if not document.unit:
        del whole["unit"]
    return write_yaml(whole).encode()
