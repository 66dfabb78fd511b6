"""What characters stand for, as a table that each process makes once."""

from __future__ import annotations

from bartizan.inspection.layers import unicode


def test_the_table_says_what_characters_stand_for() -> None:
    # Made anew: another test of this process may have made it where nobody measures what is covered.
    kinds, values = unicode._table.__wrapped__()
    assert kinds.sum() > len(unicode.TWINS)
    said = {"\u2013": b"-", "\u200b": b"", "\u00a0": b" ", "\uff11": b"1", "\U000e0041": b"A", "\uff21": b"A"}
    assert {character: values[ord(character)] for character in said} == said
    assert kinds[ord("a")] == 0
    assert kinds[ord("\u0430")] == 2
    again, same = unicode._table()
    assert (kinds == again).all()
    assert values == same
