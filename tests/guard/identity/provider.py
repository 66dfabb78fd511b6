"""A small OpenID Connect provider, run as a process of its own: `python provider.py`.

It serves discovery, a key set, and a token endpoint for the client credentials grant (RFC 6749 section 4.4) that issues
access tokens as RFC 9068 says, signed with RSA or EC keys by another library than the one that verifies them. Below
other paths it is an issuer that does one thing wrong. It prints its address when it is ready, and ends with its input.

    POST /rotate     new keys; those before stay published (`drop=1`: they don't)
    GET  /counts     how often each path was asked for
"""

from __future__ import annotations

import base64
import json
import sys
import threading
import time
import uuid
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

CLIENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "reporting": ("reporting-secret", {"groups": ["analysts"], "tid": "t-1"}),
    "batch": ("batch-secret", {"_claim_names": {"groups": "src1"}}),
}


class Provider:
    """Keys and counts. One lock is enough for a test."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.published: list[dict[str, Any]] = []
        self.signing: dict[str, tuple[str, Any]] = {}
        self.slow = 0.0
        self.rotate(drop=True)

    def rotate(self, *, drop: bool) -> None:
        """Make new keys, and sign with them from now on."""
        private_rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        private_ec = ec.generate_private_key(ec.SECP256R1())
        made = []
        for algorithm, private, public in (
            ("RS256", private_rsa, RSAAlgorithm.to_jwk(private_rsa.public_key(), as_dict=True)),
            ("ES256", private_ec, ECAlgorithm.to_jwk(private_ec.public_key(), as_dict=True)),
        ):
            kid = uuid.uuid4().hex
            self.signing[algorithm] = (kid, private)
            made.append({**public, "kid": kid, "use": "sig", "alg": algorithm, "key_ops": ["verify"]})
        self.published = made if drop else [*self.published, *made]

    def token(self, issuer: str, client: str, form: dict[str, str]) -> str:
        """Issue an access token."""
        algorithm = form.get("alg", "RS256")
        kid, private = self.signing[algorithm]
        at = int(time.time())  # noqa: TID251 - an issuer looks at the clock
        said = {
            "iss": issuer, "sub": client, "client_id": client, "aud": form.get("audience", "api://gateway"),
            "iat": at, "exp": at + int(form.get("seconds", "600")), "jti": uuid.uuid4().hex, **CLIENTS[client][1],
            **({"scope": form["scope"]} if "scope" in form else {}),
        }  # fmt: skip
        return jwt.encode(said, private, algorithm, headers={"kid": kid, "typ": "at+jwt"})


class Handler(BaseHTTPRequestHandler):
    """One request. The first part of a path names an issuer, `good` or one that is wrong in one way."""

    provider: Provider
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with the discovery document, the key set, or counts."""
        with self.provider.lock:
            self.provider.counts[self.path] += 1
        _, name, *rest = self.path.split("/")
        what = "/".join(rest)
        if self.path == "/counts":
            self._json(self.provider.counts)
        elif what == ".well-known/openid-configuration":
            self._discovery(name)
        elif what == "jwks":
            self._keys(name)
        else:
            self._json({"error": "not_found"}, 404)

    def do_POST(self) -> None:
        """Issue a token, or do what tests ask for."""
        content = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
        form = {key: values[0] for key, values in parse_qs(content).items()}
        with self.provider.lock:
            if self.path == "/rotate":
                self.provider.rotate(drop="drop" in form)
                self._json({})
            elif self.path == "/slow":
                self.provider.slow = float(form["seconds"])
                self._json({})
            elif self.path == "/good/token":
                self._token(form)
            else:
                self._json({"error": "not_found"}, 404)

    def _token(self, form: dict[str, str]) -> None:
        client, _, secret = (
            base64.b64decode(self.headers.get("authorization", "").removeprefix("Basic ")).decode().partition(":")
        )
        if client not in CLIENTS or CLIENTS[client][0] != secret:
            self._json({"error": "invalid_client"}, 401)
        elif form.get("grant_type") != "client_credentials":
            self._json({"error": "unsupported_grant_type"}, 400)
        else:
            made = self.provider.token(f"{self._base()}/good", client, form)
            self._json({"access_token": made, "token_type": "Bearer", "expires_in": 600})

    def _discovery(self, name: str) -> None:
        base = f"{self._base()}/{name}"
        document: Any = {"issuer": base, "jwks_uri": f"{base}/jwks", "token_endpoint": f"{base}/token"}
        changed: dict[str, Any] = {
            "other": {**document, "issuer": base + "/"},
            "plain": {**document, "jwks_uri": "http://keys.example.org/jwks"},
            "nowhere": {**document, "jwks_uri": None},
            "list": [document],
        }
        if name == "html":
            self._send(200, b"<html>", "text/html")
        elif name == "away":
            self._redirect(f"{self._base('localhost')}/good/.well-known/openid-configuration")
        elif name == "loop":
            self._redirect(self.path)
        elif name == "broken":
            self._redirect("http://[")
        elif name == "lost":
            self._send(302, b"", "text/plain")
        else:
            self._json(changed.get(name, document))

    def _keys(self, name: str) -> None:
        time.sleep(self.provider.slow)
        if name == "large":
            self._send(200, b" " * 1_100_000 + b"{}", "application/json")
        elif name == "failing":
            self._json({"error": "server_error"}, 500)
        elif name == "empty":
            self._json({"keys": []})
        elif name == "moved":
            self._redirect("/good/jwks")
        else:
            self._json({"keys": self.provider.published})

    def _base(self, host: str = "127.0.0.1") -> str:
        assert isinstance(self.server, ThreadingHTTPServer)
        return f"http://{host}:{self.server.server_port}"

    def _redirect(self, to: str) -> None:
        self._send(302, b"", "text/plain", ("location", to))

    def _json(self, value: Any, status: int = 200) -> None:
        self._send(status, json.dumps(value).encode(), "application/json")

    def _send(self, status: int, content: bytes, kind: str, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("content-type", kind), ("content-length", str(len(content))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: tests read this process's output."""


def main() -> None:
    """Serve until standard input ends, which it does when the test's process does."""
    Handler.provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
