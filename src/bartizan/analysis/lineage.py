"""Where models, training data and running software come from: `feeds`, `trains`, `serves`, `user_of`."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from bartizan.analysis.topology import Topology
from bartizan.catalog import Fact

_ARTEFACTS = ("repository", "model-registry")
_SCREENS = ("client", "application", "gateway", "device")


def lineage_facts(topology: Topology) -> Iterator[Fact]:
    """Return the facts that need more than one call to see."""
    jobs = [name for name, kind in topology.kind.items() if kind == "training-job"]
    for job in jobs:
        sources = _sources(topology, job)
        models = _trained(topology, job)
        yield from (("trains", job, model) for model in models)
        yield from (("feeds", source, target) for source in sources for target in (job, *models))
    yield from _served(topology)
    yield from _passed_on(topology)
    for name, kind in topology.kind.items():
        if kind == "person":
            yield from (("user_of", name, used) for used in topology.reach_forward(name, _SCREENS, 4))


def _trained(topology: Topology, job: str) -> set[str]:
    """Return the models a job makes: called by it, calling it, or taken from a registry that it writes to."""
    written = {flow.target for flow in topology.out[job]}
    models = {name for name in written if topology.kind[name] == "model"}
    models |= {flow.source for flow in topology.into[job] if topology.kind[flow.source] == "model"}
    for registry in written:
        if topology.kind[registry] in ("model-registry", "data-store", "file-share"):
            models |= _deployed_from(topology, registry)
    return models


def _deployed_from(topology: Topology, registry: str) -> set[str]:
    """Return the models that load from a registry, or that a pipeline or service which reads it deploys or serves."""
    models = {flow.target for flow in topology.out[registry] if topology.kind[flow.target] == "model"}
    for flow in topology.into[registry]:
        if topology.kind[flow.source] == "model":
            models.add(flow.source)
        elif topology.kind[flow.source] in ("pipeline", "application"):
            models |= {f.target for f in topology.out[flow.source] if topology.kind[f.target] == "model"}
    return models


def _sources(topology: Topology, job: str) -> set[str]:
    """Return the stores whose content a job learns from, and whatever writes into those stores."""
    found: set[str] = set()
    queue = deque([job])
    while queue:
        name = queue.popleft()
        reads = [
            flow.target for flow in topology.out[name] if topology.answers(flow) and topology.is_store(flow.target)
        ]
        pushed = [flow.source for flow in topology.into[name] if topology.sends(flow)]
        for source in reads + pushed:
            if source in found or topology.kind[source] in (*_ARTEFACTS, "model", "training-job"):
                continue
            found.add(source)
            if topology.is_store(source) or topology.kind[source] in ("pipeline", "notebook"):
                queue.append(source)
    return found


def _served(topology: Topology) -> Iterator[Fact]:
    """Return which artefact stores what runs is taken from, directly or by a pipeline that deploys it."""
    for name, kind in topology.kind.items():
        if kind in _ARTEFACTS:
            for flow in topology.into[name]:
                if topology.answers(flow) and topology.kind[flow.source] != "person":
                    yield ("serves", name, flow.source)
                    if topology.kind[flow.source] == "pipeline":
                        yield from (
                            ("serves", name, f.target)
                            for f in topology.out[flow.source]
                            if f.target != name and not topology.is_store(f.target)
                        )
            yield from (("serves", name, f.target) for f in topology.out[name] if topology.kind[f.target] != "person")
        elif kind == "pipeline":
            yield from (("serves", name, f.target) for f in topology.out[name] if topology.sends(f))


def _passed_on(topology: Topology) -> Iterator[Fact]:
    """Return what writes into stores that somebody else reads into a prompt, or through a tool."""
    for store in (name for name in topology.components if topology.is_store(name)):
        readers = {flow.source for flow in topology.into[store] if topology.answers(flow)}
        readers |= {flow.target for flow in topology.out[store] if topology.sends(flow)}
        writers = [flow.source for flow in topology.into[store] if topology.sends(flow)]
        for word, wanted in (
            ("passed_to_prompt", readers & topology.promptable),
            ("passed_to_tool", {name for name in readers if topology.kind[name] in ("tool", "mcp-server")}),
        ):
            yield from ((word, writer, store) for writer in writers if wanted - {writer})
