"""The specification of the API as OpenAPI 3.1, made from the types that read and write, and from the operations."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from litestar import Response, get

from bartizan import __version__
from bartizan.console.access import AnyRequest
from bartizan.console.api.asked import Nothing, asked
from bartizan.console.api.bodies import JSON
from bartizan.console.api.operations import OPERATIONS, Answered, Operation
from bartizan.console.api.problems import MEDIA_TYPE
from bartizan.console.api.schemas import REF, schemas
from bartizan.console.api.words import HEADERS, PARAMETERS, PROBLEMS, TAGS

__all__ = ["description", "get_description"]


@get("/openapi.json", sync_to_thread=True)
def get_description(request: AnyRequest) -> Response[bytes]:
    """Read this specification."""
    asked(request, Nothing)
    return Response(_encoded(), media_type=JSON, headers={"Cache-Control": "public, max-age=300"})


@cache
def _encoded() -> bytes:
    return msgspec.json.encode(description())


def description() -> dict[str, Any]:
    """Return the specification as plain values."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Bartizan",
            "version": __version__,
            "summary": "Documents, evidence and assessments of an organisation's AI systems.",
            "description": "What a caller may not see is answered as if it weren't there. Times are RFC 3339 in UTC.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}, {"session": []}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "responses": {name: _problem(text) for _, (name, text) in sorted(PROBLEMS.items())},
            "headers": {name: {"description": text, "schema": {"type": "string"}} for name, text in HEADERS.items()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "An API token, made in the console."},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-bartizan",
                    "description": "The cookie of somebody who has signed in to the console.",
                },
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    responses = {str(one.status): _answer(one) for one in operation.answers}
    # What every operation says: who sends no valid sign-in, more than is taken, or to another host, isn't let through.
    for status in sorted(operation.problems if operation.open else {*operation.problems, 429}):
        responses[str(status)] = {"$ref": f"#/components/responses/{PROBLEMS[status][0]}"}
    out: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": _parameters(operation),
        "responses": responses,
        "x-right": operation.right,
    }
    if operation.body:
        content = {type: {"schema": {"$ref": REF.format(name=name)}} for type, name in operation.body.items()}
        out["requestBody"] = {"required": True, "content": content}
    if operation.open:
        out["security"] = []
    return out


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    words = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    out = [{"name": word, "in": "path", "required": True, **PARAMETERS[word]} for word in words]
    out += [{"name": name, "in": "header", **PARAMETERS[name]} for name in operation.conditions]
    schema = msgspec.json.schema(operation.query)
    described = schema["$defs"][operation.query.__name__]
    for name, one in described["properties"].items():
        text = one.pop("description", "")
        required = name in described.get("required", [])
        parameter = {"name": name, "in": "query", "required": required, "schema": _inlined(one, schema["$defs"])}
        out.append({**parameter, "description": text} if text else parameter)
    return out


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """Put what a schema refers to in its place: parameters hold words, never whole types."""
    if isinstance(schema, list):
        return [_inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        found = _inlined(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
        return {key: value for key, value in found.items() if key not in ("title", "description")}
    return {key: _inlined(value, definitions) for key, value in schema.items()}


def _answer(answered: Answered) -> dict[str, Any]:
    words = {200: "Done.", 201: "Created.", 204: "Done; there is nothing to say.", 304: "The caller has it already."}
    out: dict[str, Any] = {"description": words[answered.status]}
    if answered.schema:
        schema = {"$ref": REF.format(name=answered.schema)}
        out["content"] = {type: {"schema": schema} for type in answered.types} | {type: {} for type in answered.raw}
    if answered.headers:
        out["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in answered.headers}
    return out


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {MEDIA_TYPE: {"schema": {"$ref": REF.format(name="Problem")}}}}
