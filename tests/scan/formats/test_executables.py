"""Programs are told where models are delivered; scripts only inside archives, and source code not at all."""

from __future__ import annotations

import struct

import pytest

from tests.scan.artefacts.support import examined, fired, scan, zipped

WINDOWS = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(20)
PROGRAMS = {
    "linux": b"\x7fELF\x02\x01\x01" + bytes(57),
    "windows": WINDOWS,
    "macos": b"\xcf\xfa\xed\xfe\x07\0\0\x01" + bytes(24),
    "macos universal": b"\xca\xfe\xba\xbe\0\0\0\x02" + bytes(40),
    "java": b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(40),
    "android": b"dex\n035\0" + bytes(40),
    "webassembly": b"\0asm\1\0\0\0",
}


@pytest.mark.parametrize("system", PROGRAMS)
def test_a_program_is_told_by_its_bytes(system: str) -> None:
    assert "archive-executable" in fired(examined(PROGRAMS[system], "weights.bin"))
    assert "archive-executable" in fired(examined(zipped({"weights.bin": PROGRAMS[system]}), "a.zip"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run.sh", b"echo hi"),
        ("x", b"#!/bin/bash\necho"),
        ("x", b"#!/usr/bin/env perl\n"),
        ("x.bat", b"echo"),
        ("x.ps1", b"a"),
    ],
)
def test_a_script_is_told_inside_an_archive_only(name: str, text: bytes) -> None:
    assert "archive-executable" in fired(examined(zipped({name: text}), "a.zip"))
    assert not any("archive-executable" in fired(artefact) for artefact in scan({name: text}).artefacts)


@pytest.mark.parametrize(
    "data", [b"MZ is a name" + bytes(100), b"\xca\xfe", b"#!/usr/bin/env python3\nprint(1)\n", b"\x7fELF\x09"]
)
def test_what_only_looks_like_one_is_not(data: bytes) -> None:
    assert "archive-executable" not in fired(examined(zipped({"a.py": data}), "a.zip"))


def test_an_archive_of_java_classes_is_told_once() -> None:
    artefact = examined(zipped({f"a/{number}.class": PROGRAMS["java"] for number in range(9)}), "a.jar")
    assert [found.rule for found in artefact.findings] == ["archive-executable"]
