"""What a server does that its tools don't say: reads of secrets, sending, persistence, protection turned off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.catalog.flows import TextKind
from bartizan.scan.taint.judged import Case, Hit, said, where
from bartizan.scan.taint.state import Effect
from bartizan.scan.taint.values import Label

__all__ = ["judge_behaviour"]

_OUT = frozenset({"send", "fetch", "connect", "resolve-name"})
_WRITES = frozenset({"write-file", "copy-file", "link-file", "change-mode", "delete-file"})
_READS = frozenset({"read-file", "copy-file", "list-files"})
_PRIVATE = frozenset({"argument", "file", "private", "output", "rows", "listing", "amount"})
_COMMANDS = {
    "download-and-run": "mcp-source-download-and-run",
    "reverse-shell": "mcp-source-download-and-run",
    "protection-off": "mcp-source-hostile-command",
    "escape-command": "mcp-source-hostile-command",
    "cover-tracks": "mcp-source-hostile-command",
    "destroy-command": "mcp-source-hostile-command",
    "mine-command": "mcp-source-hostile-command",
    "survey-command": "mcp-source-system-survey",
}
_COMMANDS_UNLESS_SAID = {
    "persist-command": ("mcp-source-persists", "mcp-source-system-changed"),
    "privilege-command": ("mcp-source-system-changed", "mcp-source-system-changed"),
    "credential-command": ("mcp-source-credentials-read", ""),
    "upload-command": ("mcp-source-data-sent", ""),
}


def judge_behaviour(case: Case) -> Iterator[Hit]:
    """Tell of what it does, effect by effect."""
    for effect in case.entry.effects:
        for kind, text in case.places.of(effect):
            yield from _at_place(case, effect, kind, text)
        yield from _by_itself(case, effect)
        if effect.flow.id in _OUT:
            yield from _leaving(case, effect)
        if effect.flow.id in ("run-code", "run-shell", "run-program", "deserialise"):
            yield from _started(case, effect)
    yield from _shown(case)


def _at_place(case: Case, effect: Effect, kind: TextKind, text: str) -> Iterator[Hit]:
    what = f"{effect.callee} on `{said(text)}` ({kind.title.lower()})"
    flow = effect.flow.id
    if kind.among == "command":
        rule = _COMMANDS.get(kind.id, "")
        if kind.id in _COMMANDS_UNLESS_SAID:
            hidden, open_ = _COMMANDS_UNLESS_SAID[kind.id]
            rule = open_ if case.declares(kind.declared) else hidden
    elif kind.among == "address":
        rule = _address(case, kind, flow)
    else:
        rule = _path(case, kind, flow)
    if rule:
        yield case.hit(rule, effect, what)


def _address(case: Case, kind: TextKind, flow: str) -> str:
    if kind.id == "drop-address":
        return "" if case.declares(kind.declared) else "mcp-source-data-sent"
    if kind.id == "tracking-address":
        return ""  # by itself nothing; `_leaving` asks
    if kind.id == "internal-address" and (flow == "listen" or case.declares(kind.declared)):
        return ""
    return "mcp-source-inner-address"


def _path(case: Case, kind: TextKind, flow: str) -> str:
    """What it means that an effect touches such a place."""
    declared = case.declares(kind.declared)
    tool = case.entry.tool is not None
    if kind.id == "credential-place" and flow in _READS:
        return "" if declared else "mcp-source-credentials-read"
    if kind.id == "persistence-place" and flow in _WRITES - {"delete-file"}:
        return "mcp-source-system-changed" if declared else "mcp-source-persists"
    if kind.id in ("protection-place", "host-place") and flow in _WRITES:
        return "" if declared else "mcp-source-system-changed"
    if kind.id == "host-place" and flow in _READS:
        return "" if declared else "mcp-source-system-changed"
    if kind.id in ("system-place", "credential-place") and flow == "delete-file":
        return "mcp-source-destroys"
    if kind.id == "system-place" and flow in _READS and tool:
        return "mcp-source-system-survey"
    if kind.id == "hidden-place" and flow in ("write-file", "copy-file"):
        return "mcp-source-stored-aside"
    if kind.id == "shared-place" and flow == "write-file" and tool and not case.declares(_writes(case)):
        return "mcp-source-stored-aside"
    return ""


def _writes(case: Case) -> re.Pattern[str] | None:
    return next((one.flow.declared for one in case.entry.effects if one.flow.id == "write-file"), None)


def _by_itself(case: Case, effect: Effect) -> Iterator[Hit]:
    flow = effect.flow
    if flow.id == "read-system" and case.entry.tool is not None:
        yield case.hit("mcp-source-system-survey", effect, f"{effect.callee} lists users, processes or networks")
    elif flow.id == "spy" and not case.declares(flow.declared):
        yield case.hit("mcp-source-watches-user", effect, f"{effect.callee}, which no description tells of")
    elif flow.id == "persist":
        rule = "mcp-source-system-changed" if case.declares(flow.declared) else "mcp-source-persists"
        yield case.hit(rule, effect, f"{effect.callee} arranges to be started again")
    elif flow.id == "encrypt" and "file" in {one.kind for one in effect.focus.labels} and effect.repeats:
        if not case.declares(flow.declared):
            yield case.hit("mcp-source-destroys", effect, f"{effect.callee} encrypts files in a loop")
    elif flow.id == "take-privilege":
        if not case.declares(flow.declared):
            yield case.hit("mcp-source-system-changed", effect, f"{effect.callee} changes what the process may do")
    elif flow.id == "watch-watcher":
        yield case.hit("mcp-source-evades-analysis", effect, f"{effect.callee} looks whether it is watched")
    elif flow.id == "native-code" and effect.callee.endswith(".system"):
        yield case.hit("mcp-source-download-and-run", effect, f"{effect.callee} starts a shell past Python's own calls")


def _leaving(case: Case, effect: Effect) -> Iterator[Hit]:
    """Data that goes out."""
    sent = effect.focus
    held = [one for value in (*effect.arguments, *effect.keywords.values()) for one in _labels(value)]
    labels = [*sent.labels, *held]
    secret = [one for one in labels if one.kind in ("secret", "environment")]
    if secret:
        yield case.hit(
            "mcp-source-secret-sent", effect, f"{where(secret)} goes out by {effect.callee} to {_host(effect)}"
        )
        return
    if case.entry.tool is None or effect.flow.id not in ("send", "resolve-name", "fetch"):
        return
    private = [one for one in labels if one.kind in _PRIVATE or (one.kind == "response" and effect.flow.id == "send")]
    answered = any(one.kind == "answer" and one.name == effect.answer for one in _labels(case.entry.returned))
    tracked = [
        kind for kind, _ in case.places.of(effect) if kind.id == "tracking-address" and not case.declares(kind.declared)
    ]
    if answered or (effect.flow.id == "fetch" and not effect.keywords.get("params") and not tracked):
        return
    if tracked or (private and not case.declares(effect.flow.declared)):
        what = where(private) if private else "that it was called"
        yield case.hit("mcp-source-data-sent", effect, f"{what} goes out by {effect.callee} to {_host(effect)}")


def _labels(value: object) -> list[Label]:
    from bartizan.scan.taint.methods import everything
    from bartizan.scan.taint.values import Value

    return list(everything(value).labels) if isinstance(value, Value) else []


def _host(effect: Effect) -> str:
    texts = [one for one in sorted(effect.first.texts or effect.focus.texts) if "://" in one or "." in one]
    return f"`{said(texts[0])}`" if texts else "an address that is computed"


def _started(case: Case, effect: Effect) -> Iterator[Hit]:
    """Code that was packed, or comes from the network."""
    kinds = {one.kind for one in effect.focus.labels}
    if "decoded" in kinds and "argument" not in kinds and effect.flow.id != "deserialise":
        yield case.hit("mcp-source-hidden-code", effect, f"{effect.callee} runs what was unpacked first")
    if "response" in kinds:
        yield case.hit("mcp-source-download-and-run", effect, f"{effect.callee} runs what came from the network")


def _shown(case: Case) -> Iterator[Hit]:
    """All variables of the environment in a result."""
    tool = case.entry.tool
    if tool is None:
        return
    dumped = [one for one in _labels(case.entry.returned) if one.kind == "environment"]
    if dumped:
        yield Hit(
            "mcp-source-environment-shown", tool.line, 1, f"`{tool.name}`{case.description} returns {where(dumped)}"
        )
