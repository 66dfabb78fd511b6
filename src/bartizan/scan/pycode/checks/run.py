"""Runs all checks on a piece of code, and on code inside it."""

from __future__ import annotations

import ast
import re
from typing import Literal, TypeAlias

from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.pycode.checks.ai import check_ai
from bartizan.scan.pycode.checks.harm import check_harm, inner_code
from bartizan.scan.pycode.checks.keys import check_keys
from bartizan.scan.pycode.checks.output import check_model_output
from bartizan.scan.pycode.checks.told import Told
from bartizan.scan.pycode.checks.words import is_command, is_sender, short
from bartizan.scan.pycode.module import Module
from bartizan.scan.texts.python_source import parse_python

__all__ = ["Setting", "check_module", "worth_checking"]

Setting: TypeAlias = Literal["", "model", "skill"]
"""What the code belongs to: a model or data set, a skill, or a program."""

_DEPTH = 4
_EVALUATES = frozenset({"builtins.exec", "builtins.eval"})
_WORTH = re.compile(
    r"\b(?:exec|eval|compile|system|popen\w*|Popen|subprocess|socket|pty|marshal|ctypes|__import__|importlib|getattr|environ"
    r"|getenv|requests|httpx|urllib\w*|aiohttp|pickle|dill|joblib|yaml|torch|keras|numpy|np|transformers|diffusers|openai"
    r"|anthropic|litellm|langchain\w*|genai|ssl|b64decode|fromhex|trust_remote_code|allow_dangerous_\w+|__builtins__|spawn\w*"
    r"|posix|globals|vars|codecs|huggingface_hub|sentence_transformers|datasets|get_ipython|startfile|smtplib|execfile|autogen|smolagents|crewai|llama_index"
    r"|dspy|sklearn|mlflow|LANGCHAIN\w*|LANGSMITH\w*|NODE_TLS\w*|PYTHONHTTPSVERIFY|tensorflow)\b"
)


def worth_checking(text: str) -> bool:
    """Tell whether a text of Python names anything that checks look for."""
    return _WORTH.search(text) is not None


def check_module(tree: ast.Module, text: str, told: Told, setting: Setting = "", depth: int = 0) -> None:
    """Report on one piece of code. Raises LimitReached."""
    told.check_time()
    check_keys(tree, text, told)
    if not worth_checking(text):
        return
    module = Module(tree, text)
    check_harm(module, told)
    check_ai(module, told)
    check_model_output(module, told)
    if setting:
        _on_import(module, told, setting)
    for call in module.calls():
        code = inner_code(call)
        if code and depth < _DEPTH:
            try:
                inner = parse_python(code)
            except (Malformed, LimitReached):
                continue  # a template of code, or text for another interpreter
            check_module(inner, code, told.inner(call.node), setting, depth + 1)
    if module.exhausted:
        raise LimitReached("the code puts together more constants than are followed")


def _on_import(module: Module, told: Told, setting: Setting) -> None:
    """Report what runs at the mere import of code that comes with a model, a data set or a skill."""
    for call in module.calls():
        if not call.on_import:
            continue
        if (
            is_command(call.names)
            or _EVALUATES.intersection(call.names)
            or (setting == "model" and is_sender(call.names))
        ):
            told.hit("code-runs-command", f"`{short(call.names)}` when it is loaded", call.node)
