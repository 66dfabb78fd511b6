"""JSON documents of any size, notebooks and chat exports."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.blocks import Block
from bartizan.scan.readers.parts import json_stream
from bartizan.scan.readers.parts.foreign import Bad
from bartizan.scan.readers.parts.json_stream import Piece, Run, runs
from tests.scan.readers.support import Record, everything, reasons, records, values

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=25,
)


def strings_in(value: Any) -> list[str]:
    """Everything that a reader is to give of a value."""
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (key, *strings_in(item))]
    if isinstance(value, list):
        return [text for item in value for text in strings_in(item)]
    if value is None or isinstance(value, bool):
        return []
    return [str(value)]


@given(value=_VALUES.filter(lambda value: isinstance(value, (dict, list)) and bool(value)), plain=st.booleans())
def test_every_string_number_and_key_is_given(value: Any, plain: bool) -> None:
    data = json.dumps(value, ensure_ascii=plain).encode("utf-8", "surrogatepass")
    found = {record.text for record in records(everything("a.json", data))}

    assert found == set(strings_in(value)) or found == set(strings_in(value)) - {""}


@given(
    value=_VALUES.filter(lambda value: isinstance(value, (dict, list))), window=st.integers(8, 60), indent=st.booleans()
)
def test_runs_of_any_size_make_up_the_document(value: Any, window: int, indent: bool) -> None:
    data = json.dumps(value, indent=2 if indent else None).encode()
    found: list[str] = []
    patch = pytest.MonkeyPatch()
    for name in ("_WINDOW", "_SMALL", "_READ"):
        patch.setattr(json_stream, name, window)
    try:
        for item in runs(io.BytesIO(data)):
            if isinstance(item, Run):
                found += strings_in(item.values)
            else:
                found.append("piece")
    except Bad:
        # A number or a word larger than the window, which is as small as no real one.
        return
    finally:
        patch.undo()
    if "piece" not in found:
        assert sorted(found) == sorted(strings_in(value))


def test_columns_are_paths_without_indices() -> None:
    items = everything(
        "a.json", b'{"user": {"mail": "a@example.com", "tags": ["x", ["y"]]}, "n": 12345678901234567890}'
    )

    assert values(items, "user.mail") == ["a@example.com"]
    assert values(items, "user.tags") == ["x", "y"]
    assert values(items, "n") == ["12345678901234567890"]


def test_a_large_list_is_cut_between_its_elements() -> None:
    document = {
        "meta": {"by": "me"},
        "rows": [{"id": n, "text": 'a, "b" [c] {d} \\ ' * 3} for n in range(90_000)],
        "end": "z",
    }
    items = everything("a.json", json.dumps(document).encode())
    found = records(items)

    assert [(r.text, r.place) for r in found if r.column == "rows.id"] == [(str(n), n + 1) for n in range(90_000)]
    assert {r.text for r in found if r.column == "rows.text"} == {'a, "b" [c] {d} \\ ' * 3}
    assert values(items, "end") == ["z"]
    assert max(len(item.data) for item in items if isinstance(item, Block)) < 6 << 20


def test_a_string_larger_than_the_window_comes_in_pieces() -> None:
    text = "x" * (9 << 20) + '\\" anna@example.com'
    items = everything("a.json", ('{"a": {"b": "' + text + '"}, "c": "after"}').encode())
    blocks = [item for item in items if isinstance(item, Block)]

    assert any(bytes(block.data).endswith(b"anna@example.com") for block in blocks if block.column == "a.b")
    assert max(len(block.data) for block in blocks) < 6 << 20
    assert values(items, "c") == ["after"]


def test_repeated_keys_hide_nothing() -> None:
    found = values(everything("a.json", b'{"a": "one", "a": "two", "a": "three"}'), "a")

    assert sorted(found) == ["one", "three", "two"]


def test_what_follows_the_damage_is_read_as_text() -> None:
    items = everything("a.json", b'{"a": "x", "b": tru, "c": "anna@example.com"}')

    assert "anna@example.com" in "".join(record.text for record in records(items))
    assert reasons(items)[0][1].startswith("is not valid JSON at about byte ")


def test_documents_may_follow_each_other() -> None:
    assert values(everything("a.json", b'{"a": "x"}\n\n{"a": "y"}\n{\n"a": "z"}'), "a") == ["x", "y", "z"]


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig"])
def test_other_encodings(codec: str) -> None:
    assert values(everything("a.json", '{"a": "é"}'.encode(codec)), "a") == ["é"]


def test_pieces_know_their_path() -> None:
    found = [item for item in runs(io.BytesIO(b'{"k": ["' + b"y" * (5 << 20) + b'"]}')) if isinstance(item, Piece)]

    assert {item.path for item in found} == {"k"}
    assert [item.last for item in found][-1]


def test_too_deep_a_document_is_told() -> None:
    items = everything("a.json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000)

    assert "not valid JSON" in reasons(items)[0][1]


def test_a_notebook_gives_cells_and_outputs_and_skips_pictures() -> None:
    notebook = {
        "cells": [
            {
                "cell_type": "code",
                "source": ["key = 'abc'\n", "print(key)\n"],
                "outputs": [
                    {"output_type": "stream", "text": ["abc\n"]},
                    {
                        "data": {
                            "image/png": "iVBORw0KGgo=",
                            "text/html": ["<p>from <b>html</b></p>"],
                            "text/plain": "plain",
                        }
                    },
                    {"output_type": "error", "traceback": ["line 1\n", "line 2"]},
                ],
            },
            {"cell_type": "markdown", "source": "# Title", "attachments": {"a.png": {"image/png": "iVBORw0KGgo="}}},
        ],
        "metadata": {"authors": [{"name": "Anna"}]},
        "nbformat": 4,
    }
    items = everything("a.ipynb", json.dumps(notebook).encode())
    found = records(items)

    assert Record("key = 'abc'\nprint(key)\n", "", 1, "") in found
    assert Record("# Title", "", 2, "") in found
    assert {"abc\n", "from html", "plain", "line 1\nline 2"} <= {r.text for r in found if r.column == "output"}
    assert values(items, "metadata.authors.name") == ["Anna"]
    assert reasons(items) == [("", "pictures in cells and outputs are not inspected for data: 2")]
    assert not any("iVBOR" in record.text for record in found)


_CHATS = {
    "telegram": {
        "name": "Anna",
        "messages": [
            {
                "from": "Anna",
                "from_id": "user1",
                "text": ["mail to ", {"type": "email", "text": "a@example.com"}, " now"],
                "text_entities": [{"type": "plain", "text": "mail to a@example.com now"}],
            }
        ],
    },
    "chatgpt": [
        {
            "title": "t",
            "mapping": {
                "n1": {"message": {"author": {"role": "Anna"}, "content": {"parts": ["mail to a@example.com now"]}}}
            },
        }
    ],
    "claude": [{"name": "t", "chat_messages": [{"sender": "Anna", "text": "mail to a@example.com now"}]}],
    "slack": [{"type": "message", "user": "Anna", "text": "mail to a@example.com now", "ts": "1.2"}],
    "discord": {"guild": {}, "messages": [{"author": {"name": "Anna"}, "content": "mail to a@example.com now"}]},
    "teams": {
        "value": [
            {
                "messageType": "message",
                "from": {"displayName": "Anna"},
                "body": {"contentType": "html", "content": "<p>mail to <b>a@example</b>.com now</p>"},
            }
        ]
    },
}


@pytest.mark.parametrize("service", _CHATS)
def test_a_message_is_one_record_whatever_service_it_is_from(service: str) -> None:
    items = everything("export.json", json.dumps(_CHATS[service]).encode())

    assert values(items, "message") == ["mail to a@example.com now"]
    assert values(items, "author") == ["Anna"]


def test_messages_of_chat_text_go_over_lines() -> None:
    text = "[12.03.24, 10:22:11] Anna: hello\nsecond line\n[12.03.24, 10:23:11] Bob B: bye\n"

    assert [record for record in records(everything("_chat.txt", text.encode())) if record.column == "message"] == [
        Record("hello\nsecond line", "message", 1, ""),
        Record("bye", "message", 3, ""),
    ]
