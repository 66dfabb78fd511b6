"""A provider that answers what a test wants: for what no honest one says."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwk, jws

__all__ = ["SIGNING", "Fake", "claims", "jwks", "serving", "signed"]

SIGNING = jwk.RSAKey.generate_key(2048, {"kid": "k-1"})


def claims(issuer: str, client: str, nonce: str, now: float, /, **changes: Any) -> dict[str, Any]:
    """Make claims that are right but for the changes; None takes one out."""
    said = {"iss": issuer, "aud": client, "sub": "sub-1", "nonce": nonce, "iat": now, "exp": now + 300,
            "name": "Ana Meier", "email": "ana@example.com", "email_verified": True, **changes}  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


def signed(
    said: dict[str, Any], *, key: jwk.RSAKey = SIGNING, header: dict[str, Any] | None = None, algorithm: str = "RS256"
) -> str:
    """Sign claims; `header` is what the token says of itself."""
    shown = header or {"alg": algorithm, "kid": "k-1"}
    head, body = _part(shown), _part(said)
    signature = jws.JWSRegistry(algorithms=[algorithm]).get_alg(algorithm).sign(f"{head}.{body}".encode(), key)
    return f"{head}.{body}.{urlsafe_b64encode(signature).decode().rstrip('=')}"


def jwks(*keys: jwk.RSAKey) -> bytes:
    """Return the public keys as a key set."""
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys or (SIGNING,)]}).encode()


class Fake:
    """What the provider says. Tests change the attributes; `asked` is what came to the token endpoint."""

    def __init__(self) -> None:
        self.address = ""
        self.described: dict[str, Any] = {}
        self.token: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {"sub": "sub-1"}
        self.keys = jwks()
        self.status = 200
        self.asked: list[dict[str, list[str]]] = []
        self.authorized: list[str] = []
        self.fetched: list[str] = []

    def answer(self, path: str) -> bytes:
        """Return what stands at a path."""
        self.fetched.append(path)
        if path == "/.well-known/openid-configuration":
            said = {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/auth",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/jwks",
                "userinfo_endpoint": f"{self.address}/userinfo",
                **self.described,
            }
            return json.dumps(said).encode()
        if path == "/jwks":
            return self.keys
        return json.dumps(self.userinfo if path == "/userinfo" else self.token).encode()


@contextmanager
def serving(fake: Fake) -> Iterator[Fake]:
    """Serve it on the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(fake.answer(self.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            fake.asked.append(parse_qs(body))
            fake.authorized.append(self.headers.get("authorization", ""))
            self._send(fake.answer(self.path))

        def _send(self, body: bytes) -> None:
            self.send_response(fake.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _part(said: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
