"""What a door tells clients about how to get in, and whether a token is for it.

Sources: RFC 9728 (protected resource metadata), RFC 6750 section 3 (challenges), RFC 8707 (what a token is for), and
the authorization pages of MCP, which demand all three.
"""

from __future__ import annotations

from typing import Any

import msgspec

from bartizan.guard.config import Config
from bartizan.guard.config_mcp import McpDoor
from bartizan.guard.identity import challenge
from bartizan.guard.principal import Principal
from bartizan.guard.refused import Refused

__all__ = ["WELL_KNOWN", "base", "challenged", "check_token", "metadata", "resource"]

WELL_KNOWN = "/.well-known/oauth-protected-resource"


def base(config: Config) -> str:
    """Return the address by which callers reach the gateway, without a slash at its end."""
    return (config.public or f"http://{config.listen}").rstrip("/")


def resource(config: Config, door: McpDoor) -> str:
    """Return a door's address, which is what it is called as a resource."""
    return f"{base(config)}/mcp/{door.id}"


def metadata(config: Config, door: McpDoor) -> bytes:
    """Return the metadata of a door as JSON."""
    said: dict[str, Any] = {
        "resource": resource(config, door),
        "resource_name": door.id,
        "bearer_methods_supported": ["header"],
        "authorization_servers": list(dict.fromkeys(one.issuer for one in config.identity.issuers)),
    }
    if door.scopes:
        said["scopes_supported"] = door.scopes
    return msgspec.json.encode(said)


def challenged(config: Config, door: McpDoor, rule: str) -> str:
    """Return what `WWW-Authenticate` says: where the metadata is, and which scopes to ask for.

    Where no issuer is trusted there is no metadata: a client would look for an authorisation server that isn't there.
    """
    said = challenge(rule) if rule != "scope-missing" else 'Bearer realm="bartizan", error="insufficient_scope"'
    if config.identity.issuers:
        said += f', resource_metadata="{base(config)}{WELL_KNOWN}/mcp/{door.id}"'
        if door.scopes:
            said += f', scope="{" ".join(door.scopes)}"'
    return said


def check_token(config: Config, door: McpDoor, who: Principal) -> None:
    """Check that an access token was issued for this door, with its scopes. Raises Refused.

    Keys of the gateway, and what a proxy vouches for, are for the gateway as a whole.
    """
    if not who.source.startswith("issuer:"):
        return
    if (door.audience or resource(config, door)) not in who.audiences:
        raise Refused(401, "token-not-valid", "the token is for another audience")
    if not who.scopes.issuperset(door.scopes):
        raise Refused(403, "scope-missing", "the token lacks a scope that this door asks for")
