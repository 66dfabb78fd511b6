"""`bartizan up`: what it serves, what it says, and that everything it starts ends with it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from bartizan.model.documents import Kind
from bartizan.store.register import Query, open_register
from tests.cli.conftest import Run
from tests.cli.serving import console, until
from tests.guard.gateway.running import free_port
from tests.store.register.postgres import Cluster, cluster, postgres_url  # noqa: F401 - fixtures

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc"),
]
DOCUMENT = "kind: Vendor\nname: notes-inc\nspec: {title: Notes Inc.}\n"


def assessed(database: Path) -> bool:
    """Tell whether every system of a register is assessed."""
    if not database.is_file():
        return False
    register = open_register(database, create=False)
    try:
        page = register.documents.list(Query(kind=Kind.SYSTEM, limit=100))
        return bool(page.items) and all(entry.assessment is not None for entry in page.items)
    finally:
        register.close()


def happened(beside: Path) -> list[dict[str, Any]]:
    """Return the events of the day before a demo, as far as they are written."""
    lines = [line for file in (beside / "events").glob("yesterday-*.jsonl") for line in file.read_text().split("\n")]
    return [json.loads(line) for line in lines if line.endswith("}")]


def test_without_more_it_serves_a_register_of_its_own_and_a_signal_ends_all_of_it(tmp_path: Path) -> None:
    with console(tmp_path) as first:
        first.ready()
        assert first.get("/healthz") == (200, "lives\n")
        assert first.get("/signin")[0] == 200
        assert (tmp_path / "register.db").stat().st_mode & 0o777 == 0o600
        # Nothing but what it has to say, on the screen of whoever starts it.
        assert re.fullmatch(
            rf"the console is at {first.address}, its API below {first.address}/api/v1\n"
            r"no gateway runs beside it: there is no gateway\.yaml in this folder, and --gateway names none\n"
            rf"make the first account here, within a day: {first.address}/enrol/\S+\n",
            first.said,
        )
        link = first.said.split()[-1].removeprefix(first.address)
        assert first.get(link)[0] == 200
        assert first.interrupt() == 0
        first.gone()
        assert len(_own(first.said)) == 3
    with console(tmp_path) as second:  # on what the first one has left
        second.ready()
        assert second.get(second.said.split()[-1].removeprefix(second.address))[0] == 200
        assert second.get(link)[0] != 200  # the link of the start before
        # Its terminal is closed; where the tests themselves don't hear of that, an interrupt has to do.
        deaf = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        os.killpg(second.process.pid, signal.SIGINT if deaf else signal.SIGHUP)
        assert second.process.wait(60) == 0
        second.gone()
        # One line for what was refused, and nothing of the link in it.
        assert len(_own(second.said)) == 4
        assert "INFO bartizan.console: refused with 404: GET /enrol/*, by nobody from 127.0.0.1\n" in second.said


def _own(said: str) -> list[str]:
    """Return what the console says; the server may tell of a worker that it has to be killed when it has just ended."""
    return [line for line in said.splitlines() if not line.startswith("[WARNING] Killing")]


def test_the_demo_is_assessed_by_itself_and_a_kill_leaves_nothing_behind(tmp_path: Path) -> None:
    with console(tmp_path, "--demo") as demo:
        demo.ready()
        gateway = re.search(r"a gateway is at (http://127\.0\.0\.1:\d+)", demo.said)
        assert gateway, demo.said
        assert "error" not in demo.said
        until(lambda: assessed(tmp_path / "demo.db"), "assessments")
        until(lambda: len(demo.pids("up_beside")) >= 2, "the gateway and its worker")
        served = re.search(r"as (\S+)/gateway\.yaml says", demo.said)
        assert served, demo.said
        until(lambda: list(Path(served[1], "approvals").glob("*.ask.json")), "a question of the made-up agent")
        until(lambda: len(happened(Path(served[1]))) > 150, "the day before")
        events = happened(Path(served[1]))
        rules, found = {one["rule"] for one in events}, {seen["type"] for one in events for seen in one["findings"]}
        assert {"no-secrets", "demo-nothing-unseen", "demo-staff-may-call", "sandbox-central-bank-tone"} <= rules
        assert {"email-address", "ch-ahv", "iban-code", "credit-card", "aws-access-token"} <= found
        spent = sum(sum(one["tokens"].values()) for one in events if one["more"].get("sandbox"))
        assert 48_000 < spent <= 50_000
        demo.process.kill()
        demo.gone()


def test_what_ends_beside_it_is_told_and_started_again_where_it_can_be(tmp_path: Path) -> None:
    with console(tmp_path, "--demo", "--workers", "2") as running:
        running.ready()
        workers = running.pids(r" up .*--listen")
        assert len(workers) == 2
        os.kill(min(workers), signal.SIGKILL)
        background = min(running.pids("spawn_main"))
        os.kill(background, signal.SIGKILL)
        os.kill(min(running.pids("up_beside")), signal.SIGKILL)
        until(lambda: running.pids(" up .*--listen") - workers, "another worker")
        until(lambda: running.pids("spawn_main") - {background}, "another process for assessments")
        until(lambda: "gateway beside the console has ended" in running.said, "a word about the gateway")
        assert "delivers webhooks has ended; it is started again" in running.said
        until(lambda: not running.pids("up_beside"), "the end of the gateway's workers")
        assert running.ready().get("/signin")[0] == 200
        assert running.interrupt() == 0
        running.gone()


def test_two_consoles_serve_one_postgresql(tmp_path: Path, postgres_url: str, run: Run) -> None:  # noqa: F811
    given = ("--database", postgres_url)
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    with console(here, *given, "--workers", "2") as one, console(there, *given) as other:
        one.ready()
        other.ready()
        (tmp_path / "vendor.yaml").write_text(DOCUMENT)
        assert run("apply", "-f", tmp_path / "vendor.yaml", *given).out == "vendor/notes-inc created\n"
        # Both print a link for the first account. The one of the later start is good at either console.
        links = [said.rpartition("/enrol/")[2].strip() for said in (one.said, other.said)]
        good = [{link for link in links if each.get(f"/enrol/{link}")[0] == 200} for each in (one, other)]
        assert good[0] == good[1]
        assert len(good[0]) == 1
        one.process.kill()
        one.gone()
        assert other.get("/readyz") == (200, "ready\n")
        assert other.interrupt() == 0
        other.gone()


def test_a_database_that_goes_away_is_told_to_load_balancers(
    tmp_path: Path,
    cluster: Cluster,  # noqa: F811
    postgres_url: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BARTIZAN_DATABASE", postgres_url)
    with console(tmp_path) as running:
        running.ready()
        assert not (tmp_path / "register.db").exists()
        cluster.stop()
        try:
            until(lambda: running.get("/readyz") == (503, "the register does not answer\n"), "word of it")
            assert running.get("/healthz")[0] == 200
        finally:
            cluster.start()
        until(lambda: running.get("/readyz")[0] == 200, "the register again")
        assert "Traceback" not in running.said
        assert running.interrupt() == 0


# ---- what is wrong at the start


def test_an_address_that_is_taken_or_none_is_told(run: Run, tmp_path: Path) -> None:
    database = tmp_path / "register.db"
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as servers that share a port do
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        done = run("up", "--listen", listen, "--database", database)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith(f"error: `{listen}` can't be listened on: address already in use\n")
        gateway = tmp_path / "gateway.yaml"
        gateway.write_text(
            f"listen: {listen}\nupstreams: [{{id: eu, door: openai, url: 'https://provider.example/v1'}}]\n"
            "identity: {keys: keys.jsonl}\n"
        )
        done = run("up", "--gateway", gateway, "--listen", f"127.0.0.1:{free_port()}", "--database", database)
        assert done.code == 2
        assert f"`{listen}` can't be listened on" in done.err
    done = run("up", "--listen", "8300", "--database", database)
    assert done.code == 2
    assert "`8300` is no address to listen on" in done.err
    assert not database.exists()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("addres: https://x\n", "`addres` is not a key of this\n  --> {path}:1:1"),
        ("session: {hours: 3\n", "  --> {path}:"),
        ("address: http://console.example\n", "would send passwords in the clear"),
    ],
)
def test_settings_that_can_not_be_used_are_told_with_their_place(
    settings: str, sentence: str, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "console.yaml"
    path.write_text(settings)
    done = run("up", "--config", path, "--listen", f"127.0.0.1:{free_port()}", "--database", tmp_path / "r.db")
    assert (done.code, done.out) == (2, "")
    assert sentence.format(path=path) in done.err
    assert done.err.count("error:") == 1


def test_a_database_that_can_not_be_reached_is_told_without_its_password(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed here")
    listen = f"127.0.0.1:{free_port()}"
    done = run("up", "--listen", listen, "--database", f"postgresql://me:hush@127.0.0.1:{free_port()}/register")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: the database at `127.0.0.1` doesn't answer\n")
    assert "hush" not in done.err
    (tmp_path / "letter.txt").write_text("dear reader")
    done = run("up", "--listen", listen, "--database", tmp_path / "letter.txt")
    assert done.code == 1
    assert "is not a register, or it is damaged" in done.err


def test_a_gateway_that_can_not_start_ends_the_start(run: Run, tmp_path: Path) -> None:
    gateway = tmp_path / "gateway.yaml"
    gateway.write_text(
        f"listen: 127.0.0.1:{free_port()}\nidentity: {{keys: keys.jsonl}}\npolicies: none-here\n"
        "upstreams: [{id: eu, door: openai, url: 'https://provider.example/v1'}]\n"
    )
    done = run("up", "--gateway", gateway, "--listen", f"127.0.0.1:{free_port()}", "--database", tmp_path / "r.db")
    assert done.code == 1
    assert "the gateway beside the console did not start" in done.err
