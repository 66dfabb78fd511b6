"""Classes of records, columns, files and sets: by data type, by how much there is, and by what stands together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.catalog.data_types import DataType, Family, Form
from bartizan.inspection.classification import (
    Aggregation,
    Classifier,
    ClassScheme,
    Tally,
    TypeClass,
    Verdict,
    parse_scheme,
)
from bartizan.model import InputError, Label
from bartizan.model.words import Category


def _type(id: str, family: Family, class_: str, category: Category | None = None, region: str = "") -> DataType:
    return DataType(
        id=id,
        title=id,
        family=family,
        category=category,
        class_=class_,
        regions=[region] if region else [],
        forms=[Form(pattern="x")],
        hits=[],
        misses=[],
    )


TYPES = {
    entry.id: entry
    for entry in (
        _type("person", "personal", "internal", Category.PERSONAL),
        _type("date-of-birth", "personal", "internal", Category.PERSONAL),
        _type("address", "contact", "internal", Category.PERSONAL),
        _type("email-address", "contact", "internal", Category.PERSONAL),
        _type("ch-ahv", "national-id", "confidential", Category.PERSONAL, "ch"),
        _type("diagnosis", "health", "confidential", Category.HEALTH),
        _type("host-name", "network", "internal"),
        _type("aws-key", "secret", "restricted", Category.CREDENTIALS),
        _type("tlp-white", "marking", "public"),
    )
}


def _classifier(**scheme: object) -> Classifier:
    return Classifier(ClassScheme(**scheme), TYPES)  # type: ignore[arg-type]


def _tally(**counts: int) -> Tally:
    return Tally(counts={name.replace("_", "-"): number for name, number in counts.items()})


def test_a_record_has_the_class_of_the_most_secret_thing_in_it() -> None:
    verdict = _classifier().record(_tally(email_address=2, ch_ahv=1, aws_key=0))
    assert (verdict.name, verdict.level) == ("confidential", 2)
    assert verdict.why == ("1 `ch-ahv` (confidential)", "2 `email-address` (internal)")
    assert verdict.label == Label(2, frozenset({Category.PERSONAL}))
    assert _classifier().record(_tally()) == Verdict(level=0, name="public")


def test_long_reasons_are_cut() -> None:
    verdict = _classifier(aggregation=[]).record(Tally(counts=dict.fromkeys(TYPES, 1)))
    assert verdict.why[0] == "1 `aws-key` (restricted)"
    assert verdict.why[-1] == "and 4 more types"
    assert verdict.categories == (Category.PERSONAL, Category.HEALTH, Category.CREDENTIALS)


@pytest.mark.parametrize(
    ("counts", "name", "rule"),
    [
        ({"person": 1, "date-of-birth": 1, "address": 1}, "confidential", "whole-identity"),
        ({"person": 1, "date-of-birth": 1}, "internal", ""),
        ({"diagnosis": 1, "email-address": 1}, "restricted", "health-of-a-person"),
        ({"diagnosis": 1}, "confidential", ""),
        ({"aws-key": 1, "diagnosis": 1, "person": 1}, "restricted", ""),
    ],
)
def test_things_that_stand_together_are_worth_more(counts: dict[str, int], name: str, rule: str) -> None:
    verdict = _classifier().record(Tally(counts=counts))
    assert verdict.name == name
    assert verdict.raised_by == ((rule,) if rule else ())
    assert (f"{name} by `{rule}`" in " ".join(verdict.why)) == bool(rule)


def test_one_type_alone_never_stands_together_with_itself() -> None:
    rule = Aggregation(id="x", says="twice", together=[["family:health"], ["category:health", "person"]])
    classifier = _classifier(aggregation=[rule])
    assert classifier.record(_tally(diagnosis=5)).name == "confidential"
    assert classifier.record(_tally(diagnosis=1, person=1)).name == "restricted"


@pytest.mark.parametrize(
    ("tally", "name"),
    [
        (_tally(email_address=999), "internal"),
        (_tally(email_address=1000), "confidential"),
        (Tally(counts={"email-address": 5000}, distinct={"email-address": 3}), "internal"),
        (Tally(counts={"email-address": 5000}, records={"email-address": 1200}), "confidential"),
        (_tally(email_address=600, person=600), "internal"),
        (_tally(host_name=9999), "internal"),
        (_tally(host_name=9000, email_address=900, person=100), "confidential"),
        (_tally(ch_ahv=1000), "restricted"),
    ],
)
def test_much_of_a_lower_class_is_worth_more(tally: Tally, name: str) -> None:
    classifier = _classifier()
    assert classifier.column(tally).name == name
    assert classifier.file(tally).name == name
    assert classifier.whole_set([tally]).name == name


def test_volume_says_nothing_about_one_record() -> None:
    assert _classifier().record(_tally(email_address=5000)).name == "internal"


def test_a_file_is_at_least_its_columns_and_a_set_at_least_its_files() -> None:
    classifier = _classifier()
    columns = [classifier.column(_tally(email_address=1)), classifier.column(_tally(ch_ahv=1000))]
    file = classifier.file(_tally(email_address=1), columns)
    assert (file.name, file.raised_by) == ("restricted", ("many-persons",))
    assert file.why == ("1,000 `ch-ahv` (confidential)", *columns[1].why[1:], "1 `email-address` (internal)")
    parts = [_tally(email_address=600), _tally(email_address=600)]
    files = [classifier.file(part) for part in parts]
    assert [one.name for one in files] == ["internal", "internal"]
    assert classifier.whole_set(parts, files).name == "confidential"
    assert classifier.whole_set([_tally(email_address=1)], [file]).name == "restricted"


def test_an_organisation_has_its_own_classes_types_and_rules() -> None:
    classifier = _classifier(
        classes=["offen", "intern", "vertraulich", "geheim", "streng-geheim"],
        named={"restricted": "streng-geheim"},
        types={"host-name": TypeClass(class_="geheim", category=Category.SAFETY, at_least=3)},
        aggregation=[
            Aggregation(id="mine", says="much", of=["region:ch"], at_least=2, to="streng-geheim", at=["file"])
        ],
    )
    assert [classifier.class_of(name) for name in ("tlp-white", "person", "ch-ahv", "aws-key")] == [
        "offen",
        "intern",
        "vertraulich",
        "streng-geheim",
    ]
    assert classifier.file(_tally(host_name=2)).name == "offen"
    verdict = classifier.file(_tally(host_name=3))
    assert (verdict.name, verdict.categories) == ("geheim", (Category.SAFETY,))
    assert classifier.file(_tally(ch_ahv=2)).raised_by == ("mine",)
    assert classifier.record(_tally(ch_ahv=2)).name == "vertraulich"


def test_default_rules_speak_of_the_own_class_that_stands_for_internal() -> None:
    classifier = _classifier(classes=["offen", "intern", "geheim"])
    assert classifier.file(_tally(host_name=10_000)).name == "geheim"
    assert classifier.file(_tally(host_name=9_999)).name == "intern"


def test_a_type_may_have_a_class_of_the_organisation() -> None:
    own = Classifier(ClassScheme(classes=["offen", "geheim"]), {"own": _type("own", "business", "geheim")})
    assert own.record(_tally(own=1)).name == "geheim"


def test_an_unknown_type_is_an_error() -> None:
    with pytest.raises(InputError, match="`emale` is not a data type"):
        _classifier().record(_tally(emale=1))


COUNTS = st.dictionaries(st.sampled_from(sorted(TYPES)), st.integers(0, 20_000), max_size=6)


@given(COUNTS, COUNTS, st.sampled_from(["record", "column", "file"]))
def test_more_findings_never_lower_a_class(some: dict[str, int], more: dict[str, int], at: str) -> None:
    classifier = _classifier()
    both = Tally.sum([Tally(counts=some), Tally(counts=more)])
    less, greater = (getattr(classifier, at)(tally) for tally in (Tally(counts=some), both))
    assert greater.label.covers(less.label)


SCHEME = """
classes: [open, secret]
named: {internal: secret}
types: {email-address: {class: open, at_least: 5}, person: {category: children}}
aggregation:
  - {id: all, says: much, of: [email-address, "family:contact"], at_least: 10, raise: 1, at: [set]}
  - {id: both, says: two things, together: [["category:health"], ["region:ch"]], to: secret}
"""


def test_a_scheme_is_read_from_a_document() -> None:
    scheme = parse_scheme(SCHEME.encode(), "scheme.yaml", TYPES)
    classifier = Classifier(scheme, TYPES)
    assert classifier.whole_set([_tally(email_address=10)]).name == "secret"
    assert classifier.whole_set([_tally(email_address=9)]).name == "open"
    assert classifier.record(_tally(person=1)).categories == (Category.CHILDREN,)
    assert parse_scheme(b"{}", "s.yaml", TYPES) == ClassScheme()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("classes: [a]", "two or more different names"),
        ("classes: [a, a]", "two or more different names"),
        ("named: {intern: internal}", "`intern` is not a class of the default scheme"),
        ("named: {internal: intern}", "`intern` is not a class of the scheme"),
        ("types: {emale: {class: public}}", "`emale` is not a data type"),
        ("types: {person: {class: geheim}}", "`geheim` is not a class of the scheme"),
        ("aggregation: [{id: a, says: b}]", "the rule `a` looks for nothing"),
        ("aggregation: [{id: a, says: b, of: [persons]}]", "`persons` is not a selector"),
        ("aggregation: [{id: a, says: b, together: [[person], ['family:x']]}]", "`family:x` is not a selector"),
        ("aggregation: [{id: a, says: b, of: [person], to: geheim}]", "`geheim` is not a class of the scheme"),
        ("aggregation: [{id: a, says: b, of: [person], at: [page]}]", "page"),
        ("colour: red", "`colour` is not a key"),
    ],
)
def test_what_is_wrong_in_a_scheme_is_said(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_scheme(text.encode(), "scheme.yaml", TYPES)
