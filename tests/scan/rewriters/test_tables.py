"""Parquet, Arrow and Avro: values go; schema, row groups, compression and metadata stay."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import fastavro
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from bartizan.inspection.redaction import Mode
from bartizan.model import InputError
from tests.scan.rewriters.support import (
    MAIL,
    NUMBER,
    SSN,
    clean,
    hide,
    parquet,
    reveal,
    run,
    work_for,
)


def table() -> Any:
    return pa.table(
        {
            "mail": pa.array([MAIL, "none", None, MAIL]),
            "ssn": pa.array([NUMBER, 1, None, NUMBER]),
            "n": pa.array([NUMBER, 1, 2, 3]),
            "tags": pa.array([["x", SSN], [], None, ["y"]]),
            "person": pa.array(
                [{"mail": MAIL, "ssn": NUMBER}, None, {"mail": None, "ssn": 2}, {"mail": "x", "ssn": 3}]
            ),
            "kind": pa.array([MAIL, "b", MAIL, None]).dictionary_encode(),
            "raw": pa.array([MAIL.encode(), b"\xff\x00", None, b""]),
            "large": pa.array([SSN, "", "é", None], pa.large_string()),
            "day": pa.array([date(1990, 5, 1), None, None, None]),
            "ok": pa.array([True, False, None, True]),
        },
        metadata={"author": MAIL, "pandas": "{}"},
    )


def test_parquet() -> None:
    data = parquet(table(), row_group_size=2, compression={"mail": "zstd", "ssn": "gzip", "n": "none"})
    made = hide(data, "a.parquet")
    old, new = pq.ParquetFile(io.BytesIO(data)), pq.ParquetFile(io.BytesIO(made))
    assert clean(made)
    rows = new.read().to_pydict()
    assert rows["mail"] == ["<email-address>", "none", None, "<email-address>"]
    assert rows["ssn"] == ["<number>", "1", None, "<number>"]
    assert rows["n"] == [NUMBER, 1, 2, 3]
    assert rows["tags"] == [["x", "<us-ssn>"], [], None, ["y"]]
    assert rows["person"][0] == {"mail": "<email-address>", "ssn": None}
    assert rows["kind"] == ["<email-address>", "b", "<email-address>", None]
    assert rows["raw"] == [b"<email-address>", b"\xff\x00", None, b""]
    assert rows["large"] == ["<us-ssn>", "", "é", None]
    assert [field for field in new.schema_arrow if field.name != "ssn"] == [
        field for field in old.schema_arrow if field.name != "ssn"
    ]
    assert new.schema_arrow.metadata == {b"author": b"<email-address>", b"pandas": b"{}"}
    assert new.num_row_groups == old.num_row_groups == 2
    for group in range(2):
        for column in range(old.metadata.num_columns):
            before, after = (file.metadata.row_group(group).column(column) for file in (old, new))
            assert before.compression == after.compression


def test_an_untouched_parquet_has_the_same_schema_and_rows() -> None:
    source = pa.table({"a": [1, 2], "b": ["x", "y"], "f": [1.5, float(2**60)]})
    assert pq.read_table(io.BytesIO(hide(parquet(source), "x"))).equals(source, check_metadata=True)
    empty = source.slice(0, 0)
    assert pq.read_table(io.BytesIO(hide(parquet(empty), "x"))).equals(empty)


def test_numbers_that_keep_their_format_keep_their_column() -> None:
    source = pa.table({"ssn": [NUMBER, 5], "f_ssn": [float(NUMBER), 0.5]})
    made = pq.read_table(io.BytesIO(hide(parquet(source), "x", number=Mode.FORMAT)))
    assert made.schema == source.schema
    assert made["ssn"][0].as_py() != NUMBER
    assert 10**8 <= made["ssn"][0].as_py() < 10**9
    assert made["ssn"][0].as_py() == made["f_ssn"][0].as_py() or made["f_ssn"][0].as_py() > 10**8
    assert made["ssn"][1].as_py() == 5


def test_a_dropped_column_is_null() -> None:
    source = pa.table({"ssn": [NUMBER, NUMBER + 1], "mail": [MAIL, MAIL]})
    made = pq.read_table(io.BytesIO(hide(parquet(source), "x", Mode.DROP)))
    assert made.to_pydict() == {"ssn": [None, None], "mail": [None, None]}
    assert made.schema == source.schema


def test_counts_are_of_rows_not_of_values() -> None:
    work = work_for()
    run(parquet(pa.table({"mail": [MAIL] * 50 + ["x"]})), "x", work)
    assert work.counts == {"email-address": 50}


@pytest.mark.parametrize("filed", [True, False])
@pytest.mark.parametrize("codec", [None, "lz4", "zstd"])
def test_arrow(filed: bool, codec: str | None) -> None:
    def written(source: Any, compression: str | None) -> bytes:
        file = io.BytesIO()
        options = pa.ipc.IpcWriteOptions(compression=compression)
        with (pa.ipc.new_file if filed else pa.ipc.new_stream)(file, source.schema, options=options) as writer:
            writer.write_table(source, max_chunksize=2)
        return file.getvalue()

    source = pa.table({"mail": [MAIL, "x", MAIL] * 300, "n": list(range(900))})
    made = hide(written(source, codec), "a.arrow")
    assert clean(made)
    reader = (pa.ipc.open_file if filed else pa.ipc.open_stream)(io.BytesIO(made))
    result = reader.read_all()
    assert result["mail"].to_pylist() == ["<email-address>", "x", "<email-address>"] * 300
    assert [len(chunk) for chunk in result["n"].chunks] == [2] * 450
    assert len(made) == len(written(result, codec))


@pytest.mark.parametrize("data", [b"PAR1 no footer", parquet(table())[:-30], b"ARROW1\0\0 rubbish", b"PARE1234PARE"])
def test_damaged_tables_are_refused_without_a_value(data: bytes) -> None:
    with pytest.raises(InputError, match="the table is damaged") as caught:
        run(data, "x", work_for())
    assert MAIL not in caught.value.diagnostics()


def avro(schema: Any, records: list[Any], codec: str = "deflate") -> bytes:
    file = io.BytesIO()
    fastavro.writer(file, fastavro.parse_schema(schema), records, codec=codec, metadata={"owner": MAIL})
    return file.getvalue()


def test_avro() -> None:
    inner = {"type": "record", "name": "P", "fields": [{"name": "ssn", "type": ["null", "long"]}]}
    schema = {
        "type": "record",
        "name": "R",
        "fields": [
            {"name": "mail", "type": "string"},
            {"name": "ssn", "type": "long"},
            {"name": "n", "type": "int"},
            {"name": "p", "type": inner},
            {"name": "list", "type": {"type": "array", "items": "string"}},
            {"name": "map", "type": {"type": "map", "values": "long"}},
            {"name": "born", "type": {"type": "int", "logicalType": "date"}},
        ],
    }
    rest = {"list": [SSN], "map": {"ssn": NUMBER, "x": 1}, "born": date(1990, 5, 1)}
    records = [{"mail": MAIL, "ssn": NUMBER, "n": NUMBER, "p": {"ssn": NUMBER}, **rest}]
    made = hide(avro(schema, records), "a.avro")
    assert clean(made)
    reader = fastavro.reader(io.BytesIO(made))
    assert (reader.codec, reader.metadata["owner"]) == ("deflate", "<email-address>")
    expected = {"list": ["<us-ssn>"], "map": {"ssn": "<number>", "x": 1}, "born": date(1990, 5, 1)}
    assert list(reader) == [
        {"mail": "<email-address>", "ssn": "<number>", "n": NUMBER, "p": {"ssn": "<number>"}, **expected}
    ]
    kept = next(fastavro.reader(io.BytesIO(hide(avro(schema, records), "a.avro", number=Mode.FORMAT))))
    assert isinstance(kept, dict)
    assert isinstance(kept["ssn"], int)
    assert reveal(hide(avro(schema, records, "null"), "a.avro", Mode.PSEUDONYM), "a.avro").count(SSN.encode()) == 1
    with pytest.raises(InputError, match="damaged"):
        run(avro(schema, records)[:-40], "a.avro", work_for())
