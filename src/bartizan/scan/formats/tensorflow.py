"""TensorFlow SavedModel, MetaGraph and frozen GraphDef: graphs of operators, searched with all their functions.

A saver writes and reads files in every saved model; its path is given at run time. Elsewhere an operator that touches
files, the network or Python is what the model's author put there. Source: the protobuf files of TensorFlow 2.21.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.graphs import tensorflow as operators
from bartizan.scan.graphs.keras import examine_text
from bartizan.scan.graphs.names import names_of
from bartizan.scan.wire.blocks import Blocks
from bartizan.scan.wire.paths import leaves_folder
from bartizan.scan.wire.protobuf import BYTES, VARINT, Message, looks_like, surely
from bartizan.scan.wire.schema import cover_field, walk
from bartizan.scan.wire.tensorflow import CALLS, SCHEMA, Graph, Node, attribute_texts, read_node, sources

__all__ = ["FORMAT"]

_OPERATOR = re.compile(r"[A-Za-z_][A-Za-z0-9_.>/\\-]*\Z")
_NODE = dict.fromkeys(range(1, 8), BYTES)
_GRAPH = {1: BYTES, 2: BYTES, 3: VARINT, 4: BYTES, 5: BYTES}
_META = dict.fromkeys(range(1, 8), BYTES)
_SAVED = {1: VARINT, 2: BYTES}
_WATCHED = (
    operators.PYTHON | operators.WRITES.keys() | operators.SAVES.keys() | operators.RESTORES.keys()
    | operators.READS.keys() | operators.NETWORK | operators.URLS.keys()
)  # fmt: skip
_QUIET = frozenset({"stdout", "stderr", "", "local://"})


def recognise(look: Look) -> bool:
    """Tell by the structure: the formats have no magic number."""
    return _kind(look) != ""


def _kind(look: Look) -> str:
    if look.head[:1] in (b"\x08", b"\x10", b"\x12", b"\x0a"):
        message = Message(Blocks(look.content))
        if surely(lambda: bool(looks_like(message, _SAVED, 8)) and _any(message, 2, _is_meta)):
            return "SavedModel"
        if surely(lambda: _is_graph(message)):
            return "Graph"
        if surely(lambda: bool(looks_like(message, _META, 12)) and _any(message, 2, _is_graph)):
            return "MetaGraph"
    return "SavedModel" if look.name == "saved_model.pb" else ""


def _any(message: Message, number: int, test: Callable[[Message], bool]) -> bool:
    inner = next(message.inners(number), None)
    return inner is not None and test(inner)


def _is_meta(message: Message) -> bool:
    seen = looks_like(message, _META, 8)
    return bool(seen) and _any(message, 2, lambda graph: not graph.start < graph.end or _is_graph(graph))


def _is_graph(message: Message) -> bool:
    """Tell whether this has nodes with an operator's name, or a library with functions."""
    if not looks_like(message, _GRAPH, 8):
        return False
    node = next(message.inners(1), None)
    if node is None:
        return _any(message, 2, lambda library: _any(library, 1, lambda function: _any(function, 1, _is_signature)))
    return bool(looks_like(node, _NODE, 4)) and bool(_OPERATOR.match(node.last_text(2)))


def _is_signature(message: Message) -> bool:
    return bool(_OPERATOR.match(message.last_text(1)))


def examine(look: Look, desk: Desk) -> None:
    """Walk all graphs and functions, then judge the operators that matter."""
    kind = _kind(look)
    if not look.size:
        raise Malformed("the file is empty", 0)
    message = Message(Blocks(look.content))
    for field in message:
        if field.number in SCHEMA[kind]:
            cover_field(field, desk)
    if kind == "SavedModel":
        for meta in message.inners(2):
            _examine(meta, "MetaGraph", desk)
    else:
        _examine(message, kind, desk)


def _examine(message: Message, kind: str, desk: Desk) -> None:
    model = _Model(desk)
    if kind == "MetaGraph":
        model.describe(message)
    else:
        model.graphs.append(Graph(message, 1))
    walk(message, kind, SCHEMA, model.visit, desk)
    model.judge()


class _Model:
    """One graph with its functions."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.graphs: list[Graph] = []
        self.watched: list[tuple[Graph, Node]] = []
        self.others: dict[str, int] = {}
        self.inputs: set[str] | None = None
        """Placeholders that whoever uses the model fills in; None where the graph doesn't say which."""
        self.assets: set[str] = set()
        self.known = names_of("tensorflow")

    def describe(self, meta: Message) -> None:
        for info in meta.inners(1):
            self.desk.fact("library", f"TensorFlow {info.last_text(5)}")
        self.inputs = set()
        for entry in meta.inners(5):
            for signature in entry.inners(2):
                for given in signature.inners(1):
                    self.inputs.update(tensor.last_text(1).split(":")[0] for tensor in given.inners(2))
        for asset in meta.inners(6):
            self.assets.update(tensor.last_text(1).split(":")[0] for tensor in asset.inners(1))

    def visit(self, kind: str, message: Message) -> None:
        if kind == "Graph":
            self.graphs.append(Graph(message, 1))
        elif kind == "Function":
            self.graphs.append(Graph.function(message))
        elif kind == "Node":
            node = read_node(message)
            if node.operator in _WATCHED:
                self.watched.append((self._owner(message), node))
            elif node.operator in CALLS or node.operator not in self.known:
                self._owner(message).calls.append(node)
                self.others.setdefault(node.operator, node.start)
        elif kind == "UserObject":
            for text in message.texts(3, 16 << 20):
                examine_text(text, self.desk, offset=message.start)

    def _owner(self, message: Message) -> Graph:
        """The innermost graph that was opened last: nodes come right after the graph that holds them."""
        return next(one for one in reversed(self.graphs) if one.message.start <= message.start < one.message.end)

    def judge(self) -> None:
        """Report what matters; functions of the graph are operators of its own."""
        own = {graph.name for graph in self.graphs}
        own |= {f"{name}_grad" for name in own}
        for name, offset in list(self.others.items()):
            if name not in own and name not in CALLS:
                self.desk.hit("custom-operators", f"`{name[:200]}`", offset=offset)
        for graph, node in self.watched[:10_000]:
            self.desk.check_time()
            self._watched(graph, node)

    def _watched(self, graph: Graph, node: Node) -> None:
        operator, where = node.operator, f" in function `{graph.name}`" if graph.name else ""
        what = f"{operator} `{node.name}`{where}"
        if operator in operators.PYTHON:
            self.desk.hit("tensorflow-runs-python", what, offset=node.start)
        if operator in operators.NETWORK:
            self.desk.hit("tensorflow-calls-out", what, offset=node.start)
        if operator in operators.URLS:
            self._addresses(node, what)
        if operator in operators.WRITES:
            self._writes(graph, node, operators.WRITES[operator], what)
        elif operator in operators.SAVES:
            self._saver(graph, node, operators.SAVES[operator], what, "tensorflow-writes-files")
        elif operator in operators.RESTORES:
            self._saver(graph, node, operators.RESTORES[operator], what, "tensorflow-reads-files")
        elif operator in operators.READS:
            self._reads(graph, node, operators.READS[operator], what)

    def _addresses(self, node: Node, what: str) -> None:
        texts = [one for one in attribute_texts(node.message, operators.URLS[node.operator]) if one not in _QUIET]
        if node.operator == "PrintV2":
            if any(one.startswith("file:") for one in texts):
                self.desk.hit("tensorflow-writes-files", f"{what}: {texts}", offset=node.start)
        elif node.operator.startswith("Debug"):
            if texts:
                self.desk.hit("tensorflow-calls-out", f"{what}: {texts}", offset=node.start)
        elif any(leaves_folder(one) for one in texts if not one.startswith(("bytes://", "local://"))):
            self.desk.hit("model-reads-outside", f"{what}: {texts}", offset=node.start)
        elif any(texts) and not all(one.startswith(("bytes://", "local://")) for one in texts):
            self.desk.hit("tensorflow-reads-files", f"{what}: {texts}", offset=node.start)

    def _writes(self, graph: Graph, node: Node, places: tuple[int, ...], what: str) -> None:
        if node.operator.startswith(("Cache", "Snapshot")):
            texts = [text for _, text in self._texts(graph, node, places)]
            if texts and not any(texts):
                return
        self.desk.hit("tensorflow-writes-files", what, offset=node.start)

    def _texts(self, graph: Graph, node: Node, places: Iterable[int]) -> list[tuple[str, str]]:
        inputs = [node.inputs[one] for one in places if one < len(node.inputs)]
        return [pair for one in inputs for pair in sources(self.graphs, graph, one).texts]

    def _saver(self, graph: Graph, node: Node, places: tuple[int, ...], what: str, rule: str) -> None:
        """Let a saver be where its path comes from the placeholder that savers have."""
        for place in places:
            if place >= len(node.inputs):
                self.desk.hit("tensorflow-reads-files", what, offset=node.start)
                continue
            found = sources(self.graphs, graph, node.inputs[place])
            outside = [text for name, text in found.texts if leaves_folder(text) and name not in self.assets]
            if outside:
                self.desk.hit("model-reads-outside", f"{what}: `{outside[0]}`", offset=node.start)
            elif not found.placeholders and not found.lost:
                self.desk.hit(rule, what, offset=node.start)
            elif not found.placeholders or not all(map(self._is_saver, found.placeholders)):
                self.desk.hit("tensorflow-reads-files", what, offset=node.start)

    def _is_saver(self, placeholder: str) -> bool:
        """Tell whether nobody who uses the model gives this path: no signature has it as an input."""
        if self.inputs is not None:
            return placeholder not in self.inputs
        return "save" in placeholder.lower() or "filename" in placeholder.lower()

    def _reads(self, graph: Graph, node: Node, places: tuple[int, ...], what: str) -> None:
        texts = [(name, text) for name, text in self._texts(graph, node, places) if name not in self.assets]
        if any(leaves_folder(text) for _, text in texts):
            outside = next(text for _, text in texts if leaves_folder(text))
            self.desk.hit("model-reads-outside", f"{what}: `{outside}`", offset=node.start)
        elif not node.operator.startswith("InitializeTable") or any(text for _, text in texts):
            self.desk.hit("tensorflow-reads-files", what, offset=node.start)


FORMAT = Format(name="tensorflow", title="TensorFlow graph", group="model", recognise=recognise, examine=examine)
