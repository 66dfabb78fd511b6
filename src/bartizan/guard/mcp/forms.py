"""What a server's form asks a person for: nothing secret, and not in the gateway's own words.

The protocol forbids forms that ask for passwords, keys and the like (elicitation, since 2025-11-25): what is typed
there goes through every program in between. The words are the server's, so that what says nothing of it isn't found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

__all__ = ["imitates", "wants_secret"]

_SECRET = re.compile(
    r"pass ?(?:word|code|phrase)|\b(?:pwd|pin|cvv|cvc|mfa|otp)\b"
    r"|(?:api|access|secret|private|ssh|signing|recovery) ?key"
    r"|(?:access|bearer|refresh|auth|session|api) ?tokens?\b|client ?secret|credential|seed ?phrase|card ?number"
    r"|security ?code|one ?time ?(?:code|password)|(?:verification|recovery|backup) ?codes?\b"
    r"|passwor[dt]|kennwort|geheimzahl|zugangsdaten|mot de passe|contrasena|palavra ?passe|\bsenha\b|parola d ordine"
    r"|wachtwoord|haslo\b|\u043f\u0430\u0440\u043e\u043b\u044c|\u5bc6\u7801|\u5bc6\u78bc|\u30d1\u30b9\u30ef\u30fc\u30c9",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\b(?:enter|type|provide|give|send|tell|share|paste|fill|input|confirm|supply|need|require)", re.I)
_OURS = re.compile(r"approval ?wanted|\bbartizan\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[\W_]+")


def wants_secret(form: Mapping[str, Any]) -> bool:
    """Tell whether a form has somebody type a password, a key or the like."""
    properties = _of(_of(form.get("requestedSchema")).get("properties"))
    typed = False
    for name, about in properties.items():
        field = _of(about)
        if field.get("type") != "string" or "enum" in field or "oneOf" in field:
            continue
        typed = True
        if field.get("format") == "password" or any(
            _SECRET.search(_plain(text)) for text in (name, field.get("title"), field.get("description"))
        ):
            return True
    said = _plain(form.get("message"))
    return typed and _SECRET.search(said) is not None and _ASKS.search(said) is not None


def imitates(form: Mapping[str, Any]) -> bool:
    """Tell whether a form begins as the gateway's own questions do, or calls itself by its name."""
    return _OURS.search(_plain(form.get("message"))) is not None


def _plain(text: Any) -> str:
    """Return a text as people read it: accents and marks of any kind apart, words with one blank between them."""
    if type(text) is not str:
        return ""
    spread = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text[:_MOST])
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", spread) if not unicodedata.combining(sign))
    return _BETWEEN.sub(" ", bare)


_MOST = 20_000


def _of(value: Any) -> Mapping[str, Any]:
    return value if type(value) is dict else {}
