"""How answers are written: JSON or YAML, with entity tags and links to the next page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response

from bartizan.console.access import AnyRequest
from bartizan.console.api.bodies import JSON, YAML
from bartizan.console.api.conditions import etag, last_modified, not_modified
from bartizan.console.api.problems import Refused
from bartizan.model.documents import Stored
from bartizan.model.documents.plain import plain
from bartizan.store.yamltext import write_yaml

__all__ = ["document_answer", "json_answer", "page_answer", "wants_yaml"]

_YAML_TYPES = frozenset({YAML, "application/x-yaml", "text/yaml", "text/x-yaml"})
_ANY = frozenset({"*/*", "application/*", JSON})


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """Answer with a value as JSON."""
    return Response(msgspec.json.encode(value), status_code=status, media_type=JSON, headers=dict(headers or {}))


def page_answer(request: AnyRequest, items: Any, after: str | int, total: int) -> Response[bytes]:
    """Answer with a page of a list; the link to the next one stands in the headers too (RFC 8288)."""
    headers = {}
    if after:
        kept = [(key, value) for key, value in request.query_params.multi_items() if key != "after"]
        headers["Link"] = f'<{request.url.path}?{urlencode([*kept, ("after", after)])}>; rel="next"'
    return json_answer({"items": items, "next": str(after) if after else "", "total": total}, headers=headers)


def document_answer(request: AnyRequest, stored: Stored, status: int = 200, **more: str) -> Response[bytes]:
    """Answer with a document as files write it, or that the caller has it already. Raises Refused for other forms."""
    as_yaml = wants_yaml(request)
    tag = etag(stored, "-yaml" if as_yaml else "")
    headers = {
        "ETag": tag,
        "Last-Modified": last_modified(stored),
        "Vary": "Accept",
        "Bartizan-Version": str(stored.version),
        "Cache-Control": "private, no-cache",
        **{key.replace("_", "-"): value for key, value in more.items()},
    }
    if request.method == "GET" and not_modified(request, tag):
        return Response(b"", status_code=304, headers=headers)
    value = plain(stored.document)
    if as_yaml:
        return Response(write_yaml(value).encode(), status_code=status, media_type=YAML, headers=headers)
    return json_answer(value, status, headers)


def wants_yaml(request: AnyRequest) -> bool:
    """Tell whether the caller prefers YAML. Raises Refused with 406 for one that takes neither that nor JSON."""
    accepted = _accepted(request.headers.get("accept") or "*/*")
    yaml = max((weight for name, weight in accepted if name in _YAML_TYPES), default=0.0)
    any_ = max((weight for name, weight in accepted if name in _ANY), default=0.0)
    if yaml <= 0 and any_ <= 0:
        raise Refused(406, "not-acceptable", f"documents are given as `{JSON}` or `{YAML}`")
    return yaml > any_


def _accepted(header: str) -> list[tuple[str, float]]:
    out = []
    for part in header.lower().split(","):
        name, *parameters = [word.strip() for word in part.split(";")]
        weight = next((word[2:] for word in parameters if word.startswith("q=")), "1")
        try:
            out.append((name, float(weight)))
        except ValueError:
            out.append((name, 0.0))
    return out
