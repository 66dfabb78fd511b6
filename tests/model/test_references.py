"""Every id that a system mentions exists, and every mistake is told where it stands."""

from __future__ import annotations

import pytest

from bartizan.model import InputError, InputErrors, parse_text

BASE = """\
id: sample
zones: {cloud: {kind: cloud}}
data: {docs: {class: confidential}}
identities: {robot: {kind: service, kept_in: vault}}
components:
  bot: {kind: agent, zone: cloud}
  vault: {kind: secret-store}
"""


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as error:
        parse_text(text)
    return error.value


def test_the_base_is_right() -> None:
    assert set(parse_text(BASE).components) == {"bot", "vault"}


@pytest.mark.parametrize(
    ("more", "message", "position"),
    [
        ("flows: [{from: bot, to: vualt}]", "there is no component `vualt`", (8, 25)),
        ("flows: [{from: bto, to: vault}]", "there is no component `bto`", (8, 16)),
        ("flows: [{from: bot, to: vault, identity: robt}]", "there is no identity `robt`", (8, 42)),
        ("flows: [{from: bot, to: vault, carries: [doc]}]", "there is no data asset `doc`", (8, 42)),
        ("flows: [{from: bot, to: vault, returns: [docs, doc]}]", "there is no data asset `doc`", (8, 48)),
        ("controls: [{control: rate-limit, on: [bot, bat]}]", "there is no component, flow or zone `bat`", (8, 44)),
        ("losses: [{kind: disclosure, of: dogs}]", "there is no component or data asset `dogs`", (8, 33)),
        ("losses: [{kind: disclosure, of: docs, magnitude: [2, 1]}]", "a range is `low, high`", (8, 10)),
        ("attempts: [{position: insider, per_year: -1}]", "a range is `low, high`", (8, 12)),
        (
            "scan_evidence: [{component: bat, verdict: safe, source: bat.pkl, observed_at: 2026-11-01}]",
            "there is no component `bat`",
            (8, 29),
        ),
        (
            "data_evidence: [{asset: docs, class: odd, source: share, observed_at: 2026-11-01}]",
            "there is no class `odd`",
            (8, 38),
        ),
        ("classes: [confidential]", "`classes` needs two or more different names", (8, 10)),
        ("classes: [a, confidential, a]", "`classes` needs two or more different names", (8, 10)),
        ("classes: [public, secret]", "there is no class `confidential`", (3, 22)),
    ],
)
def test_what_is_not_there_is_told_where_it_is_named(more: str, message: str, position: tuple[int, int]) -> None:
    error = refused(BASE + more + "\n")

    assert error.message.startswith(message)
    assert error.place is not None
    assert (error.place.line, error.place.column) == position


@pytest.mark.parametrize(
    ("old", "new", "message", "line"),
    [
        ("kind: cloud}", "kind: cloud, parent: sky}", "there is no zone `sky`", 2),
        ("zone: cloud}", "zone: clod}", "there is no zone `clod`", 6),
        ("zone: cloud}", "zone: cloud, holds: [docks]}", "there is no data asset `docks`", 6),
        ("kept_in: vault", "kept_in: volt", "there is no component `volt`", 4),
        ("class: confidential", "class: secret", "there is no class `secret`", 3),
    ],
)
def test_dangling_ids_inside_the_sections(old: str, new: str, message: str, line: int) -> None:
    error = refused(BASE.replace(old, new))

    assert error.message == message
    assert error.place is not None
    assert error.place.line == line


def test_the_nearest_id_is_suggested() -> None:
    assert refused(BASE + "flows: [{from: bot, to: vualt}]\n").help == "did you mean `vault`?"


def test_a_default_class_must_be_in_the_scheme_too() -> None:
    """`class` may be left out; the position is then the data asset's own."""
    error = refused("id: a\nclasses: [open, closed]\ndata: {docs: {}}\ncomponents: {bot: {kind: agent}}\n")

    assert error.message == "there is no class `internal`"
    assert error.place is not None
    assert (error.place.line, error.place.column) == (3, 14)


def test_a_flow_that_stands_twice_wants_an_id() -> None:
    text = BASE + "flows:\n  - {from: bot, to: vault}\n  - {from: bot, to: vault}\n"
    error = refused(text)

    assert error.message == "flow `bot->vault` stands twice"
    assert error.help == "the first one is at system.yaml:9:5; join them, or give one an `id`"
    assert error.place is not None
    assert error.place.line == 10
    assert len(parse_text(text.replace("to: vault}\n  -", "to: vault, id: first}\n  -")).flows) == 2


def test_zones_do_not_lie_inside_themselves() -> None:
    zones = "zones: {a: {kind: cloud, parent: b}, b: {kind: dmz, parent: a}, c: {kind: dmz, parent: d}, d: {kind: dmz}}"
    error = refused(BASE.replace("zones: {cloud: {kind: cloud}}", zones).replace("zone: cloud", "zone: a"))
    assert isinstance(error, InputErrors)

    assert [each.message for each in error.errors] == ["zone `a` lies inside itself", "zone `b` lies inside itself"]


def test_controls_can_stand_at_components_flows_zones_and_the_system() -> None:
    more = (
        "flows: [{from: bot, to: vault}, {from: vault, to: bot, id: back}]\n"
        "controls:\n  - rate-limit\n  - {control: cost-cap, on: [bot, bot->vault, back, cloud, system]}\n"
    )

    assert len(parse_text(BASE + more).controls) == 2


def test_all_dangling_ids_are_told_in_source_order() -> None:
    more = "losses: [{kind: theft, of: x}]\nflows: [{from: y, to: z}]\n"
    error = refused(BASE + more)
    assert isinstance(error, InputErrors)

    assert [each.message.split("`")[1] for each in error.errors] == ["x", "y", "z"]
