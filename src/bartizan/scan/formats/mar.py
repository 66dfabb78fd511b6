"""TorchServe's model archives: a zip with `MAR-INF/MANIFEST.json`, which names the handler that the server imports.

Source: `torch-model-archiver`, specification version 1.0 and 2.0. The handler's code is examined as what it is.
"""

from __future__ import annotations

import re

import msgspec

from bartizan.scan.archives.zipread import Member
from bartizan.scan.archives.zipwalk import members_of, opened, views, zip_recognised
from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_MANIFEST = "MAR-INF/MANIFEST.json"
_BUILT_IN = {"image_classifier", "image_segmenter", "object_detector", "text_classifier", "text_handler",
             "vision_handler", "base_handler", "micro_batching", "densenet_handler"}  # fmt: skip
_LARGEST = 1 << 20
_BY_ADDRESS = re.compile(r"^\s*(?:--?(?:extra-)?index-url\b|-i\s|--find-links\b|-f\s|git\+|\S*://|.*@\s*\S+://)")


class _Model(msgspec.Struct):
    handler: str = ""
    modelName: str = ""  # noqa: N815 - the manifest's own names
    modelFile: str = ""  # noqa: N815
    serializedFile: str = ""  # noqa: N815
    requirementsFile: str = ""  # noqa: N815


class _Manifest(msgspec.Struct):
    model: _Model


def recognise(look: Look) -> bool:
    """Tell by the manifest."""
    return zip_recognised(look) and any(member.name == _MANIFEST for member in members_of(look))


def examine(look: Look, desk: Desk) -> None:
    """Look at what the manifest makes the server run. Raises Malformed."""
    names = {member.name: member for member in members_of(look)}
    text = _read(look.content, names[_MANIFEST], desk)
    try:
        model = msgspec.json.decode(text, type=_Manifest).model
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed("the manifest can't be read", 0) from error
    desk.fact("model-name", model.modelName)
    handler = model.handler.partition(":")[0]
    if handler in names or f"{handler}.py" in names:
        desk.hit("mar-handler-runs", f"`{model.handler}`")
    elif handler and handler.removesuffix(".py") not in _BUILT_IN:
        desk.hit("mar-manifest-odd", f"the handler `{model.handler}` is not in the archive")
    for name in (model.serializedFile, model.modelFile):
        if name and name not in names:
            desk.hit("mar-manifest-odd", f"`{name}` is not in the archive")
    if model.requirementsFile in names:
        for number, line in enumerate(_read(look.content, names[model.requirementsFile], desk).splitlines(), 1):
            said = line.decode("utf-8", "replace")
            if _BY_ADDRESS.match(said):
                desk.hit("mar-manifest-odd", f"`{model.requirementsFile}`, line {number}: {said.strip()}")


def _read(content: Content, member: Member, desk: Desk) -> bytes:
    with opened(content, member, views(member)[0], desk) as found:
        return found.content.read(0, _LARGEST)


FORMAT = Format(name="mar", title="TorchServe archive", group="model", recognise=recognise, examine=examine)
