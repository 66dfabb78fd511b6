"""Which label of which site means which class: a map that an organisation keeps, because ids say nothing alone."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from bartizan.model import InputError, Place, Scheme
from bartizan.model.decode import decode, nearest
from bartizan.model.label import DEFAULT_CLASSES
from bartizan.model.yamltree import parse_yaml
from bartizan.scan.labels.found import GUID
from bartizan.scan.labels.markings import TLP_ORDER

__all__ = ["Site", "TenantLabel", "Tenants", "parse_tenants"]

_DEEPEST = 10


class TenantLabel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A label of a site: the name that people see, its class, its TLP colour, the label that it is a sublabel of.

    A sublabel without a class or colour has that of its parent.
    """

    name: str
    class_: str = msgspec.field(default="", name="class")
    tlp: str = ""
    parent: str = ""


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An organisation's tenant: its name, and its labels by id."""

    name: str = ""
    labels: dict[str, TenantLabel] = {}


class Tenants(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The map: the organisation's classes, least secret first, and the sites whose labels it knows, by tenant id.

    `markings` are words that stand in headers, footers and properties, with their class. `tlp` gives TLP colours a
    class other than the usual one.
    """

    classes: list[str] = msgspec.field(default_factory=lambda: list(DEFAULT_CLASSES))
    sites: dict[str, Site] = {}
    markings: dict[str, str] = {}
    tlp: dict[str, str] = {}

    @property
    def scheme(self) -> Scheme:
        """The organisation's classes."""
        return Scheme(tuple(self.classes))

    def label(self, site: str, id: str) -> TenantLabel | None:
        """Return a label with its full name (`Confidential/Finance`) and what it has from its parents."""
        chain = list(self.line(site, id))
        if not chain:
            return None
        return TenantLabel(
            name="/".join(label.name for label in reversed(chain)),
            class_=next((label.class_ for label in chain if label.class_), ""),
            tlp=next((label.tlp for label in chain if label.tlp), ""),
            parent=chain[0].parent,
        )

    def line(self, site: str, id: str) -> Iterator[TenantLabel]:
        """Yield a label and its parents, itself first."""
        labels = self.sites[site].labels if site in self.sites else {}
        for _ in range(_DEEPEST):
            if id not in labels:
                return
            yield labels[id]
            id = labels[id].parent

    def by_weight(self, weight: int) -> str:
        """Return the class for a place on the default scale from 0 (public) to 3 (restricted)."""
        scheme = self.scheme
        return next(name for level, name in enumerate(scheme.classes) if scheme.weight(level) >= weight)


def parse_tenants(content: bytes, file: str) -> Tenants:
    """Read a map from YAML. Raises InputError for unknown classes, parents and colours, and ids that are none."""
    tenants = decode(parse_yaml(content, file), Tenants)
    place = Place(file)
    if len(set(tenants.classes)) != len(tenants.classes) or len(tenants.classes) < 2:
        raise InputError("`classes` needs two or more different names, least secret first", place=place)
    for class_ in (*tenants.markings.values(), *tenants.tlp.values()):
        _known(class_, tenants.classes, "class", place)
    for colour in tenants.tlp:
        _known(colour.upper(), TLP_ORDER, "TLP colour", place)
    sites = {}
    for name, site in tenants.sites.items():
        labels = {_id(id, place): _normal(label) for id, label in site.labels.items()}
        for id, label in labels.items():
            _known(label.class_, ["", *tenants.classes], "class", place)
            _known(label.tlp, ["", *TLP_ORDER], "TLP colour", place)
            _known(label.parent, ["", *labels], "label of the site", place)
            _no_circle(id, labels, place)
        sites[_id(name, place)] = Site(name=site.name, labels=labels)
    tlp = {colour.upper(): class_ for colour, class_ in tenants.tlp.items()}
    return msgspec.structs.replace(tenants, sites=sites, tlp=tlp)


def _normal(label: TenantLabel) -> TenantLabel:
    return msgspec.structs.replace(label, tlp=label.tlp.upper(), parent=label.parent.strip("{}").lower())


def _id(text: str, place: Place) -> str:
    id = text.strip().strip("{}").lower()
    if not GUID.match(id):
        raise InputError(f"`{text}` is not an id", place=place, help="sites and labels are named by GUIDs")
    return id


def _no_circle(id: str, labels: dict[str, TenantLabel], place: Place) -> None:
    seen, at = set[str](), id
    while at:
        if at in seen or len(seen) >= _DEEPEST:
            raise InputError(f"the parents of the label `{id}` go round in a circle or too deep", place=place)
        seen.add(at)
        at = labels[at].parent


def _known(name: str, known: list[str] | tuple[str, ...], what: str, place: Place) -> None:
    if name not in known:
        raise InputError(f"`{name}` is not a {what}", place=place, help=nearest(name, filter(None, known)))
