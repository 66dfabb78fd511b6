"""JavaScript and TypeScript scripts of a skill or a hook, by what they do; nothing is run.

The values are followed as those of servers are. What is told is told in the rules for code, as for Python: secrets that
leave, code that is fetched and run, shells for others, commands, and input of the assistant that becomes a command.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from bartizan.scan.agents.report import SERIOUS
from bartizan.scan.agents.skill_scripts import Doing
from bartizan.scan.taint import tree as t
from bartizan.scan.taint.engine import Program, followed, text_places
from bartizan.scan.taint.methods import everything
from bartizan.scan.taint.places import commands_of
from bartizan.scan.taint.state import Effect
from bartizan.scan.taint.values import ARGUMENT, HOLE, Label
from bartizan.scan.texts.commands import Does, deeds
from bartizan.scan.texts.hosts import Host, host_of, kind

__all__ = ["javascript_doings"]

_OUT = frozenset({"send", "fetch", "connect", "resolve-name"})
_RUNS = frozenset({"run-shell", "run-program"})
_WRITES = frozenset({"write-file", "write-data", "copy-file"})
_SHELL = re.compile(r"^(?:/\w+)*/?(?:ba|z|da|k)?sh(?:\s+-i)?\s*$|^cmd(?:\.exe)?\s*$|^(?:powershell|pwsh)(?:\.exe)?\s*$")
_OWN_SETTINGS = re.compile(r"(?:^|[/\\])\.env(?:\.\w+)?$")
"""A project's own settings, which its scripts read to sign in somewhere."""


def javascript_doings(
    module: t.Module, source: str, find: Callable[[str, str], t.Module | None], tick: Callable[[], None]
) -> list[Doing]:
    """Return what a script does, each rule once a line. Raises LimitReached where `tick` does.

    `find` gives the trees of modules that it names, as for servers.
    """
    effects = [one for entry in followed(Program(module, find, tick), []) for one in entry.effects]
    out: dict[tuple[str, int], Doing] = {}
    for effect in effects:
        here = effect.file == module.path
        for rule, what in _done(effect):
            line, told = (effect.line, what) if here else (1, f"{what} ({effect.file}:{effect.line})")
            out.setdefault((rule, line), Doing(rule, line, told))
    for doing in (*_saved_and_run(effects), *_given_away(effects, source)):
        out.setdefault((doing.does, doing.line), doing)
    return sorted(out.values(), key=lambda one: (one.line, one.does))


def _done(effect: Effect) -> Iterator[tuple[str, str]]:
    """Yield the rules that one effect breaks, with what it does."""
    name = effect.flow.id
    if name in _OUT:
        secret = _secret([*effect.focus.labels, *_given(effect)])
        if secret and not _local(effect):
            yield "code-sends-secrets", f"{effect.callee} sends {secret}"
    if name == "run-code" or name in _RUNS:
        yield from _started(effect)
    if name in _WRITES:
        for place, text in text_places().of(effect):
            if place.id == "persistence-place":
                yield "command-persists", f"{effect.callee} on {_shown(text)}"
    if name == "delete-file" and _everything(effect):
        yield "command-destroys", f"{effect.callee} on a home folder or all files"


def _started(effect: Effect) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with code or a command that is run."""
    name, kinds = effect.flow.id, {one.kind for one in effect.focus.labels}
    if "response" in kinds and name != "run-program":
        yield "code-downloads-and-runs", f"{effect.callee} runs what came from the network"
    if name == "run-code" and "decoded" in kinds and "given" not in kinds:
        yield "code-hidden-execution", f"{effect.callee} runs what was unpacked first"
    if name == "run-code" and "given" in kinds:
        yield "skill-evaluates-input", f"{effect.callee} runs what the script is started with"
    if name == "run-shell" and any(one.kind == "given" and "shell" not in one.cleared for one in effect.focus.labels):
        yield "skill-shell-input", f"{effect.callee} puts what the script is started with into a shell's line"
    if name in _RUNS:
        for command in commands_of(effect):
            yield from _command(command)


def _given(effect: Effect) -> list[Label]:
    return [one for value in (*effect.arguments, *effect.keywords.values()) for one in everything(value).labels]


def _secret(labels: Iterable[Label]) -> str:
    """Return the name of a secret among labels: all of the environment, a file of keys, a store of them."""
    found = (one.name for one in labels if one.kind in ("environment", "secret") and not _OWN_SETTINGS.search(one.name))
    return next(found, "")


def _local(effect: Effect) -> bool:
    """Tell if an effect goes to this machine only."""
    texts = [text for text in (effect.first.texts or effect.focus.texts) if "://" in text]
    return bool(texts) and all(kind(host_of(text)) == Host.LOCAL for text in texts)


def _command(command: str) -> Iterator[tuple[str, str]]:
    plain = command.replace(HOLE, "$X").replace(ARGUMENT, "$X")
    for deed in deeds(plain):
        if deed.does in SERIOUS - {Does.UNGUARD}:
            yield deed.does.value, deed.text


def _everything(effect: Effect) -> bool:
    focus = effect.focus
    return bool({"os.homedir()"} & focus.refs) or any(
        re.fullmatch(r"/|/home|/Users|~|[A-Z]:\\?", one) for one in focus.texts
    )


def _saved_and_run(effects: list[Effect]) -> Iterator[Doing]:
    """Yield what saves something from the network and starts it."""
    saved = {
        text
        for effect in effects
        if effect.flow.id in _WRITES and any(one.kind == "response" for one in (*effect.focus.labels, *_given(effect)))
        for text in effect.first.texts or effect.focus.texts
        if len(text.strip(HOLE)) > 2
    }
    for effect in effects:
        if effect.flow.id in _RUNS:
            commands = commands_of(effect)
            file = next((one for one in saved if any(one in command for command in commands)), "")
            if file:
                told = f"{effect.callee} starts {_shown(file)}, which came from the network"
                yield Doing("code-downloads-and-runs", effect.line, told)


_PIPED = re.compile(r"\.pipe\s*\(\s*[\w.]+\.stdin|\.stdout\s*\.pipe\s*\(|\.stdin\.write\s*\(")


def _given_away(effects: list[Effect], source: str) -> Iterator[Doing]:
    """Yield a shell whose input and output is a connection."""
    connected = any(one.flow.id == "connect" for one in effects)
    if not connected or not _PIPED.search(source):
        return
    for effect in effects:
        if effect.flow.id in _RUNS and any(_SHELL.match(one) for one in (*commands_of(effect), *effect.first.texts)):
            yield Doing("code-opens-shell", effect.line, f"{effect.callee} joins a shell to a connection")
            return


def _shown(text: str) -> str:
    return text.replace(HOLE, "…").replace(ARGUMENT, "…")[:80]
