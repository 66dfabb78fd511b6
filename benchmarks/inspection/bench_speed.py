"""How fast one core finds sensitive data: end to end on five kinds of text, one prompt, and the peers beside it.

Usage: bench_speed.py [MEGABYTES]   of each text, 4 by default.
End to end is `Inspector.records` with all default types, from bytes to spans with checksums and keywords. Speeds are
MB per second of processor time, the best of three runs. `by line` is at 75 with every line a record of its own, as
rows of a table are. presidio, detect-secrets and `re` get a small slice of the same text; presidio in records of 2 kB,
with which it is faster than with longer ones.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from bartizan.catalog.data_types import load_data_types
from bartizan.catalog.places import cache_folder
from bartizan.inspection import Inspector, Policy
from bartizan.inspection.matcher import HAS_VECTORSCAN
from bartizan.inspection.policy import chosen_types
from bartizan.inspection.rules import Rules, build_rules
from benchmarks.inspection.clock import calls, cpu, rate
from benchmarks.inspection.corpus import KINDS, corpus
from benchmarks.inspection.peers import Peer, detect_secrets, presidio
from benchmarks.measure import machine

TEXTS = {"mixed": tuple(KINDS), **{kind: (kind,) for kind in KINDS}}
EVERY = (1_000, 10_000)
BAR = 150.0
PROMPT_BAR = 60.0
RECORD = 2_000
SLICE = 40_000
PATTERNS = 100
PROMPTS = 20


def main(arguments: list[str]) -> int:
    """Print one table for texts, one for peers, one for a prompt."""
    size = int(float(arguments[0]) * 1e6) if arguments else 4_000_000
    print(machine())
    copied = memcpy()
    print(f"memcpy: {copied:,.0f} MB/s")
    peer = presidio()
    texts(size, copied, peer)
    beside(copied)
    prompts(peer)
    return 0


def memcpy() -> float:
    """Return the speed of copying memory."""
    source = np.ones(64_000_000, np.uint8)
    target = np.empty_like(source)
    return rate(source.size, lambda: np.copyto(target, source), 9)


def texts(size: int, copied: float, peer: Peer | None) -> None:
    """Print speeds end to end: at two confidences, without undoing encodings, each line a record."""
    at_75 = Inspector(Policy(min_confidence=75))
    at_65 = Inspector(Policy(min_confidence=65))
    flat = Inspector(Policy(min_confidence=75, depth=0))
    print(f"\nend to end, MB/s; to reach {BAR:.0f}, and 1,000 times presidio")
    if peer is not None:
        print(f"presidio is {peer.name}")
    print(f"{'text, a value every':20}{'hits/MB':>8}{'at 75':>8}{'at 65':>8}{'depth 0':>8}{'by line':>8}", end="")
    print(f"{'/memcpy':>9}{'/bar':>7}{'presidio':>10}{'x presidio':>12}")
    for every in EVERY:
        for name, kinds in TEXTS.items():
            data = corpus(size, every=every, kinds=kinds)
            speeds = [rate(len(data), partial(one.records, data)) for one in (at_75, at_65, flat)]
            ends = np.append(np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")), len(data))
            speeds.append(rate(len(data), partial(at_75.records, data, ends)))
            hits = len(at_75.records(data).start) / (len(data) / 1e6)
            print(f"{f'{name}, {every // 1000} kB':20}{hits:8.0f}" + "".join(f"{s:8.1f}" for s in speeds), end="")
            print(f"{speeds[0] / copied:9.4f}{speeds[0] / BAR:7.2f}", end="")
            if peer is not None:
                other = peer_rate(peer, data)
                print(f"{other:10.3f}{speeds[0] / other:12.0f}", end="")
            print(flush=True)


def peer_rate(peer: Peer, data: bytes) -> float:
    """Return a peer's speed on the first part of a text, in records."""
    part = data[:SLICE].decode()
    records = [part[start : start + RECORD] for start in range(0, len(part), RECORD)]
    return rate(len(part), lambda: [peer.find(record) for record in records], 2)


def beside(copied: float) -> None:
    """Print speeds of parts and of others on mixed text."""
    data = corpus(2_000_000)
    part = data[: 5 * SLICE]
    rules = default_rules()
    patterns = [rule.pattern for rule in rules.rules if rule.source]
    patterns = patterns[:: len(patterns) // PATTERNS][:PATTERNS]
    fast, plain = Inspector(Policy(min_confidence=75)), Inspector(Policy(min_confidence=75), plain=True)
    figures = {
        "end to end": rate(len(data), lambda: fast.records(data)),
        "end to end without Vectorscan": rate(SLICE, lambda: plain.records(part[:SLICE]), 2),
        f"re, {len(patterns)} of our patterns": rate(
            len(part), lambda: [sum(1 for _ in pattern.finditer(part)) for pattern in patterns], 2
        ),
    }
    secrets = detect_secrets()
    if secrets is not None:
        figures[secrets.name] = rate(SLICE, lambda: secrets.find(part[:SLICE].decode()), 2)
    if HAS_VECTORSCAN:
        matcher = rules.groups["open"].matcher
        figures["Vectorscan alone, expressions that are looked for everywhere"] = rate(
            len(data), lambda: matcher.ends(data)
        )
    else:
        print("skipped: Vectorscan has no wheel for this machine")
    print("\nmixed text, a value in each kB, at 75")
    print(f"{'':62}{'MB/s':>10}{'/memcpy':>12}{'end to end /':>14}")
    for name, speed in figures.items():
        print(f"{name:62}{speed:10.3f}{speed / copied:12.7f}{figures['end to end'] / speed:14.1f}")
    one, other = fast.records(part[:SLICE]), plain.records(part[:SLICE])
    same = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("kind", "start", "end"))
    print(f"without Vectorscan the same {len(one.start)} spans: {'yes' if same else 'NO'}")


def default_rules() -> Rules:
    """Return the rules of all default types at 75, as the inspector makes them."""
    cache = cache_folder()
    return build_rules(chosen_types(Policy(), load_data_types(cache)), 75, (), cache)


def prompts(peer: Peer | None) -> None:
    """Print what one prompt of about 2 kB takes when everything is loaded."""
    print(f"\none prompt, warm, microseconds; to reach {PROMPT_BAR:.0f}")
    print(f"{'prompt':24}{'bytes':>7}{'spans':>7}{'at':>5}{'median':>9}{'best':>9}{'CPU':>9}{'best/bar':>10}")
    for label, every in (("three values", 650), ("no values", 0)):
        batch = [corpus(1_900, every=every, kinds=("prose",), seed=seed).decode() for seed in range(PROMPTS)]
        size = sum(map(len, batch)) / len(batch)
        best = 0.0
        for least in (75, 65):
            inspector = Inspector(Policy(min_confidence=least))
            taken = calls(inspector.inspect, batch, 100)
            best = best or taken.best
            spans = sum(len(inspector.inspect(text).spans) for text in batch) / len(batch)
            print(f"{label:24}{size:7.0f}{spans:7.1f}{least:5}", end="")
            print(f"{taken.middle:9.0f}{taken.best:9.0f}{taken.cpu:9.0f}{taken.best / PROMPT_BAR:10.2f}", flush=True)
        if peer is not None:
            other = cpu(partial(_each, peer.find, batch), 2) / len(batch) * 1e6
            print(f"{'  presidio, CPU':24}{size:7.0f}{'':30}{other:9.0f}   {other / best:.0f} x our best at 75")


def _each(find: Callable[[str], object], batch: Sequence[str]) -> None:
    for text in batch:
        find(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
