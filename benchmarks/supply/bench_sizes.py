"""Large files: a 2 GB torch archive, 2 GB of safetensors, 1 GB of GGUF, 1 GB of ONNX, a 525 MB pickle.

Usage: bench_sizes.py [--ours-only] [--keep]
Files are made below build/, with zeros for weights, and removed again. Times and memory are those of the whole process
(`bartizan scan model FILE`); bars: 0.3 s and 80 MB where weights need not be read, 60 s and 200 MB for the pickle. What
the start of the command alone takes is measured beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import shutil
import struct
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir

from benchmarks.measure import REPOSITORY, Usage, bartizan, machine, run
from benchmarks.supply.peers import PATIENCE, peers

GIGABYTE = 1 << 30
FOLDER = REPOSITORY / "build" / "bench" / "sizes"


def main(arguments: list[str]) -> int:
    """Make each file, scan it, print, remove it."""
    parser = argparse.ArgumentParser(description="Large model files.")
    parser.add_argument("--ours-only", action="store_true")
    parser.add_argument("--keep", action="store_true", help="leave the files where they are")
    options = parser.parse_args(arguments)
    print(machine())
    FOLDER.mkdir(parents=True, exist_ok=True)
    start = best([*bartizan(), "--version"])
    small = FOLDER / "small.safetensors"
    small.write_bytes(tensors(0))
    least = best([*bartizan(), "scan", "model", str(small)])
    print(f"start of the command alone: {shown(start)}; a scan of an empty file: {shown(least)}")
    for name, make, bar, memory in FILES:
        path = FOLDER / name
        if not path.exists():
            make(path)
        usage = best([*bartizan(), "scan", "model", str(path)], runs=1 if bar > 1 else 5)
        print(
            f"{name:<28}{size(path) / GIGABYTE:5.2f} GB  bartizan {shown(usage)}, above an empty file's "
            f"{usage.cpu - least.cpu:.2f} s; bar {bar} s, {memory} MB"
        )
        if not options.ours_only:
            for peer in peers():
                done = run(["env", "-C", gettempdir(), "timeout", str(4 * PATIENCE), *peer.command(str(path))])
                print(f"  {peer.name:<12}{shown(done)}")
        if not options.keep:
            remove(path)
    return 0


def best(command: list[str], runs: int = 5) -> Usage:
    """Return the run with the least processor time."""
    return min((run(command) for _ in range(runs)), key=lambda usage: usage.cpu)


def shown(usage: Usage) -> str:
    """Write what a run took."""
    return f"wall {usage.wall:.2f} s, CPU {usage.cpu:.2f} s, {usage.peak:.0f} MB, exit code {usage.code}"


def size(path: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    return sum(one.stat().st_size for one in path.rglob("*")) if path.is_dir() else path.stat().st_size


def remove(path: Path) -> None:
    """Remove a file or folder."""
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def tensors(bytes_: int) -> bytes:
    """The head of a safetensors file with one tensor of so many bytes."""
    count = 64
    each = bytes_ // count
    header = json.dumps(
        {f"w{n}": {"dtype": "U8", "shape": [each], "data_offsets": [n * each, (n + 1) * each]} for n in range(count)}
    ).encode()
    return struct.pack("<Q", len(header)) + header


def safetensors(path: Path) -> None:
    """Two gigabytes in 64 tensors."""
    head = tensors(2 * GIGABYTE)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + 2 * GIGABYTE)


def gguf(path: Path) -> None:
    """One gigabyte in 64 tensors, with a vocabulary of 32,000 words."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    words = b"".join(text(f"word{number}") for number in range(32_000))
    pairs = [
        text("general.architecture") + struct.pack("<I", 8) + text("llama"),
        text("general.alignment") + struct.pack("<II", 4, 32),
        text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 32_000) + words,
    ]
    each = GIGABYTE // 64
    infos = b"".join(text(f"blk.{n}.weight") + struct.pack("<IQIQ", 1, each // 4, 0, n * each) for n in range(64))
    head = b"GGUF" + struct.pack("<IQQ", 3, 64, len(pairs)) + b"".join(pairs) + infos
    head += b"\0" * (-len(head) % 32)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + GIGABYTE)


def torch_zip(path: Path) -> None:
    """Two gigabytes in 64 storages, each named by the pickle."""
    each = 2 * GIGABYTE // 64
    program = bytearray(b"\x80\x02}(")
    for number in range(64):
        name, key = f"w{number}".encode(), str(number).encode()
        program += b"X" + struct.pack("<I", len(name)) + name
        program += b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nByteStorage\nX"
        program += struct.pack("<I", len(key)) + key + b"X\x03\x00\x00\x00cpuJ" + struct.pack("<i", each) + b"tQ"
        program += b"K\x00J" + struct.pack("<i", each) + b"\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR"
    program += b"u."
    zeros = bytes(1 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("archive/data.pkl", bytes(program))
        archive.writestr("archive/byteorder", "little")
        archive.writestr("archive/version", "3\n")
        for number in range(64):
            with archive.open(f"archive/data/{number}", "w") as member:
                for _ in range(each >> 20):
                    member.write(zeros)


def onnx(path: Path) -> None:
    """A folder with a graph whose weights, one gigabyte, lie beside it."""

    def field(number: int, value: bytes | int) -> bytes:
        if isinstance(value, int):
            return varint(number << 3) + varint(value)
        return varint(number << 3 | 2) + varint(len(value)) + value

    def varint(value: int) -> bytes:
        out = bytearray()
        while value > 127:
            out.append(value & 127 | 128)
            value >>= 7
        return bytes([*out, value])

    def pair(key: str, value: str) -> bytes:
        return field(1, key.encode()) + field(2, value.encode())

    path.mkdir()
    places = [pair("location", "weights.data"), pair("offset", "0"), pair("length", str(GIGABYTE))]
    weight = field(1, GIGABYTE // 4) + field(2, 1) + field(8, b"w")
    weight += b"".join(field(13, place) for place in places) + field(14, 1)
    node = field(1, b"x") + field(1, b"w") + field(2, b"y") + field(4, b"Mul")
    value = [field(1, name) + field(2, field(1, field(1, 1))) for name in (b"x", b"y")]
    graph = field(1, node) + field(2, b"g") + field(5, weight) + field(11, value[0]) + field(12, value[1])
    model = field(1, 9) + field(2, b"bench") + field(7, graph) + field(8, field(1, b"") + field(2, 19))
    (path / "model.onnx").write_bytes(model)
    with (path / "weights.data").open("wb") as file:
        file.truncate(GIGABYTE)


def many_objects(path: Path) -> None:
    """525 MB of small dictionaries, lists, numbers and texts, as `pickle.dump` writes them."""
    with path.open("wb") as file:
        file.write(b"\x80\x04](")
        number = 0
        while file.tell() < 525_000_000:
            block = [
                {"id": n, "name": f"user{n}", "tags": ["a", "b", n % 7], "score": n / 3, "pair": (n, n + 1)}
                for n in range(number, number + 20_000)
            ]
            # The object without protocol, frame, memo of the whole list and stop; the memo would count anew.
            body = pickle.dumps(block, protocol=2)
            file.write(body[2:-1])
            number += 20_000
        file.write(b"e.")


FILES: list[tuple[str, Callable[[Path], None], float, int]] = [
    ("torch.pt", torch_zip, 0.3, 80),
    ("model.safetensors", safetensors, 0.3, 80),
    ("model.gguf", gguf, 0.3, 80),
    ("onnx", onnx, 0.3, 80),
    ("objects.pkl", many_objects, 60, 200),
]


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main(sys.argv[1:]))
