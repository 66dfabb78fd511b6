"""nginx in front of the gateway, as docs/gateway.md shows it: streams, certificates of callers, and paths."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytest_socket
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.guard.gateway.conftest import Wide
from tests.guard.gateway.running import free_port
from tests.guard.gateway.sockets import CHAT, HELLO, Answer

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
]

CONFIG = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream gateway {{ server 127.0.0.1:{gateway}; keepalive 16; keepalive_timeout 5s; }}
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
    ssl_client_certificate {folder}/ca.pem; ssl_verify_client optional;
    client_max_body_size 10m;
    location / {{ return 404; }}
    location /openai/ {{
      proxy_pass http://gateway;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_read_timeout 600s;
      proxy_set_header X-Client-Name $ssl_client_s_dn;
      proxy_set_header X-Bartizan-Proxy "{secret}";
    }}
  }}
}}
"""


class Front(NamedTuple):
    port: int
    folder: Path


def name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


def write(folder: Path, file: str, subject: x509.Name, signer: tuple[x509.Name, Any] | None) -> tuple[x509.Name, Any]:
    """Make a key and a certificate, signed by another or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer, by = signer or (subject, key)
    now = datetime.now(UTC)  # noqa: TID251 - nginx looks at the clock
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=signer is None, path_length=None), critical=True)
        .sign(by, hashes.SHA256())
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{file}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / f"{file}.key").write_bytes(key.private_bytes(*plain))
    return subject, key


@pytest.fixture(scope="module")
def front(wide: Wide, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    pytest_socket.enable_socket()
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    ca = write(folder, "ca", name((NameOID.COMMON_NAME, "authority")), None)
    write(folder, "server", name((NameOID.COMMON_NAME, "localhost")), ca)
    organisation = (NameOID.ORGANIZATION_NAME, "Example")
    write(folder, "client", name(organisation, (NameOID.COMMON_NAME, "reporting")), ca)
    write(folder, "other", name(organisation, (NameOID.COMMON_NAME, "somebody else")), ca)
    write(folder, "foreign", name(organisation, (NameOID.COMMON_NAME, "reporting")), None)
    config = folder / "nginx.conf"
    config.write_text(CONFIG.format(folder=folder, port=port, gateway=wide.gate.port, secret=wide.secret))
    assert NGINX is not None
    with subprocess.Popen([NGINX, "-p", str(folder), "-c", str(config)], stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.02)
        yield Front(port, folder)
        process.terminate()


def call(front: Front, path: str, body: bytes, *lines: str, client: str = "") -> Answer:
    """Call through nginx, with a client's certificate or without."""
    started = time.monotonic()
    with connected(front, client) as opened:
        opened.sendall(request(path, body, *lines))
        got = b""
        while data := opened.recv(65536):
            got += data
    return Answer(got, time.monotonic() - started)


def connected(front: Front, client: str) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=front.folder / "ca.pem")
    context.check_hostname = False
    if client:
        context.load_cert_chain(front.folder / f"{client}.pem", front.folder / f"{client}.key")
    return context.wrap_socket(socket.create_connection(("127.0.0.1", front.port), timeout=10))


def request(path: str, body: bytes, *lines: str) -> bytes:
    head = [f"POST {path} HTTP/1.1", "host: gateway", "connection: close", f"content-length: {len(body)}", *lines]
    return "\r\n".join([*head, "", ""]).encode() + body


def test_a_certificate_names_the_caller(front: Front, wide: Wide) -> None:
    before = wide.gate.settled()
    assert call(front, CHAT, HELLO, client="client").status == 200
    (event,) = wide.gate.events_after(before)
    assert event["principal"] == "CN=reporting,O=Example"
    assert call(front, CHAT, HELLO, client="other").status == 403
    assert call(front, CHAT, HELLO).status == 401
    assert call(front, CHAT, HELLO, f"authorization: Bearer {wide.gate.keys['anna']}").status == 200


def test_a_certificate_of_another_authority_names_nobody(front: Front, wide: Wide) -> None:
    seen = wide.gate.demo.requests
    assert call(front, CHAT, HELLO, client="foreign").status == 400
    assert wide.gate.demo.requests == seen


def test_what_a_caller_says_of_itself_is_replaced(front: Front, wide: Wide) -> None:
    said = ("x-client-name: CN=reporting,O=Example", f"x-bartizan-proxy: {wide.secret}")
    assert call(front, CHAT, HELLO, *said).status == 401
    before = wide.gate.settled()
    assert call(front, CHAT, HELLO, *said, client="other").status == 403
    (event,) = wide.gate.events_after(before)
    assert event["principal"] == "CN=somebody else,O=Example"


def test_streams_are_not_held_up(front: Front) -> None:
    prompt = b"[[pause:150]][[chunks:12]]one two three four five six seven eight nine ten eleven twelve"
    body = HELLO.replace(b"hello", prompt)[:-1] + b', "stream": true}'
    times, got = [], b""
    with connected(front, "client") as opened:
        opened.sendall(request(CHAT, body))
        while data := opened.recv(65536):
            got += data
            times.append(time.monotonic())
    assert got.count(b"data: ") > 4
    assert got.rstrip().endswith((b"[DONE]", b"0"))
    assert times[-1] - times[0] > 0.3
    assert len(times) > 3


@pytest.mark.parametrize(
    "path",
    [
        "/openai/../anthropic/v1/messages",
        "/openai/v1/../../anthropic/v1/messages",
        "/openai/%2e%2e/anthropic/v1/messages",
        "/openai/..%2fanthropic/v1/messages",
        "/openai//../anthropic/v1/messages",
        "/openai/..;/anthropic/v1/messages",
        "/openai/v1;/../anthropic/v1/messages",
        "/openai/%252e%252e/anthropic/v1/messages",
        "/anthropic/../openai/../anthropic/v1/messages",
        "//anthropic/v1/messages",
        "/openai\\..\\anthropic/v1/messages",
        "/openai/../metrics",
        "/openai/..%2fmetrics",
        "/openai/v1/chat/completions/../../files",
        "/openai/v1/chat%2fcompletions%00",
        "/openai/../openai/v1/files",
    ],
)
def test_no_path_leads_to_another_door(front: Front, wide: Wide, path: str) -> None:
    """nginx decides by the path it has normalised and hands the caller's on: the gateway must not read it otherwise."""
    seen = wide.gate.demo.requests
    answer = call(front, path, HELLO, client="client")
    assert answer.status in (400, 404)
    assert wide.gate.demo.requests == seen


def test_what_nginx_reads_as_the_same_path_is_that_path_or_none(front: Front, wide: Wide) -> None:
    for path in ("/openai/v1/chat%2fcompletions", "/openai/v1//chat/completions", "/openai/./v1/chat/completions"):
        answer = call(front, path, HELLO, client="client")
        assert answer.status in (200, 404)
        if answer.status == 200:
            assert wide.gate.demo.received[-1].target == CHAT


@pytest.mark.parametrize("more", ["transfer-encoding: chunked", "content-length: 3"])
def test_bodies_that_could_be_read_in_two_ways_stop_at_nginx(front: Front, wide: Wide, more: str) -> None:
    seen = wide.gate.demo.requests
    assert call(front, CHAT, HELLO, more, client="client").status == 400
    assert wide.gate.demo.requests == seen
