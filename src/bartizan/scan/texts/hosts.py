"""What an address says of itself: this machine, a private network, a bare number, a place that collects data."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from enum import StrEnum
from urllib.parse import urlsplit

__all__ = ["Host", "belongs", "collector", "host_of", "kind", "provider", "urls"]

_COLLECTORS = (
    "ngrok.io", "ngrok.app", "ngrok-free.app", "ngrok-free.dev", "ngrok.dev", "trycloudflare.com", "loca.lt",
    "localtunnel.me", "serveo.net", "localhost.run", "lhr.life", "bore.pub", "pinggy.io", "pinggy.link",
    "tunnelmole.net",
    "webhook.site", "requestbin.com", "requestbin.net", "pipedream.net", "beeceptor.com", "requestcatcher.com",
    "hookbin.com", "postb.in", "webhook.cool", "burpcollaborator.net", "oastify.com", "oast.fun", "oast.pro",
    "oast.live", "oast.site", "oast.online", "oast.me", "interact.sh", "interactsh.com", "dnslog.cn",
    "canarytokens.com",
    "transfer.sh", "file.io", "0x0.st", "termbin.com", "gofile.io", "bashupload.com", "temp.sh", "ix.io",
)  # fmt: skip
"""Tunnels, request catchers and anonymous upload places: facts, from their own sites."""

_PROVIDERS = (
    "anthropic.com", "claude.ai", "claude.com", "openai.com", "azure.com", "azure-api.net",
    "cognitiveservices.azure.com",
    "googleapis.com", "google.com", "amazonaws.com", "aws.dev", "mistral.ai", "cohere.com", "x.ai", "groq.com",
    "deepseek.com", "openrouter.ai", "together.xyz", "fireworks.ai", "perplexity.ai", "nvidia.com", "huggingface.co",
    "cloudflare.com", "databricks.com", "databricks.net", "github.com", "githubcopilot.com", "vercel.sh",
    "ai-gateway.vercel.sh",
)  # fmt: skip
"""Providers of models and the clouds that serve them."""

_URL = re.compile(r"\b(?:https?|wss?|ftp)://[^\s\"'`<>()\[\]{}|\\^]+", re.IGNORECASE)


class Host(StrEnum):
    """Kinds of host: this machine, a private network, a bare public number, a public name, one that is not written."""

    LOCAL = "local"
    PRIVATE = "private"
    NUMBER = "number"
    NAME = "name"
    VARIABLE = "variable"


def urls(text: str) -> list[str]:
    """Return the addresses in a text."""
    return [found[0].rstrip(".,;:!?") for found in _URL.finditer(text)]


def host_of(url: str) -> str:
    """Return the host of an address, in lower case; nothing where there is none."""
    try:
        return (urlsplit(url if "://" in url else f"//{url}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def kind(host: str) -> Host:
    """Return what kind a host is."""
    if not host or any(sign in host for sign in "${}<>%"):
        return Host.VARIABLE
    if host in ("localhost", "host.docker.internal", "0.0.0.0") or host.endswith(".localhost"):  # noqa: S104 - a name to know
        return Host.LOCAL
    try:
        address = ipaddress.ip_address(
            int(host) if host.isdigit() else int(host, 16) if host.startswith("0x") else host
        )
    except ValueError:
        if "." not in host:
            # A container or a machine beside this one.
            return Host.LOCAL
        internal = host.endswith((".local", ".internal", ".lan", ".corp", ".intranet", ".home.arpa"))
        return Host.PRIVATE if internal else Host.NAME
    if address.is_loopback:
        return Host.LOCAL
    return Host.PRIVATE if address.is_private else Host.NUMBER


def belongs(host: str, domains: Iterable[str]) -> bool:
    """Tell if a host is one of some domains, or lies below one."""
    return any(host == one or host.endswith("." + one) for one in domains)


def collector(host: str) -> bool:
    """Tell if a host is a tunnel, a request catcher or an anonymous upload place."""
    return belongs(host, _COLLECTORS)


def provider(host: str) -> bool:
    """Tell if a host belongs to a provider of models."""
    return belongs(host, _PROVIDERS)
