"""From files and bodies to documents: the envelope, or a bare `system.yaml` or sandbox as it lies in a folder."""

from __future__ import annotations

import re

from bartizan.model.assemble import system_of
from bartizan.model.decode import Decoder, decode, nearest
from bartizan.model.documents.document import SPECS, Document, Kind, Spec
from bartizan.model.documents.exception import ExceptionSpec
from bartizan.model.documents.registered import RegisteredSandbox
from bartizan.model.documents.sandbox import SandboxSpec, moment
from bartizan.model.errors import InputError, Place
from bartizan.model.system import System
from bartizan.model.yamltree import Node, parse_yaml

__all__ = ["checked", "parse_document", "parse_documents"]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_YEAR, _LAST_YEAR = 1970, 9000
"""Years between which every calendar that reads these days can count."""
_KEYS = ("kind", "name", "unit", "spec")
_BETWEEN = re.compile(rb"^---[ \t]*(?:#.*)?\r?$", re.MULTILINE)


def parse_documents(content: bytes, file: str) -> list[Document]:
    """Read all documents of a file, which stand between lines `---`. Raises what `parse_document` raises."""
    found, before = [], 0
    for part in _BETWEEN.split(content):
        bare = b"".join(line for line in part.splitlines(keepends=True) if not line.lstrip().startswith(b"#"))
        if bare.strip():
            found.append(parse_document(b"\n" * before + part, file))
        before += part.count(b"\n")
    return found


def parse_document(content: bytes, file: str) -> Document:
    """Read one document from YAML or JSON.

    Raises InputError, or InputErrors with everything that is wrong and where.
    """
    tree = parse_yaml(content, file)
    keys = tree.value if isinstance(tree.value, dict) else {}
    if "kind" not in keys:
        return _bare(tree, keys)
    decoder = Decoder()
    for key, (place, _) in keys.items():
        if key not in _KEYS:
            decoder.fail(f"`{key[:60]}` is not a key of a document", place, nearest(key, _KEYS))
    kind = decoder.value(keys["kind"][1], Kind, "`kind`")
    if "spec" not in keys:
        decoder.fail("the document lacks `spec`", tree.place, "what the kind says stands under it")
    decoder.finish()
    spec_tree = keys["spec"][1]
    spec = _spec(kind, spec_tree)
    name = decode(keys["name"][1], str) if "name" in keys else _id(spec) or kind.value.lower()
    unit = decode(keys["unit"][1], str) if "unit" in keys else ""
    place = keys.get("name", keys["kind"])[0]
    return checked(Document(kind=kind, name=name, unit=unit, spec=spec), place)


def _bare(tree: Node, keys: dict[str, tuple[Place, Node]]) -> Document:
    if "components" in keys or "bartizan" in keys:
        system = system_of(tree)
        return Document(kind=Kind.SYSTEM, name=system.id, spec=system)
    if "purpose" in keys and "models" in keys:
        sandbox = decode(tree, RegisteredSandbox)
        return checked(Document(kind=Kind.SANDBOX, name=sandbox.id, spec=sandbox), tree.place)
    raise InputError(
        "this is no document: it lacks `kind`",
        place=tree.place,
        help=f"one of {', '.join(Kind)}; or a system.yaml, which has `components`",
    )


def _spec(kind: Kind, tree: Node) -> Spec:
    return system_of(tree) if kind is Kind.SYSTEM else decode(tree, SPECS[kind])


def _id(spec: Spec) -> str:
    return spec.id if isinstance(spec, System | SandboxSpec) else ""


def checked(document: Document, place: Place) -> Document:
    """Return a document whose name can be one, and whose dates are in order. Raises InputError at `place`."""
    spec = document.spec
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?", document.name):
        raise InputError(
            f"`{document.name[:60]}` can't be a name",
            place=place,
            help="up to 100 small letters, digits, hyphens and dots; it begins and ends with a letter or digit",
        )
    if (own := _id(spec)) and own != document.name:
        raise InputError(f"the name is `{document.name}`, and the `id` in the spec is `{own}`", place=place)
    if document.kind is Kind.ORGANISATION and document.name != "organisation":
        raise InputError("there is one organisation, and its name is `organisation`", place=place)
    if isinstance(spec, ExceptionSpec):
        _exception(spec, place)
    if isinstance(spec, RegisteredSandbox):
        _sandbox(spec, place)
    return document


def _sandbox(spec: RegisteredSandbox, place: Place) -> None:
    for key, text in (("starts", spec.starts), ("ends", spec.ends)):
        try:
            moment(text)
            fine = bool(_DAY.match(text)) and _FIRST_YEAR <= int(text[:4]) <= _LAST_YEAR
        except (ValueError, OverflowError):
            fine = False
        if not fine:
            raise InputError(
                f"`{key}` is `{text[:40]}`, which is neither a day nor a time",
                place=place,
                help="write 2026-11-28, or 2026-11-28T12:00:00Z",
            )
    if moment(spec.starts) > moment(spec.ends):
        raise InputError("the sandbox ends before it starts", place=place)


def _exception(spec: ExceptionSpec, place: Place) -> None:
    if (spec.statement is None) == (spec.control is None):
        raise InputError("an exception is from a `statement` or from a `control`, and from one of them", place=place)
    if spec.starts > spec.ends:
        raise InputError("the exception ends before it starts", place=place)
