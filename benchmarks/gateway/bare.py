"""A pass-through of Granian and pyreqwest with nothing in between: what the gateway's own work is measured against."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from granian import Granian
from granian.constants import Interfaces, Loops
from pyreqwest.client import Client, ClientBuilder

UPSTREAM = sys.argv[2]


class Passing:
    client: Client

    def __rsgi_init__(self, _: asyncio.AbstractEventLoop) -> None:
        self.client = ClientBuilder().no_proxy().build()

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        builder = self.client.post(UPSTREAM + scope.path).body_bytes(await proto())
        headers = {"content-type": "application/json", "authorization": scope.headers.get("authorization")}
        async with builder.headers(headers).streamed_read_buffer_limit(0).build_streamed() as response:
            kind, reader = response.get_header("content-type"), response.body_reader
            if kind != "text/event-stream":
                parts = []
                while (chunk := await reader.read_chunk()) is not None:
                    parts.append(bytes(chunk))
                proto.response_bytes(response.status, [("content-type", kind)], b"".join(parts))
                return
            transport = proto.response_stream(response.status, [("content-type", kind)])
            while (chunk := await reader.read_chunk()) is not None:
                await transport.send_bytes(bytes(chunk))


def load() -> Any:
    return Passing()


if __name__ == "__main__":
    Granian(
        "bare",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.RSGI,
        loop=Loops.uvloop,
        log_access=False,
    ).serve(target_loader=load, wrap_loader=False)
