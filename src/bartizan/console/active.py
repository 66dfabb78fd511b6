"""What is in force now: what the gateway beside the console enforces, and which scans have been heard of lately."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

from bartizan.catalog.places import cache_folder
from bartizan.catalog.scan_rules import load_scan_rules
from bartizan.console.services import Services
from bartizan.guard.gateway.parts import load_config, sources
from bartizan.model import InputError
from bartizan.report.policy_active import active_in_scans, gateway_in_force

__all__ = ["InForce"]

_DAYS = 90
"""How long a scan that the register has heard of says that there is scanning."""


class InForce:
    """Tells what can hold statements of policies; what the gateway's files say is read again when they change."""

    def __init__(self, config: Path | None) -> None:
        self._config = config
        self._seen: tuple[object, ...] = ()
        self._gateway: frozenset[str] = frozenset()
        self._lock = threading.Lock()

    def __call__(self, services: Services) -> frozenset[str]:
        """Return what is in force. A gateway whose files are wrong enforces nothing that can be counted on."""
        found = self._of_gateway() if self._config else frozenset[str]()
        return found | self._of_scans(services)

    def _of_scans(self, services: Services) -> frozenset[str]:
        last = services.register.evidence.list(source="scan", limit=1).items
        if not last or last[0].proof.observed_at < services.today() - timedelta(days=_DAYS):
            return frozenset()
        return active_in_scans(load_scan_rules(cache_folder()))

    def _of_gateway(self) -> frozenset[str]:
        assert self._config is not None
        with self._lock:
            try:
                config = load_config(self._config)
                seen = tuple((path, path.stat().st_mtime_ns) for path in sources(self._config, config) if path.exists())
                if seen != self._seen:
                    self._gateway, self._seen = gateway_in_force(self._config), seen
            except InputError:
                self._gateway, self._seen = frozenset(), ()
            return self._gateway
