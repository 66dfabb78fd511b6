"""The closed vocabularies of the language. Each word is the field's own."""

from __future__ import annotations

from enum import StrEnum


class Party(StrEnum):
    """Who may do something, from the least to the most trusted."""

    PUBLIC = "public"
    CUSTOMERS = "customers"
    PARTNERS = "partners"
    VENDOR = "vendor"
    EMPLOYEES = "employees"
    TEAM = "team"
    ADMINS = "admins"
    SYSTEM = "system"


class ZoneKind(StrEnum):
    """What a trust boundary encloses."""

    INTERNET = "internet"
    PARTNER = "partner"
    VENDOR = "vendor"
    DEVICE = "device"
    DMZ = "dmz"
    CLOUD = "cloud"
    CORPORATE = "corporate"
    RESTRICTED = "restricted"


class Category(StrEnum):
    """What a data asset is about; categories decide which duties apply."""

    PERSONAL = "personal"
    SENSITIVE_PERSONAL = "sensitive-personal"
    HEALTH = "health"
    BIOMETRIC = "biometric"
    CHILDREN = "children"
    PAYMENT = "payment"
    FINANCIAL = "financial"
    CREDENTIALS = "credentials"
    SOURCE_CODE = "source-code"
    INTELLECTUAL_PROPERTY = "intellectual-property"
    LEGAL = "legal"
    SAFETY = "safety"
    TRAINING_DATA = "training-data"
    SYSTEM_PROMPT = "system-prompt"
    CONVERSATIONS = "conversations"


class Stage(StrEnum):
    """Where an AI system stands in its lifecycle."""

    DESIGN = "design"
    DATA = "data"
    TRAINING = "training"
    EVALUATION = "evaluation"
    DEPLOYMENT = "deployment"
    OPERATION = "operation"
    RETIREMENT = "retirement"


class Level(StrEnum):
    """An ordered grade, for severity and criticality."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """1 for low to 4 for critical."""
        return list(Level).index(self) + 1


class Effect(StrEnum):
    """What a tool does to the world."""

    READ = "read"
    WRITE = "write"
    SEND = "send"
    EXECUTE = "execute"
    PAY = "pay"


class Reach(StrEnum):
    """Which destinations a tool can address."""

    ANY = "any"
    LISTED = "listed"
    INTERNAL = "internal"


class Scope(StrEnum):
    """Whose objects a tool, an identity or a memory can touch."""

    SESSION = "session"
    USER = "user"
    TENANT = "tenant"
    ALL = "all"


class Origin(StrEnum):
    """Where an artefact comes from."""

    OWN = "own"
    PARTNER = "partner"
    VENDOR = "vendor"
    COMMUNITY = "community"
    PUBLIC = "public"
    USERS = "users"
    SYNTHETIC = "synthetic"


class ModelType(StrEnum):
    """What a model takes and gives."""

    LLM = "llm"
    MULTIMODAL = "multimodal"
    EMBEDDING = "embedding"
    CLASSIFIER = "classifier"
    REGRESSOR = "regressor"
    DETECTOR = "detector"
    VISION = "vision"
    SPEECH = "speech"
    BIOMETRIC = "biometric"
    RECOMMENDER = "recommender"
    TRANSLATOR = "translator"
    IMAGE_GENERATOR = "image-generator"
    VOICE_GENERATOR = "voice-generator"


class Hosting(StrEnum):
    """Who runs a model or a server."""

    PROVIDER = "provider"
    CLOUD = "cloud"
    ON_PREMISES = "on-premises"
    DEVICE = "device"
    LOCAL = "local"


class Weights(StrEnum):
    """Who can get a model's weights."""

    CLOSED = "closed"
    INTERNAL = "internal"
    SHIPPED = "shipped"
    PUBLISHED = "published"


class ModelOutput(StrEnum):
    """What a caller of a model sees."""

    DECISION = "decision"
    LABEL = "label"
    SCORES = "scores"
    TEXT = "text"
    MEDIA = "media"
    VECTOR = "vector"


class Answer(StrEnum):
    """A contract term or a fact that may be unknown."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Autonomy(StrEnum):
    """How far an agent goes without a person."""

    SUGGEST = "suggest"
    APPROVE = "approve"
    ACT = "act"


class Rendering(StrEnum):
    """What a screen makes of a model's output."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    LINKS = "links"
    IMAGES = "images"
    SCRIPTS = "scripts"
    CITATIONS = "citations"


class Tenancy(StrEnum):
    """Whether customers or departments share one instance."""

    SINGLE = "single"
    SHARED = "shared"


class Authority(StrEnum):
    """Whose rights a call carries."""

    USER = "user"
    SERVICE = "service"
    SHARED = "shared"
    NONE = "none"


class Authentication(StrEnum):
    """How the caller proves who it is."""

    NONE = "none"
    API_KEY = "api-key"
    PASSWORD = "password"
    SESSION = "session"
    OAUTH = "oauth"
    OIDC = "oidc"
    MFA = "mfa"
    MTLS = "mtls"
    WORKLOAD_IDENTITY = "workload-identity"
    SSH_KEY = "ssh-key"
    UNKNOWN = "unknown"


class Encryption(StrEnum):
    """How a flow is protected on the way."""

    NONE = "none"
    TLS = "tls"
    MTLS = "mtls"
    VPN = "vpn"
    LOCAL = "local"
    UNKNOWN = "unknown"


class IdentityKind(StrEnum):
    """What an identity is."""

    USER = "user"
    SERVICE = "service"
    WORKLOAD = "workload"
    AGENT = "agent"
    API_KEY = "api-key"
    SHARED = "shared"


class Privilege(StrEnum):
    """How much an identity may do."""

    LEAST = "least"
    BROAD = "broad"
    ADMIN = "admin"


class PhysicalAccess(StrEnum):
    """Who can stand in front of a device."""

    NONE = "none"
    STAFF = "staff"
    PUBLIC = "public"


class LossKind(StrEnum):
    """What the owner of the system loses."""

    DISCLOSURE = "disclosure"
    ACTION = "action"
    TAKEOVER = "takeover"
    CORRUPTION = "corruption"
    POISONING = "poisoning"
    THEFT = "theft"
    EVASION = "evasion"
    COST = "cost"
    OUTAGE = "outage"
    HARM = "harm"
    DECEPTION = "deception"
    DUTY = "duty"


class Status(StrEnum):
    """Where a threat stands."""

    OPEN = "open"
    MITIGATED = "mitigated"
    ACCEPTED = "accepted"
    FALSE_POSITIVE = "false-positive"


class Verdict(StrEnum):
    """What a person decided about a threat."""

    ACCEPT = "accept"
    MITIGATE = "mitigate"
    FALSE_POSITIVE = "false-positive"
