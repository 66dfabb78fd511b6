"""Listing servers: the official SDK's in all revisions over both transports, and servers that do it wrong."""

from __future__ import annotations

import http.server
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_socket

from bartizan.guard.gateway.mcp.lister import Target, list_server
from bartizan.guard.mcp.pins import Kind, Listing
from bartizan.model import BartizanError

SDK = """
import sys
from mcp.server import MCPServer
server = MCPServer("demo", version="1.2", instructions="Be kind.")
@server.tool()
def add(a: int, b: int = 2) -> int:
    "Add two numbers."
    return a + b
@server.prompt()
def greet(name: str) -> str:
    "Greet somebody."
    return name
@server.resource("file:///{path}")
def file(path: str) -> str:
    "A file."
    return path
server.run("stdio")
"""

RAW = """
import json, os, sys, time
revision, mode = sys.argv[1], sys.argv[2]
def say(message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)
tools = [{"name": f"t{n}", "inputSchema": {}} for n in range(5)]
print("hello, people", flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    method, id = asked.get("method"), asked.get("id")
    if mode == "dies" or (mode == "dies-on-new" and method == "server/discover"):
        print("no such thing", file=sys.stderr, flush=True)
        os._exit(3)
    if method == "initialize":
        if mode == "pings":
            say({"id": "p", "method": "ping"})
            assert json.loads(sys.stdin.readline()) == {"jsonrpc": "2.0", "id": "p", "result": {}}
            say({"id": 7, "method": "roots/list"})
            assert json.loads(sys.stdin.readline())["error"]["code"] == -32601
        say({"id": id, "result": {"protocolVersion": revision, "capabilities": {"tools": {}, "prompts": {}},
                                  "serverInfo": {"name": "raw", "version": 5}}})
    elif method == "server/discover" and mode == "other-revision":
        say({"id": id, "error": {"code": -32022, "message": "no", "data": {"supported": ["2030-01-01"]}}})
    elif method == "server/discover" and mode == "odd-discover":
        say({"id": id, "result": {"supportedVersions": ["2025-11-25"]}})
    elif method == "server/discover" and mode == "odder-discover":
        say({"id": id, "result": 5})
    elif method == "server/discover" and mode == "silent":
        pass
    elif method == "tools/list":
        at = int(asked["params"].get("cursor", 0))
        if mode == "circle":
            say({"id": id, "result": {"tools": [], "nextCursor": "0"}})
        elif mode == "endless":
            say({"id": id, "result": {"tools": [], "nextCursor": str(at + 1)}})
        elif mode == "many":
            say({"id": id, "result": {"tools": tools * 4000}})
        elif mode == "no-list":
            say({"id": id, "result": {"tools": 5}})
        elif mode == "no-object":
            say({"id": id, "result": 5})
        elif mode == "error":
            say({"id": id, "error": {"code": -32000, "message": "secret"}})
        elif mode == "hangs":
            time.sleep(60)
        elif mode == "floods":
            while True:
                print("x" * 100_000, flush=True)
        elif mode == "long":
            print("y" * (33 << 20), flush=True)
        else:
            result = {"tools": tools[at:at + 2]}
            if at + 2 < len(tools):
                result["nextCursor"] = str(at + 2)
            say({"id": id, "result": result})
    elif id is not None:
        say({"id": id, "error": {"code": -32601, "message": "no such method"}})
"""


@pytest.fixture(autouse=True)
def _sockets() -> None:
    pytest_socket.enable_socket()


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("servers") / "raw.py"
    path.write_text(RAW)
    return path


def listed(raw: Path, mode: str, revision: str = "2025-06-18", seconds: float = 20.0) -> Listing:
    return list_server(Target(command=(sys.executable, str(raw), revision, mode)), seconds=seconds)


async def older(_: Any) -> None:
    """Take a server for one of an older revision."""


def test_the_official_sdk_is_listed_whole_and_is_the_same_in_every_revision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "server.py").write_text(SDK)
    made = list_server(Target(command=(sys.executable, "server.py"), folder=tmp_path))
    assert (made.revision, made.name, made.version, made.instructions) == (
        "2026-07-28",
        "demo",
        "1.2",
        "Be kind.",
    )
    assert [(one.kind, one.name) for one in made.definitions] == [
        (Kind.TOOL, "add"),
        (Kind.PROMPT, "greet"),
        (Kind.TEMPLATE, "file:///{path}"),
    ]
    monkeypatch.setattr("bartizan.guard.gateway.mcp.lister._modern", older)
    again = list_server(Target(command=(sys.executable, "server.py"), folder=tmp_path))
    assert (again.revision, again.digest) == ("2025-11-25", made.digest)


@pytest.mark.parametrize("revision", ["2024-11-05", "2025-06-18", "2025-11-25"])
def test_older_revisions_are_listed_page_by_page(raw: Path, revision: str) -> None:
    made = listed(raw, "plain", revision)
    assert (made.revision, made.name, made.version) == (revision, "raw", "")
    assert [one.name for one in made.definitions] == ["t0", "t1", "t2", "t3", "t4"]


@pytest.mark.parametrize("mode", ["pings", "dies-on-new", "odd-discover", "odder-discover", "silent"])
def test_servers_of_older_revisions_may_do_anything_with_the_newest_question(
    raw: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bartizan.guard.gateway.mcp.lister._PROBE", 0.5)
    assert len(listed(raw, mode).definitions) == 5


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("dies", "it has ended with exit code 3"),
        ("other-revision", "none of the revisions"),
        ("circle", "round in a circle"),
        ("endless", "more than 200 pages"),
        ("many", "more than 10,000 things"),
        ("no-list", "holds no list"),
        ("no-object", "no object"),
        ("error", r"with an error \(-32000\)"),
        ("floods", "says more than"),
        ("long", "more than 33,554,432"),
    ],
)
def test_what_a_server_does_wrong_is_said_without_its_words(raw: Path, mode: str, why: str) -> None:
    with pytest.raises(BartizanError, match=why) as error:
        listed(raw, mode)
    assert "secret" not in error.value.diagnostics()
    assert (mode == "dies") == ("it said: no such thing" in error.value.help)


def test_a_server_that_hangs_or_speaks_of_the_future_is_given_up(raw: Path) -> None:
    with pytest.raises(BartizanError, match=r"within 1\.5 seconds"):
        listed(raw, "hangs", seconds=1.5)
    with pytest.raises(BartizanError, match="revision of MCP that is not known"):
        listed(raw, "plain", "2031-01-01")


Answer = Callable[[dict[str, Any]], tuple[int, dict[str, str], bytes]]


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Serve streamable HTTP; yield the address, and the headers of all that was asked."""
    heard: list[dict[str, str]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            heard.append({**{key.lower(): value for key, value in self.headers.items()}, "method": asked["method"]})
            status, headers, body = answer(asked)
            self._send(status, headers, body)

        def do_DELETE(self) -> None:
            heard.append({**{key.lower(): value for key, value in self.headers.items()}, "method": "DELETE"})
            self._send(200, {}, b"")

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/mcp", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


JSON = {"content-type": "application/json"}
EVENTS = {"content-type": "text/event-stream; charset=utf-8"}


def body(asked: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": asked.get("id"), **more}).encode()


def legacy(asked: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """Answer as a server with sessions, in streams of events."""
    if asked["method"] == "server/discover":
        return 400, {"content-type": "text/plain"}, b"no session"
    if "id" not in asked:
        return 202, {}, b""
    results: dict[str, dict[str, Any]] = {
        "initialize": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}},
        "tools/list": {"tools": [{"name": "a"}]},
    }
    events = b'event: message\ndata: {"jsonrpc":"2.0","method":"notifications/message","params":{}}\n\n: x\n\n'
    return (
        200,
        {**EVENTS, "mcp-session-id": "s-1"},
        events + b"data: " + body(asked, result=results[asked["method"]]) + b"\n\n",
    )


def test_older_revisions_are_listed_over_http_within_a_session() -> None:
    with serving(legacy) as (url, heard):
        made = list_server(Target(url=url, headers={"authorization": "Bearer x"}))
    assert [one.name for one in made.definitions] == ["a"]
    assert [one["method"] for one in heard] == [
        "server/discover", "initialize", "notifications/initialized", "tools/list", "DELETE",
    ]  # fmt: skip
    assert {one["authorization"] for one in heard} == {"Bearer x"}
    assert [one.get("mcp-protocol-version") for one in heard][:4] == ["2026-07-28", None, "2025-06-18", "2025-06-18"]
    assert [one.get("mcp-session-id") for one in heard][2:] == ["s-1"] * 3


def test_the_newest_revision_is_listed_over_http_without_one() -> None:
    def modern(asked: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        if asked["method"] == "server/discover":
            said = {"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}},
                    "_meta": {"io.modelcontextprotocol/serverInfo": {"name": "new", "version": "\ud800"}}}  # fmt: skip
            return 200, JSON, body(asked, result=said)
        assert asked["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] == "2026-07-28"
        return 200, JSON, body(asked, result={"tools": [{"name": "a"}, {"name": 5}]})

    with serving(modern) as (url, heard):
        made = list_server(Target(url=url))
    assert (made.revision, made.name, made.version, len(made.unpinnable)) == ("2026-07-28", "new", "?", 1)
    assert [one["mcp-method"] for one in heard] == ["server/discover", "tools/list"]


@pytest.mark.parametrize(
    ("status", "headers", "content", "why"),
    [
        (401, {}, b"", "status 401"),
        (307, {"location": "http://127.0.0.1:9/"}, b"", "it redirects"),
        (404, {}, b"<html>", "status 404 and no message"),
        (200, JSON, b"{", "status 200 and no message"),
        (200, EVENTS, b": nothing\n\n", "ended without an answer"),
        (200, EVENTS, b"data: \xff\n\n", "its stream broke"),
        (200, EVENTS, b"data: {\n\n", "can't be read"),
        (200, JSON, b"x" * (33 << 20), "says more than"),
    ],
)
def test_what_is_no_answer_over_http_is_said(status: int, headers: dict[str, str], content: bytes, why: str) -> None:
    with serving(lambda _: (status, headers, content)) as (url, _), pytest.raises(BartizanError, match=why):
        list_server(Target(url=url))


def test_a_server_that_is_not_there_is_said() -> None:
    with pytest.raises(BartizanError, match="can't be reached"):
        list_server(Target(url="http://127.0.0.1:9/mcp"))
