"""The kinds of component, one Struct each, so that a key that makes no sense for a kind is an error."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from bartizan.model.base import Id, Placed
from bartizan.model.words import (
    Answer,
    Autonomy,
    Effect,
    Hosting,
    ModelOutput,
    ModelType,
    Origin,
    Party,
    PhysicalAccess,
    Reach,
    Rendering,
    Scope,
    Tenancy,
    Weights,
)


class Base(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """What every component may say.

    `holds` lists the data assets that are kept here or that the component works with by itself; data on flows need not
    be repeated. `controls` lists what is in place here.
    """

    name: str = ""
    description: str = ""
    zone: Id | None = None
    owner: str = ""
    vendor: str = ""
    region: str = ""
    technology: str = ""
    tags: list[str] = []
    holds: list[Id] = []
    controls: list[Id | Placed] = []


class Store(Base, kw_only=True):
    """Keeps content. `writers` and `readers` are the parties that can change or read it directly, apart from flows."""

    writers: list[Party] = []
    readers: list[Party] = []
    tenancy: Tenancy = Tenancy.SINGLE


class Person(Base, tag="person", kw_only=True):
    """Someone who uses or runs the system."""

    party: Party = Party.EMPLOYEES


class Client(Base, tag="client", kw_only=True):
    """Software on a user's side: browser, desktop app, editor, phone app."""

    renders: list[Rendering] = []


class Application(Base, tag="application", kw_only=True):
    """Own software that is not an agent. `executes_output`: it runs what a model returns (code, SQL, templates)."""

    renders: list[Rendering] = []
    executes_output: bool = False
    tenancy: Tenancy = Tenancy.SINGLE


class Agent(Base, tag="agent", kw_only=True):
    """Software in which a language model chooses what happens next.

    `configured_by`: who can change its instructions, rules files, tools or memory settings.
    `spawns`: it starts further agents or tasks by itself. `watches`: it starts without a person, on an event.
    """

    autonomy: Autonomy = Autonomy.ACT
    configured_by: list[Party] = msgspec.field(default_factory=lambda: [Party.TEAM])
    executes_output: bool = False
    renders: list[Rendering] = []
    spawns: bool = False
    tenancy: Tenancy = Tenancy.SINGLE
    watches: bool = False


class Model(Base, tag="model", kw_only=True):
    """A model behind an interface.

    `retention_days`: how long a provider keeps prompts (absent: not stated). `automates`: its output decides without a
    person. `metered`: each call costs money.
    """

    type: ModelType = ModelType.LLM
    provider: str = ""
    product: str = ""
    endpoint: str = ""
    hosting: Hosting = Hosting.PROVIDER
    origin: Origin = Origin.VENDOR
    weights: Weights = Weights.CLOSED
    fine_tuned: bool = False
    outputs: ModelOutput | None = None
    automates: bool = False
    metered: bool | None = None
    retention_days: int | None = None
    trains_on_input: Answer = Answer.UNKNOWN


class Tool(Base, tag="tool", kw_only=True):
    """Something an agent can call. `reach`: which destinations it can address. `scope`: whose objects it can touch."""

    effect: list[Effect] = msgspec.field(default_factory=lambda: [Effect.READ])
    reversible: bool = True
    reach: Reach = Reach.INTERNAL
    scope: Scope = Scope.TENANT
    origin: Origin = Origin.OWN


class McpServer(Base, tag="mcp-server", kw_only=True):
    """A Model Context Protocol server; `effect` joins what its tools do."""

    effect: list[Effect] = msgspec.field(default_factory=lambda: [Effect.READ])
    reversible: bool = True
    reach: Reach = Reach.INTERNAL
    scope: Scope = Scope.TENANT
    origin: Origin = Origin.COMMUNITY
    hosting: Hosting = Hosting.LOCAL


class Retriever(Base, tag="retriever", kw_only=True):
    """Searches stores for a model."""

    tenancy: Tenancy = Tenancy.SINGLE


class VectorStore(Store, tag="vector-store", kw_only=True):
    """An index of embedded content."""


class Memory(Store, tag="memory", kw_only=True):
    """What an agent keeps between turns or sessions; `scope`: who shares it."""

    scope: Scope = Scope.USER


class PromptStore(Store, tag="prompt-store", kw_only=True):
    """System prompts, instructions, rules files, prompt templates."""


class DataSet(Store, tag="data-set", kw_only=True):
    """Data for training or evaluation; `origin`: where its rows come from."""

    origin: Origin = Origin.OWN


class DataStore(Store, tag="data-store", kw_only=True):
    """A database, bucket, search index or queue."""


class TrainingJob(Base, tag="training-job", kw_only=True):
    """Trains or fine-tunes a model. `continuous`: it retrains without a person's release."""

    continuous: bool = False


class EvaluationJob(Base, tag="evaluation-job", kw_only=True):
    """Tests a model or an agent before or during use."""


class ModelRegistry(Store, tag="model-registry", kw_only=True):
    """Keeps model artefacts and their versions."""


class Notebook(Base, tag="notebook", kw_only=True):
    """An interactive environment of data scientists."""


class Repository(Store, tag="repository", kw_only=True):
    """Source code, or a hub of packages, containers, models or data sets; `origin`: whose it is."""

    origin: Origin = Origin.OWN


class Pipeline(Base, tag="pipeline", kw_only=True):
    """Builds, tests, deploys or moves data automatically."""


class IdentityProvider(Base, tag="identity-provider", kw_only=True):
    """Issues and checks identities."""


class SecretStore(Store, tag="secret-store", kw_only=True):
    """Keeps keys, tokens and passwords."""


class Gateway(Base, tag="gateway", kw_only=True):
    """A proxy between callers and models or tools."""


class LogStore(Store, tag="log-store", kw_only=True):
    """Logs, traces, telemetry."""


class Saas(Store, tag="saas", kw_only=True):
    """A service run by a vendor. `assistant`: it has AI of its own that reads what it holds."""

    assistant: bool = False


class Web(Store, tag="web", kw_only=True):
    """Pages or feeds that are read. Anyone may write them unless `writers` says otherwise."""

    writers: list[Party] = msgspec.field(default_factory=lambda: [Party.PUBLIC])
    readers: list[Party] = msgspec.field(default_factory=lambda: [Party.PUBLIC])


class Mailbox(Store, tag="mailbox", kw_only=True):
    """E-mail or chat messages. Anyone may send to it unless `writers` says otherwise."""

    writers: list[Party] = msgspec.field(default_factory=lambda: [Party.PUBLIC])


class FileShare(Store, tag="file-share", kw_only=True):
    """Documents: SharePoint, drives, wikis, ticket attachments."""


class Device(Base, tag="device", kw_only=True):
    """Hardware: camera, vehicle, workstation, phone. `sensor`: what it senses reaches a model."""

    sensor: bool = False
    physical_access: PhysicalAccess = PhysicalAccess.NONE


Component: TypeAlias = (
    Person
    | Client
    | Application
    | Agent
    | Model
    | Tool
    | McpServer
    | Retriever
    | VectorStore
    | Memory
    | PromptStore
    | DataSet
    | DataStore
    | TrainingJob
    | EvaluationJob
    | ModelRegistry
    | Notebook
    | Repository
    | Pipeline
    | IdentityProvider
    | SecretStore
    | Gateway
    | LogStore
    | Saas
    | Web
    | Mailbox
    | FileShare
    | Device
)


def kind_of(component: Base) -> str:
    """Return the component's kind as the language writes it."""
    return str(component.__struct_config__.tag)
