"""Which documents a file or a folder holds: documents, and systems and sandboxes as they lie in folders."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bartizan.model import BartizanError, InputError, Place
from bartizan.model.documents import Document, Kind, parse_document, parse_documents
from bartizan.model.documents.parse import checked
from bartizan.model.yamltree import MAX_BYTES, parse_yaml
from bartizan.store import Source, read_bounded
from bartizan.store.systems import BESIDE

__all__ = ["Found", "Given", "collect"]

_ENDINGS = (".yaml", ".yml", ".json")
_KIND = re.compile(rb"""^(?:kind|"kind"|'kind')[ \t]*:""", re.MULTILINE)
_BESIDE = re.compile(rf"\.(?:{'|'.join(BESIDE)})\.ya?ml\Z")
_ORDER = (Kind.ORGANISATION, Kind.VENDOR, Kind.TOOL, Kind.SYSTEM, Kind.POLICY, Kind.EXCEPTION, Kind.SANDBOX)


class Given(NamedTuple):
    """A document, the file it stands in, and whether it stands there without its envelope, and so without a unit."""

    document: Document
    file: str
    bare: bool


class Found(NamedTuple):
    """Documents in the order in which they are applied, what is wrong with files, and files that are no documents."""

    documents: list[Given]
    errors: list[BartizanError]
    left_out: list[str]


class _NoDocument(InputError):
    """A file that isn't meant to be a document."""


def collect(paths: tuple[str, ...]) -> Found:
    """Read files and folders; `-` is standard input. What is wrong with one keeps no other from being read."""
    given: list[Given] = []
    errors: list[BartizanError] = []
    parts: dict[str, str] = {}
    used: set[str] = set()
    for path, root in _files(paths, errors):
        try:
            given += _documents(path, root, used)
        except _NoDocument as error:
            if root is None:
                errors.append(error)
            else:
                parts[os.path.realpath(path)] = str(path)
        except FileNotFoundError:
            errors.append(InputError(f"`{path}` does not exist"))
        except BartizanError as error:
            errors.append(error)
    given.sort(key=lambda one: _ORDER.index(one.document.kind))
    kept = _once(given, errors)
    return Found(kept, errors, sorted(shown for real, shown in parts.items() if real not in used))


def _files(paths: tuple[str, ...], errors: list[BartizanError]) -> Iterator[tuple[Path, Path | None]]:
    """Return each file, and the folder that was named for it, if one was."""
    for name in paths:
        path = Path(name)
        if name == "-" or not path.is_dir():
            yield path, None
            continue
        before = 0
        for base, folders, names in os.walk(path):
            folders[:] = sorted(one for one in folders if not one.startswith("."))
            for one in sorted(names):
                if one.endswith(_ENDINGS) and not one.startswith(".") and not _BESIDE.search(one):
                    before += 1
                    yield Path(base, one), path
        if not before:
            errors.append(InputError(f"there are no documents below `{path}`", help="they end with .yaml or .json"))


def _documents(path: Path, root: Path | None, used: set[str]) -> list[Given]:
    shown = "standard input" if str(path) == "-" else str(path)
    content = sys.stdin.buffer.read(MAX_BYTES + 1) if str(path) == "-" else read_bounded(path)
    if path.suffix == ".json" or content.lstrip()[:1] == b"{":
        return [Given(_of_json(content, shown, root), shown, bare=False)]
    if _KIND.search(content):
        return [Given(one, shown, bare=False) for one in parse_documents(content, shown)]
    keys = parse_yaml(content, shown).value
    words = set(keys) if isinstance(keys, dict) else set()
    if {"purpose", "models"} <= words:
        return [Given(parse_document(content, shown), shown, bare=True)]
    if "id" not in words or str(path) == "-":
        raise _NoDocument(f"`{shown}` is no document", help="it has neither `kind` nor, as a system, `id`")
    source = Source.find(path, root)
    system = source.system()
    used.update(os.path.realpath(source.folder.root / name) for name in source.folder.names)
    made = Document(kind=Kind.SYSTEM, name=system.id, spec=system)
    return [Given(checked(made, Place(shown)), shown, bare=True)]


def _of_json(content: bytes, shown: str, root: Path | None) -> Document:
    from bartizan.model.jsontext import yaml_ready

    text = yaml_ready(content, shown)
    keys = parse_yaml(text, shown).value
    if root is not None and not (isinstance(keys, dict) and "kind" in keys):
        raise _NoDocument(f"`{shown}` is no document", help="it lacks `kind`")
    return parse_document(text, shown)


def _once(given: list[Given], errors: list[BartizanError]) -> list[Given]:
    """Return documents that stand in one place; a second one of the same name is a mistake."""
    first: dict[tuple[Kind, str], Given] = {}
    for one in given:
        key = one.document.kind, one.document.name
        if key in first:
            where = f"the other one is in {first[key].file}"
            title = f"{key[0].value.lower()}/{key[1]}"
            errors.append(InputError(f"`{title}` stands in two places", place=Place(one.file), help=where))
        first.setdefault(key, one)
    return list(first.values())
