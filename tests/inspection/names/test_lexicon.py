from __future__ import annotations

import pytest

from bartizan.inspection.names.lexicon import Case, Kind, Sign, case_of, make_lexicon, packaged_lexicon, sign_of
from bartizan.inspection.names.words import fold

LEXICON = make_lexicon(
    given=["anna", "mark *", "robin", "jean", "dean *"],
    surnames=["keller", "robin", "long *", "dean"],
    titles=["dr", "m", "herr"],
    places=["paris"],
    organisations=["gmbh"],
    words=["follow", "server"],
)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Anna", Kind.GIVEN),
        ("MARK", Kind.GIVEN_WEAK),
        ("Keller", Kind.SURNAME),
        ("Long", Kind.SURNAME_WEAK),
        ("Robin", Kind.BOTH),
        ("Dean", Kind.BOTH_WEAK),
        ("Dr.", Kind.TITLE),
        ("Herr", Kind.TITLE),
        ("m", Kind.TITLE),
        ("M.", Kind.TITLE),
        ("B.", Kind.INITIAL),
        ("J.R.", Kind.INITIAL),
        ("B", Kind.INITIAL),
        ("Paris", Kind.PLACE),
        ("GmbH", Kind.ORGANISATION),
        ("Server", Kind.WORD),
        ("getAnna", Kind.WORD),
        ("SSLError", Kind.WORD),
        ("von", Kind.PARTICLE),
        ("Jean-Anna", Kind.GIVEN),
        ("Anna-Keller", Kind.GIVEN),
        ("Follow-up", Kind.WORD),
        ("Re-follow", Kind.WORD),
        ("Anna-xyz", None),
        ("Zgraggen", None),
        ("McDonald", None),
    ],
)
def test_lists_tell_what_a_word_is(word: str, kind: Kind | None) -> None:
    assert LEXICON.kind(word, fold(word)) == kind


@pytest.mark.parametrize(
    ("word", "case"), [("anna", Case.SMALL), ("Anna", Case.CAPITAL), ("A", Case.CAPITAL), ("ANNA", Case.CAPITALS)]
)
def test_case(word: str, case: Case) -> None:
    assert case_of(word) == case


@pytest.mark.parametrize(
    ("text", "sign"),
    [("12", Sign.NUMBER), (",", Sign.COMMA), ("\n", Sign.EDGE), ("@", Sign.MARK), ("%", Sign.OTHER), ("?", Sign.STOP)],
)
def test_signs(text: str, sign: Sign) -> None:
    assert sign_of(text) == sign


def test_the_packaged_lists_know_names_of_many_countries() -> None:
    lexicon = packaged_lexicon()
    known = [
        fold(name) for name in ("Ueli", "Besnik", "Étienne", "Giulia", "Iñaki", "Łukasz", "Þórður", "Ayşe", "Haruka")
    ]
    assert set(known) <= lexicon.names.keys()
    assert lexicon.names["mark"] == Kind.GIVEN_WEAK
    assert lexicon.names["mueller"] == Kind.SURNAME
    assert len(lexicon.names) > 15_000
