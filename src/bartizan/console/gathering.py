"""Takes evidence from the events of the gateway beside the console, as they come in."""

from __future__ import annotations

from datetime import timedelta

from bartizan.console.editions import edition_in_force
from bartizan.console.services import Services
from bartizan.govern.gateway_proofs import GATEWAY_GOOD_FOR, GatewayTally, application_of, rules_of
from bartizan.model import System
from bartizan.model.assurance import Proof, ProofSource
from bartizan.model.documents import Kind, PolicySpec
from bartizan.soc.read import Reader, Wanted

__all__ = ["Gatherer"]

_EVERY = timedelta(hours=1)


class Gatherer:
    """Reads what the gateway has added since the last time, once an hour, and adds what it proves to the register.

    Of a control at a place one piece a day is enough, so a rule that decides every call doesn't fill the register.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._last = services.clock() - 2 * _EVERY
        self._reader: Reader | None = None

    def turn(self) -> int:
        """Gather if an hour has gone by, and return how many pieces were new.

        Raises Unavailable when the register doesn't answer, InputError when the events can't be read; then all of it is
        read again in an hour.
        """
        services = self._services
        folder = services.places.events
        if folder is None or services.clock() - self._last < _EVERY:
            return 0
        if not folder.exists():
            return 0  # a gateway that starts for the first time makes it
        self._last = services.clock()
        if self._reader is None:
            since = (services.today() - GATEWAY_GOOD_FOR).isoformat()
            self._reader = Reader(folder, Wanted(since=since), lambda *_: None)
        reader, self._reader = self._reader, None
        found = self._new(self._proofs(reader))
        added = services.register.evidence.add(found, at=services.now(), by="the gateway") if found else 0
        self._reader = reader
        return added

    def _proofs(self, reader: Reader) -> list[Proof]:
        services = self._services
        held = (edition_in_force(services, one) for one in services.register.documents.all(Kind.POLICY))
        specs = (one.document.spec for one in held if one is not None)
        rules = rules_of(spec for spec in specs if isinstance(spec, PolicySpec))
        tallies: dict[str, GatewayTally | None] = {}
        for recorded in reader.read():
            name = application_of(recorded.event).partition("/")[0]
            if name and name not in tallies:
                stored = services.register.documents.get(Kind.SYSTEM, name)
                spec = stored.document.spec if stored else None
                tallies[name] = (
                    GatewayTally(spec, rules, services.catalog, services.today()) if isinstance(spec, System) else None
                )
            tally = tallies.get(name)
            if tally is not None:
                tally.saw(recorded.event)
        return [proof for tally in tallies.values() if tally is not None for proof in tally.proofs()]

    def _new(self, proofs: list[Proof]) -> list[Proof]:
        """Leave out what the register has from the same day, or from a later one."""
        last = {}
        for system in {proof.system for proof in proofs}:
            for kept in self._services.register.evidence.latest(system):
                if kept.proof.source is ProofSource.GATEWAY:
                    last[system, kept.proof.control, kept.proof.place] = kept.proof.observed_at
        return [
            proof
            for proof in proofs
            if (proof.system, proof.control, proof.place) not in last
            or last[proof.system, proof.control, proof.place] < proof.observed_at
        ]
