"""One file through the scanners: what goes wrong is a finding, what nobody knows is told, what is fine is safe."""

from __future__ import annotations

import importlib

from bartizan.scan.artefacts.desk import Desk, Limits
from bartizan.scan.artefacts.examine import Examiner
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.artefacts.registry import all_formats, formats_of, group_in_source, modules
from bartizan.scan.artefacts.result import Verdict
from bartizan.scan.artefacts.tree import MemoryTree
from tests.scan.artefacts.support import examined, fired, rules, scan


def examiner(format: Format, limits: Limits | None = None) -> Examiner:
    made = Examiner(rules(), limits=limits)
    made.formats, made.surveys = [format], []
    return made


def failing(look: Look, desk: Desk) -> None:
    desk.cover_all(look.content)
    raise KeyError(look.path)


def covering(look: Look, desk: Desk) -> None:
    desk.cover_all(look.content)


def diving(look: Look, desk: Desk) -> None:
    desk.cover_all(look.content)
    desk.inside("deeper", look.content)


def always(look: Look) -> bool:
    return look.size > 0


def format_of(examine: object) -> Format:
    return Format(name="test", title="Test", group="model", recognise=always, examine=examine)  # type: ignore[arg-type]


def test_a_sound_file_is_safe() -> None:
    artefact = examined(bytes.fromhex("0200000000000000") + b"{}")
    assert artefact.formats == ["safetensors"]
    assert artefact.verdict is Verdict.SAFE
    assert artefact.findings == []


def test_a_scanner_that_fails_is_told() -> None:
    found = examiner(format_of(failing)).tree(MemoryTree({"a": b"x"})).artefacts[0]
    assert fired(found) == {"scanner-failed"}
    assert found.verdict is Verdict.UNKNOWN


def test_depth_is_limited() -> None:
    found = examiner(format_of(diving), Limits(depth=3)).tree(MemoryTree({"a": b"x"})).artefacts[0]
    assert fired(found) == {"limit-reached"}
    assert found.findings[0].place.file == "a!/deeper!/deeper!/deeper"


def test_a_file_that_nobody_knows_is_told() -> None:
    found = scan({"a.xyz": b"\x00\x01\x02"})
    assert found.artefacts == []
    assert [one.path for one in found.passed] == ["a.xyz"]
    assert found.verdict is Verdict.UNKNOWN


def test_groups_are_told_without_importing_as_they_are() -> None:
    """Modules of other groups stay unimported, by what stands in their source; it must be what they say."""
    for name in modules():
        module = importlib.import_module(f"bartizan.scan.formats.{name}")
        entry = getattr(module, "FORMAT", None) or module.SURVEY
        assert group_in_source(name) == entry.group, name
    assert {one.group for one in formats_of({"agent"})} == {"agent"}
    assert len(all_formats()) > len(formats_of({"model", "any"}))


def test_many_small_findings_do_not_hide_a_grave_one() -> None:
    def telling(look: Look, desk: Desk) -> None:
        desk.cover_all(look.content)
        for number in range(20):
            desk.hit("member-unknown", line=number + 1)
        desk.hit("pickle-executes", "os.system('id')")

    found = examiner(format_of(telling), Limits(findings=5)).tree(MemoryTree({"a": b"x"})).artefacts[0]
    assert "pickle-executes" in fired(found)
    assert (len(found.findings), found.dropped) == (5, 16)


def test_what_comes_out_of_compression_is_limited_by_what_the_file_has() -> None:
    def swelling(look: Look, desk: Desk) -> None:
        desk.cover_all(look.content)
        desk.expand(1 << 30)
        desk.expand(1)

    assert fired(examiner(format_of(swelling)).tree(MemoryTree({"a": b"x"})).artefacts[0]) == {"limit-reached"}
    assert fired(examiner(format_of(swelling)).tree(MemoryTree({"a": bytes(8 << 20)})).artefacts[0]) == set()


def test_who_is_certain_silences_what_the_name_alone_claims() -> None:
    def by_name(look: Look) -> bool:
        return look.suffix == ".bin"

    certain = Format(name="sure", title="sure", group="model", recognise=always, examine=covering, sole=True)
    named = Format(name="named", title="named", group="model", recognise=by_name, examine=failing)
    other = Format(name="other", title="other", group="model", recognise=always, examine=covering)
    own = examiner(certain)
    own.formats = [named, certain, other]
    found = own.tree(MemoryTree({"a.bin": b"x"})).artefacts[0]
    assert (found.formats, found.findings) == (["sure", "other"], [])
    own.formats = [named, other]
    assert fired(own.tree(MemoryTree({"a.bin": b"x"})).artefacts[0]) == {"scanner-failed"}
