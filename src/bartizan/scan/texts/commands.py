"""What a command line does that nobody should run unseen: in hooks, MCP servers, helpers, inline commands, scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

import msgspec

from bartizan.scan.texts.command_words import (
    CODE_LOADS,
    CODE_RUNS,
    DECODE,
    DESTROY,
    ENCODED_POWERSHELL,
    ENVIRONMENT,
    INSTALLERS,
    LIVING,
    LOAD,
    PERSIST,
    REVERSE,
    RUN,
    SECRET_FILE,
    SECRET_PROGRAM,
    SECRET_VARIABLE,
    SEND_FLAG,
    UNGUARD,
)
from bartizan.scan.texts.hosts import Host, belongs, collector, host_of, kind, urls
from bartizan.scan.texts.shell import MOST, SHELLS, Stage, decoded, pipelines, program, unfolded, without_documents

__all__ = ["Deed", "Does", "deeds"]


class Does(StrEnum):
    """What a command does. The values are ids of rules."""

    RUN_DOWNLOAD = "command-runs-download"
    RUN_INSTALLER = "command-runs-installer"
    RUN_DECODED = "command-runs-decoded"
    REVERSE_SHELL = "command-opens-shell"
    SEND_SECRET = "command-sends-secrets"
    SEND_DATA = "command-sends-data"
    READ_SECRET = "command-reads-secrets"
    PERSIST = "command-persists"
    DESTROY = "command-destroys"
    UNGUARD = "command-disables-protection"


class Deed(msgspec.Struct, frozen=True):
    """One thing that a command does, and the part that says so."""

    does: Does
    text: str


def deeds(command: str) -> list[Deed]:
    """Return what a command does, its hidden parts too, each thing once."""
    out: dict[Does, Deed] = {}
    for text in unfolded(without_documents(command[:MOST])):
        for deed in _whole(text):
            out.setdefault(deed.does, deed)
        for line in pipelines(text):
            for deed in _line(line):
                out.setdefault(deed.does, deed)
    if Does.RUN_DOWNLOAD in out:
        out.pop(Does.RUN_INSTALLER, None)
    if Does.SEND_SECRET in out:
        for lesser in (Does.SEND_DATA, Does.READ_SECRET):
            out.pop(lesser, None)
    return list(out.values())


def _whole(text: str) -> Iterator[Deed]:
    """Look at a command as a whole."""
    active = _active(text)
    for pattern, does in (
        (REVERSE, Does.REVERSE_SHELL), (ENCODED_POWERSHELL, Does.RUN_DECODED), (LIVING, Does.RUN_DOWNLOAD),
        (PERSIST, Does.PERSIST), (DESTROY, Does.DESTROY), (UNGUARD, Does.UNGUARD),
        (SECRET_PROGRAM, Does.READ_SECRET),
    ):  # fmt: skip
        found = pattern.search(active)
        if found:
            yield Deed(does, found[0])
    if re.search(r"[<$`]\(?\s*(?:curl|wget)\b", text) and re.match(
        r"\s*(?:sudo\s+)?(?:\S*/)?(?:sh|bash|zsh|source|\.|eval|python3?|node)\s+(?:-\w+\s+)*[\"']?(?:<\(|\$\(|`)", text
    ):
        yield _loaded(text, text)
    yield from _fetched_then_run(text)


_SAYS = frozenset({
    "", "echo", "printf", "grep", "egrep", "rg", "log", "print", "write-host", "test", "[", "[[", "assert", "local",
    "readonly", "declare", "export",
})  # fmt: skip
"""Programs whose quoted arguments are only text; an assignment counts as one."""


def _active(text: str) -> str:
    """Return a command without what it only says: quoted text that is printed, searched for or kept."""
    lines = []
    for line in pipelines(text):
        stages = [
            re.sub(r"\"[^\"$`]*\"|'[^']*'", '""', one.text) if program(one.words) in _SAYS else one.text for one in line
        ]
        lines.append(" | ".join(stages))
    return "\n".join(lines)


def _vendor(url: str) -> bool:
    """Tell if an address is that of a maker's installer, by its host, or by host and first folder."""
    place = url.lower().removeprefix("https://")
    host = host_of(url)
    return url.lower().startswith("https://") and (
        belongs(host, INSTALLERS) or any(place.startswith(one + "/") for one in INSTALLERS)
    )


def _loaded(text: str, shown: str) -> Deed:
    known = urls(text)
    vendor = bool(known) and all(map(_vendor, known))
    return Deed(Does.RUN_INSTALLER if vendor else Does.RUN_DOWNLOAD, shown)


_SAVED = re.compile(r"(?:-o|-O|--output|--output-document|-OutFile|>)\s*[\"']?([\w./~$\\:%{}-]+)", re.IGNORECASE)


def _fetched_then_run(text: str) -> Iterator[Deed]:
    """Find a file that is downloaded in one command and run in a later one."""
    saved: dict[str, str] = {}
    for line in pipelines(text):
        for stage in line:
            name = program(stage.words)
            for file, origin in saved.items():
                runs = name in RUN and any(word.endswith(file) for word in stage.words[1:])
                if (
                    runs
                    or re.split(r"[/\\]", stage.words[0])[-1] == file
                    or (name in ("open", "start-process") and file in stage.text)
                ):
                    yield _loaded(origin, f"{origin} ... {stage.text}")
            if name in LOAD:
                found = _SAVED.search(stage.text)
                target = found[1] if found else next(iter(urls(stage.text)), "")
                file = re.split(r"[/\\]", target)[-1]
                if file and file != "-":
                    saved[file] = stage.text


def _line(line: list[Stage]) -> Iterator[Deed]:
    """Look at one pipeline."""
    whole = " | ".join(stage.text for stage in line)
    names = [program(stage.words) for stage in line]
    yield from _interpreted(line, names, whole)
    for number, (stage, name) in enumerate(zip(line, names, strict=True)):
        if name in ("python", "python3", "node", "perl", "ruby", "php", "powershell", "pwsh", "iex", "osascript"):
            yield from _code(stage)
        if name in ("rm", "shred") and _destroys(stage.words):
            yield Deed(Does.DESTROY, stage.text)
        sender = _sender(stage, name)
        if sender:
            yield from _sent(line[: number + 1], whole)
        elif name in _READERS and SECRET_FILE.search(stage.text):
            yield Deed(Does.READ_SECRET, stage.text)
    if _dns(whole):
        yield Deed(Does.SEND_SECRET, whole)


_ROOTS = re.compile(
    r"/\*?|(?:~|\$HOME|\$\{HOME\})(?:/|/\*)?|/(?:home|etc|usr|var|bin|boot|lib|root|Users)(?:/\*?)?|/dev/(?:sd|nvme)\w*"
)


def _destroys(words: tuple[str, ...]) -> bool:
    """Tell if a deletion takes folders, and begins at a root, a home or a disk."""
    whole = any(re.fullmatch(r"-\w*[rR]\w*|--recursive", word) for word in words) or "shred" in words[0]
    return whole and any(_ROOTS.fullmatch(word) for word in words[1:])


def _interpreted(line: list[Stage], names: list[str], whole: str) -> Iterator[Deed]:
    """Find what is downloaded or decoded and handed to an interpreter."""
    for number, name in enumerate(names[1:], 1):
        if name not in RUN or _given_file(line[number], name):
            continue
        before = " | ".join(stage.text for stage in line[:number])
        if any(one in LOAD and len(stage.words) > 1 for one, stage in zip(names[:number], line, strict=False)):
            yield _loaded(before, whole)
        elif (
            DECODE.search(before)
            or {"rev", "tr"} & set(names[:number])
            or (any(True for _ in decoded(before)) and name in SHELLS)
        ):
            yield Deed(Does.RUN_DECODED, whole)


def _given_file(stage: Stage, name: str) -> bool:
    """Tell if an interpreter gets its program elsewhere, so that what is piped in is only data."""
    rest = [word for word in stage.words if program([word]) != name]
    if name in SHELLS:
        return "-c" in rest
    return any(
        word in ("-c", "-m", "-e", "-p", "-ne", "-pe", "-n")
        or word.endswith((".py", ".js", ".rb", ".pl", ".ts", ".php"))
        for word in rest
    )


def _code(stage: Stage) -> Iterator[Deed]:
    """Look at program text that stands in the command."""
    if not CODE_RUNS.search(stage.text):
        return
    if DECODE.search(stage.text):
        yield Deed(Does.RUN_DECODED, stage.text)
    elif CODE_LOADS.search(stage.text) and urls(stage.text):
        yield _loaded(stage.text, stage.text)


_READERS = frozenset(
    [
        "cat",
        "head",
        "tail",
        "less",
        "more",
        "bat",
        "strings",
        "base64",
        "xxd",
        "od",
        "gzip",
        "zip",
        "tar",
        "7z",
        "openssl",
        "gpg",
        "type",
        "get-content",
        "gc",
        "awk",
        "sed",
        "cut",
    ]
)
_SENDERS = frozenset(
    ["nc", "ncat", "netcat", "scp", "rsync", "ftp", "sftp", "telnet", "mail", "sendmail", "mutt", "socat", "rclone"]
)


def _sender(stage: Stage, name: str) -> bool:
    if name in LOAD:
        return True
    return name in _SENDERS and not (name in ("scp", "rsync") and ":" not in stage.text)


def _sent(stages: list[Stage], whole: str) -> Iterator[Deed]:
    """Judge what reaches a program that sends: through its arguments, or through the pipe."""
    stage = stages[-1]
    fed = " | ".join(one.text for one in stages[:-1])
    targets = [host_of(url) for url in urls(stage.text)]
    if targets and all(kind(host) == Host.LOCAL for host in targets):
        return
    posts = bool(SEND_FLAG.search(stage.text)) or program(stage.words) in _SENDERS
    body = stage.text if posts else " ".join(re.findall(r"\$\([^)]*\)|`[^`]*`", stage.text))
    gets = _without_authorization(body)
    secret = any(
        pattern.search(part)
        for part in (gets, *(one.text for one in stages[:-1] if posts))
        for pattern in (SECRET_FILE, ENVIRONMENT, SECRET_PROGRAM)
    )
    if (
        secret
        or (posts and re.search(r"@[\"']?(?:~|\$HOME)/\.\w", gets))
        or (
            posts
            and SECRET_VARIABLE.search(gets)
            and any(collector(host) or kind(host) == Host.NUMBER for host in targets)
        )
    ):
        yield Deed(Does.SEND_SECRET, whole)
    elif (posts and (fed or re.search(r"@-|@\S|\$\(|\$\{?\w|`", gets))) or any(collector(host) for host in targets):
        yield Deed(Does.SEND_DATA, whole)


def _without_authorization(text: str) -> str:
    """Leave out headers: a token there is how a service is used."""
    return re.sub(r"(?:-H|--header|-u|--user)\s*(?:\"[^\"]*\"|'[^']*'|\S+)", "", text)


def _dns(text: str) -> bool:
    """Tell if data leaves as part of a name that is looked up."""
    return bool(
        re.search(r"\b(?:dig|nslookup|host|ping)\b[^\n|;]*(?:\$\([^)]*\)|`[^`]*`)\.[\w.-]+", text)
        and (
            SECRET_FILE.search(text)
            or ENVIRONMENT.search(text)
            or re.search(r"\$\((?:whoami|hostname|cat|base64)", text)
        )
    )
