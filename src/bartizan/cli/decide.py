"""`bartizan decide`: a person's decision about a threat, kept beside the system."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from bartizan.cli import parameters
from bartizan.cli.output import say
from bartizan.cli.work import look_at
from bartizan.model import Decision, InputError, Verdict
from bartizan.model.decode import nearest
from bartizan.store import append_decision

__all__ = ["command"]


@click.command("decide")
@parameters.system_file
@click.argument("threat", help="A threat's id, as the review gives it.")
@click.argument(
    "verdict",
    type=click.Choice([verdict.value for verdict in Verdict]),
    metavar="VERDICT",
    help="accept, mitigate or false-positive.",
)
@click.option("--until", type=parameters.Day(), required=True, metavar="DATE", help="Last day on which it counts.")
@click.option("--by", required=True, metavar="WHO", help="Who decided.")
@click.option("--why", required=True, metavar="TEXT", help="The reason, for whoever reads it next year.")
@click.option("--ticket", default="", metavar="ID", help="Where it is followed up.")
@parameters.as_of
def command(
    file: Path, threat: str, verdict: str, until: date, by: str, why: str, ticket: str, as_of: date | None
) -> None:
    """Note a decision about a threat: by whom, until when, and why.

    THREAT is an id from the review, such as lethal-trifecta@assistant. The decision goes to the end of
    NAME.decisions.yaml beside NAME.yaml. Nothing there is ever changed.
    """
    today = as_of or date.today()
    if until < today:
        raise InputError(f"`{until}` is over already", help="choose a day from today on")
    for option, text in (("--by", by), ("--why", why)):
        if not text.strip():
            raise InputError(f"`{option}` is empty", help="a decision names a person and a reason")
    work = look_at(file, today)
    known = {entry.id: entry.severity for entry in (*work.review.threats, *work.review.appendix)}
    if threat not in known:
        raise InputError(f"there is no threat `{threat}` in the review of `{file}`", help=nearest(threat, known))
    decision = Decision(
        threat=threat, verdict=Verdict(verdict), severity=known[threat], by=by.strip(), why=why.strip(), until=until,
        on=today, ticket=ticket,
    )  # fmt: skip
    target = append_decision(file, decision)
    say(f"noted in {target}: {verdict} {threat} until {until}")
