"""What the judge has settled, as a table for the loop: names, what calls of them give, and what may be done to that.

Only what can't change any finding is settled: calls of what is safe with any arguments or with arguments of kinds that
fit, and of what is unknown and told of as often as it is told. Nothing is as long as calls are still explained.
"""

from __future__ import annotations

from array import array

import bartizan.scan.pickles.kernel as kernel
from bartizan.catalog.callables import Safe
from bartizan.scan.pickles.fold import folds
from bartizan.scan.pickles.indirect import FINDERS
from bartizan.scan.pickles.judge import Judge
from bartizan.scan.pickles.kernel import ARGUMENTS, ASK, ROW, ROWS, WIDTH
from bartizan.scan.pickles.memo import NUMBER
from bartizan.scan.pickles.names import modern
from bartizan.scan.pickles.shapes import fits
from bartizan.scan.pickles.values import Box, Call, Datum, Global, Value

__all__ = ["Settled"]

_OWN_WAYS = frozenset({
    "builtins.getattr", "copyreg.add_extension", "functools.partial", "operator.attrgetter", "operator.methodcaller",
    "_operator.attrgetter", "_operator.methodcaller", *FINDERS,
})  # fmt: skip
"""Names that the machine or the judge treats in a way of its own."""
_PLAIN = (1 << ASK) - 2
"""Bits of all kinds of plain data."""
_OTHERS = kernel.IS_KNOWN | kernel.IS_NAME | kernel.IS_OBJECT
_TEXTS = ROWS // 2
"""Rows for the parts of names."""
_ENCODER = "_codecs.encode"


class Settled:
    """The rows, and the names that lead to them. `watched` are names whose instances somebody else looks at."""

    def __init__(self, judge: Judge, watched: frozenset[str]) -> None:
        self._judge, self._watched = judge, watched
        self.table = array("q", bytes(8 * WIDTH * (ROW + ROWS)))
        self.names = array("q", bytes(8 * 5 * ROWS))
        self.spelled = b""
        self.count = self.texts = self.lengths = 0
        self.known: dict[tuple[str, str], Global] = {}
        """Names that pickles used, as they spelled them."""
        self._parts: dict[str, int] = {}
        self._values: list[Value | tuple[Global | Datum, str]] = []
        self._callables: dict[str, int] = {}
        self._results: dict[str, int] = {}
        self._unknown = self._row((Datum("object"), "unknown"))
        self._set(self._unknown, kernel.IS_CALL | kernel.BUILDS | kernel.FILLS | kernel.UNKNOWN)

    def _row(self, value: Value | tuple[Global | Datum, str]) -> int:
        self._values.append(value)
        return ROW + len(self._values) - 1

    def _set(self, code: int, flags: int, result: int = 0) -> None:
        self.table[code * WIDTH + kernel.FLAGS] = flags
        self.table[code * WIDTH + kernel.RESULT] = result

    def value(self, code: int) -> Value:
        """Return a value that stands for a row."""
        value = self._values[code - ROW]
        if not isinstance(value, tuple):
            return value
        call = Call(value[0], Datum("tuple"), offset=0)
        call.verdict = value[1]
        return call

    def of(self, value: Value) -> int:
        """Return the row of a name or of what a call gave; ASK where it is not settled."""
        if isinstance(value, Global):
            return self._callable(value)
        if isinstance(value, Call):
            if value.verdict == "unknown" and not self._is_watched(value.func):
                return self._unknown
            if value.verdict == "safe" and isinstance(value.func, Global) and not value.func.why:
                return self._result(value.func)
        return ASK

    def _is_watched(self, func: Value) -> bool:
        return not isinstance(func, Global) or func.path in self._watched

    # ---- rows

    def _callable(self, named: Global) -> int:
        path = named.path
        code = self._callables.get(path)
        if code is not None:
            return code
        judged = self._judge.settled(named)
        own = path in _OWN_WAYS or path in self._watched or (folds(named) and path != _ENCODER)
        if judged == "no" or own or len(self._values) > ROWS - 2:
            return ASK
        code = self._callables[path] = self._row(named)
        if judged == "unknown":
            self._set(code, kernel.CALLS | kernel.ANY | kernel.NEWS | kernel.UNKNOWN, self._unknown)
            return code
        safe = self._judge.register.look_up(path)[0]
        if safe is not None:
            self._safe(code, named, safe)
        return code

    def _safe(self, code: int, named: Global, safe: Safe) -> None:
        flags = kernel.KNOWN
        if safe.instance is not None:
            self._set(code, flags | (kernel.MAKES if _is_maker(safe) else 0))
            return
        if named.path == _ENCODER:
            latin = self._part("latin1")
            fit = fits(safe.args or [], Box("tuple", ["", "latin1"]), lambda _: False)
            if latin != ASK and fit and "call" in safe.uses:
                self._set(code, flags | kernel.CALLS | kernel.ENCODES, NUMBER["bytes"])
                self.table[code * WIDTH + kernel.LEAST] = latin
            return
        flags |= kernel.IS_BASE if named.path == "builtins.object" else 0
        if "new" in safe.uses:
            flags |= kernel.NEWS
        if "call" in safe.uses and safe.calls is None:
            flags |= kernel.CALLS
            if safe.args is None or safe.args == ["any", "..."]:
                flags |= kernel.ANY
            else:
                self._arguments(code, safe.args)
        result = self._result(named)
        self._set(code, flags if result != ASK else kernel.KNOWN, result)

    def _result(self, named: Global) -> int:
        path = named.path
        safe = self._judge.register.look_up(path)[0]
        if path in self._results:
            return self._results[path]
        if safe is None or path in _OWN_WAYS or self._is_watched(named) or len(self._values) > ROWS - 2:
            return ASK
        code = self._results[path] = self._row((named, "safe"))
        flags = kernel.IS_CALL
        flags |= kernel.BUILDS if "build" in safe.uses and safe.code is None else 0
        flags |= kernel.FILLS if "fill" in safe.uses else 0
        self._set(code, flags)
        return code

    def _arguments(self, code: int, words: list[str]) -> None:
        """Lay out which kinds fit as arguments, and how many."""
        more = words[-1:] == ["..."]
        each = words[:-1] if more else list(words)
        needed = [word for word in each if not word.endswith("?")]
        least = len(needed) - (1 if more and each and not each[-1].endswith("?") else 0)
        row = code * WIDTH
        self.table[row + kernel.LEAST] = max(least, 1)
        self.table[row + kernel.MOST] = ARGUMENTS if more else min(len(each), ARGUMENTS)
        while more and each and len(each) < ARGUMENTS:
            each.append(each[-1])
        for number, word in enumerate(each[:ARGUMENTS]):
            kinds = [_kinds(one.removesuffix("?")) for one in word.removesuffix("?").split("|")]
            for plain, other in kinds:
                self.table[row + kernel.ACCEPTS + number] |= plain
                self.table[row + kernel.ACCEPTS_MIXED + number] |= other

    # ---- names

    def spell(self, protocol: int) -> None:
        """Lay out the names that pickles used, as far as they are settled."""
        self.count = 0
        for (module, name), found in self.known.items():
            path = ".".join(modern(module, name) if protocol < 3 else (module, name))
            code = self._callable(found) if path == found.path else ASK
            parts = [self._part(module), self._part(name)] if code != ASK else [ASK]
            if ASK not in parts:
                self.names[3 * self.count : 3 * self.count + 3] = array("q", [*parts, code])
                self.count += 1

    def part(self, text: str) -> int:
        """Return the row of a text that is part of a settled name, ASK for another."""
        return self._parts.get(text, ASK)

    def _part(self, text: str) -> int:
        """Return the row of a module or a name."""
        code = self._parts.get(text)
        if code is not None:
            return code
        data = text.encode("utf-8", "surrogatepass")
        if len(self._parts) >= _TEXTS or len(self._values) > ROWS - 2 or len(data) > 62 or b"\\" in data:
            return ASK
        code = self._parts[text] = self._row(text)
        self._set(code, kernel.IS_TEXT)
        self.table[code * WIDTH + kernel.PLACE] = len(self.spelled)
        self.table[code * WIDTH + kernel.LENGTH] = len(data)
        self.names[kernel.PARTS_AT + self.texts] = code
        self.texts += 1
        self.lengths |= 1 << len(data)
        self.spelled += data
        return code

    def before(self) -> None:
        """Note which names wait for their call."""
        for path, code in self._callables.items():
            self.table[code * WIDTH + kernel.NAMED] = -1 if path in self._judge.named else 0

    def after(self, base: int) -> None:
        """Tell the judge which names wait for their call now."""
        for path, code in self._callables.items():
            at = self.table[code * WIDTH + kernel.NAMED]
            if not at:
                self._judge.named.pop(path, None)
            elif at > 0:
                self._judge.named.setdefault(path, base + at - 1)


def _is_maker(safe: Safe) -> bool:
    """Tell whether something makes an instance of its first argument, a class, where `object` and None follow."""
    words = safe.args or []
    rest = Box("tuple", [Global("builtins", "object"), None])
    return safe.instance == 0 and words[:1] == ["class"] and fits(words[1:], rest, lambda _: True)


def _kinds(word: str) -> tuple[int, int]:
    """Return bits of the kinds that a word of the catalog allows: of plain data, and of what holds more than that.

    Literals and what the machine alone can tell stand for nothing here.
    """
    if word == "any":
        return _PLAIN | _OTHERS, _PLAIN
    if word == "data":
        return _PLAIN, 0
    if word in ("class", "function"):
        known = kernel.IS_KNOWN | (kernel.IS_OBJECT if word == "function" else 0)
        return known, 0
    if word in ("call", "global"):
        return kernel.IS_OBJECT if word == "call" else kernel.IS_KNOWN | kernel.IS_NAME, 0
    if word not in NUMBER or word == "object":
        return 0, 0
    bits = 1 << NUMBER[word]
    if word == "int":
        bits |= 1 << NUMBER["bool"]
    if word == "float":
        bits |= 1 << NUMBER["int"]
    return bits, bits


def container(value: Box) -> int:
    """Return the marks of a container on the machine's stack."""
    flags = 0 if value.plain else kernel.MIXED
    flags |= kernel.SHARED if value.doublings or not value.whole else 0
    if value.kind == "tuple":
        flags |= kernel.EMPTY if not value.count else 0
        flags |= kernel.RISKY if any(isinstance(item, Box) and item.dunders for item in value.items) else 0
    return flags
