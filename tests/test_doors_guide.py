"""The guide to other doors: its examples run, and every argument and format is named."""

from __future__ import annotations

import inspect
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openai
import pytest

from bartizan.guard.gateway.asgi import GuardMiddleware
from bartizan.guard.inprocess.wires import WIRES
from tests.guard.gateway.guard_files import KEY, write_keys
from tests.guard.gateway.running import free_port
from tests.support import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "doors.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)
SERVICE = next(block for block in BLOCKS if block.startswith("# service.py"))
MAIL = "anna@example.ch"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example's folder, with a key, as the working directory."""
    made = tmp_path / "gateway"
    shutil.copytree(REPOSITORY / "examples" / "gateway", made)
    write_keys(made)
    monkeypatch.chdir(made)
    return made


class Provider:
    """Says what it was told, whole or in pieces, and keeps what it got."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def post(self, _: str, body: bytes) -> bytes:
        self.bodies.append(body)
        message = {"role": "assistant", "content": json.loads(body)["messages"][0]["content"]}
        return json.dumps({"choices": [{"index": 0, "message": message}]}).encode()

    def post_streamed(self, url: str, body: bytes) -> Iterator[bytes]:
        text = json.loads(self.post(url, body))["choices"][0]["message"]["content"]
        for letter in text:
            yield b"data: %s\n\n" % json.dumps({"choices": [{"index": 0, "delta": {"content": letter}}]}).encode()
        yield b"data: [DONE]\n\n"

    async def apost(self, url: str, body: bytes) -> bytes:
        return self.post(url, body)


@pytest.mark.usefixtures("folder")
def test_the_examples_of_a_program_run(capsys: pytest.CaptureFixture[str]) -> None:
    import asyncio

    provider, out = Provider(), io.BytesIO()
    names: dict[str, Any] = {
        "json": json, "out": out, "post": provider.post, "apost": provider.apost,
        "post_streamed": provider.post_streamed,
    }  # fmt: skip
    for block in BLOCKS:
        if block is not SERVICE:
            exec(compile(block, "doors.md", "exec", dont_inherit=True), names)  # noqa: S102 - the guide's own examples
    answer = json.loads(asyncio.run(names["ask"]()))
    names["guard"].close()
    names["other"].close()
    assert answer["choices"][0]["message"]["content"] == f"Write to {MAIL}"
    assert len(provider.bodies) == 3
    assert MAIL.encode() not in b"".join(provider.bodies)
    pieces = [json.loads(part[6:]) for part in out.getvalue().split(b"\n\n") if part.startswith(b"data: {")]
    assert "".join(one["choices"][0]["delta"]["content"] for one in pieces) == f"Write to {MAIL}"
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == f"Write to {MAIL}"
    assert printed[1] == "404 model-not-offered"
    assert re.fullmatch(r"Ask \(email-address:\w{26}\) for the figures", printed[2])
    assert printed[3] == f"Ask {MAIL} for the figures"
    assert printed[4] == "transform [Count(type='email-address', count=1)]"
    assert names["kept"][0] == "a plain row"
    assert "bea@example.ch" not in str(names["kept"])


def test_every_argument_of_the_middleware_and_every_format_is_named() -> None:
    arguments = set(inspect.signature(GuardMiddleware).parameters) - {"app", "guard"}
    assert set(re.findall(r"^\| `(\w+)` \|", GUIDE, flags=re.MULTILINE)) == arguments
    assert {name for name in WIRES if f"`{name}`" not in GUIDE} == set()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve the guide's application as the guide says, and give its address."""
    (folder / "service.py").write_text(SERVICE, "utf-8")
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port),
         "service:app"],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )  # fmt: skip
    try:
        until = time.monotonic() + 30
        while not _answers(f"http://127.0.0.1:{port}/v1/models"):
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(15)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False


@pytest.mark.enable_socket
def test_the_official_client_speaks_to_the_guides_service(folder: Path) -> None:
    with served(folder) as root, openai.OpenAI(base_url=root, api_key=KEY, max_retries=0) as client:

        def chat(content: str, **more: Any) -> Any:
            messages: Any = [{"role": "user", "content": content}]
            return client.chat.completions.create(model="gpt-4o", messages=messages, **more)

        assert chat(f"write to {MAIL}").choices[0].message.content == f"you said: write to {MAIL}"
        pieces = [chunk.choices[0].delta.content for chunk in chat(f"write to {MAIL}", stream=True)]
        assert "".join(pieces) == f"you said: write to {MAIL}"
        with pytest.raises(openai.PermissionDeniedError) as told:
            chat("-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA0Z3VS5JJcds3xfn\n-----END RSA PRIVATE KEY-----")
        assert told.value.body["rule"] == "no-secrets"  # type: ignore[index]
        with openai.OpenAI(base_url=root, api_key="btz_x", max_retries=0) as nobody, pytest.raises(
            openai.AuthenticationError
        ):  # fmt: skip
            nobody.models.list()
    lines = [line for file in (folder / "events").glob("*.jsonl") for line in file.read_bytes().splitlines()]
    events = [json.loads(line) for line in lines]
    assert MAIL not in str(events)
    assert [(one["kind"], one["principal"]) for one in events if one["principal"]] == [
        ("call", "anna"), ("stream", "anna"), ("call", "anna"), ("refusal", "anna"),
    ]  # fmt: skip
