"""MkDocs hook: the navigation from the pages that are there, and the reference pages from the catalog.

Reference pages exist only while the site is built, so they can't lag behind the catalog and are never committed.
A new guide page is one new file in docs/; a new kind of reference page is one more entry in `PAGES`.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import get_args

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from bartizan.catalog import Catalog, Control, Framework, Pattern, Strength, Threat, load_catalog
from bartizan.catalog.data_types import DataType, Family, load_data_types
from bartizan.cli.manual import commands
from scripts.reference_documents import documents
from scripts.reference_gateway import events, gateway_configuration, metrics, policy_schema, sandbox_documents
from scripts.reference_policies import statements
from scripts.reference_scan import (
    agent_products,
    agent_settings,
    callables,
    definition_signs,
    flows,
    instruction_patterns,
    pipeline_assistants,
    scan_rules,
)
from scripts.reference_tables import anchored, each, row

__all__ = ["PAGES", "on_config", "on_files"]

GUIDE_ORDER = (
    "index.md",
    "install.md",
    "first-review.md",
    "language.md",
    "command-line.md",
    "sensitive-data.md",
    "supply-chain.md",
    "gateway.md",
    "doors.md",
    "doors-litellm.md",
    "doors-envoy.md",
    "agents.md",
    "mcp.md",
    "tool-cards.md",
    "approvals.md",
    "console.md",
    "register.md",
    "signing-in.md",
    "assurance.md",
    "policies.md",
    "exchange.md",
    "api.md",
    "asvs.md",
    "threats.md",
    "controls.md",
    "risk.md",
)
"""Where a reader starts; pages not named here follow in alphabetical order."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Set the navigation: guide, generated reference, design decisions."""
    docs = Path(config.docs_dir)
    guide = sorted((page.name for page in docs.glob("*.md")), key=_guide_rank)
    design = sorted(page.name for page in (docs / "design").glob("*.md"))
    config.nav = [
        {"Guide": guide},
        {"Reference": [f"reference/{name}" for name in PAGES]},
        {"Design decisions": [f"design/{name}" for name in design]},
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages to those on disk."""
    for name, make in PAGES.items():
        files.append(File.generated(config, f"reference/{name}", content=make(_catalog())))
    return files


@cache
def _catalog() -> Catalog:
    return load_catalog()


@cache
def _data_types() -> dict[str, DataType]:
    return load_data_types()


def _guide_rank(name: str) -> tuple[int, str]:
    return (GUIDE_ORDER.index(name) if name in GUIDE_ORDER else len(GUIDE_ORDER), name)


# --- pages -----------------------------------------------------------------------------------------------------------


def threats(catalog: Catalog) -> str:
    """Every threat: when it applies, what an attacker gains, what cuts it."""
    lines = [
        "# Threats",
        "",
        f"{len(catalog.threats)} threats, each one file in `src/bartizan/catalog/data/threats/`. The conditions are in "
        "the [words of the rules](vocabulary.md); capital letters stand for components.",
        "",
    ]
    for threat in sorted(catalog.threats.values(), key=lambda entry: entry.title):
        lines += _threat(threat, catalog)
    return "\n".join(lines)


def controls(catalog: Catalog) -> str:
    """Every control: what it does, what it costs, what it cuts, how it is verified, which framework items it serves."""
    cuts = _cuts_of_controls(catalog)
    lines = [
        "# Controls",
        "",
        f"{len(catalog.controls)} controls, each one file in `src/bartizan/catalog/data/controls/`. Costs are "
        "person-days in the first year. Effectiveness is the share of attempts that a control stops where it works as "
        "meant.",
        "",
    ]
    for control in sorted(catalog.controls.values(), key=lambda entry: entry.title):
        lines += _control(control, cuts.get(control.id, {}), catalog)
    return "\n".join(lines)


def patterns(catalog: Catalog) -> str:
    """Every secure design pattern and the controls that it can't do without."""
    lines = ["# Patterns", "", "`bartizan pattern show ID` prints the system of a pattern, `apply` writes it.", ""]
    for pattern in sorted(catalog.patterns.values(), key=lambda entry: entry.title):
        lines += _pattern(pattern, catalog)
    return "\n".join(lines)


def frameworks(catalog: Catalog) -> str:
    """Every framework at its version, with what in the catalog refers to each of its items."""
    users = _users_of_items(catalog)
    ordered = sorted(catalog.frameworks.values(), key=lambda entry: entry.title)
    lines = [
        "# Frameworks",
        "",
        "Ids and titles are the publishers'. The text is not here; read it at the source.",
        "",
        "| framework | version | published | publisher | items | referred to |",
        "|---|---|---|---|---:|---:|",
    ]
    for framework in ordered:
        used = len(users.get(framework.id, {}).keys() & framework.items.keys())
        cells = [
            f"[{framework.title}](#{framework.id})",
            framework.version,
            str(framework.published),
            framework.publisher,
        ]
        lines.append(row([*cells, str(len(framework.items)), str(used)]))
    for framework in ordered:
        lines += _framework(framework, users.get(framework.id, {}), catalog)
    return "\n".join(lines)


def vocabulary(catalog: Catalog) -> str:
    """The words that threats are written in, and the positions that attackers start from."""
    lines = ["# Words of the rules", ""]
    for gained, title in ((False, "What follows from the system"), (True, "What an attacker gains")):
        lines += [f"## {title}", "", "| word | meaning | what makes it untrue |", "|---|---|---|"]
        for name, word in catalog.vocabulary.items():
            if word.gained == gained:
                lines.append(row([f"`{name}({', '.join(word.args)})`", word.meaning, word.change]))
        lines.append("")
    lines += ["## Where attackers start", "", "| position | description | tries a year |", "|---|---|---|"]
    for position in catalog.positions.values():
        tries = "low {}, likeliest {}, high {}".format(*(f"{number:g}" for number in position.per_year))
        lines.append(row([f"`{position.id}`: {position.title}", position.description, tries]))
    return "\n".join(lines)


def data_types(catalog: Catalog) -> str:  # noqa: ARG001 - a page's signature; data types are loaded apart
    """Every data type by family: class, category, countries, confidence, checksum, names in other products."""
    known = _data_types()
    lines = [
        "# Data types",
        "",
        f"{len(known)} kinds of sensitive data, each one file in `src/bartizan/catalog/data/data-types/`. Confidence "
        "is 85 (nearly certain), 75 (likely) or 65 (possible), for each form in which values are written: alone, and "
        "near one of the type's keywords. Types in italics are off unless a policy asks for them. "
        "`bartizan types show ID` prints all of one.",
        "",
        "| family | types |",
        "|---|---:|",
    ]
    families = {name: [entry for entry in known.values() if entry.family == name] for name in get_args(Family)}
    lines += [row([f"[{name}](#family-{name})", str(len(entries))]) for name, entries in families.items() if entries]
    for name, entries in families.items():
        if entries:
            lines += ["", f"## {name} {{#family-{name}}}", "", *_DATA_TYPE_HEAD]
            lines += [_data_type(entry) for entry in sorted(entries, key=lambda entry: entry.id)]
    return "\n".join(lines)


PAGES: dict[str, Callable[[Catalog], str]] = {
    "threats.md": threats,
    "controls.md": controls,
    "patterns.md": patterns,
    "frameworks.md": frameworks,
    "statements.md": statements,
    "vocabulary.md": vocabulary,
    "data-types.md": data_types,
    "scan-rules.md": scan_rules,
    "callables.md": callables,
    "flows.md": flows,
    "agent-products.md": agent_products,
    "agent-settings.md": agent_settings,
    "instruction-patterns.md": instruction_patterns,
    "definition-signs.md": definition_signs,
    "pipeline-assistants.md": pipeline_assistants,
    "documents.md": documents,
    "gateway-configuration.md": gateway_configuration,
    "policy-schema.md": policy_schema,
    "sandbox-documents.md": sandbox_documents,
    "events.md": events,
    "metrics.md": metrics,
    "commands.md": commands,
}
"""File name below docs/reference/, and what writes it."""


# --- entries ---------------------------------------------------------------------------------------------------------


def _threat(threat: Threat, catalog: Catalog) -> list[str]:
    ids = {"mitre-atlas": threat.atlas, "owasp-llm": threat.owasp_llm, "owasp-agentic": threat.owasp_agentic}
    ids |= {"owasp-ml": threat.owasp_ml, "stride": threat.stride}
    conditions = "\n".join(f"    {atom}" for atom in threat.when)
    likelihood = " to ".join(f"{number:.0%}" for number in (threat.likelihood[0], threat.likelihood[-1]))
    return [
        *_heading(threat.title, threat.id),
        threat.description.strip(),
        "",
        "When all of these hold:",
        "",
        conditions,
        "",
        f"an attacker gains `{threat.then}` at `{threat.at}`; each try works with a chance of {likelihood}.",
        "",
        "- **Remedy:** " + threat.remedy.strip(),
        "- **Verify:** " + threat.verify.strip(),
        "- **Cut by:** " + (", ".join(_strengths(catalog.controls, threat.cut_by, "controls.md")) or "nothing"),
        "- **Lifecycle:** " + ", ".join(threat.lifecycle),
        *_item_lines(ids, catalog),
        *(f"- <{link}>" for link in threat.references if link.startswith("http")),
        "",
    ]


def _control(control: Control, cuts: Mapping[str, Strength], catalog: Catalog) -> list[str]:
    low, high = control.effectiveness[0], control.effectiveness[-1]
    lines = [
        *_heading(control.title, control.id),
        control.description.strip(),
        "",
        f"- **Nature:** {control.kind}, {control.nature}; stops {low:.0%} to {high:.0%}",
        f"- **Stands at:** {', '.join(control.placement)}",
        f"- **Cost:** {control.cost.once:g} days once, {control.cost.each:g} for each place",
        "- **Lifecycle:** " + ", ".join(control.lifecycle),
        "- **Cuts:** " + (", ".join(_strengths(catalog.threats, cuts, "threats.md")) or "no threat on its own"),
        *(f"- **Verify by {proof.by}:** {proof.how.strip()}" for proof in control.verification),
    ]
    if control.limits:
        lines.append("- **Limits:** " + control.limits.strip())
    return [*lines, *_item_lines(control.maps, catalog), ""]


def _pattern(pattern: Pattern, catalog: Catalog) -> list[str]:
    return [
        *_heading(pattern.title, pattern.id),
        pattern.intent.strip(),
        "",
        *(f"- Applies: {text}" for text in pattern.applies),
        "- **Can't do without:** "
        + ", ".join(_link(catalog.controls, name, "controls.md") for name in pattern.essential),
        *(f"- Parameter `{name}`: {meaning}" for name, meaning in pattern.parameters.items()),
        "",
    ]


def _framework(framework: Framework, users: Mapping[str, list[str]], catalog: Catalog) -> list[str]:
    lines = [
        "",
        *_heading(f"{framework.title}, {framework.version}", framework.id),
        f"Source: <{framework.source}>",
        "",
    ]
    if users:
        lines += ["| item | title | in the catalog |", "|---|---|---|"]
    for name, item in framework.items.items():
        if name in users:
            links = (
                _link(catalog.controls, user, "controls.md")
                if user in catalog.controls
                else _link(catalog.threats, user, "threats.md")
                for user in sorted(users[name])
            )
            lines.append(row([f"`{name}`", item.title, ", ".join(links)]))
    return lines


_DATA_TYPE_HEAD = [
    "| id | title | class | category | countries | alone | near | checksum | elsewhere |",
    "|---|---|---|---|---|---:|---:|---|---|",
]


def _data_type(entry: DataType) -> str:
    alone = [str(form.alone) if form.alone else "-" for form in entry.forms]
    near = [str(max(form.near, form.alone)) for form in entry.forms] if entry.keywords else []
    cells = [
        anchored(entry.id),
        entry.title if entry.default else f"*{entry.title}*",
        entry.class_,
        entry.category or "",
        " ".join(entry.regions),
        each(alone),
        each(near),
        each(f"`{form.check}`" for form in entry.forms if form.check),
        "; ".join(f"{product}: {name}" for product, name in entry.also.items()),
    ]
    return row(cells)


# --- parts -----------------------------------------------------------------------------------------------------------


def _heading(title: str, name: str) -> list[str]:
    return [f"## {title} {{#{name}}}", "", f"`{name}`", ""]


def _link(entries: Mapping[str, Threat] | Mapping[str, Control], name: str, page: str) -> str:
    return f"[{entries[name].title}]({page}#{name})" if name in entries else f"`{name}`"


def _strengths(
    entries: Mapping[str, Threat] | Mapping[str, Control], cuts: Mapping[str, object], page: str
) -> Iterable[str]:
    """Links with the strength of the cut: a Strength itself, or an object that has one."""
    for name, cut in cuts.items():
        yield f"{_link(entries, name, page)} ({getattr(cut, 'strength', cut)})"


def _item_lines(ids: Mapping[str, list[str]], catalog: Catalog) -> Iterable[str]:
    for framework, names in ids.items():
        if names:
            known = catalog.frameworks[framework]
            titles = (f"{name} {known.items[name].title}" if name in known.items else name for name in names)
            yield f"- **{known.title}:** " + "; ".join(titles)


def _cuts_of_controls(catalog: Catalog) -> dict[str, dict[str, Strength]]:
    """Control to the threats that it cuts, whichever of the two files says so."""
    out: dict[str, dict[str, Strength]] = {}
    for threat in catalog.threats.values():
        for name, cut in threat.cut_by.items():
            out.setdefault(name, {})[threat.id] = cut if isinstance(cut, Strength) else cut.strength
    for control in catalog.controls.values():
        for name, cut in control.cuts.items():
            out.setdefault(control.id, {})[name] = cut if isinstance(cut, Strength) else cut.strength
    return out


def _users_of_items(catalog: Catalog) -> dict[str, dict[str, list[str]]]:
    """Framework to item to the ids of the threats and controls that name it."""
    out: dict[str, dict[str, list[str]]] = {}
    for control in catalog.controls.values():
        for framework, names in control.maps.items():
            for name in names:
                out.setdefault(framework, {}).setdefault(name, []).append(control.id)
    for threat in catalog.threats.values():
        own = {"mitre-atlas": threat.atlas, "owasp-llm": threat.owasp_llm, "owasp-agentic": threat.owasp_agentic}
        for framework, names in (own | {"owasp-ml": threat.owasp_ml, "stride": threat.stride}).items():
            for name in names:
                out.setdefault(framework, {}).setdefault(name, []).append(threat.id)
    return out
