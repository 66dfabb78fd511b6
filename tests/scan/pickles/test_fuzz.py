"""Programs of random opcodes, and real pickles with a change: an answer, Malformed or LimitReached, in time."""

from __future__ import annotations

import collections
import datetime
import pickle
import pickletools
import random
import time
from contextlib import suppress

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.pickles import Flavour, examine_pickle
from tests.scan.artefacts.support import assembled
from tests.scan.pickles.support import desk

NAMES = ["os system", "collections OrderedDict", "numpy dtype", "builtins getattr", "copyreg _reconstructor",
"mine X", "a b.c.d",
         "copyreg add_extension", "torch._utils _rebuild_tensor_v2",
         "joblib.numpy_pickle NumpyArrayWrapper"]  # fmt: skip
ARGUMENTS = {
    "stringnl": ["a", "__class__"], "decimalnl_short": ["1", "0"], "decimalnl_long": ["5L"], "floatnl": ["1.5"],
    "stringnl_noescape": ["1"], "stringnl_noescape_pair": NAMES, "unicodestringnl": ["os", "join"],
    "uint1": ["0", "1", "5"], "uint2": ["1"], "int4": ["1", "2"], "uint4": ["1", "3"], "uint8": ["3", "40", "99999"],
    "float8": ["2.5"],
    "long1": ["7"], "long4": ["7"],
}  # fmt: skip
SEED = 20261127
ROUNDS = 1500
SECONDS = 5.0
"""A single small file takes milliseconds."""
FLAVOURS: list[Flavour] = ["plain", "torch"]


def bounded(data: bytes, flavour: Flavour = "plain") -> None:
    start = time.monotonic()
    with suppress(Malformed, LimitReached):
        end = examine_pickle(MemoryContent(data), desk(), flavour=flavour)
        assert 0 < end <= len(data)
    assert time.monotonic() - start < SECONDS


def line(chance: random.Random) -> str:
    code = chance.choice(pickletools.opcodes)
    if code.arg is None:
        return code.name
    return f"{code.name} {chance.choice(ARGUMENTS.get(code.arg.name, ['text', 'system', 'os']))}"


def test_random_programs() -> None:
    chance = random.Random(SEED)  # noqa: S311 - a seed that repeats
    for number in range(ROUNDS):
        lines = [line(chance) for _ in range(chance.randrange(1, 60))]
        # A stack that is not empty lets programs get further.
        bounded(assembled(["PROTO 4", *["NONE"] * 5, "MARK", "EMPTY_TUPLE", *lines, "STOP"]), FLAVOURS[number % 2])


def test_changed_pickles() -> None:
    chance = random.Random(SEED)  # noqa: S311
    value = {
        "a": [1, 2.5, "text", b"bytes"], "b": collections.OrderedDict(x=(1, 2)), "d": datetime.datetime(2020, 1, 1),
        "n": np.arange(5.0), "o": np.array([{"a": 1}], dtype=object),
    }  # fmt: skip
    samples = [pickle.dumps(value, protocol) for protocol in range(6)]
    for number in range(ROUNDS):
        data = bytearray(samples[number % 6])
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[at] = chance.randrange(256)
                case 1:
                    del data[at : at + chance.randrange(1, 9)]
                case 2:
                    data[at:at] = bytes(chance.choice(pickletools.opcodes).code, "latin-1")
                case _:
                    data[at:at] = data[chance.randrange(len(data)) :][: chance.randrange(40)]
            if not data:
                data = bytearray(b".")
        bounded(bytes(data), FLAVOURS[number % 2])


@settings(max_examples=300)
@given(st.binary(max_size=200), st.sampled_from(FLAVOURS))
def test_any_bytes(data: bytes, flavour: Flavour) -> None:
    bounded(b"\x80\x04" + data, flavour)


def test_length_bombs() -> None:
    for code in (b"X", b"B", b"T", b"\x8b"):
        bounded(code + b"\xff\xff\xff\x7f" + b"a.")
    for code in (b"\x8d", b"\x8e", b"\x96", b"\x95"):
        bounded(b"\x80\x05" + code + b"\xff" * 8 + b"a.")


def test_much_that_is_nothing() -> None:
    bounded(b"N" + b"2" * 100_000 + b"1.")
    bounded(b"]" + b"q\x00h\x00a" * 20_000 + b".")
    bounded(b"(" * 10_000 + b"t" * 10_000 + b".")
    bounded(b"]" + b"2\x86" * 2000 + b".")
