"""XGBoost: models in JSON, UBJSON, and the binary form of versions before 3. Trees and numbers; nothing is run.

Source: XGBoost's model schema (doc/model.schema); for the binary form see `bartizan.scan.wire.xgboost_binary`.
"""

from __future__ import annotations

import re

import msgspec

from bartizan.scan.artefacts.content import exactly
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.wire.blocks import Blocks
from bartizan.scan.wire.ubjson import read
from bartizan.scan.wire.xgboost_binary import PARAMETERS
from bartizan.scan.wire.xgboost_binary import read as read_binary

_JSON = re.compile(rb'\A\s*\{\s*"(?:learner"\s*:\s*\{|version"\s*:\s*\[[\d,\s]*\]\s*,\s*"learner"\s*:)')
_UBJSON = re.compile(rb"\A\{L\0{7}[\x07](?:learner|version)[\[{]")
_NAME = re.compile(rb"[a-z]{2,10}:[a-z0-9_]{2,40}\Z")
_MARK = b"binf"
"""What binary models begin with from version 1 on."""
_LONGEST = 512 << 20


class _Objective(msgspec.Struct):
    name: str = ""


class _Learner(msgspec.Struct):
    objective: _Objective = msgspec.field(default_factory=_Objective)
    attributes: dict[str, str] = {}
    feature_names: list[str] = []


class _Model(msgspec.Struct):
    learner: _Learner
    version: list[int] = []


def recognise(look: Look) -> bool:
    """Tell by the first keys, or by the objective behind the parameters."""
    head = look.head
    return bool(_JSON.match(head) or _UBJSON.match(head)) or head[:4] == _MARK or _binary(head) > 0


def _binary(head: bytes) -> int:
    """Return where the booster's name ends in a binary model, 0 where this is none."""
    for start in (0, 4):
        at = start + PARAMETERS
        length = int.from_bytes(head[at : at + 8], "little")
        if not 4 <= length <= 64 or not _NAME.match(head[at + 8 : at + 8 + length]):
            continue
        at += 8 + length
        length = int.from_bytes(head[at : at + 8], "little")
        if head[at + 8 : at + 8 + length] in (b"gbtree", b"gblinear", b"dart"):
            return at + 8 + length
    return 0


def examine(look: Look, desk: Desk) -> None:
    """Check the form, and take the facts."""
    if _JSON.match(look.head):
        _json(look, desk)
    elif _UBJSON.match(look.head):
        _ubjson(look, desk)
    elif not _binary(look.head):
        raise Malformed("the parameters of the model are not where they belong", 0)
    else:
        _walk_binary(look, desk)


def _json(look: Look, desk: Desk) -> None:
    if look.size > _LONGEST:
        raise LimitReached(f"the model is JSON of {look.size} bytes")
    try:
        model = msgspec.json.decode(exactly(look.content, 0, look.size), type=_Model)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed("the model is no JSON of XGBoost", 0) from error
    desk.cover_all(look.content)
    if model.version:
        desk.fact("library", f"XGBoost {'.'.join(map(str, model.version))}")
    if model.learner.objective.name:
        desk.fact("objective", model.learner.objective.name)
    if model.learner.feature_names:
        desk.fact("features", str(len(model.learner.feature_names)))


def _ubjson(look: Look, desk: Desk) -> None:
    def text(path: str, value: str) -> None:
        if path == "learner.objective.name":
            desk.fact("objective", value)

    end = read(Blocks(look.content), text, desk.check_time)
    desk.cover(0, end)


def _walk_binary(look: Look, desk: Desk) -> None:
    start = 4 if look.head[:4] == _MARK else 0
    desk.cover(0, start)
    model = read_binary(Blocks(look.content), start, desk.cover, desk.check_time)
    major, minor = model.version
    desk.fact("library", f"XGBoost {major}.{minor}" if major else "XGBoost before 1")
    desk.fact("form", "binary, of XGBoost before 3")
    desk.fact("objective", model.objective)
    desk.fact("features", str(model.features))


FORMAT = Format(name="xgboost", title="XGBoost", group="model", recognise=recognise, examine=examine)
