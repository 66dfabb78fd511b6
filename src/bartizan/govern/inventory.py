"""A system as a line of an inventory: what a spreadsheet can say of one, and a first description made from that."""

from __future__ import annotations

from typing import Any

from bartizan.model import System
from bartizan.model.component import Model

__all__ = ["DERIVED", "first_description", "inventory"]

DERIVED = ("vendor", "model", "data_class", "categories")
"""Columns that follow from a system's components and data. They make a new system, and never change one."""


def inventory(system: System) -> dict[str, list[str]]:
    """Return what the derived columns say of a system: its vendors, its models, the highest class, the categories."""
    vendors = {component.vendor for component in system.components.values()}
    models = {one.product or one.provider or one.name for one in system.components.values() if isinstance(one, Model)}
    classes = [system.scheme.level(data.class_) for data in system.data.values()]
    categories = {category.value for data in system.data.values() for category in data.categories}
    return {
        "vendor": sorted(vendors - {""}),
        "model": sorted(models - {""}),
        "data_class": [system.scheme.name(max(classes))] if classes else [],
        "categories": sorted(categories),
    }


def first_description(title: str, said: dict[str, list[str]]) -> dict[str, Any]:
    """Return components, flows and data of a system of which an inventory is all that is known.

    People use an application; where a model is named, the application calls it. That is too little to decide upon and
    enough to be found: what is missing shows as threats that nothing contradicts.
    """
    content: dict[str, Any] = {"name": "Content"}
    if said.get("data_class"):
        content["class"] = said["data_class"][0]
    if said.get("categories"):
        content["categories"] = said["categories"]
    application: dict[str, Any] = {"kind": "application", "name": title, "holds": ["content"]}
    if said.get("vendor"):
        application["vendor"] = ", ".join(said["vendor"])
    out: dict[str, Any] = {
        "data": {"content": content},
        "components": {"users": {"kind": "person"}, "application": application},
        "flows": [{"from": "users", "to": "application", "carries": ["content"], "returns": ["content"]}],
        "assumptions": ["Imported from an inventory; components and flows are still to be described."],
    }
    if models := said.get("model"):
        out["components"]["model"] = {"kind": "model", "product": ", ".join(models)}
        out["flows"].append({"from": "application", "to": "model", "carries": ["content"], "returns": ["content"]})
    return out
