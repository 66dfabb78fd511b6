"""The commands and their help lines; a command's module is imported when it runs.

`bartizan --help` must not cost what a review costs to start, so the lines stand here. A test holds them against the
commands themselves.
"""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

import click

from bartizan import __version__

__all__ = ["COMMANDS", "root"]


class _Entry(NamedTuple):
    """Where a command is, below `bartizan.cli`, and what it does in one line."""

    module: str
    help: str


COMMANDS = {
    "init": _Entry("init", "Write a small system to start from."),
    "review": _Entry("review", "Rank threats, find attack paths and the controls that cut them."),
    "paths": _Entry("paths", "Show attack paths step by step, and what would cut each step."),
    "controls": _Entry("controls", "Compute the cheapest controls that keep every loss below the appetite."),
    "diff": _Entry("diff", "Compare two designs: threats, paths, controls and risk."),
    "decide": _Entry("decide", "Note a decision about a threat: by whom, until when, and why."),
    "inspect": _Entry("inspect", "Find personal data, secrets and markings in a text."),
    "scan": _Entry("scan", "Find out whether files are safe to bring in, and what they hold."),
    "bom": _Entry("bom", "Write an AI bill of materials of what the files are, as CycloneDX 1.6."),
    "pin": _Entry("pin", "Pin files, tool definitions and MCP servers as they are, or tell what has changed since."),
    "verify": _Entry(
        "verify", "Verify who signed a model, and that its files still are what was signed (OpenSSF model signing)."
    ),
    "redact": _Entry("redact", "Hide sensitive data in a file, a folder or a log stream, and keep the format."),
    "reveal": _Entry(
        "reveal", "Put the values back in place of pseudonyms, in any format that `bartizan redact` writes."
    ),
    "label": _Entry("label", "Read sensitivity labels and markings from the metadata of Office, PDF and mail files."),
    "types": _Entry("types", "List and show kinds of sensitive data, and exchange them with Microsoft Purview."),
    "up": _Entry("up", "Serve the register: console and API on one address, and a gateway beside it."),
    "apply": _Entry("apply", "Make the register say what files say."),
    "get": _Entry("get", "List documents of the register, or show one."),
    "export": _Entry("export", "Write every document of the register into a file of its own."),
    "evidence": _Entry("evidence", "Bring what proves that controls work into the register."),
    "gateway": _Entry(
        "gateway", "Stand between programs and models: each call identified, held to policy, inspected, on record."
    ),
    "mcp": _Entry(
        "mcp",
        "Protect a local MCP server, one word in front of its command; pin tool definitions, compare and approve them.",
    ),
    "tools": _Entry(
        "tools", "Say of tools what they do, which of their arguments matter, and how far their results can be trusted."
    ),
    "flow": _Entry("flow", "Replay what agents have done, and explain where the values of a call came from."),
    "approvals": _Entry(
        "approvals", "List the questions about calls of agents that wait for somebody, and answer them."
    ),
    "keys": _Entry("keys", "Make, list and revoke the keys by which the gateway knows callers."),
    "events": _Entry("events", "Read what the gateway has put on record, and verify that nobody has changed it since."),
    "sandbox": _Entry(
        "sandbox",
        "Open, list and close sandboxes: who may try what, with which data, models, tools and money, until when.",
    ),
    "block": _Entry(
        "block",
        "Block a principal, agent, session, tool, server, model, upstream or application at once, and undo it.",
    ),
    "portfolio": _Entry("portfolio", "Review every system below a folder."),
    "policy": _Entry(
        "policy", "Draft policies and standards for AI from the catalog, compare editions, and print them."
    ),
    "import": _Entry("import_", "Read a system from another tool's format."),
    "pattern": _Entry("pattern", "List, show and apply secure design patterns."),
    "catalog": _Entry("catalog", "Search threats, controls and framework items, and show one."),
    "schema": _Entry("schema", "Print the JSON Schema of a file format, for editors."),
}
"""In the order in which a newcomer needs them."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"bartizan.cli.{COMMANDS[cmd_name].module}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, message="%(prog)s %(version)s")
def root() -> None:
    """Review AI systems, scan what they are made of, keep sensitive data out of prompts, training sets and logs.

    Exit codes: 0 done; 1 something broke; 2 the input or the arguments are wrong; 3 nothing to inspect; 11 to 15 the
    highest finding or open threat (info to critical); 130 interrupted.
    """
