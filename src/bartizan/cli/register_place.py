"""Which register a command works on: one behind a server, one in a database, or the one of this machine."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from bartizan.cli.registers import Shelf
from bartizan.model import BartizanError, InputError

__all__ = ["RegisterPlace", "default_database", "needs_console", "place_options"]

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def needs_console() -> None:
    """Hold that the packages are there that not everybody installs. Raises BartizanError."""
    if missing := [name for name in ("alembic", "argon2", "litestar", "sqlalchemy") if find_spec(name) is None]:
        raise BartizanError(
            f"the register and the console need packages that are not installed: {', '.join(missing)}",
            help="pip install 'bartizan[console]', and for PostgreSQL 'bartizan[console,postgresql]'",
        )


def default_database() -> Path:
    """Return the file of the register of this machine: `register.db` in $BARTIZAN_HOME, or where user data is kept."""
    home = os.environ.get("BARTIZAN_HOME", "")
    if home:
        return Path(home) / "register.db"
    data = os.environ.get("XDG_DATA_HOME", "")
    return (Path(data) if data else Path.home() / ".local" / "share") / "bartizan" / "register.db"


class RegisterPlace(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of the register: the address of a server and the file of a token, or a database."""

    server: str = ""
    token_file: Path | None = None
    database: str = ""

    def open(self, *, create: bool = False, by: str = "") -> Shelf:
        """Open the register. `create` makes one that isn't there; `by` is who changes it, where no token says so.

        Raises InputError, BartizanError or Unavailable.
        """
        needs_console()
        if self.server and self.database:
            raise InputError("a register is behind a server or in a database", help="give --server or --database")
        if self.server:
            from bartizan.cli.registers_http import HttpShelf

            return HttpShelf(self.server, self._token())
        if self.token_file is not None:
            raise InputError("a token is for a server", help="name it with --server")
        from bartizan.cli.registers import open_shelf

        return open_shelf(self.database or default_database(), create=create, by=by)

    def _token(self) -> str:
        if self.token_file is None:
            raise InputError("a server is asked with a token", help="name the file that holds it with --token-file")
        from bartizan.store import read_bounded

        try:
            token = read_bounded(self.token_file).decode("ascii").strip()
        except FileNotFoundError:
            raise InputError(f"`{self.token_file}` does not exist", help="the console makes tokens") from None
        except UnicodeDecodeError:
            token = ""
        if not token or not token.isprintable() or " " in token:
            raise InputError(f"`{self.token_file}` holds no token", help="one line, as the console has shown it")
        return token


def place_options(function: Decorated) -> Decorated:
    """Add --server, --token-file and --database."""
    for option in (
        click.option(
            "--database",
            metavar="URL|FILE",
            default="",
            envvar="BARTIZAN_DATABASE",
            help="The register's database: postgresql://..., or a file. Default: the register of this machine. "
            "Or set BARTIZAN_DATABASE, which other users of this computer don't see.",
        ),
        click.option(
            "--token-file",
            type=click.Path(path_type=Path),
            metavar="FILE",
            envvar="BARTIZAN_TOKEN_FILE",
            help="A file with the API token for the server.",
        ),
        click.option(
            "--server",
            metavar="URL",
            default="",
            envvar="BARTIZAN_SERVER",
            help="The console to work through, such as https://bartizan.example.com.",
        ),
    ):
        function = option(function)
    return function
