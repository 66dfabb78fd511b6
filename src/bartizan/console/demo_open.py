"""What is open in the demo organisation beside its documents: trials at the gateway, a question, results of scans.

All of it comes in by the doors that people use, as if they had done it today.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bartizan.console.accepting import decide
from bartizan.console.demo import folder, load_demo, moved
from bartizan.console.sandboxing import open_
from bartizan.console.scanning import keep_scan
from bartizan.console.services import Services, sql_register
from bartizan.govern.roles import Person, Role
from bartizan.model import System, Verdict
from bartizan.model.documents import Kind, RegisteredSandbox, SandboxState
from bartizan.store.register.acceptances import Acceptances
from bartizan.store.register.scans import ScanLog

__all__ = ["begin_demo"]


def begin_demo(services: Services, *, place: Path | None = None) -> None:
    """Load the demo organisation, where it isn't there, and let begin what is open in it.

    What is in the register stays when it is there already. Trials are opened each time: a demo's gateway is new each
    time. Raises BartizanError when the files can't be found.
    """
    place = place or folder()
    today = services.today()
    if load_demo(services.register, today, place=place).versions:
        for row in moved(place, today, "scans.csv"):
            _scan(services, place, row)
        if not Acceptances(sql_register(services)).list(states=frozenset()).total:
            for row in moved(place, today, "acceptances.csv"):
                decide(
                    services, _somebody(row["by"], Role.OWNER), row["system"], threat=row["threat"],
                    verdict=Verdict(row["verdict"]), why=row["why"], until=date.fromisoformat(row["until"]),
                )  # fmt: skip
    for stored in services.register.documents.all(Kind.SANDBOX):
        spec = stored.document.spec
        if isinstance(spec, RegisteredSandbox) and spec.state is SandboxState.GRANTED:
            open_(services, spec, spec.decided_by)


def _scan(services: Services, place: Path, row: dict[str, str]) -> None:
    stored = services.register.documents.get(Kind.SYSTEM, row["system"])
    spec = stored.document.spec if stored else None
    if isinstance(spec, System) and not ScanLog(sql_register(services)).list(system=row["system"]).total:
        content = (place / "scans" / row["file"]).read_bytes()
        person, observed = _somebody(row["by"], Role.ENGINEER), date.fromisoformat(row["observed_at"])
        keep_scan(services, person, spec, row["component"], observed, content)


def _somebody(id: str, role: Role) -> Person:
    """Return one of the people who don't exist: they have no accounts, but they do what people do."""
    return Person(id=id, roles={"": frozenset({role})})
