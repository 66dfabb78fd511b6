"""Python read as a syntax tree, never run: what names stand for, what constant expressions come to, what is called.

    module = parse(source)                 # Malformed where it is no Python, LimitReached where it is too much
    for call in module.calls():            # every call, with the scope that it stands in
        call.names                         # ("os.system",): through imports, aliases, getattr, __import__, sys.modules
        call.argument(0, "command")        # the node; module.fold(node) gives its constant value or UNKNOWN
        call.on_import                     # True where loading the module runs it

    flow = Flow(module, sources)           # labels that values carry from the sources, through the file's own functions
    flow.of(node, scope)

Names are dotted. A call's result is written `openai.OpenAI()`, an element `rows[]`, what the file itself defines
`.Class.method`, built-ins `builtins.eval`. Resolution knows no order of statements: a name that is bound several times
stands for all of them.
"""

from __future__ import annotations

from bartizan.scan.pycode.constants import UNKNOWN, Constant
from bartizan.scan.pycode.flow import Flow, Labels
from bartizan.scan.pycode.module import Call, Module
from bartizan.scan.pycode.scopes import Scope
from bartizan.scan.texts.python_source import parse_python
from bartizan.scan.texts.python_source import text_of as source_text

__all__ = ["UNKNOWN", "Call", "Constant", "Flow", "Labels", "Module", "Scope", "parse", "parse_text", "source_text"]


def parse(source: bytes) -> Module:
    """Read a file of Python as the interpreter would decode it. Raises Malformed and LimitReached."""
    text = source_text(source)
    return Module(parse_python(text), text)


def parse_text(text: str) -> Module:
    """Read Python that stands in a text: a cell, an argument of `exec`. Raises Malformed and LimitReached."""
    return Module(parse_python(text), text)
