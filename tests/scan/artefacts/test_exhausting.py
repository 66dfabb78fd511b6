"""Pickles, heads and texts that are made to exhaust whoever reads them: bounded, and no scanner fails."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.child import MEMORY, SECONDS, bounded, scanned
from tests.scan.artefacts.samples import SOUND
from tests.scan.artefacts.support import assembled, examined, fired, scan

CALL = ["BINGET 0", "TUPLE1"]
PICKLES: dict[str, list[str]] = {
    "cyclic list": ["EMPTY_LIST", "BINPUT 0", "BINGET 0", "APPEND", *CALL, "GLOBAL os system", *CALL, "REDUCE"],
    "cyclic dict": ["EMPTY_DICT", "BINPUT 0", "BINUNICODE a", "BINGET 0", "SETITEM", "GLOBAL a b", *CALL, "REDUCE"],
    "cyclic call": ["GLOBAL a b", "EMPTY_TUPLE", "REDUCE", "BINPUT 0", "BINGET 0", "BUILD", *CALL, "BUILD"],
    "doubled": ["GLOBAL a b", "EMPTY_TUPLE", *["DUP", "TUPLE2"] * 2_000, "REDUCE"],
    "deep tuple": ["GLOBAL a b", "NONE", *["TUPLE1"] * 100_000, "REDUCE"],
    "deep build": ["GLOBAL a b", "EMPTY_TUPLE", "REDUCE", *["BINPUT 0", "BINGET 0", "BUILD"] * 20_000],
    "many marks": ["MARK"] * 200_000,
    "long stack": ["NONE"] * 200_000,
    "far memo": ["NONE", "LONG_BINPUT 4294967295", "POP", "LONG_BINGET 4294967295"],
    "long long": ["raw 8bffffff7f"],
    "negative long": ["raw 8bffffffff"],
    "long bytes": ["raw 8effffffffffffff7f"],
    "long text": ["raw 8dffffffffffffffff"],
    "long frame": ["raw 95ffffffffffffffff"],
    "large number": ["INT " + "9" * 100_000],
    "large float": ["FLOAT " + "9" * 100_000],
    "extensions": ["EXT4 2147483647"],
}
PLAIN = ("many marks", "long stack", "far memo", "large number", "large float")


@pytest.mark.parametrize("name", PICKLES)
def test_pickles_made_to_exhaust_are_bounded(name: str) -> None:
    body = assembled(["PROTO 4", *PICKLES[name], "STOP"])
    start = time.process_time()
    artefact = examined(body, "a.pkl")
    assert time.process_time() - start < SECONDS
    assert "scanner-failed" not in fired(artefact)
    assert artefact.verdict is not Verdict.SAFE or name in PLAIN


ANNOUNCED = {
    "safetensors": (0, 8), "gguf": (8, 16), "gguf-pairs": (16, 24), "catboost": (4, 8), "tflite": (0, 4),
    "xgboost-binary": (136, 144), "7z": (12, 28), "gguf-name": (24, 32), "numpy": (8, 10),
}  # fmt: skip


@pytest.mark.parametrize("name", ANNOUNCED)
@pytest.mark.parametrize("filled", [0xFF, 0x7F, 0x80])
def test_lengths_that_announce_more_than_there_is(name: str, filled: int) -> None:
    start, end = ANNOUNCED[name]
    body = bytearray(SOUND[name.partition("-")[0] if name.startswith("gguf") else name])
    body[start:end] = bytes([filled]) * (end - start)
    found = scan({"file": bytes(body)})
    assert found.verdict is not Verdict.SAFE
    assert all("scanner-failed" not in fired(one) for one in found.artefacts)


def test_a_hundred_thousand_tensors_over_each_other(tmp_path: Path) -> None:
    entry = b'"t%d":{"dtype":"U8","shape":[64],"data_offsets":[0,64]}'
    header = b"{" + b",".join(entry % number for number in range(100_000)) + b"}"
    path = tmp_path / "a.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(64))
    found = scanned(path)
    bounded(found, memory=2 * MEMORY)
    assert "tensors-misplaced" in found[0].rules


NESTED: dict[str, list[bytes]] = {
    "config.json": [b"[" * 200_000, b'{"a":' * 200_000, b'{"chat_template": "{{ ' + b"a." * 3_000 + b'b }}"}',
                    b'{"chat_template": "{{ ' + b"1+" * 5_000 + b'1 }}"}', b'{"a":1' + b"0" * 200_000 + b"}"],
    "a.yaml": [b"a: " + b"[" * 200_000, b"- " * 200_000, b"a: &a [*a]\n", b"&a " * 50_000,
               b"a: &a [x, x]\n" + b"".join(b"b%d: &b%d [*%s, *%s]\n" % (n, n, p, p) for n, p in (
                   (n, b"b%d" % (n - 1) if n else b"a") for n in range(40)))],
    "chat_template.jinja": [b"{{" * 100_000, b"{{ a" + b".b" * 3_000 + b" }}", b"{% set x = x + x %}" * 5_000,
                            b"{{ range(10 ** 12) | list }}", b"{{ 'a' * 10 ** 10 }}",
                            b"{{ " + b"[1] * 9999" * 999 + b" }}"],
    "a.py": [b"(" * 200_000, b"1+" * 50_000 + b"1", b"a" + b".b" * 50_000, b"-" * 200_000 + b"1", b"x = 10**10**8\n",
             b"x = 'a' * 10**9\neval(x)\n", b"exec(" * 80 + b"'a'" + b")" * 80],
    "a.ipynb": [b'{"cells": 5}', b'{"cells": [1, null, {"cell_type": "code", "source": 5, "outputs": 7}]}',
                b'{"cells":[{"cell_type":"code","outputs":[{"data":{"text/html":"' + b"<script " * 25_000 + b'"}}]}]}'],
    "SKILL.md": [b"---\nname: a\ndescription: b\n---\n" + one * 20_000 for one in (b"<", b"[a](b", b"curl a | sh\n")],
    "model.pmml": [b"<PMML xmlns='http://www.dmg.org/PMML-4_4'>" + b"<a>" * 100_000],
    ".mcp.json": [b'{"mcpServers":' + b"[" * 100_000, b'{"hooks":{"a":[[[[1]]]]},"permissions":5,"mcpServers":"x"}'],
    "a.toml": [b"[mcp_servers.a]\nargs=" + b"[" * 100_000, b"a={b=" * 5_000],
}  # fmt: skip


@pytest.mark.parametrize("name", NESTED)
def test_texts_made_to_exhaust_are_bounded(name: str, tmp_path: Path) -> None:
    """In a process of their own: what nests deep may end one."""
    paths = []
    for number, body in enumerate(NESTED[name]):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / name).write_bytes(body)
        paths.append(tmp_path / str(number) / name)
    for one in scanned(*paths):
        assert "scanner-failed" not in one.rules, one
        assert one.seconds < SECONDS, one
        assert one.peak < MEMORY, one
