"""Pickles without a protocol are known by what their opcodes do with each other; words and other formats are none."""

from __future__ import annotations

import io
import pickle
import pickletools
import zipfile
from collections import OrderedDict

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bartizan.scan.pickles.start import begins, text_pickle

EVIL = b"cos\nsystem\n(S'id'\ntR."
NAME = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{1,24}", fullmatch=True)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


class Thing:
    """What is pickled by its class and its attributes."""

    def __init__(self) -> None:
        self.size, self.parts = 3, ["a", "b"]


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("archive/data.pkl", b"\n".join([b"Kernel", b"Norm", EVIL]))
    return held.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        b"PoseModel\nultralytics.nn.tasks\n", b"VisionTransformer\nPoseModel\nNet\n",
        b"VisionTransformer(\n  (head): x\n", b"PoseModel", b"cat\ndog\n.gitignore\n",
        b"conv1\nconv2\nconv3\nconv4\nconv5\nconv6\nconv7\ncls_token\n",
        b"cos\ncosh\ncot\ncsc\nceil\ncbrt\n", b"cubrid_size\ntop_corner\nNacional\nquery\nidr\n",
        b"U00011a85\ndevice_buffer\nmidichn\ntoField\n", b"Fine\nIan\nLima\n", b"(Image\nidentifier\nname\n",
        zipped(), b"I1\nI2\nI3\n",
        b"cfoo\nbar\nN", b"]q~", b"(t", b"K1K2K3",
    ],
)  # fmt: skip
def test_words_and_other_formats_are_none(text: bytes) -> None:
    assert not text_pickle(text, whole=True)
    assert not text_pickle(text)
    assert not begins(text[:64])


@given(st.lists(NAME, max_size=60), st.sampled_from(["\n", " ", ", ", "\n  ", "(\n", ": ", "\r\n", "/"]))
@example(["cat", "cars", "cola", "clip", "cnn", "conv"], "\n")
def test_identifiers_are_none(names: list[str], between: str) -> None:
    assert not text_pickle(between.join(names).encode(), whole=True)


@given(st.lists(st.lists(NAME, min_size=1, max_size=9), max_size=9), st.sampled_from("BCFGIJKLMNPSTUVXc"))
def test_prose_is_none(lines: list[list[str]], first: str) -> None:
    text = "\n".join(" ".join(line).capitalize() + "." for line in lines)
    assert not text_pickle((first + text).encode(), whole=True)


@given(VALUES.filter(lambda value: isinstance(value, (list, dict)) and bool(value)), st.sampled_from([0, 1]))
def test_true_ones_are_known(value: object, protocol: int) -> None:
    data = pickle.dumps(value, protocol)
    assert text_pickle(data, whole=True)
    assert text_pickle(data + b"\n", whole=True) or len(data) < 40


@pytest.mark.parametrize("protocol", [0, 1])
@pytest.mark.parametrize("value", [Thing(), [Thing(), Thing()], OrderedDict(a=1, b=2), {1, 2}, b"bytes", 2j])
def test_objects_are_known_cut_short_too(value: object, protocol: int) -> None:
    data = pickle.dumps(value, protocol)
    for known in (data, pickletools.optimize(data)):
        assert text_pickle(known, whole=True)
        assert begins(known[:512])
        half = len(known) * 2 // 3
        assert text_pickle(known[:half], whole=True)
        assert text_pickle(known[:-1], whole=True)


@pytest.mark.parametrize(
    "program",
    [
        EVIL, EVIL[:-1], EVIL + b"more", EVIL + b"\n", EVIL[:-2], EVIL[:14],
        b"(S'id'\nios\nsystem\n.", b"(cos\nsystem\nS'id'\no.", b"cevil\nrun\n(Vx\ntR.", b"cevil\nrun\n)R",
        b"]K\x00a0" + EVIL, b"]Nb0" + EVIL, b"Vos\nVsystem\n\x93(Vid\ntR.", b"N0N0" + EVIL, b"(1" + EVIL,
        b"(lp0\n0" + EVIL, b"cos\nsystem\n.", b"cos\nsystem\nS'id'\n\x85R.", b"cevil\nrun\nS'ab'\nR.",
        b"cevil\nlist\n(lR.", b"cevil\nThing\n)\x81}b.", b"csys\nmodules\nVos\nNs.",
        b"]q\x00(K\x01K\x02e", b"}q\x00X\x01\x00\x00\x00a", b"(dp0\nS'a'\np1\nI1\n",
    ],
)  # fmt: skip
def test_programs_are_known_whole_and_cut(program: bytes) -> None:
    assert text_pickle(program, whole=True)


@pytest.mark.parametrize(
    "broken",
    [
        b"R.", b")R.", b"N)R.", b"cos\nsystem\nR.", b"(" + EVIL[:11] + b"R.", b"g0\n.", b"h\x00.", b"(p0\n.", b"p0\n.",
        b"](Ku.", b"K\x01]a.", b"o.", b"(o.", b"ios\nsystem\n.", b"N2", b"(2", b"0", b"1", b"(NN\x93", b"NQQ.", b"Q",
        b"}(Nu.", b"(Nd.", b"N\x85\x86", b"N\x94pNo\n", b"]b", b"]K\x01b.", b"K\x01}b", b"e", b"(e", b"t",
        b"cos\nsystem\n(.", b"P\x03\x04\n" + EVIL, b"S'id\n" + EVIL, b"Nan\n" + EVIL, b"Fan\n" + EVIL,
        b"\xff", b"N\xff", b"\x8e" + b"\xff" * 8,
    ],
)  # fmt: skip
def test_what_no_loader_takes_is_none(broken: bytes) -> None:
    assert not text_pickle(broken, whole=True)


@given(st.binary(max_size=200), st.sampled_from([EVIL, b"(dp0\nS'a'\np1\nI1\ns.", b"]q\x00(K\x01K\x02e."]))
def test_any_bytes_are_borne(data: bytes, valid: bytes) -> None:
    for mutated in (data, valid[:9] + data, data + valid):
        assert text_pickle(mutated) in (True, False)
