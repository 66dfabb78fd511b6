"""Python: files, and lines of `.pth` files that the interpreter runs at its start. Read as a syntax tree, never run."""

from __future__ import annotations

import re

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.repository.surroundings import setting_of
from bartizan.scan.texts.python_source import LARGEST

__all__ = ["FORMAT"]

_SUFFIXES = frozenset({".py", ".pyw", ".pyi"})
_SHEBANG = re.compile(rb"#!\s*\S*(?:/|\s)(?:env\s+(?:-S\s+)?)?python[\d.]*\b|#!\S*python")
_STARTED = re.compile(rb"(?m)^import[ \t]")


def recognise(look: Look) -> bool:
    """Tell by the name, the first line, or the lines of a path file that are run."""
    if look.suffix in _SUFFIXES or _SHEBANG.match(look.head):
        return True
    return look.suffix == ".pth" and look.size < 1 << 20 and b"\0" not in look.head and bool(_STARTED.search(look.head))


def examine(look: Look, desk: Desk) -> None:
    """Report what the code does. Raises Malformed and LimitReached."""
    from bartizan.scan.pycode.checks import Told, check_module
    from bartizan.scan.texts.python_source import parse_python, text_of

    desk.cover_all(look.content)
    if look.size > LARGEST:
        raise LimitReached(f"the source is larger than {LARGEST >> 20} MB")
    source = look.content.read(0, look.size)
    if look.suffix == ".pth":
        source = b"\n".join(line for line in source.splitlines() if line.startswith((b"import ", b"import\t")))
    text = text_of(source)
    if not text.strip():
        return
    try:
        tree = parse_python(text)
    except Malformed:
        if _old(text):
            desk.hit("code-of-another-python", "Python 2", line=1)
            return
        raise
    check_module(tree, text, Told(desk), setting_of(look))


def _old(text: str) -> bool:
    """Tell Python 2 by its statements."""
    return bool(
        re.search(r"(?m)^\s*(?:print\s+[\"'\w]|except\s+\w+\s*,\s*\w+\s*:|raise\s+\w+\s*,|exec\s+[\"'\w])", text)
    )


FORMAT = Format(name="python", title="Python code", group="code", recognise=recognise, examine=examine, accounts=False)
