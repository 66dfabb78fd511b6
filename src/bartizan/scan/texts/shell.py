"""Shell text to pipelines: quotes, escapes and disguises undone, commands in substitutions and `sh -c` taken out.

This is no shell. It reads POSIX shells, PowerShell and cmd loosely: what matters is which program gets what.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence

import msgspec

__all__ = [
    "INTERPRETERS",
    "MOST",
    "SHELLS",
    "Stage",
    "decoded",
    "interprets",
    "pipelines",
    "program",
    "unfolded",
    "without_documents",
]

MOST = 200_000
"""Characters of one command that are looked at."""

SHELLS = frozenset(
    ["sh", "bash", "zsh", "dash", "ksh", "ash", "fish", "pwsh", "powershell", "cmd", "csh", "tcsh", "busybox"]
)
INTERPRETERS = frozenset(["python", "node", "perl", "ruby", "php", "bun", "deno", "tsx", "osascript"])
"""Programs that run a program text, or a file of it; `python3.12` counts as `python`."""
_WRAPPERS = frozenset(
    [
        "sudo",
        "doas",
        "env",
        "nohup",
        "setsid",
        "exec",
        "command",
        "time",
        "nice",
        "timeout",
        "stdbuf",
        "start",
        "xargs",
        "builtin",
    ]
)
_ENDS = ("&&", "||", ";", "&", "\n")


class Stage(msgspec.Struct, frozen=True):
    """One command of a pipeline: its words without quotes, and its text as written."""

    words: tuple[str, ...]
    text: str


def program(words: Sequence[str]) -> str:
    """Return the program's plain name, without folders, suffix, assignments before it and wrappers such as `sudo`."""
    rest = iter(words)
    for word in rest:
        if (
            re.fullmatch(r"[A-Za-z_]\w*=.*", word, re.DOTALL)
            or word.startswith("-")
            or word in ("&", ".\\", "(", "{", "!")
        ):
            continue
        name = re.split(r"[/\\]", word)[-1].lower().removesuffix(".exe").lstrip("({")
        if name in _WRAPPERS or (name.isdigit() and word == name) or re.fullmatch(r"\d+[smh]", name):
            continue
        return name
    return ""


def interprets(word: str) -> bool:
    """Tell if a word starts a shell or another interpreter."""
    return program([word]).rstrip("0123456789.") in SHELLS | INTERPRETERS


_JOINED = re.compile(r"\$\{?IFS\}?|\$'\\x20'|\{IFS\}")
_ORDINARY = re.compile(r"[^\s\"'\\#&|;]+")


def pipelines(command: str) -> list[list[Stage]]:
    """Split a command line: lists of stages that feed each other. Comments are left out."""
    text = _JOINED.sub(" ", command[:MOST].replace("\\\n", " ").replace("`\n", " "))
    return _Splitter(text).lines()


class _Splitter:
    """Goes through a command line once. `word` and `raw` are what is open of a word, and of its stage as written."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._lines: list[list[Stage]] = [[]]
        self._words: list[str] = []
        self._word: str | None = None
        self._raw: list[str] = []

    def lines(self) -> list[list[Stage]]:
        """Return the pipelines."""
        while self._at < len(self._text):
            ordinary = _ORDINARY.match(self._text, self._at)
            if ordinary:
                self._take(ordinary[0], ordinary[0])
            else:
                self._sign(self._text[self._at])
        self._stage()
        return [line for line in self._lines if line]

    def _take(self, word: str, raw: str) -> None:
        """Add to the open word, and pass over what stands for it."""
        self._word = (self._word or "") + word
        self._raw.append(raw)
        self._at += len(raw)

    def _end_word(self) -> None:
        if self._word is not None:
            self._words.append(self._word)
        self._word = None

    def _stage(self) -> None:
        self._end_word()
        if self._words:
            self._lines[-1].append(Stage(tuple(self._words), "".join(self._raw).strip()))
        self._words, self._raw = [], []

    def _sign(self, letter: str) -> None:
        if letter in "\"'":
            self._quoted(letter)
        elif letter == "\\":
            self._escaped()
        elif letter == "#" and self._word is None:
            end = self._text.find("\n", self._at)
            self._at = len(self._text) if end < 0 else end
        elif letter == "|" and not self._text.startswith("||", self._at):
            self._stage()
            self._at += 2 if self._text.startswith("|&", self._at) else 1
        elif letter.isspace() and letter != "\n":
            self._end_word()
            self._raw.append(letter)
            self._at += 1
        else:
            self._separated(letter)

    def _quoted(self, quote: str) -> None:
        end = self._at + 1
        out = []
        while end < len(self._text) and self._text[end] != quote:
            if self._text[end] == "\\" and quote == '"' and self._text[end + 1 : end + 2] in ('"', "\\", "$", "`"):
                end += 1
            out.append(self._text[end : end + 1])
            end += 1
        self._take("".join(out), self._text[self._at : end + 1])

    def _escaped(self) -> None:
        """A backslash before a letter hides a name in a POSIX shell, and is a folder in Windows."""
        following = self._text[self._at + 1 : self._at + 2]
        self._take("\\" + following if _windows(self._text, self._at) else following, "\\" + following)

    def _separated(self, letter: str) -> None:
        sign = next((sign for sign in _ENDS if self._text.startswith(sign, self._at)), "")
        redirected = letter == "&" and sign == "&" and "".join(self._raw[-2:]).rstrip().endswith(">")
        if not sign or redirected:
            self._take(letter, letter)
            return
        self._stage()
        self._lines.append([])
        self._at += len(sign)


def _windows(text: str, at: int) -> bool:
    """Tell if a backslash stands in a Windows path: after a drive, a name or a dot, or doubled."""
    return bool(re.search(r"(?:[A-Za-z]:|[\w.%$}~-]{2,}|\.)(?:\\[\w.%$ -]*)*$", text[max(at - 60, 0) : at])) and bool(
        re.search(r"[A-Za-z]:\\|%\w+%|\$env:|\\\w+\\|\.(?:exe|ps1|bat|cmd)\b", text, re.IGNORECASE)
    )


_SUBSTITUTED = re.compile(
    r"\$\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)|`([^`\n]{2,400})`|[<>]\(((?:[^()]|\([^()]*\))*)\)"
)
_INLINE = re.compile(r"^-(?:[a-z]*c|lc|ic|command|c|e|--command)$|^/[ck]$|^-c(?:ommand)?$", re.IGNORECASE)


_HERE = re.compile(
    r"^(?P<line>[^\n]*)<<-?[ \t]*[\"']?(?P<end>\w+)[\"']?(?P<rest>[^\n]*)\n.*?^[ \t]*(?P=end)[ \t]*$",
    re.DOTALL | re.MULTILINE,
)


def without_documents(command: str) -> str:
    """Return a script without the texts that it writes elsewhere; what it gives to a shell stays."""

    def kept(found: re.Match[str]) -> str:
        words = re.findall(r"[\w./-]+", found["line"] + found["rest"])
        return (
            found[0]
            if any(program([word]) in SHELLS | {"ssh", "python", "python3", "node", "eval"} for word in words)
            else found["line"]
        )

    return _HERE.sub(kept, command)


def unfolded(command: str, depth: int = 3) -> Iterator[str]:
    """Yield a command and the commands inside it: substitutions, `sh -c`, encoded PowerShell, decoded text."""
    yield command
    if depth <= 0 or len(command) > MOST:
        return
    for found in _SUBSTITUTED.finditer(re.sub(r"'[^'\n]*'", "''", command)):
        inner = next((one for one in found.groups() if one), "")
        if inner.strip():
            yield from unfolded(inner, depth - 1)
    for line in pipelines(command):
        for one in line:
            yield from _handed(one, depth)
    for _, plain in decoded(command):
        yield from unfolded(plain, depth - 1)


def _handed(stage: Stage, depth: int) -> Iterator[str]:
    """Yield what a shell among the words is told to run."""
    for number, word in enumerate(stage.words[:-1]):
        if _INLINE.match(word) and any(program([before]) in SHELLS for before in stage.words[:number]):
            rest = stage.words[number + 1 :]
            windows = word.startswith("/") or word.lower().startswith("-command")
            yield from unfolded(" ".join(rest) if windows else rest[0], depth - 1)
            return
        if program([word]) in ("eval", "iex", "invoke-expression"):
            yield from unfolded(" ".join(stage.words[number + 1 :]), depth - 1)
            return


_BASE64 = re.compile(r"(?<![\w/+.-])[A-Za-z0-9+/]{20,}={0,2}(?![\w/+-])")
_HEX = re.compile(r"(?:\\x[0-9a-fA-F]{2}){6,}|(?<![\w])(?:[0-9a-fA-F]{2}){16,}(?![\w])")


def decoded(text: str) -> Iterator[tuple[str, str]]:
    """Yield base64 and hexadecimal text with what it holds, where that is readable text."""
    for found in _BASE64.finditer(text):
        token = found[0]
        if len(token) > 20_000 or (token.isalpha() and (token.islower() or token.isupper())):
            continue
        try:
            data = base64.b64decode(token + "=" * (-len(token) % 4), validate=True)
        except (binascii.Error, ValueError):
            continue
        plain = _readable(data)
        if plain:
            yield token, plain
    for found in _HEX.finditer(text):
        plain = _readable(bytes.fromhex(found[0].replace("\\x", "")))
        if plain:
            yield found[0], plain


def _readable(data: bytes) -> str:
    """Return bytes as text if that is what they are: ASCII, or UTF-16 as PowerShell takes it; else nothing."""
    if len(data) >= 8 and data[1:64:2].count(0) == len(data[1:64:2]):
        data = data[::2]
    try:
        plain = data.decode("ascii").strip("\0\n ")
    except UnicodeDecodeError:
        return ""
    good = sum(letter.isprintable() or letter in "\n\t\r" for letter in plain)
    return plain if len(plain) >= 8 and good == len(plain) and re.search(r"[a-z]{2,}", plain) else ""
