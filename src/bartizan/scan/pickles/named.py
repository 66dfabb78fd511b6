"""What a pickle names, and telling of it: the part of the judge that calls share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Literal

from bartizan.catalog.callables import Effect, Register, known_callables
from bartizan.scan.artefacts.content import Content, Window
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.pickles.indirect import FINDERS
from bartizan.scan.pickles.storages import MOST_STORAGES, is_storage
from bartizan.scan.pickles.tree import call_tree, one_line
from bartizan.scan.pickles.values import Call, Global, Value

__all__ = ["RULES", "TREE", "UNKNOWN", "Named"]

RULES: dict[Effect, str] = {
    "execution": "pickle-executes",
    "import": "pickle-imports",
    "file": "pickle-touches-files",
    "network": "pickle-connects",
    "attributes": "pickle-walks-attributes",
    "code": "pickle-makes-code",
    "deserialise": "pickle-loads-more",
    "control": "pickle-changes-interpreter",
    "function": "pickle-function",
}
UNKNOWN = "pickle-unknown-callable"
_MODULES = frozenset({
    "os", "sys", "subprocess", "builtins", "__builtins__", "importlib", "shutil", "socket", "ctypes", "runpy",
    "pty", "posix", "nt", "marshal", "pickle", "_pickle",
})  # fmt: skip
"""Modules that many others import: reached through one of them, they are a way around a check of names."""
TREE = 200
"""Calls that are explained, and lines of the explanation."""
_TOLD = 3
"""How often the same thing is told of one name."""
_NAMES = 20_000
"""Names that are not known, and what was told of, that are kept in memory."""
_INSIDE = 50
"""Pickles in the bytes of a pickle that are examined."""


@cache
def _register() -> Register:
    return known_callables()


def _plainly(part: str) -> str:
    """Return what a module that is imported under a name of its own, as `_os`, is."""
    bare = part.lstrip("_")
    return bare if part not in _MODULES and bare in _MODULES else part


class Named:
    """Judges names of one stream of pickles, and reports to the desk. `persistent` is told of every persistent id."""

    def __init__(
        self,
        desk: Desk,
        content: Content,
        *,
        register: Register | None = None,
        persistent: Callable[[Value], None] | None = None,
    ) -> None:
        self.desk, self._content, self._ids = desk, content, persistent
        self._register = register or _register()
        self._named: dict[str, int] = {}
        self._told: dict[str, int] = {}
        self.calls: list[Call] = []
        self._loaded = 0
        self.unexplained = TREE
        """How many calls more are explained."""

    @property
    def register(self) -> Register:
        """What is known of callables."""
        return self._register

    @property
    def named(self) -> dict[str, int]:
        """What was named and not called yet, with where."""
        return self._named

    def finish(self) -> None:
        """Report what was named and never called, and explain the calls."""
        harms = {path: self._register.look_up(path)[1] for path in self._named}
        for path, harm in harms.items():
            if harm is not None:
                self.desk.hit(RULES[harm.effect], f"`{path}` is named", offset=self._named[path], cve=harm.cve)
        for path, offset in self._named.items():
            if harms[path] is None:
                self.desk.hit(UNKNOWN, path, offset=offset)
        self._named.clear()
        if self.calls:
            self.desk.explain(call_tree(self.calls, TREE))
            self.calls = []

    def found(self, named: Global, offset: int) -> None:
        """Judge a name. What it does is told when it is called, or at the end."""
        path = named.path
        if self._register.exact(path):
            return
        reached = self._reached(named) if self._register.look_up(path)[1] is None or "." in named.name else None
        if reached is not None:
            self.desk.hit(*reached, offset=offset)
        elif not self._by_class(named):
            self._named.setdefault(path, offset)
            if len(self._named) > _NAMES:
                raise LimitReached(f"more than {_NAMES} names are used that are not known")

    def _by_class(self, named: Global) -> bool:
        """Tell whether a name is safe, and reached through nothing but classes."""
        safe = self._register.look_up(named.path)[0]
        return safe is not None and all(part[:1].isupper() for part in named.name.split(".")[:-1])

    def settled(self, named: Global) -> Literal["safe", "unknown", "no"]:
        """Tell whether naming something once more would change nothing, as what it would be judged.

        `unknown` is what has been told of as often as it is told; naming it makes it wait for its call, though.
        """
        path = named.path
        safe, harm = self._register.look_up(path)
        if named.why or self.unexplained or harm is not None or path in FINDERS:
            return "no"
        if self._register.exact(path) or (self._by_class(named) and self._reached(named) is None):
            return "safe"
        told = self._told.get(UNKNOWN + path, 0) >= _TOLD
        return "unknown" if safe is None and told and self._reached(named) is None else "no"

    def _reached(self, named: Global) -> tuple[str, str] | None:
        """Tell of a way to something through something else: a rule and its evidence."""
        if named.name == "__dict__":
            return None  # dill names the module of a function so
        parts = [_plainly(part) for part in named.name.split(".")]
        if any(part.startswith("__") and part.endswith("__") for part in parts):
            return "pickle-walks-attributes", named.path
        for at, part in enumerate(parts):
            rest = ".".join(parts[at:])
            safe, harm = self._register.look_up(rest) if part in _MODULES or at < len(parts) - 1 else (None, None)
            effect = harm.effect if harm is not None else safe.otherwise if safe is not None else None
            if effect is not None or part in _MODULES:
                return RULES[effect or "attributes"], f"{named.path} is {rest}"
        return None

    def computed(self, module: Value, name: Value, offset: int) -> None:
        """Tell of a name that could not be worked out."""
        self.desk.hit("pickle-computed-name", f"{one_line(module)} . {one_line(name)}", offset=offset)

    def extension(self, code: int, offset: int) -> None:
        """Tell of a name that stands for a number which only the loading program knows."""
        self.desk.hit(UNKNOWN, f"what is registered there as extension {code}", offset=offset)

    def _tell(self, rule: str, path: str, evidence: str, offset: int, cve: list[str] | None = None) -> None:
        times = self._told.get(rule + path, 0)
        if times < _TOLD:
            if len(self._told) < _NAMES:
                self._told[rule + path] = times + 1
            self.desk.hit(rule, evidence, offset=offset, cve=cve or [])

    def _is_safe(self, named: Global) -> bool:
        return not named.why and self._register.look_up(named.path)[0] is not None and named.path not in self._named

    def frame(self, what: str, offset: int) -> None:
        """Tell of frames that loaders read in different ways."""
        self.desk.hit("pickle-frame-boundary", what, offset=offset)

    def grown(self, doublings: float, offset: int) -> None:
        """Tell of containers that hold each other over and over."""
        self._tell("pickle-expansion", "", f"containers that unfold to 2^{doublings:.0f} of their parts", offset)

    def payload(self, head: bytes, offset: int, size: int) -> None:
        """Examine bytes that are a pickle themselves, or a storage as torch pickles it outside its own files."""
        pickled = head[:1] == b"\x80" and size > 8 and 2 <= head[1] <= 5
        if is_storage(head):
            self._loaded += 1
            if self._loaded <= MOST_STORAGES:
                self.desk.inside(f"bytes at {offset}", Window(self._content, offset, size))
        elif pickled and (head[2] == 0x95 or head[2:3] in b"c}](KXC\x8c"):
            times = self._told.get("inside", 0)
            if times < _INSIDE and self._content.read(offset + size - 1, 1) == b".":
                self._told["inside"] = times + 1
                self.desk.inside(f"bytes at {offset}", Window(self._content, offset, size))
