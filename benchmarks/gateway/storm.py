"""The callers of a storm: each knows what its answer must say, and the log must know of every one of them.

Every request has an id of its own, which is also its trace, a piece of its prompt, and part of a personal value that
the gateway hides from the provider and puts back. So an answer that reaches somebody else is seen, whichever way.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any, NamedTuple

from benchmarks.gateway.storm_provider import BROKEN

__all__ = ["Caller", "Sent", "Storm", "lost"]

_PATH = "/openai/v1/chat/completions"
_PIECE = re.compile(r"<([0-9a-f]{32}):(\d+):([^>]*)é漢> ")
_PLANS = ("full", "full", "full", "whole", "whole", "leave", "leave-at-once", *BROKEN)


class Sent(NamedTuple):
    """A request that was sent whole: its id, its plan, and whether its answer began to arrive."""

    id: str
    plan: str
    answered: bool


class Storm:
    """What all callers share: where they call, how long answers are, and what was seen. `wrong` should stay empty."""

    def __init__(
        self, port: int, keys: Sequence[str], *, chunks: int, pause: float, most: float, seed: int = 1
    ) -> None:
        self.port, self.keys, self.chunks, self.pause, self.most = port, keys, chunks, pause, most
        self.random = Random(seed)  # noqa: S311 - a storm that can be repeated
        self.sent: list[Sent] = []
        self.wrong: list[str] = []
        self.ended: Counter[str] = Counter()

    async def run(self, callers: int, seconds: float) -> None:
        """Call from so many callers at once, for so long; each ends its last call."""
        until = asyncio.get_running_loop().time() + seconds
        await asyncio.gather(*(Caller(self, number).run(until) for number in range(callers)))


class Caller:
    """One after the other, over a connection that is kept where the last answer allows it."""

    def __init__(self, storm: Storm, number: int) -> None:
        self.storm, self.key = storm, storm.keys[number % len(storm.keys)]
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def run(self, until: float) -> None:
        loop, storm = asyncio.get_running_loop(), self.storm
        await asyncio.sleep(storm.random.random() * storm.pause * storm.chunks)
        while loop.time() < until:
            plan = storm.random.choice(_PLANS)
            try:
                async with asyncio.timeout(storm.most):
                    await self.call(plan)
            except TimeoutError:
                storm.wrong.append(f"{plan}: no end after {storm.most:g} s")
                self.leave()
            except (OSError, EOFError, ValueError) as error:
                storm.wrong.append(f"{plan}: {type(error).__name__} {error}"[:200])
                self.leave()
        self.leave()

    def leave(self) -> None:
        if self.streams is not None:
            self.streams[1].transport.abort()
            self.streams = None

    async def call(self, plan: str) -> None:
        """Send one request and judge its answer."""
        storm, random = self.storm, self.storm.random
        id = secrets.token_hex(16)
        mail = f"u{id[:12]}@example.ch"
        after, pause = random.randrange(storm.chunks), int(storm.pause * 1000)
        prompt = f"storm id={id} plan={plan} after={after} chunks={storm.chunks} pause={pause} mail={mail}"
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", storm.port)
        reader, writer = self.streams
        writer.write(self.request(id, prompt, stream=plan != "whole"))
        await writer.drain()
        if plan == "leave-at-once":
            await asyncio.sleep(random.random() * storm.pause)
            storm.sent.append(Sent(id, plan, False))
            self.leave()
            return
        try:
            said = await self.judged(reader, id, mail, plan, after)
        finally:
            storm.sent.append(Sent(id, plan, True))
        storm.ended[said] += 1
        if plan == "leave" or random.random() < 0.1:
            self.leave()

    def request(self, id: str, prompt: str, *, stream: bool) -> bytes:
        tree = {"model": "demo-large", "stream": stream, "messages": [{"role": "user", "content": prompt}]}
        body = json.dumps(tree).encode()
        lines = ["host: gateway", f"authorization: Bearer {self.key}", "content-type: application/json"]
        lines += [f"traceparent: 00-{id}-{id[:16]}-01", f"content-length: {len(body)}"]
        return "\r\n".join([f"POST {_PATH} HTTP/1.1", *lines, "", ""]).encode() + body

    async def judged(self, reader: asyncio.StreamReader, id: str, mail: str, plan: str, after: int) -> str:
        """Read an answer, note what is wrong with it, and return how it ended."""
        status, headers = await read_head(reader)
        if "content-length" in headers:
            tree = json.loads(await reader.readexactly(int(headers["content-length"])))
            return self.judged_whole(status, tree, id, mail, plan)
        got = bytearray()
        most = after + 1 if plan == "leave" else -1
        while (data := await read_chunk(reader)) and (most < 0 or got.count(b"\n\n") < most):
            got += data
        return self.judged_stream(got.decode(), id, mail, plan, after)

    def judged_whole(self, status: int, tree: dict[str, Any], id: str, mail: str, plan: str) -> str:
        if status != 200:
            rule = tree["error"].get("rule", "")
            if not (plan in ("no-head", "half-head") and (status, rule) == (502, "upstream-failed")):
                self.storm.wrong.append(f"{plan}: {status} {rule}")
            return f"{status} {rule}"
        self.pieces(tree["choices"][0]["message"]["content"], id, mail, plan, 1, 1)
        if plan != "whole":
            self.storm.wrong.append(f"{plan}: answered whole")
        return "whole"

    def judged_stream(self, text: str, id: str, mail: str, plan: str, after: int) -> str:
        said, rule, done = [], "", False
        for line in text.split("\n\n")[:-1]:
            if line == "data: [DONE]":
                done = True
                continue
            tree = json.loads(line.removeprefix("data: "))
            if "error" in tree:
                rule = tree["error"].get("rule", "?")
            else:
                said.append(tree["choices"][0]["delta"]["content"])
        chunks = self.storm.chunks
        if plan == "full":
            self.pieces("".join(said), id, mail, plan, chunks, chunks)
            if rule or not done:
                self.storm.wrong.append(f"full: ended with `{rule}`")
            return "full"
        self.pieces("".join(said), id, mail, plan, 0, after + 1 if plan != "leave" else chunks)
        if plan != "leave" and rule != "upstream-cut":
            self.storm.wrong.append(f"{plan}: ended with `{rule}` instead of upstream-cut")
        return rule or "left"

    def pieces(self, text: str, id: str, mail: str, plan: str, least: int, most: int) -> None:
        """Check that a text is this caller's, from its beginning on, with no piece missing."""
        found = _PIECE.findall(text)
        if "".join(f"<{id}:{number}:{mail}é漢> " for number in range(len(found))) != text:
            whose = {one for one, _, _ in found}
            self.storm.wrong.append(f"{plan}: {'crossed' if whose - {id} else 'torn'} {text[:80]!r}"[:200])
        elif not least <= len(found) <= most:
            self.storm.wrong.append(f"{plan}: {len(found)} pieces, not {least} to {most}")


async def read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in head[1:-2])
    return int(head[0].split(" ")[1]), {name.lower(): value.strip() for name, _, value in pairs}


async def read_chunk(reader: asyncio.StreamReader) -> bytes:
    size = int(await reader.readuntil(b"\r\n"), 16)
    data = await reader.readexactly(size + 2)
    return data[:-2]


def lost(sent: Iterable[Sent], events: Iterable[dict[str, Any]], more: int = 0) -> list[str]:
    """Return what is missing from a log, or too much in it: each call has one end, and one beginning if it streamed.

    `more` is how many calls were made besides.
    """
    kinds: dict[str, list[str]] = {}
    for event in events:
        kinds.setdefault(event.get("trace", ""), []).append(event["kind"])
    out = []
    ids = set()
    for id, plan, answered in sent:
        ids.add(id)
        got = kinds.get(id, [])
        streams = plan not in ("whole", "no-head", "half-head")
        right = [["stream", "call"], ["stream", "refusal"]] if streams else [["call"], ["refusal"]]
        if not answered:
            # A connection that is reset takes along what the gateway had not read yet.
            right += [["call"], ["refusal"], []]
        if got not in right:
            out.append(f"{plan}: {got}")
    others = [trace for trace in kinds.keys() - ids if {"stream", "call", "refusal"} & set(kinds[trace])]
    return out + [f"{len(others)} calls that nobody made"] * (len(others) != more)
