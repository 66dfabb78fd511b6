"""`bartizan types`: the kinds of sensitive data, listed, shown, and exchanged with Microsoft Purview."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bartizan.catalog.data_types import DataType
from bartizan.cli.types import command
from bartizan.model import InputError
from bartizan.model.decode import decode
from bartizan.model.yamltree import parse_yaml
from tests.store.purview_files import E1, package, structure


@pytest.fixture(autouse=True)
def _cached(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], standalone_mode=False)


def test_types_are_listed_with_family_class_and_other_names() -> None:
    done = _run("list", "social", "security", "--family", "national-id", "--region", "US")
    assert done.exception is None
    (line,) = (line for line in done.stdout.splitlines() if " us-ssn " in line)
    assert line.split()[:4] == ["national-id", "us-ssn", "confidential", "us"]
    assert "US_SSN" in done.stdout
    said = json.loads(_run("list", "us_ssn", "--format", "json").stdout)
    assert said["schema"] == "bartizan/types/1"
    assert [(type["id"], type["family"], type["class"]) for type in said["types"]] == [
        ("us-ssn", "national-id", "confidential")
    ]
    assert _run("list", "nosuchthing").stdout == "no data type is like that\n"


def test_one_type_is_shown_whole() -> None:
    text = _run("show", "us-ssn").stdout
    assert "form: ###-##-####" in text
    assert "checked by us_ssn" in text
    assert "not found in: 078-05-0000" in text
    said = json.loads(_run("show", "us-ssn", "--format", "json").stdout)
    assert said["type"]["forms"][0]["check"] == "us_ssn"
    wrong = _run("show", "us-sss")
    assert isinstance(wrong.exception, InputError)
    assert wrong.exception.help == "did you mean `us-ssn`?"


def test_types_are_exported_and_what_is_lost_is_said(tmp_path: Path) -> None:
    target = tmp_path / "types.xml"
    done = _run("export", "us-ssn", "--format", "purview", "--package-version", "2.1", "-o", target)
    assert done.exception is None
    assert "note: `us-ssn`: its checksum `us_ssn` is not carried over" in done.stderr
    assert "wrote 1 of 1 data type, with" in done.stderr
    assert structure(target.read_bytes()) == []
    assert 'major="2" minor="1"' in target.read_text(encoding="utf-16")


def test_a_part_of_the_types_is_exported_by_country_and_family() -> None:
    done = _run("export", "--format", "purview", "--region", "al", "--family", "national-id")
    assert done.exception is None
    assert structure(done.stdout_bytes) == []
    none = _run("export", "us-ssn", "--format", "purview", "--region", "al")
    assert isinstance(none.exception, InputError)
    assert "no data type" in none.exception.message


@pytest.mark.parametrize("arguments", [("--package-version", "2"), ("--package-version", "1.x"), ("--name", " ")])
def test_names_and_versions_are_checked(arguments: tuple[str, str]) -> None:
    assert isinstance(_run("export", "us-ssn", "--format", "purview", *arguments).exception, InputError)


ENTITY = f"""<Entity id="{E1}" patternsProximity="100" recommendedConfidence="85">
<Pattern confidenceLevel="85"><IdMatch idRef="R"/></Pattern></Entity>"""


def test_a_package_is_imported_as_files_that_can_be_read(tmp_path: Path) -> None:
    source, target = tmp_path / "p.xml", tmp_path / "own"
    source.write_bytes(package(ENTITY, r'<Regex id="R">\b[A-Z]{2}: #\d{4}\b</Regex>'))
    done = _run("import", source, "-o", target, "--class", "internal", "--family", "company")
    assert done.exception is None
    assert "note: `Staff number` got the class `internal`" in done.stderr
    text = (target / "staff-number.yaml").read_bytes()
    type = decode(parse_yaml(text, "staff-number.yaml"), DataType)
    assert (type.id, type.family, type.class_, type.within) == ("staff-number", "company", "internal", 100)
    assert type.forms[0].pattern == r"[A-Z]{2}: #\d{4}"
    assert b"category" not in text
    again = _run("import", source, "-o", target)
    assert isinstance(again.exception, InputError)
    assert "exists already" in again.exception.message


def test_a_package_of_nothing_and_a_missing_one_are_errors(tmp_path: Path) -> None:
    source = tmp_path / "p.xml"
    source.write_bytes(package(ENTITY, r'<Regex id="R">(a)\1</Regex>'))
    done = _run("import", source, "-o", tmp_path / "own")
    assert isinstance(done.exception, InputError)
    assert "can be carried over" in done.exception.message
    assert not (tmp_path / "own").exists()
    assert isinstance(_run("import", tmp_path / "none.xml", "-o", tmp_path).exception, InputError)
    source.write_bytes(package(ENTITY, r'<Regex id="R">ab</Regex>'))
    blocked = _run("import", source, "-o", source / "own")
    assert isinstance(blocked.exception, InputError)
    assert "can't be made" in blocked.exception.message
