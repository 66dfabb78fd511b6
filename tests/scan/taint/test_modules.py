"""Files that a program names are found beside it and above, each read once, and never outside the tree."""

from __future__ import annotations

import pytest

from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.tree import MemoryTree
from bartizan.scan.taint.modules import Modules, decoded_source
from bartizan.scan.taint.python import python_module

FILES = {"pkg/server.py": "", "pkg/tools/run.py": "a = 1", "pkg/util.py": "", "pkg/sub/__init__.py": "", "bad.py": "("}


def found(name: str, path: str) -> str | None:
    module = Modules(MemoryTree({key: text.encode() for key, text in FILES.items()}), python_module).python(name, path)
    return module.path if module is not None else None


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        (".util", "pkg/server.py", "pkg/util.py"),
        ("..util", "pkg/tools/run.py", "pkg/util.py"),
        ("pkg.tools.run", "pkg/server.py", "pkg/tools/run.py"),
        ("util", "pkg/server.py", "pkg/util.py"),
        (".sub", "pkg/server.py", "pkg/sub/__init__.py"),
        ("bad", "pkg/server.py", None),
        ("os.path", "pkg/server.py", None),
        ("....util", "pkg/server.py", None),
        ("a-b", "pkg/server.py", None),
    ],
)
def test_where_python_modules_lie(name: str, path: str, expected: str | None) -> None:
    assert found(name, path) == expected


def test_only_so_many_are_read() -> None:
    modules = Modules(MemoryTree({"a.py": b"", "b.py": b""}), python_module, most=1)
    assert modules.python("a", "s.py") is not None
    assert modules.python("a", "s.py") is not None
    assert modules.python("b", "s.py") is None


def test_source_that_is_no_utf8_is_read_byte_by_byte() -> None:
    assert decoded_source(b"\xef\xbb\xbfa") == "a"
    assert decoded_source(b"\xe4") == "ä"
    with pytest.raises(Malformed):
        decoded_source(b"a\0b")
