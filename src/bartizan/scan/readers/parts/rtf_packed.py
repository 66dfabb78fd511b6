"""The packed RTF of Outlook messages: LZFu, as [MS-OXRTFCP] describes it."""

from __future__ import annotations

import struct

from bartizan.scan.readers.parts.foreign import Bad

__all__ = ["unpacked"]

_START = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}"
    rb"{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
    rb"{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""What the dictionary begins with: section 2.1.2.1 of the specification."""
_MOST = 16 << 20
_WINDOW = 4096


def unpacked(data: bytes) -> bytes:
    """Return the RTF. Raises Bad where it is damaged or not packed in a way that is known."""
    if len(data) < 16:
        raise Bad("has a damaged RTF body")
    _, size, kind = struct.unpack_from("<3L", data)
    if kind == 0x414C454D:
        return data[16 : 16 + size]
    if kind != 0x75465A4C or size > _MOST:
        raise Bad("has a damaged RTF body")
    return _followed(data, size)


def _followed(data: bytes, size: int) -> bytes:
    """Follow the references into what was written before, eight of them or letters after each byte of control."""
    window = bytearray(_START.ljust(_WINDOW, b"\x00"))
    write = len(_START)
    out = bytearray()
    at = 16
    while at < len(data) and len(out) < size:
        control = data[at]
        at += 1
        for bit in range(8):
            if control >> bit & 1:
                word = int.from_bytes(data[at : at + 2], "big")
                at += 2
                offset, length = word >> 4, (word & 15) + 2
                if offset == write or at > len(data):
                    return bytes(out)
                # Letter by letter: a reference may reach into what it writes itself.
                letters = [(offset + step) % _WINDOW for step in range(length)]
            else:
                if at >= len(data):
                    return bytes(out)
                window[write] = data[at]
                at += 1
                letters = [write]
            for place in letters:
                out.append(window[place])
                window[write] = window[place]
                write = (write + 1) % _WINDOW
    return bytes(out)
