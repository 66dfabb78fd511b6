"""What a file's metadata state, before anybody says what it means."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from bartizan.model import InputError
from bartizan.model.xmltree import local, parse_xml

__all__ = ["GUID", "Metadata", "Stated", "Words", "labels_in_pairs", "labels_in_xml"]

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_KEY = re.compile(r"MSIP_Label_([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})_([A-Za-z0-9]+)\Z", re.IGNORECASE)
_MOST_LABELS = 200
LABEL_INFO = "LabelInfo"
"""The kind of source that counts before all others, MS-OFFCRYPTO 2.6.3."""


class Stated(msgspec.Struct, frozen=True, kw_only=True):
    """One sensitivity label as a file states it. `id` and `site` are GUIDs in lower case, without braces.

    `source` says where in the file it stands; `first` marks the place that counts before all others. `removed`: the
    file says that the site's label was taken away. `content_bits`: 1 header, 2 footer, 4 watermark, 8 encryption.
    """

    source: str
    id: str
    site: str = ""
    name: str = ""
    method: str = ""
    set_date: str = ""
    enabled: bool = False
    removed: bool = False
    content_bits: int | None = None
    first: bool = False


class Words(msgspec.Struct, frozen=True):
    """A text in which a marking may stand: a property, or the running header or footer of pages (`running`)."""

    source: str
    text: str
    running: bool = False


class Metadata(msgspec.Struct, kw_only=True):
    """Everything that a file states. `problems` say what could not be read; `protected`: its content is encrypted."""

    format: str
    labels: list[Stated] = []
    words: list[Words] = []
    notes: list[str] = []
    problems: list[str] = []
    protected: bool = False


def labels_in_pairs(pairs: Iterable[tuple[str, str]], source: str, out: Metadata) -> None:
    """Add labels that stand as `MSIP_Label_GUID_Enabled` and the like, one property each.

    Names and values are those of the Microsoft Information Protection SDK; values are read leniently, because Office,
    mail servers and older clients write them differently.
    """
    found: dict[str, dict[str, str]] = {}
    for name, value in pairs:
        match = _KEY.match(name)
        if match:
            found.setdefault(match[1].lower(), {}).setdefault(match[2].lower(), value.strip())
        elif name.lower().startswith("msip_label_"):
            out.problems.append(f"a property in {source} has the prefix of a label and no label's id")
    for id, values in list(found.items())[:_MOST_LABELS]:
        bits = values.get("contentbits", "")
        out.labels.append(
            Stated(
                source=source,
                id=id,
                site=_guid(values.get("siteid", "")),
                name=values.get("name", ""),
                method=values.get("method", ""),
                set_date=values.get("setdate", ""),
                enabled=values.get("enabled", "").lower() == "true",
                content_bits=int(bits) if bits.isascii() and bits.isdigit() and len(bits) < 6 else None,
            )
        )
    if len(found) > _MOST_LABELS:
        out.problems.append(f"{source} states {len(found)} labels; the first {_MOST_LABELS} were read")


def labels_in_xml(content: bytes, source: str, out: Metadata) -> None:
    """Add labels of a `labelList` (MS-OFFCRYPTO 2.6.4), which count before all others of their site."""
    try:
        root = parse_xml(content, source)
    except InputError as error:
        out.problems.append(f"{source} can't be read: {error.message}")
        return
    if local(root.tag) != "labelList":
        out.problems.append(f"{source} holds no list of labels")
        return
    sites = set[str]()
    for element in [child for child in root if local(child.tag) == "label"][:_MOST_LABELS]:
        values = element.attrib
        site = _guid(values.get("siteId", ""))
        if site in sites:
            out.problems.append(f"{source} states two labels of the site `{site}`")
        sites.add(site)
        bits = values.get("contentBits", "")
        out.labels.append(
            Stated(
                source=source,
                id=_guid(values.get("id", "")),
                site=site,
                method=values.get("method", ""),
                enabled=_true(values.get("enabled", "")),
                removed=_true(values.get("removed", "")),
                content_bits=int(bits) if bits.isascii() and bits.isdigit() and len(bits) < 6 else None,
                first=True,
            )
        )


def _true(text: str) -> bool:
    return text.strip().lower() in ("1", "true")


def _guid(text: str) -> str:
    """Return a GUID in lower case without braces; another text, which some policies use as an id, as it is."""
    return text.strip().strip("{}").lower()
