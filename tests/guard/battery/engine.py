"""An engine that lets everybody call everything, with rules that hide or block three types, and the search for leaks."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

from bartizan.guard.config import Config, Identity, Upstream
from bartizan.guard.engine import Call, Engine, Prepared
from bartizan.guard.policy import Authoriser, PolicyFile, load_policies
from bartizan.guard.principal import Principal
from bartizan.guard.protection import DataRule, Handling, Handlings, Protector
from bartizan.guard.routes import route
from bartizan.guard.streams import SseReader
from bartizan.inspection import Inspector, Policy
from bartizan.inspection.redaction import Hiding, KeyRing, Mode, parse_keys
from bartizan.model import Scheme

__all__ = ["call", "engine", "streamed", "strings", "tells"]

CALLER = Principal(id="anna", source="key:k")
TYPES = ["credit-card", "email-address", "iban-code"]


@cache
def _inspector() -> Inspector:
    return Inspector(Policy(types=TYPES))


@cache
def _keys() -> KeyRing:
    return parse_keys("k1:" + bytes(range(32)).hex())


@cache
def engine(do: str) -> Engine:
    """Return an engine that does this about values on both sides."""
    inspector = _inspector()
    families = {name: entry.family for name, entry in inspector.known.items()}
    rules = [DataRule(id="battery", do=Handling(do), types=TYPES), DataRule(id="rest", do=Handling.ALLOW)]
    handlings = Handlings(rules, families, Scheme(tuple(inspector.policy.scheme)))
    protector = Protector(inspector, handlings, Hiding(Mode.MASK), Hiding(Mode.TOKEN, keys=_keys()))
    upstreams = [
        Upstream(id=door, door=door, url="http://127.0.0.1:9") for door in ("openai", "anthropic", "gemini", "azure")
    ]
    policies = load_policies([PolicyFile("all.cedar", '@id("all") permit(principal, action, resource);')])
    config = Config(upstreams=upstreams, identity=Identity(keys="keys.jsonl"))
    return Engine(config, Authoriser(policies), protector, _keys())


def call(path: str, body: bytes) -> Call:
    """Return a call to a path of the gateway."""
    found = route("POST", path)
    assert found is not None, path
    return Call(found, "", body)


def prepared(path: str, do: str) -> Prepared:
    """Return a harmless call whose answer is to be inspected."""
    return engine(do).prepare(call(path, _HARMLESS[path.partition(":")[0].rpartition("/")[2]]), CALLER, {})


_HELLO = {"model": "m", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 9}
_HARMLESS = {
    "completions": json.dumps(_HELLO).encode(),
    "messages": json.dumps(_HELLO).encode(),
    "responses": b'{"model": "m", "input": "hello"}',
    "embeddings": b'{"model": "m", "input": "hello"}',
    "m": b'{"contents": [{"parts": [{"text": "hello"}]}]}',
}


def strings(tree: Any) -> Iterator[str]:
    """Give every string of a tree, names included, and numbers as text."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield name
            yield from strings(value)
    elif isinstance(tree, list):
        for one in tree:
            yield from strings(one)
    elif isinstance(tree, str):
        yield tree
    elif isinstance(tree, int | float) and not isinstance(tree, bool):
        yield str(tree)


def streamed(data: bytes) -> list[Any]:
    """Return the decoded events of a stream."""
    reader = SseReader()
    frames = [*reader.feed(data), *reader.end()]
    return [json.loads(frame.data) for frame in frames if frame.data and frame.data != "[DONE]"]


_UNSEEN = re.compile(r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f]")


def _bare(text: str) -> str:
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).lower()


def tells(trees: list[Any], value: str, written: str) -> bool:
    """Tell whether somebody who reads all strings finds the value, or what was written for it.

    Strings are joined by where they stand, as a client joins the pieces of a stream.
    """
    joined: dict[str, list[str]] = {}
    for tree in trees:
        for place, text in _placed(tree, ""):
            joined.setdefault(place, []).append(text)
    for texts in joined.values():
        whole = "".join(texts)
        if written in whole or _bare(value) in _bare(whole) or _inner(written) in whole:
            return True
    every = "".join(text for tree in trees for text in strings(tree))
    return _bare(value) in _bare(every)


def _inner(text: str) -> str:
    """Return a text as it stands in JSON."""
    return json.dumps(text)[1:-1]


def _placed(tree: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        kind = f"{place}[{tree['index']}]" if isinstance(tree.get("index"), int) else place
        for name, value in tree.items():
            yield f"{kind}/names", name
            yield from _placed(value, f"{kind}/{name}")
    elif isinstance(tree, list):
        for one in tree:
            yield from _placed(one, place + "/-")
    elif isinstance(tree, str):
        yield place, tree
    elif isinstance(tree, int | float) and not isinstance(tree, bool):
        yield place, str(tree)
