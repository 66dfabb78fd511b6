"""Reference pages of what `bartizan scan` knows of models and agents: rules, callables, flows, settings, wordings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from bartizan.catalog import Catalog
from bartizan.catalog.assistants import (
    AgentSetting,
    InstructionPattern,
    load_agent_products,
    load_agent_settings,
    load_instruction_patterns,
    load_pipeline_assistants,
)
from bartizan.catalog.callables import Callables
from bartizan.catalog.definition_signs import DefinitionSign, load_definition_signs
from bartizan.catalog.flows import Flow, load_flows
from bartizan.catalog.folder import packaged, read_folder
from bartizan.catalog.scan_rules import ScanRule, Topic, load_scan_rules
from scripts.reference_tables import anchored, codes, each, row

__all__ = [
    "agent_products",
    "agent_settings",
    "callables",
    "definition_signs",
    "flows",
    "instruction_patterns",
    "pipeline_assistants",
    "scan_rules",
]


def scan_rules(catalog: Catalog) -> str:  # noqa: ARG001 - a page's signature; scan rules are loaded apart
    """Every scan rule by topic: what it finds, what that makes of an artefact, what to do."""
    known = load_scan_rules()
    lines = [
        "# Scan rules",
        "",
        f"{len(known)} rules of `bartizan scan`, each one file in `src/bartizan/catalog/data/scan-rules/`, with "
        "examples in which it fires and in which it does not. The verdict is what one finding makes of the artefact; "
        "`safe` is advice that leaves the verdict alone.",
    ]
    for topic in get_args(Topic):
        entries = sorted((entry for entry in known.values() if entry.topic == topic), key=lambda entry: entry.id)
        if entries:
            lines += ["", f"## {topic} {{#topic-{topic}}}"]
            for entry in entries:
                lines += ["", *_scan_rule(entry)]
    return "\n".join([*lines, ""])


def callables(catalog: Catalog) -> str:  # noqa: ARG001 - as above
    """Every library by name: what of it is harmful in a pickle, and which names are safe in which use."""
    known = read_folder(packaged("callables"), Callables)
    lines = [
        "# Callables",
        "",
        f"What models may name that run code when they are loaded: {len(known)} libraries, each one file in "
        "`src/bartizan/catalog/data/callables/`. `*` stands for any part of one word between dots, `**` for words and "
        "dots, `{a,b}` for either. A name that stands nowhere here is unknown, which makes a model unknown too.",
        "",
        "| library | safe names | harmful names | source |",
        "|---|---:|---:|---|",
    ]
    for one in known.values():
        sizes = [str(sum(len(entry.names) for entry in entries)) for entries in (one.safe, one.harmful)]
        lines.append(row([f"[{one.title}](#{one.id})", *sizes, one.source]))
    for one in known.values():
        lines += ["", f"## {one.title} {{#{one.id}}}", "", "| use | names | CVE |", "|---|---|---|"]
        lines += [row([f"harmful: {harm.effect}", codes(harm.names), each(harm.cve)]) for harm in one.harmful]
        lines += [row([", ".join(safe.uses) or "refer", codes(safe.names), ""]) for safe in one.safe]
    return "\n".join([*lines, ""])


def flows(catalog: Catalog) -> str:  # noqa: ARG001 - as above
    """Every flow by role: what calls do in the source of MCP servers, where values come from, what makes them safe."""
    known = load_flows()
    lines = [
        "# Flows",
        "",
        f"{len(known)} things that MCP servers do by their source, each one file in "
        "`src/bartizan/catalog/data/flows/`. "
        "`X()` is what a call of X gives, `*` any text, `?` a value of unknown origin.",
    ]
    headings = {"effect": "What programs do", "source": "Where values come from", "check": "What makes values safe"}
    for role, title in headings.items():
        entries = [entry for entry in known.values() if entry.role == role]
        last = {"effect": "gives", "source": "gives", "check": "safe for"}[role]
        lines += ["", f"## {title} {{#role-{role}}}", "", f"| id | what | Python | TypeScript | {last} |"]
        lines += ["|---|---|---|---|---|", *map(_flow, entries)]
    return "\n".join([*lines, ""])


def agent_products(catalog: Catalog) -> str:  # noqa: ARG001 - as above
    """Every assistant: the files that it reads settings, servers and instructions from."""
    known = load_agent_products()
    lines = [
        "# Assistants",
        "",
        f"{len(known)} assistants and families of them, each one file in `src/bartizan/catalog/data/agent-products/`. "
        "The files are ends of paths: `*` stands within one name, `**` across folders. What their settings mean stands "
        "in [Settings of assistants](agent-settings.md).",
        "",
        "| id | assistant | settings | servers only | instructions |",
        "|---|---|---|---|---|",
    ]
    for one in known.values():
        title = f"[{one.title}]({one.source})" if one.source.startswith("http") else one.title
        lines.append(row([anchored(one.id), title, *map(codes, (one.settings, one.lists, one.instructions))]))
    return "\n".join([*lines, ""])


def pipeline_assistants(catalog: Catalog) -> str:  # noqa: ARG001 - as above
    """Every way to start an assistant in a pipeline: whom it refuses, and what it is free to do."""
    known = load_pipeline_assistants()
    lines = [
        "# Assistants in pipelines",
        "",
        f"{len(known)} ways to start an assistant in a pipeline, each one file in "
        "`src/bartizan/catalog/data/pipeline-assistants/`. The last column is what it may do where nothing else is "
        "said: run any command, read and edit a few things, or answer.",
        "",
        "| id | assistant | actions | refuses strangers | may |",
        "|---|---|---|---|---|",
    ]
    for one in known.values():
        asks = "yes" if one.asks_writers else "no"
        lines.append(row([anchored(one.id), one.title, codes(one.actions), asks, one.may]))
    return "\n".join([*lines, ""])


def agent_settings(catalog: Catalog) -> str:  # noqa: ARG001 - as above
    """Every setting of assistants that matters, by rule."""
    known, rules = load_agent_settings(), load_scan_rules()
    lines = [
        "# Settings of assistants",
        "",
        f"{len(known)} settings, each one file in `src/bartizan/catalog/data/agent-settings/`. In a key `*` stands for "
        "every key or item. The products are those of [Assistants](agent-products.md).",
    ]
    for rule in sorted({entry.rule for entry in known.values()}):
        lines += [
            "",
            f"## {rules[rule].title} {{#by-{rule}}}",
            "",
            f"Told by [`{rule}`](scan-rules.md#rule-{rule}).",
            "",
        ]
        lines += ["| id | key | matters where | products | what it does |", "|---|---|---|---|---|"]
        lines += [_agent_setting(entry) for entry in known.values() if entry.rule == rule]
    return "\n".join([*lines, ""])


def instruction_patterns(catalog: Catalog) -> str:  # noqa: ARG001 - as above
    """Every wording of instructions that is told, with an example that is meant and one that is not."""
    known = load_instruction_patterns()
    lines = [
        "# Wordings of instructions",
        "",
        f"{len(known)} patterns of sentences that ask a model for something, each one file in "
        "`src/bartizan/catalog/data/instruction-patterns/`. They are written in classes of words, which "
        "`src/bartizan/catalog/data/instruction-words/` spells out in each language. What deceives and what harms, "
        "near each other, is an attack.",
        "",
        "| id | rule | classes in order | where | weight | meant | not meant |",
        "|---|---|---|---|---|---|---|",
        *map(_instruction_pattern, known.values()),
    ]
    return "\n".join([*lines, ""])


def definition_signs(catalog: Catalog) -> str:  # noqa: ARG001 - as above
    """Every sign that a tool's definition steers a model, with an example that is meant and one that is not."""
    known = load_definition_signs()
    lines = [
        "# Signs in definitions",
        "",
        f"{len(known)} signs that the definition of a tool steers the model that reads it, each one file in "
        "`src/bartizan/catalog/data/definition-signs/`. `bartizan mcp pin` tells them before anybody approves a "
        "server, `bartizan mcp diff` when they are new.",
        "",
        "| id | what the definition does | looked for in | severity | meant | not meant |",
        "|---|---|---|---|---|---|",
        *map(_definition_sign, known.values()),
    ]
    return "\n".join([*lines, ""])


# --- entries ---------------------------------------------------------------------------------------------------------


def _scan_rule(rule: ScanRule) -> list[str]:
    ids = ", ".join([*rule.cve, *rule.cwe, *rule.atlas, *rule.owasp])
    return [
        f"### {rule.title} {{#rule-{rule.id}}}",
        "",
        f"`{rule.id}`, {rule.severity}, makes it **{rule.verdict}**" + (f". {ids}." if ids else "."),
        "",
        rule.description.strip(),
        "",
        f"What to do: {rule.remedy.strip()}",
        *(["", "Read on: " + ", ".join(f"<{one}>" for one in rule.references)] if rule.references else []),
    ]


def _flow(entry: Flow) -> str:
    def named(language: str) -> Iterable[str]:
        return (name for one in entry.operations if one.language == language for name in (*one.calls, *one.reads))

    last = ", ".join(entry.clears) if entry.role == "check" else entry.gives
    return row([anchored(entry.id), entry.title, codes(named("python")), codes(named("javascript")), last])


def _agent_setting(entry: AgentSetting) -> str:
    value = codes(entry.values) or (codes([entry.pattern]) if entry.pattern else f"any {entry.kind}")
    return row([anchored(entry.id), codes([".".join(entry.key)]), value, ", ".join(entry.products), entry.says])


def _instruction_pattern(entry: InstructionPattern) -> str:
    also = f"; also {codes(entry.also)}" if entry.also else ""
    without = f"; without {codes(entry.without)}" if entry.without else ""
    order = " then ".join(codes([one]) for one in entry.order)
    examples = [one[:1] and codes([" ".join(one[0].split())[:160]]) for one in (entry.hits, entry.misses)]
    rule = f"[`{entry.rule}`](scan-rules.md#rule-{entry.rule})"
    return row([anchored(entry.id), rule, order + also + without, ", ".join(entry.contexts) or "everywhere",
                entry.weight, *(one or "" for one in examples)])  # fmt: skip


def _definition_sign(entry: DefinitionSign) -> str:
    examples = [codes([one[0][:160]]) if one else "" for one in (entry.hits, entry.misses)]
    where = "texts" if entry.on == "text" else "names of arguments"
    return row([anchored(entry.id), entry.says, where, entry.severity, *examples])
