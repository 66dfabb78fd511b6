"""TensorFlow graphs: savers are where they belong, and what touches files, Python or the network is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired
from tests.scan.wire.support import holds, message, unreadable


def attribute(name: str, value: bytes) -> tuple[int, bytes]:
    return 5, message((1, name), (2, value))


def node(name: str, operator: str, *inputs: str, attributes: tuple[tuple[int, bytes], ...] = ()) -> bytes:
    return message((1, name), (2, operator), *((3, one) for one in inputs), *attributes)


def const(name: str, text: str) -> bytes:
    return node(name, "Const", attributes=(attribute("value", message((8, message((1, 7), (8, text))))),))


def function(name: str, arguments: list[str], *nodes: bytes) -> bytes:
    signature = message((1, name), *((2, message((1, one))) for one in arguments))
    return message((1, signature), *((3, one) for one in nodes))


def graph(*nodes: bytes, functions: tuple[bytes, ...] = ()) -> bytes:
    library = ((2, message(*((1, one) for one in functions))),) if functions else ()
    return message(*((1, one) for one in nodes), *library)


def saved(one: bytes, *inputs: str) -> bytes:
    """A SavedModel whose signature has some inputs."""
    given = ((1, message((1, name), (2, message((1, f"{name}:0"))))) for name in inputs)
    signature = message((1, "serving_default"), (2, message(*given)))
    info = message((4, "serve"), (5, "2.21.0"))
    return message((1, 1), (2, message((1, info), (2, one), (5, signature))))


def call(name: str, target: str, *inputs: str) -> bytes:
    return node(
        name, "StatefulPartitionedCall", *inputs, attributes=(attribute("f", message((10, message((1, target))))),)
    )


SAVER = function(
    "__inference__traced_save_1", ["file_prefix", "w"],
    const("part", "_temp/part"), node("join", "StringJoin", "file_prefix", "part:output:0"),
    node("shard", "ShardedFilename", "join:output:0"), node("SaveV2", "SaveV2", "shard:filename:0", "w"),
    node("merge", "MergeV2Checkpoints", "shard:filename:0", "file_prefix"),
)  # fmt: skip
PLAIN = graph(
    node("saver_filename", "Placeholder"), node("x", "Placeholder"), node("y", "MatMul", "x", "x"),
    call("save", "__inference__traced_save_1", "saver_filename", "y"), functions=(SAVER,),
)  # fmt: skip
SOUND = saved(PLAIN, "x")


def test_a_sound_model_is_safe() -> None:
    found = examined(SOUND, "saved_model.pb")
    assert found.formats == ["tensorflow"]
    assert (found.verdict, found.findings) == (Verdict.SAFE, [])
    assert found.facts["library"] == ["TensorFlow 2.21.0"]


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: message((1, message((5, "2.1"))), (2, one)), saved])
def test_every_form_is_read(wrap) -> None:  # type: ignore[no-untyped-def]
    bad = graph(node("x", "Placeholder"), node("w", "WriteFile", "x", "x"))
    assert fired(examined(wrap(bad), "a")) == {"tensorflow-writes-files"}


def test_functions_are_searched() -> None:
    bad = graph(node("x", "Placeholder"), functions=(function("f", ["a"], node("w", "WriteFile", "a", "a")),))
    assert fired(examined(saved(bad))) == {"tensorflow-writes-files"}


@pytest.mark.parametrize("operator", ["PyFunc", "EagerPyFunc", "PyFuncStateless"])
def test_python_is_told(operator: str) -> None:
    assert fired(examined(graph(node("p", operator, "x")))) == {"tensorflow-runs-python"}


def test_a_saver_whose_path_the_model_sets_is_dangerous() -> None:
    fixed = graph(const("p", "/etc/cron.d/a"), node("s", "SaveV2", "p", "p"))
    assert fired(examined(fixed)) == {"model-reads-outside"}
    near = graph(const("p", "model"), node("s", "SaveV2", "p", "p"))
    assert fired(examined(near)) == {"tensorflow-writes-files"}


def test_a_saver_is_followed_through_its_callers() -> None:
    called = call("s", "__inference__traced_save_1", "p", "x")
    bad = graph(const("p", "/etc/cron.d/a"), node("x", "Placeholder"), called, functions=(SAVER,))
    assert fired(examined(saved(bad))) == {"model-reads-outside"}


def test_a_saver_whose_path_the_user_gives_is_unknown() -> None:
    found = examined(saved(PLAIN, "saver_filename"))
    assert fired(found) == {"tensorflow-reads-files"}
    assert found.verdict is Verdict.UNKNOWN


def test_paths_of_readers_are_followed() -> None:
    outside = graph(const("p", "/etc/passwd"), node("i", "Identity", "p"), node("r", "ReadFile", "i:0"))
    assert fired(examined(outside)) == {"model-reads-outside"}
    given = graph(node("p", "Placeholder"), node("r", "ReadFile", "p"))
    assert fired(examined(given)) == {"tensorflow-reads-files"}


def test_addresses_in_attributes_are_told() -> None:
    url = attribute("debug_urls", message((1, message((2, "grpc://host:1")))))
    assert fired(examined(graph(node("d", "DebugIdentity", "x", attributes=(url,))))) == {"tensorflow-calls-out"}
    for stream, rules in (("file:///tmp/a", {"tensorflow-writes-files"}), ("stderr", set())):
        printed = node("p", "PrintV2", "x", attributes=(attribute("output_stream", message((2, stream))),))
        assert fired(examined(graph(printed))) == rules


def test_operators_from_elsewhere_are_told() -> None:
    assert fired(examined(graph(node("m", "Their>Op", "x")))) == {"custom-operators"}


def test_a_cache_in_memory_is_no_file() -> None:
    assert fired(examined(graph(const("n", ""), node("c", "CacheDataset", "d", "n")))) == set()
    assert fired(examined(graph(const("n", "x"), node("c", "CacheDataset", "d", "n")))) == {"tensorflow-writes-files"}


def test_hidden_bytes_are_told() -> None:
    assert "bytes-unaccounted" in fired(examined(SOUND + message((77, "x" * 40)), "saved_model.pb"))
    assert "malformed-file" in fired(examined(SOUND[:-3], "saved_model.pb"))


@given(st.integers(0, len(SOUND)), st.binary(min_size=1, max_size=6))
def test_whatever_the_bytes_the_scanner_bears_it(place: int, value: bytes) -> None:
    assert holds(SOUND, "saved_model.pb", place, value)


def test_a_name_alone_makes_nothing_safe() -> None:
    assert unreadable("saved_model.pb")
