"""Keras descriptions as files: `config.json` of a .keras archive, models saved as JSON or YAML, Keras metadata."""

from __future__ import annotations

import re

from bartizan.scan.artefacts.content import exactly
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.graphs.keras import LONGEST, examine_text, examine_value
from bartizan.scan.texts.jsondata import BOM, first_sign

__all__ = ["FORMAT"]

_JSON_KEY = re.compile(rb'"class_name"|\\u00(?:63|5f|6c|61|73|6e|6d|65)', re.IGNORECASE)
_YAML_KEY = re.compile(rb"^(?:class_name|[\"']class_name[\"'])\s*:", re.MULTILINE)
_YAML_CODE = re.compile(rb"!!python/[\w/]+:[\w.]*|tag:yaml\.org,2002:python/[\w/]+:?[\w.]*")
_LONGEST_YAML = 4 << 20


def recognise(look: Look) -> bool:
    """Tell by a class name: in the head, or anywhere in a file that is called JSON or YAML."""
    if first_sign(look.head) in (b"{", b""):
        if _JSON_KEY.search(look.head) and b'"config"' in look.head:
            return _described(look)
        return look.suffix == ".json" and look.size <= LONGEST and _described(look)
    return look.suffix in (".yaml", ".yml") and _is_yaml(look)


def _described(look: Look) -> bool:
    """Tell whether the whole of it is an object with a class name: other JSON has such keys further inside.

    The description in an archive of Keras may be any object; its loader makes what stands inside.
    """
    if look.size > LONGEST:
        return True
    data = look.content.read(0, look.size)
    if not _JSON_KEY.search(data):
        return False
    return (look.inner and look.name == "config.json") or _outer_keys(data) >= {"class_name", "config"}


def _outer_keys(data: bytes) -> set[str]:
    import msgspec

    try:
        return set(msgspec.json.decode(data.removeprefix(BOM), type=dict[str, msgspec.Raw]))
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return {"class_name", "config"}


def _is_yaml(look: Look) -> bool:
    return bool(_YAML_KEY.search(look.head)) and bool(
        re.search(rb"^(?:config|backend|keras_version)\s*:", look.head + look.tail, re.MULTILINE)
    )


def examine(look: Look, desk: Desk) -> None:
    """Judge the description."""
    if look.size > LONGEST:
        raise LimitReached(f"the description has {look.size} bytes")
    data = exactly(look.content, 0, look.size)
    desk.cover_all(look.content)
    if first_sign(data) == b"{":
        examine_text(data.decode("utf-8-sig", "replace"), desk)
        return
    for found in _YAML_CODE.finditer(data):
        desk.hit("keras-yaml-code", found[0].decode(), offset=found.start(), cve=["CVE-2021-37678"])
    if _YAML_CODE.search(data):
        return
    _yaml(data, desk)


def _yaml(data: bytes, desk: Desk) -> None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    if len(data) > _LONGEST_YAML:
        raise LimitReached(f"the description has {len(data)} bytes")
    if re.search(rb"[:\-,\[]\s*\*\w", data):
        raise Malformed("the description refers to parts of itself")
    try:
        value = YAML(typ="safe", pure=True).load(data.decode("utf-8", "replace"))
    except RecursionError:
        raise LimitReached("the description is nested too deep") from None
    except (YAMLError, ValueError) as error:
        raise Malformed("the description is no YAML") from error
    examine_value(value, desk, legacy=True)


FORMAT = Format(name="keras-config", title="Keras description", group="model", recognise=recognise, examine=examine)
