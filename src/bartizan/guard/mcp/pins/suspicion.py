"""What is suspicious in definitions as they stand: what a person is told before approving, and again when it is new."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bartizan.guard.mcp.pins.change import Change, What, change
from bartizan.guard.mcp.pins.definition import Definition, Kind, Listing, canonical
from bartizan.guard.mcp.pins.lies import lies_of
from bartizan.guard.mcp.pins.names import Likeness, Names
from bartizan.guard.mcp.pins.quoting import plain, quoted
from bartizan.guard.mcp.pins.references import remote_references
from bartizan.guard.mcp.pins.signs import Sign, signs_of_argument, signs_of_text
from bartizan.guard.mcp.pins.texts import arguments_of, as_read, texts_of
from bartizan.guard.mcp.unseen import seen
from bartizan.model.words import Level

__all__ = ["Others", "suspicions", "suspicions_of"]

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{3,127}")
_SPECIFIC = re.compile(r"[_.-]|[a-z][A-Z]|\d")
"""What makes a name more than a word of the language."""
_SHORTEST_COPY = 24


class Others:
    """What other servers define, by the id of the server: what one may imitate, or speak of."""

    def __init__(self, servers: Mapping[str, Iterable[Definition]] | None = None) -> None:
        listed = [(server, one) for server, definitions in (servers or {}).items() for one in definitions]
        tools = [(server, one) for server, one in listed if one.kind is Kind.TOOL]
        self.names = Names((server, one.name) for server, one in tools)
        self._owners = {one.name: server for server, one in tools}
        self._copies: dict[tuple[str, bytes], tuple[str, str]] = {}
        for server, one in tools:
            if len(one.description) >= _SHORTEST_COPY:
                self._copies.setdefault(_content(one), (server, one.name))

    def copied_by(self, one: Definition) -> tuple[str, str] | None:
        """Return the server and the tool whose description and arguments a tool has, too."""
        return self._copies.get(_content(one)) if one.kind is Kind.TOOL else None

    def named_in(self, text: str) -> list[tuple[str, str]]:
        """Return the tools of others, with their servers, that a text names."""
        words = {found[0].rstrip(".-") for found in _WORD.finditer(text)}
        marked = set(re.findall(r"[`'\"]([A-Za-z0-9_.-]{2,128})[`'\"]", text))
        return sorted(
            (self._owners[word], word)
            for word in words | marked
            if word in self._owners and (word in marked or _SPECIFIC.search(word))
        )


def _content(one: Definition) -> tuple[str, bytes]:
    names = sorted({name for _, name in arguments_of(one.schema)})
    return " ".join(one.description.casefold().split()), canonical(names)


def suspicions(listing: Listing, others: Others | None = None) -> list[Change]:
    """Return what is suspicious in all that a server lists, the definitions in their order, then the server."""
    known = others or Others()
    own = {one.name for one in listing.definitions}
    out = [one for definition in listing.definitions for one in suspicions_of(definition, known, own)]
    out += _twice(listing.definitions)
    for kind, name, why in listing.unpinnable:
        out.append(change(What.UNPINNABLE, f"can't be reviewed: {why}", thing=kind.words, name=name))
    return out + list(_of_texts([("/instructions", listing.instructions)], "server", ""))


def suspicions_of(one: Definition, others: Others, own: Iterable[str] = ()) -> list[Change]:
    """Return what is suspicious in one definition. `own` are the names that its server defines."""
    thing, name = one.kind.words, one.name
    texts = list(texts_of(one.body))
    out = [*_of_texts(texts, thing, name), *_of_names(one)]
    if one.kind is Kind.TOOL:
        for where, says, severity in lies_of(one):
            out.append(change(What.LIES, says, severity=severity, thing=thing, name=name, where=where))
        out += _of_others(one, texts, others, frozenset(own))
    for schema in (one.schema, one.body.get("outputSchema")):
        for reference in remote_references(schema):
            says = f"has a schema that stands elsewhere: {quoted(reference)}"
            out.append(change(What.ELSEWHERE, says, thing=thing, name=name, now=plain(reference)))
    return list({change.key: change for change in reversed(out)}.values())[::-1]


def _of_texts(texts: Sequence[tuple[str, str]], thing: str, name: str) -> Iterator[Change]:
    """Tell what texts show: each alone, and all together, as one sentence may be spread over several."""
    alone: set[str] = set()
    read = [(where, text, as_read(text)) for where, text in texts]
    for where, text, shown in read:
        kinds = seen(text)[1]
        if kinds:
            says = f"holds characters that nobody sees ({', '.join(sorted(kinds))})"
            severity = Level.CRITICAL if "tags" in kinds else None
            yield change(What.HIDDEN, says, severity=severity, thing=thing, name=name, where=where, now=plain(text))
        for part in (shown, *([_tagged(text)] if "tags" in kinds else [])):
            for sign in signs_of_text(part):
                alone.add(sign.id)
                yield _instructs(sign, sign.says, thing, name, where, part)
    # What stands between two halves of a sentence is mostly words of schemas, such as `string`.
    whole = " ".join(shown for _, _, shown in read if " " in shown)
    for sign in signs_of_text(whole, joined=True) if len(read) > 1 and len(whole) < _WHOLE else ():
        if sign.id not in alone:
            yield _instructs(sign, f"{sign.says}, over several of its texts", thing, name, "", "")


_WHOLE = 64 * 1024
"""Characters up to which the texts of a definition are also read as one."""


def _tagged(text: str) -> str:
    """Return what tag characters say, which are a shadow of ASCII."""
    return "".join(chr(ord(one) - 0xE0000) for one in text if 0xE0020 <= ord(one) <= 0xE007E)


def _instructs(sign: Sign, says: str, thing: str, name: str, where: str, text: str) -> Change:
    return change(What.INSTRUCTS, says, severity=sign.severity, thing=thing, name=name, where=where,
                  sign=sign.id, now=plain(text))  # fmt: skip


def _of_names(one: Definition) -> Iterator[Change]:
    """Tell which arguments ask for what the tool doesn't need."""
    for where, argument in arguments_of(one.schema):
        for sign in signs_of_argument(argument):
            says = f"{sign.says}: {quoted(argument)}"
            yield change(What.WANTS, says, severity=sign.severity, thing=one.kind.words, name=one.name,
                         where=where, sign=sign.id)  # fmt: skip


def _of_others(
    one: Definition, texts: Sequence[tuple[str, str]], others: Others, own: frozenset[str]
) -> Iterator[Change]:
    """Tell which tools of other servers a tool can be taken for, copies, or speaks of."""
    if as_read(one.name) != seen(one.name)[0]:
        says = "has a name in letters of another script, which look like those of this one"
        yield change(What.SHADOWS, says, severity=Level.HIGH, thing="tool", name=one.name)
    likenesses = list(others.names.like(one.name))
    for like in likenesses:
        severity, how = _LIKE[like.how]
        says = f"{how} {quoted(like.name)} of server {quoted(like.owner)}"
        yield change(What.SHADOWS, says, severity=severity, thing="tool", name=one.name, now=_whose(like))
    copied = others.copied_by(one)
    if copied is not None and copied not in {(like.owner, like.name) for like in likenesses if like.how == "same"}:
        says = f"says word for word what {quoted(copied[1])} of server {quoted(copied[0])} says"
        yield change(What.COPIES, says, thing="tool", name=one.name, now=plain(f"{copied[0]}/{copied[1]}"))
    said = [(where, as_read(text)) for where, text in texts if where != "/name"]
    told = {name: (server, where) for where, text in said for server, name in others.named_in(text)}
    for name, (server, where) in told.items():
        if name not in own:
            says = f"speaks of {quoted(name)}, a tool of server {quoted(server)}"
            yield change(What.SPEAKS_OF, says, thing="tool", name=one.name, where=where, now=plain(f"{server}/{name}"))


_LIKE = {
    "same": (Level.MEDIUM, "has the name of"),
    "look-alike": (Level.MEDIUM, "looks like"),
    "similar": (Level.MEDIUM, "has nearly the name of"),
    "one-off": (Level.MEDIUM, "is one letter away from"),
}


def _whose(like: Likeness) -> str:
    return plain(f"{like.owner}/{like.name}")


def _twice(definitions: Sequence[Definition]) -> Iterator[Change]:
    """Tell of names that are defined more than once."""
    known: dict[tuple[Kind, str], str] = {}
    for one in definitions:
        if known.setdefault((one.kind, one.name), one.digest) != one.digest:
            yield change(What.TWICE, "is defined twice, and differently", thing=one.kind.words, name=one.name)
