"""The file that keeps what was approved of one MCP server: YAML, every definition whole, made to be read and compared.

The texts that were reviewed stand in it beside their digests, and are held to them when it is read: whoever changes a
word of a definition in the file has to approve it again.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from bartizan.guard.mcp.pins.definition import Definition, Kind, Listing, Unpinnable, define, digest_of
from bartizan.guard.mcp.pins.render import render_yaml
from bartizan.model import InputError, Place
from bartizan.model.decode import decode
from bartizan.model.yamltree import parse_yaml

__all__ = ["MASK", "SCHEMA", "Approval", "Pin", "Pins", "Reached", "parse_pins", "pins_of", "render_pins", "repinned"]

SCHEMA: Literal["bartizan/mcp-pins/1"] = "bartizan/mcp-pins/1"
MASK = "***"
"""What stands in the place of a secret."""

Digest: TypeAlias = Annotated[
    str, msgspec.Meta(pattern=r"^[0-9a-f]{64}(?![\s\S])", description="a digest is 64 hexadecimal digits")
]
Status: TypeAlias = Literal["approved", "first-use", "refused"]


class Reached(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the server was reached: the words of its command, or its address. Secrets in them are masked."""

    command: list[str] = []
    url: str = ""

    @property
    def shown(self) -> str:
        """The address, or the command as a shell would take it."""
        return self.url or shlex.join(self.command)


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """Who approved, and when, as `2026-11-28T12:00:00Z`. `first-use` is nobody: what was there first counts as good."""

    by: str
    at: str
    status: Status = "approved"


class Pin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One definition as it was approved, with all that the server said. What is `refused` stays closed."""

    status: Status
    by: str
    at: str
    digest: Digest
    definition: dict[str, Any]


class Pins(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that was approved of one server. `name` and `version` are what it calls itself."""

    schema: Literal["bartizan/mcp-pins/1"] = SCHEMA
    server: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    reached: Reached = Reached()
    name: str = ""
    version: str = ""
    revision: str = ""
    status: Status
    by: str
    at: str
    digest: Digest
    instructions: str = ""
    tools: list[Pin] = []
    prompts: list[Pin] = []
    templates: list[Pin] = []

    def of(self, kind: Kind) -> list[Pin]:
        """Return the pins of a kind."""
        return {Kind.TOOL: self.tools, Kind.PROMPT: self.prompts, Kind.TEMPLATE: self.templates}[kind]

    def definitions(self, *, refused: bool = True) -> list[Definition]:
        """Return what is pinned, with what was refused or without."""
        return [
            Definition(kind=kind, name=str(pin.definition[kind.key]), body=pin.definition, digest=pin.digest)
            for kind in Kind
            for pin in self.of(kind)
            if refused or pin.status != "refused"
        ]

    def refused(self) -> set[tuple[Kind, str]]:
        """Return what was reviewed and stays closed."""
        return {
            (kind, str(pin.definition[kind.key])) for kind in Kind for pin in self.of(kind) if pin.status == "refused"
        }

    def listing(self) -> Listing:
        """Return what is pinned as if the server had listed it."""
        return Listing(revision=self.revision, name=self.name, version=self.version, instructions=self.instructions,
                       definitions=tuple(self.definitions()))  # fmt: skip


def pins_of(
    server: str,
    reached: Reached,
    listed: Listing,
    approval: Approval,
    *,
    before: Pins | None = None,
    refused: Collection[tuple[Kind, str]] = (),
) -> Pins:
    """Return pins of all that a server lists. `refused` are kept, so that they are known, and stay closed.

    What is as it was `before` keeps who approved it. What was refused stays so, also when it changes.
    """
    known = {} if before is None else _by_name(before)
    made: dict[tuple[Kind, str], Pin] = {}
    for one in listed.definitions:
        old = known.get(_key(one))
        closed = _key(one) in refused or (old is not None and old.status == "refused")
        if (
            old is None
            or old.digest != one.digest
            or (old.status == "refused") is not closed
            or old.status == "first-use"
        ):
            old = _pin(one, approval, "refused" if closed else approval.status)
        made.setdefault(_key(one), old)
    return _sealed(
        Pins(
            server=server,
            reached=reached,
            name=listed.name,
            version=listed.version,
            revision=listed.revision,
            status=approval.status,
            by=approval.by,
            at=approval.at,
            digest=_NO_DIGEST,
            instructions=listed.instructions,
        ),
        made,
    )


def repinned(
    before: Pins,
    listed: Listing,
    approval: Approval,
    only: Collection[tuple[Kind, str]],
    *,
    refused: Collection[tuple[Kind, str]] = (),
) -> Pins:
    """Return pins with some definitions approved or refused as a server lists them now, or let go when they are gone.

    Everything else stays as it was pinned, the server itself, too.
    """
    made = {key: pin for key, pin in _by_name(before).items() if key not in only and key not in refused}
    for one in listed.definitions:
        key = _key(one)
        if key in refused or key in only:
            made.setdefault(key, _pin(one, approval, "refused" if key in refused else approval.status))
    return _sealed(before, made)


_NO_DIGEST = "0" * 64


def _key(one: Definition) -> tuple[Kind, str]:
    return one.kind, one.name


def _by_name(pins: Pins) -> dict[tuple[Kind, str], Pin]:
    return {(kind, str(pin.definition[kind.key])): pin for kind in Kind for pin in pins.of(kind)}


def _sealed(pins: Pins, made: Mapping[tuple[Kind, str], Pin]) -> Pins:
    """Return pins with these definitions in the order of their names, and the digest of all."""
    kinds: dict[Kind, list[Pin]] = {kind: [] for kind in Kind}
    for (kind, _), pin in sorted(made.items(), key=lambda item: item[0]):
        kinds[kind].append(pin)
    whole = msgspec.structs.replace(
        pins, tools=kinds[Kind.TOOL], prompts=kinds[Kind.PROMPT], templates=kinds[Kind.TEMPLATE]
    )
    return msgspec.structs.replace(whole, digest=whole.listing().digest)


def _pin(one: Definition, approval: Approval, status: Status) -> Pin:
    # People read from above; the digest doesn't depend on the order.
    first = {key: one.body[key] for key in _FIRST if key in one.body}
    return Pin(status=status, by=approval.by, at=approval.at, digest=one.digest, definition={**first, **one.body})


_FIRST = ("name", "uriTemplate", "title", "description", "annotations")


def render_pins(pins: Pins) -> bytes:
    """Return the file's content."""
    plain: Mapping[str, Any] = msgspec.to_builtins(pins)
    head = (
        f"# What was approved of the MCP server `{_line(pins.server)}`, by `bartizan mcp pin`. To be read in reviews.\n"
        "# A definition that is changed here no longer has its digest: approve it with `bartizan mcp approve`.\n"
    )
    return (
        head.encode() + render_yaml({key: value for key, value in plain.items() if value not in ("", [], {})}).encode()
    )


def _line(text: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in text)


def parse_pins(content: bytes, file: str) -> Pins:
    """Read pins. Raises InputError for anything else, and for a definition that is not what its digest says."""
    pins = decode(parse_yaml(content, file), Pins)
    for kind in Kind:
        told: set[str] = set()
        for pin in pins.of(kind):
            name = _held(pin, kind, file)
            if name in told:
                raise InputError(f"{kind.words} `{_line(name)}` is pinned twice", place=Place(file))
            told.add(name)
    if pins.listing().digest != pins.digest:
        raise InputError(
            f"the pins of server `{_line(pins.server)}` are not those that its digest stands for",
            place=Place(file),
            help="approve them again: `bartizan mcp approve`",
        )
    return pins


def _held(pin: Pin, kind: Kind, file: str) -> str:
    """Return the name of a pinned definition that is what its digest says. Raises InputError."""
    try:
        one = define(kind, pin.definition)
    except Unpinnable as error:
        raise InputError(f"a pinned {kind.words} can't be read: {error}", place=Place(file)) from None
    if one.digest != pin.digest or digest_of(pin.definition) != pin.digest:
        raise InputError(
            f"{kind.words} `{_line(one.name)}` is not what its digest stands for: it was changed by hand",
            place=Place(file),
            help="approve it again: `bartizan mcp approve`",
        )
    return one.name
