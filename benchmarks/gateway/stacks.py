"""The servers that are compared: how each is configured and started on a port, in front of the provider."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
BARTIZAN = str(Path(sys.executable).parent / "bartizan")

NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; keepalive_requests 1000000;
  upstream provider {{ server 127.0.0.1:{provider}; keepalive 64; keepalive_requests 1000000; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
    }}
  }}
}}
"""

# Everything on: five families of data types on both sides, pseudonyms, policies, budgets, events on record.
GATEWAY = """
listen: 127.0.0.1:{port}
identity: {{keys: keys.jsonl}}
upstreams:
  - {{id: provider, door: openai, url: 'http://127.0.0.1:{provider}/openai/v1', secret: 'env:PROVIDER_SECRET',
     prices: {{demo-large: {{input: 2, output: 8}}}}}}
data:
  rules:
    - {{id: no-secrets, on: [request], types: [secret], do: block}}
    - {{id: people, on: [request], types: [contact, national-id, bank, payment], do: pseudonym}}
    - {{id: answers, on: [answer], types: [national-id, bank, payment, secret], do: mask}}
    - {{id: rest, do: allow}}
budgets:
  - {{id: person, of: principal, per: day, requests: 10000000, tokens: 10000000000}}
  - {{id: money, of: application, per: month, money: 1000000}}
"""
POLICY = """
@id("staff") permit(principal in Bartizan::Group::"staff", action, resource);
@id("no-images") forbid(principal, action, resource) when { context.opaque.contains("image") };
@id("steered") forbid(principal, action, resource) when { context.injection >= 90 && !context.tools.isEmpty() };
"""

LITELLM = """
model_list:
  - model_name: demo-large
    litellm_params: {{model: openai/demo-large, api_base: 'http://127.0.0.1:{provider}/openai/v1', api_key: x}}
litellm_settings: {{telemetry: false, num_retries: 0}}
general_settings: {{master_key: sk-bench}}
"""
FILTER = """
guardrails:
  - guardrail_name: content
    litellm_params:
      guardrail: litellm_content_filter
      mode: [pre_call, post_call]
      default_on: true
      patterns:
"""
PATTERNS = ("us_ssn", "email", "visa", "mastercard", "credit_card", "aws_access_key")


class Stack(NamedTuple):
    """A server that can be started: `command` after its files were written; `path` and `key` callers use."""

    name: str
    command: list[str]
    path: str
    key: str
    environment: Mapping[str, str] = {}


Maker = Callable[[Path, int, int], Stack]


def nginx(folder: Path, port: int, provider: int) -> Stack:
    file = folder / "nginx.conf"
    file.write_text(NGINX.format(folder=folder, port=port, provider=provider))
    return Stack(
        "nginx, pass-through", [_nginx(), "-p", str(folder), "-c", str(file)], "/openai/v1/chat/completions", "x"
    )


def _nginx() -> str:
    return shutil.which("nginx") or "/usr/sbin/nginx"


def bare(_: Path, port: int, provider: int) -> Stack:
    command = [sys.executable, str(HERE / "bare.py"), str(port), f"http://127.0.0.1:{provider}"]
    return Stack("Granian and pyreqwest, pass-through", command, "/openai/v1/chat/completions", "x")


def gateway(folder: Path, port: int, provider: int) -> Stack:
    (folder / "policies").mkdir()
    (folder / "policies" / "all.cedar").write_text(POLICY)
    file = folder / "gateway.yaml"
    file.write_text(GATEWAY.format(port=port, provider=provider))
    made = subprocess.run(
        [BARTIZAN, "keys", "create", "anna", "--group", "staff", "--application", "bench", "--config", str(file)],
        check=True,
        capture_output=True,
    )
    command = [BARTIZAN, "gateway", "--config", str(file)]
    key = made.stdout.decode().strip()
    return Stack("Bartizan, everything on", command, "/openai/v1/chat/completions", key, {"PROVIDER_SECRET": "x"})


def litellm(program: str, *, filtered: bool) -> Maker:
    def make(folder: Path, port: int, provider: int) -> Stack:
        text = LITELLM.format(provider=provider)
        if filtered:
            text += FILTER
            text += "".join(
                f"        - {{pattern_type: prebuilt, pattern_name: {name}, action: MASK}}\n" for name in PATTERNS
            )
        file = folder / "litellm.yaml"
        file.write_text(text)
        command = [program, "--config", str(file), "--port", str(port), "--host", "127.0.0.1", "--num_workers", "1"]
        name = "LiteLLM with its content filter" if filtered else "LiteLLM"
        return Stack(name, command, "/v1/chat/completions", "sk-bench", {"LITELLM_LOG": "ERROR", "NO_DOCS": "True"})

    return make


def stacks(litellm_program: str | None) -> list[Maker]:
    """All that can run here."""
    out: list[Maker] = [nginx] if Path(_nginx()).exists() else []
    out += [bare, gateway]
    if litellm_program is not None:
        out += [litellm(litellm_program, filtered=False), litellm(litellm_program, filtered=True)]
    return out


def environment(stack: Stack) -> dict[str, str]:
    return {**os.environ, **stack.environment}
