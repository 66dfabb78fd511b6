"""Names are resolved and constants folded through everything that Python code uses to hide them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.pycode import UNKNOWN, Flow, Labels, Module, Scope, parse, parse_text


def called(text: str) -> set[str]:
    return {name for call in parse_text(text).calls() for name in call.names}


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.system('x')",
        "import os as o\no.system('x')",
        "from os import system as s\ns('x')",
        "from os import *\nimport os\nf = os.system\ng = f\ng('x')",
        "getattr(__import__('o' + 's'), 'sys' + 'tem')('x')",
        "import importlib\nimportlib.import_module('os').system('x')",
        "import sys\nsys.modules['os'].system('x')",
        "import logging\nlogging.os.system('x')",
        "import posix\nposix.system('x')",
        "import os\nvars(os)['system']('x')",
        "import os\nos.__dict__['sys' 'tem']('x')",
        "import os\n{'a': os.system}['a']('x')",
        "import os\n[os.system][0]('x')",
        "import os, functools\nfunctools.partial(os.system, 'x')()",
        "import os, operator\noperator.attrgetter('system')(os)('x')",
        "import os\nclass A:\n    def __init__(self):\n        self.f = os.system\n"
        "    def g(self):\n        self.f('x')",
        "for m in ['os', 'posix']:\n    __import__(m).system('x')",
        "def f():\n    import os\n    return os.system\nf()('x')",
        "import os\n(print or os.system)('x')",
        "import os\n(f := os.system)('x')",
        "import os\na, b = print, os.system\nb('x')",
        "import os\ngetattr(os, ''.join(map(chr, [115, 121, 115, 116, 101, 109])))('x')",
        "import os\ngetattr(os, 'metsys'[::-1])('x')",
        "import os, base64\ngetattr(os, base64.b64decode('c3lzdGVt').decode())('x')",
        "try:\n    import os as p\nexcept ImportError:\n    import posix as p\np.system('x')",
    ],
)
def test_ways_to_a_command(text: str) -> None:
    assert "os.system" in called(text)


def test_results_and_instances() -> None:
    text = (
        "from openai import OpenAI\nwith OpenAI() as c:\n    r = c.chat.completions.create()\nr.choices[0].text.strip()"
    )
    assert "openai.OpenAI().chat.completions.create().choices[].text.strip" in called(text)
    assert "httpx.Client().get" in called("import httpx\ndef f(c: httpx.Client):\n    c.get('x')")


def test_a_name_of_the_file_is_no_builtin() -> None:
    assert called("def eval(x): return x\neval('1')") == {".eval"}
    assert called("def f(eval):\n    eval('1')") == set()


def value(text: str) -> object:
    return next(call for call in parse_text(text).calls() if call.line == text.count("\n") + 1).value(0)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("f('a' + 'b' * 2)", "abb"),
        ("f('%s-%d' % ('a', 1))", "a-1"),
        ("f('{}{}'.format('a', 'b'))", "ab"),
        ("f(f'{1}x{\"y\"}')", "1xy"),
        ("f(''.join(chr(c ^ 1) for c in [96, 99]))", "ab"),
        ("f(bytes([97, 98]).decode())", "ab"),
        ("f('ab'[::-1])", "ba"),
        ("a = 'x'\na += 'y'\nf(a)", None),
        ("f(not_known)", UNKNOWN),
        ("f('a' * 10**9)", UNKNOWN),
        ("f('%999999999d' % 1)", UNKNOWN),
        ("f('{:>999999999}'.format(1))", UNKNOWN),
        ("f(bytes(10**12))", UNKNOWN),
        ("f([1, {'a': 2}])", [1, {"a": 2}]),
    ],
)
def test_folding(text: str, folded: object) -> None:
    assert value(text) == (folded if folded is not None else "xy")


def test_code_that_runs_on_import() -> None:
    text = (
        "f()\ndef f(): a()\ndef g(): b()\nclass C:\n    c()\n    def __init__(self): d()\n"
        "if __name__ == '__main__':\n    g()\n"
    )
    module = parse_text(text)
    runs = {getattr(call.node.func, "id", ""): call.on_import for call in module.calls()}
    assert runs == {"f": True, "a": True, "b": False, "c": True, "d": False, "g": False}


def labels(text: str) -> Labels:
    module = parse_text(text)

    def sources(node: object, _: Scope) -> Labels | None:
        call = module.call_of(node) if hasattr(node, "func") else None  # type: ignore[arg-type]
        return frozenset({"in"}) if call is not None and "source.read" in call.names else None

    flow = Flow(module, sources, lambda call: "clean.wash" in call.names)
    sink = next(call for call in module.calls() if "sink.put" in call.names)
    return flow.of(sink.node.args[0], sink.scope)


@pytest.mark.parametrize(
    "body",
    [
        "sink.put(source.read())",
        "x = source.read()\ny = f'{x}!'\nsink.put([y])",
        "x = []\nx.append(source.read())\nsink.put(x)",
        "x = {}\nx['a'] = source.read()\nsink.put(x)",
        "x = ''\nfor p in source.read():\n    x += p\nsink.put(x)",
        "def f(): return source.read()\nsink.put(f().strip())",
        "def f(v):\n    sink.put(v)\nf(source.read())",
        "class A:\n    def a(self):\n        self.v = source.read()\n    def b(self):\n        sink.put(self.v)",
        "a = b = source.read()\nwhile c:\n    a, b = b, a\nsink.put(a)",
    ],
)
def test_labels_flow(body: str) -> None:
    assert labels("import sink, source, clean\n" + body) == {"in"}


@pytest.mark.parametrize(
    "body",
    [
        "sink.put(len(source.read()))",
        "sink.put(clean.wash(source.read()))",
        "sink.put(source.read() == 'x')",
        "x = source.read()\nsink.put(y)",
    ],
)
def test_labels_stop(body: str) -> None:
    assert labels("import sink, source, clean\n" + body) == frozenset()


def test_what_is_no_python() -> None:
    with pytest.raises(Malformed, match="line 2"):
        parse(b"x = 1\ny = (\n")
    with pytest.raises(Malformed):
        parse(b"# coding: rot13\nvzcbeg bf\n")
    with pytest.raises(Malformed):
        parse(b"x = '\xff'\n")
    with pytest.raises((LimitReached, Malformed)):
        parse(b"x = " + b"(" * 100_000)
    assert parse("# coding: latin-1\nf('ä')".encode("latin-1")).calls()[0].value(0) == "ä"


def test_long_sums_and_deep_chains_take_no_stack() -> None:
    assert value("f(" + "+".join(["'a'"] * 900) + ")") == "a" * 900
    text = "x0 = 'a'\n" + "".join(f"x{n + 1} = x{n} + x{n}\n" for n in range(60)) + "f(x60)"
    assert value(text) is UNKNOWN


def looked_at(module: Module) -> int:
    count = 0
    for call in module.calls():
        assert isinstance(call.names, tuple)
        for number in range(len(call.node.args)):
            call.value(number)
            count += 1
    return count


@given(st.binary(max_size=60))
def test_any_bytes(data: bytes) -> None:
    try:
        assert looked_at(parse(data)) >= 0
    except (Malformed, LimitReached):
        assert data


_PIECES = [
    "a",
    "b",
    "os",
    "getattr",
    "'x'",
    "a.b",
    "[a, b]",
    "{'k': a}",
    "lambda: a",
    "a or b",
    "f(a)",
    "a[b]",
    "(a, b)",
]


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "os", "self.c"]), st.sampled_from(_PIECES)), max_size=12))
def test_names_that_go_in_circles(pairs: list[tuple[str, str]]) -> None:
    text = "".join(f"{name} = {value}\n" for name, value in pairs) + "a(b)\nb.c(a[0])\n"
    assert looked_at(parse_text(text)) >= 2
