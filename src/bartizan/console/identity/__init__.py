"""Identity: accounts, sessions, tokens, providers, and what keeps requests of other sites out."""

from bartizan.console.identity.authenticator import SigningIn
from bartizan.console.identity.enrolment import enrol_link, rescue_link
from bartizan.console.identity.origin import guarded
from bartizan.console.identity.service import Identity
from bartizan.console.identity.settings import ConsoleSettings, parse_settings, read_settings

__all__ = [
    "ConsoleSettings",
    "Identity",
    "SigningIn",
    "enrol_link",
    "guarded",
    "parse_settings",
    "read_settings",
    "rescue_link",
]
