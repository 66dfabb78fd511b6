"""SQLite and DuckDB files: everything in them is read, nothing in them is run."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pytest

from bartizan.scan.blocks import Block, Unread
from bartizan.scan.sources import Local, Memory
from tests.scan.readers.support import Record, read, reasons, records, values


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.execute(
        'CREATE TABLE people (id INTEGER, name TEXT DEFAULT \'nobody\', card REAL, picture BLOB, "odd ""name" TEXT)'
    )
    rows = [(n, f"Anna {n}", 4111111111111111.0, b"\x89PNG\r\n\x1a\n\0\0", "x") for n in range(300)]
    connection.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?)", rows)
    connection.execute("CREATE VIEW names AS SELECT upper(name) AS name FROM people LIMIT 2")
    connection.execute(
        "CREATE VIEW endless AS WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT max(x) FROM r"
    )
    connection.execute("CREATE VIEW evil AS SELECT load_extension('/tmp/x.so')")
    connection.commit()
    connection.close()
    return path


def test_tables_views_and_the_schema(database: Path) -> None:
    items = read(Local(str(database), database.stat().st_size))
    found = records(items)

    assert Record("Anna 299", "people.name", 300, "") in found
    assert values(items, "people.card")[0] == "4111111111111111"
    assert values(items, 'people.odd "name')[:1] == ["x"]
    assert values(items, "names.name") == ["ANNA 0", "ANNA 1"]
    assert any("DEFAULT 'nobody'" in text for text in values(items, "schema"))
    told = dict(reasons(items))
    assert told["people.picture[1]"] == "format PNG image is not inspected for data"
    assert {"view `endless` can't be read to its end", "view `evil` can't be read to its end"} <= {
        r for _, r in reasons(items)
    }


def test_a_database_in_memory_is_read_from_a_copy(database: Path) -> None:
    assert "Anna 7" in values(read(Memory("a.db", database.read_bytes())), "people.name")


def test_reading_leaves_no_trace(database: Path) -> None:
    before = {path.name: path.read_bytes() for path in database.parent.iterdir()}
    read(Local(str(database), database.stat().st_size))

    assert {path.name: path.read_bytes() for path in database.parent.iterdir()} == before


def test_changes_in_a_log_beside_it_are_told(database: Path) -> None:
    Path(f"{database}-wal").write_bytes(b"x" * 100)

    assert ("", "has changes in a write-ahead log beside it, which are not read") in reasons(read(Local(str(database))))


def test_a_damaged_database_is_told(database: Path) -> None:
    items = read(Memory("a.db", database.read_bytes()[:100] + b"\xff" * 9000))

    assert items == [Unread("is a damaged or encrypted SQLite file")]


def test_duckdb_tables_and_views(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    secret = tmp_path / "secret.csv"
    secret.write_text("a\nnot for you\n")
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT range AS id, 'Anna ' || range AS name, ['x', 'y'] AS tags FROM range(20000)"
        )
        connection.execute("CREATE SCHEMA s")
        connection.execute("CREATE VIEW s.v AS SELECT name FROM t LIMIT 2")
        connection.execute(f"CREATE VIEW outside AS SELECT * FROM read_csv('{secret}')")  # noqa: S608 - our own path
    items = read(Local(str(path), path.stat().st_size))
    found = records(items)

    assert Record("Anna 19999", "t.name", 20_000, "") in found
    assert [r.place for r in found if r.column == "t.tags"][:4] == [1, 1, 2, 2]
    assert values(items, "s.v.name") == ["Anna 0", "Anna 1"]
    assert reasons(items) == [("", "table or view `outside` can't be read to its end")]
    assert not any("not for you" in record.text for record in found)


def test_a_damaged_duckdb_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1")
    items = read(Memory("a.duckdb", path.read_bytes()[:2000]))

    assert not any(isinstance(item, Block) for item in items)
    assert "DuckDB file that is damaged" in reasons(items)[0][1]
