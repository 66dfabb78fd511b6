"""What requests may ask for in their query: typed, so that the specification says what is really taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, TypeAlias, TypeVar, get_origin, get_type_hints

import msgspec
from litestar import Request

from bartizan.console.api.problems import Refused
from bartizan.model.assurance import ProofSource

__all__ = [
    "MOST",
    "NAME",
    "CatalogAsked",
    "Changing",
    "Compared",
    "EvidenceAsked",
    "Listed",
    "Nothing",
    "Reason",
    "Rotating",
    "Testing",
    "TrailAsked",
    "asked",
    "name_of",
]

MOST = 200
"""The largest page."""
NAME = r"^[a-z0-9]([a-z0-9.-]{0,98}[a-z0-9])?$"
_LARGEST = (1 << 53) - 1
_NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
Word: TypeAlias = Annotated[str, msgspec.Meta(max_length=100, pattern=_NO_CONTROLS)]
Text: TypeAlias = Annotated[str, msgspec.Meta(max_length=500, pattern=_NO_CONTROLS)]
Limit: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=MOST, description="How many at most.")]
Counter: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=_LARGEST)]
Version: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=(1 << 31) - 1)]
Order: TypeAlias = Literal[
    "name", "-name", "title", "-title", "owner", "-owner", "changed", "-changed", "ends", "-ends",
    "risk", "-risk", "tier", "-tier", "worst", "-worst",
]  # fmt: skip

T = TypeVar("T", bound=msgspec.Struct)


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request without a query."""


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which documents of a kind."""

    text: Annotated[Word, msgspec.Meta(description="What stands in the name, the title or the owner.")] = ""
    state: Annotated[
        list[Word],
        msgspec.Meta(description="A system's stage, a tool's standing, a policy's or an exception's state."),
    ] = []
    tier: Annotated[list[Word], msgspec.Meta(description="Tiers of systems.")] = []
    above: Annotated[bool | None, msgspec.Meta(description="Systems above their appetite for risk, or not.")] = None
    order: Annotated[Order, msgspec.Meta(description="By what; with `-` before it the other way round.")] = "name"
    limit: Limit = 50
    after: Annotated[Text, msgspec.Meta(description="The `next` of the page before.")] = ""


class Changing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a document is changed."""

    why: Annotated[Text, msgspec.Meta(description="Why, where the header `Bartizan-Why` doesn't say it.")] = ""
    dry_run: Annotated[bool, msgspec.Meta(description="Check everything, and change nothing.")] = False


class Testing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How results of tests are taken."""

    observed_at: Annotated[
        date | None, msgspec.Meta(description="The day of the tests, where the report doesn't say it.")
    ] = None
    dry_run: Annotated[bool, msgspec.Meta(description="Check everything, and keep nothing.")] = False


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Why something is done."""

    why: Annotated[Text, msgspec.Meta(description="Why, where the header `Bartizan-Why` doesn't say it.")] = ""


class Rotating(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a secret is changed."""

    hours: Annotated[
        int,
        msgspec.Meta(ge=0, le=720, description="For how long the secret before stays valid; 0 for one that got out."),
    ] = 24


class Compared(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"of": "from"}):
    """Two versions of a document."""

    of: Annotated[Version, msgspec.Meta(description="The earlier version.")]
    to: Annotated[Version | None, msgspec.Meta(description="The later one; the present one where none is given.")] = (
        None
    )


class EvidenceAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which evidence."""

    system: Word = ""
    source: ProofSource | None = None
    outcome: Literal["pass", "fail"] | None = None
    limit: Limit = 50
    after: Annotated[Counter, msgspec.Meta(description="The `next` of the page before.")] = 0


class TrailAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which part of the audit trail."""

    limit: Limit = 100
    after: Annotated[Counter, msgspec.Meta(description="The `next` of the page before.")] = 0


class CatalogAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which entries of the catalog."""

    text: Annotated[Word, msgspec.Meta(description="What stands in the id or the title.")] = ""


def asked(request: Request[Any, Any, Any], type: type[T]) -> T:
    """Return what the query asks for. Raises Refused for what is unknown, given twice, or no such value."""
    return convert(_grouped(request.query_params.multi_items()), type)


def convert(given: Mapping[str, list[str]], type: type[T]) -> T:
    """Return values of a query as a type. Raises Refused."""
    hints = get_type_hints(type)
    names = {field.encode_name: field.name for field in msgspec.structs.fields(type)}
    values: dict[str, Any] = {}
    for key, items in given.items():
        if key not in names:
            known = f"it takes {', '.join(f'`{name}`' for name in sorted(names))}" if names else "it takes none"
            raise Refused(400, "wrong-query", f"`{key[:60]}` is not a parameter of this address", help=known)
        many = get_origin(hints[names[key]]) is list
        if not many and len(items) > 1:
            raise Refused(400, "wrong-query", f"`{key}` is given more than once")
        values[key] = items if many else items[0]
    try:
        return msgspec.convert(values, type, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(400, "wrong-query", _sentence(str(error))) from None


def name_of(name: str) -> str:
    """Return the name of a document that an address holds. Raises Refused when none can be called so."""
    if not re.fullmatch(NAME[1:-1], name):
        raise Refused(404, "missing", "nothing can have this name")
    return name


def _grouped(items: Iterable[tuple[str, Any]]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for key, value in items:
        out.setdefault(key, []).append(str(value))
    return out


def _sentence(text: str) -> str:
    """Turn msgspec's sentence into one of ours: `Expected `int` <= 200 - at `$.limit``."""
    what, _, where = text.partition(" - at `$")
    field = where.strip("`").lstrip(".").split("[")[0]
    if "required field" in what:
        return f"the query lacks {what.rsplit('field ', 1)[-1]}"
    return f"`{field}` is wrong: {what[:1].lower()}{what[1:]}"
