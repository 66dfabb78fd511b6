"""k-anonymity, l-diversity and what drives them."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.anonymity import TableRisk, guess_quasi, risk_text, table_risk

TABLE = {
    "gender": ["f", "f", "m", "m", "f", "m"],
    "zip": ["8000", "8000", "3000", "3000", "8000", "6900"],
    "born": ["1990", "1990", "1985", "1985", "1990", "1970"],
    "illness": ["flu", "flu", "flu", "asthma", "flu", "none"],
}


def test_a_table() -> None:
    risk = table_risk(TABLE, ["gender", "zip", "born"], ["illness"])
    assert (risk.rows, risk.k, risk.classes, risk.unique_rows) == (6, 1, 3, 1)
    assert risk.unique_share == round(1 / 6, 4)
    assert risk.sizes == {"1": 1, "2-4": 5, "5-9": 0, "10-49": 0, "50+": 0}
    assert (risk.highest, risk.average) == (1.0, 0.5)
    assert risk.diversity == {"illness": 1}
    assert table_risk(TABLE, ["gender"]).k == 3


def test_drivers_begin_with_what_helps_most() -> None:
    table = {"id": ["1", "2", "3", "4"], "town": ["a", "a", "b", "b"]}
    risk = table_risk(table, ["town", "id"])
    assert [(driver.column, driver.values, driver.unique_alone, driver.unique_without) for driver in risk.drivers] == [
        ("id", 4, 1.0, 0.0),
        ("town", 2, 0.0, 1.0),
    ]


def test_nothing_to_go_by() -> None:
    assert table_risk({}, []).k == 0
    assert table_risk({"a": []}, ["a"]).rows == 0
    assert table_risk({"a": []}, ["a"]).highest == 0
    assert table_risk(TABLE, []).k == 6
    assert table_risk(TABLE, ["zip"]).drivers[0].unique_without == 0
    with pytest.raises(KeyError):
        table_risk(TABLE, ["no"])


def test_columns_are_guessed() -> None:
    names = ["id", "BirthDate", "post_code", "sex", "Geburtsdatum", "note", "essex", "x", "PLZ", "languages"]
    assert guess_quasi(names, {"x": "date-of-birth"}) == [
        "BirthDate", "post_code", "sex", "Geburtsdatum", "x", "PLZ", "languages"
    ]  # fmt: skip


def test_for_people_and_for_programs() -> None:
    risk = table_risk(TABLE, ["gender", "zip"], ["illness"])
    text = risk_text(risk)
    assert "6 rows in 3 classes of gender, zip\n" in text
    assert "k = 1: the worst protected person is found with a chance of 100.0%" in text
    assert "l = 1 for illness" in text
    assert risk_text(table_risk({}, [])) == "no rows\n"
    assert "no quasi-identifiers" in risk_text(table_risk(TABLE, []))
    assert msgspec.json.decode(msgspec.json.encode(risk), type=TableRisk) == risk


@given(st.lists(st.tuples(*[st.sampled_from("abc")] * 3), min_size=1))
def test_classes_hold_every_row_once(rows: list[tuple[str, ...]]) -> None:
    columns = {name: [row[at] for row in rows] for at, name in enumerate("xyz")}
    risk = table_risk(columns, list("xyz"))
    assert sum(risk.sizes.values()) == len(rows)
    assert risk.k == min(Counter(rows).values())
    fewer = table_risk(columns, list("xy"))
    assert fewer.k >= risk.k
    assert fewer.unique_rows <= risk.unique_rows
