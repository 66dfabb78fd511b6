"""What the specification says of parameters, headers and problems."""

from __future__ import annotations

from typing import Any

from bartizan.console.api.asked import NAME
from bartizan.console.api.catalog import KINDS
from bartizan.console.interchange import FILE
from bartizan.model.documents import Kind

__all__ = ["HEADERS", "PARAMETERS", "PROBLEMS", "TAGS"]

TAGS = {
    **{kind.plural: f"Documents of the kind {kind.value}." for kind in Kind},
    "assurance": "Evidence, how controls stand, and what follows for systems.",
    "answers": "Questions of every day.",
    "catalog": "Threats, controls, patterns, frameworks and statements of policies.",
    "webhooks": "Being told what happens.",
    "audit": "What was done, and by whom.",
}

_TAG = {"schema": {"type": "string", "maxLength": 400}}
PARAMETERS: dict[str, dict[str, Any]] = {
    "name": {
        "description": "The name of the document.",
        "schema": {"type": "string", "pattern": NAME, "maxLength": 100},
    },
    "file": {
        "description": "The name of a document and what the format ends with: `NAME.oscal-ssp.json`, "
        "`NAME.oscal-poam.json`, `NAME.oscal.zip` for all of a system, and others.",
        "schema": {"type": "string", "pattern": FILE.pattern, "maxLength": 140},
    },
    "version": {"description": "A version.", "schema": {"type": "integer", "minimum": 1, "maximum": (1 << 31) - 1}},
    "part": {"description": "A part of the catalog.", "schema": {"type": "string", "enum": list(KINDS)}},
    "id": {"description": "An id.", "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,100}$"}},
    "If-Match": {
        "description": "The ETag of the version on top of which this is made; `*` for whichever there is.",
        **_TAG,
    },
    "If-None-Match": {"description": "An ETag that the caller has, or `*`: only if there is none.", **_TAG},
    "Bartizan-Why": {
        "description": "Why, in a line of UTF-8. Instead of it, `?why=`.",
        "schema": {"type": "string", "maxLength": 500},
    },
}

HEADERS = {
    "ETag": "The version in its form, for `If-Match` and `If-None-Match`.",
    "Last-Modified": "When the version was made.",
    "Bartizan-Version": "The number of the version.",
    "Bartizan-Result": "What a change did: `created`, `configured` or `unchanged`.",
    "Link": 'The next page, with `rel="next"`.',
    "Location": "The address of what was created.",
}

PROBLEMS = {
    400: ("WrongRequest", "The query or a header is wrong, or the request doesn't say why it changes something."),
    401: ("SignIn", "Nobody is signed in, or the token is not valid."),
    403: ("NotAllowed", "The caller's roles don't include it, or it takes a second person."),
    404: ("Missing", "There is no such thing, it isn't the caller's to see, or the system can't be assessed."),
    406: ("NoSuchForm", "It can't be given in a form that the caller takes."),
    409: ("Taken", "The name can't be used."),
    412: ("Changed", "Somebody else has changed it in between, or it is there already."),
    413: ("TooLarge", "The body is larger than what is taken."),
    415: ("WrongForm", "Bodies of this form aren't taken."),
    422: ("WrongContent", "What was sent is wrong; `errors` says where, and what to do."),
    428: ("OnTopOfWhat", "A change says on top of what it is made."),
    429: ("TooOften", "The account asks too often; `Retry-After` says for how many seconds to wait."),
    503: ("Unavailable", "The register can't be reached just now. Nothing was changed."),
}
