"""What a trusted reverse proxy says of a client's certificate.

The proxy proves itself with a secret of its own. A name is a SPIFFE id (SPIFFE-ID standard, section 2), a distinguished
name as RFC 2253 and RFC 4514 write it, or a plain name.
"""

from __future__ import annotations

import re
from hmac import compare_digest

from bartizan.guard.identity.refusals import NotIdentified
from bartizan.guard.principal import Principal
from bartizan.model import InputError

__all__ = ["SECRET_HEADER", "ProxyReader", "certificate_name"]

SECRET_HEADER = "x-bartizan-proxy"
_SHORTEST_SECRET = 16
_LONGEST = 2048
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,254}")
_SPIFFE = re.compile(r"spiffe://[a-z0-9._-]{1,255}(?:/[A-Za-z0-9._-]+)+")
_ATTRIBUTE = re.compile(
    r"""\s*+(?P<type>[A-Za-z][A-Za-z0-9-]*+|[0-9]++(?:\.[0-9]++)++)\s*+=\s*+
    (?P<value>(?:[^\\,+"<>;\x00-\x1f\x7f]|\\[ "#+,;<=>\\]|\\[0-9A-Fa-f]{2})++)(?P<end>[,;+]|\Z)""",
    re.VERBOSE,
)


class ProxyReader:
    """Identifies callers by what a proxy says in `header`. Raises InputError when its secret is too short."""

    def __init__(self, header: str, secret: str, tenant: str = "default") -> None:
        if len(secret) < _SHORTEST_SECRET:
            raise InputError(
                f"the proxy's secret has fewer than {_SHORTEST_SECRET} characters",
                help="make one: openssl rand -hex 32",
            )
        self.header = header.lower()
        self._secret, self._tenant = secret.encode(), tenant
        if not self.header or self.header == SECRET_HEADER:
            raise InputError(f"header `{header}` can't say who a caller is", help="name another header of the proxy")

    def read(self, names: list[str], secrets: list[str]) -> Principal | None:
        """Return whom the proxy names. `names` and `secrets` are all values that its headers have in the request.

        None when neither is there, or when the proxy names nobody. Raises NotIdentified for a wrong or missing secret,
        for two values, and for a name that is none.
        """
        if not names and not secrets:
            return None
        if len(secrets) != 1 or not compare_digest(secrets[0].encode("utf-8", "surrogatepass"), self._secret):
            raise NotIdentified("proxy-not-trusted", f"`{self.header}` counts only from the proxy with its secret")
        if len(names) > 1:
            raise NotIdentified("proxy-name-not-clear", f"`{self.header}` is there more than once")
        if not names or not names[0].strip():
            return None
        name = certificate_name(names[0].strip())
        if not name:
            raise NotIdentified("proxy-name-not-clear", f"`{self.header}` holds no name of a certificate")
        return Principal(id=name, source="proxy", tenant=self._tenant)


def certificate_name(text: str) -> str:
    """Return the one way to write a name, or empty text when it is none.

    Distinguished names get types in capitals, no spaces around commas, and commas for semicolons; the order stays. What
    OpenSSL wrote in old times (`/C=CH/CN=a`) is none: a value with a slash in it could be read as two.
    """
    if len(text) > _LONGEST:
        return ""
    if text.startswith("spiffe:"):
        whole = _SPIFFE.fullmatch(text) is not None
        return text if whole and not {".", ".."} & set(text[9:].split("/")[1:]) else ""
    if "=" in text:
        return _distinguished(text)
    return text if _PLAIN.fullmatch(text) else ""


def _distinguished(text: str) -> str:
    out, at = "", 0
    while True:
        found = _ATTRIBUTE.match(text, at)
        if found is None:
            return ""
        out += f"{found['type'].upper()}={_trimmed(found['value'])}"
        end, at = found["end"], found.end()
        if not end:
            return out
        out += "+" if end == "+" else ","


def _trimmed(value: str) -> str:
    """Drop spaces around a value, but for one that is escaped at its end."""
    kept = value.strip(" ")
    return kept + " " if (len(kept) - len(kept.rstrip("\\"))) % 2 else kept
