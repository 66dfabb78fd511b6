"""Collects the console's messages from Python and from templates, and merges them into the catalogs."""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bartizan.console.words import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
CONSOLE = ROOT / "src" / "bartizan" / "console"
GOVERN = ROOT / "src" / "bartizan" / "govern"
LOCALE = CONSOLE / "locale"
_TEMPLATES: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None, "message": None, "plain": None, "say": None, "ngettext": (1, 2), "count": (1, 2),
    "pgettext": ((1, "c"), 2),
}  # fmt: skip
_CALLS = {
    "_": 1, "message": 1, "plain": 1, "say": 1, "said": 1, "marked": 1, "ngettext": 2, "count": 2,
}  # fmt: skip
"""What messages are given to in Python, and how many of its first arguments they are."""
_WIDTH = 120


def collected() -> Catalog:
    """Return every message of the console, with the files that it stands in."""
    catalog = Catalog(project="Bartizan", charset="utf-8", fuzzy=False)
    options = {"**/templates/**.html": {"silent": "false"}}
    found: list[tuple[str, str | tuple[str, ...], list[str], str | None]] = [
        (file, text, comments, context)
        for file, _, text, comments, context in extract_from_dir(
            CONSOLE, [("**/templates/**.html", "jinja2")], keywords=_TEMPLATES, options_map=options
        )
    ]
    for folder, shown in ((CONSOLE, ""), (GOVERN, "govern/")):
        for path in sorted(folder.rglob("*.py")):
            file = f"{shown}{path.relative_to(folder).as_posix()}"
            found += [(file, text, [], context) for text, context in in_python(path.read_text(encoding="utf-8"))]
    for file, text, comments, context in sorted(found, key=lambda one: one[0]):
        # Line numbers are left out when it is written: they would change the catalogs with every line of code.
        catalog.add(text, None, [(file, 1)], auto_comments=comments, context=context)
    return catalog


def in_python(source: str) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Yield the messages of a module, from the top: the first arguments of some calls, where they are texts.

    With each comes its context: the second argument of `message`.
    """
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        wanted = _CALLS.get(name, 0)
        texts = [
            one.value for one in call.args[:wanted] if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        if wanted and len(texts) == wanted:
            context = call.args[1] if name == "message" and len(call.args) > 1 else None
            about = context.value if isinstance(context, ast.Constant) and isinstance(context.value, str) else None
            yield texts[0] if wanted == 1 else tuple(texts), about


def updated(language: str, template: Catalog) -> Catalog:
    """Return a language's catalog with the messages of the template; what was translated stays."""
    path = LOCALE / language / "console.po"
    catalog = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.is_file() else Catalog(locale=language)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def written(catalog: Catalog) -> bytes:
    """Return a catalog as a file that depends on its messages alone: no dates, no names."""
    stream = io.BytesIO()
    write_po(stream, catalog, width=_WIDTH, omit_header=True, sort_output=True, include_lineno=False)
    plural = f'"Plural-Forms: {catalog.plural_forms}\\n"\n' if catalog.locale else ""
    language = f'"Language: {catalog.locale}\\n"\n' if catalog.locale else ""
    head = f'msgid ""\nmsgstr ""\n{language}"Content-Type: text/plain; charset=utf-8\\n"\n{plural}\n'
    return head.encode() + stream.getvalue()


def main(arguments: list[str]) -> int:
    """Write the catalogs, or tell whether they lag behind."""
    template = collected()
    files = {LOCALE / "console.pot": written(template)}
    for language in LANGUAGES:
        if language != "en":
            files[LOCALE / language / "console.po"] = written(updated(language, template))
    behind = [path for path, content in files.items() if not path.is_file() or path.read_bytes() != content]
    if "--check" in arguments:
        for path in behind:
            print(f"messages: {path.relative_to(ROOT)} lags behind; run scripts/messages", file=sys.stderr)
        return 1 if behind else 0
    for path in behind:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[path])
    for path in files:
        if path.suffix == ".po":
            catalog = read_po(io.BytesIO(path.read_bytes()))
            texts = [one for one in catalog if one.id]
            done = sum(all([one.string] if isinstance(one.string, str) else one.string or [""]) for one in texts)
            print(f"{path.parent.name}: {done} of {len(texts)} messages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
