"""What is safe by callable and arguments, what is dangerous by its effect, and that everything else is unknown."""

from __future__ import annotations

import ast
import asyncio
import collections
import concurrent.futures.process
import ctypes
import datetime
import decimal
import functools
import http.client
import io
import operator
import pathlib
import pickle
import re
import shlex
import sqlite3
import subprocess
import tarfile
import traceback
import types
import typing
import uuid
import zipfile

import numpy as np
import pytest

from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.artefacts.result import Verdict
from bartizan.scan.pickles import examine_pickle
from bartizan.scan.pickles.fold import fold
from bartizan.scan.pickles.shapes import fits
from bartizan.scan.pickles.values import Box, Call, Datum, Global, Value
from tests.scan.artefacts.support import assembled, examined, fired
from tests.scan.pickles.support import desk, judged, told

SAFE = [
    collections.OrderedDict(a=1), collections.defaultdict(list, {1: [2]}), collections.deque([1], 3),
    collections.Counter("aab"),
    datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), datetime.timedelta(1), decimal.Decimal("1.5"), uuid.UUID(int=5),
    re.compile("a+", re.IGNORECASE), pathlib.PurePosixPath("a/b"), types.SimpleNamespace(a=1), slice(1, 2), range(3),
    1 + 2j,
    bytearray(b"abc"), frozenset([1]), ValueError("x"), len, int, functools.partial(np.sum, axis=0),
    operator.itemgetter(1),
    operator.attrgetter("a.b"), np.arange(12.0).reshape(3, 4), np.float32(1), np.array([{"a": 1}], dtype=object),
    np.dtype([("a", "i4")]), np.random.default_rng(1),
    np.random.RandomState(1), np.ma.masked_array([1, 2], [False, True]),
    np.datetime64("2020-01-01"), ",".join, re.IGNORECASE, type(None),
    operator.methodcaller("toarray"), np.vectorize(len), subprocess.CompletedProcess(["ls"], 0, "", ""),
    subprocess.TimeoutExpired("ls", 3), asyncio.CancelledError(), sqlite3.OperationalError("x"),
    http.client.BadStatusLine("x"), concurrent.futures.process.BrokenProcessPool("x"), zipfile.ZipInfo("x"),
    tarfile.TarInfo("x"), io.BytesIO(b"abc"), io.StringIO("abc"), ast.parse("import os"), ctypes.c_int(3), re.sub,
    shlex.split, traceback.StackSummary.from_list([("f", 1, "n", "l")]), list[int], typing.List[int],  # noqa: UP006
    typing.Optional[str],  # noqa: UP045
]  # fmt: skip


@pytest.mark.parametrize("value", SAFE, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_what_libraries_write_is_safe(value: object, protocol: int) -> None:
    at = desk()
    try:
        data = pickle.dumps(value, protocol)
    except (pickle.PicklingError, TypeError):
        pytest.skip("this protocol can't hold it")
    assert examine_pickle(MemoryContent(data), at) == len(data)
    assert told(at) == []


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("os system", "pickle-executes"),
        ("posix system", "pickle-executes"),
        ("subprocess Popen", "pickle-executes"),
        ("asyncio.unix_events _UnixSubprocessTransport._start", "pickle-executes"),
        ("torch.utils.cpp_extension load_inline", "pickle-executes"),
        ("numpy.testing._private.utils runstring", "pickle-executes"),
        ("__builtin__ eval", "pickle-executes"),
        ("commands getoutput", "pickle-executes"),
        ("functools reduce", "pickle-executes"),
        ("pkgutil resolve_name", "pickle-imports"),
        ("importlib import_module", "pickle-imports"),
        ("builtins open", "pickle-touches-files"),
        ("__builtin__ file", "pickle-touches-files"),
        ("_io FileIO", "pickle-touches-files"),
        ("numpy save", "pickle-touches-files"),
        ("shutil rmtree", "pickle-touches-files"),
        ("ssl get_server_certificate", "pickle-connects"),
        ("urllib2 urlopen", "pickle-connects"),
        ("requests.api get", "pickle-connects"),
        ("operator call", "pickle-walks-attributes"),
        ("types MethodType", "pickle-walks-attributes"),
        ("logging os", "pickle-walks-attributes"),
        ("numpy __builtins__", "pickle-walks-attributes"),
        ("marshal loads", "pickle-makes-code"),
        ("types CodeType", "pickle-makes-code"),
        ("cPickle loads", "pickle-loads-more"),
        ("torch load", "pickle-loads-more"),
        ("sys exit", "pickle-changes-interpreter"),
        ("picklescan.scanner scan", "pickle-changes-interpreter"),
        ("dill._dill _create_function", "pickle-function"),
        ("torch.fx.graph_module reduce_graph_module", "pickle-function"),
        ("mine Net", "pickle-unknown-callable"),
        ("sklearn.svm._classes lower_case.SVC", "pickle-unknown-callable"),
    ],
)
def test_effects_by_name(name: str, rule: str) -> None:
    assert [found for found, _ in judged("PROTO 2", f"GLOBAL {name}", "STOP")] == [rule]
    assert rule in [found for found, _ in judged("PROTO 2", f"GLOBAL {name}", "NONE", "TUPLE1", "REDUCE", "STOP")]


def test_dotted_names_lead_to_what_they_end_in() -> None:
    found = judged("PROTO 4", "UNICODE torch.nn.modules.linear", "UNICODE os.system", "STACK_GLOBAL", "STOP")
    assert found == [("pickle-executes", "torch.nn.modules.linear.os.system is os.system")]


@pytest.mark.parametrize(
    "lines",
    [
        ["GLOBAL builtins getattr", "GLOBAL builtins str", "UNICODE join", "TUPLE2", "REDUCE"],
        ["GLOBAL builtins getattr", "GLOBAL re RegexFlag", "UNICODE IGNORECASE", "TUPLE2", "REDUCE"],
        ["GLOBAL copyreg _reconstructor", "MARK", "GLOBAL argparse Namespace", "GLOBAL builtins object", "NONE",
        "TUPLE", "REDUCE", "EMPTY_DICT", "BUILD"],
        ["GLOBAL collections OrderedDict", "EMPTY_TUPLE", "REDUCE", "UNICODE a", "NONE", "SETITEM"],
        ["GLOBAL torch._utils _rebuild_parameter", "MARK", "GLOBAL torch._utils _rebuild_tensor_v2", "MARK", "MARK",
        "UNICODE storage",
         "GLOBAL torch FloatStorage", "UNICODE 0", "UNICODE cpu", "INT 4", "TUPLE", "BINPERSID", "INT 0", "INT 2",
         "INT 2", "TUPLE2",
         "INT 2", "INT 1", "TUPLE2", "NEWFALSE", "GLOBAL collections OrderedDict", "EMPTY_TUPLE", "REDUCE", "TUPLE",
         "REDUCE", "NEWTRUE",
         "GLOBAL collections OrderedDict", "EMPTY_TUPLE", "REDUCE", "TUPLE", "REDUCE"],
    ],
)  # fmt: skip
def test_shapes_that_are_safe(lines: list[str]) -> None:
    assert judged("PROTO 2", *lines, "STOP") == []


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        (["GLOBAL builtins getattr", "GLOBAL builtins str", "UNICODE __class__", "TUPLE2", "REDUCE"],
        "pickle-walks-attributes"),
        (["GLOBAL builtins getattr", "GLOBAL mine X", "UNICODE run", "TUPLE2", "REDUCE"], "pickle-unknown-callable"),
        (["GLOBAL builtins getattr", "GLOBAL pathlib Path", "UNICODE write_text", "TUPLE2", "REDUCE"],
        "pickle-touches-files"),
        (["GLOBAL builtins getattr", "NONE", "NONE", "TUPLE2", "REDUCE"], "pickle-unknown-callable"),
        (["GLOBAL copyreg _reconstructor", "MARK", "GLOBAL mine X", "GLOBAL builtins object", "NONE", "TUPLE",
        "REDUCE"], "pickle-unknown-callable"),
        (["GLOBAL copyreg _reconstructor", "EMPTY_TUPLE", "REDUCE"], "pickle-unknown-callable"),
        (["GLOBAL copyreg _reconstructor", "NONE", "TUPLE1", "REDUCE"], "pickle-unknown-callable"),
        (["GLOBAL _codecs encode", "UNICODE bf", "UNICODE rot13", "TUPLE2", "REDUCE"], "pickle-unknown-callable"),
        (["GLOBAL functools partial", "GLOBAL mine f", "TUPLE1", "REDUCE", "EMPTY_TUPLE", "REDUCE"],
        "pickle-unknown-callable"),
        (["GLOBAL operator attrgetter", "UNICODE a", "TUPLE1", "REDUCE", "NONE", "TUPLE1", "REDUCE"],
        "pickle-walks-attributes"),
        (["GLOBAL functools partial", "GLOBAL builtins len", "TUPLE1", "REDUCE", "NONE", "BUILD"],
        "pickle-unknown-callable"),
        (["NONE", "EMPTY_TUPLE", "REDUCE"], "pickle-unknown-callable"),
        (["EMPTY_LIST", "EMPTY_DICT", "BUILD"], "pickle-unknown-callable"),
        (["GLOBAL math pi", "NONE", "APPEND"], "pickle-changes-code"),
        (["GLOBAL math pi", "EMPTY_DICT", "BUILD"], "pickle-changes-code"),
        (["GLOBAL datetime date", "NONE", "TUPLE1", "REDUCE", "NONE", "APPEND"], "pickle-unknown-callable"),
        (["GLOBAL argparse Namespace", "EMPTY_TUPLE", "NEWOBJ", "NONE", "EMPTY_DICT", "UNICODE __class__", "NONE",
        "SETITEM", "TUPLE2", "BUILD"], "pickle-changes-code"),
        (["GLOBAL operator methodcaller", "UNICODE eval", "TUPLE1", "REDUCE"], "pickle-walks-attributes"),
        (["GLOBAL operator methodcaller", "UNICODE lower", "TUPLE1", "NEWOBJ"], "pickle-walks-attributes"),
        (["GLOBAL numpy vectorize", "GLOBAL mine f", "TUPLE1", "REDUCE"], "pickle-executes"),
        (["GLOBAL random _os.system", "UNICODE id", "TUPLE1", "REDUCE"], "pickle-executes"),
        (["GLOBAL operator getitem", "GLOBAL mine x", "INT 1", "TUPLE2", "REDUCE"], "pickle-unknown-callable"),
        (["GLOBAL _ctypes _unpickle", "GLOBAL ctypes py_object", "EMPTY_TUPLE", "TUPLE2", "REDUCE"],
        "pickle-executes"),
        (["UNICODE x", "BINPERSID"], "pickle-persistent-id"),
        (["UNICODE x", "BINPERSID", "NONE", "APPEND"], "pickle-unknown-callable"),
        (["EXT1 3"], "pickle-unknown-callable"),
    ],
)  # fmt: skip
def test_shapes_that_are_not(lines: list[str], rule: str) -> None:
    assert rule in [found for found, _ in judged("PROTO 2", *lines, "STOP")]


def test_a_name_that_a_call_spells_is_followed() -> None:
    spelled = ["GLOBAL _codecs decode", "BINBYTES posix", "UNICODE ascii", "TUPLE2", "REDUCE"]
    found = judged("PROTO 4", *spelled, "UNICODE system", "STACK_GLOBAL", "UNICODE id", "TUPLE1", "REDUCE", "STOP")
    assert "pickle-executes" in [rule for rule, _ in found]


def test_a_partial_that_is_called_is_its_function() -> None:
    found = judged(
        "GLOBAL functools partial",
        "GLOBAL os system",
        "UNICODE id",
        "TUPLE2",
        "REDUCE",
        "EMPTY_TUPLE",
        "REDUCE",
        "STOP",
    )
    assert ("pickle-executes", "os.system('id')") in found


def test_functions_by_value_show_what_is_in_them() -> None:
    code = [
        "GLOBAL dill._dill _create_code",
        "MARK",
        "UNICODE os",
        "UNICODE system",
        "TUPLE2",
        "TUPLE1",
        "REDUCE",
        "STOP",
    ]
    assert "pickle-executes" in [found for found, _ in judged(*[line for line in code if line != "MARK"])]
    harmless = ["GLOBAL dill._dill _create_code", "UNICODE math", "UNICODE sqrt", "TUPLE2", "TUPLE1", "REDUCE", "STOP"]
    assert [found for found, _ in judged(*harmless)] == ["pickle-function"]


def test_the_module_of_legacy_models_is_its_class() -> None:
    found = judged(
        "PROTO 2", "MARK", "UNICODE module", "GLOBAL torch.nn.modules.linear Linear", "UNICODE a.py",
        "UNICODE source", "TUPLE",
        "BINPERSID", "EMPTY_TUPLE", "NEWOBJ", "EMPTY_DICT", "BUILD", "STOP",
    )  # fmt: skip
    assert found == []


def test_a_pickle_in_bytes_is_examined() -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return eval, ("1",)

    outer = examined(pickle.dumps({"weights": pickle.dumps(Evil(), 4)}, 4), "model.pkl")
    assert fired(outer) == {"pickle-executes"}
    assert "!/bytes at " in outer.findings[0].place.file
    assert fired(examined(pickle.dumps({"weights": pickle.dumps([1, 2], 4)}, 4), "model.pkl")) == set()


def test_what_is_dangerous_is_told_first() -> None:
    names = [line for number in range(1100) for line in (f"GLOBAL mine f{number}", "POP")]
    artefact = examined(assembled(["PROTO 2", *names, "GLOBAL os system", "STOP"]), "model.pkl")
    assert artefact.verdict is Verdict.DANGEROUS
    assert "pickle-executes" in fired(artefact)
    assert artefact.dropped == 101


def test_names_without_end_reach_a_limit() -> None:
    names = [line for number in range(20_100) for line in (f"GLOBAL mine f{number}", "POP")]
    artefact = examined(assembled(["PROTO 2", "GLOBAL os system", *names, "STOP"]), "model.pkl")
    assert artefact.verdict is Verdict.DANGEROUS
    with pytest.raises(LimitReached):
        judged("PROTO 2", *names, "STOP")


def test_calls_are_explained() -> None:
    artefact = examined(pickle.dumps(functools.partial(np.sum, axis=0), 4), "model.pkl")
    (lines,) = [lines for _, lines in artefact.explanations]
    assert lines[0].startswith("functools.partial(")


def test_calls_of_one_kind_are_told_a_few_times() -> None:
    lines = ["GLOBAL os system", "UNICODE {}", "TUPLE1", "REDUCE", "POP"]
    found = judged(*[line.format(number) for number in range(50) for line in lines], "NONE", "STOP")
    assert 1 <= len(found) <= 4


def text(*items: Value) -> Box:
    return Box("tuple", list(items))


def sliced(*bounds: Value) -> Call:
    return Call(Global("builtins", "slice"), text(*bounds), offset=0)


@pytest.mark.parametrize(
    ("func", "args", "expected"),
    [
        (Global("_codecs", "encode"), text("bf", "rot13"), "os"),
        (Global("codecs", "decode"), text(b"6f73", "hex"), b"os"),
        (Global("builtins", "str.join"), text("", Box("list", ["o", "s"])), "os"),
        (Global("operator", "add"), text("o", "s"), "os"),
        (Global("base64", "b64decode"), text("b3M="), b"os"),
        (Global("builtins", "bytes"), text(5), None),
        (Global("builtins", "str.format"), text("{}", 1), None),
        (Global("os", "system"), text("id"), None),
        (Global("operator", "add"), text("o", Datum("str")), None),
        (Global("operator", "add"), text("o", 1), None),
        (Call(Global("builtins", "getattr"), text("_", "upper"), offset=0), text(), "_"),
        (Global("_codecs", "encode"), text("a", "zlib"), None),
        (Global("_operator", "getitem"), text("xso", sliced(None, 0, -1)), "os"),
        (Global("operator", "getitem"), text("os", sliced(Global("os", "x"))), None),
        (Global("operator", "getitem"), text(Box("dict", ["a", "os"]), "a"), "os"),
        (Global("operator", "getitem"), text(Box("dict", ["a", Global("os", "x")]), "a"), None),
    ],
)
def test_folding(func: Value, args: Value, expected: object) -> None:
    assert fold(func, args) == expected


@pytest.mark.parametrize(
    ("words", "args", "expected"),
    [
        ([], text(), True),
        ([], text(1), False),
        (["int", "str?"], text(1), True),
        (["int", "str?"], text(True, "a"), True),
        (["int", "str?"], text("a"), False),
        (["int", "..."], text(1, 2, 3), True),
        (["int", "..."], text(), True),
        (["int", "..."], text(1, "a"), False),
        (["'a'|'b'"], text("b"), True),
        (["'a'|'b'"], text("c"), False),
        (["class"], text(Global("a", "b")), True),
        (["class"], text(1), False),
        (["data"], text(Box("list", [Global("a", "b")])), False),
        (["float"], text(1), True),
        (["int"], Datum("tuple"), False),
        (["any", "..."], Box("tuple", [1] * 100), True),
    ],
)
def test_fitting(words: list[str], args: Value, expected: bool) -> None:
    assert fits(words, args, lambda _: True) is expected


@pytest.mark.parametrize(
    "lines",
    [
        ["GLOBAL a b", *["GLOBAL a b", "EMPTY_TUPLE", "REDUCE", "TUPLE1", "REDUCE"] * 3000],
        ["NONE", *["BINPERSID"] * 3000],
        ["EMPTY_LIST", *["TUPLE1"] * 3000],
    ],
)
def test_what_is_nested_without_end_fails_nothing(lines: list[str]) -> None:
    assert "scanner-failed" not in fired(examined(assembled(["PROTO 2", *lines, "STOP"]), "nested.pkl"))
