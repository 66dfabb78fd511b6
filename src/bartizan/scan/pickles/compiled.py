"""The loop over plain data as machine code: compiled once by numba in a process of its own, and kept in the cache.

Only the linker of llvmlite is loaded to run it, which takes a third of the memory and time that numba takes.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import os
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any, NamedTuple

import bartizan.scan.pickles.kernel as kernel
import bartizan.scan.pickles.literal_kinds as literal_kinds
from bartizan.catalog.places import cache_folder

__all__ = ["IN_PYTHON", "Kernel", "compiled"]

_HELPERS = ("numba_gil_ensure", "numba_gil_release")
"""What numba's frame around a function calls after an error: there is none here, but the linker wants them all."""
_PATIENCE = 300.0
"""Seconds for compiling."""
_FAILED = ".failed"
_AGAIN = 3 * 86400.0
"""Seconds after which what failed is tried again, if nothing that it depends on changed before."""


class Kernel(NamedTuple):
    """The loop, and what takes its writes into the memo back."""

    pass_over: Callable[..., None]
    undo: Callable[..., None]


IN_PYTHON = Kernel(kernel.pass_over, kernel.undo)
"""The same without a compiler, a hundred times as slow: for comparison."""


@cache
def compiled() -> Kernel | None:
    """Return the compiled loop, None where it can't be had: without numba, or where nothing can be compiled."""
    with suppress(ImportError, OSError, subprocess.SubprocessError):
        home = cache_folder()
        if home is None:
            return None
        folder = home / "pickles"
        file = folder / f"{_key()}.o"
        if not file.is_file():
            if _failed_lately(file):
                return None
            folder.mkdir(parents=True, exist_ok=True)
            _once(file)
        return _linked(file.read_bytes())
    return None


def _failed_lately(file: Path) -> bool:
    """Tell whether compiling into a file failed, not long ago by the clock of the file system, which set the mark."""
    mark = file.with_suffix(_FAILED)
    if not mark.is_file():
        return False
    with tempfile.TemporaryFile(dir=file.parent) as fresh:
        return 0 <= os.fstat(fresh.fileno()).st_mtime - mark.stat().st_mtime < _AGAIN


def _once(file: Path) -> None:
    """Compile into a file, and remember where that fails: each scan would lose seconds to it. Raises as it does."""
    mark = file.with_suffix(_FAILED)
    try:
        _in_own_process(file)
    except subprocess.SubprocessError:
        with suppress(OSError):
            mark.unlink(missing_ok=True)
            mark.touch()
        raise
    mark.unlink(missing_ok=True)


def _key() -> str:
    """Return what the machine code depends on, as a name."""
    binding = importlib.import_module("llvmlite.binding")
    metadata = importlib.import_module("importlib.metadata")  # large pickles only are worth its import
    parts = [metadata.version("numba"), metadata.version("llvmlite"), sys.version]
    parts += [binding.get_host_cpu_name(), binding.get_process_triple()]
    folder = Path(__file__).parent
    parts += [(folder / name).read_text(encoding="utf-8") for name in ("kernel.py", "literal_kinds.py", "compiled.py")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _in_own_process(file: Path) -> None:
    """Compile without this process taking the memory. Raises SubprocessError, OSError."""
    handle, name = tempfile.mkstemp(dir=file.parent)
    os.close(handle)
    try:
        command = [sys.executable, "-c", f"from {__name__} import compile_into; compile_into({name!r})"]
        subprocess.run(command, check=True, timeout=_PATIENCE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own code
        Path(name).replace(file)
    finally:
        Path(name).unlink(missing_ok=True)


def compile_into(file: str) -> None:
    """Compile the loop and its parts, and write the object code. Raises ImportError without numba."""
    numba = importlib.import_module("numba")
    names: dict[str, Any] = {**vars(literal_kinds), **vars(kernel)}
    octets, words, one = numba.types.CPointer(numba.uint8), numba.types.CPointer(numba.int64), numba.int64
    for part in (*literal_kinds.LITERALS, *kernel.PARTS, kernel.pass_over, kernel.undo):
        # A byte is an unsigned number for the compiler, and would make fractions of all that it is added to.
        signature = [one(octets, one)] if part is literal_kinds.byte else []
        own = FunctionType(part.__code__, names, part.__name__)
        names[part.__name__] = numba.njit(*signature, error_model="numpy")(own)
    signature = one(octets, words, words, octets, words, words, words, octets, words, one)
    made = numba.cfunc(signature, nopython=True, error_model="numpy")(FunctionType(_entry.__code__, names, "_entry"))
    code: bytes = made._library._get_compiled_object()
    body = made.native_name.encode() + b"\n" + code
    Path(file).write_bytes(hashlib.sha256(body).digest() + body)


def _entry(
    data: Any, stack: Any, marks: Any, memo: Any, log: Any, table: Any, names: Any, spelled: Any, state: Any, most: int
) -> int:
    """Run the one or, where `most` is below 0, the other."""
    if most < 0:
        undo(memo, log, -most)  # type: ignore[name-defined]  # noqa: F821 - the compiled form
    else:
        pass_over(data, stack, marks, memo, log, table, names, spelled, state, most)  # type: ignore[name-defined]  # noqa: F821
    return 0


def _linked(made: bytes) -> Kernel:
    """Make object code callable. Raises ImportError without llvmlite, OSError for what was not written here."""
    digest, body = made[:32], made[32:]
    if hashlib.sha256(body).digest() != digest:
        # The linker ends the process at what is no object code.
        raise OSError("the object code is damaged")
    name, _, code = body.partition(b"\n")
    engine = _engine(code)
    address = engine.get_function_address(name.decode())
    if not address:
        raise OSError("the object code lacks the function")
    pointer = ctypes.c_void_p
    entry = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_char_p, *[pointer] * 6, ctypes.c_char_p, pointer, ctypes.c_int64)(
        address
    )

    def pass_over(
        data: bytes, stack: Any, marks: Any, memo: bytearray, log: Any, table: Any, names: Any, spelled: bytes,
        state: Any, most: int,
    ) -> None:  # fmt: skip
        assert engine is not None
        entry(data, _at(stack), _at(marks), _at(memo), _at(log), _at(table), _at(names), spelled, _at(state), most)

    def undo(memo: bytearray, log: Any, logged: int) -> None:
        if logged:
            entry(b"", 0, 0, _at(memo), _at(log), 0, 0, b"", 0, -logged)

    return Kernel(pass_over, undo)


@cache
def _engine(code: bytes) -> Any:
    """Return what holds the linked code as long as the process lives."""
    binding = importlib.import_module("llvmlite.binding")
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    machine = binding.Target.from_default_triple().create_target_machine()
    for helper in _HELPERS:
        if binding.address_of_symbol(helper) is None:
            binding.add_symbol(helper, ctypes.cast(ctypes.pythonapi.PyErr_Clear, ctypes.c_void_p).value)
    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), machine)
    engine.add_object_file(binding.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine


def _at(data: array[int] | bytearray) -> int:
    """Return the address of an array, which must neither move nor go until the call is over."""
    if isinstance(data, array):
        return data.buffer_info()[0]
    return ctypes.addressof(ctypes.c_char.from_buffer(data))
