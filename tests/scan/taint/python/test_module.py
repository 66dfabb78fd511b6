"""Python becomes a tree without being run; what is no Python, or nests too deeply, is told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.taint import tree as t
from bartizan.scan.taint.judge import judged
from bartizan.scan.taint.python import python_module
from bartizan.scan.taint.tools import tools_of
from tests.scan.taint.support import never

PIECES = [
    "x = 1", "x += y", "a.b[0] = x", "(a, *b) = x", "import os.path as p, sys", "from .a import b as c", "del x",
    "for a, b in x:\n    pass\nelse:\n    x",
    "while x:\n    break", "try:\n    x\nexcept A:\n    pass\nfinally:\n    y",
    "with open(x) as f, g:\n    f.write(x)", "async def a(*b, c=1, **d):\n    await b",
    "class A(B):\n    x = 1\n    def y(self): return self.x",
    "match x:\n    case 'a' | 1: y\n    case _: z", "lambda a: [b for b in a if b]", "{**a, 'b': {c: d for c in e}}",
    "f'{a!r:>{b}}'", "x if y else z", "a < b <= c", "'%s' % a", "print(*a, **b)", "global q\nq = 1", "yield x",
    "assert x",
    "@mcp.tool()\ndef a(x: 'str | None'): return x",
    "a[1:2]", "(y := x)", "return x", "b'\\xff'", "a / 'b'", "not x",
]  # fmt: skip


@pytest.mark.parametrize("text", ["def (", "x = \0", "\ud800 = 1", "print 1"])
def test_what_is_no_python(text: str) -> None:
    with pytest.raises(Malformed):
        python_module(text)


def test_what_nests_too_deeply() -> None:
    with pytest.raises((LimitReached, Malformed)):
        python_module("x = " + "-" * 100_000 + "1")


def test_names_of_imports() -> None:
    module = python_module("import a.b\nimport c.d as e\nfrom f.g import h as i\nfrom . import j\nfrom ..k import l")
    assert module.imports == {"a": "a", "e": "c.d", "i": "f.g.h", "j": ".j", "l": "..k.l"}


def test_types_of_parameters() -> None:
    module = python_module("def a(b: int, c: 'bool', d: Annotated[str, 1], e: Literal['x'] | None, *f, **g): ...")
    (function,) = module.body
    assert isinstance(function, t.Function)
    assert [(one.name, one.kind, one.narrow, one.amount) for one in function.parameters] == [
        ("b", "plain", True, True),
        ("c", "plain", True, False),
        ("d", "plain", False, False),
        ("e", "plain", True, False),
        ("f", "rest", False, False),
        ("g", "keywords", False, False),
    ]


def test_expressions_too_deep_to_follow() -> None:
    module = python_module("x = " + " + ".join(["a"] * 420))
    with pytest.raises(LimitReached):
        judged(module, [], lambda _name, _path: None, never)


def test_every_node_of_a_tree_is_walked_once() -> None:
    module = python_module("a = [b, {c: d}]\ndef e(f=g):\n    return h")
    assert [node.name for node in t.walk(module.body) if isinstance(node, t.Name)] == list("abcdgh")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_any_program_is_followed_without_an_error(pieces: list[str]) -> None:
    body = "\n".join(pieces).replace("\n", "\n    ")
    module = python_module(f"import os\n@mcp.tool()\nasync def main(x, y):\n    pass\n    {body}\n    os.system(x)\n")
    assert isinstance(judged(module, tools_of(module), lambda _name, _path: None, never)[0], list)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_program_or_malformed(text: str) -> None:
    try:
        module = python_module(text)
    except Malformed:
        return
    assert isinstance(judged(module, [], lambda _name, _path: None, never)[0], list)


def test_work_on_a_program_that_branches_without_end_is_bounded() -> None:
    calls = "\n".join(f"def f{n}(x):\n    f{n + 1}(x + 'a')\n    f{n + 1}(x + 'b')\n    f{n + 1}(x)" for n in range(40))
    module = python_module(f"{calls}\n@mcp.tool()\ndef a(x):\n    f0(x)\n")
    assert judged(module, tools_of(module), lambda _name, _path: None, never)[0] == []
