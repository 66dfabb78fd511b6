"""Data types as a rule package of Microsoft Purview."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID, uuid5
from xml.sax.saxutils import escape, quoteattr

from bartizan.catalog.data_types import DataType, Form
from bartizan.model import InputError
from bartizan.store.purview_bytes import characters
from bartizan.store.regexes import Alt, Atom, Group, Node, Repeat, edge, parse, walk, written

__all__ = ["NAMESPACE", "export_types"]

NAMESPACE = "http://schemas.microsoft.com/office/2011/mce"
_OURS = UUID("6d1f1c3e-6a0b-5c44-9b6e-3f0a4b0f7a21")
"""Ids of entities follow from those of data types, so that a newer package replaces an older one."""
_LONGEST_TERM, _MOST_TERMS, _MOST_BYTES = 50, 2048, 770_000
_FAMILIAR = re.compile(r"[^\x09\x0a\x0d\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def export_types(types: Iterable[DataType], name: str, version: tuple[int, int] = (1, 0)) -> tuple[bytes, list[str]]:
    """Return a rule package as UTF-16, as Purview takes it, and what of the types it can't say.

    Checksums, entropy, exceptions and finders have no counterpart. Raises InputError when no type can be said at all.
    """
    writer = _Writer()
    for type in types:
        writer.add(type)
    if not writer.entities:
        raise InputError("none of these data types can be said in Purview's format", help="; ".join(writer.notes[:3]))
    package = uuid5(_OURS, f"package {name}")
    body = "\n".join([*writer.entities, *writer.processors])
    resources = "\n".join(writer.resources)
    text = f"""<?xml version="1.0" encoding="utf-16"?>
<RulePackage xmlns="{NAMESPACE}">
  <RulePack id="{package}">
    <Version major="{version[0]}" minor="{version[1]}" build="0" revision="0" />
    <Publisher id="{uuid5(_OURS, "publisher")}" />
    <Details defaultLangCode="en-us">
      <LocalizedDetails langcode="en-us">
        <PublisherName>Bartizan</PublisherName>
        <Name>{_text(name[:64])}</Name>
        <Description>Data types of Bartizan</Description>
      </LocalizedDetails>
    </Details>
  </RulePack>
  <Rules>
{body}
    <LocalizedStrings>
{resources}
    </LocalizedStrings>
  </Rules>
</RulePackage>
"""
    content = text.encode("utf-16")
    if len(content) > _MOST_BYTES:
        writer.notes.append(
            f"the package has {len(content):,} bytes; Purview takes up to about {_MOST_BYTES:,} at once"
        )
    return content, writer.notes


class _Writer:
    def __init__(self) -> None:
        self.entities: list[str] = []
        self.processors: list[str] = []
        self.resources: list[str] = []
        self.notes: list[str] = []

    def add(self, type: DataType) -> None:
        terms = self._terms(type)
        patterns: list[tuple[int, str]] = []
        for number, form in enumerate(type.forms, 1):
            regex = self._regex(type, form)
            if regex is None:
                continue
            id = f"Regex_{type.id}_{number}"
            levels = [(form.near, True)] if terms and form.near else []
            levels += [(form.alone, False)] if form.alone else []
            if not levels:
                self._note(type, "a form that needs a keyword has none")
                continue
            self.processors.append(f'    <Regex id="{id}">{_text(regex)}</Regex>')
            patterns += [(level, _pattern(level, id, f"Keyword_{type.id}" if near else "")) for level, near in levels]
        if not patterns:
            self._note(type, "nothing of it can be said, so it is left out")
            return
        if any("Keyword_" in pattern for _, pattern in patterns):
            self.processors.append(_keyword(f"Keyword_{type.id}", terms))
        entity = uuid5(_OURS, f"type {type.id}")
        levels_there = {level for level, _ in patterns}
        recommended = 75 if 75 in levels_there else max(levels_there)
        rows = "\n".join(pattern for _, pattern in patterns)
        self.entities.append(
            f'    <Entity id="{entity}" patternsProximity="{type.within}" recommendedConfidence="{recommended}">\n'
            f"{rows}\n    </Entity>"
        )
        self.resources.append(
            f'      <Resource idRef="{entity}">\n'
            f'        <Name default="true" langcode="en-us">{_text(type.title)}</Name>\n'
            f'        <Description default="true" langcode="en-us">{_text(_about(type))}</Description>\n'
            "      </Resource>"
        )

    def _note(self, type: DataType, what: str) -> None:
        note = f"`{type.id}`: {what}"
        if note not in self.notes:
            self.notes.append(note)

    def _terms(self, type: DataType) -> list[str]:
        kept = [word for word in type.keywords if word.strip() and len(word) <= _LONGEST_TERM][:_MOST_TERMS]
        if len(kept) < len(type.keywords):
            self._note(type, f"{len(type.keywords) - len(kept)} keywords are too long or too many for Purview")
        return kept

    def _regex(self, type: DataType, form: Form) -> str | None:
        for there, what in (
            (form.check, f"its checksum `{form.check}` is not carried over"),
            (form.entropy, "its least entropy is not carried over"),
            (type.exclude, "its exceptions (`exclude`) are not carried over"),
        ):
            if there:
                self._note(type, what)
        if form.finder:
            self._note(type, f"the finder `{form.finder}` has no counterpart")
            return None
        if form.digits:
            return _bounded("|".join(_layout(layout) for layout in form.digits), len(form.digits) > 1, "word", "word")
        try:
            tree, flags = parse(form.pattern)
            tree = characters(tree)
        except ValueError as error:
            self._note(type, f"its pattern can't be rewritten: {error}")
            return None
        for trouble in _troubles(tree):
            self._note(type, f"Purview may refuse its expression: {trouble}")
        has_value = any(isinstance(node, Group) and node.name == "value" for node in walk(tree))
        if has_value:
            self._note(type, "Purview reports the whole match, not the value in it")
        regex = written(_plain(tree, form.bounded))
        if form.bounded and not has_value:
            regex = _bounded(regex, len(tree.branches) > 1, edge(tree), edge(tree, last=True))
        return f"(?i){regex}" if form.ignore_case or "i" in flags else regex


def _about(type: DataType) -> str:
    """What Purview has no field for, in words that the import reads back."""
    parts = [f"Bartizan data type {type.id}", f"family {type.family}", f"class {type.class_}"]
    parts += [f"category {type.category.value}"] if type.category else []
    parts += [f"regions {' '.join(type.regions)}"] if type.regions else []
    return "; ".join(parts)


def _layout(layout: str) -> str:
    """Write a layout of digits as an expression."""
    out = ""
    for match in re.finditer(r"#\{(\d+),(\d+)\}|#+|[^#]", layout):
        part = match[0]
        if match[1]:
            out += f"\\d{{{match[1]},{match[2]}}}"
        elif part[0] == "#":
            out += "\\d" if len(part) == 1 else f"\\d{{{len(part)}}}"
        else:
            out += "\\." if part == "." else part
    return out


def _bounded(regex: str, several: bool, first: str, last: str) -> str:
    """Let no letter, digit or underscore touch a match, where its own edge is one."""
    before = {"word": "\\b", "mixed": "(?<!\\w)", "other": ""}[first]
    after = {"word": "\\b", "mixed": "(?!\\w)", "other": ""}[last]
    inner = f"(?:{regex})" if several and (before or after) else regex
    return f"{before}{inner}{after}"


def _plain(tree: Alt, bounded: bool) -> Alt:
    """Spell named groups as Boost does; with `bounded`, nothing that belongs to a word touches the value's group."""
    return Alt(tuple(tuple(_plain_node(node, bounded) for node in branch) for branch in tree.branches))


def _plain_node(node: Node, bounded: bool) -> Node:
    if isinstance(node, Repeat):
        return Repeat(_plain_node(node.node, bounded), node.low, node.high, node.manner)
    if not isinstance(node, Group):
        return node
    body = _plain(node.body, bounded)
    if node.name == "value" and bounded:
        inner = _bounded(written(body), len(body.branches) > 1, edge(node.body), edge(node.body, last=True))
        body = Alt(((Atom(inner),),))
    return Group(f"(?<{node.name}>" if node.name else node.opening, node.kind, body, node.name)


def _troubles(tree: Alt) -> Iterable[str]:
    """What the upload is documented to refuse, because it may be slow."""
    nodes = list(walk(tree))
    if any(isinstance(node, Repeat) and node.high is None and isinstance(node.node, Group) for node in nodes):
        yield "a group is repeated without an end"
    groups = [node for node in nodes if isinstance(node, Group)]
    if any(_any_repeat(inner) for group in groups for inner in walk(group.body)):
        yield "a group holds `.*` or the like"
    ends = [end for branch in tree.branches if branch for end in (branch[0], branch[-1])]
    if any(_any_repeat(node) for node in ends):
        yield "it begins or ends with `.*` or the like"


def _any_repeat(node: Node) -> bool:
    return isinstance(node, Repeat) and node.node == Atom(".") and node.low <= 1


def _pattern(level: int, id: str, keyword: str) -> str:
    match = f'        <Match idRef="{keyword}" />\n' if keyword else ""
    return f'      <Pattern confidenceLevel="{level}">\n        <IdMatch idRef="{id}" />\n{match}      </Pattern>'


def _keyword(id: str, terms: list[str]) -> str:
    rows = "\n".join(f"        <Term>{_text(term)}</Term>" for term in terms)
    return f'    <Keyword id={quoteattr(id)}>\n      <Group matchStyle="word">\n{rows}\n      </Group>\n    </Keyword>'


def _text(text: str) -> str:
    return escape(_FAMILIAR.sub("\ufffd", text))
