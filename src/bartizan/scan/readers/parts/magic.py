"""Formats that hold no text that could be inspected, told by their first bytes."""

from __future__ import annotations

import re

__all__ = ["not_inspected"]

_AT_START: tuple[tuple[bytes, str], ...] = (
    (b"\x7fELF", "ELF program"),
    (b"\xfe\xed\xfa\xce", "Mach-O program"),
    (b"\xfe\xed\xfa\xcf", "Mach-O program"),
    (b"\xce\xfa\xed\xfe", "Mach-O program"),
    (b"\xcf\xfa\xed\xfe", "Mach-O program"),
    (b"\xca\xfe\xba\xbe", "Java class or Mach-O program"),
    (b"\x00asm", "WebAssembly"),
    (b"!<arch>\n", "library archive"),
    (b"dex\n", "Dalvik program"),
    (b"\x89PNG\r\n\x1a\n", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF87a", "GIF image"),
    (b"GIF89a", "GIF image"),
    (b"II*\x00", "TIFF image"),
    (b"MM\x00*", "TIFF image"),
    (b"\x00\x00\x01\x00", "icon"),
    (b"8BPS", "Photoshop image"),
    (b"\xd7\xcd\xc6\x9a", "Windows metafile"),
    (b"\x01\x00\x00\x00", "Windows metafile"),
    (b"ID3", "MP3 audio"),
    (b"\xff\xfb", "MP3 audio"),
    (b"\xff\xf3", "MP3 audio"),
    (b"OggS", "Ogg audio or video"),
    (b"fLaC", "FLAC audio"),
    (b"MThd", "MIDI"),
    (b"\x1a\x45\xdf\xa3", "Matroska or WebM video"),
    (b"FLV\x01", "Flash video"),
    (b"wOFF", "font"),
    (b"wOF2", "font"),
    (b"OTTO", "font"),
    (b"\x00\x01\x00\x00\x00", "font"),
    (b"\x93NUMPY", "numpy array"),
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"GGUF", "GGUF model"),
    (b"CDF\x01", "NetCDF"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"MSCF", "cabinet archive"),
    (b"\x1f\x9d", "compress (.Z) archive"),
    (b"\xff\x06\x00\x00sNaPpY", "framed Snappy"),
    (b"LZIP", "lzip"),
    (b"070701", "cpio archive"),
    (b"070707", "cpio archive"),
    (b"xar!", "xar archive"),
    (b"hsqs", "squashfs image"),
    (b"\xed\xab\xee\xdb", "RPM package"),
    (b"SIMPLE  =", "FITS"),
    (b"\x37\x7f\x06\x82", "SQLite write-ahead log"),
    (b"\x37\x7f\x06\x83", "SQLite write-ahead log"),
    (b"bplist00", "binary property list"),
    (b"!BDN", "Outlook store (PST)"),
    (b"\x0a\x0dDB", "key-value store"),
    (b"LMDB", "LMDB"),
    (b"AC10", "AutoCAD drawing"),
    (b"KDMV", "virtual disk"),
    (b"QFI\xfb", "virtual disk"),
    (b"ITSF", "compiled help"),
    (b"\x00\x61\x73\x6d", "WebAssembly"),
    (b"\xde\x12\x04\x95", "translation catalog"),
    (b"\x95\x04\x12\xde", "translation catalog"),
    (b"PSF\x01", "binary data"),
    (b"DIRC", "git index"),
    (b"PACK\x00", "git pack"),
    (b"\xfftOc", "git pack index"),
    (b"age-encryption.org/", "age-encrypted file"),
    (b"Salted__", "OpenSSL-encrypted file"),
    (b"LUKS\xba\xbe", "encrypted disk"),
)
_RIFF = {b"WEBP": "WebP image", b"WAVE": "WAV audio", b"AVI ": "AVI video"}
_BRANDS = {b"heic": "HEIC image", b"heix": "HEIC image", b"mif1": "HEIC image", b"avif": "AVIF image"}
_PICKLE = re.compile(rb"\x80[\x02-\x05]")
_SAFETENSORS = re.compile(rb".{5}\x00{2,3}\{\"", re.DOTALL)


def not_inspected(head: bytes, name: str) -> str:
    """Return the name of a format that holds no text to inspect; empty where the bytes tell none.

    Nothing is ever decoded, run or unpickled to find out.
    """
    for magic, format in _AT_START:
        if head.startswith(magic):
            return format
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], "RIFF media")
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "MP4 or QuickTime media")
    return _by_shape(head, name)


def _by_shape(head: bytes, name: str) -> str:
    """Formats whose first bytes alone say too little."""
    if head[:2] == b"MZ" and b"\x00" in head[:64]:
        return "Windows program"
    if head[:2] == b"BM" and b"\x00" in head[:32]:
        return "BMP image"
    if head[:2] == b"\x78\x9c" or head[:2] == b"\x78\xda":
        return "zlib-compressed data"
    if _PICKLE.match(head) or name.endswith((".pkl", ".pickle", ".joblib")):
        return "Python pickle"
    if _SAFETENSORS.match(head):
        return "safetensors model"
    if head[257:262] == b"ustar":
        return ""
    if head[128:132] == b"DICM":
        return "DICOM image"
    if head[40:44] == b" EMF":
        return "Windows metafile"
    return ""
