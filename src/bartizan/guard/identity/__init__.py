"""Who calls: keys of our own, access tokens of an issuer, or what a trusted proxy has checked. Never nobody."""

from bartizan.guard.identity.identifier import Fetch, Headers, Identifier
from bartizan.guard.identity.keys import KeyRecord, KeyStore
from bartizan.guard.identity.proxy import ProxyReader
from bartizan.guard.identity.refusals import NeedKeys, NotIdentified, challenge
from bartizan.guard.identity.tokens import TokenReader

__all__ = [
    "Fetch",
    "Headers",
    "Identifier",
    "KeyRecord",
    "KeyStore",
    "NeedKeys",
    "NotIdentified",
    "ProxyReader",
    "TokenReader",
    "challenge",
]
