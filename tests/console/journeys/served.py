"""Serves the demo organisation with a gateway beside it, as `bartizan up` does; the browser's tests start it.

`python -m tests.console.journeys.served FOLDER CONSOLE GATEWAY`: a folder for the register, and two HOST:PORT. What a
test has to know beyond that (the gateway's folder, keys of people) is written to `FOLDER/told.json` before serving.
"""

from __future__ import annotations

import json
import secrets
import sys
from datetime import timedelta
from pathlib import Path

from bartizan.cli.gateway_demo import demo_folder
from bartizan.cli.up_work import AskedUp, clock, up
from bartizan.console.demo import load_demo
from bartizan.console.identity.passwords import Passwords
from bartizan.govern.roles import Role
from bartizan.guard.gateway.keyfile import KeyFile
from bartizan.guard.identity.keys import KeyRecord, digest, make_key
from bartizan.store.register.open import SqlRegister, open_register
from bartizan.store.register.people import People
from bartizan.store.register.people_records import Note

PASSWORD = "seven quiet herons wade"
PEOPLE = {
    "ana-krasniqi": {"": {Role.REVIEWER, Role.AUDITOR, Role.ADMINISTRATOR}},
    "annina-baumgartner": {"": {Role.REVIEWER}},
    "claudia-meier": {"": {Role.REVIEWER}},
    "priya-raman": {"technology": {Role.ENGINEER}},
    "luca-bernasconi": {"private-customers": {Role.ENGINEER}},
    "damian-schnyder": {"": {Role.AUDITOR}},
    "fabienne-girod": {"corporate-centre": {Role.BUSINESS}},
    "beat-kaelin": {"": {Role.ENGINEER}},
    "ursina-caviezel": {"": {Role.REVIEWER}},
    "nora-imhof": {"": {Role.AUDITOR}},
}
CALLERS = ("luca-bernasconi", "priya-raman")
"""People with a key of the gateway."""


def email(person: str) -> str:
    """Return the address of one of them."""
    return f"{person}@helvion.example"


def _fill(register: SqlRegister) -> None:
    now = clock()
    load_demo(register, now.date())
    people, hashed = People(register), Passwords(memory_kib=64, passes=1).hash(PASSWORD)
    note = Note(kind="account-made", at=now.strftime("%Y-%m-%dT%H:%M:%SZ"), person="test")
    for name, roles in PEOPLE.items():
        made = people.add_local(name.replace("-", " ").title(), email(name), note, password=hashed)
        assert made.id == name, made.id
        for unit, several in roles.items():
            for role in sorted(several):
                people.give(made.id, unit, role, note)


def _key(path: Path, person: str) -> str:
    key, now = make_key(secrets.token_bytes(32)), clock()
    record = KeyRecord(
        id=f"k-{person}", hash=digest(key), last=key[-4:], principal=email(person), groups=["staff"],
        created=now - timedelta(minutes=1),
    )  # fmt: skip
    KeyFile(path).change(lambda records: [*records, record])
    return key


def serve(folder: Path, console: str, gateway: str) -> None:
    """Serve until a signal ends it."""
    register = open_register(folder / "register.db")
    _fill(register)
    register.close()
    with demo_folder(gateway) as (beside, _):
        for name in ("approvals", "sandboxes"):
            (beside / name).mkdir(mode=0o700)
        told = {"beside": str(beside), "keys": {one: _key(beside / "keys.jsonl", one) for one in CALLERS}}
        (folder / "told.json").write_text(json.dumps(told), encoding="utf-8")
        up(AskedUp(False, str(folder / "register.db"), console, None, beside / "gateway.yaml", 1))


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
