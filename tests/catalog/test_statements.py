"""The catalog's statements refer to what there is, say the same in each language, and can be told apart."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bartizan.catalog.folder import packaged, read_folder
from bartizan.catalog.scan_rules import load_scan_rules
from bartizan.catalog.statements import (
    CatalogStatement,
    Measure,
    PolicyDocument,
    PolicySection,
    Statements,
    When,
    arranged,
    check_references,
    load_statements,
)
from bartizan.guard.config import Config
from bartizan.guard.policy import PolicyFile, load_policies
from bartizan.model import InputError
from bartizan.model.documents import Enforcement
from tests.support import REPOSITORY, packaged_catalog

STATEMENTS = load_statements()
EACH = sorted(STATEMENTS.statements.values(), key=lambda one: one.id)
WORDS = {
    "en": {"must": r"\bmust\b|\bis not met\b", "should": r"\bshould\b", "may": r"\bmay\b"},
    "de": {
        "must": r"\bm(uss|üssen)\b|\b[Dd](arf|ürfen)\b.*?\b(nicht|nur|kein|keine|keinen|höchstens|erst|weder)\b",
        "should": r"\bsollten?\b",
        "may": r"\bd(arf|ürfen)\b",
    },
    "fr": {"must": r"\bdoi(t|vent)\b", "should": r"\bdevrai(t|ent)\b", "may": r"\bpeu(t|vent)\b"},
    "it": {"must": r"\bdev(e|ono)\b", "should": r"\bdovrebbe(ro)?\b", "may": r"\bpu(ò|ossono)\b"},
    "sq": {"must": r"\bduhet\b", "should": r"\b[Rr]ekomandohet\b", "may": r"\bmund të\b"},
}
LANGUAGES = list(WORDS)
NO_BREAK = "[\u00a0\u202f]"
"""What stands before and within signs in French."""


def texts(language: str) -> list[str]:
    """Everything that is written in a language: statements, documents, measures."""
    documents = STATEMENTS.documents.values()
    heads = [text for one in documents for text in (one.title, one.purpose, one.scope)]
    sections = [section.title for one in documents for section in one.sections]
    measures = [one.title for one in STATEMENTS.measures.values()]
    return [text[language] for text in (*(one.text for one in EACH), *heads, *sections, *measures)]


def test_everything_that_statements_refer_to_is_in_the_catalog() -> None:
    assert check_references(STATEMENTS, packaged_catalog()) == []


def test_everything_is_written_in_all_languages_and_no_other() -> None:
    assert {one: STATEMENTS.languages(one) for one in STATEMENTS.documents} == dict.fromkeys(
        STATEMENTS.documents, LANGUAGES
    )
    assert [one.id for one in EACH if set(one.text) != set(LANGUAGES)] == []
    assert [one.id for one in STATEMENTS.measures.values() if set(one.title) != set(LANGUAGES)] == []
    assert all(text.strip() for language in LANGUAGES for text in texts(language))


def test_each_section_has_a_statement() -> None:
    filled = {(one.document, one.section) for one in EACH}
    assert {(one.id, section.id) for one in STATEMENTS.documents.values() for section in one.sections} == filled


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_says_its_level(language: str) -> None:
    wrong = [one.id for one in EACH if not re.search(WORDS[language][one.level], one.text[language])]
    assert wrong == []


@pytest.mark.parametrize("language", ["fr", "it", "sq"])
def test_no_text_says_a_level_beside_its_own(language: str) -> None:
    others = {"must": ["should"], "should": ["must"], "may": ["must", "should"]}
    said = WORDS[language]
    wrong = [one.id for one in EACH for level in others[one.level] if re.search(said[level], one.text[language])]
    assert wrong == []


@pytest.mark.parametrize("language", ["fr", "it", "sq"])
def test_signs_and_spaces_are_those_of_print(language: str) -> None:
    signs = re.compile(rf"['\"]|  |(?<!{NO_BREAK})[;:!?»]|«(?!{NO_BREAK})" if language == "fr" else r"['\"]|  ")
    wrong = [text for text in texts(language) if signs.search(text) or re.search(r"[\d}] (jours|giorni|dit)", text)]
    assert wrong == []


def test_the_languages_name_the_same_parameters_and_numbers() -> None:
    def named(text: str) -> tuple[list[str], list[str]]:
        return sorted(set(re.findall(r"\{\w+\}", text))), sorted(re.findall(r"\d+", text))

    for others in zip(*(texts(language) for language in LANGUAGES), strict=True):
        assert {str(named(text)) for text in others} == {str(named(others[0]))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_statements_say_the_same(language: str) -> None:
    assert len({one.text[language] for one in EACH}) == len(EACH)


def test_each_statement_is_carried_by_a_control_or_answers_for_a_framework() -> None:
    assert [one.id for one in EACH if not one.controls and not one.maps] == []


def test_each_scan_rule_that_holds_a_statement_exists() -> None:
    assert _held_by("scan") <= set(load_scan_rules())


def test_each_policy_that_holds_a_statement_is_shipped_or_an_example() -> None:
    shipped = (files("bartizan.guard.policy") / "mcp.cedar").read_text("utf-8")
    examples = sorted((REPOSITORY / "examples").glob("*/policies/*.cedar"))
    sources = [shipped, *(path.read_text(encoding="utf-8") for path in examples)]
    known = {id for text in sources for id in load_policies([PolicyFile("p", text)]).reasons}
    assert _held_by("policy") <= known


def test_statements_are_held_by_nothing_else() -> None:
    assert {what.by for one in EACH for what in one.enforced} == {"gateway", "scan", "policy"}


@pytest.mark.parametrize("measure", STATEMENTS.measures.values(), ids=lambda one: one.id)
def test_each_measure_is_a_key_of_the_gateway_and_its_rule_one_that_the_gateway_names(measure: Measure) -> None:
    kind: Any = Config
    for part in measure.key.split("."):
        fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
        assert part in fields
        kind = getattr(fields[part], "__args__", (fields[part],))[0]
    guard = REPOSITORY / "src" / "bartizan" / "guard"
    assert not measure.rule or any(f'"{measure.rule}"' in path.read_text("utf-8") for path in guard.rglob("*.py"))


def test_each_measure_holds_a_statement() -> None:
    assert _held_by("gateway") == set(STATEMENTS.measures)


def test_the_cache_gives_the_same(tmp_path: Path) -> None:
    assert load_statements(tmp_path) == load_statements(tmp_path) == STATEMENTS


def test_files_stand_in_the_order_of_their_documents() -> None:
    assert list(STATEMENTS.documents) == sorted(STATEMENTS.documents, key=lambda id: STATEMENTS.documents[id].order)
    first = STATEMENTS.of("ai-security-policy")[0]
    assert (first.section, first.order) == ("responsibility", 10)
    assert len(read_folder(packaged("statements"), CatalogStatement)) == len(EACH)


# ---- what is wrong is told


DOCUMENT = PolicyDocument(
    id="rules",
    order=1,
    title={"en": "Rules"},
    purpose={"en": "Why."},
    scope={"en": "Whom."},
    sections=[PolicySection(id="first", title={"en": "First"})],
)
MEASURE = Measure(id="budgets", title={"en": "Budgets"}, key="budgets")


def statement(**given: Any) -> CatalogStatement:
    plain = {"id": "one", "document": "rules", "section": "first", "order": 1, "level": "must"}
    return CatalogStatement(**{**plain, "text": {"en": "It must be."}, **given})


def made(*statements: CatalogStatement, document: PolicyDocument = DOCUMENT) -> Statements:
    return arranged([document], statements, [MEASURE])


def test_statements_are_put_in_order() -> None:
    found = made(statement(id="b", order=2), statement(id="c"), statement(id="a"))
    assert list(found.statements) == ["a", "c", "b"]


def test_a_document_that_there_is_not_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        made().of("rule")
    assert caught.value.message == "there is no policy document `rule`"
    assert "`rules`" in caught.value.help


def test_languages_are_those_that_everything_is_written_in() -> None:
    both = {"en": "It must be.", "de": "Es muss sein."}
    assert made(statement(text=both)).languages("rules") == ["en"]
    more = {"en": "Rules", "sq": "Rregulla", "de": "Regeln"}
    whole = msgspec.structs.replace(
        DOCUMENT, title=more, purpose=more, scope=more, sections=[PolicySection(id="first", title=more)]
    )
    assert made(statement(text=more), document=whole).languages("rules") == ["en", "de", "sq"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"section": "second"}, "`rules` has no section `second`"),
        ({"text": {"de": "Es muss sein."}}, "a text lacks its English"),
        ({"text": {"en": "{who} must."}}, "`{who}` can't be filled in"),
        ({"text": {"en": "{organisation.title} must."}}, "`{organisation.title}` can't be filled in"),
        ({"enforced": [Enforcement(by="gateway", what="budget")]}, "`budget` is no measure"),
    ],
)
def test_a_statement_that_is_wrong_is_told_with_its_file(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        made(statement(**given))
    assert caught.value.message == message
    assert str(caught.value.place) == "one.yaml"


def test_a_document_without_english_is_told() -> None:
    with pytest.raises(InputError, match="a text lacks its English"):
        made(document=msgspec.structs.replace(DOCUMENT, scope={}))


def test_references_to_what_there_is_not_are_told() -> None:
    wrong = statement(
        controls=["nothing"], maps={"gdpr": ["Art. 32", "Art. 999"], "nowhere": ["1"]}, when=When(frameworks=["nis"])
    )
    assert check_references(made(wrong), packaged_catalog()) == [
        "`one` names control `nothing`",
        "`one` names framework `nowhere`",
        "`one` names framework `nis`",
        "`one` names `Art. 999` of `gdpr`",
        "`one` names `1` of `nowhere`",
    ]


def _held_by(kind: str) -> set[str]:
    return {what.what for one in EACH for what in one.enforced if what.by == kind}
