"""The machine does with symbols what the C loader does with objects, opcode by opcode."""

from __future__ import annotations

import pickle
import pickletools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.desk import Limits
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.pickles.values import Box, Call, Datum, Global, kind_of
from tests.scan.artefacts.support import assembled
from tests.scan.pickles.support import desk, judged, machine, stack_of, told

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40) | st.binary()
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=5)
        | st.lists(inner, max_size=4).map(tuple)
        | st.frozensets(st.integers(), max_size=3)
    ),
    max_leaves=30,
)


def python(value: object) -> object:
    """A plain value of the machine as Python has it. Long text stands for itself by its beginning."""
    if isinstance(value, Box):
        items = [python(item) for item in value.items]
        if value.kind == "dict":
            return dict(zip(items[::2], items[1::2], strict=True))
        return {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[value.kind](items)
    return value


def top(data: bytes) -> object:
    """What STOP takes."""
    ran = machine(data)
    taken: list[object] = []
    ran._stop = lambda: taken.append(ran._pop())  # type: ignore[method-assign]
    ran.run()
    return taken[0]


@given(VALUES, st.sampled_from([1, 2, 3, 4, 5]))
def test_plain_data_are_what_they_were(value: object, protocol: int) -> None:
    at = desk()
    ran = machine(data := pickle.dumps(value, protocol), at)
    ran.run()
    ran.judge.finish()
    assert ran.stream.offset == len(data)
    assert ran.stack == []
    assert told(at) == []
    if protocol > 2:  # before, bytes and sets are made by calls
        assert kind_of(top(data)) == type(value).__name__.lower().replace("nonetype", "none")  # type: ignore[arg-type]


@given(st.lists(SCALARS.filter(lambda one: not isinstance(one, int) or abs(one) < 1 << 100), max_size=20))
def test_lists_hold_what_they_held(values: list[object]) -> None:
    assert python(top(pickle.dumps(values, 4))) == values


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_every_protocol_of_one_value(protocol: int) -> None:
    value = {"a": [1, 2.5, None, True], "b": ("x", -(10**30)), "c": "ü"}
    assert python(top(pickle.dumps(value, protocol))) is not None
    kept = top(pickle.dumps(value, protocol))
    assert isinstance(kept, Box)
    assert kept.count == 6


def test_every_opcode_is_known() -> None:
    known = machine(b".")._run
    assert {code.name for code in pickletools.opcodes if known[ord(code.code)] is None} == {"STOP"}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["INT 7"], [7]),
        (["INT 01"], [True]),
        (["LONG 12L"], [12]),
        (["BININT -2"], [-2]),
        (["BININT2 300"], [300]),
        (["LONG1 -5"], [-5]),
        (["FLOAT 1.5"], [1.5]),
        (["BINFLOAT 2.5"], [2.5]),
        (["STRING a\\x41"], ["aA"]),
        (["UNICODE \\u00e9"], ["é"]),
        (["SHORT_BINSTRING ab"], ["ab"]),
        (["BINBYTES ab"], [b"ab"]),
        (["MARK", "NONE", "NONE", "POP_MARK"], []),
        (["MARK", "POP"], []),
        (["NONE", "POP"], []),
        (["BININT1 1", "DUP"], [1, 1]),
        (["BININT1 1", "BINPUT 3", "POP", "BININT1 2", "BINPUT 3", "BINGET 3"], [2, 2]),
        (["BININT1 1", "BINPUT 5", "BININT1 2", "MEMOIZE", "POP", "POP", "BINGET 1"], [2]),
        (["BININT1 1", "PUT 9", "GET 9"], [1, 1]),
    ],
)
def test_what_is_on_the_stack(lines: list[str], expected: list[object]) -> None:
    assert stack_of(*lines) == expected


def test_long_data_are_kept_by_their_beginning() -> None:
    (text,) = stack_of("BINUNICODE " + "a" * 5000)
    assert isinstance(text, Datum)
    assert (text.kind, text.size, len(text.head)) == ("str", 5000, 512)


@pytest.mark.parametrize(
    ("lines", "module", "name"),
    [
        (["GLOBAL datetime date"], "datetime", "date"),
        (["GLOBAL __builtin__ set"], "builtins", "set"),
        (["PROTO 4", "SHORT_BINUNICODE a.b", "SHORT_BINUNICODE C.d", "STACK_GLOBAL"], "a.b", "C.d"),
    ],
)
def test_names(lines: list[str], module: str, name: str) -> None:
    (found,) = stack_of(*lines)
    assert isinstance(found, Global)
    assert (found.module, found.name) == (module, name)


@pytest.mark.parametrize(
    "lines",
    [
        ["GLOBAL datetime date", "NONE", "TUPLE1", "REDUCE"],
        ["MARK", "NONE", "INST datetime date"],
        ["MARK", "GLOBAL datetime date", "NONE", "OBJ"],
        ["GLOBAL datetime date", "NONE", "TUPLE1", "NEWOBJ"],
        ["GLOBAL datetime date", "NONE", "TUPLE1", "EMPTY_DICT", "NEWOBJ_EX"],
    ],
)
def test_all_ways_to_call(lines: list[str]) -> None:
    (made,) = stack_of(*lines)
    assert isinstance(made, Call)
    assert isinstance(made.func, Global)
    assert made.func.path == "datetime.date"
    assert isinstance(made.args, Box)
    assert made.args.items == [None]


@pytest.mark.parametrize("tail", [["POP", "NONE"], ["MARK", "POP_MARK"], ["DUP", "POP"]])
def test_what_is_dropped_was_called(tail: list[str]) -> None:
    found = judged("MARK", "GLOBAL os system", "UNICODE id", "OBJ", *tail, "STOP")
    assert found == [("pickle-executes", "os.system('id')")]


def test_extensions_that_the_stream_registers() -> None:
    found = judged(
        "GLOBAL copyreg add_extension", "UNICODE os", "UNICODE system", "BININT2 700", "TUPLE3", "REDUCE", "POP",
        "EXT2 700", "UNICODE id", "TUPLE1", "REDUCE", "STOP",
    )  # fmt: skip
    assert ("pickle-executes", "os.system('id')") in found


def test_names_that_are_worked_out() -> None:
    found = judged(
        "PROTO 4", "GLOBAL _codecs encode", "UNICODE bf", "UNICODE rot13", "TUPLE2", "REDUCE", "UNICODE system",
        "STACK_GLOBAL", "UNICODE id", "TUPLE1", "REDUCE", "STOP",
    )  # fmt: skip
    assert ("pickle-executes", "os.system('id')") in found


def test_a_slot_that_is_filled_again() -> None:
    found = judged(
        "PROTO 4", "UNICODE math", "BINPUT 0", "POP", "UNICODE os", "BINPUT 0", "POP", "BINGET 0", "UNICODE system",
        "STACK_GLOBAL", "UNICODE id", "TUPLE1", "REDUCE", "STOP",
    )  # fmt: skip
    assert found == [("pickle-executes", "os.system('id')")]


@pytest.mark.parametrize(
    "lines",
    [
        ["STOP"],
        ["POP"],
        ["MARK", "STOP"],
        ["TUPLE"],
        ["NONE", "MARK", "TUPLE1"],
        ["APPENDS"],
        ["NONE", "MARK", "NONE", "APPENDS"],
        ["EMPTY_DICT", "NONE", "APPEND"],
        ["EMPTY_DICT", "MARK", "NONE", "SETITEMS"],
        ["MARK", "NONE", "DICT"],
        ["BINGET 0"],
        ["GET x"],
        ["PROTO 9"],
        ["INT abc"],
        ["FLOAT abc"],
        ["EXT1 0"],
        ["MARK", "OBJ"],
        ["NONE", "NONE", "STACK_GLOBAL"],
        ["raw ff"],
        ["raw 8c05", "raw 61"],
        ["raw 8c01ff"],
        ["raw 58ffffffff61"],
        ["raw 8affff"],
        ["raw 54ffffffff"],
        ["raw 53610a"],
        ["raw 63"],
        ["NONE"],
    ],
)
def test_what_a_loader_refuses_is_malformed(lines: list[str]) -> None:
    with pytest.raises(Malformed):
        machine(assembled([*lines, "STOP"] if lines[-1] not in ("STOP", "NONE") else lines)).run()


def test_huge_numbers_and_slots_reach_a_limit() -> None:
    with pytest.raises(LimitReached):
        machine(b"I" + b"9" * 5000 + b"\n.").run()
    with pytest.raises(LimitReached):
        machine(assembled(["NONE", "LONG_BINPUT 4000000000", "STOP"])).run()
    with pytest.raises(LimitReached):
        machine(b"S" + b"'" * (2 << 20) + b"\n.").run()


def test_a_deep_stack_reaches_a_limit() -> None:
    with pytest.raises(LimitReached):
        machine(b"N" * (5 << 20)).run()
    with pytest.raises(LimitReached):
        machine(b"(" * (1 << 20)).run()


def test_time_is_limited() -> None:
    with pytest.raises(LimitReached):
        machine(b"N0" * 40_000 + b"N.", desk(Limits(seconds=-1))).run()


def test_a_container_in_itself_ends() -> None:
    assert judged("EMPTY_LIST", "MEMOIZE", "MARK", *["BINGET 0"] * 40, "APPENDS", "STOP") == []
    value: list[object] = []
    value.append({"again": value, "tuple": (value,)})
    ran = machine(pickle.dumps(value, 4))
    ran.run()
    assert ran.stack == []


def test_memory_of_the_memo_is_bounded() -> None:
    ran = machine(pickle.dumps([[number] for number in range(30_000)], 4))
    ran.run()
    assert ran.memo.count == 30_001
    assert len(ran.memo._first) + len(ran.memo._late) < 10_000
