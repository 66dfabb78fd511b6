"""Processor time of a call through the doors that are no gateway: `Guard` in the program, and the ASGI middleware.

    python benchmarks/gateway/bench_doors.py [CALLS]

The example's configuration with all data types, the injection signal, a budget and the event log on disk; requests and
answers of 2 kB, each request another one. The middleware is driven without a server, its application does nothing.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from bartizan.guard import Guard, Principal
from bartizan.guard.gateway.asgi import GuardMiddleware

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "gateway"
WORDS = "the figures of the last quarter were sent to everybody who had asked for them before the meeting "
ANSWER = json.dumps(
    {
        "id": "c-1",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": WORDS * 19}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 400, "completion_tokens": 400},
    }
).encode()
NUMBERS = count()
PIECES = [
    b"data: %s\n\n" % json.dumps({"choices": [{"index": 0, "delta": {"content": word + " "}}]}).encode()
    for word in (WORDS * 6).split()[:100]
]


def request(number: int, *, stream: bool = False) -> bytes:
    """Return a request of 2 kB that no other call has made."""
    content = f"call {number}: {WORDS * 19}"
    return json.dumps(
        {"model": "gpt-4o", "messages": [{"role": "user", "content": content}], "stream": stream}
    ).encode()


def measured(name: str, calls: int, step: Callable[[int], object]) -> None:
    """Print the processor time of a step, the best of three runs."""
    for _ in range(20):
        step(next(NUMBERS))
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        for _ in range(calls):
            step(next(NUMBERS))
        best = min(best, (time.process_time() - begun) / calls)
    print(f"{name:<44}{best * 1e6:>8.0f} us")


def inside(guard: Guard, anna: Principal, calls: int) -> None:
    """Measure `Guard` in the program."""

    def whole(number: int) -> None:
        with guard.request("openai-chat", request(number), principal=anna) as call:
            call.answer(ANSWER)

    def streamed(number: int) -> None:
        with guard.request("openai-chat", request(number, stream=True), principal=anna) as call:
            stream = call.stream()
            for piece in PIECES:
                stream.feed(piece)
            stream.end()

    measured("in the program, a call of 2 kB", calls, whole)
    measured("in the program, a stream of 100 pieces", calls // 10, streamed)
    measured("in the program, a text of 2 kB", calls, lambda number: guard.text(f"{number} {WORDS * 19}"))


async def answers(_: Any, receive: Any, send: Any) -> None:
    """Answer at once."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": ANSWER})


def outside(guard: Guard, anna: Principal, calls: int) -> None:
    """Measure the middleware, and what is left of it without a guard."""
    guarded = GuardMiddleware(answers, guard, {"/v1": "openai"}, identify=lambda _: anna)
    scope = {"type": "http", "method": "POST", "path": "/v1/chat/completions", "root_path": "", "query_string": b"",
             "headers": [(b"content-type", b"application/json"), (b"host", b"x")]}  # fmt: skip
    loop = asyncio.new_event_loop()

    async def sent(_: Any) -> None:
        return None

    def step(app: Any) -> Callable[[int], object]:
        def one(number: int) -> None:
            body = request(number)

            async def receive() -> Any:
                return {"type": "http.request", "body": body, "more_body": False}

            loop.run_until_complete(app({**scope}, receive, sent))

        return one

    measured("the bare application, driven alike", calls, step(answers))
    measured("the middleware, a call of 2 kB", calls, step(guarded))
    loop.close()


def main() -> None:
    """Measure all."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "gateway"
        shutil.copytree(EXAMPLE, folder)
        config = folder / "gateway.yaml"
        config.write_text(config.read_text().replace("requests: 2000, tokens: 2000000, money: 20", "requests: 9000000"))
        config.write_text(config.read_text().replace("money: 5000", "tokens: 900000000000"))
        with Guard.load(config) as guard:
            anna = guard.principal("anna", groups=["staff"])
            inside(guard, anna, calls)
            outside(guard, anna, calls)


if __name__ == "__main__":
    main()
