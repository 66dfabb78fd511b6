"""The catalog is every file that is there; a file that breaks its type is an error with a position."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from bartizan.catalog import Catalog, Strength, folder, load, load_catalog, parse_rule
from bartizan.catalog.types import Cut, Examples, Step, Threat
from bartizan.model import InputError, Place

PACKAGED = load_catalog()
DATA = Path(load.__file__).parent / "data"
FOLDERS = ("threats", "steps", "controls", "frameworks", "patterns", "positions")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalog of one file per folder that the loader takes for the packaged one."""
    root = tmp_path / "bartizan" / "data"
    for kind in FOLDERS:
        (root / kind).mkdir(parents=True)
    for name in ("vocabulary.yaml", "excluded-techniques.yaml"):
        shutil.copy(DATA / name, root / name)
    for file in ("steps/content-read.yaml", "positions/insider.yaml", "controls/rate-limit.yaml"):
        shutil.copy(DATA / file, root / file)
    monkeypatch.setattr(folder, "files", lambda _: root.parent)
    return root


def step(**changes: object) -> Step:
    plain = {"id": "sample", "title": "A sample", "when": ["agent(A)"], "then": "steered(A)", "at": "A"}
    return msgspec.convert({**plain, **changes}, Step)


def refused() -> InputError:
    with pytest.raises(InputError) as error:
        load_catalog()
    return error.value


def test_the_packaged_catalog_is_whole() -> None:
    for kind in FOLDERS:
        names = {path.stem for path in (DATA / kind).glob("*.yaml")}
        assert set(getattr(PACKAGED, kind)) == names
        assert names
    assert set(PACKAGED.rules) == {*PACKAGED.threats, *PACKAGED.steps}
    assert not set(PACKAGED.threats) & set(PACKAGED.steps)


def test_gained_words_are_those_that_rules_conclude() -> None:
    concluded = {rule.then.predicate for rule in PACKAGED.rules.values()}

    assert concluded <= PACKAGED.gained
    assert "flow" not in PACKAGED.gained


def test_only_files_named_yaml_are_read(data: Path) -> None:
    (data / "steps" / "notes.txt").write_text("not yaml: [")

    catalog = load_catalog()

    assert list(catalog.steps) == ["content-read"]
    assert list(catalog.rules) == ["content-read"]
    assert catalog.threats == {}


def test_a_new_file_is_found_by_being_there(data: Path) -> None:
    text = (data / "steps" / "content-read.yaml").read_text()
    (data / "steps" / "another.yaml").write_text(text.replace("id: content-read", "id: another"))

    assert list(load_catalog().steps) == ["another", "content-read"]


def test_a_file_is_named_like_its_id(data: Path) -> None:
    (data / "steps" / "content-read.yaml").rename(data / "steps" / "other.yaml")
    error = refused()

    assert error.message == "`content-read` must stand in `content-read.yaml`"
    assert error.place == Place("other.yaml")


def test_a_file_that_breaks_its_type_is_told_at_its_line(data: Path) -> None:
    path = data / "steps" / "content-read.yaml"
    path.write_text(path.read_text() + "colour: red\n")
    error = refused()

    assert error.message == "`colour` is not a key of this"
    assert error.place is not None
    assert error.place.file == "content-read.yaml"
    assert error.place.line > 1


def test_a_rule_that_uses_an_unknown_word_is_refused(data: Path) -> None:
    words = "id: odd\ntitle: Odd\nwhen: ['agnet(A)']\nthen: steered(A)\nat: A\n"
    (data / "steps" / "odd.yaml").write_text(words)
    error = refused()

    assert error.message == "`agnet` is not a word of the rules"
    assert error.place == Place("odd.yaml")


def test_a_rule_that_is_no_atom_names_its_file() -> None:
    with pytest.raises(InputError) as error:
        parse_rule(step(when=["agent(A"]))

    assert error.value.message == "`agent(A` is not an atom"
    assert error.value.place == Place("sample.yaml")
    assert error.value.help


def test_cuts_stand_at_the_rule_unless_they_say_where() -> None:
    cut_by = {
        "z-weak": "weak",
        "moderate-too": {"strength": "moderate"},
        "strong-there": {"strength": "strong", "at": "S"},
        "a-everywhere": {"strength": "weak", "at": "system"},
    }
    rule = parse_rule(step(when=["agent(A)", "flow(S, A)"], cut_by=cut_by))

    assert rule.cuts == (
        ("a-everywhere", 1, "system"),
        ("moderate-too", 2, "A"),
        ("strong-there", 4, "S"),
        ("z-weak", 1, "A"),
    )
    assert not rule.threat


def test_a_threat_is_told_from_a_step() -> None:
    threat = Threat(
        id="sample",
        title="Sample",
        description="A sample.",
        when=["agent(A)"],
        then="steered(A)",
        at="A",
        likelihood=[0.1, 0.2, 0.3],
        lifecycle=[],
        cut_by={"x": Cut(strength=Strength.STRONG)},
        remedy="",
        verify="",
        examples=Examples(fires_on=[], silent_on=[]),
    )

    assert parse_rule(threat).threat
    assert parse_rule(threat).cuts == (("x", 4, "A"),)


def test_strengths_are_half_decades() -> None:
    assert [strength.points for strength in Strength] == [1, 2, 4]


def same(one: Catalog, other: Catalog) -> bool:
    return msgspec.msgpack.encode(one) == msgspec.msgpack.encode(other)


def test_the_cache_gives_back_the_same_catalog(data: Path, tmp_path: Path) -> None:
    assert (data / "steps").is_dir()
    cache = tmp_path / "deep" / "cache"
    first = load_catalog(cache)
    files = list(cache.iterdir())

    assert len(files) == 1
    assert files[0].suffix == ".msgpack"
    assert same(load_catalog(cache), first)
    assert same(first, load_catalog())
    assert list(cache.iterdir()) == files


def test_the_cache_is_read_while_nothing_changed(data: Path, tmp_path: Path) -> None:
    assert (data / "steps").is_dir()
    cache = tmp_path / "cache"
    catalog = load_catalog(cache)
    catalog.excluded = []
    stored = next(cache.iterdir())
    stored.write_bytes(msgspec.msgpack.encode(catalog))

    assert load_catalog(cache).excluded == []


def test_a_changed_file_is_read_anew(data: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    load_catalog(cache)
    path = data / "positions" / "insider.yaml"
    path.write_text(path.read_text().replace("title: ", "title: Renamed "))

    assert load_catalog(cache).positions["insider"].title.startswith("Renamed ")


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"not msgpack at all"])
def test_a_cache_that_can_not_be_read_is_passed_over(data: Path, tmp_path: Path, content: bytes) -> None:
    assert (data / "steps").is_dir()
    cache = tmp_path / "cache"
    first = load_catalog(cache)
    stored = next(cache.iterdir())
    stored.write_bytes(content)

    assert same(load_catalog(cache), first)
    assert stored.read_bytes() != content


def test_a_cache_that_can_not_be_written_is_passed_over(data: Path, tmp_path: Path) -> None:
    assert (data / "steps").is_dir()
    file = tmp_path / "a-file"
    file.write_text("no folder")

    assert same(load_catalog(file), load_catalog())
    assert file.read_text() == "no folder"


def test_the_packaged_catalog_can_be_cached(tmp_path: Path) -> None:
    first = load_catalog(tmp_path)

    assert same(load_catalog(tmp_path), first)
    assert same(first, PACKAGED)
    assert len(list(tmp_path.iterdir())) == 1
