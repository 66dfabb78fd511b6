"""The facts that a component's own keys give."""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.catalog import Fact
from bartizan.model import Component
from bartizan.model.component import (
    Agent,
    Application,
    DataSet,
    McpServer,
    Memory,
    Model,
    Repository,
    Retriever,
    Tool,
)
from bartizan.model.words import Hosting, ModelOutput, ModelType, Origin, Tenancy, Weights

_GENERATIVE = {ModelType.LLM, ModelType.MULTIMODAL, ModelType.IMAGE_GENERATOR, ModelType.VOICE_GENERATOR}
_OPEN = {Origin.COMMUNITY, Origin.PUBLIC}
INSIDE = {Origin.OWN, Origin.SYNTHETIC}
"""Origins within the organisation; every other one is foreign."""


def own_facts(name: str, component: Component) -> Iterator[Fact]:
    """Return what a component says about itself in the keys of its kind."""
    if isinstance(component, Model):
        yield from _model_facts(name, component)
    elif isinstance(component, Tool | McpServer):
        yield from _tool_facts(name, component)
    elif isinstance(component, Agent):
        yield ("autonomy", name, component.autonomy.value)
        yield from ((word, name) for word in ("spawns", "watches") if getattr(component, word))
    elif isinstance(component, Memory):
        yield ("scope", name, component.scope.value)
    yield from (("renders", name, word.value) for word in getattr(component, "renders", []))
    if isinstance(component, Application | Agent) and component.executes_output:
        yield ("executes_output", name)
    if isinstance(component, Application | Agent | Retriever) and component.tenancy is Tenancy.SHARED:
        yield ("shared_tenancy", name)
    if (isinstance(component, Model) and component.hosting is Hosting.PROVIDER) or getattr(
        component, "assistant", False
    ):
        yield ("ai_service", name)
    yield from ((word, name) for word in ("continuous", "assistant", "sensor") if getattr(component, word, False))
    if isinstance(component, Tool | McpServer | Model | DataSet | Repository):
        yield from _origin_facts(name, component.origin)


def _tool_facts(name: str, tool: Tool | McpServer) -> Iterator[Fact]:
    yield from (("effect", name, effect.value) for effect in tool.effect)
    yield ("reach", name, tool.reach.value)
    yield ("scope", name, tool.scope.value)
    if not tool.reversible:
        yield ("irreversible", name)
    if isinstance(tool, McpServer):
        yield ("hosting", name, tool.hosting.value)


def _origin_facts(name: str, origin: Origin) -> Iterator[Fact]:
    yield ("origin", name, origin.value)
    if origin not in INSIDE:
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
