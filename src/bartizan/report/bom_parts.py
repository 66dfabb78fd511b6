"""What a bill of materials is made of: which files are one model, which packages, servers and skills are named."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

import msgspec

from bartizan.scan.artefacts.registry import all_formats
from bartizan.scan.artefacts.result import Artefact, Verdict

__all__ = ["Model", "Package", "Server", "models_of", "packages_of", "servers_of", "skills_of"]

_REPOSITORY = frozenset({"config.json", "model_index.json", "MLmodel", "modules.json", "adapter_config.json"})
"""Files that make the folder they stand in one model."""
_NO_MODEL = frozenset({"jinja", "executable", "numpy"})
"""Formats that belong to models, and whose files are none."""
_REQUIREMENT = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*(?:==\s*([0-9][A-Za-z0-9.!+_-]*))?")
_NPX = re.compile(r"(?:npx|bunx|pnpm dlx|yarn dlx)\s+(?:-\S+\s+)*((?:@[\w.-]+/)?[\w.-]+)(?:@([\w.-]+))?")
_UVX = re.compile(r"(?:uvx|uv tool run|pipx run)\s+(?:--from\s+)?([\w.-]+)(?:(?:==|@)([\w.!+-]+))?")


class Model(msgspec.Struct):
    """A model: the folder or file that it is, and all that its files say about it."""

    path: str
    name: str
    files: list[Artefact]
    facts: dict[str, list[str]]

    @property
    def verdict(self) -> Verdict:
        """The worst of its files."""
        return max((file.verdict for file in self.files), key=lambda one: one.rank)


class Package(msgspec.Struct):
    """A package that is asked for, its exact version where that is given, and where."""

    ecosystem: str
    name: str
    version: str
    places: list[str]

    @property
    def purl(self) -> str:
        """Its package URL."""
        name = self.name.replace("@", "%40") if self.ecosystem == "npm" else self.name.lower().replace("_", "-")
        return f"pkg:{self.ecosystem}/{name}" + (f"@{self.version}" if self.version else "")


class Server(msgspec.Struct):
    """An MCP server of a configuration."""

    name: str
    target: str
    place: str
    purl: str


def models_of(artefacts: Iterable[Artefact]) -> list[Model]:
    """Put files together: a folder with a model's configuration is one model, another model file one of its own."""
    weights = {format.name for format in all_formats() if format.group == "model" and format.accounts} - _NO_MODEL
    archives = {format.name for format in all_formats() if format.group == "archive"}
    held = list(artefacts)
    roots = {_folder(one) for one in held if PurePosixPath(one.path).name in _REPOSITORY and _tells(one)}
    inside: dict[str, list[Artefact]] = defaultdict(list)
    models: list[Model] = []
    for one in held:
        root = next((str(folder) for folder in PurePosixPath(one.path).parents if str(folder) in roots), "")
        if root:
            inside[root].append(one)
        elif not weights.isdisjoint(one.formats) or (not archives.isdisjoint(one.formats) and _packed(one)):
            models.append(_model(one.path, PurePosixPath(one.path).stem, [one]))
    models += [_model(root, PurePosixPath(root).name or root, files) for root, files in inside.items()]
    return sorted(models, key=lambda model: model.path)


def _folder(one: Artefact) -> str:
    return str(PurePosixPath(one.path).parent)


def _tells(one: Artefact) -> bool:
    """Tell whether a configuration is a model's; many programs have a `config.json`."""
    return bool(one.facts.keys() & {"architecture", "model-type", "base-model", "library", "flavour", "backend"})


def _packed(one: Artefact) -> bool:
    """Tell whether an archive is a model's, by what its members told."""
    return bool(one.facts.keys() & {"architecture", "model-type", "weight-bytes", "skops-version"})


def _model(path: str, name: str, files: list[Artefact]) -> Model:
    facts: dict[str, list[str]] = {}
    for file in files:
        for key, values in file.facts.items():
            known = facts.setdefault(key, [])
            known += [value for value in values if value not in known]
    return Model(path, (facts.get("name") or [name])[0], files, facts)


def packages_of(artefacts: Iterable[Artefact]) -> list[Package]:
    """Return the packages that requirements and configurations name, each once."""
    found: dict[tuple[str, str, str], Package] = {}
    for one in artefacts:
        for ecosystem, name, version in _named(one):
            package = found.setdefault((ecosystem, name, version), Package(ecosystem, name, version, []))
            if one.path not in package.places:
                package.places.append(one.path)
    return [found[key] for key in sorted(found)]


def _named(one: Artefact) -> Iterator[tuple[str, str, str]]:
    for line in one.facts.get("package", []):
        if (parts := _REQUIREMENT.match(line)) is not None:
            yield "pypi", parts[1], parts[2] or ""
    for server in one.facts.get("mcp-server", []):
        if (package := _package_of(server.partition(": ")[2])) is not None:
            yield package


def _package_of(target: str) -> tuple[str, str, str] | None:
    """Return the package that a command starts, as its runner would resolve it."""
    for pattern, ecosystem in ((_NPX, "npm"), (_UVX, "pypi")):
        if (parts := pattern.search(target)) is not None:
            version = parts[2] or ""
            return ecosystem, parts[1], version if version[:1].isdigit() else ""
    return None


def servers_of(artefacts: Iterable[Artefact]) -> Iterator[Server]:
    """Yield the MCP servers of all configurations."""
    for one in artefacts:
        for said in one.facts.get("mcp-server", []):
            name, _, target = said.partition(": ")
            package = _package_of(target)
            yield Server(name, target, one.path, Package(*package, []).purl if package else "")


def skills_of(artefacts: Iterable[Artefact]) -> list[Artefact]:
    """Return the files that describe a skill."""
    return [one for one in artefacts if "skill" in one.facts]
