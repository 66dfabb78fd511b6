"""What models say, and where it goes: into code, shells, queries and pages; and secrets that go into prompts."""

from __future__ import annotations

import ast
import re

from bartizan.scan.pycode.checks.told import Told
from bartizan.scan.pycode.checks.words import CODE, SHELLS, is_command, short
from bartizan.scan.pycode.flow import Flow, Labels
from bartizan.scan.pycode.module import Call, Module
from bartizan.scan.pycode.scopes import Scope
from bartizan.scan.texts.secrets import SECRET_KEY

__all__ = ["check_model_output"]

_MODEL = re.compile(
    r"(?:openai|litellm|groq|together|mistralai|cohere|anthropic|ollama|llama_cpp|google\.genai|google\.generativeai"
    r"|vertexai\S*|boto3|azure\.ai\.inference\S*|huggingface_hub|replicate|xai_sdk)(?:\.\w+|\(\)|\[\])*"
    r"\.(?:create|acreate|parse|completion|acompletion|complete|chat|generate|generate_content|generate_content_async"
    r"|send_message|invoke_model|converse|text_generation|chat_completion|run|stream|create_chat_completion|text_completion)\Z"
    r"|(?:litellm|openai)\.(?:completion|acompletion)\Z"
    r"|(?:langchain\w*|langgraph\w*|llama_index\w*|crewai|smolagents|dspy|pydantic_ai|agents|autogen\w*)(?:\.\w+|\(\)|\[\])*\(\)"
    r"\.(?:invoke|ainvoke|predict|apredict|run|arun|run_sync|stream|batch|generate|complete|acomplete|chat|achat|query|aquery"
    r"|kickoff|__call__|call|generate_reply)\Z"
    r"|(?:langchain\w*|smolagents|dspy)(?:\.\w+)*\.\w*(?:LLM|Chat|Agent|Chain|Predict)\w*\(\)\Z"
    r"|transformers\.pipeline\(\)\Z|transformers(?:\.\w+)*\.from_pretrained\(\)\.(?:generate|chat)\Z|vllm\.LLM\(\)\.(?:generate|chat)\Z"
    r"|llama_cpp\.Llama\(\)\Z"
)
_METADATA = frozenset(
    {"usage", "id", "model", "created", "finish_reason", "stop_reason", "status_code", "headers", "role"}
)
_CLEANED = frozenset({
    "shlex.quote", "html.escape", "markupsafe.escape", "bleach.clean", "nh3.clean", "ast.literal_eval", "builtins.int",
    "builtins.float", "re.escape", "flask.escape", "cgi.escape", "urllib.parse.quote", "uuid.UUID",
})  # fmt: skip
_QUERIES = re.compile(
    r"(?:sqlite3|psycopg2?|pymysql|MySQLdb|mysql\.connector|asyncpg|aiosqlite|duckdb|snowflake\.connector|sqlalchemy|pyodbc"
    r"|cx_Oracle|oracledb|trino\S*|clickhouse_connect|google\.cloud\.bigquery|pandas)(?:\.\w+|\(\)|\[\])*"
    r"\.(?:execute|executescript|executemany|exec_driver_sql|fetch|fetchall|fetchrow|query|sql|read_sql|read_sql_query|raw)\Z"
    r"|(?:\w+\.)*(?:cursor\(\)|execute)\Z"
)
_PAGES = frozenset({
    "markupsafe.Markup", "flask.Markup", "flask.render_template_string", "IPython.display.HTML",
    "IPython.core.display.HTML",
    "django.utils.safestring.mark_safe", "django.utils.html.format_html", "fastapi.responses.HTMLResponse",
    "starlette.responses.HTMLResponse", "streamlit.components.v1.html", "jinja2.Template", "gradio.HTML",
})  # fmt: skip
_NONE: Labels = frozenset()


def check_model_output(module: Module, told: Told) -> None:
    """Report what models say where it does something, and secrets where models read them."""
    models = [call for call in module.calls() if _asks(call)]
    if not models:
        return
    flow = Flow(module, _Source(module).of, lambda call: bool(_CLEANED.intersection(call.names)))
    for call in module.calls():
        _runs(call, flow, told)
        _asked_or_shown(call, flow, told)
    secrets = Flow(module, _Secrets(module).of)
    for call in models:
        _told_secrets(call, secrets, told)


def _asks(call: Call) -> bool:
    return any(_MODEL.match(name) for name in call.names)


class _Source:
    """Labels what a model says."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def of(self, node: ast.expr, scope: Scope) -> Labels | None:
        """Return the labels of a node by itself."""
        if isinstance(node, ast.Attribute) and node.attr in _METADATA:
            return _NONE
        if isinstance(node, ast.Call):
            call = self._module.call_of(node)
            if call is not None and _asks(call):
                return frozenset({"model"})
        del scope
        return None


class _Secrets:
    """Labels values of secrets: of variables, and of stores."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def of(self, node: ast.expr, scope: Scope) -> Labels | None:
        """Return the labels of a node by itself."""
        if isinstance(node, ast.Call):
            call = self._module.call_of(node)
            if call is not None and {"os.getenv", "os.environ.get"}.intersection(call.names):
                return _secret(call.value(0, "key"))
            if call is not None and "keyring.get_password" in call.names:
                return frozenset({"secret"})
        elif isinstance(node, ast.Subscript) and "os.environ" in self._module.names(node.value, scope):
            return _secret(self._module.fold(node.slice, scope))
        elif isinstance(node, (ast.Attribute, ast.Name)) and "os.environ" in self._module.names(node, scope):
            return frozenset({"secret"})
        return None


def _secret(name: object) -> Labels:
    return frozenset({"secret"}) if isinstance(name, str) and SECRET_KEY.search(name) else _NONE


def _runs(call: Call, flow: Flow, told: Told) -> None:
    """Report code and commands of a model's making."""
    names = call.names
    if CODE.intersection(names):
        node = call.argument(0, "source")
        if node is not None and "model" in flow.of(node, call.scope):
            told.hit("code-runs-model-output", f"`{short(names)}` of what a model says", call.node)
    elif is_command(names):
        node = call.argument(0, "args") or call.argument(0, "cmd")
        shell = bool(SHELLS.intersection(names)) or call.value(-1, "shell") is True
        first = node.elts[0] if isinstance(node, (ast.List, ast.Tuple)) and node.elts else node
        if isinstance(node, (ast.List, ast.Tuple)) and call.module.known_text(node, call.scope).startswith(
            ("bash", "sh ")
        ):
            first = node
        whole = node if shell else first
        if whole is not None and "model" in flow.of(whole, call.scope):
            told.hit("code-runs-model-output", f"`{short(names)}` of what a model says", call.node)


def _asked_or_shown(call: Call, flow: Flow, told: Told) -> None:
    """Report queries and pages of a model's making."""
    node = call.argument(0, "sql") or call.argument(0, "query") or call.argument(0, "content")
    if node is None:
        return
    method = call.node.func.attr if isinstance(call.node.func, ast.Attribute) else ""
    query = any(_QUERIES.match(name) for name in call.names) or (
        method in ("execute", "executescript", "read_sql", "read_sql_query") and not is_command(call.names)
    )
    page = bool(_PAGES.intersection(call.names)) or (
        method == "markdown" and call.value(-1, "unsafe_allow_html") is True
    )
    if (query or page) and "model" in flow.of(node, call.scope):
        rule = "code-queries-model-output" if query else "code-shows-model-output"
        told.hit(rule, f"`{method or short(call.names)}` of what a model says", call.node)


def _told_secrets(call: Call, flow: Flow, told: Told) -> None:
    """Report secrets in what a model is asked; keys for the service itself are none of that."""
    asked = [
        word.value for word in call.node.keywords if word.arg in ("messages", "prompt", "input", "contents", "system")
    ]
    asked += call.node.args[:2]
    if any("secret" in flow.of(node, call.scope) for node in asked):
        told.hit("code-secret-in-prompt", f"`{short(call.names)}`", call.node)
