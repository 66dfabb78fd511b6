"""Which queries may stand behind a path: what goes on in an address is no body, and is inspected by nothing else."""

from __future__ import annotations

import re

__all__ = ["known_query"]

_PARTS = re.compile(
    r"api-version=(?:\d{4}-\d{2}-\d{2}(?:-preview)?|v1|preview|latest)"  # Azure OpenAI
    r"|alt=(?:sse|json)"  # Gemini
    r"|beta=true"  # Anthropic
    r"|(?:limit|pageSize)=\d{1,4}"  # pages of the list of models
    r"|(?:after|after_id|before_id)=[A-Za-z][\w.-]{0,127}"
    r"|order=(?:asc|desc)",
    re.ASCII,
)


def known_query(query: str) -> bool:
    """Tell whether every parameter of a query is one that the official clients send, with a value of its kind.

    Anything else could carry a credential (`key=`) or a value around the rules for data.
    """
    return all(_PARTS.fullmatch(part) for part in query.split("&")) if query else True
