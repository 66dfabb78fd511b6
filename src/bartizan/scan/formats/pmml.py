"""PMML: a model in XML, which engines in Java, Python and databases evaluate. Source: PMML 4.4, and JPMML's functions.

An `Extension` may hold anything; engines that know it run scripts from it. `Apply` may name a class of the engine's.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from bartizan.model.xmltree import local
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.wire.xml import elements, is_xml, parsed, text_of

__all__ = ["FORMAT"]

_ROOT = re.compile(r"<(?:\w+:)?PMML\b")
_SCRIPT = re.compile(
    r"(?i)\b(?:java|ecma|j|type|vb|power)?script(?:let|engine)?\b|jython|groovy|beanshell|\bpython\b|\blua\b"
)
_RUNS = re.compile(
    r"(?i)Runtime\s*\.\s*getRuntime|ProcessBuilder|ScriptEngineManager|Class\s*\.\s*forName|java\.lang\.(?:Runtime|Process"
    r"|reflect)|java\.net\.|javax\.(?:script|naming)|os\s*\.\s*(?:system|popen|exec\w*)\s*\(|\bsubprocess\s*\.|__import__|\beval\s*\("
    r"|\bexec\s*\(|pickle\s*\.\s*loads?|socket\s*\.|child_process|ActiveXObject|/bin/(?:ba)?sh|cmd\.exe|powershell"
    r"|urlopen|requests\s*\.\s*(?:get|post)|\bcurl\s|\bwget\s"
)  # fmt: skip
_JAVA = re.compile(r"\A(?:[a-z]\w*\.)+[A-Z]\w*\Z")


def recognise(look: Look) -> bool:
    """Tell by the root element."""
    if look.suffix == ".pmml":
        return True
    return is_xml(look.head) and bool(_ROOT.search(text_of(look.head)))


def examine(look: Look, desk: Desk) -> None:
    """Judge extensions, scripts and functions."""
    root = parsed(look, desk)
    if root is None:
        return
    desk.fact("version", root.get("version", ""))
    defined = {element.get("name", "") for element in root.iter() if local(element.tag) == "DefineFunction"}
    for element in elements(root, desk):
        tag = local(element.tag)
        if tag == "Application":
            desk.fact("library", f"{element.get('name', '')} {element.get('version', '')}".strip())
        elif tag == "Apply":
            name = element.get("function", "")
            if name not in defined and _JAVA.match(name):
                desk.hit("custom-operators", f"function `{name}`")
        elif tag == "Extension" or tag.lower() in ("script", "code", "expression"):
            _extension(element, tag, desk)


def _extension(element: Element, tag: str, desk: Desk) -> None:
    names = " ".join([tag, *(element.get(one, "") for one in ("name", "extender", "language", "type"))])
    body = " ".join([*(value for one in element.iter() for value in one.attrib.values()), *element.itertext()])
    inner = " ".join(local(one.tag) for one in element.iter() if one is not element)
    if found := _RUNS.search(body):
        start = max(found.start() - 40, 0)
        desk.hit("pmml-code", f"{names.strip()}: {body[start : found.end() + 80].strip()}")
    elif _SCRIPT.search(f"{names} {inner}") and body.strip():
        desk.hit("pmml-script", f"{names.strip()}: {body.strip()[:120]}")


FORMAT = Format(name="pmml", title="PMML", group="model", recognise=recognise, examine=examine)
