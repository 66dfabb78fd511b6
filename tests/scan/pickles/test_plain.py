"""The fast way over plain data ends where the machine ends, with the same stack, marks, memo and findings."""

from __future__ import annotations

import datetime
import pickle
from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.pickles.kernel import pass_over
from bartizan.scan.pickles.machine import Machine
from bartizan.scan.pickles.plain import PlainData
from bartizan.scan.pickles.values import Call, Value, kind_of
from tests.scan.artefacts.support import assembled
from tests.scan.pickles.support import desk, machine, told
from tests.scan.pickles.test_machine import VALUES

PLAIN = [
    "MARK", "EMPTY_LIST", "EMPTY_DICT", "EMPTY_TUPLE", "EMPTY_SET", "NONE", "NEWTRUE", "BININT1 7", "BININT2 700",
    "BININT 70000", "BINFLOAT 1.5", "SHORT_BINUNICODE ab", "BINUNICODE cd", "SHORT_BINUNICODE __x", "LONG1 5",
    "MEMOIZE",
    "BINPUT 0", "BINPUT 1", "BINGET 0", "BINGET 1", "LONG_BINGET 0", "APPEND", "APPENDS", "SETITEM", "SETITEMS",
    "ADDITEMS", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3", "DUP", "POP", "GLOBAL datetime date", "STACK_GLOBAL", "FRAME 30",
    "SHORT_BINBYTES ab",
]  # fmt: skip


def array(data: bytes | bytearray | list[int], width: int = 1) -> object:
    if isinstance(data, list):
        return np.array(data, np.int64)
    return np.frombuffer(data, np.uint8 if width == 1 else np.int64)


def outcome(data: bytes, *, fast: bool, block: int = 1 << 12) -> tuple[object, ...]:
    at = desk()
    ran = machine(data, at)
    plain = PlainData(MemoryContent(data), ran, pass_over, array, block) if fast else None
    try:
        ran.run(plain)
        how = ""
    except (Malformed, LimitReached) as error:
        how = f"{type(error).__name__} {error.message} {getattr(error, 'offset', '')}"
    ran.judge.finish()
    return (*_state(ran), how, told(at))


def _state(ran: Machine) -> tuple[object, ...]:
    bits = bytes(ran.memo.bits).rstrip(b"\0")
    return (
        ran.stream.offset,
        [_kind(value) for value in ran.stack],
        list(ran.marks),
        ran.memo.count,
        ran.memo.high,
        bits,
    )


def _kind(value: Value) -> str:
    return "object" if isinstance(value, Call) else kind_of(value)


def same(data: bytes, block: int = 1 << 12) -> None:
    assert outcome(data, fast=True, block=block) == outcome(data, fast=False)


@settings(max_examples=60)
@given(st.lists(VALUES, max_size=8), st.sampled_from([2, 3, 4, 5]), st.integers(1100, 5000))
def test_plain_pickles(values: list[object], protocol: int, block: int) -> None:
    same(pickle.dumps([values, values, {"a": values}], protocol), block)


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PLAIN), min_size=10, max_size=120))
def test_programs_of_any_kind(lines: list[str]) -> None:
    same(assembled(["PROTO 4", *["NONE"] * 12, *lines, "NONE", "STOP"]) + bytes(40))


@settings(max_examples=40)
@given(st.lists(st.integers(0, 400), max_size=6))
def test_other_things_among_plain_data(gaps: list[int]) -> None:
    value = [[{"a": number, "b": [str(number)]} for number in range(gap)] + [datetime.date(2020, 1, 1)] for gap in gaps]
    same(pickle.dumps(value, 4))


def test_a_call_behind_much_data_is_seen_with_its_arguments() -> None:
    filler = [{"key": number, "list": [1.5, "text"]} for number in range(2000)]
    body = pickle.dumps(filler, 2)[2:-1]
    for program in (
        ["SHORT_BINUNICODE os", "SHORT_BINUNICODE system", "STACK_GLOBAL", "SHORT_BINUNICODE id", "TUPLE1", "REDUCE"],
        ["GLOBAL os system", "MARK", "SHORT_BINUNICODE id", "TUPLE", "REDUCE"],
        ["MARK", "GLOBAL os system", "SHORT_BINUNICODE id", "OBJ"],
    ):
        data = assembled(["PROTO 4"]) + body + assembled(program) + body + b"."
        found = outcome(data, fast=True)[-1]
        assert found == [("pickle-executes", "os.system('id')")]
        same(data)


def test_most_of_it_is_passed_over() -> None:
    data = pickle.dumps([{"key": number, "list": [1.5, "text", None, True]} for number in range(5000)], 4)
    passed = 0

    def counting(*args: object) -> None:
        nonlocal passed
        pass_over(*args)  # type: ignore[arg-type]
        state = args[5]
        passed += int(state[5])  # type: ignore[index]

    kernel: Callable[..., None] = counting
    ran = machine(data)
    ran.run(PlainData(MemoryContent(data), ran, kernel, array, 1 << 20))
    assert passed > 0.95 * ran.opcodes
