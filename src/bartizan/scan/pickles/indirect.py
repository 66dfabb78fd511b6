"""What happens beside the call that a pickle makes: calls of arguments, names found by texts, states that are run."""

from __future__ import annotations

from bartizan.catalog.callables import Safe
from bartizan.scan.pickles.functions import only_returns
from bartizan.scan.pickles.values import Box, Call, Global, Value, arguments

__all__ = ["FINDERS", "call_within", "found_by_texts", "text_that_runs", "what_changes_code"]

FINDERS = frozenset({"numpy.core._ufunc_reconstruct", "numpy._core._ufunc_reconstruct"})
"""What imports by the text of its two arguments. Source: numpy/_core/__init__.py."""
_SETTING = frozenset({
    "__class__", "__setstate__", "__reduce__", "__reduce_ex__", "__call__", "__getattr__", "__getattribute__",
    "__del__", "__code__", "__globals__", "__builtins__", "__init__", "__new__",
})  # fmt: skip
"""Keys of a state that change what an object is or does, and not what it holds."""


def found_by_texts(args: Value) -> Global | None:
    """Return the name that a module and a name in it, as two texts, stand for."""
    match args:
        case Box(items=[str() as module, str() as name], count=2):
            return Global(module, name)
    return None


def call_within(call: Call, numbers: list[int]) -> Call | None:
    """Return the call that a call makes of one of its arguments, with another as the tuple of that one's arguments."""
    func, args = numbers
    items = arguments(call)
    return Call(items[func], items[args], offset=call.offset) if len(items) > max(numbers) else None


def text_that_runs(safe: Safe | None, state: Value) -> tuple[str, Value] | None:
    """Return the key of a state whose text the class runs as Python, with a text that does more than it should.

    The value is None where the state is too large for its keys to be known.
    """
    if safe is None or safe.code is None or not isinstance(state, Box) or state.kind != "dict":
        return None
    for key, value in state.pairs():
        if key == safe.code and not (isinstance(value, str) and only_returns(value)):
            return safe.code, value
    return None if state.whole else (safe.code, None)


def what_changes_code(state: Value) -> list[str]:
    """Return the keys that change what an object does: of a dict, and of the slots beside it."""
    if not isinstance(state, Box):
        return []
    if state.kind == "dict":
        keys = state.dunders
    elif state.kind == "tuple" and state.count == 2:
        keys = [key for one in state.items if isinstance(one, Box) for key in one.dunders]
    else:
        keys = []
    return [key for key in keys if key in _SETTING]
