"""What a text asks a model to do: hidden messages, and sentences built of kinds of words, in five languages.

A sentence that forbids something is no request for it, and one that a guide quotes as an example neither. A document
about attacks is never called an attack; what it does not quote is still for a person to look at.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Literal

import msgspec

from bartizan.catalog.assistants import InstructionPattern, load_instruction_patterns, load_instruction_words
from bartizan.catalog.places import cache_folder
from bartizan.scan.agents.prose import Fence, Passage, plain, split
from bartizan.scan.agents.report import SERIOUS
from bartizan.scan.agents.source import Lines
from bartizan.scan.texts.commands import Does, deeds
from bartizan.scan.texts.hidden import hidden
from bartizan.scan.texts.hosts import Host, collector, host_of, kind, urls
from bartizan.scan.texts.shell import decoded

if TYPE_CHECKING:
    from bartizan.scan.artefacts.desk import Desk

__all__ = ["Where", "check_text", "matches", "report_addresses"]

Where = Literal["rules", "tool", "result", "hidden", "config"]
"""The kinds of text; `config` is looked through for hidden characters only."""

_URL = r"(?:https?|wss?|ftp)://(?!(?:localhost|127\.|0\.0\.0\.0|\[::1\]))\S+|[\w.+-]+@[\w-]+\.[\w.-]+|\b(?:\d{1,3}\.){3}\d{1,3}\b"
_NEAR = 12
"""Lines between deceit and harm that belong together."""


class _Ready(msgspec.Struct, frozen=True):
    """A pattern in one language, compiled."""

    pattern: InstructionPattern
    found: re.Pattern[str]
    also: tuple[re.Pattern[str], ...]
    without: tuple[re.Pattern[str], ...]
    denied: re.Pattern[str] | None


class Match(msgspec.Struct, frozen=True):
    """A sentence that matches a pattern."""

    pattern: InstructionPattern
    passage: Passage
    text: str


def _alternatives(words: list[str]) -> str:
    """Return an expression for words. Each begins with its letter, and looks behind it: that makes searching quick."""
    parts = []
    for word in sorted(words, key=len, reverse=True):
        body = r"\s+".join(re.escape(one).replace(r"\*", r"\w*") for one in word.removesuffix("*").split())
        if word[0].isalnum():
            body = rf"{word[0]}(?<!\w{word[0]}){body[1:]}"
        parts.append(body + (r"\w*" if word.endswith("*") else r"\b" if word[-1].isalnum() else ""))
    return "|".join(parts)


@cache
def _classes(language: str) -> dict[str, str]:
    words = load_instruction_words(cache_folder())[language].words
    return {"url": _URL, **{name: _alternatives(listed) for name, listed in words.items()}}


def _one_of(names: str, known: dict[str, str]) -> str:
    """Return the expression for classes joined by `|`, or nothing where a language has none of them."""
    return "|".join(known[name] for name in names.split("|") if name in known)


@cache
def _ready() -> tuple[_Ready, ...]:
    out = []
    for language in load_instruction_words(cache_folder()):
        known = _classes(language)
        for pattern in load_instruction_patterns(cache_folder()).values():
            order = [_one_of(names, known) for names in pattern.order]
            also = [_one_of(names, known) for names in pattern.also]
            if not all(order) or not all(also):
                continue
            gap = rf"[^\n;]{{0,{pattern.within}}}?"
            out.append(
                _Ready(
                    pattern=pattern,
                    found=re.compile(gap.join(f"(?:{one})" for one in order)),
                    also=tuple(re.compile(one) for one in also),
                    without=tuple(re.compile(known[name]) for name in pattern.without if name in known),
                    denied=None
                    if pattern.negated
                    else re.compile(rf"(?:{known['not']}|n't\b)(?:[^.;:!?]|[.:](?=\S)|[:](?=`)){{0,45}}$"),
                )
            )
    return tuple(out)


def matches(passages: list[Passage], where: Where, tick: Callable[[], None] = lambda: None) -> list[Match]:
    """Return the sentences that match patterns for such a place, each once a sentence. `tick` looks at the clock."""
    texts = [plain(passage.text) for passage in passages]
    whole, starts = "\n".join(texts), [0]
    for text in texts:
        starts.append(starts[-1] + len(text) + 1)
    out = []
    unseen = any(passage.hidden for passage in passages)
    for ready in _ready():
        contexts = ready.pattern.contexts
        if contexts and where not in contexts and not unseen:
            continue
        tick()
        last = -1
        # No pattern spans a line, so that one search of everything finds what a search of each sentence does.
        for found in ready.found.finditer(whole):
            number = bisect_right(starts, found.start()) - 1
            passage, start = passages[number], starts[number]
            if number == last or (contexts and where not in contexts and not (passage.hidden and "hidden" in contexts)):
                continue
            if _meant(ready, texts[number], found.start() - start):
                last = number
                at = max(found.start() - start - 20, 0)
                out.append(Match(ready.pattern, passage, texts[number][at : found.end() - start + 40]))
    return out


_DESCRIBED = re.compile(
    r"\b(?:injections?|attempting|attempts?|patterns?|phrases?|payloads?|attacks?|jailbreaks?"
    r"|such as|e\.g\.)(?:\s+(?:that|to|which|like))?[\s:(\"'`-]*$"
)
_LIKENED = re.compile(r"\b(?:look|sound|read)s? like\b[^.;:!?]{0,30}$")
"""What only says how an attack looks."""
_STILL = re.compile(r"(?:forget|fail|hesitate|neglect|miss)\s+to\b[^.;:!?]{0,45}$")


def _meant(ready: _Ready, text: str, start: int) -> bool:
    """Tell if the sentence asks for it: what must stand there does, and nothing before denies it."""
    if any(not one.search(text) for one in ready.also) or any(one.search(text) for one in ready.without):
        return False
    before = text[max(start - 60, 0) : start]
    if ready.denied is not None and ready.denied.search(before) and not _STILL.search(before):
        return False
    if _LIKENED.search(before) or (ready.pattern.weight == "deceit" and _DESCRIBED.search(before)):
        return False
    return not re.search(
        r"\b(?:if|when|unless)\s+(?:an?|the|any|someone|you see|asked|content|text|input)\b[^,;:]{0,60}$", before
    )


_ABOUT = re.compile(
    r"\b(?:attack\w*|(?:prompt )?injection\w*|malicious\w*|adversar\w+|exfiltrat\w+|jailbreak\w*|vulnerab\w+"
    r"|threat\w*|owasp"
    r"|red[- ]team\w*|security|angriff\w*|sicherheit\w*|attaque\w*|ataque\w*|attacc\w+)\b",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"\b(?:such as|like|e\.g|for example|for instance|example|examples|phrases?|patterns?|contains?|containing"
    r"|attempts?|claims?|says|(?:may|might|could|can|would) say|detect\w*|flag\w*"
    r"|block\w*|reject\w*|look(?:s|ing)? for|watch for|scan\w* for|attack\w*|injection|payload\w*|test\w*"
    r"|zum beispiel|z\.b|par exemple|por ejemplo|ad esempio)\b"
)


def _about_attacks(text: str) -> bool:
    """Tell if a document is about attacks: it says so often, for its length."""
    said = len(_ABOUT.findall(text))
    return said >= 5 and said * 120 >= len(text.split())


def _quoted(match: Match, about: bool) -> bool:
    """Tell if a sentence only shows what somebody else may write."""
    text = plain(match.passage.text)
    core = match.text.strip()
    at = text.find(core)
    inside = (
        text[:at].count('"') % 2 == 1 or text[:at].count("`") % 2 == 1 or '"' in core or "`" in core or "|" in text[:2]
    )
    shown = match.passage.quoted or inside
    before = text[: at + max(core.find('"'), 0)] if at >= 0 else ""
    return shown and (about or bool(_INTRODUCED.search(before)))


def check_text(text: str, desk: Desk, *, context: Where = "rules", first: int = 1) -> None:
    """Report what is hidden in a text, and what it asks for. `first` is the line that it begins on."""
    lines = Lines(text)
    for one in hidden(text):
        desk.hit(one.rule, one.told, line=first - 1 + lines.at(one.offset))
    if context == "config":
        return
    desk.check_time()
    about = _about_attacks(text) and context == "rules"
    passages, fences = split(text, first)
    found = [one for one in matches(passages, context, desk.check_time) if not _quoted(one, about)]
    for match in found:
        desk.hit(match.pattern.rule if not about else _lesser(match.pattern.rule), match.text, line=match.passage.line)
        if match.passage.hidden and match.pattern.weight != "none" and not about:
            desk.hit("instructions-unseen", match.text, line=match.passage.line)
    if not about:
        _attack(found, desk)
        _tags(passages, desk, context)
    _code(fences, passages, desk, about)
    _encoded(text, desk, lines, first, about)
    report_addresses(text, desk, first)
    if not about:
        _foreign(text, desk, lines, first)


def _lesser(rule: str) -> str:
    """Return the rule that stands for the same where a document is about attacks."""
    return "instructions-send-data" if rule == "instructions-send-secrets" else rule


def _attack(found: list[Match], desk: Desk) -> None:
    """Report deceit and harm that stand near each other."""
    deceits = [one for one in found if one.pattern.weight == "deceit"]
    for harm in (one for one in found if one.pattern.weight == "harm"):
        near = next((one for one in deceits if abs(one.passage.line - harm.passage.line) <= _NEAR), None)
        if near is not None:
            desk.hit("instructions-attack", f"{near.text} ... {harm.text}", line=harm.passage.line)
            return


_ROLE = re.compile(
    r"<\|?(?:im_start|start_header_id|system|/?sys)\|?>|\[/?(?:inst|system)\]|<<sys>>|^\s*#{0,3}\s*(?:system"
    r"|assistant|developer)\s*(?:prompt|message|override|note)?\s*:\s*\w",
    re.IGNORECASE,
)
_SPEAKS = re.compile(
    r"^<\|?(?:system|im_start)\|?>\s*\S[^<]*</?\|?(?:system|im_end)\|?>|^\[INST\].*\[/INST\]", re.IGNORECASE
)
_URGENT = re.compile(
    r"<(?:important|system|critical|instructions?|secret|hidden|admin|mandatory)\b[^>]*>", re.IGNORECASE
)


def _tags(passages: list[Passage], desk: Desk, context: Where) -> None:
    """Report marks of another speaker where only data should stand."""
    for passage in passages:
        found = _ROLE.search(passage.text)
        if found and context in ("tool", "result") and not passage.quoted:
            desk.hit("instructions-override", f"speaks as another: {passage.text}", line=passage.line)
        if context == "rules" and not passage.quoted and _SPEAKS.search(passage.text):
            desk.hit("instructions-override", f"speaks as the system: {passage.text}", line=passage.line)
        urgent = _URGENT.search(passage.text)
        if urgent and context in ("tool", "result"):
            desk.hit("instructions-override", f"a tag gives it weight: {passage.text}", line=passage.line)


_SHELL = frozenset(
    {
        "",
        "bash",
        "sh",
        "shell",
        "zsh",
        "console",
        "terminal",
        "powershell",
        "ps1",
        "cmd",
        "bat",
        "shell-session",
        "fish",
        "pwsh",
    }
)
_SETUP = re.compile(r"echo\s+[\"']?(?:export|alias|source|eval|\.)\s[^|;\n]*>>")
"""Lines for a shell's start-up file that set a path or a name: how tools are installed everywhere."""
_CALLED = re.compile(
    r"(?:system|popen|run|call|check_output|exec|execSync|spawn|Popen)\(\s*[\[f]*([\"'])(.{6,400}?)\1", re.DOTALL
)
_INLINE = re.compile(r"`([^`\n]{8,400})`")


_TELLING = re.compile(
    r"curl|wget|fetch|https?:|iwr|irm|invoke-|iex|download|/dev/|\bnc\b|ncat|netcat|socat|mkfifo|base64|b64"
    r"|xxd|fromhex|atob|openssl|rev\b|\btr\b"
    r"|\brm\b|\bdd\b|mkfs|:\(\)|format|rmdir|\bdel\b|remove-item|shred|vssadmin|cron|rc\b|profile|authorized"
    r"|launch|systemd|schtasks|\brun\\|startup"
    r"|xattr|spctl|csrutil|mppref|setenforce|ufw|netsh|executionpolicy|nopasswd|chmod|history|histfile"
    r"|skip-permissions|yolo|bypass|eval|exec|powershell"
    r"|pwsh|mshta|regsvr|rundll|certutil|bitsadmin|msiexec|\bssh\b|scp|rsync|sendmail|dig\b|nslookup|host\b"
    r"|ping|[A-Za-z0-9+/]{24}|\\x",
    re.IGNORECASE,
)
"""Words without which a command does none of what is looked for: most code in a text holds none."""


def _code(fences: list[Fence], passages: list[Passage], desk: Desk, about: bool) -> None:
    """Report what commands that are given to be run would do."""
    commands = [(one.text, one.line, True) for one in fences if one.language in _SHELL]
    commands += [
        (found[2], one.line, True)
        for one in fences
        if one.language not in _SHELL
        for found in _CALLED.finditer(one.text)
    ]
    commands += [
        (found[1], one.line, False) for one in passages for found in _INLINE.finditer(one.text) if not one.quoted
    ]
    for text, line, block in commands:
        if not _TELLING.search(re.sub(r"[\"'\\^`]|\$\{?IFS\}?", "", text)):
            continue
        desk.check_time()
        for deed in deeds(re.sub(r"(?m)^\s*(?:\$|>|PS>|#)\s+(?=\w)", "", text)):
            if deed.does not in (SERIOUS if block and not about else _HIDDEN_HARM):
                continue
            if deed.does is Does.PERSIST and _SETUP.search(text):
                continue
            if not about or block:
                at = text.find(deed.text[:24])
                rule = "instructions-harsh-command" if about else _rule_in_text(deed.does, deed.text)
                desk.hit(rule, deed.text, line=line + (text.count("\n", 0, at) if at > 0 else 0))


_HIDDEN_HARM = frozenset({Does.RUN_DECODED, Does.REVERSE_SHELL, Does.SEND_SECRET, Does.RUN_DOWNLOAD})
"""What counts in a sentence too, and in a guide about attacks; other commands are named in prose to warn of them."""


def _rule_in_text(does: Does, text: str) -> str:
    """Return the rule for a command in a text: somebody reads it before it runs, unless it is made not to be read."""
    if does in (Does.RUN_DECODED, Does.REVERSE_SHELL, Does.SEND_SECRET):
        return does.value
    hosts = [host_of(url) for url in urls(text)]
    if does is Does.RUN_DOWNLOAD and any(kind(host) == Host.NUMBER or collector(host) for host in hosts):
        return does.value
    return "instructions-download-run" if does is Does.RUN_DOWNLOAD else "instructions-harsh-command"


def _encoded(text: str, desk: Desk, lines: Lines, first: int, about: bool) -> None:
    """Report encoded text that turns out to be a command or an order."""
    for number, (token, inner) in enumerate(decoded(text)):
        if number > 200:
            return
        line = first - 1 + lines.at(max(text.find(token), 0))
        done = [deed for deed in deeds(inner) if deed.does in SERIOUS]
        asked = matches([Passage(inner, line, hidden=True)], "hidden")
        if done or asked:
            desk.hit("instructions-harsh-command" if about else "hidden-message", f"encoded: {inner}", line=line)


_PACKAGE = re.compile(
    r"\b(?:pip3?|uv(?:\s+pip)?|npm|pnpm|yarn|gem|cargo|go)\s+(?:install|add|i|get)\b[^\n|;&`]{0,120}?"
    r"(?<!git\+)(https?://[^\s`'\")]+)"
)
_PUBLISHERS = (
    "github.com", "githubusercontent.com", "gitlab.com", "codeberg.org", "bitbucket.org", "pypi.org", "npmjs.org",
    "pythonhosted.org", "pytorch.org", "pyg.org", "yarnpkg.com", "npmjs.com", "googleapis.com", "huggingface.co",
    "nvidia.com", "microsoft.com", "rubygems.org", "crates.io", "golang.org", "google.com", "intel.com", "pkg.dev",
    "anaconda.org", "openvino.ai", "amazonaws.com", "azureedge.net", "jfrog.io", "example.com",
)  # fmt: skip
"""Hosts of registries and of those who publish packages beside them."""
_LEAKING_IMAGE = re.compile(
    r"!\[[^\]\n]*\]\((https?://[^)\s]*[?&/][\w-]*=?(?:\{\{?|\$\{?|<|\[|(?<==)[A-Z][A-Z_]{5,})[^)\n]*)\)"
)


def _foreign(text: str, desk: Desk, lines: Lines, first: int) -> None:
    """Report packages from addresses of nobody in particular, and images whose address takes data along."""
    for found in _PACKAGE.finditer(text):
        host = host_of(found[1])
        known = any(host == one or host.endswith("." + one) for one in _PUBLISHERS)
        if not known and kind(host) in (Host.NAME, Host.NUMBER):
            desk.hit("instructions-download-run", found[0], line=first - 1 + lines.at(found.start()))
    for found in _LEAKING_IMAGE.finditer(text):
        if "badge" not in found[1] and "shields.io" not in found[1]:
            desk.hit("instructions-send-data", found[0], line=first - 1 + lines.at(found.start()))


def _concrete(url: str, host: str) -> bool:
    """Tell if an address names one place of a service, rather than the service or an example of it."""
    own = re.match(r"([\w-]+)\.[\w-]+\.[a-z]+$", host)
    if own and own[1] not in ("www", "docs", "api", "app", "dashboard", "your", "xxx", "abc", "example"):
        return not re.match(r"your|my-|xxx|example|abc123$|<", own[1])
    return bool(re.search(r"/(?=[\w-]*\d)[\w-]{8,}", url[len(host) :]))


def report_addresses(text: str, desk: Desk, first: int = 1) -> None:
    """Report addresses where strangers collect data."""
    for url in dict.fromkeys(urls(text)):
        host = host_of(url)
        if collector(host) and _concrete(url, host):
            desk.hit("instructions-collecting-host", url, line=first + text.count("\n", 0, text.find(url)))
            return
