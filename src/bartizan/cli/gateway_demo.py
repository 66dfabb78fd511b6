"""`bartizan gateway --demo`: a made-up provider, a configuration, a policy and a key, all for one run."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bartizan.cli.output import say

if TYPE_CHECKING:
    from bartizan.guard.gateway.demo import Demo

__all__ = ["demo_folder", "run_demo"]

_DOORS = {"openai": "/openai/v1", "azure": "/azure", "anthropic": "/anthropic", "gemini": "/gemini"}
_POLICY = """
@id("demo-staff-may-call")
permit (principal in Bartizan::Group::"staff", action, resource);

@id("demo-nothing-unseen")
@reason("the request holds content that can't be inspected here")
forbid (principal, action, resource) when { !context.opaque.isEmpty() };
"""


def run_demo(listen: str | None, workers: int | None = None) -> int:
    """Serve until a signal ends it; nothing is left behind."""
    from bartizan.cli.gateway_work import run
    from bartizan.cli.keys_work import AskedKey, create_key

    address = listen or "127.0.0.1:8400"
    with demo_folder(address) as (folder, _):
        config = folder / "gateway.yaml"
        say("a made-up provider answers; nothing leaves this machine. Your key, on standard output:")
        create_key(AskedKey(principal="demo", groups=["staff"], application="", tenant=None, sandbox="", actions=[],
                            models=[], upstreams=[], expires="1d", config=config))  # fmt: skip
        say(f"try: OPENAI_BASE_URL=http://{address}/openai/v1 OPENAI_API_KEY=(the key) python your-program.py")
        return run(config, listen, workers)


@contextmanager
def demo_folder(address: str) -> Iterator[tuple[Path, Demo]]:
    """Make a configuration for a gateway at an address and serve its provider, until the end of the block."""
    from bartizan.guard.gateway.demo import serving

    with tempfile.TemporaryDirectory(prefix="bartizan-demo-") as made, serving() as provider:
        folder = Path(made)
        (folder / "policies").mkdir()
        (folder / "policies" / "demo.cedar").write_text(_POLICY, "utf-8")
        os.environ["BARTIZAN_DEMO_SECRET"] = secrets.token_hex(16)
        (folder / "gateway.yaml").write_text(_config(provider.root, address), "utf-8")
        yield folder, provider


def _config(root: str, listen: str) -> str:
    upstreams = "".join(
        f"  - {{id: {door}, door: {door}, url: '{root}{path}', secret: 'env:BARTIZAN_DEMO_SECRET', region: here}}\n"
        for door, path in _DOORS.items()
    )
    return f"""listen: {listen}
upstreams:
{upstreams}identity: {{keys: keys.jsonl}}
policies: policies
data:
  rules:
    - {{id: no-secrets, on: [request], types: [secret], do: block}}
    - {{id: hide-people, on: [request], types: [contact, national-id, bank, payment], do: pseudonym}}
    - {{id: mask-answers, on: [answer], types: [national-id, bank, payment, secret], do: mask}}
    - {{id: rest, do: allow}}
budgets:
  - {{id: person, of: principal, per: day, requests: 1000}}
"""
