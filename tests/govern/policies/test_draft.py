"""Drafts: numbers that stay, editions that say how much has changed, and words of the organisation's own."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.catalog.statements import CatalogStatement, Statements, load_statements
from bartizan.govern.policies import (
    Move,
    draft,
    moved,
    next_edition,
    with_statement,
    with_text,
    without_statement,
)
from bartizan.model import InputError
from bartizan.model.documents import Area, Organisation, PolicySpec, PolicyState, Statement
from bartizan.model.words import Level
from tests.govern.policies.sample import ORGANISATION, STANDARD, catalog_of, entry
from tests.support import packaged_catalog

CATALOG = packaged_catalog()
DAY = date(2026, 11, 28)


def drafted(
    statements: Statements = STANDARD, previous: PolicySpec | None = None, organisation: Organisation = ORGANISATION
) -> PolicySpec:
    return draft("rules", organisation, statements, CATALOG, previous)


def numbers(policy: PolicySpec) -> dict[str, str]:
    return {one.number: one.id for one in policy.statements}


def approved(policy: PolicySpec) -> PolicySpec:
    return moved(policy, Move.APPROVE, by="ann", on=DAY)


def test_a_first_draft_has_the_statements_that_are_for_the_organisation_in_order() -> None:
    made = drafted()
    assert numbers(made) == {"1.1": "named", "1.2": "built", "1.3": "asked", "2.1": "limited"}
    assert (made.title, made.edition, made.state, made.document) == ("Rules of Example", "1.0", "draft", "rules")
    assert made.statements[0].text == "named must hold at Example."


def test_a_section_without_statements_takes_no_number() -> None:
    made = drafted(catalog_of(entry("a", "first"), entry("c", "third")))
    assert numbers(made) == {"1.1": "a", "2.1": "c"}


def test_references_are_those_of_the_statement_and_its_controls_in_the_frameworks_order() -> None:
    only = msgspec.structs.replace(ORGANISATION, frameworks=["nist-ai-rmf"])
    maps = drafted(organisation=only).statements[0].maps
    assert list(maps) == ["nist-ai-rmf"]
    wanted = {"GOVERN 2.1", *CATALOG.controls["human-approval"].maps["nist-ai-rmf"]}
    assert maps["nist-ai-rmf"] == [item for item in CATALOG.frameworks["nist-ai-rmf"].items if item in wanted]


def test_without_frameworks_in_scope_lists_of_threats_are_left_away() -> None:
    maps = drafted().statements[0].maps
    assert "mitre-atlas" in CATALOG.controls["human-approval"].maps
    assert "mitre-atlas" not in maps
    assert len(maps) > 3


def test_nothing_new_gives_the_earlier_edition_itself() -> None:
    first = approved(drafted())
    assert drafted(previous=first) is first


def test_what_is_new_follows_and_what_stays_keeps_its_number() -> None:
    first = approved(drafted())
    more = catalog_of(*STANDARD.statements.values(), entry("early", order=0), entry("late", "third"))
    assert numbers(drafted(more, first)) == numbers(first) | {"1.4": "early", "3.1": "late"}


def test_a_new_section_before_others_gets_the_next_number() -> None:
    first = approved(drafted(catalog_of(entry("b", "second"))))
    assert numbers(drafted(catalog_of(entry("a", "first"), entry("b", "second")), first)) == {"1.1": "b", "2.1": "a"}


def test_the_number_of_what_is_gone_is_given_to_nothing_else_and_comes_back_with_it() -> None:
    first = approved(drafted(catalog_of(entry("a"), entry("b", order=2))))
    second = approved(drafted(catalog_of(entry("a")), first))
    assert second.retired == {"1.2": "b"}
    third = approved(drafted(catalog_of(entry("a"), entry("c", order=2)), second))
    assert numbers(third) == {"1.1": "a", "1.3": "c"}
    fourth = drafted(catalog_of(entry("a"), entry("b", order=2)), third)
    assert numbers(fourth) == {"1.1": "a", "1.2": "b"}
    assert fourth.retired == {"1.3": "c"}


def test_a_new_or_changed_duty_counts_a_whole_edition_and_anything_else_a_tenth() -> None:
    first = approved(drafted())
    assert drafted(catalog_of(*STANDARD.statements.values(), entry("more")), first).edition == "2.0"
    changed = [one if one.id != "named" else entry("named", text="named must do more.") for one in _entries()]
    assert drafted(catalog_of(*changed), first).edition == "2.0"
    wish = entry("wish", level="should", text="It should be.")
    assert drafted(catalog_of(*_entries(), wish), first).edition == "1.1"
    assert drafted(catalog_of(*_entries()[1:]), first).edition == "1.1"


def test_a_draft_that_nobody_approved_is_revised_under_its_own_edition() -> None:
    first = drafted()
    assert drafted(catalog_of(*_entries(), entry("more")), first).edition == "1.0"
    wish = entry("wish", level="should", text="It should be.")
    small = drafted(catalog_of(*_entries(), wish), approved(first))
    assert small.edition == "1.1"
    assert drafted(catalog_of(*_entries()), small).edition == "1.1"
    assert drafted(catalog_of(*_entries(), wish, entry("more")), small).edition == "2.0"


def test_an_own_wording_and_an_own_statement_stay_and_what_was_left_out_stays_away() -> None:
    mine = with_text(drafted(), "named", "  One person must answer.  ")
    own = Statement(id="ours", number="", section="Second", text="It may be.", level="may")
    mine = without_statement(with_statement(mine, own), "built")
    assert numbers(mine) == {"1.1": "named", "1.3": "asked", "2.1": "limited", "2.2": "ours"}
    changed = [one if one.id != "named" else entry("named", text="Changed, it must be.") for one in _entries()]
    later = drafted(catalog_of(*changed, entry("more")), mine)
    assert numbers(later) == numbers(mine) | {"1.4": "more"}
    assert later.statements[0].text == "One person must answer."
    assert later.left_out == ["built"]
    assert later.retired == {"1.2": "built"}


def test_a_statement_in_a_section_of_its_own_begins_a_new_one() -> None:
    own = Statement(id="ours", number="9.9", section="Ours", text="It must be.")
    made = with_statement(drafted(), own)
    assert numbers(made)["3.1"] == "ours"
    assert made.statements[-1].own
    with pytest.raises(InputError, match="there is a statement `ours` already"):
        with_statement(made, own)


def test_what_was_approved_is_changed_no_more() -> None:
    done = approved(drafted())
    with pytest.raises(InputError, match="what was approved is changed no more"):
        with_text(done, "named", "No.")
    with pytest.raises(InputError, match="what was approved is changed no more"):
        without_statement(done, "named")
    with pytest.raises(InputError, match="what was approved is changed no more"):
        with_statement(done, done.statements[0])
    with pytest.raises(InputError, match="there is no statement `nothing` in this policy"):
        with_text(drafted(), "nothing", "No.")


def test_the_owner_goes_on_and_the_approval_does_not() -> None:
    first = approved(msgspec.structs.replace(drafted(), owner="CISO"))
    second = drafted(catalog_of(*_entries(), entry("more")), first)
    assert (second.owner, second.state, second.approved_by, second.approved_on) == ("CISO", "draft", "", None)


def test_the_language_is_the_organisations_where_the_document_is_written_in_it() -> None:
    german = msgspec.structs.replace(ORGANISATION, language="de")
    assert drafted(organisation=german).statements[0].text == "named muss sein."
    albanian = msgspec.structs.replace(ORGANISATION, language="sq")
    assert drafted(organisation=albanian).language == "en"
    first = drafted(organisation=german)
    assert drafted(catalog_of(*_entries(), entry("more")), first).language == "de"
    assert draft("rules", german, STANDARD, CATALOG, first, language="en").language == "en"
    with pytest.raises(InputError, match="`rules` is not written in `sq`"):
        draft("rules", german, STANDARD, CATALOG, language="sq")


def test_a_document_that_is_for_somebody_else_is_told() -> None:
    with pytest.raises(InputError, match="no statement of `agent-and-mcp-standard` is for this organisation"):
        draft("agent-and-mcp-standard", Organisation(title="Shop"), load_statements(), CATALOG)


@pytest.mark.parametrize("edition", ["1", "one.two", "1.x", "-1.0", "1.²"])
def test_an_edition_that_is_none_is_told(edition: str) -> None:
    policy = PolicySpec(title="Rules", edition=edition)
    with pytest.raises(InputError, match="is no edition"):
        next_edition(policy, policy)


@pytest.mark.parametrize("number", ["", "1", "a.b", "1.2.3", "1.²"])
def test_a_number_that_is_none_is_told(number: str) -> None:
    one = Statement(id="ours", number=number, section="Ours", text="It must be.")
    with pytest.raises(InputError, match="is no number of a statement"):
        drafted(previous=PolicySpec(title="Rules", statements=[one]))


@pytest.mark.parametrize("document", sorted(load_statements().documents))
@pytest.mark.parametrize("language", ["en", "de", "fr", "it", "sq"])
def test_the_packaged_documents_can_be_drafted_with_nothing_left_to_fill_in(document: str, language: str) -> None:
    area = Area(regions=["eu"], sectors=["finance"], develops=True, builds_agents=True, trains=True)
    whole = Organisation(title="Example", language=language, area=area, appetite=Level.LOW)
    made = draft(document, whole, load_statements(), CATALOG)
    assert len(made.statements) >= 9
    assert made.language == language
    texts = [made.title, made.purpose, made.scope, *(one.text for one in made.statements)]
    assert not [text for text in texts if "{" in text or "}" in text]


IDS = [f"{section}-{number}" for section in "abc" for number in "123"]


@given(st.lists(st.lists(st.sampled_from(IDS), unique=True, min_size=1), min_size=2, max_size=6))
def test_through_any_editions_a_number_never_has_two_statements_nor_a_statement_two_numbers(
    editions: list[list[str]],
) -> None:
    previous: PolicySpec | None = None
    seen: dict[str, str] = {}
    for wanted in editions:
        known = catalog_of(*(entry(id, id[0]) for id in wanted), sections=("a", "b", "c"))
        made = drafted(known, previous)
        assert {one.id for one in made.statements} == set(wanted)
        for number, id in numbers(made).items():
            assert seen.setdefault(number, id) == id
        assert len(set(seen.values())) == len(seen)
        previous = approved(made) if made.state is PolicyState.DRAFT else made


def _entries() -> list[CatalogStatement]:
    return list(STANDARD.statements.values())
