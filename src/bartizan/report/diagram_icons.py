"""Small pictures for the kinds of component, our own, drawn with lines in a square of 20."""

from __future__ import annotations

__all__ = ["ICONS", "SILHOUETTES", "icon", "silhouette"]

# Path data. A picture is drawn with a line of 1.4, round ends and no filling.
ICONS = {
    "person": "M10,10.2a3.6,3.6 0 1,0 -0.01,0zM3.4,17.6c0.4,-4 3,-5.8 6.6,-5.8s6.2,1.8 6.6,5.8",
    "client": "M3,4h14v9.6h-14zM7.4,17h5.2M10,13.6v3.4",
    "application": "M3,4h14v12h-14zM3,7.4h14M5.4,5.7h0.1M7.6,5.7h0.1",
    "agent": "M4.6,7h10.8v8.4h-10.8zM10,7v-3.2M10,3.4h0.1M7.8,10.6v1.2M12.2,10.6v1.2M2.6,10v3M17.4,10v3",
    "model": "M10,3.6a2,2 0 1,0 0.01,0M4.4,12.6a2,2 0 1,0 0.01,0M15.6,12.6a2,2 0 1,0 0.01,0"
    "M8.9,7.2l-3.4,5.6M11.1,7.2l3.4,5.6M6.4,14.6h7.2",
    "tool": "M12.4,3.4a4.2,4.2 0 0,0 -3.6,6l-5.4,5.4 1.8,1.8 5.4,-5.4a4.2,4.2 0 0,0"
    " 5.8,-4.6l-2.4,2.4 -2.4,-0.6 -0.6,-2.4 2.4,-2.4"
    "z",
    "mcp-server": "M7,2.8v4M13,2.8v4M4.8,6.8h10.4v3.4a5.2,4.6 0 0,1 -10.4,0zM10,14.8v2.8",
    "retriever": "M8.6,14.2a5.6,5.6 0 1,0 -0.01,0zM12.8,12.6l4.4,4.4",
    "vector-store": "M4,16.4v-12.8M4,16.4h12.8M7.4,12.6h0.1M10,8.4h0.1M13.2,10.8h0.1M14.6,5.4h0.1M8,6h0.1",
    "memory": "M5.6,5.6h8.8v8.8h-8.8zM8,5.6v-2.6M12,5.6v-2.6M8,17v-2.6M12,17v-2.6M5.6,8h-2.6M5.6,12h-2.6"
    "M17,8h-2.6M17,12h-2.6",
    "prompt-store": "M3.4,4h13.2v9h-7l-3.4,3.2v-3.2h-2.8zM6.4,7.2h7.2M6.4,9.8h4.6",
    "data-set": "M3.4,4h13.2v12h-13.2zM3.4,8h13.2M3.4,12h13.2M8,4v12M12.4,4v12",
    "data-store": "M4,5.4a6,2.2 0 1,0 12,0a6,2.2 0 1,0 -12,0v9.2a6,2.2 0 0,0 12,0v-9.2M4,10a6,2.2 0 0,0 12,0",
    "training-job": "M3,15.4l4,-4.6 3,2.4 6.4,-8M12.6,5.2h3.8v3.8",
    "evaluation-job": "M4.4,3.4h11.2v13.4h-11.2zM7,10.2l2.2,2.2 4,-4.8",
    "model-registry": "M3.2,6.4l6.8,-3.2 6.8,3.2v7.4l-6.8,3.2 -6.8,-3.2zM3.2,6.4l6.8,3.2 6.8,-3.2M10,9.6v7.4",
    "notebook": "M5,3.2h11v13.6h-11zM8.2,3.2v13.6M3.6,6h2.8M3.6,10h2.8M3.6,14h2.8",
    "repository": "M6,6.4a1.7,1.7 0 1,0 -0.01,0M6,17a1.7,1.7 0 1,0 -0.01,0M14,9.4a1.7,1.7 0 1,0 -0.01,0"
    "M6,6.4v7.2M14,9.4c0,3 -3,3.6 -6.6,4.8",
    "pipeline": "M2.6,10h3.4M8,7.6h4v4.8h-4zM14,10h3.4M6,8v4M14,8v4",
    "identity-provider": "M3,4.6h14v10.8h-14zM7.2,10a1.8,1.8 0 1,0 -0.01,0M4.8,13.2c0.4,-2 4.4,-2 4.8,0M12,8.4h3"
    "M12,11.4h3",
    "secret-store": "M7,13.6a3.6,3.6 0 1,0 -0.01,0zM10.4,9.4l6.6,-5.8M14.2,6l1.8,2",
    "gateway": "M10,2.8l6.6,2.4v4.6c0,3.8 -2.8,6.2 -6.6,7.6c-3.8,-1.4 -6.6,-3.8 -6.6,-7.6v-4.6z",
    "log-store": "M4.4,3.4h11.2v13.4h-11.2zM7,7h6M7,10h6M7,13h3.6",
    "saas": "M6,15.6h8.6a3.2,3.2 0 0,0 0.4,-6.4a5,5 0 0,0 -9.6,-0.6a3.6,3.6 0 0,0 0.6,7z",
    "web": "M10,17a7,7 0 1,0 -0.01,0M3,10h14M10,3c-4.6,4 -4.6,10 0,14c4.6,-4 4.6,-10 0,-14",
    "mailbox": "M3,5h14v10.4h-14zM3,5.6l7,5.4 7,-5.4",
    "file-share": "M3,5h5l1.6,2h7.4v8.8h-14z",
    "device": "M6,3h8v14h-8zM9.4,14.6h1.2",
    "group": "M3.4,7h9.6v9.6h-9.6zM7,7v-3.6h9.6v9.6h-3.6",
}

# The outline of a card, by what a kind is.
SILHOUETTES = {
    "person": "round",
    "agent": "agent",
    "model": "model",
    "tool": "tool",
    "mcp-server": "tool",
    "vector-store": "store",
    "memory": "store",
    "prompt-store": "store",
    "data-set": "store",
    "data-store": "store",
    "model-registry": "store",
    "repository": "store",
    "secret-store": "store",
    "log-store": "store",
    "mailbox": "store",
    "file-share": "store",
    "saas": "external",
    "web": "external",
    "device": "external",
}


def icon(kind: str) -> str:
    """Return the picture of a kind as path data."""
    return ICONS.get(kind, ICONS["group"])


def silhouette(kind: str) -> str:
    """Return which outline a kind has: `round`, `agent`, `model`, `tool`, `store`, `external` or `card`."""
    return SILHOUETTES.get(kind, "card")
