"""Two worker processes are one gateway: one record, one budget, one set of numbers, one answer to a kill switch."""

from __future__ import annotations

import concurrent.futures
import http.client
import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import pytest_socket

from bartizan.soc.verify import verify
from tests.guard.gateway.running import Gate, command, running
from tests.guard.gateway.valkey_server import Server

pytestmark = pytest.mark.enable_socket

SANDBOX = """
id: pilot
purpose: Try it
owner: jo
users: [tess]
data: {highest: restricted}
models: [demo-large]
starts: 2026-01-01
ends: 2099-12-31
kill: [{measure: calls, reaches: 6, what: it was used enough}]
"""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    pytest_socket.enable_socket()
    folder = tmp_path_factory.mktemp("workers")
    server = Server(folder)
    more = f"""
workers: 2
state: {server.url}
budgets:
  - {{id: few, of: principal, match: [poor], per: month, requests: 5}}
"""
    users = [(user, "staff") for user in ("anna", "poor", "tess", "gone", "last")]
    try:
        with running(folder, more=more, users=users) as gate:
            until(lambda: metric(gate, "bartizan_workers") == 2)
            yield gate
    finally:
        server.stop()


def call(gate: Gate, user: str, content: str = "hello", *, stream: bool = False) -> int:
    """Call on a connection of its own, which any worker may get; return the status."""
    body = json.dumps({"model": "demo-large", "messages": [{"role": "user", "content": content}], "stream": stream})
    connection = http.client.HTTPConnection("127.0.0.1", gate.port, timeout=20)
    try:
        connection.request("POST", "/openai/v1/chat/completions", body, {"authorization": f"Bearer {gate.keys[user]}"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def calls(gate: Gate, user: str, times: int) -> Counter[int]:
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return Counter(pool.map(lambda _: call(gate, user), range(times)))


def metric(gate: Gate, name: str) -> float:
    with urllib.request.urlopen(f"{gate.root}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    return sum(float(found) for found in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE))


def until(true: Callable[[], bool], seconds: float = 5.0) -> float:
    """Wait for it, and return how long that took."""
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < seconds
        time.sleep(0.05)
    return time.monotonic() - started


def pids(gate: Gate) -> list[int]:
    assert gate.process is not None
    listed = subprocess.run(["pgrep", "-P", str(gate.process.pid)], capture_output=True, check=False).stdout
    return sorted(map(int, listed.split()))


def test_calls_are_on_record_in_two_chains_and_counted_in_one_sum(pair: Gate) -> None:
    before = metric(pair, "bartizan_calls_total")
    assert calls(pair, "anna", 30) == {200: 30}
    assert before == 0
    until(lambda: metric(pair, "bartizan_calls_total") == 30, 3)
    time.sleep(0.1)
    # Whoever is asked, the sum is the same: each request is a connection of its own.
    assert {metric(pair, "bartizan_calls_total") for _ in range(6)} == {30}
    assert len({event["writer"] for event in pair.events() if event["kind"] == "call"}) == 2
    assert [event["kind"] for event in pair.events()].count("start") == 2
    result = verify(pair.folder / "events", [])
    assert not result.findings
    assert len(result.heads) >= 2


def test_a_budget_is_one_for_both(pair: Gate) -> None:
    assert calls(pair, "poor", 24) == {200: 5, 429: 19}


def test_a_kill_criterion_counts_the_calls_of_both(pair: Gate) -> None:
    (pair.folder / "pilot.yaml").write_text(SANDBOX)
    config = str(pair.folder / "gateway.yaml")
    assert call(pair, "tess") == 200
    opened = command("sandbox", "open", str(pair.folder / "pilot.yaml"), "--by", "jo", "--config", config)
    subprocess.run(opened, check=True, capture_output=True, timeout=60)
    time.sleep(1.2)
    assert calls(pair, "tess", 6) == {200: 6}  # neither worker has had 6
    until(lambda: calls(pair, "tess", 8) == {403: 8}, 3)
    reports = pair.folder / "state" / "reports"
    until(lambda: len(list(reports.glob("pilot.*"))) == 2, 3)  # as Markdown and as JSON, by one of the workers
    time.sleep(1.1)  # in which the other one would write them too
    assert (pair.folder / "output.txt").read_text().count("sandbox `pilot` has ended") == 1


def test_a_revoked_key_and_a_block_reach_both_within_a_second_or_so(pair: Gate) -> None:
    config = str(pair.folder / "gateway.yaml")
    listed = subprocess.run(
        command("keys", "list", "--config", config, "--format", "json"), check=True, capture_output=True, timeout=60
    ).stdout
    (key,) = (one["id"] for one in json.loads(listed)["keys"] if one["principal"] == "gone")
    subprocess.run(command("keys", "revoke", key, "--config", config), check=True, capture_output=True, timeout=60)
    blocked = command("block", "principal", "last", "--until", "1h", "--by", "jo", "--config", config)
    subprocess.run(blocked, check=True, capture_output=True, timeout=60)
    until(lambda: calls(pair, "gone", 12) == {401: 12}, 1.5)
    until(lambda: calls(pair, "last", 12) == {403: 12}, 1.5)


def test_policies_and_signals_reach_both_and_no_process_starts_anew(pair: Gate) -> None:
    workers = pids(pair)
    policies = pair.folder / "policies" / "all.cedar"
    text = policies.read_text()
    policies.write_text(text + '@id("shut") forbid(principal, action, resource);')
    until(lambda: calls(pair, "anna", 12) == {403: 12}, 1.5)
    policies.write_text("this is no policy")
    output = pair.folder / "output.txt"
    until(lambda: output.read_text().count("goes on as before") == 2, 1.5)
    assert calls(pair, "anna", 6) == {403: 6}
    policies.write_text(text)
    assert pair.process is not None
    os.kill(pair.process.pid, signal.SIGHUP)
    until(lambda: calls(pair, "anna", 12) == {200: 12}, 1.5)
    assert pids(pair) == workers


def test_a_worker_that_dies_is_replaced_and_nothing_counted_is_lost(pair: Gate) -> None:
    until(lambda: metric(pair, "bartizan_streams_open") == 0)
    time.sleep(1.1)  # what both have counted is in their files
    before, workers = metric(pair, "bartizan_calls_total"), pids(pair)
    os.kill(workers[0], signal.SIGKILL)
    until(lambda: len(pids(pair)) == 2 and pids(pair) != workers)
    until(lambda: calls(pair, "anna", 8) == {200: 8}, 8)
    until(lambda: metric(pair, "bartizan_calls_total") >= before + 8)
    assert not verify(pair.folder / "events", []).findings


def test_what_is_under_way_is_finished_before_the_end(pair: Gate) -> None:
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        slow = "[[say:twelve letters and some more of them]][[chunks:2]][[pause:60]]"
        running_calls = [pool.submit(call, pair, "anna", slow, stream=True) for _ in range(4)]
        until(lambda: metric(pair, "bartizan_streams_open") == 4)
        assert pair.process is not None
        pair.process.terminate()
        assert [one.result() for one in running_calls] == [200] * 4
    assert pair.process.wait(20) == 0
    events = pair.events()
    kinds = Counter(event["kind"] for event in events)
    assert kinds["start"] - kinds["stop"] == 1  # the killed one had no time to say so
    ended = [event for event in events if event["kind"] == "call" and event["more"].get("outcome")]
    assert not ended
    assert not verify(pair.folder / "events", []).findings


def test_a_stream_that_takes_too_long_is_ended_as_its_client_understands(tmp_path: Path) -> None:
    more = "events: {writer: 'zurich-{host}'}\n"
    with running(tmp_path, more=more, users=[("anna", "staff")]) as gate:
        config = gate.folder / "gateway.yaml"
        config.write_text(config.read_text().replace("seconds: 2}", "seconds: 2, drain: 0.5}"))
        until(lambda: "policy" in {event["kind"] for event in gate.events()}, 2)
        body = json.dumps({
            "model": "demo-large", "stream": True,
            "messages": [{"role": "user", "content": "[[say:" + "a long answer " * 40 + "]][[chunks:4]][[pause:50]]"}],
        })  # fmt: skip
        connection = http.client.HTTPConnection("127.0.0.1", gate.port, timeout=20)
        headers = {"authorization": f"Bearer {gate.keys['anna']}"}
        connection.request("POST", "/openai/v1/chat/completions", body, headers)
        answer = gate.closing(connection.getresponse())
        gate.closing(connection)
        assert answer.read(20)
        assert gate.process is not None
        gate.process.terminate()
        said = [line for line in answer.read().decode().splitlines() if line.startswith("data: {")]
        assert json.loads(said[-1][6:])["error"]["message"].startswith("the gateway is being stopped")
        assert gate.process.wait(10) == 0
        events = gate.events()
        assert [event["kind"] for event in events] == ["start", "policy", "stream", "refusal", "stop"]
        assert events[3]["rule"] == "gateway-ends"
        assert events[0]["writer"].startswith("zurich-")
