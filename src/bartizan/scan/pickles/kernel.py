"""The loop that passes over plain data and small objects: the same functions for a compiler (numba) and for Python.

It knows of each value only its kind, and of what is called only what the judge has settled before. It keeps stack,
marks, memo and frame exactly as the machine does, and stops before the first opcode, or the first state, that it does
not know. On the stack and in a memo slot a value is a number: 1 to 14 of `memo.KINDS`, ASK for what only the machine
can tell, from ROW on a row of the table of what is settled. On the stack, marks of how it came about are added, and
from bit 16 on the slot (plus 1) that keeps a container, the place (plus 1) of a text, or what a tuple of arguments
makes.
"""

from __future__ import annotations

from typing import Any

from bartizan.scan.pickles.literal_kinds import byte, is_latin, line_length, pushed, slot, text_at, word

__all__ = ["PARTS", "STATE", "pass_over", "undo"]

AT, DEPTH, MARKS, COUNT, HIGH, LOW, OPS, FRAME, LOGGED = 0, 1, 2, 3, 4, 5, 6, 7, 8
"""Numbers that go in and out: position, depth, marks, memo slots taken, slots up to the last taken, lowest depth,
opcodes, end of the frame (0 or lower for none), writes into the memo."""
SIZE, TOTAL, ROOM, MARK_ROOM, MEMO_ROOM, LOG_ROOM, NAMES, TEXTS, LENGTHS = 9, 10, 11, 12, 13, 14, 15, 16, 17
"""Numbers that go in: bytes at hand, where the file ends, room in the arrays, names that are settled, texts that they
are made of, and a bit for each length of such a text."""
DROPPED, LAST = 18, 19
"""How many writes into the memo were over values that the machine keeps; at how many opcodes to stop at the latest."""
STATE = 20
_NONE, _TEXT, _LIST, _TUPLE, _DICT, _SET, _FROZENSET = 1, 5, 8, 9, 10, 11, 12
_FIXED = (_TUPLE, _FROZENSET)
"""Containers that nothing is put into any more."""
ASK, ROW, ROWS = 15, 16, 112
CODE, KEPT = 127, 128
"""Bits of a memo slot: what it is, and whether the machine keeps the value."""
SHARED, MIXED, FITS, EMPTY, RISKY, FETCHED, PART = 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14
"""A container with something from the memo in it; with more than plain data; a tuple that fits what lies below it as
arguments; one without items; a container with something in it that only the machine can tell; fetched from the memo;
a text of a row, a part of a name."""
WIDTH = 24
FLAGS, RESULT, LEAST, MOST, ACCEPTS, ACCEPTS_MIXED, NAMED = 0, 1, 2, 3, 4, 12, 20
"""Numbers in a row: what is settled, what a call gives, how many arguments fit, which kinds for each of the first eight
as plain data and as other, and where it was named (plus 1) without having been called yet."""
ARGUMENTS = 8
CALLS, ANY, NEWS, MAKES, KNOWN, IS_CALL, BUILDS, FILLS, UNKNOWN, IS_TEXT = 1, 2, 4, 8, 16, 32, 64, 128, 256, 512
"""What is settled: REDUCE; with any arguments; NEWOBJ; REDUCE makes an instance of the first argument; safe by name;
the result of a call; BUILD on it; filling it; that it is unknown, and told of often enough; a part of names."""
IS_BASE, ENCODES = 1 << 10, 1 << 11
"""That it is `object`, which classes are made from; that it is how protocols 0 to 2 make bytes from a text."""
PLACE, LENGTH = 1, 2
"""Numbers in the row of a text: where in all texts it stands, and its length."""
PARTS_AT = 3 * ROWS
"""Where in the array of names the rows of texts stand."""
IS_KNOWN, IS_NAME, IS_OBJECT = 1 << 15, 1 << 16, 1 << 17
"""Kinds of arguments beside those of plain data: a name that is safe, another, the result of a call."""


def pass_over(  # noqa: C901, PLR0912 - one loop over the opcodes is what can be compiled well
    data: Any, stack: Any, marks: Any, memo: Any, log: Any, table: Any, names: Any, spelled: Any, state: Any, most: int
) -> None:
    """Pass over `data` from the position on, up to `most` opcodes, some more where arguments wait for their call.

    `marks` has how high the stack was at each mark. `log` gets every write into the memo: slot and, in the low byte,
    what was there. `names` has for each settled name the rows of its module, its name and itself, and then the rows of
    all such texts; `spelled` has the texts.
    """
    at, depth, nmarks, count = int(state[AT]), int(state[DEPTH]), int(state[MARKS]), int(state[COUNT])
    high, low, ops, frame = int(state[HIGH]), int(state[LOW]), int(state[OPS]), int(state[FRAME])
    logged, dropped = 0, 0
    size, room, mark_room = int(state[SIZE]), int(state[ROOM]), int(state[MARK_ROOM])
    memo_room, log_room = int(state[MEMO_ROOM]), int(state[LOG_ROOM])
    while at < size and depth < room and nmarks < mark_room and logged + 2 < log_room:
        if ops >= most and (ops >= int(state[LAST]) or not waits(stack, table, depth)):
            break
        code = byte(data, at)
        fence = int(marks[nmarks - 1]) if nmarks else 0
        end = size if frame <= at or frame > size else frame
        entry, step = pushed(data, at, end, code)
        if entry != 0:
            if at + step > end:
                break
            stack[depth] = entry
            depth += 1
        elif code == 0x28:  # MARK
            marks[nmarks] = depth
            nmarks += 1
            step = 1
        elif code == 0x94 or 0x70 <= code <= 0x72:  # MEMOIZE, PUT, BINPUT, LONG_BINPUT
            index, step = slot(data, at, end, code, count)
            if index < 0 or index >= memo_room or depth <= fence:
                break
            top = remembered(int(stack[depth - 1]), index)
            if top == 0:
                break
            entry = ASK if top & (SHARED | MIXED) else top & CODE
            if entry == _TEXT:
                entry = part_of_name(data, top, table, names, spelled, state)
            old = byte(memo, index)
            log[logged] = index << 8 | old
            logged += 1
            count, high = count + (1 if old == 0 else 0), max(high, index + 1)
            dropped += old >> 7
            memo[index] = entry
            stack[depth - 1] = top
        elif code == 0x68 or code == 0x6A or code == 0x67:  # BINGET, LONG_BINGET, GET
            index, step = slot(data, at, end, code, count)
            entry = byte(memo, index) & CODE if 0 <= index < memo_room else 0
            if entry == 0 or entry == ASK:
                break
            if _LIST <= entry <= _FROZENSET:
                entry |= SHARED | FETCHED | (0 if entry in _FIXED else (index + 1) << 16)
            elif entry >= ROW and int(table[entry * WIDTH + FLAGS]) & IS_TEXT:
                entry = _TEXT | PART | entry << 16
            stack[depth] = entry
            depth += 1
        elif code == 0x95:  # FRAME
            step = 9
            length = word(data, at + 1) if frame <= at and at + 9 <= size else -1
            if length < 0 or word(data, at + 5) != 0 or at + 9 + length > int(state[TOTAL]):
                break
            frame = at + 9 + length
        elif code == 0x52 or code == 0x81 or code == 0x92 or code == 0x62:  # REDUCE, NEWOBJ, NEWOBJ_EX, BUILD
            entry, takes = called(stack, table, code, depth, fence)
            if entry == 0:
                break
            step, depth, low = 1, depth - takes + 1, min(low, depth - takes if code != 0x62 else depth - takes + 1)
            stack[depth - 1] = entry
        elif code == 0x93 or code == 0x63:  # STACK_GLOBAL, GLOBAL
            entry, step = found(data, at, end, stack, depth, fence, table, names, int(state[NAMES]), spelled)
            if entry == 0:
                break
            depth -= 2 if code == 0x93 else 0
            low = min(low, depth)
            stack[depth] = entry
            depth += 1
            if int(table[entry * WIDTH + FLAGS]) & UNKNOWN and table[entry * WIDTH + NAMED] == 0:
                table[entry * WIDTH + NAMED] = at + 1
        else:
            first, kind = closed(stack, marks, table, code, depth, nmarks)
            if kind == 0:
                break
            step, flags = 1, gathered(stack, first, depth)
            if kind > 0:  # it is made of these
                entry = kind | flags | (0 if kind != _TUPLE else fitting(data, stack, table, spelled, first, depth))
                low = min(low, first)
                stack[first] = entry
                depth = first + 1
            else:  # it gets these
                logged = given(stack, memo, log, logged, first, flags)
                low = min(low, first)
                depth = first
            if code != 0x61 and code != 0x73 and not 0x85 <= code <= 0x87:  # these take the mark, too
                nmarks -= 1
        at += step
        ops += 1
    state[AT], state[DEPTH], state[MARKS], state[COUNT], state[HIGH] = at, depth, nmarks, count, high
    state[LOW], state[OPS], state[FRAME], state[LOGGED], state[DROPPED] = low, ops, frame, logged, dropped


def given(stack: Any, memo: Any, log: Any, logged: int, first: int, flags: int) -> int:
    """Note that a container holds other kinds of values now, also in the memo. Returns the length of the log."""
    into = int(stack[first - 1])
    kept = (into >> 16) - 1
    if flags & ~into and kept >= 0 and byte(memo, kept) & CODE == into & CODE:
        log[logged] = kept << 8 | byte(memo, kept)
        logged += 1
        memo[kept] = byte(memo, kept) & KEPT | ASK
    if into & CODE < ROW:
        stack[first - 1] = into | flags
    return logged


def remembered(top: int, index: int) -> int:
    """Return a value of the stack as it is once a memo slot keeps it, 0 where another slot keeps it already."""
    kind = top & CODE
    if kind != _LIST and kind != _DICT and kind != _SET:
        return top
    if top >> 16 != 0 and top >> 16 != index + 1:
        return 0
    return top & 0xFFFF | (index + 1) << 16


def gathered(stack: Any, first: int, depth: int) -> int:
    """Return the marks of a container with what is on the stack from `first` on."""
    flags = 0
    for place in range(first, depth):
        entry = int(stack[place])
        flags |= entry & (SHARED | MIXED | RISKY)
        if entry & CODE >= ASK:
            flags |= MIXED | (RISKY if entry & CODE == ASK else 0)
    return flags


def closed(stack: Any, marks: Any, table: Any, code: int, depth: int, nmarks: int) -> tuple[int, int]:
    """Return where on the stack the values begin that an opcode takes, and the kind of container that it makes.

    The kind is below 0 where it puts them into the value below them, and 0 where it can't, or takes none.
    """
    fence = int(marks[nmarks - 1]) if nmarks else 0
    if 0x85 <= code <= 0x87:  # TUPLE1 to TUPLE3
        first = depth - (code - 0x84)
        return (first, _TUPLE) if first >= fence else (0, 0)
    if code == 0x61 or code == 0x73:  # APPEND, SETITEM
        first, kind = (depth - 1, _LIST) if code == 0x61 else (depth - 2, _DICT)
        return (first, -kind) if first > fence and holds(stack, table, first - 1, kind) else (0, 0)
    if nmarks == 0 or ((code == 0x75 or code == 0x64) and (depth - fence) % 2 == 1):
        return 0, 0
    if code == 0x75 or code == 0x65 or code == 0x90:  # SETITEMS, APPENDS, ADDITEMS
        below = int(marks[nmarks - 2]) if nmarks > 1 else 0
        kind = _DICT if code == 0x75 else (_LIST if code == 0x65 else _SET)
        return (fence, -kind) if fence > below and holds(stack, table, fence - 1, kind) else (0, 0)
    if code == 0x74:  # TUPLE
        return fence, _TUPLE
    if code == 0x6C or code == 0x64:  # LIST, DICT
        return fence, _LIST if code == 0x6C else _DICT
    return (fence, _FROZENSET) if code == 0x91 else (0, 0)


def holds(stack: Any, table: Any, place: int, kind: int) -> bool:
    """Tell whether what is at a place on the stack takes items as a container of a kind does."""
    code = int(stack[place]) & CODE
    return code == kind or (code >= ROW and int(table[code * WIDTH + FLAGS]) & FILLS != 0)


def fitting(data: Any, stack: Any, table: Any, spelled: Any, first: int, depth: int) -> int:
    """Return marks of a tuple: whether it is empty, or fits what lies below it as arguments, with what that makes."""
    if first == depth:
        return EMPTY
    func = int(stack[first - 1]) & CODE if first else 0
    flags = int(table[func * WIDTH + FLAGS]) if func >= ROW else 0
    size = depth - first
    if flags & MAKES:
        made = int(stack[first]) & CODE
        of = int(table[made * WIDTH + FLAGS]) if made >= ROW else 0
        base = int(stack[first + 1]) & CODE if size == 3 else 0
        known = base >= ROW and int(table[base * WIDTH + FLAGS]) & IS_BASE != 0
        if size != 3 or not of & NEWS:
            return 0
        if not of & UNKNOWN and (not known or int(stack[first + 2]) != _NONE):
            return 0
        return FITS | made << 16
    if flags & ENCODES:
        text, codec = int(stack[first]), int(stack[depth - 1])
        if size != 2 or text & CODE != _TEXT or codec & CODE != _TEXT or text & PART:
            return 0
        latin = text >> 16 != 0 and codec >> 16 != 0 and is_latin(data, (text >> 16) - 1)
        return FITS if latin and is_part(data, codec, table, int(table[func * WIDTH + LEAST]), spelled) else 0
    if not flags & CALLS or not int(table[func * WIDTH + LEAST]) <= size <= int(table[func * WIDTH + MOST]):
        return 0
    for number in range(size):
        entry = int(stack[first + number])
        accepts = int(table[func * WIDTH + (ACCEPTS_MIXED if entry & MIXED else ACCEPTS) + number])
        if not accepts & kind_of_argument(table, entry & CODE):
            return 0
    return FITS


def waits(stack: Any, table: Any, depth: int) -> bool:
    """Tell whether arguments that are complete lie on what they may be for, or texts on what wants to know them."""
    func = int(stack[depth - 2]) & CODE if depth > 1 and int(stack[depth - 1]) & CODE == _TUPLE else 0
    if func >= ROW and int(table[func * WIDTH + FLAGS]) & (CALLS | NEWS | MAKES) != 0:
        return True
    for place in range(max(depth - 3, 0), depth):
        func = int(stack[place]) & CODE
        if func >= ROW and int(table[func * WIDTH + FLAGS]) & ENCODES != 0:
            return True
    return False


def kind_of_argument(table: Any, code: int) -> int:
    """Return the bit that stands for a kind of argument, 0 for what only the machine can tell."""
    if code < ASK:
        return 1 << code
    if code == ASK:
        return 0
    flags = int(table[code * WIDTH + FLAGS])
    return IS_OBJECT if flags & IS_CALL else (IS_KNOWN if flags & KNOWN else IS_NAME)


def called(stack: Any, table: Any, code: int, depth: int, fence: int) -> tuple[int, int]:
    """Return what an opcode that calls or builds leaves in place of how many values; 0 where that is not settled."""
    takes = 3 if code == 0x92 else 2
    if depth - fence < takes:
        return 0, 0
    whole = int(stack[depth - takes])
    func, args = whole & CODE, int(stack[depth - takes + 1])
    row = func * WIDTH
    flags = int(table[row + FLAGS]) if func >= ROW else 0
    if code == 0x62:  # BUILD
        safe = args & CODE != ASK and not args & RISKY
        return (whole, 2) if flags & BUILDS and (safe or flags & UNKNOWN) else (0, 0)
    if code == 0x52:  # REDUCE
        if flags & MAKES:
            if not args & FITS:
                return 0, 0
            row = (args >> 16) * WIDTH
        elif not flags & CALLS:
            return 0, 0
        elif not flags & UNKNOWN:
            fits = args & (FITS | EMPTY) != 0 or flags & ANY != 0
            if args & CODE != _TUPLE or args & FETCHED or not fits:
                return 0, 0
    elif not flags & NEWS:
        return 0, 0
    table[row + NAMED] = 0
    return int(table[row + RESULT]), takes


def found(
    data: Any, at: int, end: int, stack: Any, depth: int, fence: int, table: Any, names: Any, count: int, spelled: Any
) -> tuple[int, int]:
    """Return the row of the name that an opcode finds, and how many bytes it takes; 0 where it is not settled."""
    if data[at] == 0x93:  # STACK_GLOBAL
        if depth - fence < 2:
            return 0, 0
        module, name = int(stack[depth - 2]), int(stack[depth - 1])
        if module & CODE != _TEXT or name & CODE != _TEXT or module >> 16 == 0 or name >> 16 == 0:
            return 0, 0
        for number in range(count):
            first, second = int(names[3 * number]), int(names[3 * number + 1])
            if is_part(data, module, table, first, spelled) and is_part(data, name, table, second, spelled):
                return int(names[3 * number + 2]), 1
        return 0, 0
    start = at + 1
    size = line_length(data, start, end)
    begin = start + size + 1
    length = line_length(data, begin, end) if size >= 0 else -1
    if length < 0:
        return 0, 0
    for number in range(count):
        first, second = int(names[3 * number]), int(names[3 * number + 1])
        if alike(data, start, size, table, first, spelled) and alike(data, begin, length, table, second, spelled):
            return int(names[3 * number + 2]), begin + length + 1 - at
    return 0, 0


def is_part(data: Any, entry: int, table: Any, row: int, spelled: Any) -> bool:
    """Tell whether a text on the stack is that of a row."""
    if entry & PART:
        return entry >> 16 == row
    start, size = text_at(data, (entry >> 16) - 1)
    return alike(data, start, size, table, row, spelled)


def part_of_name(data: Any, entry: int, table: Any, names: Any, spelled: Any, state: Any) -> int:
    """Return the row of a text, or that it is a text."""
    if entry >> 16 == 0:
        return _TEXT
    if entry & PART:
        return entry >> 16
    start, size = text_at(data, (entry >> 16) - 1)
    if size > 62 or not int(state[LENGTHS]) >> size & 1:
        return _TEXT
    for number in range(int(state[TEXTS])):
        row = int(names[PARTS_AT + number])
        if alike(data, start, size, table, row, spelled):
            return row
    return _TEXT


def alike(data: Any, at: int, size: int, table: Any, row: int, spelled: Any) -> bool:
    """Tell whether bytes are the text of a row."""
    if size != int(table[row * WIDTH + LENGTH]):
        return False
    place = int(table[row * WIDTH + PLACE])
    for number in range(size):  # noqa: SIM110 - the compiler knows loops, and no generators
        if data[at + number] != spelled[place + number]:
            return False
    return True


def undo(memo: Any, log: Any, logged: int) -> None:
    """Take writes into the memo back, the last first."""
    for number in range(logged - 1, -1, -1):
        memo[int(log[number]) >> 8] = int(log[number]) & 255


PARTS = (
    given, remembered, waits, gathered, holds, closed, kind_of_argument, alike, is_part,
    fitting, called, part_of_name, found,
)  # fmt: skip
"""What `pass_over` calls, each after what it calls itself: a compiler needs them in this order."""
