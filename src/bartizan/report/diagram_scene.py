"""What a data-flow diagram shows of a system: cards, boundaries and arrows, with their texts cut to fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise

import msgspec

from bartizan.analysis.result import PathView, Review
from bartizan.model import ComponentBase, Level, Status, System, Zone, kind_of
from bartizan.report.diagram_layout import Area, Link, Shape, Sketch
from bartizan.report.drawing import clip, measure, wrap

__all__ = ["Arrow", "Border", "Card", "Scene", "scene"]

NAME, SMALL, TINY = 12.5, 10.5, 10.0
ICON_ROOM, PAD = 34.0, 12.0
_NARROW, _WIDE = 122.0, 184.0
_LINE = 12.0
_MOST_CARDS, _MOST_KEPT, _MOST_LABELLED, _MOST_LABELS = 60, 30, 45, 70


class Card(msgspec.Struct, frozen=True):
    """A component, or (`members` more than one) several of a kind. `threats` counts the open ones that sit here."""

    id: str
    kind: str
    lines: list[str]
    note: str
    tip: str
    zone: str
    width: float
    height: float
    severity: Level | None
    threats: int
    members: int = 1


class Border(msgspec.Struct, frozen=True):
    """A trust boundary."""

    id: str
    kind: str
    name: str
    parent: str


class Arrow(msgspec.Struct, frozen=True):
    """The flows from one card to another, with the data they carry as `lines`.

    `hidden`: only attacks go this way. `both`: some flows go back.
    """

    tail: str
    head: str
    lines: list[str]
    tip: str
    hidden: bool = False
    both: bool = False


class Scene(msgspec.Struct, frozen=True):
    """Everything to draw. `card_of` names the card that stands for a component."""

    cards: list[Card]
    borders: list[Border]
    arrows: list[Arrow]
    card_of: dict[str, str]
    grouped: bool

    def walk(self, path: PathView) -> list[str]:
        """The cards that an attack passes, in order, each once in a row."""
        out: list[str] = []
        for component in path.via:
            card = self.card_of.get(component)
            if card is not None and out[-1:] != [card]:
                out.append(card)
        return out

    def sketch(self) -> Sketch:
        """The scene as boxes and links without any text."""
        links = []
        for arrow in self.arrows:
            width = max((measure(line, TINY) for line in arrow.lines), default=0.0)
            room = (width + 8, len(arrow.lines) * _LINE + 4) if arrow.lines else (0.0, 0.0)
            links.append(Link(arrow.tail, arrow.head, *room, loose=arrow.hidden))
        return Sketch(
            shapes=tuple(Shape(card.id, card.width, card.height, card.zone) for card in self.cards),
            areas=tuple(
                Area(border.id, border.parent, measure(border.name, SMALL, bold=True) + 8) for border in self.borders
            ),
            links=tuple(links),
        )


def scene(review: Review, system: System, paths: Iterable[PathView], say: Callable[[str], str] = str) -> Scene:
    """Choose what to draw. Above 60 components, those off the attack paths are drawn as groups.

    `say` takes our words, in English, to the reader's language: their lengths decide how wide the boxes are.
    """
    chosen = list(paths)
    card_of, grouped = _cards_of(system, chosen)
    cards = _cards(review, system, card_of, say)
    arrows = _arrows(system, card_of, grouped)
    if grouped or len(cards) > _MOST_LABELLED or len(arrows) > _MOST_LABELS:
        arrows = [msgspec.structs.replace(arrow, lines=[]) for arrow in arrows]
    drawn = Scene(cards, _borders(system, cards), arrows, card_of, grouped)
    return msgspec.structs.replace(drawn, arrows=arrows + _missing(drawn, chosen))


def _cards_of(system: System, paths: list[PathView]) -> tuple[dict[str, str], bool]:
    everything = {id: id for id in system.components}
    if len(everything) <= _MOST_CARDS:
        return everything, False
    kept = list(dict.fromkeys(via for path in paths for via in path.via if via in everything))[:_MOST_KEPT]
    for name in _group_names(system):
        card_of = {id: id if id in kept else name(id, component) for id, component in system.components.items()}
        sizes = Counter(card_of.values())
        if len(sizes) <= _MOST_CARDS:
            return {id: card if sizes[card] > 1 else id for id, card in card_of.items()}, True
    raise AssertionError("there are fewer kinds of zone than cards")


def _group_names(system: System) -> list[Callable[[str, ComponentBase], str]]:
    """Ways to group, the finest first. A group's name is `zone/kind`."""

    def root(zone: str | None) -> str:
        while zone and (above := system.zones[zone].parent):
            zone = above
        return zone or ""

    return [
        lambda _, component: f"{component.zone or ''}/{kind_of(component)}",
        lambda _, component: f"{component.zone or ''}/",
        lambda _, component: f"{root(component.zone)}/",
        lambda _, component: f"all/{system.zones[component.zone].kind if component.zone else 'no'} zone",
    ]


def _cards(review: Review, system: System, card_of: dict[str, str], say: Callable[[str], str]) -> list[Card]:
    members: dict[str, list[str]] = {}
    for id, card in card_of.items():
        members.setdefault(card, []).append(id)
    seats: dict[str, list[Level]] = {}
    for threat in (*review.threats, *review.appendix):
        if threat.status is Status.OPEN and threat.at in card_of:
            seats.setdefault(card_of[threat.at], []).append(threat.severity)
    return [_card(card, ids, seats.get(card, []), review, system, say) for card, ids in members.items()]


def _card(
    card: str, ids: list[str], severities: list[Level], review: Review, system: System, say: Callable[[str], str]
) -> Card:
    component = system.components[ids[0]]
    kinds = {kind_of(system.components[id]) for id in ids}
    kind = kind_of(component) if len(kinds) == 1 else "group"
    zone = component.zone or ""
    if card == ids[0]:
        name, note = component.name or card, say(kind)
        label = review.labels.get(card)
        if label is not None:
            note = f"{say(kind)} · {say(label.confidentiality)}"
    else:
        place, _, what = card.rpartition("/")
        name = say(f"{len(ids)} components")
        note = what if place == "all" else say(kind if kind != "group" else "several kinds")
        zone = place if place in system.zones else ""
    room = _WIDE - ICON_ROOM - PAD
    lines = wrap(name, room, NAME, 2, bold=True)
    note = clip(note, room, SMALL)
    widest = max(*(measure(line, NAME, bold=True) for line in lines), measure(note, SMALL))
    return Card(
        id=card,
        kind=kind,
        lines=lines,
        note=note,
        tip=_tip(name, kind, ids, len(severities), system, say),
        zone=zone,
        width=max(_NARROW, widest + ICON_ROOM + PAD),
        height=64.0 if len(lines) == 2 else 50.0,
        severity=max(severities, key=lambda level: level.rank, default=None),
        threats=len(severities),
        members=len(ids),
    )


def _tip(name: str, kind: str, ids: list[str], threats: int, system: System, say: Callable[[str], str]) -> str:
    what = f"{name} ({say(kind)}, {ids[0]})" if len(ids) == 1 else f"{name}: {', '.join(ids[:12])}"
    text = system.components[ids[0]].description if len(ids) == 1 else ""
    found = say(f"{threats} open threat{'' if threats == 1 else 's'} here" if threats else "no open threat sits here")
    return ". ".join(part.rstrip(".") for part in (what, text, found) if part)


def _borders(system: System, cards: list[Card]) -> list[Border]:
    """The zones that hold a card, parents first."""
    used: dict[str, Zone] = {}

    def use(id: str) -> None:
        if id and id not in used:
            use(system.zones[id].parent or "")
            used[id] = system.zones[id]

    for card in cards:
        use(card.zone)
    return [
        Border(id, zone.kind, clip(zone.name or id, 190.0, SMALL, bold=True), zone.parent or "")
        for id, zone in used.items()
    ]


def _arrows(system: System, card_of: dict[str, str], grouped: bool) -> list[Arrow]:
    """One arrow for all flows from a card to another; among groups one for both directions."""
    merged: dict[tuple[str, str], tuple[list[str], list[str], list[str]]] = {}
    both: set[tuple[str, str]] = set()
    for flow in system.flows:
        pair = card_of[flow.source], card_of[flow.target]
        if pair[0] == pair[1]:
            continue
        if grouped and pair[::-1] in merged:
            pair = pair[::-1]
            both.add(pair)
        there, back, keys = merged.setdefault(pair, ([], [], []))
        there += [id for id in flow.carries if id not in there]
        back += [id for id in flow.returns or [] if id not in back]
        keys.append(flow.key)
    return [
        Arrow(*pair, _data(there, back, system), _flow_tip(there, back, keys, system), both=pair in both)
        for pair, (there, back, keys) in merged.items()
    ]


def _names(ids: list[str], system: System) -> str:
    return ", ".join(system.data[id].name or id for id in ids)


def _data(there: list[str], back: list[str], system: System) -> list[str]:
    """What goes, and below it after an arrow what comes back."""
    lines = [clip(_names(there, system), 126.0, TINY)] if there else []
    if back:
        lines.append(clip("← " + _names(back, system), 126.0, TINY))
    return lines


def _flow_tip(there: list[str], back: list[str], keys: list[str], system: System) -> str:
    parts = [", ".join(keys[:8]) + (f" and {len(keys) - 8} more flows" if len(keys) > 8 else "")]
    if there:
        parts.append(f"carries {_names(there, system)}")
    if back:
        parts.append(f"returns {_names(back, system)}")
    return "; ".join(parts)


def _missing(drawn: Scene, paths: list[PathView]) -> list[Arrow]:
    """Hops of an attack for which there is no flow in either direction: they need a way, too."""
    known = {frozenset((arrow.tail, arrow.head)) for arrow in drawn.arrows}
    out = []
    for path in paths:
        walk = drawn.walk(path)
        for tail, head in pairwise(walk):
            if frozenset((tail, head)) not in known:
                known.add(frozenset((tail, head)))
                out.append(Arrow(tail, head, [], "", hidden=True))
    return out
