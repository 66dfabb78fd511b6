"""The loop that passes over plain data: the same functions for a compiler (numba) and for Python.

It knows the opcodes of plain data only, and of each value only its kind. It keeps stack, marks and memo exactly as the
machine does, and stops before the first opcode, or the first state, that it does not know.
"""

from __future__ import annotations

from typing import Any

__all__ = ["PARTS", "STATE", "pass_over"]

STATE = 7
"""Numbers that go in and out: position, depth, marks, memo count, lowest depth, opcodes, height of what is no data."""
_NONE, _BOOL, _INT, _FLOAT, _STR, _LIST, _TUPLE, _DICT, _SET = 1, 2, 3, 4, 5, 8, 9, 10, 11
"""Numbers of `memo.KINDS`."""


def pass_over(data: Any, size: int, stack: Any, marks: Any, memo: Any, state: Any, most: int) -> None:
    """Pass over plain data in `data[:size]`, up to `most` opcodes.

    `stack` has the kinds of what is on the stack, `marks` how high it was at each, `memo` two bits for each slot, of
    which those before the count are taken and none after. Stops where an opcode is not known, its bytes or the room in
    an array don't suffice, it needs what is not there, or it would touch something below the height of what is no data.
    """
    at, depth, nmarks, count = int(state[0]), int(state[1]), int(state[2]), int(state[3])
    low, ops, dirty = int(state[4]), int(state[5]), int(state[6])
    room, mark_room, memo_room = len(stack) - 4, len(marks) - 1, 4 * len(memo) - 4
    last = ops + most
    while at + 9 < size and depth < room and nmarks < mark_room and ops < last:
        code = int(data[at])
        fence = int(marks[nmarks - 1]) if nmarks else 0
        kind, step = pushed(data, at, size, code)
        if kind != 0:
            stack[depth] = kind
            depth += 1
        elif code == 0x28:  # MARK
            marks[nmarks] = depth
            nmarks += 1
            step = 1
        elif code == 0x94 or code == 0x71 or code == 0x72:  # MEMOIZE, BINPUT, LONG_BINPUT
            index, step = (count, 1) if code == 0x94 else slot(data, at, code)
            if depth <= fence or depth <= dirty or index != count or count >= memo_room:
                break
            shift = (count & 3) << 1
            said = 2 if stack[depth - 1] == _STR else 1
            memo[count >> 2] = (int(memo[count >> 2]) & (255 - (3 << shift))) | said << shift
            count += 1
        elif code == 0x68 or code == 0x6A:  # BINGET, LONG_BINGET
            index, step = slot(data, at, code)
            if index >= count or int(memo[index >> 2]) >> ((index & 3) << 1) & 3 != 2:
                break
            stack[depth] = _STR
            depth += 1
        else:
            height = closed(stack, marks, code, depth, nmarks, dirty)
            if height < 0:
                break
            step, depth, low = 1, height, min(low, height)
            if code == 0x74 or code == 0x75 or code == 0x65 or code == 0x90:  # these take the mark, too
                nmarks -= 1
            if code == 0x74 or 0x85 <= code <= 0x87:  # TUPLE, TUPLE1 to TUPLE3
                stack[depth] = _TUPLE
                depth += 1
        at += step
        ops += 1
    state[0], state[1], state[2], state[3], state[4], state[5] = at, depth, nmarks, count, low, ops


def pushed(data: Any, at: int, size: int, code: int) -> tuple[int, int]:
    """Return the kind of what an opcode pushes and how many bytes it takes; kind 0 for any that is not known here."""
    if code == 0x8C or code == 0x58:  # SHORT_BINUNICODE, BINUNICODE
        head = 2 if code == 0x8C else 5
        length = int(data[at + 1]) if code == 0x8C else word(data, at + 1)
        end = at + head + length
        return (_STR, head + length) if end <= size and harmless(data, at + head, end) else (0, 0)
    if code == 0x4B:  # BININT1
        return _INT, 2
    if code == 0x47:  # BINFLOAT
        return _FLOAT, 9
    if code == 0x4D or code == 0x4A:  # BININT2, BININT
        return _INT, 3 if code == 0x4D else 5
    if code == 0x7D:  # EMPTY_DICT
        return _DICT, 1
    if code == 0x5D:  # EMPTY_LIST
        return _LIST, 1
    if code == 0x29:  # EMPTY_TUPLE
        return _TUPLE, 1
    if code == 0x8F:  # EMPTY_SET
        return _SET, 1
    if code == 0x4E:  # NONE
        return _NONE, 1
    if code == 0x88 or code == 0x89:  # NEWTRUE, NEWFALSE
        return _BOOL, 1
    if code == 0x8A and at + 2 + int(data[at + 1]) <= size:  # LONG1
        return _INT, 2 + int(data[at + 1])
    return 0, 0


def harmless(data: Any, start: int, end: int) -> bool:
    """Tell whether a text is ASCII and does not begin as names with a meaning of their own do, with two underscores."""
    if end - start > 1 and data[start] == 0x5F and data[start + 1] == 0x5F:
        return False
    for place in range(start, end):  # noqa: SIM110 - the compiler knows loops, and no generators
        if data[place] >= 0x80:
            return False
    return True


def slot(data: Any, at: int, code: int) -> tuple[int, int]:
    """Return the number of the memo's slot that an opcode names, and how many bytes the opcode takes."""
    if code == 0x68 or code == 0x71:  # BINGET, BINPUT
        return int(data[at + 1]), 2
    return word(data, at + 1), 5


def word(data: Any, at: int) -> int:
    """Return four bytes as a number, the low one first."""
    return int(data[at]) | int(data[at + 1]) << 8 | int(data[at + 2]) << 16 | int(data[at + 3]) << 24


def closed(stack: Any, marks: Any, code: int, depth: int, nmarks: int, dirty: int) -> int:
    """Return how high the stack is once an opcode has taken its values; -1 where it can't, or takes none."""
    fence = int(marks[nmarks - 1]) if nmarks else 0
    if code == 0x75 or code == 0x65 or code == 0x90:  # SETITEMS, APPENDS, ADDITEMS
        below = int(marks[nmarks - 2]) if nmarks > 1 else 0
        kind = _DICT if code == 0x75 else (_LIST if code == 0x65 else _SET)
        odd = code == 0x75 and (depth - fence) % 2 == 1
        return -1 if nmarks == 0 or fence < dirty or fence <= below or odd or stack[fence - 1] != kind else fence
    if code == 0x74:  # TUPLE
        return -1 if nmarks == 0 or fence < dirty else fence
    if 0x85 <= code <= 0x87:  # TUPLE1 to TUPLE3
        width = code - 0x84
        return -1 if depth - fence < width or depth - width < dirty else depth - width
    if code == 0x61:  # APPEND
        return -1 if depth - fence < 2 or depth - 1 < dirty or stack[depth - 2] != _LIST else depth - 1
    if code == 0x73:  # SETITEM
        return -1 if depth - fence < 3 or depth - 2 < dirty or stack[depth - 3] != _DICT else depth - 2
    return -1


PARTS = (word, harmless, slot, pushed, closed)
"""What `pass_over` calls, each after what it calls itself: a compiler needs them in this order."""
