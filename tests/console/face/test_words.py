"""Languages: what is said, filled, counted, and written as each of them does."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from importlib.resources import files

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bartizan.console.labels import LABELS
from bartizan.console.words import LANGUAGES, language_of, message, words_for
from tests.support import REPOSITORY

OTHERS = [language for language in LANGUAGES if language != "en"]


def catalog_of(language: str) -> Catalog:
    content = (files("bartizan.console") / "locale" / language / "console.po").read_bytes()
    return read_po(io.BytesIO(content), locale=language)


def test_what_is_filled_in_is_escaped_and_the_message_is_too() -> None:
    words = words_for("en")
    assert words.say("<%(what)s>", what="<b>") == "&lt;&lt;b&gt;&gt;"
    assert words.say("100%% sure") == "100% sure"
    assert words.say("") == ""


def test_things_are_counted_with_their_number_in_the_language() -> None:
    assert words_for("de").count("%(num)s row", "%(num)s rows", 1200) == "1.200 rows"
    assert words_for("en").count("%(num)s row", "%(num)s rows", 1) == "1 row"


def test_plain_text_is_filled_without_escaping() -> None:
    assert words_for("en").plain("%(a)s & co", a="x") == "x & co"
    assert words_for("en").plain(message("as it is")) == "as it is"
    assert words_for("en").plain("") == ""


@pytest.mark.parametrize(
    ("language", "day", "number", "share"),
    [
        ("en", "Nov\xa028,\xa02026", "1,234.5", "52%"),
        ("de", "28.11.2026", "1.234,5", "52\xa0%"),
        ("fr", "28\xa0nov.\xa02026", "1\u202f234,5", "52\xa0%"),
        ("it", "28\xa0nov\xa02026", "1.234,5", "52%"),
        ("sq", "28\xa0nën\xa02026", "1\xa0234,5", "52%"),
    ],
)
def test_dates_and_numbers_are_written_as_the_language_does(language: str, day: str, number: str, share: str) -> None:
    words = words_for(language)
    assert words.date("2026-11-28") == day
    assert words.number(1234.52) == number
    assert words.percent(0.517) == share


def test_money_is_brief_and_apart_from_its_currency() -> None:
    words = words_for("en")
    assert words.money(4_920_000, "CHF") == "CHF\xa04.9M"
    assert words.money(320.4, "EUR") == "€320"
    assert words.money(154_300, "EUR") == "€154K"


def test_what_is_not_there_is_a_dash() -> None:
    words = words_for("en")
    nothing = [words.date(None), words.date(""), words.moment(None), words.number(None), words.percent(None)]
    assert [*nothing, words.money(None, "EUR")] == ["–"] * 6


def test_times_are_told_in_utc_whatever_zone_they_come_in() -> None:
    assert words_for("de").moment("2026-11-28T10:00:00+01:00") == "28.11.2026, 09:00\xa0UTC"


def test_a_language_that_is_not_ours_is_english() -> None:
    assert words_for("tlh").language == "en"


@pytest.mark.parametrize(
    ("wishes", "accepted", "language"),
    [
        (["it", "de"], "fr", "it"),
        (["", "de"], "fr", "de"),
        (["xx", ""], "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ([], "pl, sq;q=0.5", "sq"),
        ([], "en;q=0.2, de-AT;q=0.8", "de"),
        ([], "", "en"),
        ([], "de;q=oh, *;q=0.1, ;;;", "en"),
    ],
)
def test_the_language_is_the_first_wish_that_is_ours(wishes: list[str], accepted: str, language: str) -> None:
    assert language_of(*wishes, accepted=accepted) == language


def test_the_catalogs_have_all_messages_of_the_console() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scripts.messages_work", "--check"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated(language: str) -> None:
    texts = [one for one in catalog_of(language) if one.id]
    strings = {one.id: [one.string] if isinstance(one.string, str) else list(one.string or [""]) for one in texts}
    assert [id for id, said in strings.items() if not all(said)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_translations_fill_in_what_their_messages_do(language: str) -> None:
    wrong = []
    for one in catalog_of(language):
        ids = [one.id] if isinstance(one.id, str) else list(one.id)
        strings = [one.string] if isinstance(one.string, str) else list(one.string or [])
        known = {name for text in ids for name in re.findall(r"%\((\w+)\)s", text)}
        for text in filter(None, strings):
            if one.id and not set(re.findall(r"%\((\w+)\)s", text)) <= known:
                wrong.append(text)
    assert wrong == []


def test_every_fixed_word_has_a_message() -> None:
    assert all(LABELS.values())
