"""The judge: whether what a pickle names, calls, builds and fills is safe, dangerous by its effect, or unknown."""

from __future__ import annotations

from bartizan.catalog.callables import Harmful, Safe
from bartizan.scan.pickles.fold import fold
from bartizan.scan.pickles.functions import harm_in_code
from bartizan.scan.pickles.indirect import FINDERS, call_within, found_by_texts, text_that_runs, what_changes_code
from bartizan.scan.pickles.named import RULES, UNKNOWN, Named
from bartizan.scan.pickles.shapes import fits
from bartizan.scan.pickles.storages import MOST_STORAGES, STORAGE_LOADER, Stored, stored
from bartizan.scan.pickles.tree import one_line
from bartizan.scan.pickles.values import (
    Box,
    Call,
    Datum,
    Global,
    Persistent,
    Value,
    arguments,
    no_arguments,
    path_of,
    plain,
)

__all__ = ["Judge"]

_METHODS = frozenset({"join", "lower", "upper", "strip", "replace", "encode", "decode", "get", "keys"})


class Judge(Named):
    """Judges calls, and what is built and filled."""

    def called(self, call: Call) -> Value:
        """Judge a call, and return what stands for its result."""
        if self.unexplained:
            self.unexplained -= 1
            self.calls.append(call)
        func = call.func
        if isinstance(func, Global):
            if func.why:
                call.verdict = "unknown"
                return call
            if func.path == "builtins.getattr" and not call.new:
                return self._getattr(call)
            return self._called_by_name(call, func)
        return self._called_object(call)

    def _called_by_name(self, call: Call, func: Global) -> Value:
        safe, harm = self._register.look_up(func.path)
        if func.path == STORAGE_LOADER and not call.new and self._stored(call):
            return call
        if harm is not None:
            self._harmful(call, func, harm)
            return call
        result = fold(func, call.args)
        if safe is None or func.path in self._named:
            self._unknown(call, func.path)
            return call if result is None else result
        if safe.instance is not None:
            return self._instance(call, safe, safe.instance)
        if func.path in FINDERS and not call.new:
            return self._finds(call)
        words = [] if safe.args is None or call.new else safe.args
        use_fits = ("new" if call.new else "call") in safe.uses or ("new" in safe.uses and no_arguments(call.args))
        shape_fits = call.new or safe.args is None or no_arguments(call.args) or fits(words, call.args, self._is_safe)
        if not (use_fits and shape_fits):
            if safe.otherwise is not None:
                self._harmful(call, func, Harmful(effect=safe.otherwise, names=[]))
            else:
                self._unknown(call, func.path)
        elif safe.calls is not None and not call.new:
            self._passes_on(call, call_within(call, safe.calls))
        return call if result is None else result

    def _finds(self, call: Call) -> Value:
        """Follow what finds something by two texts to the name that it is."""
        named = found_by_texts(call.args)
        if named is None:
            self._unknown(call, one_line(call.func))
            return call
        self.found(named, call.offset)
        return named

    def _passes_on(self, call: Call, inner: Call | None) -> None:
        """Judge the call that a call makes of one of its arguments."""
        if inner is None:
            return
        result = self.called(inner)
        for one in (inner, result):
            if isinstance(one, Call) and one.verdict != "safe":
                call.verdict = one.verdict

    def _stored(self, call: Call) -> bool:
        """Tell whether a call loads the bytes of a storage, which are examined as a file of their own."""
        how = stored(call.args)
        if how is Stored.EXAMINED and self._loaded <= MOST_STORAGES:
            self._named.pop(STORAGE_LOADER, None)
        elif how is not Stored.NO:
            self._unknown(call, STORAGE_LOADER)
        return how is not Stored.NO

    def _harmful(self, call: Call, func: Global, harm: Harmful) -> None:
        call.verdict = "unknown" if harm.effect == "function" else "dangerous"
        rule = RULES[harm.effect]
        if harm.effect == "function":
            shown = harm_in_code(call)
            if shown:
                call.verdict = "dangerous"
                self.desk.hit("pickle-executes", f"{func.path} with {shown}", offset=call.offset)
        self._tell(rule, func.path, one_line(call), call.offset, harm.cve)
        self._named.pop(func.path, None)

    def _unknown(self, call: Call, path: str) -> None:
        call.verdict = "unknown"
        self._tell(UNKNOWN, path, one_line(call), call.offset)
        self._named.pop(path, None)

    def _instance(self, call: Call, safe: Safe, number: int) -> Value:
        """Judge what makes an instance of its argument, by `__new__` alone."""
        items = arguments(call)
        if len(items) <= number:
            self._unknown(call, one_line(call.func))
            return call
        made = Call(items[number], Box("tuple", items[number + 1 :]), offset=call.offset, new=True)
        if not isinstance(made.func, Global):
            self._unknown(call, one_line(call.func))
            return call
        if not made.func.why:
            self._called_by_name(made, made.func)
        if safe.args is not None and made.verdict == "safe" and not fits(safe.args, call.args, self._is_safe):
            self._unknown(call, one_line(call.func))
            made.verdict = "unknown"
        return made

    def _called_object(self, call: Call) -> Value:
        """Judge the call of what an earlier call gave."""
        func = call.func
        result = fold(func, call.args)
        if result is not None:
            return result
        call.verdict = "unknown"
        if isinstance(func, Call) and isinstance(func.func, Global):
            path = func.func.path
            if path == "functools.partial" and isinstance(func.args, Box) and func.args.items and not func.states:
                inner = func.args.items[0]
                more = [*func.args.items[1:], *arguments(call)]
                return self.called(Call(inner, Box("tuple", more), offset=call.offset))
            if path.removeprefix("_") in ("operator.attrgetter", "operator.methodcaller"):
                call.verdict = "dangerous"
                self._tell("pickle-walks-attributes", path, one_line(call), call.offset)
                return call
        self._tell(UNKNOWN, "", one_line(call), call.offset)
        return call

    def _getattr(self, call: Call) -> Value:
        """Follow `getattr`: on a class to what its name then is, on text to a method, on all else not at all."""
        items = arguments(call)
        owner = items[0] if items else None
        name = items[1] if len(items) > 1 else None
        if not isinstance(name, str) or len(items) > 3:
            self._unknown(call, "builtins.getattr")
        elif name.startswith("__"):
            call.verdict = "dangerous"
            self._tell("pickle-walks-attributes", name, one_line(call), call.offset)
        elif isinstance(owner, Global) and not owner.why:
            named = Global(owner.module, f"{owner.name}.{name}")
            if self._is_safe(owner) and name.isidentifier() and name.isupper():
                return Call(owner, Box("tuple", [name]), offset=call.offset)
            self.found(named, call.offset)
            return named
        elif not (self._method(owner, name) or (plain(owner) and name in _METHODS)):
            self._unknown(call, "builtins.getattr")
        return call

    def _method(self, owner: Value, name: str) -> bool:
        """Tell whether a name is a method that the catalog lists for instances of a safe class."""
        if not isinstance(owner, Call) or owner.verdict != "safe" or not path_of(owner):
            return False
        return self._register.look_up(f"{path_of(owner)}.{name}")[0] is not None

    def built(self, target: Value, state: Value, offset: int) -> None:
        """Judge BUILD: a state for an instance, or attributes for something that exists already."""
        if isinstance(target, Global):
            self._tell("pickle-changes-code", target.path, f"{target.path} gets {one_line(state)}", offset)
        elif not isinstance(target, Call):
            self._tell(UNKNOWN, "BUILD", f"a state is set on {one_line(target)}", offset)
        elif target.verdict == "safe":
            self._uses(target, "build", offset)
            for setting in what_changes_code(state):
                target.verdict = "unknown"
                self._tell("pickle-changes-code", setting, f"{one_line(target.func)} gets `{setting}`", offset)
            if path_of(target) == "functools.partial":
                self._partial(target, state, offset)
            self._runs(target, state, offset)

    def _runs(self, target: Call, state: Value, offset: int) -> None:
        """Judge the text of a state that the class runs as Python."""
        path = path_of(target)
        found = text_that_runs(self._register.look_up(path)[0] if path else None, state)
        if found is not None:
            target.verdict = "dangerous" if isinstance(found[1], str) else "unknown"
            rule = "pickle-executes" if isinstance(found[1], str) else UNKNOWN
            self._tell(rule, path, f"{path} runs its `{found[0]}`: {one_line(found[1])}", offset)

    def _partial(self, target: Call, state: Value, offset: int) -> None:
        first = state.items[0] if isinstance(state, Box) and state.items else None
        if isinstance(target.args, Box) and target.args.items and first is target.args.items[0]:
            return
        if not isinstance(first, (Global, Call)):
            self._tell(UNKNOWN, "partial", f"functools.partial gets {one_line(state)}", offset)

    def filled(self, target: Value, items: list[Value], offset: int) -> None:
        """Judge items that are put into something by its own methods."""
        if isinstance(target, Global):
            self._tell("pickle-changes-code", target.path, f"{target.path} gets {one_line(items[0])}", offset)
        elif not isinstance(target, Call):
            self._tell(UNKNOWN, "items", f"items are put into {one_line(target)}", offset)
        elif target.verdict == "safe":
            self._uses(target, "fill", offset)

    def _uses(self, target: Call, use: str, offset: int) -> None:
        path = path_of(target)
        safe = self._register.look_up(path)[0] if path else None
        if safe is None or use not in safe.uses:
            target.verdict = "unknown"
            how = "a state is set on" if use == "build" else "items are put into"
            self._tell(UNKNOWN, use + path, f"{how} {one_line(target, 2)}", offset)

    def persistent(self, found: Persistent, offset: int) -> Value:
        """Judge what the loader finds by an id: a storage or a class with its source, as torch has them."""
        pid = found.pid
        if self._ids is not None:
            self._ids(pid)
        if isinstance(pid, Box) and pid.kind == "tuple" and pid.whole:
            match pid.items:
                case ["storage", Global() as kind, str() | int(), str(), int(), *rest] if len(
                    rest
                ) < 2 and self._is_safe(kind):
                    return found
                case ["storage", Call() as kind, str(), str(), int(), *rest] if (
                    len(rest) < 2 and kind.verdict == "safe"
                ):
                    return found
                case ["module", Global() as kind, str() | Datum() | None, str() | Datum() | None]:
                    return kind
        self._tell("pickle-persistent-id", "", one_line(found), offset)
        return found
