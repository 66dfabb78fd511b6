"""nginx in front of the console, as docs/console.md shows it: TLS, the name, and where callers are."""

from __future__ import annotations

import re
import shutil
import ssl
import subprocess
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest
from cryptography.x509.oid import NameOID

from tests.cli.serving import console, until
from tests.guard.gateway.running import free_port
from tests.guard.gateway.test_nginx import name, write
from tests.support import REPOSITORY

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc"),
]
GUIDE = (REPOSITORY / "docs" / "console.md").read_text(encoding="utf-8")
AROUND = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {server}
}}
"""


def block(language: str, port: int, to: int) -> str:
    """Return what the guide shows of the proxy, for ports and a name of this test."""
    found = re.findall(rf"^```{language}\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)
    shown: str
    (shown,) = (text for text in found if "ai-register.example.com" in text)
    for old, new in (
        ("listen 443", f"listen 127.0.0.1:{port}"),
        ("127.0.0.1:8300", f"127.0.0.1:{to}"),
        ("https://ai-register.example.com", f"https://localhost:{port}"),
        ("ai-register.example.com", "localhost"),
    ):
        shown = shown.replace(old, new)
    return shown


def test_the_proxy_of_the_guide_works(tmp_path: Path) -> None:
    port, to = free_port(), free_port()
    subject = name((NameOID.COMMON_NAME, "localhost"))
    write(tmp_path, "server", subject, None)
    (tmp_path / "console.yaml").write_text(block("yaml", port, to))
    (tmp_path / "nginx.conf").write_text(AROUND.format(folder=tmp_path, server=block("nginx", port, to)))
    assert NGINX
    context = ssl.create_default_context(cafile=str(tmp_path / "server.pem"))
    context.check_hostname = False  # a certificate made for nothing but this

    def ask(path: str, **headers: str) -> tuple[int, dict[str, str]]:
        asked = urllib.request.Request(f"https://localhost:{port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(asked, timeout=20, context=context) as answer:
                return answer.status, {key.lower(): value for key, value in answer.headers.items()}
        except HTTPError as error:
            return error.code, {}
        except OSError:
            return 0, {}

    with console(tmp_path, "--config", str(tmp_path / "console.yaml"), port=to) as running:
        running.ready()
        with subprocess.Popen([NGINX, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]) as nginx:
            try:
                until(lambda: ask("/healthz")[0] == 200, "an answer through nginx")
                status, headers = ask("/signin")
                assert status == 200
                assert headers["strict-transport-security"].startswith("max-age=")
                assert ask("/no-such-page", **{"X-Forwarded-For": "192.0.2.9"})[0] in (303, 404)
                assert ask("/signin", Host="elsewhere.example")[0] == 421
                assert ask("/readyz", Host="elsewhere.example")[0] == 200
                assert running.get("/signin")[0] == 421  # not under its own port: people reach it by the proxy
                until(lambda: "refused with 421" in running.said, "the refusal in the log")
                assert "192.0.2.9" not in running.said  # what a caller says of its address doesn't count
                assert f"https://localhost:{port}/enrol/" in running.said
            finally:
                nginx.terminate()
