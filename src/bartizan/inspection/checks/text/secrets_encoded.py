"""Secrets that are told by decoding them: JSON Web Tokens and keys, base64 logins, Kubernetes values."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error

from bartizan.inspection.checks.text.secrets_value import Value

_HEADER = re.compile(rb'\{.*"(alg|typ|kid|enc)".*\}', re.DOTALL)
_PRIVATE = ("d", "k", "p", "q", "dp", "dq", "qi")


def _decoded(text: str) -> bytes:
    """Decode base64 in either alphabet, padded or not; empty when it is not base64."""
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except Error:
        return b""


def jwt(value: str) -> bool:
    """A JSON Web Token: the first part decodes to a JSON object that names an algorithm, the second begins one.

    Source: RFC 7519, RFC 7516 for the encrypted form of five parts.
    """
    parts = value.split(".")
    if not _HEADER.fullmatch(_decoded(parts[0])) or "EXAMPLE" in value:
        return False
    return len(parts) == 5 or _decoded(parts[1])[:1] == b"{"


def jwt_base64(value: str) -> bool:
    """A JSON Web Token that has been encoded in base64 once more."""
    found = re.match(rb"[\w-]{10,}\.[\w-]{10,}(\.[\w-]*)?", _decoded(value))
    return found is not None and jwt(found[0].decode())


def grafana_key(value: str) -> bool:
    """A key of Grafana: base64 of a JSON object with the members `k`, `n` and `id`."""
    raw = _decoded(value)
    return raw[:5] == b'{"k":' and b'"id":' in raw


def jira_pat(value: str) -> bool:
    """A personal access token of Jira or Confluence: base64 of twelve digits, a colon and 20 bytes."""
    return re.match(rb"\d{12}:", _decoded(value)) is not None


def jwk_private(value: str) -> bool:
    """A JSON Web Key with a private member that holds something (RFC 7517, RFC 7518)."""
    try:
        members = json.loads(value.replace('\\"', '"'))
    except ValueError:
        return False
    return any(isinstance(members.get(name), str) and len(members[name]) > 7 for name in _PRIVATE)


def basic_credentials(value: str) -> bool:
    """Base64 of a user name, a colon and a password (RFC 7617), neither of them a template."""
    raw = _decoded(value)
    user, colon, password = raw.partition(b":")
    if not colon or not raw.isascii() or not raw.decode("ascii").isprintable():
        return False
    return len(user + password) > 3 and not Value(password.decode("ascii")).placeholder


def kubernetes_value(value: str) -> bool:
    """A value of a Kubernetes Secret: base64 of at least six bytes that are no template and no placeholder."""
    raw = _decoded(value)
    text = raw.decode("ascii", "replace")
    return len(raw) > 5 and not re.search(r"\{\{|\$\{|changeme|<[\w -]+>", text) and not Value(value).placeholder


def bearer_token(value: str) -> bool:
    """What follows `Bearer` or a similar word in an Authorization header: eight characters or more, no placeholder."""
    it = Value(value)
    if it.placeholder or it.code or len(value) < 8:
        return False
    return it.digits > 0 or it.surprise >= 0.3 or (len(value) >= 20 and it.classes > 1 and it.surprise >= 0.2)
