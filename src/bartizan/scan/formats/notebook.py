"""Jupyter notebooks: code cells with their magics, outputs that run scripts or show secrets. Read, never run.

Source: nbformat 3 and 4. Magics and `!` lines are IPython's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.texts.jsondata import LARGEST, read_json

__all__ = ["FORMAT"]

_LARGEST = 8 * LARGEST
"""Bytes of a notebook that are read: pictures in outputs take most of them."""
_PYTHON = re.compile(r"(?i)python|\A\Z|xeus|pyspark")
_SCRIPT = re.compile(
    r"(?is)<(?:script|iframe)\b[^<>]{1,2000}?\bsrc\s{0,20}=\s{0,20}[\"']?\s{0,20}(?:https?:)?//([\w.-]{1,300})"
)
_INLINE = re.compile(r"(?i)<(?:script|iframe|img|svg|body|video|audio|input)\b[^<>]{0,2000}?(?:>|\bon\w{3,20}\s*=)")
_LOADS = re.compile(
    r"(?:fetch|XMLHttpRequest|importScripts|import|sendBeacon|WebSocket)\s*\(\s*[\"'`](?:(?:https?|wss?):)?//([\w.-]+)"
)
_KNOWN = re.compile(
    r"(?:\w+\.)*(?:cdnjs\.cloudflare\.com|cdn\.jsdelivr\.net|unpkg\.com|cdn\.plot\.ly|cdn\.bokeh\.org|cdn\.pydata\.org|gstatic\.com"
    r"|googleapis\.com|jquery\.com|mathjax\.org|bootstrapcdn\.com|d3js\.org|youtube\.com|youtube-nocookie\.com|vimeo\.com"
    r"|vega\.github\.io|holoviz\.org|wandb\.ai|huggingface\.co|hf\.space|kaggle\.com|github\.io|google\.com|localhost|127\.0\.0\.1"
    r"|require\.js|colab\.research\.google\.com|plotly\.com)\Z"
)
_SHELL_CELLS = frozenset({"bash", "sh", "script", "cmd", "zsh", "powershell"})
_OTHER_CELLS = frozenset({
    "html", "javascript", "js", "latex", "markdown", "svg", "perl", "ruby", "sql", "cython", "R", "writefile", "file",
    "bigquery", "configure", "local", "spark", "pyspark", "scala", "sparkr", "cu", "julia", "node", "shell",
})  # fmt: skip
_TIMED = frozenset({"time", "timeit", "capture", "prun", "memit", "python", "python3", "pypy", "px", "autopx", "debug"})


def recognise(look: Look) -> bool:
    """Tell by the name or by the keys of a notebook."""
    if look.suffix == ".ipynb":
        return True
    return look.head.lstrip().startswith(b"{") and b'"cell_type"' in look.head and b'"cells"' in look.head


def examine(look: Look, desk: Desk) -> None:
    """Report what cells do, and what outputs hold. Raises Malformed and LimitReached."""
    desk.cover_all(look.content)
    if look.size > _LARGEST:
        raise LimitReached(f"the notebook has more than {_LARGEST >> 20} MB")
    source = look.content.read(0, look.size)
    if not source.strip():
        return
    data = _read(source)
    cells = data.get("cells")
    if not isinstance(cells, list):
        sheets = data.get("worksheets")
        cells = [cell for sheet in _list(sheets) if isinstance(sheet, dict) for cell in _list(sheet.get("cells"))]
    language = _language(data)
    code: list[tuple[int, str]] = []
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict):
            continue
        text = _joined(cell.get("source", cell.get("input", "")))
        if cell.get("cell_type") == "code":
            code.append((number, text))
            for output in _list(cell.get("outputs")):
                if isinstance(output, dict):
                    _output(output, number, desk)
        else:
            _marked(text, number, desk)
    if _PYTHON.search(language):
        _cells(code, desk)


def _read(source: bytes) -> dict[str, Any]:
    if len(source) <= LARGEST:
        data = read_json(source)
    else:
        import msgspec

        try:
            data = msgspec.json.decode(source)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise Malformed("the notebook is no JSON") from error
    if not isinstance(data, dict):
        raise Malformed("the notebook is no object of JSON", 0)
    return data


def _language(data: dict[str, Any]) -> str:
    metadata = data.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    info = metadata.get("language_info") if isinstance(metadata, dict) else None
    for one in (info, kernel):
        if isinstance(one, dict):
            named = one.get("language") or one.get("name")
            if isinstance(named, str):
                return named
    return ""


def _cells(code: list[tuple[int, str]], desk: Desk) -> None:
    """Examine all code together, as names go from cell to cell; cells that can't be parsed are left out and told."""
    from bartizan.scan.agents.report import SERIOUS
    from bartizan.scan.pycode.checks import Told, check_module
    from bartizan.scan.texts.commands import deeds
    from bartizan.scan.texts.python_source import parse_python

    parts: list[str] = []
    starts: list[tuple[int, int]] = []
    line = 1
    broken: list[int] = []
    for number, text in code:
        desk.check_time()
        plain, commands = _without_magics(text)
        for command in commands:
            for deed in deeds(command):
                if deed.does in SERIOUS:
                    desk.hit(deed.does.value, f"cell {number}: {deed.text}")
            _installed(command, number, desk)
        if not plain.strip():
            continue
        try:
            parse_python(plain)
        except Malformed:
            broken.append(number)
            continue
        starts.append((line, number))
        parts.append(plain)
        line += plain.count("\n") + 1
    if broken:
        desk.hit("notebook-cell-unread", f"cells {', '.join(map(str, broken[:10]))}")
    whole = "\n".join(parts)
    check_module(parse_python(whole), whole, Told(desk, cells=starts))


def _without_magics(text: str) -> tuple[str, list[str]]:
    """Return a cell as plain Python of as many lines, and the commands that it gives to a shell."""
    lines, commands = text.splitlines(), []
    first = next((line for line in lines if line.strip()), "").strip()
    if first.startswith("%%"):
        name = first[2:].split(maxsplit=1)[0] if len(first) > 2 else ""
        rest = "\n".join(lines[lines.index(next(line for line in lines if line.strip())) + 1 :])
        if name in _SHELL_CELLS:
            return "", [rest]
        if name in _OTHER_CELLS or name not in _TIMED:
            return "", []
        return _without_magics(rest)
    out: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        bare = line.strip()
        indent = line[: len(line) - len(line.lstrip())]
        assigned = re.match(r"([\w, ]+)=\s*!(?!=)(.*)", bare)
        if assigned:
            commands.append(assigned[2])
            out.append(f"{indent}{assigned[1].strip()} = []")
        elif bare.startswith(("!", "%")) and not (out and out[-1].rstrip().endswith(("\\", "(", ","))):
            command = bare.lstrip("!%")
            if bare.startswith("!") or command.startswith(("pip ", "conda ", "system ", "sx ", "run ")):
                commands.append(command + (" " + following.strip() if command.endswith("\\") else ""))
            out.append(f"{indent}pass")
        elif bare.startswith("?") or (bare.endswith("?") and "#" not in bare and "'" not in bare and '"' not in bare):
            out.append(f"{indent}pass")
        else:
            out.append(line)
    return "\n".join(out), commands


def _installed(command: str, number: int, desk: Desk) -> None:
    """Report packages that a cell installs from elsewhere."""
    from bartizan.scan.repository.requirements import examine_requirements

    found = re.match(r"(?:\S*python\S*\s+-m\s+)?(?:uv\s+)?pip3?\s+install\s+(.*)", command.strip())
    if found is None:
        return
    words = found[1].replace('"', "").replace("'", "").split()
    lines: list[str] = []
    taken = iter(words)
    for word in taken:
        if word in ("--extra-index-url", "--index-url", "-i", "--find-links", "-f", "--trusted-host"):
            lines.append(f"{word} {next(taken, '')}")
        elif word.startswith(("git+", "http://", "https://", "--extra-index-url=", "--index-url=")):
            lines.append(word)
    examine_requirements([(number, line) for line in lines], desk)


def _output(output: dict[str, Any], number: int, desk: Desk) -> None:
    """Report what an output runs when the notebook is opened, and secrets that it shows."""
    from bartizan.scan.texts.secrets import suspected_secrets

    data = output.get("data")
    shown = [_joined(output.get("text", "")), _joined(output.get("traceback", ""))]
    for kind, value in data.items() if isinstance(data, dict) else ():
        text = _joined(value)
        if kind in ("text/html", "image/svg+xml", "application/javascript", "text/markdown"):
            _marked(text, number, desk)
            if kind == "application/javascript":
                _addresses(_LOADS.finditer(text), number, desk)
        if kind.startswith("text/"):
            shown.append(text)
    for text in shown:
        kinds = suspected_secrets(text[:200_000])
        if kinds:
            desk.hit("notebook-shows-secret", f"cell {number}: of type `{kinds[0]}`")


def _marked(text: str, number: int, desk: Desk) -> None:
    """Report scripts and frames of other hosts in markup."""
    if "<" in text:
        _addresses(_SCRIPT.finditer(text), number, desk)
    if _INLINE.search(text):
        _addresses(_LOADS.finditer(text), number, desk)


def _addresses(found: Iterator[re.Match[str]], number: int, desk: Desk) -> None:
    for one in found:
        host = next(group for group in one.groups() if group)
        if not _KNOWN.match(host.lower()):
            desk.hit("notebook-remote-script", f"cell {number}: from `{host}`")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _joined(value: Any) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


FORMAT = Format(
    name="notebook", title="Jupyter notebook", group="code", recognise=recognise, examine=examine, accounts=False
)
