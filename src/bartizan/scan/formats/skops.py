"""skops: scikit-learn models as a zip with `schema.json`, a tree of nodes that name the types and functions to load.

Source: `skops/io`, protocols 0 to 2 and versions 0.3 to 0.14. What a node asks for is looked up among the callables
that pickles are judged by; that the loader would ask its user first is no reason to trust what it shows.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from bartizan.catalog.callables import Register, known_callables
from bartizan.scan.archives.zipread import Member
from bartizan.scan.archives.zipwalk import members_of, opened, views, zip_recognised
from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_LARGEST = 256 << 20
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_PLAIN = {"JsonNode", "SliceNode", "BytesNode", "BytearrayNode"}
"""Nodes whose class is not loaded: their own kind says what they give."""
_LOADERS = _PLAIN | {
    "DictNode", "DefaultDictNode", "ListNode", "SetNode", "TupleNode", "FunctionNode", "PartialNode", "TypeNode",
    "ConstructorFromReduceNode", "ObjectNode", "MethodNode", "OperatorFuncNode", "NdArrayNode", "MaskedArrayNode",
    "RandomStateNode", "RandomGeneratorNode", "DTypeNode", "SparseMatrixNode", "ReduceNode", "TreeNode", "LossNode",
    "SGDNode", "_DictWithDeprecatedKeysNode", "CachedNode", "QuantileForestNode", "LossModuleNode",
}  # fmt: skip
_GETTERS = {"itemgetter", "attrgetter", "methodcaller"}
_BIT_GENERATORS = {"MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"}


def _schema(look: Look) -> Member | None:
    return next((member for member in members_of(look) if member.name == "schema.json"), None)


def recognise(look: Look) -> bool:
    """Tell by the zip's `schema.json`; by the name alone where a file is no zip."""
    if look.suffix == ".skops" and not look.head.startswith(_ZIP_STARTS):
        return True
    return zip_recognised(look) and _schema(look) is not None


def examine(look: Look, desk: Desk) -> None:
    """Look at every node of the tree. Raises Malformed, LimitReached."""
    if not zip_recognised(look):
        desk.hit("skops-other-format", f"it begins with {look.head[:8]!r}")
        return
    for member in members_of(look):
        if member.name == "schema.json":
            for view in views(member):
                with opened(look.content, member, view, desk) as found:
                    desk.inside(member.name, found.content, formats=[_SCHEMA])


def _recognise_schema(look: Look) -> bool:
    return look.name == "schema.json"


def _examine_schema(look: Look, desk: Desk) -> None:
    register = known_callables()
    root = _decoded(look.content)
    if not isinstance(root, dict) or "__loader__" not in root:
        raise Malformed("the description is no tree of nodes", 0)
    desk.cover_all(look.content)
    desk.fact("skops-version", str(root.get("_skops_version", "")))
    for node in _nodes(root, desk):
        _judge(node, desk, register)


def _decoded(content: Content) -> object:
    if content.size > _LARGEST:
        raise LimitReached(f"the description has more than {_LARGEST >> 20} MB")
    try:
        return msgspec.json.decode(content.read(0, content.size))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed("the description is no JSON", 0) from error


def _nodes(root: object, desk: Desk) -> Iterator[dict[str, object]]:
    """Every node of the tree, found wherever it hides."""
    waiting = [root]
    count = 0
    while waiting:
        value = waiting.pop()
        count += 1
        if not count % 4096:
            desk.check_time()
        if isinstance(value, dict):
            if "__loader__" in value or "__class__" in value:
                yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _judge(node: dict[str, object], desk: Desk, register: Register) -> None:
    loader, module, name = (str(node.get(key, "")) for key in ("__loader__", "__module__", "__class__"))
    content = node.get("content")
    if loader not in _LOADERS:
        desk.hit("skops-unknown-type", f"a node of the kind `{loader}`, for `{module}.{name}`")
    if loader in _PLAIN:
        return
    paths = [f"{module}.{name}"]
    if loader == "FunctionNode" and isinstance(content, dict):
        paths.append(f"{content.get('module_path', module)}.{content.get('function', name)}")
    elif loader == "MethodNode":
        paths += _method(content, module, name, desk)
    elif loader == "OperatorFuncNode":
        _operator(module, name, desk)
        if module == "operator" and name == "itemgetter":
            return
    elif loader == "RandomGeneratorNode":
        _generator(content, desk)
    for path in dict.fromkeys(paths):
        safe, harm = register.with_any(path)
        if harm is not None:
            desk.hit("skops-dangerous-type", f"`{path}` ({harm.effect}), by {loader}", cve=harm.cve)
        elif safe is None:
            desk.hit("skops-unknown-type", f"`{path}`, by {loader}")


def _method(content: object, module: str, name: str, desk: Desk) -> list[str]:
    """A bound method: the object it belongs to must be what the node shows. Returns the method's full name."""
    if not isinstance(content, dict) or not isinstance(content.get("obj"), dict):
        raise Malformed("a method has no object", 0)
    owner, method = content["obj"], str(content.get("func", ""))
    real = f"{owner.get('__module__')}.{owner.get('__class__')}"
    if real != f"{module}.{name}":
        said = f"a method of `{real}` is shown as one of `{module}.{name}`"
        desk.hit("skops-node-disguised", said, cve=["CVE-2025-54413"])
    return [f"{real}.{method}"]


def _operator(module: str, name: str, desk: Desk) -> None:
    if module != "operator" or name not in _GETTERS:
        said = f"an operator node for `{module}.{name}`"
        desk.hit("skops-node-disguised", said, cve=["CVE-2025-54412"])


def _generator(content: object, desk: Desk) -> None:
    """NumPy's generator of random numbers: the name of its bit generator is text in a node, and is looked up."""
    state = content.get("bit_generator") if isinstance(content, dict) else None
    inner = state.get("content") if isinstance(state, dict) else None
    named = inner.get("bit_generator") if isinstance(inner, dict) else None
    text = named.get("content") if isinstance(named, dict) else None
    if isinstance(text, str) and text.strip('"') not in _BIT_GENERATORS:
        desk.hit("skops-node-disguised", f"a generator of random numbers named {text}")


_SCHEMA = Format(
    name="skops-schema", title="skops description", group="model", recognise=_recognise_schema, examine=_examine_schema
)
FORMAT = Format(name="skops", title="skops model", group="model", recognise=recognise, examine=examine)
