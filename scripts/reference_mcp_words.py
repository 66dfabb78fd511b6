"""What the keys of the configuration mean that are about MCP, in a few words each."""

from __future__ import annotations

__all__ = ["CONFIG_MCP"]

CONFIG_MCP = {
    "mcp": {
        "id": "its name; clients connect to `/mcp/ID`",
        "servers": "[the servers](#servers) behind it",
        "prefix": "whether a server's id stands before names of tools only when there are `several`, or `always`",
        "pins": "a folder of [approved definitions](../mcp.md#pins); without one, what a server lists at its first use "
        "is pinned below `state/mcp-pins`",
        "cards": "a file of reviewed tool cards, or a folder of such; other tools get drafted ones",
        "charter": "a file that says what an agent is for, or a folder of such",
        "attended": "whether somebody can be asked; if not, what would be asked about is refused",
        "asking": "[how people are asked](#asking) where the client can't ask its own user",
        "states_request": "whether the client is believed about what its user wants (`bartizan/request` in `_meta`)",
        "journal": "a folder in which each session is kept, to be explained",
        "journal_values": "`digest` keeps digests of values, `keep` the values themselves, so that it can be replayed",
        "audience": "what access tokens must be for; by default `public`, `/mcp/` and `id`",
        "scopes": "scopes that access tokens must have",
        "origins": "web pages whose scripts may call, such as `https://HOST`",
        "sessions": "sessions that are open at once; one caller may have a quarter of them",
        "idle": "seconds after its last request at which a session ends",
    },
    "servers": {
        "id": "its name in policies, pins, events and before names of tools",
        "url": "its address, for streamable HTTP",
        "command": "the program and its arguments of a local server, started for each session without a shell",
        "folder": "where the command runs",
        "environment": "variables that the command gets beside the usual few, each a secret",
        "secret": "where the gateway's own credential is kept; callers' credentials never go on",
        "secret_header": "the header that it is sent in, as `Bearer` in `authorization`, as it is in any other",
        "oauth": "[how an access token is got](#oauth) instead",
        "headers": "callers' further headers that go on, in lower case",
        "protocol": "the revision that is spoken with it; `auto` finds out",
        "seconds": "how long a request may take",
        "private": "whether its name may lead into a private network",
        "region": "where it computes, for policies",
        "address": "an IP address that is called whatever the name in `url` resolves to",
        "ca": "a file of certificates of authorities (PEM) that are trusted for it besides the usual ones",
        "certificate": "a client certificate with its key behind it, both PEM, as a secret",
    },
    "oauth": {
        "token_url": "the token endpoint of the server's authorisation server",
        "client": "the gateway's client id there",
        "secret": "where its client secret is kept",
        "grant": "`client-credentials`: the token is the gateway's; `token-exchange`: it is got for the caller's, "
        "so that the server knows on whose behalf",
        "scope": "scopes that are asked for, with spaces between",
        "resource": "what the token is for (RFC 8707), by default the server's `url`",
        "audience": "the audience that is asked for, where the authorisation server wants one (RFC 8693)",
    },
    "asking": {
        "webhook": "an address that questions are posted to, over https",
        "secret": "where the secret that signs them is kept, 16 bytes at least",
        "folder": "a folder in which questions wait for another program",
    },
}
