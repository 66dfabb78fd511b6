"""What most tools do: find, read, add, change and remove records of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.flow.unseen.frame import World

__all__ = ["add", "change", "get", "listed", "remove", "say", "search", "whole"]

Do = Callable[[World, dict[str, Any]], Any]


def _at(rows: Any, key: str, value: Any) -> Any:
    return next(one for one in rows if str(one[key]) == str(value))


def get(table: str, argument: str, key: str = "id") -> Do:
    """Return the record that an argument names."""
    return lambda world, args: _at(world[table], key, args[argument])


def whole(name: str) -> Do:
    """Return something as it stands in the world."""
    return lambda world, _: world[name]


def listed(table: str, *keys: str, by: Mapping[str, str] | None = None, under: str = "") -> Do:
    """Return some members of all records, those whose fields equal the arguments in `by` (argument to field)."""

    def do(world: World, args: dict[str, Any]) -> Any:
        rows = [
            {key: one[key] for key in keys or one if key in one}
            for one in world[table]
            if all(str(one.get(field)) == str(args[given]) for given, field in (by or {}).items() if given in args)
        ]
        return {under: rows} if under else rows

    return do


def search(table: str, argument: str, *keys: str, under: str = "") -> Do:
    """Return records in whose values every word of the query occurs."""

    def do(world: World, args: dict[str, Any]) -> Any:
        words = str(args.get(argument, "")).casefold().split()
        rows = [
            {key: one[key] for key in keys or one if key in one}
            for one in world[table]
            if all(word in str(list(one.values())).casefold() for word in words)
        ]
        return {under: rows, "total": len(rows)} if under else rows

    return do


def add(table: str, first: int | str, *, status: str = "", gives: Mapping[str, Any] | None = None) -> Do:
    """Add a record from the arguments; return it with its new number."""

    def do(world: World, args: dict[str, Any]) -> Any:
        rows = world.setdefault(table, [])
        new = first + len(rows) if isinstance(first, int) else f"{first}{len(rows) + 1:03d}"
        row = {"id": new, **args, **(gives or {})}
        if status:
            row["status"] = status
        rows.append(row)
        return row

    return do


def change(table: str, argument: str, key: str = "id", **sets: Any) -> Do:
    """Change a record's fields to the other arguments."""

    def do(world: World, args: dict[str, Any]) -> Any:
        row = _at(world[table], key, args[argument])
        row.update({name: value for name, value in args.items() if name != argument}, **sets)
        return row

    return do


def remove(table: str, argument: str, key: str = "id") -> Do:
    """Remove the record that an argument names."""

    def do(world: World, args: dict[str, Any]) -> Any:
        world[table].remove(_at(world[table], key, args[argument]))
        return {"deleted": True, argument: args[argument]}

    return do


def say(**answer: Any) -> Do:
    """Return the same whatever is asked, with arguments put in where a value is `=name`."""

    def do(_: World, args: dict[str, Any]) -> Any:
        return {
            key: args.get(value[1:]) if isinstance(value, str) and value.startswith("=") else value
            for key, value in answer.items()
        }

    return do
