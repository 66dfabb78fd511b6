"""The tables and the way to them: up, down, at once from many sides, and from a newer program."""

from __future__ import annotations

import importlib
from concurrent.futures import ThreadPoolExecutor
from pkgutil import iter_modules

import pytest
from sqlalchemy import inspect, text

from bartizan.model import BartizanError
from bartizan.store.register import migrate
from bartizan.store.register.database import Database, url_of
from bartizan.store.register.migrations import versions
from bartizan.store.register.open import open_register


def test_tables_that_steps_make_are_those_that_the_program_works_with(place: str) -> None:
    database = Database(url_of(place))
    migrate.upgrade(database)
    assert migrate.check(database) == []
    database.close()


def test_every_step_goes_down_and_up_again(place: str) -> None:
    database = Database(url_of(place))
    migrate.upgrade(database)
    revisions = migrate.revisions()
    assert revisions[0] == "0001"
    for revision in [*reversed(revisions[:-1]), "base"]:
        migrate.downgrade(database, revision)
        assert migrate.current(database) == revision.replace("base", "")
        assert migrate.check(database) != []
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    migrate.upgrade(database)
    assert migrate.check(database) == []
    database.close()


def test_a_step_has_the_number_of_its_file_and_stands_on_the_one_before() -> None:
    steps = [importlib.import_module(f"{versions.__name__}.{one.name}") for one in iter_modules(versions.__path__)]
    assert tuple(step.revision for step in steps) == migrate.revisions()
    assert tuple(step.down_revision for step in steps) == (None, *migrate.revisions()[:-1])


def test_many_processes_may_open_a_new_register_at_once(place: str) -> None:
    databases = [Database(url_of(place)) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(migrate.upgrade, databases))
    assert {migrate.current(database) for database in databases} == {migrate.latest()}
    for database in databases:
        database.close()


def test_a_register_of_a_newer_program_is_refused_with_a_sentence(place: str) -> None:
    register = open_register(place)
    with register.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    register.close()
    with pytest.raises(BartizanError, match="newer Bartizan: its tables have revision `9999`") as error:
        open_register(place)
    assert "update this program" in error.value.help
