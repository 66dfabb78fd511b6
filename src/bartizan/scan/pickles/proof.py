"""What speaks for it that bytes are opcodes: values of the right kinds for the next, numbered in turn, called.

Kinds of values are told by a letter each: `g` a name, `t` tuple, `l` list, `d` dict, `e` set, `s` text, `r` what a call
or a program gives, `v` any other value, `m` the mark. An opcode takes what some loader of CPython takes, in C or in
Python: who hides a program begins it with what is odd, but works.
"""

from __future__ import annotations

from collections.abc import Callable

from bartizan.catalog.callables import expanded, known_callables
from bartizan.scan.pickles.names import modern

__all__ = ["Proof"]

_PUSHED = {
    "v": ("INT", "LONG", "BININT", "BININT1", "BININT2", "LONG1", "LONG4", "FLOAT", "BINFLOAT", "NONE", "NEWTRUE",
          "NEWFALSE"),
    "s": ("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8",
          "BINBYTES", "SHORT_BINBYTES", "BINBYTES8"),
    "l": ("EMPTY_LIST",), "t": ("EMPTY_TUPLE",), "d": ("EMPTY_DICT",), "e": ("EMPTY_SET",),
    "r": ("PERSID", "EXT1", "EXT2", "EXT4", "NEXT_BUFFER", "BYTEARRAY8"), "m": ("MARK",),
}  # fmt: skip
_MADE = {name: kind for kind, names in _PUSHED.items() for name in names}
_TO_MARK = {"LIST": "l", "TUPLE": "t", "FROZENSET": "v"}
_FILLED = {"APPEND": "l", "APPENDS": "l", "SETITEM": "d", "SETITEMS": "d", "ADDITEMS": "e"}
_SIZED = frozenset({"BINSTRING", "BINUNICODE", "BINBYTES"})
_NOTHING = frozenset({"PROTO", "FRAME", "READONLY_BUFFER"})
_OPENS = frozenset({"MARK", "EMPTY_TUPLE", "PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE", "STOP"})
"""What follows a name in a pickle; words follow it in a list of words."""
_CALLED = 3


class Proof:
    """Runs opcodes on kinds of values, and weighs what speaks for them."""

    def __init__(self) -> None:
        self._stack: list[str] = []
        self._memo: dict[int, str] = {}
        self._named = self._opened = self._more = 0
        self._after_name = False

    @property
    def weight(self) -> int:
        """How much speaks for a pickle. Names that nobody calls count once, however many there are."""
        return self._named + self._opened + self._more

    def step(self, name: str, argument: bytes) -> bool:
        """Run an opcode. Tells whether a loader could."""
        if self._after_name and name in _OPENS:
            self._opened = 1
        self._after_name = name in ("GLOBAL", "STACK_GLOBAL")
        if name in _MADE:
            self._stack.append(_MADE[name])
            self._more += 2 * (name == "STRING") + (name in _SIZED and argument[3] == 0)
            return True
        if name in _NOTHING:
            return True
        own = _OWN.get(name)
        if own is not None:
            return own(self, argument)
        if name.endswith("PUT"):
            return self._put(_number(name, argument), weight=1 if name == "PUT" else 2)
        if name.endswith("GET"):
            return self._get(_number(name, argument))
        if name in _FILLED:
            return self._fill(name)
        return self._gathered(name)

    def _pop(self, count: int = 1) -> str:
        """Take values off, none of them a mark; returns their kinds, or nothing where there are fewer."""
        taken = "".join(self._stack[-count:])
        if len(taken) < count or "m" in taken:
            return ""
        del self._stack[-count:]
        return taken

    def _to_mark(self) -> str | None:
        """Take the values down to the mark off, and return their kinds, None without a mark."""
        if "m" not in self._stack:
            return None
        at = len(self._stack) - 1 - self._stack[::-1].index("m")
        taken = "".join(self._stack[at + 1 :])
        del self._stack[at:]
        return taken

    def _gathered(self, name: str) -> bool:
        """Run what makes a container of the values on the stack."""
        if name.startswith("TUPLE") and name != "TUPLE":
            taken = self._pop(int(name[-1]))
            self._stack.append("t")
            return bool(taken)
        items = self._to_mark()
        if name in _TO_MARK:
            self._stack.append(_TO_MARK[name])
        return items is not None and (name in _TO_MARK or name == "POP_MARK")

    def _fill(self, name: str) -> bool:
        count = {"APPEND": 1, "SETITEM": 2}.get(name)
        items = self._to_mark() if count is None else self._pop(count)
        if items is None or (count and not items) or self._stack[-1:] in ([], ["m"]):
            return False
        if not items:
            return True  # the loader looks at nothing then
        self._more += self._stack[-1] == _FILLED[name]
        return self._stack[-1] in _FILLED[name] + "lrg" and (name != "SETITEMS" or len(items) % 2 == 0)

    def _put(self, number: int, weight: int = 1) -> bool:
        if number < 0 or self._stack[-1:] in ([], ["m"]):
            return False
        # Picklers number in turn, from 0 or, long ago, from 1.
        if number in (len(self._memo), len(self._memo) + 1) and number not in self._memo:
            self._more += weight
        self._memo[number] = self._stack[-1]
        return True

    def _get(self, number: int) -> bool:
        if number not in self._memo:
            return False
        self._stack.append(self._memo[number])
        self._more += 1
        return True

    def _global(self, argument: bytes) -> bool:
        self._named = max(self._named, 1 + (_known(argument) if argument else 0))
        self._stack.append("g")
        return True

    def _called(self, taken: str, *, weight: int = _CALLED) -> bool:
        """Put the result of a call, if what is called and with what can be."""
        self._stack.append("r")
        self._more += weight if taken[:1] == "g" and taken[1:2] in "trl" else 1
        return taken[:1] in ("g", "r") and taken[1:2] != "v"

    def _inst(self, argument: bytes) -> bool:
        self._more += _known(argument)
        return self._to_mark() is not None and self._called("g", weight=2)

    def _object(self, _: bytes) -> bool:
        items = self._to_mark()
        return bool(items) and self._called((items or "")[0])

    def _stack_global(self, _: bytes) -> bool:
        # What is found by a name can be a text.
        return all(kind in "srg" for kind in self._pop(2) or "v") and self._global(b"")

    def _build(self, _: bytes) -> bool:
        taken = self._pop()
        target = self._stack[-1:]
        self._more += target == ["r"]
        # None is a state that is set on anything.
        return bool(taken) and target not in ([], ["m"]) and (target[0] in "rg" or taken in "vtr")

    def _drop(self, _: bytes) -> bool:
        return bool(self._stack) and bool(self._stack.pop())

    def _twice(self, _: bytes) -> bool:
        self._stack += self._stack[-1:]
        return bool(self._stack) and self._stack[-1] != "m"

    def _dict(self, _: bytes) -> bool:
        items = self._to_mark()
        self._stack.append("d")
        return items is not None and len(items) % 2 == 0

    def _stop(self, _: bytes) -> bool:
        taken = self._pop()
        self._more += bool(self._more) and not self._stack
        return bool(taken)

    def _persistent(self, _: bytes) -> bool:
        taken = self._pop()
        self._stack.append("r")
        return bool(taken)


_OWN: dict[str, Callable[[Proof, bytes], bool]] = {
    "GLOBAL": Proof._global,
    "STACK_GLOBAL": Proof._stack_global,
    "INST": Proof._inst,
    "OBJ": Proof._object,
    "REDUCE": lambda proof, _: proof._called(proof._pop(2)),
    "NEWOBJ": lambda proof, _: proof._called(proof._pop(2)),
    "NEWOBJ_EX": lambda proof, _: proof._called(proof._pop(3)),
    "BUILD": Proof._build,
    "POP": Proof._drop,
    "DUP": Proof._twice,
    "MEMOIZE": lambda proof, _: proof._put(len(proof._memo)),
    "DICT": Proof._dict,
    "BINPERSID": Proof._persistent,
    "STOP": Proof._stop,
}


def _known(argument: bytes) -> int:
    """Return how much a name says: 2 where the catalog calls just this one harmful, 1 where it knows it, else 0."""
    module, name = argument.decode("ascii").split("\n")[:2]
    path = ".".join(modern(module, name))
    safe, harm = known_callables().look_up(path)
    return 2 if harm is not None and path in expanded(harm.names) else int(safe is not None or harm is not None)


def _number(name: str, argument: bytes) -> int:
    """Return the slot of the memo, -1 where the line is no number."""
    if name not in ("PUT", "GET"):
        return int.from_bytes(argument, "little")
    line = argument.strip()
    return int(line) if line.isdigit() and len(line) <= 20 else -1
