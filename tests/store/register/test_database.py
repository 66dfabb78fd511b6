"""The database under a register: where it is, who may read it, and what happens when it doesn't answer."""

from __future__ import annotations

import stat
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from bartizan.model import BartizanError, InputError
from bartizan.model.documents import Kind
from bartizan.store.register import Query, Unavailable, database, migrate
from bartizan.store.register.database import Database, url_of
from bartizan.store.register.open import SqlRegister, open_register
from tests.store.register.postgres import Cluster
from tests.store.register.samples import AT, DAY, assessment, keep, proof, tool


def test_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "register.db"
    register = open_register(file)
    keep(register, tool("chat"))
    files = list(file.parent.iterdir())
    assert len(files) == 3
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
    register.close()
    file.chmod(0o644)
    open_register(f"sqlite:///{file}").close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_register_that_is_not_there_is_made_only_when_that_is_wanted(place: str) -> None:
    with pytest.raises(InputError, match="there is no register") as error:
        open_register(place, create=False)
    assert "bartizan up" in error.value.help
    open_register(place).close()
    again = open_register(place, create=False)
    keep(again, tool("chat"))
    again.close()


def test_what_was_kept_is_there_after_opening_again(place: str) -> None:
    register = open_register(place)
    stored = keep(register, tool("chat"))
    register.close()
    again = open_register(place)
    assert [*again.documents.all(Kind.TOOL)] == stored
    again.close()


@pytest.mark.parametrize(
    "address",
    [
        "mysql://root:s3cret@host/db",
        "postgresql+asyncpg2x://u:s3cret@h:port/db",
        "://s3cret",
        "http://s3cret",
        "sqlite://",
        "postgresql://u:s3cret@host:notaport/db",
    ],
)
def test_an_address_that_is_none_is_refused_without_its_password(address: str) -> None:
    with pytest.raises(InputError) as error:
        url_of(address)
    assert "s3cret" not in error.value.diagnostics()
    assert "postgresql://USER@HOST" in error.value.help


@pytest.mark.parametrize("address", ["postgresql://u:p@h/db", "postgres://u:p@h/db", "postgresql+psycopg2://u:p@h/db"])
def test_every_way_to_name_postgresql_leads_to_the_one_driver(address: str) -> None:
    assert url_of(address).drivername == "postgresql+psycopg"


def test_a_file_that_is_no_database_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database " * 100)
    with pytest.raises(BartizanError, match="is not a register, or it is damaged") as error:
        open_register(file)
    assert not isinstance(error.value, Unavailable)
    assert file.read_text() == "not a database " * 100


def test_a_place_where_no_file_can_be_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "register.db", tmp_path):
        with pytest.raises(Unavailable, match="can't be kept in"):
            open_register(place)


def test_a_database_that_nobody_answers_for_is_said_to_be_away_without_its_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(Unavailable, match="doesn't answer") as error:
        open_register(f"postgresql://u:s3cret@/db?host={tmp_path}")
    assert "s3cret" not in error.value.diagnostics()


def _run(register: SqlRegister, *statements: str) -> None:
    with register.transaction() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_what_is_wrong_in_a_block_undoes_all_of_it(register: SqlRegister) -> None:
    wrong = ProgrammingError if register.engine.name == "postgresql" else Unavailable
    with pytest.raises(wrong):
        _run(register, "UPDATE trail_head SET seq = 7", "SELECT nothing FROM nowhere")
    with pytest.raises(IntegrityError):
        _run(register, "UPDATE trail_head SET seq = 7", "INSERT INTO trail_head VALUES (1, 1, '')")
    assert register.documents.verify() == 0


def test_a_writer_that_waits_too_long_is_told(register: SqlRegister, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.1)
    holds, done = threading.Event(), threading.Event()

    def hold() -> None:
        with register.transaction() as connection:
            connection.execute(text("UPDATE trail_head SET seq = seq"))
            holds.set()
            done.wait(20)

    other = threading.Thread(target=hold)
    other.start()
    holds.wait(20)
    try:
        soon = ["SET LOCAL lock_timeout = '100ms'"] if register.engine.name == "postgresql" else []
        with pytest.raises(Unavailable):
            _run(register, *soon, "UPDATE trail_head SET seq = seq")
    finally:
        done.set()
        other.join()
    keep(register, tool("chat"))


def test_readers_go_on_while_somebody_writes(register: SqlRegister) -> None:
    keep(register, tool("chat"))
    with register.transaction() as connection:
        connection.execute(text("UPDATE trail_head SET seq = seq"))
        assert register.documents.list(Query(kind=Kind.TOOL)).total == 1


def test_a_server_that_stops_is_away_and_everything_works_again_when_it_is_back(cluster: Cluster) -> None:
    register = open_register(cluster.database())
    keep(register, tool("chat"))
    documents, evidence, assessments = register.documents, register.evidence, register.assessments
    operations: list[Callable[[], object]] = [
        partial(documents.get, Kind.TOOL, "chat"),
        partial(documents.version, Kind.TOOL, "chat", 1),
        partial(keep, register, tool("other")),
        partial(documents.delete, Kind.TOOL, "chat", expected=1, by="", why="", at=AT),
        partial(documents.list, Query(kind=Kind.TOOL)),
        lambda: list(documents.all(Kind.TOOL)),
        partial(documents.history, Kind.TOOL, "chat"),
        documents.trail,
        documents.verify,
        partial(evidence.add, [proof("a")], at=AT),
        partial(evidence.latest, "a"),
        evidence.list,
        partial(assessments.mark, "a"),
        partial(assessments.keep, assessment("a"), b""),
        partial(assessments.get, "a"),
        partial(assessments.review, "a"),
        partial(assessments.due, DAY),
        assessments.stale,
        assessments.figures,
        assessments.totals,
        partial(migrate.current, register.database),
    ]
    cluster.stop()
    try:
        for operation in operations:
            begun = time.monotonic()
            with pytest.raises(Unavailable, match="doesn't answer"):
                operation()
            assert time.monotonic() - begun < 10
    finally:
        cluster.start()
    assert register.documents.verify() == 1
    for operation in operations:
        operation()
    register.close()


def _change_while_it_stops(register: SqlRegister, cluster: Cluster) -> None:
    with register.transaction() as connection:
        connection.execute(text("UPDATE trail_head SET seq = 99"))
        cluster.stop()
        cluster.start()
        connection.execute(text("SELECT 1"))


def test_a_server_that_stops_in_the_middle_of_a_change_keeps_nothing_of_it(cluster: Cluster) -> None:
    register = open_register(cluster.database())
    keep(register, tool("chat"))
    with pytest.raises(Unavailable):
        _change_while_it_stops(register, cluster)
    assert register.documents.verify() == 1
    register.close()


def test_a_disk_that_is_full_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    register = open_register(tmp_path / "register.db")
    with register.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    small = Database(url_of(tmp_path / "register.db"))
    with small.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
    limited = SqlRegister(small)
    with pytest.raises(Unavailable, match="can't be used now"):
        keep(limited, *(tool(f"t{number}", title="long " * 500) for number in range(200)))
    assert limited.documents.verify() == limited.documents.list(Query(kind=Kind.TOOL)).total
    limited.close()
    register.close()
