"""The facts of a system: what the rules of the catalog may ask about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bartizan.analysis.lineage import lineage_facts
from bartizan.analysis.spread import Spread
from bartizan.analysis.topology import Topology
from bartizan.catalog import Fact, Position
from bartizan.model import Component, Store
from bartizan.model.component import (
    Agent,
    Application,
    DataSet,
    Device,
    McpServer,
    Memory,
    Model,
    Person,
    Repository,
    Retriever,
    Saas,
    Tool,
    TrainingJob,
)
from bartizan.model.words import (
    Authentication,
    Authority,
    Autonomy,
    Category,
    Hosting,
    IdentityKind,
    ModelOutput,
    ModelType,
    Origin,
    Party,
    PhysicalAccess,
    Privilege,
    Tenancy,
    Weights,
    ZoneKind,
)

_SOFTWARE = {
    *("application", "agent", "client", "tool", "mcp-server", "training-job", "evaluation-job"),
    *("notebook", "pipeline", "gateway", "retriever"),
}
_PERSONAL = {Category.PERSONAL, Category.SENSITIVE_PERSONAL, Category.HEALTH, Category.BIOMETRIC, Category.CHILDREN}
_GENERATIVE = {ModelType.LLM, ModelType.MULTIMODAL, ModelType.IMAGE_GENERATOR, ModelType.VOICE_GENERATOR}
_COPIED = {Authentication.API_KEY, Authentication.PASSWORD, Authentication.SSH_KEY}
_SHARED = {IdentityKind.API_KEY, IdentityKind.SHARED}
_OPEN = {Origin.COMMUNITY, Origin.PUBLIC}
_INSIDE = {Origin.OWN, Origin.SYNTHETIC}
_OUTSIDE_PARTIES = {Party.PUBLIC, Party.CUSTOMERS, Party.PARTNERS}


def system_facts(topology: Topology, spread: Spread, positions: Mapping[str, Position]) -> set[Fact]:
    """Return every fact that holds before anybody attacks."""
    facts: set[Fact] = {("changes", effect) for effect in ("write", "send", "execute", "pay")}
    for name, component in topology.components.items():
        facts.update(_kind_facts(topology, name, component))
        facts.update(_own_facts(name, component))
    facts.update(_flow_facts(topology))
    facts.update(_data_facts(topology, spread))
    facts.update(_attacker_facts(topology, positions))
    facts.update(lineage_facts(topology))
    return facts


def _kind_facts(topology: Topology, name: str, component: Component) -> Iterator[Fact]:
    kind = topology.kind[name]
    yield ("component", name)
    yield (kind.replace("-", "_"), name)
    if isinstance(component, Store):
        yield ("store", name)
        if kind not in ("repository", "model-registry", "data-set", "secret-store"):
            yield ("readable", name)
        if component.tenancy is Tenancy.SHARED:
            yield ("shared_tenancy", name)
    if name in topology.promptable:
        yield ("promptable", name)
    if isinstance(component, Tool | McpServer):
        yield ("actuator", name)
    if name in topology.promptable and not (isinstance(component, Agent) and component.autonomy is Autonomy.SUGGEST):
        yield ("may_act", name)
    if kind in _SOFTWARE:
        yield ("software", name)
        if not component.vendor and kind != "client" and topology.zone_kind[name] is not ZoneKind.VENDOR:
            yield ("built_here", name)
    zone = topology.zone_kind[name]
    if zone is not None:
        yield ("zone_kind", name, zone.value)
    if _exposed(topology, name, component):
        yield ("exposed_component", name)


def _exposed(topology: Topology, name: str, component: Component) -> bool:
    if isinstance(component, Person) or topology.zone_kind[name] is ZoneKind.VENDOR:
        return False
    if topology.zone_kind[name] in (ZoneKind.INTERNET, ZoneKind.DMZ):
        return True
    for flow in topology.into[name]:
        caller = topology.components[flow.source]
        if isinstance(caller, Person) and caller.party in _OUTSIDE_PARTIES:
            return True
        if topology.zone_kind[flow.source] in (ZoneKind.INTERNET, ZoneKind.PARTNER) and component.zone != caller.zone:
            return True
    return False


def _own_facts(name: str, component: Component) -> Iterator[Fact]:
    if isinstance(component, Model):
        yield from _model_facts(name, component)
    elif isinstance(component, Tool | McpServer):
        yield from (("effect", name, effect.value) for effect in component.effect)
        yield ("reach", name, component.reach.value)
        yield ("scope", name, component.scope.value)
        if not component.reversible:
            yield ("irreversible", name)
    elif isinstance(component, Agent):
        yield ("autonomy", name, component.autonomy.value)
        yield from ((word, name) for word in ("spawns", "watches") if getattr(component, word))
    if isinstance(component, McpServer):
        yield ("hosting", name, component.hosting.value)
    yield from (("renders", name, word.value) for word in getattr(component, "renders", []))
    if isinstance(component, Application | Agent) and component.executes_output:
        yield ("executes_output", name)
    if isinstance(component, Application | Agent | Retriever) and component.tenancy is Tenancy.SHARED:
        yield ("shared_tenancy", name)
    if isinstance(component, TrainingJob) and component.continuous:
        yield ("continuous", name)
    if isinstance(component, Saas) and component.assistant:
        yield ("assistant", name)
    if isinstance(component, Memory):
        yield ("scope", name, component.scope.value)
    if isinstance(component, Device) and component.sensor:
        yield ("sensor", name)
    if isinstance(component, Tool | McpServer | Model | DataSet | Repository):
        yield from _origin_facts(name, component.origin)


def _origin_facts(name: str, origin: Origin) -> Iterator[Fact]:
    yield ("origin", name, origin.value)
    if origin not in _INSIDE:
        yield ("foreign", name)
    if origin in _OPEN:
        yield ("open_source", name)


def _model_facts(name: str, model: Model) -> Iterator[Fact]:
    yield ("model_type", name, model.type.value)
    if model.type is not ModelType.EMBEDDING:
        yield ("generative" if model.type in _GENERATIVE else "predictive", name)
    if model.type in (ModelType.LLM, ModelType.MULTIMODAL):
        yield ("llm", name)
    yield ("hosting", name, model.hosting.value)
    yield ("weights", name, model.weights.value)
    yield ("outputs", name, (model.outputs or _default_output(model.type)).value)
    if model.weights in (Weights.SHIPPED, Weights.PUBLISHED) or model.origin in _OPEN:
        yield ("obtainable", name)
    if model.origin is Origin.OWN or model.fine_tuned:
        yield ("own_model", name)
    yield from ((word, name) for word in ("fine_tuned", "automates") if getattr(model, word))
    provided = model.hosting is Hosting.PROVIDER
    if model.metered or (model.metered is None and provided):
        yield ("metered", name)
    if provided and model.trains_on_input.value != "no":
        yield ("trains_on_input", name)
    if provided and model.retention_days != 0:
        yield ("retains", name)


def _default_output(type_: ModelType) -> ModelOutput:
    if type_ is ModelType.EMBEDDING:
        return ModelOutput.VECTOR
    if type_ in (ModelType.IMAGE_GENERATOR, ModelType.VOICE_GENERATOR):
        return ModelOutput.MEDIA
    text = (ModelType.LLM, ModelType.MULTIMODAL, ModelType.TRANSLATOR, ModelType.SPEECH)
    return ModelOutput.TEXT if type_ in text else ModelOutput.LABEL


def _flow_facts(topology: Topology) -> Iterator[Fact]:
    system = topology.system
    for flow in system.flows:
        pair = (flow.source, flow.target)
        yield ("call", *pair)
        if topology.sends(flow):
            yield ("flow", *pair)
            yield from (("carries", *pair, item) for item in flow.carries)
        if topology.answers(flow):
            yield ("flow", *pair[::-1])
            yield from (("carries", *pair[::-1], item) for item in flow.returns or [])
        if system.components[flow.source].zone != system.components[flow.target].zone:
            yield ("crosses", *pair)
        if topology.outside(flow):
            yield ("open_network", *pair)
        authority = topology.authority(flow)
        if authority is not None:
            yield ("authority", *pair, authority.value)
        if authority in (None, Authority.SERVICE, Authority.SHARED):
            yield ("own_authority", *pair)
        if flow.authentication is Authentication.NONE:
            yield ("anonymous", *pair)
        person = isinstance(system.components[flow.source], Person)
        identity = system.identities.get(flow.identity or "")
        if flow.authentication in _COPIED or (identity is not None and identity.kind in _SHARED):
            yield ("keyed", *pair)
        elif person and flow.authentication is Authentication.UNKNOWN:
            yield ("keyed", *pair)
        if identity is not None and flow.identity is not None:
            yield ("acts_as", *pair, flow.identity)
            if identity.privilege is not Privilege.LEAST:
                yield ("overprivileged", *pair)
    for name, identity in system.identities.items():
        if identity.kept_in:
            yield ("kept_in", name, identity.kept_in)
        if not identity.expires:
            yield ("long_lived", name)


def _data_facts(topology: Topology, spread: Spread) -> Iterator[Fact]:
    system = topology.system
    scheme = system.scheme
    for name, data in system.data.items():
        if scheme.weight(scheme.level(data.class_)) >= 2:
            yield ("sensitive", name)
        yield from (("category", name, category.value) for category in data.categories)
        if _PERSONAL & set(data.categories):
            yield ("personal", name)
    for name, component in topology.components.items():
        if isinstance(component, Person):
            continue
        yield from (("holds", name, item) for item in component.holds)
        yield from (("handles", name, item) for item in spread.handles[name])
        yield from (("pooled", name, item) for item in spread.pooled[name])
        for item in spread.handles[name]:
            regions = system.data[item].regions
            if component.region and regions and component.region not in regions:
                yield ("abroad", name, item)


def _attacker_facts(topology: Topology, positions: Mapping[str, Position]) -> Iterator[Fact]:
    for position, entry in positions.items():
        parties = set(entry.parties)
        yield ("attacker", position)
        if parties & {party.value for party in _OUTSIDE_PARTIES}:
            yield ("external", position)
        if parties & {"employees", "team", "admins"}:
            yield ("internal", position)
        for name, component in topology.components.items():
            if isinstance(component, Store):
                if parties & {party.value for party in component.writers}:
                    yield ("may_write", position, name)
                if parties & {party.value for party in component.readers}:
                    yield ("may_read", position, name)
            elif isinstance(component, Agent) and parties & {party.value for party in component.configured_by}:
                yield ("may_configure", position, name)
            elif isinstance(component, Person) and component.party.value in parties:
                yield from (("may_use", position, used) for used in _used_by(topology, name))
            elif isinstance(component, Device) and _can_stand_before(component, entry):
                yield ("physical", position, name)
            if position in _suppliers(topology, name, component):
                yield ("supplies", position, name)


def _used_by(topology: Topology, person: str) -> Iterable[str]:
    """Return what a person uses: what is called directly or through client software, devices and gateways."""
    return topology.reach_forward(person, ("client", "device", "gateway"), 3)


def _can_stand_before(device: Device, position: Position) -> bool:
    who = {
        PhysicalAccess.PUBLIC: {"public", "employees", "team", "admins"},
        PhysicalAccess.STAFF: {"employees", "team", "admins"},
        PhysicalAccess.NONE: set[str](),
    }
    return bool(who[device.physical_access] & set(position.parties))


def _suppliers(topology: Topology, name: str, component: Component) -> set[str]:
    found = set()
    origin = getattr(component, "origin", None)
    built = topology.kind[name] in _SOFTWARE and topology.kind[name] != "client" and not component.vendor
    if (isinstance(origin, Origin) and origin not in _INSIDE) or (
        built and topology.zone_kind[name] is not ZoneKind.VENDOR
    ):
        found.add("supplier")
    provided = isinstance(component, Model) and component.hosting is Hosting.PROVIDER
    if provided or isinstance(component, Saas) or topology.zone_kind[name] is ZoneKind.VENDOR:
        found.add("vendor")
    if origin is Origin.PARTNER:
        found.add("partner")
    return found
