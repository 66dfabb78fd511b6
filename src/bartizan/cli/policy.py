"""`bartizan policy`: policies and standards, from the catalog's statements to paper."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from bartizan.cli import parameters

__all__ = ["command"]

_FORMATS = ("docx", "pdf", "html", "markdown")


@click.group("policy")
def command() -> None:
    """Draft policies and standards for AI from the catalog, compare editions, and print them."""


@command.command("list")
@click.option(
    "--organisation",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Count the statements that are for this one.",
)
@parameters.views
def list_(organisation: Path | None, format: str) -> int:
    """List the documents that can be drafted, with their statements."""
    from bartizan.cli.policy_work import list_documents

    return list_documents(organisation, format)


@command.command("draft")
@click.argument("document", metavar="DOCUMENT", help="The document; `bartizan policy list` shows them.")
@click.option(
    "--organisation", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Who it is for: a document "
    "of the kind Organisation.",
)  # fmt: skip
@click.option(
    "--previous", type=click.Path(path_type=Path), metavar="FILE", help="The edition before: numbers, the owner and "
    "what is in the organisation's own words are taken over.",
)  # fmt: skip
@click.option(
    "--language", default="", metavar="LANGUAGE", help="en, de, fr, it or sq. Default: that of the earlier edition or "
    "of the organisation, else en.",
)  # fmt: skip
@click.option("--owner", default="", metavar="WHO", help="Who answers for it. Default: as in --previous.")
@parameters.output
def draft(
    document: str, organisation: Path, previous: Path | None, language: str, owner: str, output: Path | None
) -> int:
    """Draft a policy or a standard for an organisation, as a document of the kind Policy.

    Which statements are in it follows from what the organisation does and where. Numbers stay from edition to edition,
    and the number of what was taken out is given to nothing else. An edition that demands more than the one before gets
    the next whole number.
    """
    from bartizan.cli.policy_work import AskedDraft, draft_one

    return draft_one(AskedDraft(document, organisation, previous, language, owner, output))


@command.command("diff")
@click.argument("old", type=click.Path(path_type=Path), help="The earlier edition.")
@click.argument("new", type=click.Path(path_type=Path), help="The later edition.")
@parameters.views
def diff(old: Path, new: Path, format: str) -> int:
    """Compare two editions of a policy, statement by statement and word by word."""
    from bartizan.cli.policy_work import show_diff

    return show_diff(old, new, format)


@command.command("coverage")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True, help="Policies, as one set.")
@click.option(
    "--framework", multiple=True, metavar="ID", help="Only this framework; several may be named. Default: all that a "
    "statement refers to.",
)  # fmt: skip
@parameters.views
def coverage(files: tuple[Path, ...], framework: tuple[str, ...], format: str) -> int:
    """Tell which items of frameworks the statements of policies answer for, and which none does."""
    from bartizan.cli.policy_work import show_coverage

    return show_coverage(files, framework, format)


@command.command("publish")
@click.argument("file", type=click.Path(path_type=Path), help="The policy.")
@click.option(
    "--format", type=click.Choice(_FORMATS), help="Default: by the suffix of -o, else markdown. docx and pdf need -o."
)
@click.option(
    "--language", default="", metavar="LANGUAGE", help="Print it in another language: en, de, fr, it or sq. Words that "
    "are the catalog's are exchanged, your own stay. Needs --organisation.",
)  # fmt: skip
@click.option("--organisation", type=click.Path(path_type=Path), metavar="FILE", help="Whose name stands at its head.")
@click.option(
    "--exceptions", type=click.Path(path_type=Path), multiple=True, metavar="FILE", help="Exceptions for the appendix: "
    "files with documents of the kind Exception.",
)  # fmt: skip
@click.option(
    "--gateway", type=click.Path(path_type=Path), metavar="FILE", help="A gateway's configuration: tell which "
    "statements it holds now.",
)  # fmt: skip
@click.option(
    "--scans", is_flag=True, help="Say that scans with all rules run, so that what a scan can hold counts as active."
)
@click.option("--since", type=click.Path(path_type=Path), metavar="FILE", help="Tell the changes since this edition.")
@click.option("--as-of", type=parameters.Day(), metavar="DATE", help="Day of the paper; default: today.")
@parameters.output
def publish(
    file: Path, format: str | None, language: str, organisation: Path | None, exceptions: tuple[Path, ...],
    gateway: Path | None, scans: bool, since: Path | None, as_of: date | None, output: Path | None,
) -> int:  # fmt: skip
    """Print a policy: as a Word document, PDF, a web page or Markdown.

    The paper says the edition and its state; printing a draft doesn't approve it. Statements that a gateway rule, a
    policy or a scan can hold say so, and with --gateway whether that is so now. In another language it says that it is
    a translation, and which statements there are no words for.
    """
    from bartizan.cli.policy_work import AskedPaper, print_one

    day = as_of or date.today()
    return print_one(AskedPaper(file, format, language, organisation, exceptions, gateway, scans, since, day, output))
