"""A system is read from one file or many; includes stay inside its folder and never loop."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import InputError, InputErrors, Place, System, parse_system, parse_text
from bartizan.model import assemble as module

SMALL = "id: small\ncomponents: {bot: {kind: agent}}\n"


def read(files: dict[str, str], *extra: str, start: str = "system.yaml") -> System:
    def reader(path: str) -> bytes:
        if path not in files:
            raise FileNotFoundError(path)
        return files[path].encode()

    return parse_system(start, reader, extra)


def refused(files: dict[str, str], *extra: str) -> InputError:
    with pytest.raises(InputError) as error:
        read(files, *extra)
    return error.value


def test_one_text_is_a_system() -> None:
    assert parse_text(SMALL) == parse_text(SMALL.encode()) == read({"system.yaml": SMALL})
    assert list(parse_text(SMALL).components) == ["bot"]


def test_a_text_can_not_include() -> None:
    with pytest.raises(InputError) as error:
        parse_text("include: other.yaml\n" + SMALL)

    assert error.value.message == "`other.yaml` can't be included from a text"
    assert error.value.help == "load the system from a folder"


def test_mappings_and_lists_are_joined_over_files() -> None:
    files = {
        "system.yaml": "id: whole\nname: Whole\ninclude: [parts/agents.yaml, parts/data.yaml]\n"
        "components: {bot: {kind: agent}}\nflows: [{from: bot, to: llm}]\n",
        "parts/agents.yaml": "bartizan: 1\ncomponents: {llm: {kind: model}}\nflows: [{from: bot, to: db}]\n"
        "include: deep/more.yaml\n",
        "parts/data.yaml": "data: {doc: {class: internal}}\nassumptions: [nobody lies]\n",
        "parts/deep/more.yaml": "bartizan: 1\ncomponents: {db: {kind: data-store, holds: [doc]}}\n",
    }
    system = read(files)

    assert list(system.components) == ["bot", "llm", "db"]
    assert [flow.key for flow in system.flows] == ["bot->llm", "bot->db"]
    assert system.assumptions == ["nobody lies"]
    assert system.components["db"].holds == ["doc"]


def test_extra_files_are_joined_after_the_includes() -> None:
    decisions = "decisions: [{threat: jailbreak@bot, verdict: accept, by: ann, why: tested, until: 2027-01-01}]\n"
    system = read({"system.yaml": SMALL, "decisions.yaml": decisions}, "decisions.yaml")

    assert [decision.threat for decision in system.decisions] == ["jailbreak@bot"]


def test_a_file_that_two_include_is_taken_once() -> None:
    files = {
        "system.yaml": SMALL + "include: [a.yaml, b.yaml]\n",
        "a.yaml": "include: shared.yaml\n",
        "b.yaml": "include: shared.yaml\n",
        "shared.yaml": "components: {db: {kind: data-store}}\n",
    }

    assert list(read(files).components) == ["bot", "db"]


def test_keys_for_anchors_are_left_alone() -> None:
    text = "x-base: &base {autonomy: suggest}\nid: a\ncomponents: {bot: {<<: *base, kind: agent}}\n"

    assert getattr(parse_text(text).components["bot"], "autonomy", None) == "suggest"


def test_backslashes_separate_folders_too() -> None:
    files = {"system.yaml": SMALL + "include: 'parts\\a.yaml'\n", "parts/a.yaml": "zones: {z: {kind: cloud}}\n"}

    assert list(read(files).zones) == ["z"]


@pytest.mark.parametrize(
    "chain",
    [
        {"system.yaml": SMALL + "include: system.yaml\n"},
        {"system.yaml": SMALL + "include: a.yaml\n", "a.yaml": "include: b.yaml\n", "b.yaml": "include: a.yaml\n"},
        {"system.yaml": SMALL + "include: p/a.yaml\n", "p/a.yaml": "include: ../system.yaml\n"},
    ],
)
def test_a_cycle_of_includes_is_shown(chain: dict[str, str]) -> None:
    error = refused(chain)
    name = error.message.split("`")[1]

    assert error.message.startswith(f"`{name}` includes itself: ")
    assert error.message.endswith(name)
    assert error.message.count(" -> ") >= 1
    assert error.place is not None
    assert error.place.line >= 1


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../other.yaml", "a/../../other.yaml", "..", "C:/secret.yaml", "..\\other.yaml"]
)
def test_an_include_can_not_leave_the_folder(name: str) -> None:
    error = refused({"system.yaml": f"id: a\ninclude: '{name}'\n"})

    assert error.message == f"`{name}` lies outside the system's folder"
    assert error.place == Place("system.yaml", 2, 10)


@given(st.text("ab./\\:", min_size=1, max_size=12))
def test_whatever_an_include_names_lies_inside(name: str) -> None:
    asked = []

    def reader(path: str) -> bytes:
        asked.append(path)
        return f"include: '{name}'\n".encode() if len(asked) == 1 else b"{}"

    with pytest.raises(InputError):
        parse_system("system.yaml", reader)
    for path in asked:
        assert not path.startswith(("/", "../"))
        assert path != ".."


@pytest.mark.parametrize("value", ["''", "3", "[{a: b}]", "[[a]]"])
def test_an_include_is_a_file_name(value: str) -> None:
    assert refused({"system.yaml": f"id: a\ninclude: {value}\n"}).message == "`include` takes file names"


def test_a_missing_include_is_told_where_it_is_named() -> None:
    error = refused({"system.yaml": SMALL + "include:\n  - gone.yaml\n"})

    assert error.message == "`gone.yaml` does not exist"
    assert error.place == Place("system.yaml", 4, 5)


def test_a_missing_file_has_no_place() -> None:
    error = refused({})

    assert error.message == "`system.yaml` does not exist"
    assert error.place is None


def test_includes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILES", 2)
    files = {"system.yaml": SMALL + "include: [a.yaml, b.yaml]\n", "a.yaml": "{}", "b.yaml": "{}"}

    assert refused(files).message == "more than 2 files are included"


@pytest.mark.parametrize("text", ["[a, b]", "word", "3"])
def test_a_system_is_a_mapping(text: str) -> None:
    assert refused({"system.yaml": text}).message == "a system is a mapping, with `id:` and `components:`"


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("components: {bot: {kind: model}}\n", "`bot` stands twice under `components`"),
        ("zones: {z: {kind: cloud}}\n", "`z` stands twice under `zones`"),
        ("id: other\n", "`id` stands in two files"),
        ("flows: word\n", "`flows` stands in two files"),
        ("data: word\n", "`data` stands in two files"),
    ],
)
def test_what_stands_in_two_files_names_the_other(part: str, message: str) -> None:
    first = SMALL + "include: part.yaml\nzones: {z: {kind: cloud}}\nflows: []\ndata: {}\n"
    error = refused({"system.yaml": first, "part.yaml": part})

    assert error.message == message
    assert error.place is not None
    assert error.place.file == "part.yaml"
    assert error.help.startswith("the other one is at system.yaml:")


def test_a_system_has_components() -> None:
    error = refused({"system.yaml": "id: a\n"})

    assert error.message == "the system has no components"
    assert "bartizan init" in error.help


def test_unknown_words_and_dangling_ids_are_errors() -> None:
    text = "id: a\ncomponents:\n  bot: {kind: agent, colour: red}\n  db: {kind: data-stor}\n"
    error = refused({"system.yaml": text})
    assert isinstance(error, InputErrors)

    assert [(each.message, each.help) for each in error.errors] == [
        ("`colour` is not a key of `bot` (kind `agent`)", error.errors[0].help),
        ("`data-stor` is not a kind", "did you mean `data-store`?"),
    ]
    assert refused({"system.yaml": SMALL + "flows: [{from: bot, to: llm}]\n"}).message == "there is no component `llm`"
