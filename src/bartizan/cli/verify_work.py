"""The work behind `bartizan verify`: a signature and whom one trusts to a scan of what was signed."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from datetime import time as clock
from pathlib import Path

import msgspec

from bartizan.catalog.places import cache_folder
from bartizan.catalog.scan_rules import ScanRule, load_scan_rules
from bartizan.cli.scan_artefacts_work import exit_code, write_scan
from bartizan.cli.scan_asked import format_of
from bartizan.cli.scan_progress import Meter
from bartizan.model import Finding, InputError, Level, NothingToDo, Place
from bartizan.report.amounts import count
from bartizan.scan.artefacts.found import finding_of
from bartizan.scan.artefacts.result import Artefact, ArtefactScan, Passed, Verdict
from bartizan.scan.signing import Refused, Signer, Statement, Trust, check, inventory, signed_statement
from bartizan.scan.signing.bundle import LARGEST
from bartizan.scan.signing.keys import read_file

__all__ = ["AskedVerify", "verify"]

_SUFFIXES = ("*.sig", "*.sigstore.json", "*.sigstore")
_UNSIGNED = "signature-file-unsigned"
_SHOWN = 10


class AskedVerify(msgspec.Struct, kw_only=True):
    """The arguments and options, as given."""

    path: str
    signature: Path | None
    key: Path | None
    certificates: tuple[Path, ...]
    identity: str | None
    issuer: str | None
    root: Path | None
    signed_at: date | None
    allow_unsigned: bool
    format: str | None
    output: Path | None
    fail_on: str


def verify(asked: AskedVerify) -> int:
    """Verify, report, and return the exit code. Raises InputError, NothingToDo or BartizanError."""
    start = time.monotonic()
    format = format_of(asked.format, asked.output)
    trust = _trust(asked)
    root = Path(asked.path)
    if not root.exists():
        raise InputError(f"`{asked.path}` is not there", help="check the path")
    signature = asked.signature or _signature(root)
    data = read_file(signature, LARGEST)
    rules = load_scan_rules(cache_folder())
    own = Artefact(
        path=signature.as_posix(),
        formats=["model signature"],
        verdict=Verdict.SAFE,
        size=len(data),
        bytes_read=len(data),
    )
    scan = ArtefactScan(artefacts=[own], passed=[])
    try:
        signer, statement = signed_statement(data, str(signature), trust)
        own.facts = _facts(signer, statement)
        _files(scan, root, signature, statement, rules, allow_unsigned=asked.allow_unsigned)
        scan.meaning = [_signed(signer), *_outcome(scan), _CAUTION]
    except Refused as refused:
        _blame(own, rules[refused.rule], refused.why)
        scan.meaning = [f"The signature is not accepted: {refused.why}.", "The files were not compared."]
        scan.passed = [Passed(root.as_posix(), "was not compared, as the signature is not accepted")]
    scan.seconds = time.monotonic() - start
    write_scan(scan, format, asked.output, [asked.path])
    return 0 if format == "sarif" else exit_code(_counted(scan, allow_unsigned=asked.allow_unsigned), asked.fail_on)


_CAUTION = "A signature says who vouches for files, not that they are harmless: `bartizan scan model` looks into them."


def _trust(asked: AskedVerify) -> Trust:
    """Make out one way of trusting from the options."""
    keyless = asked.issuer is not None or asked.root is not None
    if sum((asked.key is not None, bool(asked.certificates), keyless)) != 1:
        raise InputError(
            "it is not clear whom you trust",
            help="give either --key, or --certificate-chain, or --identity with --issuer and --trust-root",
        )
    if asked.identity is not None and asked.key is not None:
        raise InputError("a key has no identity", help="leave --identity out, or give --certificate-chain")
    if keyless and None in (asked.identity, asked.issuer, asked.root):
        raise InputError("a keyless signature needs --identity, --issuer and --trust-root")
    if asked.signed_at is not None and not asked.certificates:
        raise InputError("`--signed-at` goes with `--certificate-chain`")
    at = datetime.combine(asked.signed_at, clock.max, UTC) if asked.signed_at else datetime.now(UTC)
    return Trust(
        key=asked.key,
        certificates=asked.certificates,
        identity=asked.identity,
        issuer=asked.issuer,
        root=asked.root,
        at=at,
    )


def _signature(root: Path) -> Path:
    """Find the signature of a folder or file where none was named. Raises InputError unless there is exactly one."""
    if root.is_dir():
        if (root / "model.sig").is_file():
            return root / "model.sig"
        found = _matching(root, "") or _matching(root.resolve().parent, root.resolve().name)
    else:
        found = _matching(root.parent, root.name) or _matching(root.parent, "")
    if len(found) == 1:
        return found[0]
    what = f"there are {len(found)} signatures" if found else "there is no signature"
    raise InputError(f"{what} in or beside `{root}`", help="name it with --signature")


def _matching(folder: Path, start: str) -> list[Path]:
    return sorted({one for each in _SUFFIXES for one in folder.glob(each) if one.name.startswith(start)})


def _files(
    scan: ArtefactScan,
    root: Path,
    signature: Path,
    statement: Statement,
    rules: dict[str, ScanRule],
    *,
    allow_unsigned: bool,
) -> None:
    found = inventory(root, statement, signature)
    with Meter(found.total) as meter:
        checked = check(found, statement.algorithm, statement.shard, meter)
    if not checked:
        raise NothingToDo(f"`{root}` holds no files, and none were signed")
    for one in checked:
        artefact = Artefact(
            path=_shown((root / one.path).as_posix() if one.path else root.as_posix()),
            formats=[_KINDS[one.rule]],
            verdict=Verdict.SAFE,
            size=one.size,
            bytes_read=one.read,
            sha256=one.sha256,
        )
        if one.rule:
            _blame(artefact, rules[one.rule], one.what)
            if allow_unsigned and one.rule == _UNSIGNED:
                artefact.verdict = Verdict.SAFE
                artefact.findings = [msgspec.structs.replace(each, severity=Level.LOW) for each in artefact.findings]
        scan.artefacts.append(artefact)
    if found.left_out:
        scan.artefacts[0].facts["left-out"] = [_shown(path) for path in sorted(found.left_out)[:1000]]


_KINDS = {
    "": "as signed",
    "signature-file-changed": "changed file",
    "signature-file-missing": "missing file",
    _UNSIGNED: "unsigned file",
    "signature-not-verifiable": "unread file",
}


def _blame(artefact: Artefact, rule: ScanRule, why: str) -> None:
    found: Finding = finding_of(rule, Place(artefact.path), why)
    artefact.verdict = Verdict(rule.verdict)
    artefact.findings = [found]


def _shown(path: str) -> str:
    """Return a path that can be written: names that are no UTF-8 hold lone surrogates."""
    return path.encode("utf-8", "backslashreplace").decode()


def _facts(signer: Signer, statement: Statement) -> dict[str, list[str]]:
    facts: dict[str, list[str]] = {
        "signed-with": [signer.means],
        "signed-by": signer.who,
        "issuer": [signer.issuer],
        "key-sha256": [signer.fingerprint],
        "signed-at": [f"{signer.when:%Y-%m-%dT%H:%M:%SZ}"] if signer.when else [],
        "signed-name": [statement.name],
        "signed-files": [str(len(statement.files))],
    }
    return {name: values for name, values in facts.items() if any(values)}


def _signed(signer: Signer) -> str:
    """Say who signed, and when."""
    if signer.means == "key":
        return f"Signed with the key {signer.fingerprint}; nobody vouches for when."
    who = ", ".join(signer.who)
    if signer.means == "certificate":
        return f"Signed by {who}, whose certificate is of {signer.issuer}; nobody vouches for when."
    when = f", on {signer.when:%Y-%m-%d at %H:%M} UTC" if signer.when else ""
    return f"Signed by {who}, whom {signer.issuer} vouched for{when}."


def _outcome(scan: ArtefactScan) -> list[str]:
    """Say how many files are as they were signed, and what the signer left out."""
    kinds = [one.formats[0] for one in scan.artefacts[1:]]
    same = kinds.count(_KINDS[""])
    rest = [
        f"{kinds.count(kind)} {kind.split()[0]}" for kind in _KINDS.values() if kind != _KINDS[""] and kind in kinds
    ]
    lines = [f"{count(same, 'file')} as signed" + (f", {', '.join(rest)}" if rest else ", and no others") + "."]
    if left := scan.artefacts[0].facts.get("left-out"):
        more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
        lines.append(f"Left out by the signer: {', '.join(left[:_SHOWN])}{more}.")
    return lines


def _counted(scan: ArtefactScan, *, allow_unsigned: bool) -> ArtefactScan:
    """Leave out what is told and is no reason to fail."""
    if not allow_unsigned:
        return scan
    kept = [one for one in scan.artefacts if all(found.rule != _UNSIGNED for found in one.findings)]
    return ArtefactScan(artefacts=kept, passed=scan.passed)
