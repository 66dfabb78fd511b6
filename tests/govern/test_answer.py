from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.govern.answer import PERSONAL, Verdict, for_tool, may
from bartizan.model import InputError
from bartizan.model.documents import Claim, ExceptionSpec, Grade, Organisation, Standing, ToolSpec, VendorSpec
from bartizan.model.words import Category

DAY = date(2026, 11, 28)
LATER = DAY + timedelta(days=100)
ORGANISATION = Organisation(title="Helvion")
CRITERIA = ("no-training", "retention", "location")


def claims(grade: Grade = Grade.CONTRACT, value: str = "yes", until: date | None = LATER) -> list[Claim]:
    return [Claim(criterion=one, value=value, seen_on=DAY, good_until=until, grade=grade) for one in CRITERIA]


def tool(**more: object) -> ToolSpec:
    values = {"title": "Pen", "standing": Standing.APPROVED, "highest": "confidential", "good_until": LATER} | more
    return ToolSpec(**values)  # type: ignore[arg-type] # values of several types


def exception(**more: object) -> ExceptionSpec:
    values = {
        "title": "Trial", "control": "acceptable-use-policy", "owner": "o", "why": "w", "systems": ["pen"],
        "starts": DAY, "ends": DAY + timedelta(days=9), "approved_by": "r", "compensating": ["log-redaction"],
    } | more  # fmt: skip
    return ExceptionSpec(**values)  # type: ignore[arg-type] # values of several types


def test_an_approved_tool_with_well_founded_claims_may_be_used_up_to_its_class() -> None:
    answer = may(tool(claims=claims()), "confidential", [], ORGANISATION, as_of=DAY)
    assert answer.verdict is Verdict.YES
    assert answer.until == LATER
    assert answer.reasons[0].text.startswith("it is approved")


def test_data_above_the_highest_class_may_not_go_in_and_other_tools_are_named() -> None:
    answer = may(tool(instead=["quill"]), "restricted", [], ORGANISATION, as_of=DAY)
    assert answer.verdict is Verdict.NO
    assert answer.reasons[0].text == "it is for data up to confidential, and this is restricted"
    assert answer.instead == ("quill",)
    assert answer.until is None


def test_a_tool_without_a_highest_class_takes_public_data_only() -> None:
    assert may(tool(highest=""), "public", [], ORGANISATION, as_of=DAY).verdict is Verdict.YES
    assert may(tool(highest=""), "internal", [], ORGANISATION, as_of=DAY).verdict is Verdict.NO


@pytest.mark.parametrize(
    ("more", "verdict", "words"),
    [
        ({"standing": Standing.FORBIDDEN}, Verdict.NO, "the tool is forbidden"),
        ({"standing": Standing.UNREVIEWED}, Verdict.ASK, "nobody has decided"),
        ({"good_until": DAY - timedelta(days=1)}, Verdict.ASK, "the decision about the tool ended on 2026-11-27"),
        ({"highest": "gone"}, Verdict.ASK, "no class any more"),
        ({"standing": Standing.CONDITIONAL}, Verdict.CONDITIONS, "approved under conditions"),
        ({"forbidden": [Category.HEALTH]}, Verdict.NO, "category health"),
    ],
)
def test_what_was_decided_decides(more: dict[str, object], verdict: Verdict, words: str) -> None:
    conditions = ["only with a company account"] if verdict is Verdict.CONDITIONS else []
    asked = tool(claims=claims(), conditions=conditions, **more)
    answer = may(asked, "internal", [Category.HEALTH], ORGANISATION, as_of=DAY)
    assert answer.verdict is verdict
    assert words in answer.reasons[0].text
    assert bool(answer.conditions) == (verdict is Verdict.CONDITIONS)


@pytest.mark.parametrize(
    ("given_claims", "verdict", "words"),
    [
        ([], Verdict.ASK, "nothing is known"),
        (claims(Grade.ANSWERED), Verdict.ASK, "only an answer or an assumption"),
        (claims(Grade.ASSUMED), Verdict.ASK, "only an answer or an assumption"),
        (claims(until=DAY - timedelta(days=1)), Verdict.ASK, "no longer fresh"),
        (claims(value="no"), Verdict.NO, "there is not"),
        (claims(Grade.ANSWERED, value="no"), Verdict.ASK, "not well founded"),
        (claims() + claims(Grade.ANSWERED, value="no"), Verdict.ASK, "not well founded"),
    ],
)
def test_a_claim_that_is_stale_or_ill_founded_never_satisfies_a_must(
    given_claims: list[Claim], verdict: Verdict, words: str
) -> None:
    answer = may(tool(claims=given_claims), "confidential", [], ORGANISATION, as_of=DAY)
    assert answer.verdict is verdict
    assert words in answer.reasons[0].text


def test_no_retention_is_good_and_retention_without_an_end_is_not() -> None:
    def answered(value: str) -> Verdict:
        kept = Claim(criterion="retention", value=value, seen_on=DAY, grade=Grade.CONTRACT)
        given_claims = [one for one in claims() if one.criterion != "retention"]
        return may(tool(claims=[*given_claims, kept]), "confidential", [], ORGANISATION, as_of=DAY).verdict

    assert answered("none") is Verdict.YES
    assert answered("30 days") is Verdict.YES
    assert answered("unlimited") is Verdict.NO


def test_internal_data_without_a_claim_about_training_is_let_in_under_a_condition() -> None:
    answer = may(tool(), "internal", [], ORGANISATION, as_of=DAY)
    assert answer.verdict is Verdict.CONDITIONS
    assert "training" in answer.conditions[0].text


def test_personal_data_is_weighed_as_confidential() -> None:
    assert may(tool(), "public", [], ORGANISATION, as_of=DAY).verdict is Verdict.YES
    for category in PERSONAL:
        assert may(tool(), "public", [category], ORGANISATION, as_of=DAY).verdict is Verdict.ASK


def test_a_vendor_s_claims_count_where_their_scope_takes_the_tool_in() -> None:
    def answered(scope: str, plan: str) -> Verdict:
        made = [Claim(criterion=c.criterion, value="yes", scope=scope, seen_on=DAY, grade=c.grade) for c in claims()]
        vendor = VendorSpec(title="V", claims=made)
        return may(tool(plan=plan), "confidential", [], ORGANISATION, vendor, as_of=DAY).verdict

    assert answered("", "Team") is Verdict.YES
    assert answered("Enterprise", "enterprise") is Verdict.YES
    assert answered("Enterprise", "free") is Verdict.ASK


def test_a_contract_that_has_ended_leaves_confidential_data_open() -> None:
    ended = VendorSpec(title="V", contract_until=DAY - timedelta(days=1))
    holds = VendorSpec(title="V", contract_until=DAY + timedelta(days=5))
    assert may(tool(claims=claims()), "confidential", [], ORGANISATION, ended, as_of=DAY).verdict is Verdict.ASK
    assert may(tool(claims=claims()), "confidential", [], ORGANISATION, holds, as_of=DAY).until == holds.contract_until


def test_an_exception_that_counts_turns_what_is_open_into_a_yes_under_conditions() -> None:
    answer = may(tool(), "confidential", [], ORGANISATION, None, [exception()], as_of=DAY)
    assert answer.verdict is Verdict.CONDITIONS
    assert answer.until == DAY + timedelta(days=9)
    assert answer.conditions[0].text == "`log-redaction` stands in for what is missing"


def test_an_exception_never_lifts_a_no_and_counts_only_when_approved() -> None:
    forbidden = tool(standing=Standing.FORBIDDEN)
    assert may(forbidden, "public", [], ORGANISATION, None, [exception()], as_of=DAY).verdict is Verdict.NO
    asked_for = exception(approved_by="")
    assert may(tool(), "confidential", [], ORGANISATION, None, [asked_for], as_of=DAY).verdict is Verdict.ASK


def test_exceptions_are_a_tool_s_where_they_name_it() -> None:
    assert for_tool("pen", [exception(), exception(systems=[])]) == [exception()]


def test_a_class_that_the_organisation_lacks_is_told() -> None:
    with pytest.raises(InputError, match="`top` is not a class"):
        may(tool(), "top", [], ORGANISATION, as_of=DAY)


_claims = st.builds(
    Claim,
    criterion=st.sampled_from(CRITERIA),
    value=st.sampled_from(["yes", "no", "30 days", "unknown"]),
    scope=st.sampled_from(["", "team", "free"]),
    seen_on=st.dates(DAY - timedelta(days=3), DAY + timedelta(days=1)),
    good_until=st.none() | st.dates(DAY - timedelta(days=2), DAY + timedelta(days=2)),
    grade=st.sampled_from(Grade),
)
_tools = st.builds(
    ToolSpec,
    title=st.just("Pen"),
    plan=st.sampled_from(["", "team"]),
    standing=st.sampled_from(Standing),
    highest=st.sampled_from(["", *ORGANISATION.classes, "gone"]),
    forbidden=st.lists(st.sampled_from(Category), max_size=2),
    conditions=st.lists(st.just("ask first"), max_size=1),
    claims=st.lists(_claims, max_size=5),
    good_until=st.none() | st.dates(DAY - timedelta(days=1), DAY + timedelta(days=1)),
)
_vendors = st.none() | st.builds(
    VendorSpec,
    title=st.just("V"),
    claims=st.lists(_claims, max_size=4),
    contract_until=st.none() | st.dates(DAY - timedelta(days=1), DAY + timedelta(days=1)),
)
_exceptions = st.lists(st.booleans().map(lambda ok: exception(approved_by="r" if ok else "")), max_size=2)
_categories = st.frozensets(st.sampled_from(Category), max_size=3)


@given(_tools, _vendors, _exceptions, _categories, _categories)
def test_a_higher_class_or_more_categories_never_get_a_better_answer(
    one: ToolSpec,
    vendor: VendorSpec | None,
    exceptions: list[ExceptionSpec],
    few: frozenset[Category],
    more: frozenset[Category],
) -> None:
    def rank(data_class: str, categories: frozenset[Category]) -> int:
        return may(one, data_class, categories, ORGANISATION, vendor, exceptions, as_of=DAY).verdict.rank

    ranks = [rank(name, few) for name in ORGANISATION.classes]
    assert ranks == sorted(ranks)
    assert all(rank(name, few | more) >= rank(name, few) for name in ORGANISATION.classes)


@given(_tools, _vendors, st.sampled_from(ORGANISATION.classes), _categories)
def test_an_answer_holds_until_the_day_that_it_names(
    one: ToolSpec, vendor: VendorSpec | None, data_class: str, categories: frozenset[Category]
) -> None:
    answer = may(one, data_class, categories, ORGANISATION, vendor, as_of=DAY)
    if answer.until is not None:
        assert answer.until >= DAY
        on = may(one, data_class, categories, ORGANISATION, vendor, as_of=answer.until)
        assert on.verdict.rank <= answer.verdict.rank or any(
            c.seen_on > DAY for c in [*one.claims, *(vendor.claims if vendor else [])]
        )
