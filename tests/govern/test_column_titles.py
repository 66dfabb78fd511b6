"""Headings of files in every language: there for all columns, and each leads back to one of them."""

from __future__ import annotations

from bartizan.govern.columns import LISTS, Column, heading

LANGUAGES = {"en", "de", "fr", "it", "sq"}


def test_every_list_and_column_has_a_title_in_every_language() -> None:
    titles = [listed.titles for listed in LISTS.values()]
    titles += [column.titles for listed in LISTS.values() for column in listed.columns]
    assert all(set(one) == LANGUAGES and all(one.values()) for one in titles)


def test_a_heading_in_whatever_language_is_that_of_one_column() -> None:
    for listed in LISTS.values():
        found: dict[str, Column] = {}
        for column in listed.columns:
            for name in (column.key, *column.titles.values()):
                assert found.setdefault(heading(name), column) is column, f"{name} in {listed.id}"


def test_a_language_without_titles_has_the_english_ones() -> None:
    assert LISTS["tools"].title("tlh") == "External tools"
    assert LISTS["tools"].columns[0].title("tlh") == "Name"
