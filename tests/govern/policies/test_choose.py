"""Which statements are for whom, and what is filled in."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.catalog.statements import PARAMETERS, When
from bartizan.govern.policies import applies, fill, parameters
from bartizan.model.documents import Area, Organisation, TierRule, Unit
from bartizan.model.words import Level


def organisation(**given: Any) -> Organisation:
    return Organisation(title="Example", **given)


def area(**given: Any) -> Organisation:
    return organisation(area=Area(**given))


@pytest.mark.parametrize(
    ("when", "fits", "other"),
    [
        (When(develops=True), area(develops=True), area()),
        (When(develops=False), area(), area(develops=True)),
        (When(builds_agents=True), area(builds_agents=True), area()),
        (When(trains=True), area(trains=True), area()),
        (When(personal_data=True), area(), area(personal_data=False)),
        (When(critical_processes=True), area(critical_processes=True), area()),
        (When(units=True), organisation(units={"a": Unit(title="A")}), organisation()),
        (When(regions=["eu"]), area(regions=["ch", "DE"]), area(regions=["ch"])),
        (When(regions=["eu"]), area(regions=["EU"]), area()),
        (When(sectors=["finance"]), area(sectors=["Asset management"]), area(sectors=["retail"])),
        (When(frameworks=["nis2", "dora"]), organisation(frameworks=["dora"]), organisation(frameworks=["gdpr"])),
        (When(appetite_at_most=Level.MEDIUM), organisation(appetite=Level.LOW), organisation(appetite=Level.HIGH)),
        (When(appetite_at_most=Level.MEDIUM), organisation(), organisation(appetite=10_000.0)),
        (When(classes_at_least=3), organisation(), organisation(classes=["open", "closed"])),
        (When(trains=True, develops=True), area(trains=True, develops=True), area(trains=True)),
    ],
)
def test_a_condition_fits_one_and_not_the_other(when: When, fits: Organisation, other: Organisation) -> None:
    assert applies(when, fits)
    assert not applies(when, other)


def test_without_a_condition_a_statement_is_for_everybody() -> None:
    assert applies(When(), area(personal_data=False))


@pytest.mark.parametrize("language", ["en", "de", "fr", "it", "sq", "rm"])
def test_every_parameter_has_a_value_in_every_language(language: str) -> None:
    values = parameters(Organisation(title=""), language)
    assert set(values) == PARAMETERS
    assert all(values.values())


def test_values_are_the_organisations() -> None:
    tiers = [TierRule(id="one", title="One", review_days=90), TierRule(id="two", title="Two", evidence_days=30)]
    made = organisation(classes=["open", "secret"], tiers=tiers, appetite=1_500_000.0, currency="CHF")
    values = parameters(made, "en")
    assert values["classes"] == "open and secret"
    assert (values["lowest_class"], values["highest_class"]) == ("open", "secret")
    assert (values["strictest_review_days"], values["review_days"], values["evidence_days"]) == ("90", "365", "30")
    assert values["appetite"] == "CHF\u00a01,500,000"


@pytest.mark.parametrize(
    ("language", "classes", "level", "money"),
    [
        ("de", "open, closed und secret", "hoch", "CHF\u00a01\u00a0500\u00a0000"),
        ("fr", "open, closed et secret", "élevée", "1\u202f500\u202f000\u00a0CHF"),
        ("it", "open, closed e secret", "alta", "1.500.000\u00a0CHF"),
        ("sq", "open, closed dhe secret", "i lartë", "1\u00a0500\u00a0000\u00a0CHF"),
        ("rm", "open, closed and secret", "high", "CHF\u00a01,500,000"),
    ],
)
def test_values_are_said_in_the_language(language: str, classes: str, level: str, money: str) -> None:
    made = organisation(classes=["open", "closed", "secret"], appetite=Level.HIGH)
    values = parameters(made, language)
    assert (values["classes"], values["appetite"]) == (classes, level)
    dear = organisation(appetite=1_500_000.0, currency="CHF")
    assert parameters(dear, language)["appetite"] == money


def test_one_class_and_no_tiers_do() -> None:
    values = parameters(organisation(classes=["all"], tiers=[]), "de")
    assert (values["classes"], values["review_days"], values["evidence_days"]) == ("all", "365", "180")


def test_only_names_in_braces_are_filled_and_nothing_is_evaluated() -> None:
    values = {"organisation": "{highest_class} & {organisation.__class__}"}
    assert fill("At {organisation}, {other} {0} {organisation.x}", values) == (
        "At {highest_class} & {organisation.__class__}, {other} {0} {organisation.x}"
    )
