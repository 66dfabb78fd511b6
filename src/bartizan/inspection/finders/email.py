"""E-mail addresses, read from the @ outwards: a pattern would try every letter of a text as the start of one."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LONGEST = 64
"""Characters of a local part (RFC 5321, section 4.5.3.1.1)."""
# Latin, Greek, Cyrillic, Hebrew and Arabic letters stand on both sides. Letters of scripts without blanks stand in the
# domain only: text in Chinese or Japanese goes on around an address.
_LOCAL = re.compile(r"[0-9A-Za-z_\u00c0-\u07ff.+'&~!#$%^*-]{1,65}")
_LETTER = r"0-9A-Za-z\u00c0-\u07ff\u3041-\ud7a3"
_DOMAIN = re.compile(
    rf"(?:[{_LETTER}][{_LETTER}-]{{0,62}}\.){{1,8}}"
    r"(?:(?:[Xx][Nn]--[0-9A-Za-z-]{2,59}|[A-Za-z]{2,24})(?![0-9A-Za-z_])|[\u00c0-\u07ff]{2,24}"
    r"|中国|中國|香港|台湾|台灣|公司|网络|網路|在线|商城|集团|企业|新加坡|한국)"
)


def email_address(text: str) -> Iterator[tuple[int, int, int]]:
    """Find addresses of RFC 5321 and RFC 6531 whose domain has a dot; quoted local parts are left out."""
    at = text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(text, at + 1)
        if domain is not None:
            start = _start(text, at)
            if start < at:
                yield start, domain.end(), 85
        at = text.find("@", at + 1)


def _start(text: str, at: int) -> int:
    """Return where the local part before an @ starts; the @ itself when there is none."""
    backwards = _LOCAL.match(text[max(0, at - _LONGEST - 1) : at][::-1])
    if backwards is None or backwards.end() > _LONGEST or backwards.group()[0] == ".":
        return at
    local = backwards.group()[::-1].rpartition("..")[2].lstrip(".+'&~!#$%^*-")
    return at - len(local)
