"""`bartizan label`: what files say about their own secrecy."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import IO

import click
import msgspec

from bartizan.cli import parameters
from bartizan.cli.output import emit, json_bytes, say, terminal
from bartizan.model import DataEvidence, InputError
from bartizan.report.terminal import Pen
from bartizan.scan.labels import FileLabels, LabelView, Metadata, Tenants, assess, parse_tenants, read_metadata
from bartizan.store import append_data_evidence, read_bounded

__all__ = ["command"]

_BROKEN, _WRONG, _NOTHING = 1, 2, 3
_BITS = ((1, "header"), (2, "footer"), (4, "watermark"), (8, "encryption"))


class _File:
    """A local file, as readers want it."""

    def __init__(self, path: Path, size: int) -> None:
        self.path, self.name, self.size = path, path.name, size

    def open(self) -> AbstractContextManager[IO[bytes]]:
        return self.path.open("rb")


@click.command("label")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path), help="Files.")
@click.option(
    "--map",
    "map_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Which label of which site means which class, a YAML file.",
)
@click.option(
    "--evidence",
    nargs=2,
    metavar="SYSTEM ASSET",
    type=(click.Path(path_type=Path), str),
    help="Note each class beside a system, as found in this data asset of it.",
)
@parameters.as_of
@parameters.views
def command(
    files: tuple[Path, ...],
    map_file: Path | None,
    evidence: tuple[Path, str] | None,
    as_of: date | None,
    format: str,
) -> int:
    """Read sensitivity labels and markings from the metadata of Office, PDF and mail files.

    Sensitivity labels of Microsoft Purview, TLP, Swiss (INTERN, VERTRAULICH, GEHEIM), NATO and EU markings, and words
    of your own. Contents are not read. What a label's id means, only --map says:

    sites: {TENANT-ID: {labels: {LABEL-ID: {name: Confidential, class: confidential}}}}
    """
    tenants = _tenants(map_file)
    read = [_labels(path, tenants) for path in files]
    found = [one for one, _ in read]
    if evidence is not None:
        _note(found, *evidence, as_of or date.today())
    if format == "json":
        emit(json_bytes({"schema": "bartizan/label/1", "files": msgspec.to_builtins(found)}), None)
    else:
        pen = Pen(*terminal(None))
        emit("\n".join(line for one in found for line in (*_lines(one, pen), "")).encode(), None)
    for one, code in read:
        if code:
            say(f"{one.path}: {'; '.join(one.problems)}")
    codes = {code for _, code in read}
    return _NOTHING if codes == {_NOTHING} else max(codes - {_NOTHING}, default=0)


def _tenants(path: Path | None) -> Tenants | None:
    if path is None:
        return None
    try:
        return parse_tenants(read_bounded(path), str(path))
    except FileNotFoundError:
        raise InputError(f"`{path}` does not exist", help="name the map of sites and labels") from None


def _labels(path: Path, tenants: Tenants | None) -> tuple[FileLabels, int]:
    """Return what a file says, and the exit code that it alone would give."""
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            return _unread(path, "this is no regular file"), _WRONG
        metadata = read_metadata(_File(path, state.st_size))
    except FileNotFoundError:
        return _unread(path, "it does not exist"), _WRONG
    except OSError as error:
        return _unread(path, f"it can't be read: {(error.strerror or 'an error').lower()}"), _BROKEN
    if metadata is None:
        return _unread(path, "this format has no place for labels that Bartizan knows"), _NOTHING
    return assess(str(path), metadata, tenants), 0


def _unread(path: Path, problem: str) -> FileLabels:
    return assess(str(path), Metadata(format="", problems=[problem]), None)


def _note(found: Iterable[FileLabels], system: Path, asset: str, day: date) -> None:
    for one in found:
        if one.class_ is not None:
            with Path(one.path).open("rb") as file:
                digest = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
            known = DataEvidence(asset=asset, class_=one.class_, source=one.path, observed_at=day, digest=digest)
            target = append_data_evidence(system, known)
            say(f"noted in {target}: `{one.path}` in `{asset}` is {one.class_}")


def _lines(one: FileLabels, pen: Pen) -> Iterator[str]:
    said = [one.class_ or "no class", f"TLP:{one.tlp}" if one.tlp else "", one.marking]
    said += ["encrypted"] if one.protected else []
    yield from pen.paragraph(f"{one.path}: {', '.join(filter(None, said))}", 0, "bold")
    for label in one.labels:
        yield from pen.paragraph(_label(label), 2, "" if label.counts else "dim")
    for marking in one.markings:
        yield from pen.paragraph(f"{marking.text} in {marking.source}: {marking.class_} ({marking.scheme})", 2)
    for note in one.notes:
        yield from pen.paragraph(f"note: {note}", 2, "dim")
    for problem in one.problems:
        yield from pen.paragraph(f"problem: {problem}", 2, "bad")


def _label(label: LabelView) -> str:
    state = "" if label.counts else "removed, " if label.removed else "superseded, " if label.enabled else "disabled, "
    marks = [word for bit, word in _BITS if (label.content_bits or 0) & bit]
    details = [
        f"site {label.site_name or label.site}" if label.site else "",
        label.method.lower(),
        f"set {label.set_date}" if label.set_date else "",
        f"marks: {', '.join(marks)}" if marks else "",
        f"from {label.source}",
    ]
    class_ = label.class_ or ("no class" if label.known else "class not known")
    return f"label {label.name or label.id}: {state}{class_} ({'; '.join(filter(None, details))})"
