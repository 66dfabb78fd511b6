"""Where exceptions end: each becomes a sentence on standard error and an exit code."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence

import click

from bartizan.cli.output import say
from bartizan.cli.root import root

__all__ = ["run"]

INTERRUPTED = 130
WRONG_ARGUMENTS = 2


def run(argv: Sequence[str] | None) -> int:
    """Run the command line and return the exit code; nothing but SystemExit leaves this function."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        code = root.main(arguments, prog_name="bartizan", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        say(error.format_message())
        return WRONG_ARGUMENTS
    except click.UsageError as error:
        say(_usage(error))
        return WRONG_ARGUMENTS
    except click.ClickException as error:
        say(f"error: {_sentence(error.format_message())}")
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        say("interrupted")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the process boundary: what ends here is told, never silent
        return _failure(error)
    return code if isinstance(code, int) else 0


def _failure(error: Exception) -> int:
    from bartizan.model import BartizanError

    if isinstance(error, BartizanError):
        say(error.diagnostics())
        return error.exit_code
    from bartizan.cli.mistakes import own_mistake

    say(own_mistake(error))
    return 1


def _usage(error: click.UsageError) -> str:
    lines = [f"error: {_sentence(error.format_message())}"]
    path = error.ctx.command_path if error.ctx else "bartizan"
    close: Sequence[str] = []
    if isinstance(error, click.NoSuchOption):
        close = error.possibilities or []
    elif isinstance(error, click.exceptions.NoSuchCommand) and error.ctx and isinstance(error.ctx.command, click.Group):
        close = difflib.get_close_matches(error.command_name, error.ctx.command.list_commands(error.ctx), 1)
    lines.append(f"  help: did you mean `{close[0]}`?" if close else f"  help: `{path} --help` says what it takes")
    return "\n".join(lines)


def _sentence(text: str) -> str:
    """Turn click's sentence into one of ours: lower case, no final period, input in backticks."""
    first, _, _ = text.partition(" Did you mean")
    first = first.replace("'", "`").strip().rstrip(".")
    return first[:1].lower() + first[1:]
