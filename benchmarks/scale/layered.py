"""Makes large systems of the layered shape: an enterprise's applications and agents on platforms that it shares.

Teams own portals, agents, tools and stores. Ten teams make a business unit, with its own document site, search index,
message queue and integration layer. All units call the same platforms: identity provider, model gateway and models,
secret store, logs, mail, ticket system, tool hub. Calls go down the layers, seldom across.
"""

from __future__ import annotations

import random

from bartizan.model.yamltree import to_yaml

TEAMS_PER_UNIT = 10
Table = dict[str, dict[str, object]]

ZONES: Table = {
    "internet": {"kind": "internet"},
    "edge": {"kind": "dmz"},
    "cloud": {"kind": "cloud"},
    "corporate": {"kind": "corporate"},
    "restricted": {"kind": "restricted"},
    "provider": {"kind": "vendor"},
}
PLATFORMS: Table = {
    "idp": {"kind": "identity-provider", "zone": "corporate"},
    "model-gateway": {"kind": "gateway", "zone": "cloud"},
    "llm-large": {"kind": "model", "zone": "provider", "retention_days": 0, "trains_on_input": "no"},
    "llm-small": {"kind": "model", "zone": "provider", "retention_days": 30, "trains_on_input": "no"},
    "embeddings": {"kind": "model", "type": "embedding", "zone": "provider", "trains_on_input": "no"},
    "vault": {"kind": "secret-store", "zone": "restricted", "readers": ["admins"]},
    "logs": {"kind": "log-store", "zone": "cloud", "readers": ["team"]},
    "mail": {"kind": "mailbox", "zone": "corporate"},
    "tickets": {"kind": "saas", "zone": "provider", "writers": ["customers"], "holds": ["tickets"]},
    "tool-hub": {"kind": "gateway", "zone": "cloud"},
    "web-search": {"kind": "tool", "zone": "cloud", "effect": ["read"], "reach": "any"},
    "web": {"kind": "web", "zone": "internet"},
    "warehouse": {"kind": "data-store", "zone": "restricted", "holds": ["customers"], "readers": ["team"]},
    "registry": {"kind": "model-registry", "zone": "cloud", "writers": ["team"]},
    "build": {"kind": "pipeline", "zone": "cloud"},
    "package-hub": {"kind": "repository", "zone": "internet", "origin": "public", "writers": ["public"]},
}
SIGNED = {"authentication": "oidc", "encryption": "tls"}
MACHINE = {"authority": "service", "authentication": "workload-identity", "encryption": "tls"}


class Estate:
    """What has been made so far."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self.components: Table = dict(PLATFORMS)
        self.calls: dict[tuple[str, str], dict[str, object]] = {}
        self.data: Table = {
            "customers": {"class": "restricted", "categories": ["personal", "financial"], "records": 2_000_000},
            "tickets": {"class": "confidential", "categories": ["personal"]},
        }
        self.callers: list[tuple[str, int]] = []
        """applications, agents and tools with their unit"""
        self.platform_calls()

    def call(self, source: str, target: str, **keys: object) -> None:
        """Add a call, once per pair."""
        if source != target:
            self.calls.setdefault((source, target), {"from": source, "to": target, **keys})

    def platform_calls(self) -> None:
        """What the platforms call among themselves."""
        for model in ("llm-large", "llm-small", "embeddings"):
            self.call("model-gateway", model, **MACHINE)
        self.call("model-gateway", "logs", **MACHINE)
        self.call("tool-hub", "web-search", **MACHINE)
        self.call("web-search", "web", authority="none")
        self.call("build", "package-hub", authority="none", encryption="tls")
        self.call("build", "registry", carries=[], **MACHINE)

    def unit(self, number: int) -> None:
        """Add a business unit's own shared parts."""
        self.data[f"records-{number}"] = {"class": "confidential", "categories": ["personal"]}
        holds = [f"records-{number}"]
        self.components |= {
            f"site-{number}": {"kind": "file-share", "zone": "corporate", "writers": ["employees"], "holds": holds},
            f"index-{number}": {"kind": "vector-store", "zone": "cloud", "holds": holds},
            f"queue-{number}": {"kind": "data-store", "zone": "cloud"},
            f"integration-{number}": {"kind": "application", "zone": "cloud"},
        }
        self.call(f"integration-{number}", "warehouse", returns=["customers"], **MACHINE)
        self.call(f"integration-{number}", f"queue-{number}", carries=holds, **MACHINE)
        self.call(f"integration-{number}", f"site-{number}", returns=holds, **MACHINE)
        self.call(f"integration-{number}", f"index-{number}", carries=holds, **MACHINE)
        self.call(f"integration-{number}", "embeddings", **MACHINE)

    def team(self, number: int) -> None:
        """Add a team: people, a portal, a service, an agent with two tools, stores, sometimes a model of its own."""
        rng, unit = self.rng, number // TEAMS_PER_UNIT
        user, portal, service, agent = (f"{what}-{number}" for what in ("users", "portal", "service", "agent"))
        read, act, store, memory = (f"{what}-{number}" for what in ("lookup", "act", "db", "memory"))
        outside = rng.random() < 0.3
        self.data[f"data-{number}"] = {"class": rng.choice(["internal", "confidential", "restricted"])}
        own = [f"data-{number}"]
        self.components |= {
            user: {"kind": "person", "party": "customers" if outside else "employees", "zone": "internet"},
            portal: {"kind": "application", "zone": "edge" if outside else "cloud", "renders": ["markdown", "links"]},
            service: {"kind": "application", "zone": "cloud"},
            agent: {"kind": "agent", "zone": "cloud", "autonomy": rng.choice(["act", "approve", "suggest"])},
            read: {"kind": "tool", "zone": "cloud", "effect": ["read"], "scope": rng.choice(["user", "tenant"])},
            act: {"kind": "tool", "zone": "cloud", "effect": [rng.choice(["write", "send"])], "reversible": False},
            store: {"kind": "data-store", "zone": "corporate", "holds": own},
            memory: {"kind": "memory", "zone": "cloud"},
        }
        self.callers += [(name, unit) for name in (portal, service, agent, read, act)]
        self.call(user, portal, **SIGNED)
        self.call(portal, agent, authority="user", **SIGNED)
        self.call(portal, service, authority="user", **SIGNED)
        self.call(service, store, returns=own, **MACHINE)
        self.call(agent, "model-gateway", **MACHINE)
        self.call(agent, read, authority=rng.choice(["user", "service"]), **SIGNED)
        self.call(agent, act, authority=rng.choice(["user", "service"]), **SIGNED)
        self.call(agent, memory, carries=own, **MACHINE)
        self.call(agent, f"index-{unit}", **MACHINE)
        self.call(read, store, returns=own, **MACHINE)
        self.call(act, rng.choice(["mail", "tickets", store]), carries=own, **MACHINE)
        if rng.random() < 0.2:
            self.call(agent, "tool-hub", **MACHINE)
        if rng.random() < 0.15:
            self.own_model(number, own)
        for caller in (portal, service, agent, read, act):
            self.call(caller, "logs", **MACHINE)
            self.call(caller, "idp", **MACHINE)

    def own_model(self, number: int, own: list[str]) -> None:
        """Add a classic model with its training."""
        model, job, features = (f"{what}-{number}" for what in ("classifier", "training", "features"))
        self.components |= {
            model: {"kind": "model", "type": "classifier", "zone": "cloud", "weights": "internal", "origin": "own"},
            job: {"kind": "training-job", "zone": "cloud"},
            features: {"kind": "data-set", "zone": "cloud", "origin": "own", "holds": own},
        }
        self.call(f"service-{number}", model, **MACHINE)
        self.call(job, features, **MACHINE)
        self.call(job, "registry", carries=[], **MACHINE)
        self.call(model, "registry", **MACHINE)

    def more_calls(self, flows: int) -> None:
        """Fill up: platforms first, then the unit's own shared parts, and a few calls across units."""
        units = max(unit for _, unit in self.callers) + 1
        while len(self.calls) < flows:
            caller, unit = self.rng.choice(self.callers)
            draw = self.rng.random()
            if draw < 0.45:
                target = self.rng.choice(["vault", "tickets", "mail", "warehouse", "model-gateway", "tool-hub"])
            elif draw < 0.97:
                other = self.rng.randrange(unit * TEAMS_PER_UNIT, (unit + 1) * TEAMS_PER_UNIT)
                shared = [f"{what}-{unit}" for what in ("site", "index", "queue", "integration")]
                target = self.rng.choice([*shared, f"service-{other}", f"lookup-{other}", f"db-{other}"])
            else:
                target = f"integration-{self.rng.randrange(units)}"
            if target in self.components:
                self.call(caller, target, **MACHINE)


def layered_system(components: int, flows: int, seed: int = 1) -> str:
    """Return the YAML of a layered estate with at least that many components and exactly that many flows, if it can."""
    estate = Estate(seed)
    team = 0
    while len(estate.components) < components:
        if team % TEAMS_PER_UNIT == 0:
            estate.unit(team // TEAMS_PER_UNIT)
        estate.team(team)
        team += 1
    estate.more_calls(flows)
    return to_yaml(
        {
            "id": "estate",
            "zones": ZONES,
            "data": estate.data,
            "components": estate.components,
            "flows": list(estate.calls.values()),
        }
    )
