"""Requirements of Python packages: where they are taken from, and whether they are fixed. Source: PEP 508, pip 25."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bartizan.scan.artefacts.desk import Desk

__all__ = ["examine_requirements"]

_INDEX = re.compile(r"(?:^|\s)(--extra-index-url|--index-url|-i|--find-links|-f|--trusted-host)[\s=]+(\S+)")
_KNOWN_INDEX = re.compile(
    r"https://(?:pypi\.org|(?:download|download-r2)\.pytorch\.org|pypi\.nvidia\.com|pypi\.ngc\.nvidia\.com"
    r"|developer\.download\.nvidia\.com|data\.pyg\.org|storage\.googleapis\.com/jax-releases|flashinfer\.ai"
    r"|dl\.fbaipublicfiles\.com|download\.openmmlab\.com|files\.pythonhosted\.org|wheels\.vllm\.ai)(?:/|\Z)"
)
_DIRECT = re.compile(r"(?:@\s*|^(?:-e\s+|--editable[\s=]+)?)((?:git|hg|svn|bzr)\+\S+|https?://\S+)")
_COMMIT = re.compile(r"@[0-9a-f]{7,40}(?:[#\s]|\Z)|(?:#|&)sha256=[0-9a-f]{64}|--hash=sha256:[0-9a-f]{64}")
_WHEEL_HOSTS = re.compile(r"https://(?:github\.com/[\w.-]+/[\w.-]+/releases/|huggingface\.co/|download\.pytorch\.org/)")
_PINNED = re.compile(r"===?\s*[^*,;\s]+(?:\s*(?:[;,#\\]|--hash)|\s*\Z)|--hash=sha256:")
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?:[<>=!~;@\s]|\Z)")


def examine_requirements(lines: Iterable[tuple[int, str]], desk: Desk) -> None:
    """Report on requirements, given as numbered lines. One finding tells how many are not fixed."""
    loose: list[str] = []
    first = count = 0
    for number, raw in lines:
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if _INDEX.search(line):
            _index(line, number, desk)
            continue
        direct = _DIRECT.search(line)
        if direct:
            _direct(direct[1], line, number, desk)
            continue
        name = _NAME.match(line)
        if name is None or line.startswith("-"):
            continue
        count += 1
        desk.fact("package", line.partition("#")[0].partition(";")[0].strip())
        if not _PINNED.search(line):
            loose.append(name[1])
            first = first or number
    if loose:
        desk.hit("requirements-unpinned", f"{len(loose)} of {count}: {', '.join(loose[:6])}", line=first)


def _index(line: str, number: int, desk: Desk) -> None:
    for option, address in _INDEX.findall(line):
        if option == "--trusted-host" or address.startswith("http://"):
            desk.hit("requirements-plain-http", f"{option} {address}", line=number)
        elif "://" in address and not _KNOWN_INDEX.match(address):
            desk.hit("requirements-other-index", f"{option} {address}", line=number)


def _direct(address: str, line: str, number: int, desk: Desk) -> None:
    if address.startswith(("http://", "git+http://", "git+git://", "git+ssh://git@")) and "+ssh" not in address:
        desk.hit("requirements-plain-http", address, line=number)
    elif not _COMMIT.search(line) and not (address.startswith("https://") and _WHEEL_HOSTS.match(address)):
        desk.hit("requirements-direct", address, line=number)
