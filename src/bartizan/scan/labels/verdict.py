"""What a file's labels mean: which of them counts, its name and class, and where they contradict each other."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from bartizan.scan.labels.found import Metadata, Stated
from bartizan.scan.labels.markings import TLP_ORDER, Marking, find_markings
from bartizan.scan.labels.tenants import Tenants

__all__ = ["FileLabels", "LabelView", "MarkingView", "assess"]


class LabelView(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """One label of a file. `class_` is None where no map says what it means; `counts`: it is what holds for its site.

    `name` is the map's name with its parents, else what the file says. `known`: the map has it.
    """

    source: str
    id: str
    name: str
    site: str
    site_name: str
    method: str
    set_date: str
    enabled: bool
    removed: bool
    content_bits: int | None
    class_: str | None
    tlp: str
    known: bool
    counts: bool


class MarkingView(msgspec.Struct, frozen=True, kw_only=True, rename={"class_": "class"}):
    """A marking in words, and the class that it stands for."""

    source: str
    scheme: str
    text: str
    class_: str


class FileLabels(msgspec.Struct, kw_only=True, rename={"class_": "class"}):
    """What a file says about its own secrecy. `class_` is the highest that its labels and markings mean, or None.

    `tlp` is the strictest colour, `marking` the strictest marking that is no colour. `problems` are what could not be
    read; `notes` are what a person should know.
    """

    path: str
    format: str
    labels: list[LabelView]
    tlp: str
    marking: str
    markings: list[MarkingView]
    class_: str | None
    protected: bool
    notes: list[str]
    problems: list[str]


def assess(path: str, metadata: Metadata, tenants: Tenants | None) -> FileLabels:
    """Weigh what a file states by an organisation's map; without one, labels have no class."""
    known = tenants or Tenants()
    notes = list(metadata.notes)
    counting = _counting(metadata.labels, known, notes)
    views = [_view(stated, known, stated in counting) for stated in metadata.labels]
    found = [marking for words in metadata.words for marking in find_markings(words, known.markings)]
    markings = [_marking(marking, known) for marking in dict.fromkeys(found)]
    scheme = known.scheme
    said = [(view.class_, f"the label `{view.name or view.id}`") for view in views if view.counts and view.class_]
    said += [(marking.class_, f"`{marking.text}` in {marking.source}") for marking in markings]
    colours = [view.tlp for view in views if view.counts and view.tlp]
    colours += [marking.text.removeprefix("TLP:") for marking in markings if marking.scheme == "TLP"]
    said += [(_colour_class(view.tlp, known), f"TLP:{view.tlp}") for view in views if view.counts and view.tlp]
    levels = [scheme.level(class_) for class_, _ in said]
    notes += _contradictions(said, levels, known)
    notes += _unknown(views, tenants)
    if metadata.format and not views and not markings:
        notes.append("no label and no marking was found")
    plain = sorted(
        (marking for marking in markings if marking.scheme != "TLP"), key=lambda one: -scheme.level(one.class_)
    )
    return FileLabels(
        path=path,
        format=metadata.format,
        labels=views,
        tlp=max(colours, key=TLP_ORDER.index, default=""),
        marking=plain[0].text if plain else "",
        markings=markings,
        class_=scheme.name(max(levels)) if levels else None,
        protected=metadata.protected,
        notes=list(dict.fromkeys(notes)),
        problems=list(dict.fromkeys(metadata.problems)),
    )


def _counting(labels: Iterable[Stated], known: Tenants, notes: list[str]) -> list[Stated]:
    """Return the labels that hold, site by site: LabelInfo before properties, a sublabel before its parent."""
    by_site: dict[str, list[Stated]] = {}
    for stated in labels:
        by_site.setdefault(stated.site, []).append(stated)
    out = []
    for site, here in by_site.items():
        first = [stated for stated in here if stated.first]
        older = [stated for stated in here if not stated.first]
        held = [stated for stated in first or older if stated.enabled and not stated.removed]
        shown = f"the site `{site}`" if site else "no site"
        if any(stated.removed for stated in first):
            notes.append(f"the label of {shown} was removed")
        stale = {stated.id for stated in older if stated.enabled} - {stated.id for stated in held}
        if first and stale:
            notes.append(f"document properties still state another label of {shown}; LabelInfo counts")
        held = _lowest(site, held, known)
        if len({stated.id for stated in held}) > 1:
            notes.append(f"{len({stated.id for stated in held})} labels of {shown} contradict each other")
        out += held
    return out


def _lowest(site: str, held: list[Stated], known: Tenants) -> list[Stated]:
    """Leave out parents of labels that are there too: older clients wrote both."""
    parents = {label.parent for stated in held for label in known.line(site, stated.id)}
    return [stated for stated in held if stated.id not in parents]


def _view(stated: Stated, known: Tenants, counts: bool) -> LabelView:
    label = known.label(stated.site, stated.id)
    site = known.sites.get(stated.site)
    return LabelView(
        source=stated.source,
        id=stated.id,
        name=label.name if label else stated.name,
        site=stated.site,
        site_name=site.name if site else "",
        method=stated.method,
        set_date=stated.set_date,
        enabled=stated.enabled,
        removed=stated.removed,
        content_bits=stated.content_bits,
        class_=(label.class_ or None) if label else None,
        tlp=label.tlp if label else "",
        known=label is not None,
        counts=counts,
    )


def _marking(marking: Marking, known: Tenants) -> MarkingView:
    class_ = marking.class_ or known.by_weight(marking.weight)
    if marking.scheme == "TLP":
        class_ = _colour_class(marking.text.removeprefix("TLP:"), known)
    return MarkingView(source=marking.source, scheme=marking.scheme, text=marking.text, class_=class_)


def _colour_class(colour: str, known: Tenants) -> str:
    weight = (0, 1, 2, 2, 3)[TLP_ORDER.index(colour)]
    return known.tlp.get(colour, known.by_weight(weight))


def _contradictions(said: list[tuple[str, str]], levels: list[int], known: Tenants) -> Iterable[str]:
    if len(set(levels)) > 1:
        order = sorted(zip(levels, said, strict=True), key=lambda pair: -pair[0])
        (high, (_, one)), (low, (_, other)) = order[0], order[-1]
        scheme = known.scheme
        yield f"{one} means {scheme.name(high)} and {other} means {scheme.name(low)}; the higher counts"


def _unknown(views: Iterable[LabelView], tenants: Tenants | None) -> Iterable[str]:
    for view in views:
        if not view.counts or view.class_ or view.tlp:
            continue
        if tenants is None:
            yield "without a map (`--map`) nobody knows which class a label means"
        elif view.site not in tenants.sites:
            yield f"the site `{view.site}` is not in the map: a label of another organisation, its class is not known"
        elif not view.known:
            yield f"the label `{view.id}` is not in the map; its class is not known"
        else:
            yield f"the map gives the label `{view.name}` no class"
