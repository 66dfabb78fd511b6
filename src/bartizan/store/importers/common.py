"""What importers share: the result, ids, and the kind of a component by the words that describe it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from bartizan.model import InputError, Place
from bartizan.model.yamltree import Node, parse_yaml

__all__ = ["Ids", "Imported", "filled", "guess_kind", "items", "mapping", "read_document", "text"]


class Imported(msgspec.Struct, kw_only=True):
    """A system in the language of `system.yaml`, and what a person should look at."""

    document: dict[str, Any]
    notes: list[str]


class Ids:
    """Gives each foreign id one of ours: lower case, unique, and the same for the same file."""

    def __init__(self) -> None:
        self.ours: dict[str, str] = {}
        self.taken: set[str] = set()

    def new(self, foreign: str, name: str = "") -> str:
        """Return the id for something that is described for the first time; `name` where it reads better."""
        readable = name if name and (not foreign or re.fullmatch(r"[0-9a-fA-F-]{32,}", foreign)) else foreign or name
        base = readable if _ID.fullmatch(readable) else _slug(readable)
        found, number = base, 2
        while found in self.taken:
            found, number = f"{base[:75]}-{number}", number + 1
        self.taken.add(found)
        self.ours[foreign] = found
        return found

    def get(self, foreign: object) -> str | None:
        """Return the id that was given before, None when there was none."""
        return self.ours.get(str(foreign))


_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9.]+", "-", plain).strip("-.")[:80] or "unnamed"


def read_document(content: bytes, file: str, required: Iterable[str]) -> dict[str, Any]:
    """Parse YAML or JSON into plain values. Raises InputError when it is neither, or lacks a required key."""
    node: Node = parse_yaml(content, file)
    plain = node.plain()
    if not isinstance(plain, dict):
        raise InputError("this is no mapping at its top", place=node.place)
    for key in required:
        if key not in plain:
            raise InputError(f"this file has no `{key}`", place=Place(file), help="is it the format that you named?")
    return plain


def mapping(value: object) -> dict[str, Any]:
    """Return a mapping, or an empty one for anything else."""
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """Return a list; one value as a list of it, nothing as an empty one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def text(value: object) -> str:
    """Return a value as text on one line; nothing as the empty text."""
    return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""


def filled(**values: object) -> dict[str, Any]:
    """Return what was given without what is empty: None, the empty text, the empty list."""
    return {key: value for key, value in values.items() if value not in (None, "", [])}


_WORDS: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    (r"mcp|model context protocol", "mcp-server", {}),
    (r"embedding", "model", {"type": "embedding"}),
    (r"vector|pinecone|weaviate|qdrant|milvus|chroma(db)?|pgvector|faiss", "vector-store", {}),
    (r"retriev\w*|rag|semantic search|ai search", "retriever", {}),
    (r"fine.?tun\w*|training (job|pipeline)|trainer", "training-job", {}),
    (r"training (data|set)|data.?set", "data-set", {}),
    (r"model registry|mlflow|hugging ?face", "model-registry", {}),
    (r"notebook|jupyter\w*", "notebook", {}),
    (r"prompt (store|library|template)s?|system prompts?", "prompt-store", {}),
    (r"(ai|llm|autonomous) agents?|agentic|copilot|ai assistant|chat ?bot", "agent", {}),
    (
        r"llms?|gpt\S*|claude|gemini|llama\S*|mistral|bedrock|open ?ai|(large )?language model|foundation model",
        "model",
        {"type": "llm"},
    ),
    (
        r"(ml|machine learning|ai|fraud|scoring|prediction) (model|inference)|classifier",
        "model",
        {"type": "classifier"},
    ),
)
_GENERIC = (
    (r"browser|web client|desktop|mobile (app|client)|thin client|rich client|client system|cli", "client"),
    (r"^((the|end|internal|external) )?(actor|human|person|customer|employee|user|administrator)s?$", "person"),
    (r"mail|smtp", "mailbox"),
    (r"file server|file ?share|share ?point|local file system|nfs", "file-share"),
    (r"vault|secrets?( manager| store)?|kms|hsm|key management", "secret-store"),
    (
        r"identity (provider|store.*)|idp|ldap( server)?|sso|cognito|entra|active directory|keycloak",
        "identity-provider",
    ),
    (r"repository|git(hub|lab)?|artifact registry|container registry", "repository"),
    (r"(build )?pipeline|ci|ci cd|jenkins|devops client|batch processing|scheduler", "pipeline"),
    (r"gateway|proxy|reverse proxy|load balancer|waf|ingress|firewall|service mesh", "gateway"),
    (r"logs?|logging|monitoring|siem|audit|cloudwatch", "log-store"),
    (r"iot( device)?|device|sensor|camera", "device"),
    (
        r"database|db|sql\w*|postgres\w*|mysql|oracle|mongo\w*|redis|rds|dynamo\w*|s3|bucket|blob|(block )?storage"
        r"|(message )?queue|kafka|stream processing|data ?store|data lake|big data platform|cache"
        r"|search (index|engine)",
        "data-store",
    ),
    (r"saas|third party|external service", "saas"),
)


def guess_kind(*described: str, ai: bool = True) -> tuple[str, dict[str, str]] | None:
    """Return a kind and its keys for the first description that has a telling word; None when none has.

    With `ai` the words of AI systems count first, over all descriptions.
    """
    words = [_spaced(description) for description in described]
    if ai:
        for pattern, kind, keys in _WORDS:
            if any(re.search(rf"\b({pattern})\b", entry) for entry in words):
                return kind, dict(keys)
    for entry in words:
        for pattern, kind in _GENERIC:
            if re.search(rf"\b({pattern})\b", entry):
                return kind, {}
    return None


def _spaced(description: str) -> str:
    split = re.sub(r"([a-z])([A-Z])", r"\1 \2", description)
    return re.sub(r"[\s_/.:-]+", " ", split).lower()
