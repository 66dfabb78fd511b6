"""SQLite: values go from every table, and nothing of them stays in the file."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bartizan.inspection.redaction import Mode
from bartizan.model import InputError
from tests.scan.rewriters.support import (
    CARD,
    MAIL,
    NUMBER,
    SSN,
    clean,
    hide,
    run,
    work_for,
)

MADE = """CREATE TABLE "per son" (id INTEGER PRIMARY KEY, mail TEXT, ssn INTEGER, n INTEGER, raw, up AS (upper(mail)))
INSERT INTO "per son" VALUES (7, 'MAIL', NUMBER, NUMBER, CAST('SSN' AS BLOB)), (9, 'x', NULL, 1.5, x'ff')
INSERT INTO "per son" VALUES (8, 'CARD', 0, 0, 0)
DELETE FROM "per son" WHERE id = 8
CREATE TABLE pairs (a TEXT, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID
INSERT INTO pairs VALUES ('MAIL', 'one'), ('MAIL', 'two')
CREATE TABLE log (t TEXT)
CREATE TRIGGER noted AFTER UPDATE ON "per son" BEGIN INSERT INTO log VALUES (old.mail); END
CREATE VIRTUAL TABLE words USING fts5(body)
INSERT INTO words VALUES ('mail MAIL now')
CREATE VIEW mails AS SELECT mail FROM "per son"
CREATE TABLE none (id INTEGER PRIMARY KEY)"""
for _name, _value in (("MAIL", MAIL), ("NUMBER", str(NUMBER)), ("SSN", SSN), ("CARD", CARD)):
    MADE = MADE.replace(_name, _value)


def database(folder: Path, *statements: str) -> bytes:
    path = folder / "a.sqlite"
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path.read_bytes()


def rows(folder: Path, data: bytes, select: str) -> list[Any]:
    path = folder / "b.sqlite"
    path.write_bytes(data)
    connection = sqlite3.connect(path)
    try:
        return connection.execute(select).fetchall()
    finally:
        connection.close()


def test_sqlite(tmp_path: Path) -> None:
    data = database(tmp_path, *MADE.splitlines())
    made = hide(data, "a.sqlite")
    assert clean(made)
    assert rows(tmp_path, made, 'SELECT * FROM "per son"') == [
        (7, "<email-address>", "<number>", NUMBER, b"<us-ssn>", "<EMAIL-ADDRESS>"),
        (9, "x", None, 1.5, b"\xff", "X"),
    ]
    assert rows(tmp_path, made, "SELECT * FROM pairs") == [("<email-address>", "one"), ("<email-address>", "two")]
    assert rows(tmp_path, made, "SELECT count(*) FROM log") == [(0,)]
    assert rows(tmp_path, made, "SELECT name FROM sqlite_schema WHERE type = 'trigger'") == [("noted",)]
    assert rows(tmp_path, made, "SELECT body FROM words WHERE words MATCH 'now'") == [("mail <email-address> now",)]
    assert rows(tmp_path, made, "SELECT * FROM words WHERE words MATCH 'alice'") == []
    assert rows(tmp_path, made, "PRAGMA integrity_check") == [("ok",)]


def test_rows_that_must_differ(tmp_path: Path) -> None:
    data = database(tmp_path, "CREATE TABLE t (m TEXT UNIQUE)", "INSERT INTO t VALUES ('a@b.ch'), ('c@d.ch')")
    with pytest.raises(InputError, match="would become the same"):
        run(data, "a.db", work_for())
    assert len({row[0] for row in rows(tmp_path, hide(data, "a.db", Mode.TOKEN), "SELECT m FROM t")}) == 2


def test_a_damaged_database(tmp_path: Path) -> None:
    data = database(tmp_path, "CREATE TABLE t (m TEXT)", "INSERT INTO t VALUES ('a@b.ch')")
    with pytest.raises(InputError, match="the database is damaged"):
        run(data[:3000] + b"\xff" * 3000, "a.db", work_for())
