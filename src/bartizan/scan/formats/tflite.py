"""TensorFlow Lite: a FlatBuffer of graphs, with operators of the runtime, of TensorFlow, or of somebody else.

Source: schema.fbs of LiteRT, version 3. A zip archive of metadata may follow; the format for zip archives reads it.
"""

from __future__ import annotations

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.graphs import tensorflow
from bartizan.scan.graphs.names import names_of
from bartizan.scan.wire.flatbuffers import Buffer, Table

__all__ = ["FORMAT"]

_CUSTOM = 32
"""The number of operators that have a name instead."""
_FLEX = "Flex"
"""What stands before the name of an operator of TensorFlow."""
_KNOWN = frozenset({
    "TFLite_Detection_PostProcess", "Mfcc", "AudioSpectrogram", "NumericVerify", "Convolution2DTransposeBias",
    "MaxPoolingWithArgmax2D", "MaxUnpooling2D", "Landmarks2TransformMatrix", "TransformLandmarks", "TransformTensor",
    "TransformTensorBilinear", "edgetpu-custom-op", "RandomStandardNormal", "RandomUniform", "Multinomial", "Irfft2d",
    "ImportDelegateNode", "TfLiteCustomOp_Roll", "TFLite_RaggedRange", "ReduceAll", "CallOnce",
})  # fmt: skip
"""Custom operators that the runtime, its accelerators or MediaPipe register themselves."""
_LONGEST_END = 64
"""Bytes behind what was looked at that belong to parts of no interest: ends of texts and paddings."""


def recognise(look: Look) -> bool:
    """Tell by the identifier."""
    return look.head[4:8] == b"TFL3" or look.suffix == ".tflite"


def examine(look: Look, desk: Desk) -> None:
    """Check the structure, and judge the operators."""
    buffer = Buffer(look.content)
    if buffer.identifier != b"TFL3":
        raise Malformed("the identifier of the format is missing", 4)
    model = buffer.root()
    if description := model.text(3):
        desk.fact("description", description)
    buffers = _buffers(model, look)
    codes = 0
    for code in model.tables(1):
        codes += 1
        _operator(code, desk)
    subgraphs = 0
    for subgraph in model.tables(2):
        subgraphs += 1
        _subgraph(subgraph, codes, buffers, desk)
    for metadata in model.tables(6):
        desk.fact("metadata", metadata.text(0))
    model.vector(5, 4)
    for signature in model.tables(7):
        signature.text(2)
    desk.fact("subgraphs", str(subgraphs))
    desk.cover(0, buffer.end(_LONGEST_END))


def _buffers(model: Table, look: Look) -> int:
    count = 0
    for held in model.tables(4):
        held.vector(0, 1)
        offset, size = held.number(1, 8), held.number(2, 8)
        if offset > 1:
            if offset + size > look.size:
                raise Malformed("the data of a tensor lie beyond the end of the file", held.at)
            held.buffer.reached(offset + size)
        count += 1
    return count


def _operator(code: Table, desk: Desk) -> None:
    number = max(code.number(0, 1), code.number(3, 4, signed=True))
    name = code.text(1, 1024)
    if number != _CUSTOM or name in _KNOWN:
        return
    if not name.startswith(_FLEX):
        desk.hit("custom-operators", f"`{name}`", offset=code.at)
        return
    short = name.removeprefix(_FLEX)
    if short in tensorflow.PYTHON:
        desk.hit("tensorflow-runs-python", f"`{name}`", offset=code.at)
    elif short in tensorflow.WRITES or short in tensorflow.SAVES:
        desk.hit("tensorflow-writes-files", f"`{name}`", offset=code.at)
    elif short in tensorflow.READS or short in tensorflow.RESTORES:
        desk.hit("tensorflow-reads-files", f"`{name}`", offset=code.at)
    elif short in tensorflow.NETWORK:
        desk.hit("tensorflow-calls-out", f"`{name}`", offset=code.at)
    elif short not in names_of("tensorflow"):
        desk.hit("custom-operators", f"`{name}`", offset=code.at)


def _subgraph(graph: Table, codes: int, buffers: int, desk: Desk) -> None:
    tensors = 0
    for tensor in graph.tables(0):
        tensors += 1
        if tensor.number(2, 4) >= max(buffers, 1):
            raise Malformed("a tensor refers to data that are not there", tensor.at)
        tensor.vector(0, 4)
        tensor.vector(7, 4)
        tensor.text(3, 64)
        if tensors % 1024 == 0:
            desk.check_time()
    for operator in graph.tables(3):
        desk.check_time()
        if operator.number(0, 4) >= max(codes, 1):
            raise Malformed("an operator is not in the list of operators", operator.at)
        for number in (1, 2):
            start, count = operator.vector(number, 4)
            for one in range(count):
                index = operator.buffer.source.number(start + 4 * one, 4, signed=True)
                if not -1 <= index < tensors:
                    raise Malformed("an operator refers to a tensor that is not there", operator.at)
        operator.vector(5, 1)


FORMAT = Format(name="tflite", title="TensorFlow Lite", group="model", recognise=recognise, examine=examine)
