"""Rule packages of Microsoft Purview: what we write, what we read, and what is said to be lost."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.catalog.data_types import DataType, Form
from bartizan.model import InputError
from bartizan.model.words import Category
from bartizan.store.purview import export_types, import_types
from bartizan.store.purview_bytes import characters
from bartizan.store.regexes import parse, written
from tests.store.purview_files import E1, package, structure
from tests.support import packaged_types


def _type(*forms: Form, id: str = "own-number", **more: object) -> DataType:
    values: dict[str, object] = {"title": "Own number", "family": "business", "class_": "internal"} | more
    return DataType(id=id, forms=list(forms), hits=[], misses=[], **values)  # type: ignore[arg-type]


PLAIN = [
    _type(Form(digits=["###-##-####", "#{8,10}"], alone=75, near=85), keywords=["own number", "eigene nr"], within=90),
    _type(Form(pattern="OWN-[A-Z]{3}", alone=85), id="a.b", category=Category.HEALTH, regions=["ch", "li"]),
    _type(Form(pattern="-----BEGIN OWN|<own>", ignore_case=True, alone=65, near=75), id="c", keywords=["begin"]),
    _type(Form(pattern="[+-]?x{2}", near=75), Form(digits=["##.##"], alone=85), id="d", keywords=["für & <wider>"]),
    _type(Form(pattern="own", bounded=False, alone=85), id="e"),
    _type(Form(pattern=r"own\s=(?:\s)?(?P<value>[a-z]{5}|x-)+", alone=85), id="f"),
]


def _said(type: DataType) -> DataType:
    """A type as far as both sides can say it."""
    forms = [form if type.keywords else msgspec.structs.replace(form, near=form.alone) for form in type.forms]
    return msgspec.structs.replace(type, forms=forms)


def test_what_both_can_say_comes_back_as_it_was() -> None:
    content, notes = export_types(PLAIN, "Mine")
    assert {note.partition(":")[0] for note in notes} == {"`f`"}
    read = import_types(content, "mine.xml")
    assert read.types == [_said(type) for type in PLAIN]
    assert read.notes == []


def test_a_package_has_the_documented_structure_and_stays_the_same() -> None:
    content, _ = export_types(PLAIN, "Mine & <theirs>" * 9, (2, 3))
    assert structure(content) == []
    assert content == export_types(PLAIN, "Mine & <theirs>" * 9, (2, 3))[0]
    assert content.startswith(b"\xff\xfe")
    assert 'major="2" minor="3"' in content.decode("utf-16")


def test_expressions_are_bounded_as_the_engine_does() -> None:
    text = export_types(PLAIN, "Mine")[0].decode("utf-16")
    assert re.findall(r"<Regex id=\"[^\"]*\">(.*)</Regex>", text) == [
        r"\b(?:\d{3}-\d{2}-\d{4}|\d{8,10})\b",
        r"\bOWN-[A-Z]{3}\b",
        r"(?i)-----BEGIN OWN|&lt;own&gt;".replace("(?i)", "(?i)(?:") + r")(?!\w)",
        r"(?&lt;!\w)[+-]?x{2}\b",
        r"\b\d{2}\.\d{2}\b",
        "own",
        r"own\s=(?:\s)?(?&lt;value&gt;\b(?:[a-z]{5}|x-)(?!\w))+",
    ]


@pytest.mark.parametrize(
    ("type", "note"),
    [
        (_type(Form(digits=["####"], check="luhn", alone=85)), "its checksum `luhn` is not carried over"),
        (_type(Form(pattern="x{9}", entropy=3.0, alone=85)), "its least entropy is not carried over"),
        (_type(Form(pattern="x", alone=85), exclude=["y"]), "its exceptions (`exclude`) are not carried over"),
        (_type(Form(pattern="x=(?P<value>y)", alone=85)), "Purview reports the whole match, not the value in it"),
        (_type(Form(pattern="(?:ab)+", alone=85)), "Purview may refuse its expression: a group is repeated"),
        (_type(Form(pattern="a(?:b.*c)", alone=85)), "Purview may refuse its expression: a group holds `.*`"),
        (_type(Form(pattern="a.{0,20}", alone=85)), "Purview may refuse its expression: it begins or ends with"),
        (_type(Form(pattern="x", alone=85), keywords=["y", "z" * 51]), "1 keywords are too long or too many"),
    ],
)
def test_what_purview_can_not_say_is_said(type: DataType, note: str) -> None:
    content, notes = export_types([type], "Mine")
    assert [said for said in notes if said.startswith(f"`own-number`: {note}")]
    assert structure(content) == []


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"caf\xc3\xa9s?", "cafés?"),
        (r"(?:n\xc2\xb0){2}", "(?:n°){2}"),
        (r"[\xc3-\xdf][\x80-\xbf]", r"[\x{c0}-\x{7ff}]"),
        (r"[\xe1\xe4-\xed][\x80-\xbf]{2}x", r"[\x{1000}-\x{1fff}\x{4000}-\x{dfff}]x"),
        (r"\xe3[\x81-\xbf][\x80-\xbf]", r"[\x{3040}-\x{3fff}]"),
        (r"\xf0\x9f\x98[\x80-\x8f]", r"[\x{1f600}-\x{1f60f}]"),
    ],
)
def test_bytes_of_utf_8_become_characters(pattern: str, expected: str) -> None:
    assert written(characters(parse(pattern)[0])) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        r"\xc3",
        r"\xc3x",
        r"(?:\xc3|\xa9)",
        r"\xc3\xa9{1,2}",
        r"[a\xc3]",
        r"[\xc3-\xdf][\x80-\x8f]\xa9",
        r"[\xc3-\xe3][\x80-\xbf]",
        r"\xe3[\x81-\xbf][\x80-\x8f]",
        r"\xe3[\x81-\xbf\x80][\x80-\xbf]",
        r"\xc3\xc3",
        r"\xc3[\xa0-\xa9]?",
    ],
)
def test_bytes_that_make_no_characters_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="single bytes"):
        characters(parse(pattern)[0])


def test_a_type_of_which_nothing_can_be_said_is_left_out() -> None:
    types = [
        _type(Form(finder="names", alone=75)),
        _type(Form(pattern="x"), id="y"),
        _type(Form(pattern="(", alone=75), id="z"),
    ]
    _, notes = export_types([*types, PLAIN[1]], "Mine")
    assert notes == [
        "`own-number`: the finder `names` has no counterpart",
        "`own-number`: nothing of it can be said, so it is left out",
        "`y`: a form that needs a keyword has none",
        "`y`: nothing of it can be said, so it is left out",
        "`z`: its pattern can't be rewritten: a group is not closed",
        "`z`: nothing of it can be said, so it is left out",
    ]
    with pytest.raises(InputError, match="none of these"):
        export_types(types, "Mine")


def test_the_catalog_can_be_exported_and_read_back() -> None:
    known = packaged_types()
    content, _ = export_types(known.values(), "Bartizan")
    assert structure(content) == []
    read = import_types(content, "bartizan.xml")
    assert {type.id for type in read.types} <= set(known)
    for type in read.types:
        original = known[type.id]
        assert (type.family, type.class_, type.category, type.title) == (
            original.family,
            original.class_,
            original.category,
            " ".join(original.title.split()),
        )


def test_a_large_package_is_told() -> None:
    _, notes = export_types([_type(Form(digits=["####"], alone=85), title="x" * 400_000)], "Mine")
    assert [note for note in notes if "Purview takes up to about 770,000" not in note] == []
    assert notes


KEYWORD = '<Keyword id="K"><Group matchStyle="word"><Term>Staff No</Term><Term>badge</Term></Group></Keyword>'
REGEX = r'<Regex id="R">\b\d{3}-\d{4}\b</Regex>'


def _entity(*patterns: str, attributes: str = "") -> str:
    rows = "".join(patterns)
    return f'<Entity id="{E1}" patternsProximity="300" recommendedConfidence="75" {attributes}>{rows}</Entity>'


def _pattern(level: int, evidence: str = "", id: str = "R", attributes: str = "") -> str:
    return f'<Pattern confidenceLevel="{level}" {attributes}><IdMatch idRef="{id}"/>{evidence}</Pattern>'


def test_a_package_of_purview_becomes_data_types() -> None:
    entity = _entity(_pattern(85, '<Match idRef="K"/>'), _pattern(65))
    read = import_types(package(entity, REGEX + KEYWORD), "p.xml", class_="restricted", family="personal")
    (type,) = read.types
    assert (type.id, type.title, type.also) == ("staff-number", "Staff number", {"purview": "Staff number"})
    assert (type.class_, type.family, type.within) == ("restricted", "personal", 300)
    assert type.keywords == ["staff no", "badge"]
    assert type.forms == [Form(digits=["###-####"], alone=65, near=85)]
    assert read.notes == ["`Staff number` got the class `restricted` and the family `personal`; check them"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8", "utf-8-sig"])
def test_packages_come_in_several_encodings(encoding: str) -> None:
    text = package(_entity(_pattern(85)), REGEX).decode("utf-16")
    assert len(import_types(text.encode(encoding), "p.xml").types) == 1


@pytest.mark.parametrize(
    ("expression", "form"),
    [
        (r"(?:^|[\s,;])([0-9]{4}[ -_][0-9]{4})(?:$|[\s,;])", Form(pattern="[0-9]{4}[ -_][0-9]{4}", alone=85)),
        (r"(?&lt;!\w)ab(c|d)(?!\w)", Form(pattern="ab(?:c|d)", alone=85)),
        (r"(?i)\b(?&lt;x&gt;ab)\b", Form(pattern="ab", ignore_case=True, alone=85)),
        (r"\b(\d{5}[A-Z])\b", Form(pattern=r"\d{5}[A-Z]", alone=85)),
        (r"(\s)(\d{9})(\s)", Form(pattern=r"(?:\s)(?:\d{9})(?:\s)", alone=85)),
        (r"\d{9}", Form(pattern=r"\d{9}", bounded=False, alone=85)),
        (r"a|b", Form(pattern="a|b", bounded=False, alone=85)),
        (r"\bab", Form(pattern="ab", bounded=False, alone=85)),
        (r"a\b-(?i:b)$c", Form(pattern=r"a\b-(?i:b)$c", bounded=False, alone=85)),
        (r"n=(?&lt;value&gt;\b[A-Z]{3}\b)+", Form(pattern=r"n=(?P<value>[A-Z]{3})+", alone=85)),
        (r"né?[äö][ü1]", Form(pattern=r"n(?:é)?(?:ä|ö)(?:ü|[1])", bounded=False, alone=85)),
    ],
)
def test_expressions_become_patterns(expression: str, form: Form) -> None:
    read = import_types(package(_entity(_pattern(85)), f'<Regex id="R">{expression}</Regex>'), "p.xml")
    assert read.types[0].forms == [msgspec.structs.replace(form, near=85)]
    assert any("on one side" in note for note in read.notes) == (expression == r"\bab")


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        (r"(a)\1", "refers back"),
        (r"a(?=b)c", "looks ahead or behind"),
        (r"a(?&gt;b)c", "has the group `(?>`"),
        (r"ab\Bc", r"has the place `\B`"),
        (r"[^é]x", "has the class `[^é]`"),
        (r"[à-ü]x", "has the class `[à-ü]`"),
        (r"a++b", "has a possessive repeat"),
        (r"\p{L}+", r"has the class `\p{L}`"),
        (r"(a", "is not understood (a group is not closed)"),
        (r"a*", "matches nothing at all"),
        (r"[b-a]c", "is none in Python (bad character range"),
        ("a" * 20_001, "is too long"),
    ],
)
def test_expressions_beyond_the_subset_are_left_out_and_said(expression: str, why: str) -> None:
    read = import_types(package(_entity(_pattern(85)), f'<Regex id="R">{expression}</Regex>'), "p.xml")
    assert read.types == []
    assert f"the expression `R` is not carried over, because it {why}" in read.notes[0]
    assert read.notes[-1] == "`Staff number` is not carried over: no pattern of it can be"


@pytest.mark.parametrize(
    ("patterns", "note"),
    [
        ([_pattern(85, id="Func_credit_card")], "`Func_credit_card` is built into Purview and is not carried over"),
        ([_pattern(85, id="F")], "`F` is a fingerprint and is not carried over"),
        ([_pattern(85, attributes='filters="f"')], "its filters are not carried over, so it may find more"),
        (
            [_pattern(85, '<Match idRef="Func_us_date"/>')],
            "a pattern at 85 is not carried over, because it asks for `Func_us",
        ),
        (
            [_pattern(85, '<Any minMatches="1"><Match idRef="Func_us_date"/><Match idRef="K"/></Any>')],
            "`Func_us_date` counts as evidence no longer",
        ),
        ([_pattern(85, '<Any><Match idRef="Func_us_date"/></Any>')], "asks for evidence that only Purview knows"),
        (
            [_pattern(85, '<Any minMatches="2"><Match idRef="K"/></Any>')],
            "it asks for 2 to all pieces of evidence; one is enough now",
        ),
        ([_pattern(85, '<Match idRef="K" minCount="3"/>')], "it asks for 3 keywords; one is enough now"),
        (
            [_pattern(85, '<Any minMatches="0" maxMatches="0"><Match idRef="K"/></Any>')],
            "evidence that speaks against a finding is not carried over",
        ),
        (
            [_pattern(85, '<Match idRef="K"/><Match idRef="K"/>')],
            "several kinds of evidence together; one is enough now",
        ),
        ([_pattern(85, id="V")], "the check `Func_ssn` is not carried over, so it may find more"),
        ([_pattern(85, id="S")], "keywords that Purview finds inside of words are found as words only"),
        ([_pattern(85, id="X")], "the flags `x` of its expression are not carried over"),
    ],
)
def test_what_can_not_be_carried_over_is_said(patterns: list[str], note: str) -> None:
    processors = (
        f'{REGEX}{KEYWORD}<Fingerprint id="F"/><Regex id="V" validators="Func_ssn">x</Regex><Regex id="X">(?x)y</Regex>'
        '<Keyword id="S"><Group matchStyle="string"><Term caseSensitive="true">Ab c</Term></Group></Keyword>'
    )
    read = import_types(package(_entity(*patterns), processors), "p.xml")
    assert [said for said in read.notes if note in said]


def test_a_keyword_may_be_what_is_looked_for() -> None:
    read = import_types(package(_entity(_pattern(75, id="K")), KEYWORD), "p.xml")
    assert read.types[0].forms == [Form(pattern=r"staff\ no|badge", ignore_case=True, alone=75, near=75)]
    empty = package(_entity(_pattern(75, id="K")), '<Keyword id="K"><Group><Term/></Group></Keyword>')
    assert import_types(empty, "p.xml").types == []


def test_evidence_that_is_not_needed_is_none() -> None:
    entity = _entity(_pattern(85, '<Any minMatches="0"><Match idRef="K"/></Any>'), attributes='workload="Exchange"')
    (type,) = import_types(package(entity, REGEX + KEYWORD), "p.xml").types
    assert (type.keywords, type.forms[0].alone) == ([], 85)


def test_versions_and_affinities_and_names_are_looked_through() -> None:
    inner = _entity(f'<Version minEngineVersion="15.01.0000.000">{_pattern(200)}</Version>')
    affinity = f'<Affinity id="{E1}" evidencesProximity="unlimited" thresholdConfidenceLevel="65"/>'
    twice = inner.replace(E1, "bbbbbbbb-1111-4111-8111-000000000001").replace('"300"', '"unlimited"')
    read = import_types(package(f"{affinity}<Version>{inner}{twice}{twice}</Version>", REGEX), "p.xml")
    assert [type.id for type in read.types] == [
        "staff-number",
        "bbbbbbbb-1111-4111-8111-000000000001",
        "bbbbbbbb-1111-4111-8111-000000000001-2",
    ]
    assert read.types[0].forms[0].alone == 85
    assert read.types[1].within == 100_000
    assert "1 affinities, which judge a whole document, are not carried over" in read.notes


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<a/>", "no rule package"),
        (b"<RulePackage/>", "no rule package"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><RulePackage/>', "declares a document type"),
        (b"<RulePackage><Rules>", "not well-formed"),
        (b" " * (16 * 1024 * 1024 + 1), "more than"),
    ],
)
def test_other_files_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        import_types(content, "p.xml")


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Cn"]), min_size=1, max_size=9
)


@given(
    st.lists(st.sampled_from(["###", "##-##", "# #", "#{3,9}", "#.#/#:#"]), min_size=1, max_size=3, unique=True),
    st.sampled_from([0, 65, 75, 85]),
    st.sampled_from([65, 75, 85]),
    st.lists(
        WORDS.map(str.lower).filter(lambda word: word == word.lower().strip()), min_size=1, max_size=3, unique=True
    ),
    st.integers(1, 500),
)
def test_digits_and_keywords_always_come_back(
    digits: list[str], alone: int, near: int, keywords: list[str], within: int
) -> None:
    form = Form(digits=digits, alone=alone, near=max(alone, near))  # type: ignore[arg-type]
    type = _type(form, keywords=keywords, within=within)
    content, _ = export_types([type], "x")
    assert import_types(content, "x.xml").types == [type]
