"""References within a JSON Schema, followed as far as they go; circles and chains without end are bounded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["Resolver", "every_object", "remote_references"]

_MOST_HOPS = 32
_REFERENCES = ("$ref", "$dynamicRef")


class Resolver:
    """Follows the references of one schema. What was looked for once is remembered."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._anchors: dict[str, Any] | None = None
        self._known: dict[str, Any] = {}

    def __call__(self, schema: Any) -> Any:
        """Return what a schema stands for. Members beside a reference count, too.

        A reference that leads nowhere is left as it stands; a chain without end lets everything through.
        """
        for _ in range(_MOST_HOPS):
            reference = schema.get("$ref") if isinstance(schema, dict) else None
            found = self._find(reference) if isinstance(reference, str) else None
            if found is None:
                return schema
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**found, **beside} if beside and isinstance(found, dict) else found
        return {}

    def _find(self, reference: str) -> Any:
        if reference not in self._known:
            self._known[reference] = self._look(reference)
        return self._known[reference]

    def _look(self, reference: str) -> Any:
        """Return what a JSON pointer or an anchor names, None for nothing."""
        if not reference.startswith("#"):
            return None
        if reference != "#" and not reference.startswith("#/"):
            return self._anchored(reference[1:])
        here = self._root
        for part in reference.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(here, dict) and name in here:
                here = here[name]
            elif isinstance(here, list) and name.isdecimal() and name.isascii() and int(name[:9]) < len(here):
                here = here[int(name[:9])]
            else:
                return None
        return here if isinstance(here, dict | bool) else None

    def _anchored(self, name: str) -> Any:
        if self._anchors is None:
            found = [(one.get("$anchor"), one) for one in every_object(self._root)]
            self._anchors = {anchor: one for anchor, one in found if isinstance(anchor, str)}
        return self._anchors.get(name)


def every_object(root: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a value, however deep."""
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def remote_references(root: Any) -> list[str]:
    """Return the references that leave a schema: what they name can change after somebody approved it."""
    found = [one.get(key) for one in every_object(root) for key in _REFERENCES]
    return sorted({one for one in found if isinstance(one, str) and not one.startswith("#")})
