"""Words: descriptions that give orders, results that do, and arguments that switch protection off."""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.scan.taint.judged import Case, Hit, said
from bartizan.scan.taint.methods import everything

__all__ = ["judge_words"]

_SHORTEST = 12


def judge_words(case: Case) -> Iterator[Hit]:
    """Tell of what is said to the model."""
    tool = case.entry.tool
    if tool is not None and tool.kind != "handler":
        yield from _described(case, tool.description, tool.name, tool.line)
        names = [one for parameter in tool.function.parameters for one in (parameter.parts or [parameter.name])]
        for name in names:
            if case.places.found("parameter", name):
                yield Hit("mcp-source-bypass-switch", tool.line, 1, f"`{tool.name}` takes `{name}`")
    elif tool is not None:
        yield from _described(case, tool.description, "the tools", tool.line)
    for name, line, value in case.entry.changes:
        for text in sorted(value.texts) if name in (".__doc__", ".description") else ():
            yield from _described(case, text, name[1:], line)
    yield from _said(case)


def _described(case: Case, text: str, name: str, line: int) -> Iterator[Hit]:
    kinds = {kind.id: kind for kind in case.places.found("instruction", text)}
    if not kinds:
        return
    found = next(iter(kinds.values())).pattern.search(text)
    evidence = f"`{name}` says: {said(text[max(found.start() - 10, 0) : found.start() + 120], 120) if found else ''}"
    if {"secrecy-instruction", "steering-instruction"} <= kinds.keys():
        yield Hit("mcp-source-poisoned-description", line, 1, evidence)
    else:
        yield Hit("mcp-source-hidden-instructions", line, 1, evidence)


def _said(case: Case) -> Iterator[Hit]:
    """Constant texts that a result, a file or the environment gets."""
    tool = case.entry.tool
    if tool is not None and tool.kind != "prompt":
        for text in sorted(everything(case.entry.returned).texts):
            if len(text) >= _SHORTEST and _orders(case, text):
                yield Hit("mcp-source-instructions-returned", tool.line, 1, f"`{tool.name}` returns: {said(text, 120)}")
                break
        for text in sorted(everything(case.entry.returned).texts):
            if any(kind.id == "secret-text" for kind in case.places.found("result", text)):
                yield Hit("mcp-source-secret-shown", tool.line, 1, f"`{tool.name}` returns: {said(text, 120)}")
                break
    for effect in case.entry.effects:
        if effect.flow.id in ("write-data", "set-environment", "write-file"):
            for text in sorted(effect.focus.texts):
                if len(text) >= _SHORTEST and case.places.found("instruction", text):
                    yield case.hit("mcp-source-instructions-returned", effect, f"writes: {said(text, 100)}")
                    break


def _orders(case: Case, text: str) -> bool:
    results = [kind for kind in case.places.found("result", text) if kind.id != "secret-text"]
    return bool(results or case.places.found("instruction", text))
