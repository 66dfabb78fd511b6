"""How code loads models, data and packages, what tools it gives to models, and what it switches off."""

from __future__ import annotations

import ast
import re

from bartizan.scan.pycode.checks.told import Told
from bartizan.scan.pycode.checks.words import short
from bartizan.scan.pycode.constants import UNKNOWN
from bartizan.scan.pycode.module import Call, Module
from bartizan.scan.pycode.scopes import Imported

__all__ = ["check_ai"]

_AI = frozenset({
    "torch", "transformers", "tensorflow", "keras", "sklearn", "diffusers", "datasets", "peft", "openai", "anthropic",
    "langchain", "langchain_core", "langchain_community", "langchain_openai", "langchain_experimental", "langgraph",
    "llama_index", "litellm", "google.genai", "google.generativeai", "huggingface_hub", "sentence_transformers", "vllm",
    "xgboost", "lightgbm", "catboost", "mlflow", "onnxruntime", "jax", "flax", "timm", "spacy", "llama_cpp", "ollama",
    "smolagents", "crewai", "autogen", "mistralai", "cohere", "groq", "instructor", "dspy", "joblib", "mcp", "fastmcp",
    "pydantic_ai", "agents", "gradio", "chromadb", "faiss", "ultralytics", "skops",
})  # fmt: skip
_PICKLES = re.compile(
    r"(?:pickle|dill|cloudpickle|_pickle)\.(?:load|loads|Unpickler)\Z|joblib\.load\Z|pandas\.read_pickle\Z"
    r"|torch\.package\.PackageImporter\Z|sklearn\.externals\.joblib\.load\Z|jsonpickle\.decode\Z|shelve\.open\Z"
)
_YAML = re.compile(r"yaml\.(?:unsafe_load|unsafe_load_all|full_load|full_load_all)\Z")
_UNSAFE_LOADERS = frozenset(
    {"yaml.Loader", "yaml.UnsafeLoader", "yaml.FullLoader", "yaml.CLoader", "yaml.CUnsafeLoader"}
)
_PRETRAINED = re.compile(
    r"(?:transformers|diffusers|peft|optimum|sentence_transformers|setfit|auto_gptq|trl|timm)(?:\.\w+)*\.from_pretrained\Z"
    r"|transformers\.pipeline\Z|huggingface_hub\.(?:snapshot_download|hf_hub_download)\Z|datasets\.load_dataset\Z"
    r"|sentence_transformers\.(?:SentenceTransformer|CrossEncoder)\Z|evaluate\.load\Z|vllm\.LLM\Z"
)
_LOADS_REMOTE = re.compile(
    r"(?:^|\.)(?:from_pretrained|from_config|pipeline|load_dataset|SentenceTransformer|CrossEncoder|LLM|load|load_metric"
    r"|AsyncEngineArgs|EngineArgs|HuggingFaceEmbeddings)\Z"
)
_KERAS = re.compile(
    r"(?:tf_)?keras(?:\.\w+)*\.(?:load_model|clone_model|model_from_json)\Z|tensorflow\.keras\.models\.load_model\Z"
)
_REPOSITORY = re.compile(r"[\w-]+(?:\.[\w-]+)*/[\w.-]+\Z")
_COMMIT = re.compile(r"[0-9a-f]{7,40}\Z")
_TOOLS = frozenset({
    "PythonREPLTool", "PythonAstREPLTool", "PythonREPL", "ShellTool", "BashProcess", "create_python_agent",
    "create_pandas_dataframe_agent", "create_csv_agent", "create_spark_dataframe_agent", "PALChain",
    "LocalCommandLineCodeExecutor", "LLMSymbolicMathChain", "UnsafeCodeInterpreterTool", "PythonInterpreter",
})  # fmt: skip
_TOOL_PACKAGES = ("langchain", "autogen", "llama_index", "crewai", "smolagents", "dspy", "agents")
_ALLOWS = {
    "allow_dangerous_code": "code of the model's is run",
    "allow_dangerous_requests": "requests of the model's go anywhere",
    "allow_dangerous_deserialization": "a store is unpickled", "allow_code_execution": "code of the model's is run",
    "allow_dangerous_tools": "dangerous tools are allowed", "unsafe_mode": "checks are off",
}  # fmt: skip
_REQUESTS = re.compile(r"(?:requests|httpx|niquests|aiohttp|openai|anthropic|urllib3)\.")
_SWITCHES = {"NODE_TLS_REJECT_UNAUTHORIZED": "0", "PYTHONHTTPSVERIFY": "0", "CURL_CA_BUNDLE": "",
             "REQUESTS_CA_BUNDLE": "",
             "GIT_SSL_NO_VERIFY": "1"}  # fmt: skip

_SWITCHED = re.compile("_create_default_https_context|LANGCHAIN_TRACING|LANGSMITH_TRACING|" + "|".join(_SWITCHES))


def _uses_ai(module: Module) -> bool:
    """Tell whether a file imports a library of machine learning or of language models."""
    for scope in module.scopes:
        for bound in scope.bound.values():
            for one in bound:
                if isinstance(one, Imported) and _of_ai(one.name):
                    return True
    return False


def _of_ai(name: str) -> bool:
    parts = name.split(".")
    return parts[0] in _AI or ".".join(parts[:2]) in _AI


def check_ai(module: Module, told: Told) -> None:
    """Report on the calls of a file, and on what it switches off."""
    ai = _uses_ai(module)
    for call in module.calls():
        if call.names:
            _loads(call, told, ai=ai)
            _remote(call, told)
        _tools(call, told)
        _encrypted(call, told)
    _switches(module, told)


def _true(call: Call, name: str) -> bool:
    return call.value(-1, name) is True


def _loads(call: Call, told: Told, *, ai: bool) -> None:
    """Report loaders that run what a file says."""
    names = call.names
    if "torch.load" in names:
        only = call.value(-1, "weights_only")
        if only is False:
            told.hit("code-unsafe-load", "`torch.load` with `weights_only=False`", call.node)
        elif only is None and call.argument(-1, "weights_only") is None and not _spread(call):
            told.hit("code-unsafe-load", "`torch.load` without `weights_only=True`: unsafe before torch 2.6", call.node)
    elif "numpy.load" in names and _true(call, "allow_pickle"):
        told.hit("code-unsafe-load", "`numpy.load` with `allow_pickle=True`", call.node)
    elif any(_KERAS.match(name) for name in names) and call.value(-1, "safe_mode") is False:
        told.hit("code-unsafe-load", "`load_model` with `safe_mode=False`", call.node)
    elif ai and any(_PICKLES.match(name) or _YAML.match(name) for name in names):
        told.hit("code-unsafe-load", f"`{short(names)}`", call.node)
    elif ai and {"yaml.load", "yaml.load_all"}.intersection(names):
        loader = call.argument(1, "Loader")
        if loader is not None and _UNSAFE_LOADERS.intersection(call.module.names(loader, call.scope)):
            told.hit("code-unsafe-load", f"`{short(names)}` with an unsafe loader", call.node)


def _spread(call: Call) -> bool:
    """Tell a call whose keywords come from elsewhere."""
    return any(word.arg is None for word in call.node.keywords)


def _remote(call: Call, told: Told) -> None:
    """Report code of repositories, and what is loaded without a commit."""
    pinned = call.argument(-1, "revision") is not None or call.argument(-1, "code_revision") is not None
    revision = call.value(-1, "revision")
    fixed = pinned and (revision is UNKNOWN or (isinstance(revision, str) and bool(_COMMIT.match(revision))))
    if _true(call, "trust_remote_code") and any(_LOADS_REMOTE.search(name) for name in call.names):
        rule = "code-trusts-repository" if fixed else "code-trusts-any-revision"
        if not _local(call):
            told.hit(rule, f"`{short(call.names)}` with `trust_remote_code=True`", call.node)
        return
    if "torch.hub.load" in call.names and call.value(-1, "source") != "local":
        named = call.value(0, "repo_or_dir")
        if isinstance(named, str) and not _COMMIT.match(named.partition(":")[2]):
            told.hit("code-trusts-any-revision", f"`torch.hub.load` of `{named}`", call.node)
        return
    if not pinned and any(_PRETRAINED.search(name) for name in call.names):
        named = call.value(0) if call.node.args else call.value(-1, "model")
        if isinstance(named, str) and _REPOSITORY.match(named):
            told.hit("code-unpinned-model", f"`{named}`", call.node)


def _local(call: Call) -> bool:
    """Tell a path of this machine in place of a repository."""
    named = call.value(0) if call.node.args else None
    return isinstance(named, str) and named.startswith((".", "/", "~"))


def _tools(call: Call, told: Told) -> None:
    """Report tools that run what a model says, and switches that let it."""
    for name in call.names:
        parts = name.split(".")
        if parts[0].startswith(_TOOL_PACKAGES) and parts[-1] in _TOOLS:
            told.hit("code-dangerous-tool", f"`{parts[-1]}`", call.node)
            return
    for word in call.node.keywords:
        on = isinstance(word.value, ast.Constant) and word.value.value is True
        if word.arg in _ALLOWS and on:
            told.hit("code-dangerous-tool", f"`{word.arg}=True`: {_ALLOWS[word.arg]}", call.node)
        elif word.arg == "code_execution_config" and isinstance(word.value, ast.Dict):
            settings = call.module.fold(word.value, call.scope)
            if isinstance(settings, dict) and settings.get("use_docker") is False:
                told.hit(
                    "code-dangerous-tool", "`use_docker` is off: code of the model's runs on this machine", call.node
                )


def _encrypted(call: Call, told: Told) -> None:
    """Report connections whose other end nobody checks."""
    if any(_REQUESTS.match(name) for name in call.names):
        for word in ("verify", "verify_ssl", "ssl"):
            if call.value(-1, word) is False and call.argument(-1, word) is not None:
                told.hit("code-unverified-connection", f"`{short(call.names)}` with `{word}=False`", call.node)
    if {"os.environ.setdefault", "os.putenv"}.intersection(call.names):
        key, value = call.value(0), call.value(1)
        if isinstance(key, str) and _SWITCHES.get(key) == value and value is not UNKNOWN:
            told.hit("code-unverified-connection", f"`{key}` is set", call.node)


def _switches(module: Module, told: Told) -> None:
    """Report assignments that switch checks off for the whole program."""
    if not _SWITCHED.search(module.text):
        return
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target = node.targets[0]
        if isinstance(target, ast.Attribute) and target.attr == "_create_default_https_context":
            if "_create_unverified_context" in ast.dump(node.value):
                told.hit("code-unverified-connection", "certificates are not checked in the whole program", node)
        elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
            key = target.slice.value
            value = node.value.value if isinstance(node.value, ast.Constant) else None
            if isinstance(key, str) and value is not None and _SWITCHES.get(key) == value:
                told.hit("code-unverified-connection", f"`{key}` is set", node)
            elif key in ("LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING") and str(value).lower() in ("true", "1"):
                told.hit("code-sends-prompts", f"`{key}` is set", node)
