"""spaCy's `config.cfg`: functions that are looked up by registered names, paths that are read.

Source: spaCy 3, "Training config". Names carry the package that registers them; code of others must be installed.
"""

from __future__ import annotations

import configparser
import re

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_LARGEST = 1 << 20
_MARK = re.compile(rb"(?m)^\[nlp\]|^@(?:architectures|tokenizers|layers|readers|misc)\s*=")
_DATA = frozenset({"tokenizer", "key2row", "lookups.bin", "vectors", "vectors.cfg", "model", "cfg", "moves", "strings"})
_KNOWN = re.compile(r"(?:spacy(?:[-_]\w+)*|thinc|prodigy)\.|[A-Za-z_]+\.v\d+\Z")


def recognise(look: Look) -> bool:
    """Tell by the name and the sections."""
    return look.suffix == ".cfg" and look.size <= _LARGEST and _MARK.search(look.content.read(0, look.size)) is not None


def examine(look: Look, desk: Desk) -> None:
    """Report registered names of other packages. Raises Malformed."""
    desk.cover_all(look.content)
    parser = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(look.content.read(0, look.size).decode("utf-8"))
    except (configparser.Error, UnicodeDecodeError) as error:
        raise Malformed("the configuration can't be read") from error
    for section in parser.sections():
        for key, value in parser.items(section):
            name = value.strip().strip('"')
            if key.startswith("@") and name and not name.startswith("${") and not _KNOWN.match(name):
                desk.hit("repository-target-unknown", f"`[{section}]` {key}: `{name}`")
    if not look.inner:
        _claim(look, desk)
    for key in ("lang", "pipeline"):
        if parser.has_option("nlp", key):
            desk.fact("language" if key == "lang" else "pipeline", parser.get("nlp", key).strip('"'))


def _claim(look: Look, desk: Desk) -> None:
    """Account for the data of the pipeline beside its configuration: msgpack and arrays, which hold no code."""
    folder = look.path.removesuffix(look.name)
    for path in look.tree.paths():
        if path.startswith(folder) and path.rsplit("/", 1)[-1] in _DATA:
            desk.claim(path)


FORMAT = Format(
    name="spacy", title="spaCy configuration", group="model", recognise=recognise, examine=examine, accounts=False
)
