"""The fast way over plain data ends where the machine ends, with the same stack, marks, memo and findings."""

from __future__ import annotations

import collections
import copy
import datetime
import decimal
import pickle
import re
import sys
import types
import uuid
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bartizan.catalog.callables import Safe
from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.pickles.compiled import IN_PYTHON
from bartizan.scan.pickles.kernel import OPS
from bartizan.scan.pickles.machine import Machine
from bartizan.scan.pickles.plain import PlainData
from bartizan.scan.pickles.settled import Settled
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


_TAKEN = bytes([0, *[1] * 255])
"""Makes every code of a memo slot that is taken the same."""
_TEXT = re.compile(r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")…?""")
"""A text among the arguments of a call that is told."""


def outcome(data: bytes, *, fast: bool, block: int = 1 << 12, explained: bool = True) -> tuple[object, ...]:
    at = desk()
    ran = machine(data, at)
    if explained:
        ran.judge.unexplained = 0
    plain = PlainData(MemoryContent(data), Settled(ran.judge, frozenset()), IN_PYTHON, block) if fast else None
    if plain is not None:
        plain.attach(ran)
    try:
        ran.run(plain)
        how = ""
    except (Malformed, LimitReached) as error:
        how = f"{type(error).__name__} {error.message} {getattr(error, 'offset', '')}"
    ran.judge.finish()
    return (*_state(ran), how, told(at))


def _state(ran: Machine) -> tuple[object, ...]:
    taken = ran.memo.slots.translate(_TAKEN).rstrip(b"\0")
    return (
        ran.stream.offset,
        [_kind(value) for value in ran.stack],
        list(ran.marks),
        ran.memo.count,
        ran.memo.high,
        taken,
    )


def _kind(value: Value) -> str:
    return "object" if isinstance(value, Call) else kind_of(value)


def same(data: bytes, block: int = 1 << 12, *, explained: bool = True) -> None:
    fast, slow = (outcome(data, fast=fast, block=block, explained=explained) for fast in (True, False))
    assert fast == slow


def _blank(ended: tuple[Any, ...]) -> list[object]:
    *state, found = ended
    return [*state, [(rule, _TEXT.sub("<str>", evidence)) for rule, evidence in found]]


def same_but_for_texts(data: bytes) -> None:
    """As `same`, apart from which texts were arguments: the loop keeps the kind of a text in a slot filled again."""
    fast, slow = (_blank(outcome(data, fast=fast)) for fast in (True, False))
    assert fast == slow


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
    ran = machine(data)
    assert passed_over(ran, data) > 0.95 * ran.opcodes


def passed_over(ran: Machine, data: bytes) -> int:
    """How many opcodes the loop passes of a pickle."""
    passed = 0

    def counting(*args: Any) -> None:
        nonlocal passed
        IN_PYTHON.pass_over(*args)
        passed += args[8][OPS]

    plain = PlainData(
        MemoryContent(data), Settled(ran.judge, frozenset()), IN_PYTHON._replace(pass_over=counting), 1 << 20
    )
    plain.attach(ran)
    ran.run(plain)
    return passed


Pair = collections.namedtuple("Pair", "first second")
Pair.__module__ = "strangers.shapes"


class Mine:
    """A class that nobody knows, with a state."""

    __module__ = "strangers.shapes"

    def __init__(self, name: str, more: object) -> None:
        self.name, self.more = name, more


@pytest.fixture(autouse=True)
def _strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("strangers.shapes")
    vars(module).update({"Pair": Pair, "Mine": Mine})
    monkeypatch.setitem(sys.modules, "strangers", types.ModuleType("strangers"))
    monkeypatch.setitem(sys.modules, "strangers.shapes", module)


DAY = datetime.datetime(2020, 1, 1)
OBJECTS = st.one_of(
    st.datetimes(), st.dates(), st.decimals(allow_nan=False), st.uuids(), st.timedeltas(),
    st.builds(Pair, st.integers(), st.text(max_size=3)),
    st.builds(Mine, st.text(max_size=3), st.lists(st.integers(), max_size=3)),
    st.builds(np.float64, st.floats(allow_nan=False)), st.builds(np.int32, st.integers(0, 9)),
    st.builds(lambda one: collections.OrderedDict(a=one), st.integers()),
    st.builds(lambda one: collections.defaultdict(list, {one: [one]}), st.integers()),
    st.builds(np.arange, st.integers(0, 3)),
    st.just(DAY), st.sampled_from([len, int, re.IGNORECASE]),
)  # fmt: skip
MANY = 230
"""More calls than are explained, so that they are settled."""


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.one_of(OBJECTS, VALUES), min_size=1, max_size=6),
    st.integers(0, 5),
    st.integers(1100, 9000),
    st.booleans(),
)
def test_pickles_of_objects(values: list[object], protocol: int, block: int, explained: bool) -> None:
    copies = [copy.deepcopy(values) if number % 3 else values for number in range(MANY // len(values))]
    same(pickle.dumps([*copies, {"last": values}], protocol), block, explained=explained)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.one_of(OBJECTS, VALUES), min_size=1, max_size=4), min_size=2, max_size=5),
       st.sampled_from([1, 2, 3]))  # fmt: skip
@example([[uuid.UUID(int=7), DAY], [{"": None}, DAY, uuid.UUID(int=8), Pair(0, "")]], 2)
@example(
    [[uuid.UUID(int=7)], [DAY, copy.copy(DAY), [{"": 0, "0": 0}, {"": 0, "0": 0, "1": 0, "00": 0}], Pair(0, "")]], 1
)
def test_memo_slots_that_are_filled_again(blocks: list[list[object]], protocol: int) -> None:
    """Blocks that were pickled by themselves, glued together: each fills the memo anew."""
    same_but_for_texts(glued(blocks, protocol))


def test_texts_that_wait_for_an_encoder_stay_known() -> None:
    day, number = datetime.datetime(2000, 1, 1), np.float64(0)
    same(glued([[day, number], [number, day, datetime.date(2000, 1, 1)]], 1))


def glued(blocks: list[list[object]], protocol: int) -> bytes:
    data = b"\x80" + bytes([max(protocol, 2)]) + b"]("
    for block in blocks:
        body = pickle.dumps([copy.deepcopy(block) for _ in range(60)], protocol)
        data += body[2 if protocol > 1 else 0 : -1]
    return data + b"e."


OBJECT_LINES = [
    "GLOBAL datetime date", "GLOBAL strangers X", "GLOBAL collections OrderedDict", "GLOBAL os system",
    "GLOBAL copyreg _reconstructor", "GLOBAL builtins object", "REDUCE", "NEWOBJ", "NEWOBJ_EX", "BUILD", "REDUCE",
    "NEWOBJ", "BUILD", "EMPTY_TUPLE", "EMPTY_TUPLE", "PUT 3", "GET 3", "BINPUT 2", "BINGET 2", "BINPUT 200",
    "SHORT_BINUNICODE datetime", "SHORT_BINUNICODE date", "SHORT_BINUNICODE strangers", "SHORT_BINUNICODE X",
    "SHORT_BINUNICODE __class__", "SHORT_BINUNICODE __dict__", "STACK_GLOBAL", "STACK_GLOBAL", "INT 01", "INT 17",
    "LONG 5L", "FLOAT 1e5", "UNICODE \\u00e9t\\u00e9", "UNICODE \\u005f_class__", "STRING a\\xe9", "LIST", "DICT",
    "FROZENSET", "BINBYTES ab", "LONG4 5", "BYTEARRAY8 ab", "FRAME 30",
]  # fmt: skip
SETTLED = [
    *["GLOBAL datetime date", "BINPUT 0", "SHORT_BINBYTES aaaa", "TUPLE1", "REDUCE", "POP"] * 4,
    *["GLOBAL strangers X", "BINPUT 1", "EMPTY_TUPLE", "NEWOBJ", "POP"] * 4,
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PLAIN + OBJECT_LINES), min_size=10, max_size=120), st.sampled_from([2, 4]))
def test_programs_with_objects(lines: list[str], protocol: int) -> None:
    same(assembled([f"PROTO {protocol}", *SETTLED, *["NONE"] * 12, *lines, "NONE", "STOP"]) + bytes(1100))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=30), st.sampled_from([b"V%s\n", b"S'%s'\n", b"I%s\n", b"L%sL\n", b"F%s\n", b"\x8c%c%s",
                                                b"U%c%s", b"C%c%s", b"p%s\n", b"g%s\n"]))  # fmt: skip
def test_arguments_of_any_bytes(argument: bytes, form: bytes) -> None:
    line = form % ((len(argument), argument) if b"%c" in form else argument)
    same(b"\x80\x04" + b"N" * 30 + line + b"N" * 30 + b"." + bytes(1100))


@pytest.mark.parametrize("text", [
    b"V\\u005f_class__\n", b"V_\\u005fclass__\n", b"S'\\x5f_class__'\n", b"V\\U0001f600\n", b"V\\\\u0041\n", b"Va\\\n",
    b"S'a\\tb'\n", b"S'a\\x8'\n", b"I-5\n", b"I007\n", b"L0x5\n", b"F1_0\n", b"Fnan\n", b"F-1.5e-7\n", b"F.5\n",
    b"I 5\n",
    b"U\x0c\x80\x04N.........", b"\x8c\x02\xed\xa0", b"\x8c\x03\xed\xa0\x80", b"\x8c\x02\xc1\x80",
    b"\x8c\x04\xf4\x90\x80\x80",
])  # fmt: skip
def test_spellings(text: bytes) -> None:
    same(b"\x80\x02" + b"N" * 30 + text + b"N" * 30 + b"}" + text + b"Ns" + b"N" * 30 + b"." + bytes(1100))


@pytest.mark.parametrize("setting", ["__class__", "__setstate__", "__getattr__", "__init__"])
@pytest.mark.parametrize("distance", [10, 2000])
def test_a_key_that_changes_an_object_is_seen_among_many(setting: str, distance: int) -> None:
    """However the key comes, and however far behind it the state is set."""
    filler = pickle.dumps([number % 100 for number in range(distance)], 2)[2:-1].replace(b"q\x00", b"")
    for key in (["SHORT_BINUNICODE " + setting], ["SHORT_BINUNICODE " + setting, "BINPUT 9", "POP", "BINGET 9"],
                ["UNICODE " + setting], ["UNICODE \\u005f" + setting[1:]]):  # fmt: skip
        head = [
            "PROTO 2",
            *SETTLED,
            "GLOBAL datetime date",
            "EMPTY_TUPLE",
            "NEWOBJ",
            "EMPTY_DICT",
            "MARK",
            *key,
            "NONE",
        ]
        data = assembled(head) + b"K\x01" + filler + b"ub" + filler + b"." + bytes(1100)
        assert "pickle-changes-code" in [rule for rule, _ in outcome(data, fast=True)[-1]]  # type: ignore[attr-defined]
        same(data)


def test_a_name_in_a_slot_that_is_filled_again_is_forgotten() -> None:
    filler = pickle.dumps([[number] for number in range(600)], 2)[2:-1]
    lines = ["GLOBAL os system", "BINPUT 7", "POP", "NONE"]
    data = assembled(["PROTO 2", *lines]) + filler + assembled(["BINGET 7", "POP", "NONE"]) + filler + b"."
    same(data + bytes(1100))
    kept = assembled(["PROTO 2", "GLOBAL os system", "LONG_BINPUT 9000", "POP", "NONE"]) + filler
    kept += assembled(["LONG_BINGET 9000", "SHORT_BINUNICODE id", "TUPLE1", "REDUCE"]) + filler + b"."
    assert outcome(kept + bytes(1100), fast=True)[-1] == [("pickle-executes", "os.system('id')")]
    same(kept + bytes(1100))


def test_containers_in_each_other_are_counted_through_the_memo() -> None:
    lines = ["PROTO 4", *["NONE"] * 30, "EMPTY_LIST", "BINPUT 0"]
    for level in range(1, 30):
        last = f"BINGET {level - 1}"
        lines += ["EMPTY_LIST", f"BINPUT {level}", "MARK", last, last, last, "APPENDS", *["NONE"] * 30]
    found = outcome(assembled([*lines, "STOP"]) + bytes(1100), fast=True)[-1]
    assert {rule for rule, _ in found} == {"pickle-expansion"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "value",
    [
        (DAY, DAY), decimal.Decimal("1.5"), uuid.UUID(int=7), Pair(1, "a"), Mine("a", [1]), np.float64(1.5),
        collections.OrderedDict(a=1), collections.defaultdict(list, {1: [2]}), {"b": b"bytes", "s": {1}, "ü": 10**40},
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_most_of_small_objects_is_passed_over(value: object, protocol: int) -> None:
    data = pickle.dumps([copy.deepcopy(value) for _ in range(3000)], protocol)
    ran = machine(data)
    ran.judge.unexplained = 3
    passed = passed_over(ran, data)
    assert passed > 0.7 * ran.opcodes


def test_what_is_known_of_callables_is_what_is_settled() -> None:
    """A new field of the catalog's type must be regarded in `settled`."""
    assert {field.name for field in msgspec.structs.fields(Safe)} == {
        "names",
        "uses",
        "args",
        "instance",
        "calls",
        "code",
        "otherwise",
    }
