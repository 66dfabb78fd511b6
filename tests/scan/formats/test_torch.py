"""PyTorch's files: zips, the formats before, packages and TorchScript, made as the library lays them out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Artefact, Verdict
from tests.scan.archives.support import TAR_END, tar_member
from tests.scan.artefacts.support import assembled, examined, fired, scan, zipped

PROGRAM = assembled(["PROTO 2", "GLOBAL os system", "BINUNICODE echo hi", "TUPLE1", "REDUCE", "STOP"])
EMPTY = assembled(["PROTO 2", "EMPTY_DICT", "STOP"])
FLOATS = bytes(12)


def tensor(key: str, count: int, storage: str = "FloatStorage") -> list[str]:
    """The opcodes of a tensor of `count` numbers."""
    return [
        "GLOBAL torch._utils _rebuild_tensor_v2", "MARK", "MARK", "BINUNICODE storage", f"GLOBAL torch {storage}",
        f"BINUNICODE {key}", "BINUNICODE cpu", f"BININT1 {count}", "TUPLE", "BINPERSID", "BININT1 0",
        f"BININT1 {count}",
        "TUPLE1", "BININT1 1", "TUPLE1", "NEWFALSE", "GLOBAL collections OrderedDict", "EMPTY_TUPLE", "REDUCE", "TUPLE",
        "REDUCE",
    ]  # fmt: skip


def state(*keys: str, count: int = 3) -> bytes:
    """The pickle of a dict of tensors."""
    pairs = [line for key in keys for line in (f"BINUNICODE w{key}", *tensor(key, count))]
    return assembled(["PROTO 2", "EMPTY_DICT", "MARK", *pairs, "SETITEMS", "STOP"])


def torch_zip(files: dict[str, bytes], root: str = "archive") -> bytes:
    return zipped([(f"{root}/{name}", body) for name, body in files.items()])


MODEL = {"data.pkl": state("0", "1"), "byteorder": b"little", "data/0": FLOATS, "data/1": FLOATS, "version": b"3\n"}


def test_a_state_dict_is_safe() -> None:
    artefact = examined(torch_zip(MODEL), "m.pt")
    assert artefact.findings == []
    assert artefact.formats == ["torch", "zip"]
    assert artefact.facts["tensors"] == ["2"]


@pytest.mark.parametrize("name", ["data.pkl", "constants.pkl", "code/x.debug_pkl", "other.pkl"])
def test_a_program_in_any_of_the_pickles_is_dangerous(name: str) -> None:
    artefact = examined(torch_zip({**MODEL, name: PROGRAM}), "m.bin")
    assert artefact.verdict is Verdict.DANGEROUS


def test_storages_are_compared_with_what_the_pickle_names() -> None:
    missing = {name: body for name, body in MODEL.items() if name != "data/1"}
    assert fired(examined(torch_zip(missing), "m.pt")) == {"torch-storages-odd"}
    assert fired(examined(torch_zip({**MODEL, "data/1": FLOATS * 2}), "m.pt")) == {"torch-storages-odd"}


def test_a_storage_that_nobody_names_is_examined_as_a_file() -> None:
    assert examined(torch_zip({**MODEL, "data/7": PROGRAM}), "m.pt").verdict is Verdict.DANGEROUS
    # Weights may look like anything, so that those in use are left alone.
    weights = PROGRAM[: len(PROGRAM) // 4 * 4]
    named = {**MODEL, "data.pkl": state("0", count=len(weights) // 4), "data/0": weights}
    del named["data/1"]
    assert examined(torch_zip(named), "m.pt").findings == []


def test_other_members_are_examined() -> None:
    assert examined(torch_zip({**MODEL, "extra/tool": b"\x7fELF\2" + bytes(60)}), "m.pt").verdict is Verdict.UNKNOWN


def test_a_package_is_read() -> None:
    files = {
        ".data/extern_modules": b"torch",
        ".data/version": b"6",
        "model/model.pkl": state("0"),
        ".data/0.storage": FLOATS,
    }
    artefact = examined(torch_zip(files, "pkg"), "m.pt")
    assert artefact.findings == []
    assert "torch" in artefact.formats
    assert examined(torch_zip({**files, "model/model.pkl": PROGRAM}), "m.pt").verdict is Verdict.DANGEROUS


MAGIC = assembled(["PROTO 2", "raw 8a0a6cfc9c46f9206aa85019", "STOP"])
VERSION = assembled(["PROTO 2", "BININT2 1001", "STOP"])
KEYS = assembled(["PROTO 2", "EMPTY_LIST", "MARK", "BINUNICODE 0", "APPENDS", "STOP"])


def legacy_state() -> bytes:
    """As `state`, with the place for a view in the persistent id."""
    lines = tensor("0", 3)
    lines.insert(lines.index("TUPLE"), "NONE")
    return assembled(["PROTO 2", *lines, "STOP"])


def legacy(**changed: bytes) -> bytes:
    parts = {
        "magic": MAGIC,
        "version": VERSION,
        "system": EMPTY,
        "model": legacy_state(),
        "keys": KEYS,
        "storages": (3).to_bytes(8, "little") + FLOATS,
    }
    return b"".join((parts | changed).values())


def test_the_format_before_the_zip_is_read_to_its_last_byte() -> None:
    artefact = examined(legacy(), "m.bin")
    assert artefact.findings == []
    assert "torch-legacy" in artefact.formats
    assert "bytes-unaccounted" in fired(examined(legacy() + b"\1\2", "m.bin"))


@pytest.mark.parametrize("part", ["version", "system", "model", "keys"])
def test_a_program_in_any_of_the_five_pickles_is_dangerous(part: str) -> None:
    assert examined(legacy(**{part: PROGRAM}), "m.bin").verdict is Verdict.DANGEROUS


def test_storages_of_another_size_are_told() -> None:
    artefact = examined(legacy(storages=(2).to_bytes(8, "little") + FLOATS[:8]), "m.bin")
    assert "torch-storages-odd" in fired(artefact)
    assert "malformed-file" in fired(examined(legacy(storages=(3).to_bytes(8, "little")), "m.bin"))
    assert "malformed-file" in fired(examined(legacy(storages=b""), "m.bin"))


def test_the_first_format_is_told() -> None:
    members = {"storages": assembled(["PROTO 2", "BININT1 0", "STOP"]), "tensors": EMPTY, "pickle": EMPTY}
    old = b"".join(tar_member(name, body) for name, body in members.items()) + TAR_END
    artefact = examined(old, "m.pt")
    assert "torch-tar" in fired(artefact)
    assert any("CVE-2025-32434" in found.cve for found in artefact.findings)
    assert "torch-tar" not in fired(examined(tar_member("pickle", EMPTY) + TAR_END, "m.pt"))


CODE = """class Module(Module):
  __parameters__ = ["weight", ]
  weight : Tensor
  training : bool
  def forward(self: __torch__.Module,
    x: Tensor) -> Tensor:
    _0 = torch.add(torch.matmul(x, self.weight), CONSTANTS.c0)
    %s
    return _0
"""


def script(line: str = "pass", more: dict[str, bytes] | None = None) -> Artefact:
    code = (CODE % line).encode()
    files = {**MODEL, "constants.pkl": EMPTY, "code/__torch__.py": code, **(more or {})}
    return examined(torch_zip(files), "m.pt")


@pytest.mark.parametrize(
    "line",
    [
        "pass",
        "_1 = ops.torchvision.nms(x, x, 0.5)",
        "_1 = ops.prim.NumToTensor(1)",
        "_1 = ops.quantized.linear_dynamic(x, self.p)",
        "_1 : __torch__.torch.classes.quantized.LinearPackedParamsBase = self.p",
        "_1 = self.save",
        "_1 = torch.clone(x)",
    ],
)
def test_code_of_pytorch_is_safe(line: str) -> None:
    artefact = script(line)
    assert artefact.findings == []
    assert artefact.formats == ["torch", "torchscript", "zip"]


@pytest.mark.parametrize(
    "line",
    [
        '_1 = ops.aten.save(x, "/tmp/x")',
        'torch.save(x, "/tmp/x")',
        '_1 = torch.from_file("/etc/passwd", True, 10)',
        '_1 = ops.aten.from_file("/etc/passwd", True, 10)',
        '_1 = ops.image.read_file("/etc/passwd")',
        '_1 = ops.image.write_file("/tmp/x", x)',
        '_1 = [ops.aten.save(x, "/tmp/x") for y in x]',
        '_1 = torch.ops.aten.from_file("/etc/passwd", True, 10)',
    ],
)
def test_code_that_touches_files_is_dangerous(line: str) -> None:
    artefact = script(line)
    assert "torchscript-touches-files" in fired(artefact)
    assert artefact.verdict is Verdict.DANGEROUS
    assert artefact.findings[0].place.line == 8


@pytest.mark.parametrize("line", ["_1 = ops.mine.run(x)", "_1 : __torch__.torch.classes.mine.Engine = self.p"])
def test_operators_of_others_are_unknown(line: str) -> None:
    artefact = script(line)
    assert fired(artefact) == {"torchscript-unknown-operator"}
    assert artefact.verdict is Verdict.UNKNOWN


def test_code_that_can_not_be_parsed_is_told() -> None:
    assert "malformed-file" in fired(script("return ("))
    assert "malformed-file" in fired(script("(" * 500))


def test_code_that_imports_is_none_of_torchscript() -> None:
    artefact = script("import os")
    assert fired(artefact) == {"malformed-file"}
    assert artefact.verdict is Verdict.UNKNOWN
    assert script("import __torch__.torch.nn").verdict is Verdict.SAFE


SOUND = torch_zip({**MODEL, "constants.pkl": EMPTY, "code/__torch__.py": (CODE % "pass").encode()})


@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=8), st.integers(0, 60))
def test_no_mutation_of_a_zip_makes_a_scanner_fail(at: int, piece: bytes, cut: int) -> None:
    data = SOUND[:at] + piece + SOUND[at + len(piece) :]
    found = scan({"a.npy": data[: len(data) - cut]})
    assert not any("scanner-failed" in fired(artefact) for artefact in found.artefacts)


@given(st.integers(0, len(legacy()) - 1), st.binary(min_size=1, max_size=8), st.integers(0, 60))
def test_no_mutation_of_the_format_before_makes_a_scanner_fail(at: int, piece: bytes, cut: int) -> None:
    data = legacy()[:at] + piece + legacy()[at + len(piece) :]
    found = scan({"a.npy": data[: len(data) - cut]})
    assert not any("scanner-failed" in fired(artefact) for artefact in found.artefacts)
