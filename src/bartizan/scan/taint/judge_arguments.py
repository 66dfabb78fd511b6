"""Arguments of tools that reach a shell, code, a path, a query or an address without a check."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.scan.taint.judged import Case, Hit, said, where
from bartizan.scan.taint.state import Effect
from bartizan.scan.taint.values import ARGUMENT, HOLE, Label, Value

__all__ = ["judge_arguments"]

_USES = {
    "run-shell": "shell", "run-program": "shell", "query-sql": "query", "query-directory": "query", "fetch": "address",
    "send": "address", "connect": "address", "resolve-name": "address", "render-template": "markup",
    "match-pattern": "pattern",
}  # fmt: skip
_FILES = frozenset(
    {"read-file", "write-file", "delete-file", "copy-file", "link-file", "change-mode", "unpack-archive"}
)
_SQL = re.compile(
    r"(?i)^\s*(?:\(|--[^\n]*\n|\s)*(?:select|insert|update|delete|replace|with|merge|create|drop|alter|call|exec|match|explain|copy|truncate|grant)\b"
)
_VALUE_PLACE = re.compile(
    r"['\"%]\0|(?i:=|<|>|like|where|and|or|values\s*\(|in\s*\()\s*'?%?\0|(?i:where|and|or|having)\s+\0|(?i:order\s+by|having)\s+\0"
)
_BELOW = re.compile(r"^(?!\w+://)[^\0]*\w[/\\][^\0]*\0")
"""A fixed folder, and below it what the argument says."""
_COMPUTED = re.compile(r"^…[^\0]*/[^\0]*\0")
"""A folder that the program computes, and below it what the argument says."""
_FIXED_END = re.compile(r"^\0[^\0]*/[\w.-]+$")
_FILTER = re.compile(r"\([&|!]?[^()]*[=~<>]=?[^()]*\0|\[[^\]]*=[^\]]*\0|//[^\0]*\0|\$where|\0[^\0]*\)")


def judge_arguments(case: Case) -> Iterator[Hit]:
    """Tell of arguments that decide too much."""
    if case.entry.tool is None or case.entry.tool.kind == "prompt":
        return
    for effect in case.entry.effects:
        labels = _open(effect)
        if labels:
            yield from _judged(case, effect, labels)


def _open(effect: Effect) -> list[Label]:
    """Arguments that nothing made safe for this use."""
    use = _USES.get(effect.flow.id, "path" if effect.flow.id in _FILES else "")
    return [
        one
        for one in effect.focus.named("argument")
        if "all" not in one.cleared and (not use or use not in one.cleared)
    ]


def _given(value: Value) -> list[str]:
    """Texts with arguments as `HOLE`, other unknown parts as an ellipsis; where their place is lost, any unknown."""
    exact = [one.replace(HOLE, "…").replace(ARGUMENT, HOLE) for one in sorted(value.texts) if ARGUMENT in one]
    return exact or [one for one in sorted(value.texts) if HOLE in one]


def _judged(case: Case, effect: Effect, labels: list[Label]) -> Iterator[Hit]:
    kind = effect.flow.id
    names = where(labels)
    if kind in ("run-shell", "run-program"):
        yield from _command(case, effect, names)
    elif kind in ("run-code", "import-module", "deserialise", "render-template", "pick-attribute"):
        yield from _code(case, effect, names)
    elif kind == "query-sql":
        yield from _query(case, effect, names)
    elif kind == "query-directory":
        if any(map(_FILTER.search, _given(effect.focus))):
            yield case.hit("mcp-source-query-argument", effect, f"{names} is put into a query of {effect.callee}")
    elif kind in _FILES:
        yield from _file(case, effect, names)
    elif kind in ("fetch", "send", "connect", "resolve-name"):
        yield from _address(case, effect)


def _command(case: Case, effect: Effect, names: str) -> Iterator[Hit]:
    declared = case.declares(effect.flow.declared)
    if effect.flow.id == "run-program":
        first = effect.first
        picks = any(one.kind == "argument" for one in first.labels) and not _first_constant(effect)
        if picks:
            rule = "mcp-source-runs-what-it-is-told" if declared else "mcp-source-program-argument"
            yield case.hit(rule, effect, f"{names} says what program {effect.callee} starts")
        return
    within = [one for one in _given(effect.focus) if one.strip(HOLE + " \n\t'\"")]
    if within:
        yield case.hit("mcp-source-shell-argument", effect, f"{names} is put into the command `{said(within[0])}`")
    elif declared:
        yield case.hit("mcp-source-runs-what-it-is-told", effect, f"{names} is run by {effect.callee}")
    else:
        yield case.hit(
            "mcp-source-shell-argument", effect, f"{names} is run by {effect.callee}, which the tool doesn't say"
        )


def _first_constant(effect: Effect) -> bool:
    """Whether the program itself is constant, whatever follows."""
    value = effect.arguments[0] if effect.arguments else effect.keywords.get("args")
    if value is None:
        return True
    firsts = [box.fields["0"] for box in value.boxes if "0" in box.fields]
    if firsts:
        return all(
            not one.named("argument") or bool(one.texts and min(one.texts)[:1] not in (HOLE, ARGUMENT))
            for one in firsts
        )
    return not value.named("argument") or any(one and one[0] not in (HOLE, ARGUMENT) for one in value.texts)


def _code(case: Case, effect: Effect, names: str) -> Iterator[Hit]:
    kind, declared = effect.flow.id, case.declares(effect.flow.declared)
    what = f"{names} reaches {effect.callee}"
    if kind == "run-code":
        if effect.callee == "compile" or effect.callee.endswith(".compile"):
            return
        yield case.hit("mcp-source-runs-what-it-is-told" if declared else "mcp-source-code-argument", effect, what)
    elif kind == "deserialise":
        yield case.hit("mcp-source-rebuilt-argument", effect, what)
    elif kind == "render-template":
        if _template(effect):
            yield case.hit("mcp-source-template-argument", effect, what)
    elif kind == "import-module" or (effect.callee == "<picked>" and _free(effect)):
        yield case.hit("mcp-source-picked-code", effect, what)


def _template(effect: Effect) -> bool:
    """Whether the argument is the template, or a part of it: not what fills it."""
    return not effect.focus.texts or bool(_given(effect.focus))


def _free(effect: Effect) -> bool:
    return any(one.kind == "argument" and not one.cleared for one in effect.focus.labels)


def _query(case: Case, effect: Effect, names: str) -> Iterator[Hit]:
    texts = [one for one in _given(effect.focus) if _SQL.match(one)]
    places = [one for one in texts if _VALUE_PLACE.search(one)]
    if places:
        yield case.hit("mcp-source-query-argument", effect, f"{names} is put into the query `{said(places[0])}`")
    elif texts:
        yield case.hit("mcp-source-open-argument", effect, f"{names} names a part of the query `{said(texts[0])}`")


def _file(case: Case, effect: Effect, names: str) -> Iterator[Hit]:
    kind = effect.flow.id
    texts = _given(effect.focus) or [HOLE]
    what = f"{names} reaches {effect.callee} as `{said(texts[0])}`"
    if all(_FIXED_END.search(one) for one in texts):  # the folder is the caller's, the file is not
        yield case.hit("mcp-source-open-argument", effect, what)
        return
    if all(_COMPUTED.search(one) for one in texts):  # where the folder is, and who checks, lies elsewhere
        yield case.hit("mcp-source-open-argument", effect, what)
        return
    wide = kind in ("link-file", "change-mode", "unpack-archive") or effect.callee == "shutil.rmtree"
    if wide or any(_BELOW.search(one) for one in texts) or not case.takes(effect.flow.declared):
        yield case.hit("mcp-source-path-argument", effect, what)
    else:
        yield case.hit("mcp-source-open-argument", effect, what)


def _address(case: Case, effect: Effect) -> Iterator[Hit]:
    """Where the argument decides the host: as the address, or its beginning."""
    given = effect.keywords.get("url", effect.first if effect.arguments else effect.focus)
    if effect.callee.endswith(".request") and len(effect.arguments) > 1:
        given = effect.arguments[1]
    labels = [one for one in given.named("argument") if not {"all", "address"} & one.cleared]
    hosts = [one for one in _given(given) if re.match(r"(?:\w+://)?\0", one)]
    if not labels or not hosts:
        return
    rule = "mcp-source-open-argument" if case.takes(effect.flow.declared) else "mcp-source-address-argument"
    yield case.hit(rule, effect, f"{where(labels)} says to what address {effect.callee} goes")
