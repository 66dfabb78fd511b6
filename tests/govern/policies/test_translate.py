"""A policy in another language: the same statements and numbers, and nobody's own words touched."""

from __future__ import annotations

import msgspec
import pytest

from bartizan.catalog.statements import load_statements
from bartizan.govern.policies import draft, languages_for, translated, with_text
from bartizan.model import InputError
from bartizan.model.documents import Area, Organisation, PolicySpec, Statement
from tests.support import packaged_catalog

STATEMENTS = load_statements()
WHOLE = Organisation(
    title="Example", area=Area(regions=["eu"], sectors=["finance"], develops=True, builds_agents=True, trains=True)
)


def drafted(language: str, document: str = "acceptable-use-policy") -> PolicySpec:
    return draft(document, WHOLE, STATEMENTS, packaged_catalog(), language=language)


@pytest.mark.parametrize("document", sorted(STATEMENTS.documents))
def test_through_all_languages_and_back_is_the_policy_itself(document: str) -> None:
    first = made = drafted("en", document)
    for language in ("sq", "it", "fr", "de", "en"):
        made = translated(made, language, WHOLE, STATEMENTS)
        assert made == drafted(language, document)
    assert made == first


def test_own_words_and_words_of_another_time_stay() -> None:
    changed = with_text(drafted("en"), "work-account-only", "Use what we give you.")
    ours = Statement(id="ours", number="9.1", section="Ours", text="Be kind.", own=True)
    changed = msgspec.structs.replace(
        changed, title="Our rules", statements=[*changed.statements, ours], edition="1.4", owner="CISO"
    )
    made = translated(changed, "fr", WHOLE, STATEMENTS)
    kept = [one.id for one, old in zip(made.statements, changed.statements, strict=True) if one.text == old.text]
    assert kept == ["work-account-only", "ours"]
    assert (made.title, made.edition, made.owner, made.language) == ("Our rules", "1.4", "CISO", "fr")
    assert [one.number for one in made.statements] == [one.number for one in changed.statements]
    assert {one.section for one in made.statements if one.id != "ours"} == {
        "Outils et données", "Ce que l’IA produit", "Essais",
    }  # fmt: skip


def test_what_was_filled_in_for_somebody_else_stays() -> None:
    other = Organisation(title="Another", area=WHOLE.area)
    made = translated(drafted("en"), "it", other, STATEMENTS)
    by_id = {one.id: one.text for one in made.statements}
    assert by_id["work-account-only"] == "For work, AI tools must be used with the account that Example provides, " + (
        "never with a private one."
    )
    assert by_id["people-check-output"].startswith("Chi usa")


def test_its_own_language_is_the_policy_itself() -> None:
    policy = drafted("sq")
    assert translated(policy, "sq", WHOLE, STATEMENTS) is policy
    assert languages_for(policy, STATEMENTS) == ["en", "de", "fr", "it"]


def test_a_language_that_it_can_t_be_had_in_is_told() -> None:
    with pytest.raises(InputError, match="can't be had in `rm`") as told:
        translated(drafted("en"), "rm", WHOLE, STATEMENTS)
    assert told.value.help == "there are: de, fr, it, sq"
    own = PolicySpec(title="Ours")
    assert languages_for(own, STATEMENTS) == []
    with pytest.raises(InputError, match="can't be had in `fr`") as told:
        translated(own, "fr", WHOLE, STATEMENTS)
    assert told.value.help == "it wasn't drafted from a document of the catalog"
