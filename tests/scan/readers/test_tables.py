"""Tables: CSV, JSON Lines, Parquet, Arrow, ORC, Avro. Columns by name or path, rows by number, damage told."""

from __future__ import annotations

import datetime
import io
import json
from pathlib import Path

import fastavro
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import orc, parquet

from bartizan.scan.blocks import Block, Unit, Unread
from bartizan.scan.readers import recognise
from bartizan.scan.readers.delimited import READER as CSV
from bartizan.scan.readers.json_lines import READER as JSONL
from bartizan.scan.sources import Local, Memory
from tests.scan.readers.support import Record, everything, read, reasons, records, values


def test_csv_cells_stand_under_their_heading() -> None:
    items = everything("people.csv", b'id,name,note\n1,Anna,"two\nlines"\n2,"Bob, Dr.","say ""hi"""\n')

    assert values(items, "note") == ["two\nlines", 'say "hi"']
    assert [record for record in records(items) if record.column == "name"] == [
        Record("Anna", "name", 2, ""),
        Record("Bob, Dr.", "name", 3, ""),
    ]
    assert values(items, "") == ["id", "name", "note"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found(delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in (["id", "name"], ["1", "Anna"], ["2", "Bob"], ["3", "Eve"]))

    assert values(everything("people.csv", text.encode()), "name") == ["Anna", "Bob", "Eve"]


def test_a_first_row_of_data_is_no_heading() -> None:
    items = everything("people.csv", b"anna@example.com,1980-01-02\nbob@example.com,1981-01-02\n")

    assert values(items, "column 1") == ["anna@example.com", "bob@example.com"]


def test_rows_of_another_width_are_read_as_text_and_told() -> None:
    items = everything("people.csv", b"id,name,city\n1,Anna,Bern\n2,Bob\n3,Eve,Chur\n")

    assert [record for record in records(items) if record.text in ("2,Bob", "Eve")] == [
        Record("Eve", "name", 4, ""),
        Record("2,Bob", "", 3, ""),
    ]
    assert reasons(items) == [("", "1 row doesn't have 3 columns and was read as text: row 3")]


def test_csv_of_other_encodings() -> None:
    text = "id;name;city\n1;Müller;Genève\n2;Bär;Zürich\n3;Lück;Bülach\n"

    for codec in ("utf-16", "cp1252", "utf-8-sig"):
        assert values(everything("people.csv", text.encode(codec)), "name") == ["Müller", "Bär", "Lück"]


def test_a_quote_that_never_ends_loses_nothing() -> None:
    items = everything("people.csv", b'id,name\n1,"Anna\n2,Bob\n3,Eve\n')
    text = "".join(record.text for record in records(items))

    assert all(name in text for name in ("Anna", "Bob", "Eve"))


def test_separator_line_of_excel() -> None:
    assert values(everything("people.csv", b"sep=;\nid;name\n1;Anna\n2;Bob\n"), "name") == ["Anna", "Bob"]


_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), min_size=1, max_size=8)


@given(rows=st.lists(st.tuples(_CELL, _CELL), min_size=1, max_size=40), target=st.integers(20, 200))
def test_csv_units_give_every_row_once_and_at_its_number(rows: list[tuple[str, str]], target: int) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    data = ("left,right\n" + "".join(f"{quoted(a)},{quoted(b)}\n" for a, b in rows)).encode()
    source = Memory("a.csv", data)
    units = CSV.units(source, target)
    found = [r for unit in units for r in records(list(CSV.blocks(source, unit))) if r.column == "left"]

    assert [record.place for record in found] == list(range(2, len(rows) + 2))
    assert [record.text for record in found] == [a for a, _ in rows]


def test_json_lines_have_a_column_a_path() -> None:
    lines = [
        {"id": 1, "user": {"mail": "a@example.com"}, "tags": ["x", "y"]},
        {"id": 2, "user": None, "tags": []},
        {"id": 3, "user": {"mail": "c@example.com", "age": 7.0}, "tags": ["z"]},
    ]
    items = everything("a.jsonl", "\n".join(map(json.dumps, lines)).encode())

    assert {record for record in records(items) if record.column in ("user.mail", "tags")} == {
        Record("a@example.com", "user.mail", 1, ""),
        Record("c@example.com", "user.mail", 3, ""),
        Record("x", "tags", 1, ""),
        Record("y", "tags", 1, ""),
        Record("z", "tags", 3, ""),
    }
    assert values(items, "id") == ["1", "2", "3"]
    assert values(items, "user.age") == ["7"]


def test_lines_that_are_no_json_are_read_as_text_and_told() -> None:
    items = everything("a.jsonl", b'{"a": "x"}\n{"a": broken anna@example.com\n{"a": "y"}\n')

    assert Record('{"a": broken anna@example.com', "", 2, "") in records(items)
    assert values(items, "a") == ["x", "y"]
    assert reasons(items) == [("", "1 line is not valid JSON and was read as text: line 2")]


def test_native_and_python_decoding_agree() -> None:
    lines = [
        json.dumps(
            {"id": number, "text": f"text {number} é", "deep": {"list": [number, number + 1]}, "part": number / 4}
        )
        for number in range(40_000)
    ]
    data = "\n".join(lines).encode()
    found = records(everything("a.jsonl", data))

    assert [r.text for r in found if r.column == "text"] == [f"text {number} é" for number in range(40_000)]
    assert [r.place for r in found if r.column == "deep.list"] == [n for n in range(1, 40_001) for _ in "ab"]
    assert [r.text for r in found if r.column == "id"] == [str(number) for number in range(40_000)]
    assert [float(r.text) for r in found if r.column == "part"] == [number / 4 for number in range(40_000)]


def test_a_change_of_shape_on_the_way_loses_nothing() -> None:
    lines = [json.dumps({"a": f"value {number}"}) for number in range(90_000)]
    lines[60_000] = json.dumps({"a": 7, "b": {"c": "new"}})
    lines[80_000] = '{"a": "first", "a": "second"}'
    found = records(everything("a.jsonl", "\n".join(lines).encode()))

    assert Record("new", "b.c", 60_001, "") in found
    assert {r.text for r in found if r.place == 80_001} == {"first", "second"}
    assert len([r for r in found if r.column == "a" and r.text.startswith("value")]) == 89_998


def test_json_units_are_byte_ranges() -> None:
    data = "".join(json.dumps({"n": number}) + "\n" for number in range(1000)).encode()
    source = Memory("a.jsonl", data)
    units = JSONL.units(source, 1000)
    found = [r.text for unit in units for r in records(list(JSONL.blocks(source, unit))) if r.column == "n"]

    assert len(units) > 5
    assert found == [str(number) for number in range(1000)]


def test_a_line_that_is_larger_than_memory_allows_is_read_in_pieces() -> None:
    data = b'{"a": "' + b"x" * (12 << 20) + b' anna@example.com"}\n{"a": "short"}\n'
    items = everything("a.jsonl", b'{"a": "first"}\n' * 2 + data)
    blocks = [item for item in items if isinstance(item, Block)]

    assert max(len(block.data) for block in blocks) < 10 << 20
    assert any(b"anna@example.com" in bytes(block.data) for block in blocks)
    assert any(b"short" in bytes(block.data) for block in blocks)


def table() -> pa.Table:
    return pa.table(
        {
            "id": pa.array([1, 2, 3], pa.int64()),
            "card": pa.array([4111111111111111.0, None, 1.5]),
            "name": pa.array(["Anna", None, "Eve"]),
            "kind": pa.array(["x", "y", "x"]).dictionary_encode(),
            "born": pa.array([datetime.date(1980, 1, 2), None, datetime.date(1990, 3, 4)]),
            "mails": pa.array([["a@example.com", "b@example.com"], [], ["c@example.com"]]),
            "user": pa.array([{"city": "Bern"}, {"city": "Chur"}, None], pa.struct([("city", pa.string())])),
            "raw": pa.array([b"bytes \xff", b"x", None]),
            "vector": pa.array([[0.1, 0.2]] * 3, pa.list_(pa.float32())),
            "picture": pa.array([b"\x89PNG\r\n\x1a\n\0\0"] * 3),
            "small": pa.array([1, 2, 3], pa.int8()),
        }
    )


def check_table(items: list[Block | Unread]) -> None:
    assert values(items, "id") == ["1", "2", "3"]
    assert values(items, "card") == ["4111111111111111", "", "1.5"]
    assert values(items, "name") == ["Anna", "", "Eve"]
    assert values(items, "kind") == ["x", "y", "x"]
    assert values(items, "born") == ["1980-01-02", "", "1990-03-04"]
    assert [(r.text, r.place) for r in records(items) if r.column == "mails"] == [
        ("a@example.com", 1),
        ("b@example.com", 1),
        ("c@example.com", 3),
    ]
    assert values(items, "user.city") == ["Bern", "Chur", ""]
    assert values(items, "raw")[0] == "bytes \\xff"
    assert values(items, "small") == []
    assert ("", "column `vector`: holds vectors of floating-point numbers, which are not inspected") in reasons(items)
    assert ("", "column `picture`: format PNG image is not inspected for data (3 values)") in reasons(items)


def test_parquet_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    parquet.write_table(table(), path)

    check_table(read(Local(str(path), path.stat().st_size)))


def test_arrow_files_and_streams() -> None:
    for opened in (pa.ipc.new_file, pa.ipc.new_stream):
        buffer = io.BytesIO()
        with opened(buffer, table().schema) as writer:
            writer.write_table(table())
        check_table(everything("a.arrow", buffer.getvalue()))


def test_orc_columns() -> None:
    buffer = io.BytesIO()
    orc.write_table(table().select(["id", "name", "mails", "user"]), buffer)
    items = everything("a.orc", buffer.getvalue())

    assert values(items, "name") == ["Anna", "", "Eve"]
    assert values(items, "mails") == ["a@example.com", "b@example.com", "c@example.com"]


@pytest.mark.parametrize(
    "kind", [pa.map_(pa.string(), pa.string()), pa.list_view(pa.string()), pa.large_list(pa.string())]
)
def test_nested_arrow_types(kind: pa.DataType) -> None:
    value = [("key", "value")] if pa.types.is_map(kind) else ["value"]
    buffer = io.BytesIO()
    whole = pa.table({"a": pa.array([None, value], kind)})
    with pa.ipc.new_file(buffer, whole.schema) as writer:
        writer.write_table(whole)
    found = records(everything("a.arrow", buffer.getvalue()))

    assert ("value", 2) in [(record.text, record.place) for record in found]


def test_files_in_a_column_are_read_as_what_they_are() -> None:
    from tests.scan.readers.test_archives import zipped

    buffer = io.BytesIO()
    parquet.write_table(pa.table({"file": [zipped({"a.txt": b"hello\n"}), None]}), buffer)

    assert values(everything("a.parquet", buffer.getvalue()), "", "file[1]!a.txt") == ["hello"]


def test_row_groups_are_units_with_their_rows() -> None:
    buffer = io.BytesIO()
    parquet.write_table(pa.table({"n": range(10_000)}), buffer, row_group_size=1000)
    source = Memory("a.parquet", buffer.getvalue())
    reader = recognise(source)
    assert not isinstance(reader, Unread)
    units = reader.units(source, 30_000)
    found = [record for unit in units for record in records(list(reader.blocks(source, unit)))]

    assert 1 < len(units) <= 10
    assert [(record.text, record.place) for record in found] == [(str(n), n + 1) for n in range(10_000)]


def test_a_truncated_parquet_file_is_told() -> None:
    buffer = io.BytesIO()
    parquet.write_table(table(), buffer)

    for cut in (-1, -200, 40, 4):
        assert everything("a.parquet", buffer.getvalue()[:cut]) == [Unread("is a damaged or truncated Parquet file")]


def test_a_damaged_column_costs_that_column() -> None:
    buffer = io.BytesIO()
    parquet.write_table(pa.table({"a": ["x" * 50] * 100, "b": ["hello"] * 100}), buffer, compression="gzip")
    whole = bytearray(buffer.getvalue())
    first = parquet.ParquetFile(io.BytesIO(bytes(whole))).metadata.row_group(0).column(0)
    for at in range(30, first.total_compressed_size):
        whole[4 + at] ^= 0xFF
    items = everything("a.parquet", bytes(whole))

    assert values(items, "b") == ["hello"] * 100
    assert reasons(items) == [("", "column `a` of row group 1 is damaged or truncated")]


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz"])
def test_avro(codec: str) -> None:
    schema = {
        "type": "record",
        "name": "Person",
        "fields": [
            {"name": "name", "type": ["null", "string"]},
            {"name": "numbers", "type": {"type": "array", "items": "long"}},
        ],
    }
    rows = [{"name": f"Anna {n}" if n % 2 else None, "numbers": [n, 10**15 + n]} for n in range(3000)]
    buffer = io.BytesIO()
    fastavro.writer(buffer, schema, rows, codec=codec)
    found = records(everything("a.avro", buffer.getvalue()))

    assert [r.place for r in found if r.column == "name"] == list(range(2, 3001, 2))
    assert [r.text for r in found if r.column == "numbers"][-1] == str(10**15 + 2999)
    broken = everything("a.avro", buffer.getvalue()[:-30])
    assert "truncated Avro" in reasons(broken)[-1][1]


def test_keys_that_are_data_stay_out_of_headings_and_are_inspected() -> None:
    items = everything("a.json", b'{"users": {"anna@example.com": {"plan": "x"}, "bob@example.com": {"plan": "y"}}}')

    assert values(items, "users") == ["anna@example.com", "bob@example.com"]
    assert values(items, "users.*.plan") == ["x", "y"]
    assert not any("@" in record.column for record in records(items))


def test_units_of_an_unreadable_file_say_so_once() -> None:
    source = Memory("a.parquet", b"PAR1" + b"\0" * 100)
    reader = recognise(source)
    assert not isinstance(reader, Unread)

    assert reader.units(source, 10) == [Unit()]


def test_broken_letters_in_arrow_strings_pass_and_wrong_offsets_are_told() -> None:
    text = pa.array([b"fine", b"broken \xff"]).view(pa.string())
    offsets = pa.py_buffer(bytes.fromhex("00000000ffff000005000000"))
    wrong = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"hello")])
    buffer = io.BytesIO()
    batch = pa.RecordBatch.from_arrays([text, wrong], names=["text", "wrong"])
    with pa.ipc.new_file(buffer, batch.schema) as writer:
        writer.write_batch(batch)
    items = everything("a.arrow", buffer.getvalue())

    assert values(items, "text") == ["fine", "broken \\xff"]
    assert reasons(items) == [("", "column `wrong`, rows 1 to 2: is damaged")]


def test_bad_rows_with_broken_letters_are_not_lost() -> None:
    items = everything("people.csv", b"id,name,city\n1,Anna,Bern\n2,B\xffb\n3,Eve,Chur \xc3\xa9\n")

    assert "2,B\ufffdb" in values(items, "")
