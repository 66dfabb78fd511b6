"""The work behind `bartizan gateway explain`: decide a request without sending it, and say why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from bartizan.cli.gateway_parts import given, load, load_config
from bartizan.cli.output import emit, json_bytes
from bartizan.cli.standing import now
from bartizan.model import InputError

if TYPE_CHECKING:
    from bartizan.guard.engine import Prepared
    from bartizan.guard.refused import Refused

__all__ = ["AskedExplain", "explain"]


class AskedExplain(msgspec.Struct, frozen=True):
    """The arguments and options, as given."""

    request: Path
    user: str
    groups: tuple[str, ...]
    application: str
    path: str
    config: Path
    format: str


def explain(asked: AskedExplain) -> int:
    """Decide the request and print what decides it. Raises InputError."""
    said = _decided(asked)
    if asked.format == "json":
        emit(json_bytes(said), None)
    else:
        emit(
            "".join(
                f"{name:<12}{_shown(value)}\n"
                for name, value in said.items()
                if name != "schema" and value not in ("", [], 0)
            ).encode(),
            None,
        )
    return 0


def _decided(asked: AskedExplain) -> dict[str, Any]:
    from bartizan.guard.engine import Call
    from bartizan.guard.principal import Principal
    from bartizan.guard.refused import Refused
    from bartizan.guard.routes import route

    found = route("POST", asked.path)
    if found is None:
        raise InputError(
            f"`{asked.path}` is not served", help="such as /openai/v1/chat/completions or /anthropic/v1/messages"
        )
    engine = load(asked.config).engine
    principal = Principal(
        id=asked.user, source="explain", groups=frozenset(asked.groups), application=asked.application,
        tenant=engine.config.tenant,
    )  # fmt: skip
    body = given(asked.request, "name a file with the body of a request, as a client sends it")
    about = {"schema": "bartizan/gateway-explain/1", "decision": "deny", "rule": "", "reason": "", "ask": ""}
    try:
        prepared = engine.prepare(Call(found, "", body), principal, {})
        stopped = _stopped(asked.config, prepared)
        if stopped is not None:
            raise stopped
    except Refused as refused:
        return {**about, "decision": "ask" if refused.ask else "deny", "rule": refused.rule, "reason": refused.sentence,
                "ask": refused.ask}  # fmt: skip
    exchange = prepared.exchange
    return {
        **about,
        "decision": "transform" if prepared.changed else "allow",
        "rule": prepared.rule,
        "upstream": prepared.upstream.id,
        "model": prepared.sent,
        "findings": [{"type": type, "count": count} for type, count in sorted(prepared.found.types.items())],
        "changed_by": [{"rule": rule, "values": count} for rule, count in sorted(prepared.found.changed.items())],
        "class": prepared.found.left,
        "injection": prepared.injection,
        "not_inspected": [] if exchange is None else [f"{one.kind} at {one.path}" for one in exchange.opaque],
        "texts": 0 if exchange is None else len(exchange.pieces),
    }


def _stopped(config: Path, prepared: Prepared) -> Refused | None:
    """Return what stands against a call that rules and policies would let go on: a block, or a sandbox."""
    from bartizan.guard.gateway.standing import BLOCKS, OPENINGS, STATE, documents_folder, read_documents, read_state
    from bartizan.guard.limits import Limiter, MemoryStore, parse_blocks
    from bartizan.guard.sandbox import Sandboxes, parse_openings

    read, folder = load_config(config), config.resolve().parent
    blocks, openings = folder / STATE / BLOCKS, folder / STATE / OPENINGS
    documents = read_documents(documents_folder(read, folder), read.data.inspect.scheme)
    sandboxes = Sandboxes(documents, parse_openings(read_state(openings), str(openings)))
    limiter = Limiter(read, MemoryStore(), parse_blocks(read_state(blocks), str(blocks)), sandboxes)
    return limiter.stopped(prepared, now())


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(
            " ".join(str(part) for part in one.values()) if isinstance(one, dict) else str(one) for one in value
        )
    return str(value)
