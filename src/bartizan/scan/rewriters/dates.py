"""Days in workbooks: numbers that a style shows as a date."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

__all__ = ["DateStyles"]

_FORMAT = re.compile(r'<(?:\w+:)?numFmt\s[^>]*?numFmtId="(\d+)"[^>]*?formatCode="([^"]*)"')
_STYLES = re.compile(r"<(?:\w+:)?cellXfs[\s>].*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(r'<(?:\w+:)?xf\s[^>]*?numFmtId="(\d+)"')
# Literal text, escapes and conditions of a format code hold letters that mean no date.
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
_BUILT_IN = frozenset({14, 15, 16, 17, 22})
_EPOCH = date(1899, 12, 30)  # day 0, so that days after the February of 1900 come out right (ECMA-376, 18.17.4.1)
_LAST = 2_958_465  # 31 December 9999
_SERIAL = re.compile(r"([0-9]{1,7})(?:\.[0-9]+)?")


class DateStyles:
    """The cell styles of a workbook that show days; `styles` is the text of its style part."""

    def __init__(self, styles: str) -> None:
        formats = {int(id) for id, code in _FORMAT.findall(styles) if _shows_day(html.unescape(code))} | _BUILT_IN
        found = _STYLES.search(styles)
        self._days = {at for at, id in enumerate(_STYLE.findall(found[0] if found else "")) if int(id) in formats}

    def day(self, style: int, value: str) -> str:
        """Return the day as YYYY-MM-DD of a number in a style; nothing where the style shows no day."""
        match = _SERIAL.fullmatch(value) if style in self._days else None
        serial = int(match[1]) if match else 0
        return str(_EPOCH + timedelta(serial)) if 0 < serial <= _LAST else ""


def _shows_day(code: str) -> bool:
    bare = _LITERAL.sub("", code).lower()
    return "y" in bare or "d" in bare
