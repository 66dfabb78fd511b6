"""Links to the first account, made and used by several consoles at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bartizan.store.register import Conflict, Missing, open_register
from bartizan.store.register.people import People
from bartizan.store.register.people_records import Note

NOTE = Note(kind="link-made", at="2026-11-28T12:00:00Z")
ENDS = "2026-11-29T12:00:00Z"


def test_of_links_that_are_made_at_once_the_last_is_good_and_makes_one_administrator(postgres_url: str) -> None:
    register = open_register(postgres_url)
    people = People(register)
    digests = [f"{number:064d}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda digest: people.add_link(digest, None, ENDS, NOTE), digests))
        good = [digest for digest in digests if people.link(digest, NOTE.at)]
        assert len(good) == 1

        def use(number: int) -> bool:
            try:
                people.use_link(good[0], f"Ada {number}", f"ada{number}@example.ch", "kept", NOTE)
            except (Missing, Conflict):
                return False
            return True

        assert sum(pool.map(use, range(8))) == 1
    assert len(people.administrators()) == 1
    with pytest.raises(Conflict, match="an administrator is there already"):
        people.add_link("f" * 64, None, ENDS, NOTE)
    register.close()
