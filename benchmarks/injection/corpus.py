"""Texts to learn from and to measure with, each with its source: attacks, and what is none but looks like one.

Public texts are read in place from the folder of shared data; what we wrote ourselves is in `grammar.py`. All of it
is data: nothing in a text is followed.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
DATA = HERE.parents[2] / "shared/data"
NOISY = {"injecagent": 0.3, "asb_tools": 0.3, "atr": 0.7, "jailbreakbench_artifacts": 0.3}
"""Sources in which many attacks are orders that a user may give, too, so that they teach less."""
_FILLERS = (
    "Works as described and arrived on time.",
    "See you on Monday then.",
    "The weather was lovely.",
    "Thanks for the quick answer!",
    "Meeting moved to room 4.",
    "Nice place, a bit noisy at night.",
)
"""What stands in a record where no attack does."""
_MODULES = ("argparse", "smtplib", "json/decoder", "logging/__init__", "shlex", "tarfile")
_DOJO = "<INFO-7f3a>"


class Text(NamedTuple):
    """A text, 1 for an attack or 0, and where it is from."""

    text: str
    label: int
    source: str


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file of JSON lines."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line) for line in data.splitlines()]


def public(data: Path = DATA) -> list[Text]:
    """Return the public texts, each once."""
    out = [*_injection(data), *_agents(data), *_rules(data), *_sensitive(data), *_m365(data), *_python()]
    return list({(one.text, one.label): one for one in reversed(out) if one.text.strip()}.values())[::-1]


def digest(texts: Iterable[Text]) -> dict[str, str]:
    """Return a digest of each source's texts."""
    out: dict[str, Any] = {}
    for one in texts:
        name = f"{one.source}/{one.label}"
        out.setdefault(name, hashlib.sha256()).update(one.text.encode(errors="surrogatepass") + b"\0")
    return {name: value.hexdigest()[:16] for name, value in sorted(out.items())}


def _injection(data: Path) -> Iterator[Text]:
    for file in sorted((data / "injection").glob("*.jsonl")):
        for row in rows(file):
            yield Text(row["text"], row["label"], _part(row))


def _part(row: dict[str, Any]) -> str:
    """Return the source, or the part of one that is measured but teaches nothing.

    Half of the orders of one list are what anybody may ask for; what others ask for is harmful, but asks plainly.
    """
    if row["label"] and row.get("aggressive") == "False":
        return "asb_mild"
    return "jbb_tail" if row.get("method") in {"DSN", "GCG"} else str(row["source"])


FAMILIES = {"atr_evasion": {"atr"}}
"""Sources that are left out together with one that is only measured."""
PARTS = {"asb_tools": {"asb_mild"}, "jailbreakbench_artifacts": {"jbb_tail"}}
"""What belongs to a source but teaches nothing."""


def _agents(data: Path) -> Iterator[Text]:
    seen: dict[str, int] = {}
    for row in rows(data / "agents/gullible_traces_dojo.jsonl.gz"):
        yield Text(row["prompt"], 0, "dojo")
        for event in row["events"]:
            result, goal = str(event["result"]), f"{row['suite']} {row['injection_task']} {event['tool']}"
            if row["injection_task"] is None:
                yield Text(result, 0, "dojo")
            elif _DOJO in result and seen.setdefault(goal, 0) < 2:
                seen[goal] += 1
                yield Text(result, 1, "dojo")
    for number, row in enumerate(rows(data / "agents/injecagent_cases.jsonl")):
        yield Text(row["user_prompt"], 0, "injecagent")
        if number % 3 == 0:
            yield Text(row["tool_result"], 1, "injecagent")
            calm = row["tool_result"].replace(row["injected"], _FILLERS[number // 3 % len(_FILLERS)])
            if calm != row["tool_result"]:
                yield Text(calm, 0, "injecagent")
    for row in rows(data / "agents/mcp_tool_defs.jsonl"):
        if "MSB" in row["source"]:
            yield Text(row["description"], 0, "mcp_tools")


_ATTACKS = {"prompt-injection", "agent-manipulation", "context-exfiltration"}


def _rules(data: Path) -> Iterator[Text]:
    for row in rows(data / "soc/atr_testcases_dev.jsonl"):
        texts = [row["case"][name] for name in ("input", "tool_description", "tool_response", "user_input", "tool_args")
                 if isinstance(row["case"].get(name), str)]  # fmt: skip
        if row["kind"] == "true_negatives":
            yield Text("\n".join(texts), 0, "atr")
        elif row["category"] in _ATTACKS:
            yield Text("\n".join(texts), 1, "atr" if row["kind"] == "true_positives" else "atr_evasion")


def _sensitive(data: Path) -> Iterator[Text]:
    for file in sorted((data / "sensitive").glob("*.jsonl")):
        taken = rows(file)
        for row in taken[:: max(1, len(taken) // 300)]:
            yield Text(row["text"], 0, "sensitive")


def _m365(data: Path) -> Iterator[Text]:
    files = sorted(file for file in (data / "m365").rglob("*") if file.suffix in {".json", ".yaml", ".yml", ".xml"})
    for file in files[:: max(1, len(files) // 250)]:
        yield Text(file.read_text(encoding="utf-8", errors="replace")[:4000], 0, "m365")


def _python() -> Iterator[Text]:
    """Yield technical prose and code: parts of Python's own manual and library."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    code = [(folder / f"{name}.py").read_text(encoding="utf-8") for name in ("pydoc_data/topics", *_MODULES)]
    for text in code:
        for start in range(0, len(text), 9000):
            yield Text(text[start : start + 1500], 0, "python")


_WORD = re.compile(r"\w+")


def shingles(text: str) -> set[int]:
    """Return numbers of the rows of seven words that stand in a text, as far as there are any."""
    words = _WORD.findall(text.lower())
    return {hash(tuple(words[at : at + 7])) for at in range(max(1, len(words) - 6))}


def without_copies(texts: list[Text], held: list[Text], share: float = 0.2) -> list[Text]:
    """Return the texts that share few rows of words with those held out: jailbreaks are copied from list to list."""
    kept = set[int]().union(*(shingles(one.text) for one in held if one.label))
    out = []
    for one in texts:
        own = shingles(one.text) if one.label else set()
        if not own or len(own & kept) < share * len(own):
            out.append(one)
    return out


if __name__ == "__main__":
    counts: dict[tuple[str, int], int] = {}
    for one in public():
        counts[one.source, one.label] = counts.get((one.source, one.label), 0) + 1
    for (source, label), count in sorted(counts.items()):
        sys.stdout.write(f"{source:32} {label} {count}\n")
