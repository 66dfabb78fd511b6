"""Characters that a model reads and a person doesn't see: taken out, and told by their kinds.

Tags are a shadow of ASCII and carry whole sentences; characters without width and selectors of variation carry bits;
marks of direction turn what people see around; escapes of terminals hide what is printed. Flags, emoji, and the
joiners and directions that scripts need stay. Sources: Unicode 16, chapter 23; UTS 51 for emoji; ECMA-48 for escapes.
"""

from __future__ import annotations

import re

from bartizan.guard.exchange import Exchange, Kind, Piece

__all__ = ["seen", "unhide"]

_JOINED = (
    "\u0600-\u08ff\u0900-\u0dff\u0e00-\u109f\u1780-\u18af\ufb50-\ufefc"  # Arabic, Indic, Thai, Khmer, Mongolian
    "\u2190-\u2bff\u3000-\u303f\ufe0f\U0001f000-\U0001faff"  # emoji
)
_MEANT = (
    "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"  # flags of regions
    f"|(?<=[{_JOINED}])[\u200b-\u200d](?=[{_JOINED}])"
)
_TAGS = "[\U000e0000-\U000e007f]+"
_WIDTHLESS = (
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]+"
)
_SELECTORS = (
    "(?<=[\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f\U000e0100-\U000e01ef]+"  # one may stand behind a character
    "|(?<![\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[\U000e0100-\U000e01ef]+"  # these behind ideographs only
)
_OVERRIDES = "[\u202d\u202e]+"
_DIRECTIONS = "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+"
_HIDDEN = (
    f"(?P<kept>{_MEANT})|(?P<tags>{_TAGS})|(?P<zero_width>{_WIDTHLESS})|(?P<selectors>{_SELECTORS})|(?P<directions>%s)"
)
_IN_ANY = re.compile(_HIDDEN % _OVERRIDES)
_LEFT_TO_RIGHT = re.compile(_HIDDEN % _DIRECTIONS)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_CONTROLS = re.compile(
    "(?P<escapes>\x1b(?:\\[[0-?]{0,64}[ -/]{0,8}[@-~]|[\\]PX^_][^\x07\x1b]{0,4096}(?:\x07|\x1b\\\\)|[ -/]{0,8}[0-~])?"
    "|\x9b[0-?]{0,64}[ -/]{0,8}[@-~])"
    "|(?P<controls>[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]+)"
)
_SUSPECT = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e01ef]"
)
"""One look for whether there is anything to look closer at."""
_SPACES = {ord(sign): " " for sign in "\t\n\r\f"}


def seen(text: str) -> tuple[str, frozenset[str]]:
    """Return a text without what nobody sees, and the kinds of what was taken out; the text itself if that is nothing.

    Kinds are `tags`, `zero_width`, `selectors`, `directions`, `escapes` and `controls`.
    """
    if text.isascii():
        if text.isprintable() or text.translate(_SPACES).isprintable():
            return text, _NONE
    elif _SUSPECT.search(text) is None:
        return text, _NONE
    kinds: set[str] = set()

    def out(match: re.Match[str]) -> str:
        kind = match.lastgroup
        if kind == "kept" or kind is None:
            return match[0]
        kinds.add(kind)
        return ""

    shown = _CONTROLS.sub(out, text)
    if not text.isascii():
        shown = (_LEFT_TO_RIGHT if _RIGHT_TO_LEFT.search(shown) is None else _IN_ANY).sub(out, shown)
    return (shown, frozenset(kinds)) if kinds else (text, _NONE)


_NONE: frozenset[str] = frozenset()


def unhide(exchange: Exchange, *, only_tell: bool = False, names: bool = False) -> tuple[set[str], bool]:
    """Take out of all texts what nobody sees; return the kinds, and whether names of members held some.

    Names are left as they are, as they are asked for by them, unless `names` says otherwise. With `only_tell`
    everything is left.
    """
    kinds: set[str] = set()
    held: list[tuple[Piece, str]] = []
    for piece in exchange.pieces:
        shown, found = seen(piece.text)
        if found:
            kinds |= found
            if piece.kind is Kind.KEY:
                held.append((piece, shown))
            elif not only_tell:
                piece.replace(shown)
    if names and not only_tell:
        for piece, shown in held:  # last, as a member's other name is another place for its value
            piece.replace(shown)
    return kinds, bool(held)
