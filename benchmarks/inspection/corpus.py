"""Text to inspect: prose, logs, JSON and code in fixed shares, values planted at a stated density; always the same."""

from __future__ import annotations

import random
from collections.abc import Callable

WORDS = (  # noqa: SIM905 - two hundred quoted words are no easier to read
    "the of and to in a is that for it as was with be by on not he his but at are this have from or had "
    "an they which one you were all her she there would their we him been has when who will no more if "
    "out so up said what its about than into them can only other time new some could these two may first "
    "then do any like my now over such our man me even most made after also did many off before must well "
    "back through years much where your way down should because long each just state those people too "
    "little very good world still see own work men day get here old life both between being under three "
    "never know same last another while us might great go come since against right came take used himself "
    "few house use place during high without again home around small however found part school every "
    "model data report meeting customer project budget review contract service request system update "
    "release team manager office market product company price order delivery question "
).split()
NAMES = ("Anna Keller", "Luca Rossi", "Sarah Smith", "Arben Hoxha", "Marie Dubois", "John Miller", "Nina Weber")
VALUES: tuple[Callable[[random.Random], str], ...] = (
    lambda r: f"{r.choice('abcdefgh')}.{r.choice(WORDS)}{r.randrange(99)}@{r.choice(WORDS)}mail.com",
    lambda _: "4012 8888 8888 1881",
    lambda _: "CH93 0076 2011 6238 5295 7",
    lambda _: "DE89370400440532013000",
    lambda r: f"{r.randrange(100, 665):03}-{r.randrange(1, 99):02}-{r.randrange(1, 9999):04}",
    lambda r: f"10.{r.randrange(256)}.{r.randrange(256)}.{r.randrange(256)}",
    lambda r: f"+41 44 668 {r.randrange(10, 99)} {r.randrange(10, 99)}",
    lambda r: f"(415) 555-{r.randrange(1000, 9999)}",
    lambda _: "756.9217.0769.85",
    lambda r: "ghp_" + "".join(r.choice("abcdefghijklmnopqrstuvwxyzABCDEF0123456789") for _ in range(36)),
    lambda r: "AKIA" + "".join(r.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16)),
    lambda r: f"password={r.choice(WORDS)}{r.randrange(100, 999)}!{r.choice(WORDS)}",
    lambda r: r.choice(NAMES),
)


def prose(rnd: random.Random) -> str:
    """A paragraph of running text."""
    sentences = []
    for _ in range(rnd.randrange(3, 7)):
        words = [rnd.choice(WORDS) for _ in range(rnd.randrange(7, 18))]
        sentences.append(" ".join(words).capitalize() + rnd.choice(".....?!"))
    return " ".join(sentences) + "\n"


def log(rnd: random.Random) -> str:
    """A few lines of a server's log."""
    lines = []
    for _ in range(5):
        time = f"{rnd.randrange(24):02}:{rnd.randrange(60):02}:{rnd.randrange(60):02}.{rnd.randrange(1000):03}Z"
        stamp = f"2026-11-{rnd.randrange(1, 29):02}T{time}"
        level = rnd.choice(("INFO", "INFO", "DEBUG", "WARN"))
        request = f"{rnd.getrandbits(64):016x}"
        lines.append(
            f"{stamp} {level} worker-{rnd.randrange(9)} request={request} status={rnd.choice((200, 200, 404))} "
            f"bytes={rnd.randrange(90_000)} took {rnd.randrange(900)} ms "
            f"path=/api/v1/{rnd.choice(WORDS)}/{rnd.randrange(9999)}"
        )
    return "\n".join(lines) + "\n"


def json_lines(rnd: random.Random) -> str:
    """A few records of a chat."""
    lines = []
    for _ in range(2):
        role = rnd.choice(("user", "assistant"))
        lines.append(f'{{"id": {rnd.randrange(10**6)}, "role": "{role}", "content": "{prose(rnd).strip()}"}}')
    return "\n".join(lines) + "\n"


def code(rnd: random.Random) -> str:
    """A small function."""
    first, second, third = (rnd.choice(WORDS) for _ in range(3))
    return (
        f"def {first}_{second}(self, {third}: int = {rnd.randrange(100)}) -> str:\n"
        f'    """Return the {third} of the {second}."""\n'
        f"    if self.{first} is None or len({third}) > {rnd.randrange(10)}:\n"
        f'        raise ValueError("no {second} for {first}")\n'
        f"    return self._{second}[{third}].{first}(key={rnd.randrange(9)})\n\n"
    )


KINDS = {"prose": (prose, 0.4), "log": (log, 0.3), "json": (json_lines, 0.2), "code": (code, 0.1)}


def corpus(size: int, *, every: int = 1_000, kinds: tuple[str, ...] = tuple(KINDS), seed: int = 7) -> bytes:
    """Return about `size` bytes of text, with one planted value in every `every` bytes (0: none)."""
    rnd = random.Random(seed)  # noqa: S311 - the same text every time is the point
    weights = [KINDS[kind][1] for kind in kinds]
    parts: list[str] = []
    written, planted = 0, 0
    while written < size:
        part = KINDS[rnd.choices(kinds, weights)[0]][0](rnd)
        written += len(part)
        if every and written >= (planted + 1) * every:
            lines = part.split("\n")
            lines[0] += " " + rnd.choice(VALUES)(rnd)
            part = "\n".join(lines)
            planted += 1
        parts.append(part)
    return "".join(parts).encode()
