"""A small reader of HDF5: objects, links, attributes, and what refers to other files. Data of datasets are not read.

Source: the HDF5 file format specification, version 3.0; superblocks 0 to 3, groups of both styles, object headers 1 and
2. Everything is bounded: objects are visited once, sizes are checked against the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from bartizan.scan.artefacts.content import Content, Window
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.wire.blocks import Blocks

__all__ = ["SIGNATURE", "Attribute", "File", "Link", "Message", "superblock_at"]

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_MOST_MESSAGES = 100_000
_MOST_OBJECTS = 1_000_000
_LONGEST = 256 << 20
_LINK, _ATTRIBUTE, _CONTINUATION, _SYMBOLS, _LINK_INFO, _ATTRIBUTE_INFO = 0x06, 0x0C, 0x10, 0x11, 0x02, 0x15


class Message(NamedTuple):
    """A message of an object header: its type, flags, and where its body lies."""

    kind: int
    flags: int
    start: int
    size: int


class Link(NamedTuple):
    """A link: its name, the address of an object, or the file and object that an external link names."""

    name: str
    address: int
    file: str = ""


class Attribute(NamedTuple):
    """An attribute: its name, class of type (3 fixed text, 9 variable), bytes of an element, elements, and its data."""

    name: str
    kind: int
    size: int
    elements: int
    data: bytes


def superblock_at(content: Content, before: int = 1 << 32) -> int:
    """Return where the superblock is: at 0, 512, 1024 and so on; -1 where there is none before an offset."""
    at = 0
    while at < min(content.size, before):
        if content.read(at, 8) == SIGNATURE:
            return at
        at = at * 2 or 512
    return -1


class File:
    """An HDF5 file. Raises Malformed for one without a superblock that is known."""

    def __init__(self, content: Content, check_time: Callable[[], None]) -> None:
        start = superblock_at(content)
        if start < 0:
            raise Malformed("there is no superblock", 0)
        self.source, self.start, self.check_time = Blocks(content), start, check_time
        version = self.source.number(start + 8, 1)
        at = start + {0: 13, 1: 13, 2: 9, 3: 9}.get(version, 0)
        if at == start:
            raise Malformed(f"the superblock has version {version}", start)
        self.wide, self.long = self.source.read(at, 2)
        if self.wide not in (2, 4, 8) or self.long not in (2, 4, 8):
            raise Malformed("offsets have a size that doesn't exist", at)
        at = start + {0: 24, 1: 28}.get(version, 12)
        self.none = (1 << 8 * self.wide) - 1
        base = self.number(at)
        if base not in (0, start):
            raise Malformed("addresses count from somewhere else than the start", at)
        self.end = self.number(at + 2 * self.wide)
        if base:
            self.source = Blocks(Window(content, base))
            at -= base
        self.root = self.number(at + (5 if version < 2 else 3) * self.wide)

    def number(self, at: int) -> int:
        """Return an address."""
        return self.source.number(at, self.wide)

    def length(self, at: int) -> int:
        """Return a length."""
        return self.source.number(at, self.long)

    def text(self, at: int, most: int = 4096) -> str:
        """Return a text that ends with a NUL."""
        return self.source.upto(at, most).split(b"\0", 1)[0].decode("utf-8", "replace")

    def objects(self) -> Iterator[tuple[str, list[Message], list[Link]]]:
        """Give every object that links reach: its path, messages and links."""
        todo, seen = [("", self.root)], {self.root}
        while todo:
            path, address = todo.pop()
            self.check_time()
            messages = list(self.messages(address))
            links = list(self._links(messages))
            for link in links:
                if link.address not in (self.none, -1) and link.address not in seen:
                    if len(seen) >= _MOST_OBJECTS:
                        raise LimitReached(f"the file has more than {_MOST_OBJECTS} objects")
                    seen.add(link.address)
                    todo.append((f"{path}/{link.name}"[-300:], link.address))
            yield path or "/", messages, links

    def messages(self, address: int) -> Iterator[Message]:
        """Give the messages of an object header, in all its parts."""
        if self.source.read(address, 4) == b"OHDR":
            flags = self.source.number(address + 5, 1)
            at = address + 6 + 16 * (flags >> 5 & 1) + 4 * (flags >> 4 & 1)
            width = 1 << (flags & 3)
            parts = [(at + width, self.source.number(at, width))]
            head = 4 + 2 * (flags >> 2 & 1)
        else:
            if self.source.number(address, 1) != 1:
                raise Malformed("an object header has a version that is not known", address)
            parts = [(address + 16, self.source.number(address + 8, 4))]
            head = 8
        yield from self._parts(parts, head)

    def _parts(self, parts: list[tuple[int, int]], head: int) -> Iterator[Message]:
        seen: set[int] = set()
        count = 0
        while parts:
            at, size = parts.pop(0)
            if at in seen or at + size > self.source.size:
                raise Malformed("the parts of an object header don't lie in the file", at)
            seen.add(at)
            end = at + size
            while at + head <= end:
                kind = self.source.number(at, 2 if head == 8 else 1)
                at += 2 if head == 8 else 1
                size = self.source.number(at, 2)
                flags = self.source.number(at + 2, 1)
                at += head - (2 if head == 8 else 1)
                count += 1
                if at + size > end or count > _MOST_MESSAGES:
                    raise Malformed("a message is longer than the object header around it", at)
                if kind == _CONTINUATION:
                    start, length = self.number(at), self.length(at + self.wide)
                    parts.append((start, length) if head == 8 else (start + 4, length - 8))
                else:
                    yield Message(kind, flags, at, size)
                at += size

    def _links(self, messages: list[Message]) -> Iterator[Link]:
        from bartizan.scan.wire import hdf5_dense

        for message in messages:
            if message.kind == _SYMBOLS:
                yield from self._symbols(self.number(message.start), self.number(message.start + self.wide))
            elif message.kind == _LINK:
                yield self.link(self.source.read(message.start, message.size), message.start)
            elif message.kind == _LINK_INFO:
                at = message.start + 2 + 8 * (self.source.number(message.start + 1, 1) & 1)
                for body in hdf5_dense.bodies(self, self.number(at), self.number(at + self.wide)):
                    yield self.link(body, at)

    def link(self, body: bytes, offset: int) -> Link:
        """Read a link message."""
        if len(body) < 4 or body[0] != 1:
            raise Malformed("a link has a version that is not known", offset)
        flags, at = body[1], 2
        kind = body[2] if flags & 8 else 0
        at += (flags >> 3 & 1) + 8 * (flags >> 2 & 1) + (flags >> 4 & 1)
        width = 1 << (flags & 3)
        length = int.from_bytes(body[at : at + width], "little")
        at += width
        name = body[at : at + length].decode("utf-8", "replace")
        at += length
        if at > len(body):
            raise Malformed("a link is longer than its message", offset)
        if kind == 0:
            return Link(name, int.from_bytes(body[at : at + self.wide], "little"))
        value = body[at + 2 : at + 2 + int.from_bytes(body[at : at + 2], "little")]
        if kind == 1:
            return Link(name, -1)
        file = value[1:].split(b"\0")[0].decode("utf-8", "replace")
        return Link(name, -1, file or "?")

    def _symbols(self, tree: int, heap: int) -> Iterator[Link]:
        """Give the links of a group of the old style: a B-tree of symbol tables, names in a heap."""
        if self.source.read(heap, 4) != b"HEAP":
            raise Malformed("a group's names are not there", heap)
        names = self.number(heap + 8 + 2 * self.long)
        todo, seen = [tree], set[int]()
        while todo:
            at = todo.pop()
            if at in seen:
                raise Malformed("a group holds itself", at)
            seen.add(at)
            self.check_time()
            mark = self.source.read(at, 4)
            if mark == b"TREE":
                count = self.source.number(at + 6, 2)
                at += 8 + 2 * self.wide + self.long
                todo += [self.number(at + one * (self.wide + self.long)) for one in range(count)]
            elif mark == b"SNOD":
                yield from self._symbol_node(at, names)
            else:
                raise Malformed("a group's table is not there", at)

    def _symbol_node(self, at: int, names: int) -> Iterator[Link]:
        for one in range(self.source.number(at + 6, 2)):
            entry = at + 8 + one * (2 * self.wide + 24)
            name = self.text(names + self.number(entry))
            soft = self.source.number(entry + 2 * self.wide, 4) == 2
            yield Link(name, -1 if soft else self.number(entry + self.wide))

    def attributes(self, messages: list[Message]) -> Iterator[Attribute]:
        """Give the attributes of an object. Raises Malformed for one that is kept elsewhere in a way not known here."""
        from bartizan.scan.wire import hdf5_dense

        for message in messages:
            if message.kind == _ATTRIBUTE:
                if message.flags & 2:
                    raise Malformed("an attribute is shared between objects", message.start)
                yield self.attribute(self.source.read(message.start, message.size), message.start)
            elif message.kind == _ATTRIBUTE_INFO:
                at = message.start + 2 + 2 * (self.source.number(message.start + 1, 1) & 1)
                for body in hdf5_dense.bodies(self, self.number(at), self.number(at + self.wide)):
                    yield self.attribute(body, at)

    def attribute(self, body: bytes, offset: int) -> Attribute:
        """Read an attribute message."""
        if len(body) < 8 or body[0] not in (1, 2, 3):
            raise Malformed("an attribute has a version that is not known", offset)
        name, kind, space = (int.from_bytes(body[one : one + 2], "little") for one in (2, 4, 6))
        padded = body[0] == 1
        at = 8 + (body[0] == 3)
        text = body[at : at + name].split(b"\0", 1)[0].decode("utf-8", "replace")
        at += _eight(name) if padded else name
        type_ = body[at : at + kind]
        at += _eight(kind) if padded else kind
        shape = body[at : at + space]
        at += _eight(space) if padded else space
        if body[0] > 1 and body[1] & 3:
            return Attribute(text, -1, 0, 0, b"")
        if len(type_) < 8 or at > len(body):
            raise Malformed(f"the attribute `{text}` is longer than its message", offset)
        count = self._elements(shape, offset)
        return Attribute(text, type_[0] & 15, int.from_bytes(type_[4:8], "little"), count, body[at:])

    def _elements(self, shape: bytes, offset: int) -> int:
        if len(shape) < 4:
            raise Malformed("an attribute has no shape", offset)
        if shape[0] == 2 and shape[3] == 2:
            return 0
        at, count = (8 if shape[0] == 1 else 4), 1
        for one in range(shape[1]):
            count *= int.from_bytes(shape[at + one * self.long : at + (one + 1) * self.long], "little")
        return count

    def value(self, attribute: Attribute) -> list[bytes]:
        """Return the texts of an attribute. Raises Malformed for one of another type."""
        if attribute.kind == 3:
            return [one.rstrip(b"\0 ") for one in _cut(attribute, attribute.size)]
        if attribute.kind == 9:
            return [self._heaped(one) for one in _cut(attribute, 8 + self.wide)]
        raise Malformed(f"the attribute `{attribute.name}` is no text")

    def _heaped(self, reference: bytes) -> bytes:
        if len(reference) < 8 + self.wide:
            raise Malformed("a text's place is cut off")
        heap = int.from_bytes(reference[4 : 4 + self.wide], "little")
        return self.heap_object(heap, int.from_bytes(reference[4 + self.wide :], "little"))[
            : int.from_bytes(reference[:4], "little")
        ]

    def heap_object(self, heap: int, index: int) -> bytes:
        """Return an object of a global heap."""
        if heap in (0, self.none):
            return b""
        if self.source.read(heap, 4) != b"GCOL":
            raise Malformed("a text's heap is not there", heap)
        end = heap + self.length(heap + 8)
        at = heap + 8 + self.long
        while at + 8 + self.long <= end:
            number, size = self.source.number(at, 2), self.length(at + 8)
            if number == index:
                if size > _LONGEST:
                    raise LimitReached(f"a text has {size} bytes")
                return self.source.read(at + 8 + self.long, size)
            if number == 0:
                break
            at += 8 + self.long + _eight(size)
        raise Malformed("a text is not in its heap", heap)


def _cut(attribute: Attribute, size: int) -> list[bytes]:
    return [attribute.data[one * size : (one + 1) * size] for one in range(min(attribute.elements, 64))]


def _eight(size: int) -> int:
    return -(-size // 8) * 8
