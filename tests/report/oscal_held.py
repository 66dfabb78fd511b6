"""What every OSCAL document has to hold, by our own reading of NIST's models: small, strict, and for a whole set.

NIST's JSON schema says which keys are there and of which form. Beside that its constraints ask that ids are unique and
that references lead somewhere, also from one document into those that it imports. `problems` checks all of that for
what we write: an unknown model is a problem too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

__all__ = ["problems"]

_TOKEN = re.compile(r"[^\W\d][\w.-]*")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_LINE = re.compile(r"\S(.*\S)?")
_URI = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:.+")
_REQUIRED = {
    "catalog": ("uuid", "metadata"),
    "profile": ("uuid", "metadata", "imports"),
    "system-security-plan": (
        "uuid", "metadata", "import-profile", "system-characteristics", "system-implementation",
        "control-implementation",
    ),
    "assessment-plan": ("uuid", "metadata", "import-ssp", "reviewed-controls"),
    "assessment-results": ("uuid", "metadata", "import-ap", "results"),
    "plan-of-action-and-milestones": ("uuid", "metadata", "poam-items"),
}  # fmt: skip
_PARTS = {
    "metadata": ("title", "last-modified", "version", "oscal-version"),
    "system-characteristics": (
        "system-ids", "system-name", "description", "system-information", "status", "authorization-boundary",
    ),
    "information-types": ("title", "description"),
    "users": ("uuid",),
    "components": ("uuid", "type", "title", "description", "status"),
    "implemented-requirements": ("uuid", "control-id", "by-components"),
    "by-components": ("component-uuid", "uuid", "description", "implementation-status"),
    "activities": ("uuid", "description", "props"),
    "tasks": ("uuid", "type", "title"),
    "associated-activities": ("activity-uuid", "subjects"),
    "observations": ("uuid", "description", "methods", "collected"),
    "findings": ("uuid", "title", "description", "target"),
    "risks": ("uuid", "title", "description", "statement", "status"),
    "remediations": ("uuid", "lifecycle", "title", "description"),
    "mitigating-factors": ("uuid", "description"),
    "poam-items": ("uuid", "title", "description"),
    "resources": ("uuid",),
    "controls": ("id", "title", "parts"),
    "groups": ("title",),
    "parties": ("uuid", "type"),
    "roles": ("id", "title"),
    "props": ("name", "value"),
}  # fmt: skip
_FORMS: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(("uuid", "identified-uuid"), _UUID),
    **dict.fromkeys(("last-modified", "collected", "expires", "start", "end", "deadline", "date"), _MOMENT),
    **dict.fromkeys(("control-id", "role-id", "target-id", "class"), _TOKEN),
    **dict.fromkeys(("title", "value", "version", "system-name", "system-name-short", "name", "short-name"), _LINE),
    "ns": _URI,
}
_TOKENS = frozenset({"props", "parts", "facets"})
"""Lists of what has a token for a name."""
_WITHIN = frozenset({"component-uuid", "subject-uuid", "actor-uuid", "activity-uuid", "risk-uuid", "observation-uuid",
                     "party-uuids", "implementation-uuid", "implementation-statement-uuid"})  # fmt: skip
_IMPORTS = ("import-profile", "import-ssp", "import-ap")
_STATES = {"implemented", "partial", "planned", "alternative", "not-applicable"}


def problems(name: str, documents: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a document of a set, by the name of its file."""
    (model,) = documents[name]
    body = documents[name][model]
    if model not in _REQUIRED:
        return [f"{model} is no model"]
    found = [f"{model} lacks {key}" for key in _REQUIRED[model] if key not in body]
    found += [problem for path, key, value in _walk(body) for problem in _wrong(path, key, value)]
    uuids = [value for _, key, value in _walk(body) if key == "uuid"]
    found += [f"{uuid} is there twice" for uuid in sorted({one for one in uuids if uuids.count(one) > 1})]
    return found + list(_loose(body, _effective(name, documents, found)))


def _walk(value: Any, path: str = "", key: str = "") -> Iterator[tuple[str, str, Any]]:
    yield path, key, value
    if isinstance(value, dict):
        for inner, one in value.items():
            yield from _walk(one, f"{path}/{inner}", inner)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _walk(one, f"{path}/{number}", key if not isinstance(one, list) else "")


def _wrong(path: str, key: str, value: Any) -> Iterator[str]:
    if value in ("", [], {}) and not path.endswith("include-all"):
        yield f"{path} is empty"
    if isinstance(value, str):
        form = _TOKEN if key == "name" and path.split("/")[-3] in _TOKENS else _FORMS.get(key)
        if form and not form.fullmatch(value):
            yield f"{path} is {value!r}"
    if (isinstance(value, dict) and path.rsplit("/", 1)[-1].isdecimal()) or isinstance(value, dict):
        yield from (f"{path} lacks {one}" for one in _PARTS.get(key, ()) if one not in value)
    if key == "implementation-status" and value["state"] not in _STATES:
        yield f"{path} is {value['state']!r}"


def _effective(name: str, documents: Mapping[str, Any], found: list[str]) -> list[Any]:
    """Return a document and all that it imports, as NIST's effective data model. What isn't there is noted."""
    ((_, body),) = documents[name].items()
    out = [body]
    wanted = [body[key]["href"] for key in _IMPORTS if key in body]
    wanted += [one["href"] for one in body.get("imports", [])]
    for href in wanted:
        if href in documents:
            out += _effective(href, documents, found)
        else:
            found.append(f"{href} is not there")
    return out


def _loose(body: Any, model: list[Any]) -> Iterator[str]:
    """Return references that lead nowhere: to UUIDs and roles, to resources, to controls and parts of them."""
    uuids = {value for one in model for _, key, value in _walk(one) if key == "uuid"}
    ids = {value for one in model for _, key, value in _walk(one) if key == "id" and isinstance(value, str)}
    roles = {one["id"] for one in body["metadata"].get("roles", [])}
    checks: dict[str, Callable[[str], bool]] = {
        **dict.fromkeys(_WITHIN, uuids.__contains__),
        **dict.fromkeys(("role-id", "role-ids"), roles.__contains__),
        **dict.fromkeys(("control-id", "with-ids", "target-id"), ids.__contains__),
        "href": lambda value: not value.startswith("#") or value[1:] in uuids | ids,
    }
    for path, key, value in _walk(body):
        if isinstance(value, str) and key in checks and not checks[key](value):
            yield f"{path} leads nowhere: {value}"
