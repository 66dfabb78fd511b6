"""Which MCP server is meant, and how it is reached: a command, a URL, or a name in a file that lists servers."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from bartizan.cli.mcp_words import absolute
from bartizan.cli.output import say
from bartizan.cli.progress import Patience
from bartizan.guard.config_mcp import McpServer
from bartizan.guard.gateway.mcp.lister import Target, list_server
from bartizan.guard.mcp.pins import Listing, Pins, Reached
from bartizan.guard.mcp.pins.document import MASK
from bartizan.guard.mcp.pins.reached import name_of, reached
from bartizan.model import InputError
from bartizan.model.decode import nearest

if TYPE_CHECKING:
    from pyreqwest.client import Client

    from bartizan.guard.config import Config

__all__ = ["AskedServer", "Found", "agreed", "ask_server", "find_server"]

CONFIG = Path("gateway.yaml")
_LISTS = (".mcp.json", "mcp.json", ".cursor/mcp.json", ".vscode/mcp.json", ".roo/mcp.json", ".gemini/settings.json")
"""Files of a project in which clients list servers."""
_VARIABLE = re.compile(r"\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_ASKED = re.compile(r"\$\{input:[^}]*\}")


class AskedServer(NamedTuple):
    """What names a server: `server` on the command line, or the words of a `command` behind `--`.

    `source` is a client's file that lists servers, `config` a gateway's; `secret` says where a credential for a URL is
    kept, and `name` is what to call the server.
    """

    server: str
    command: tuple[str, ...] = ()
    source: Path | None = None
    config: Path | None = None
    secret: str = ""
    name: str = ""


class Found(NamedTuple):
    """A server: its name, how to call it, how that is written down, and where that was found.

    `pins` is the folder of pins that the gateway's configuration names for it. `client` makes a client for its URL.
    `foreign` tells that its command stands in a file that anybody may have written, such as one of a project.
    """

    name: str
    target: Target
    reached: Reached
    origin: str
    pins: Path | None = None
    client: Callable[[], Client] | None = None
    foreign: bool = False


def find_server(asked: AskedServer, pinned: Mapping[str, Pins]) -> Found:
    """Return the server that is meant; `pinned` are those that were pinned before. Raises InputError."""
    if asked.command:
        name = asked.name or asked.server or name_of(command=asked.command)
        return Found(name, Target(command=asked.command), reached(command=absolute(asked.command)), "the command line")
    if not asked.server:
        raise InputError("no server is named", help="name one, or write its command behind `--`")
    if "://" in asked.server:
        headers = _bearer(asked.secret)
        name = asked.name or name_of(url=asked.server)
        return Found(
            name, Target(url=_url(asked.server), headers=headers), reached(url=asked.server), "the command line"
        )
    known: list[str] = []
    for look in (_listed, _configured, _pinned):
        found = look(asked, pinned, known)
        if found is not None:
            return found._replace(name=asked.name or found.name)
    raise InputError(f"there is no server `{asked.server}`", help=nearest(asked.server, known) or _HOW)


_HOW = (
    "name a URL, a server of gateway.yaml (--config) or of a client's file (--from), or write its command behind `--`"
)


def ask_server(found: Found, seconds: float, *, approved: Reached | None = None, yes: bool = False) -> Listing:
    """Return what a server defines. A command of a client's file is only started when somebody has read it.

    `approved` is how the server was reached when it was approved, `yes` starts it unasked. Raises InputError and
    BartizanError.
    """
    say(f"asking server `{found.name}` ({found.origin}) what it defines: {found.reached.shown}")
    if found.foreign and found.reached != approved:
        say(f"nobody has approved that this command of `{found.origin}` is started")
        if not yes and not (_somebody() and agreed("Start it?", yes=False)):
            raise InputError(
                "the command was not started, so that nothing is known of the server",
                help="read it, and put it behind `--`, or pin the server with `bartizan mcp pin --yes`",
            )
    with Patience(f"asking {found.name}"):
        return list_server(found.target, seconds=seconds, client=found.client)


def agreed(question: str, *, yes: bool) -> bool:
    """Tell if a person says yes. Raises InputError where nobody is there to be asked."""
    if yes:
        return True
    if not _somebody():
        raise InputError("nobody is there to approve it", help="read what is shown, then run it again with --yes")
    return click.confirm(question, default=False, err=True)


def _somebody() -> bool:
    """Tell if somebody may be there to answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def _url(url: str) -> str:
    if not url.startswith(("http://", "https://")) or not url.isprintable() or " " in url:
        raise InputError("this is not the address of a server", help="write it as https://HOST/PATH")
    return url


def _bearer(secret: str) -> dict[str, str]:
    if not secret:
        return {}
    from bartizan.guard.gateway.secrets import secret_reader

    return {"authorization": f"Bearer {secret_reader(Path())(secret)}"}


def _listed(asked: AskedServer, _: Mapping[str, Pins], known: list[str], /) -> Found | None:
    """Look in files of clients: the one that was named, else those of this folder."""
    path, entry = [*asked.server.split("#", 1), ""][:2]
    named = asked.source
    if named is None and (entry or path.endswith((".json", ".jsonc", ".toml"))):
        named = Path(path)
    else:
        entry = asked.server
    files = [named] if named is not None else [Path(one) for one in _LISTS if Path(one).is_file()]
    for file in files:
        servers = {one.name: one for one in _servers(file)}
        known += servers
        if named is not None and not entry and len(servers) == 1:
            entry = next(iter(servers))
        if entry in servers:
            one = servers[entry]
            return _entry(file, one.name, one.words, one.env, one.url, one.headers, asked.secret)
        if named is not None:
            raise InputError(f"`{file}` lists no server `{entry}`" if entry else f"`{file}` lists several servers",
                             help=nearest(entry, servers) if servers else "it lists none")  # fmt: skip
    return None


def _servers(file: Path) -> Iterable[_Listed]:
    from bartizan.scan.agents.mcp_servers import servers
    from bartizan.scan.agents.source import json_tree, toml_tree
    from bartizan.scan.artefacts.errors import Malformed
    from bartizan.store import read_bounded

    try:
        text = read_bounded(file).decode("utf-8-sig")
        tree = toml_tree(text, str(file)) if file.suffix == ".toml" else json_tree(text, str(file))[0]
    except FileNotFoundError:
        raise InputError(f"`{file}` is not there", help="name the client's file that lists the server") from None
    except (Malformed, UnicodeDecodeError):
        raise InputError(f"`{file}` is no configuration of a client", help="such as .mcp.json") from None
    return [_Listed(one.name, one.words, one.env, one.url, one.headers) for one in servers(tree)]


class _Listed(NamedTuple):
    name: str
    words: list[str]
    env: dict[str, str]
    url: str
    headers: dict[str, str]


def _entry(
    file: Path, name: str, words: list[str], env: dict[str, str], url: str, headers: dict[str, str], secret: str
) -> Found:
    """Return an entry of a client's file, with variables of the environment put in as clients do."""
    if url:
        all_headers = {key.lower(): _filled(value, file, name) for key, value in headers.items()} | _bearer(secret)
        target = Target(url=_url(_filled(url, file, name)), headers=all_headers)
        return Found(name, target, reached(url=url), str(file))
    command = tuple(_filled(word, file, name) for word in words)
    variables = {key: _filled(value, file, name) for key, value in env.items()}
    target = Target(command=command, environment=variables)
    return Found(name, target, reached(command=words), str(file), foreign=True)


def _filled(text: str, file: Path, name: str) -> str:
    if _ASKED.search(text):
        raise InputError(
            f"server `{name}` in `{file}` wants to be told something", help="write its command behind `--`"
        )

    def value(found: re.Match[str]) -> str:
        given = os.environ.get(found[1], found[2])
        if given is None:
            raise InputError(f"server `{name}` in `{file}` needs `{found[1]}`, which is not set",
                             help=f"export {found[1]}=...")  # fmt: skip
        return given

    return _VARIABLE.sub(value, text)


def _configured(asked: AskedServer, _: Mapping[str, Pins], known: list[str], /) -> Found | None:
    """Look in the gateway's configuration: `SERVER`, or `DOOR/SERVER`."""
    path = asked.config or CONFIG
    if asked.config is None and not path.is_file():
        return None
    from bartizan.cli.gateway_parts import load_config

    config = load_config(path)
    door_id, id = ["", *asked.server.rsplit("/", 1)][-2:]
    for door in config.mcp:
        for server in door.servers:
            known.append(server.id)
            if server.id == id and door_id in ("", door.id):
                folder = path.resolve().parent
                pins = folder / door.pins if door.pins else None
                return _of_config(config, server, folder)._replace(pins=pins, origin=str(path))
    return None


def _of_config(config: Config, server: McpServer, folder: Path) -> Found:
    from bartizan.guard.gateway.secrets import find_store, secret_reader

    read = secret_reader(folder, find_store(config.secret_store) if config.secret_store else None)
    if server.command:
        variables = {name: read(where) for name, where in server.environment.items()}
        place = folder / server.folder if server.folder else folder
        target = Target(command=tuple(server.command), environment=variables, folder=place)
        return Found(server.id, target, reached(command=server.command), "")
    if server.oauth is not None and server.secret is None:
        raise InputError(
            f"server `{server.id}` wants a token of its authorisation server", help="name its URL and --secret"
        )
    headers = {}
    if server.secret is not None:
        key = read(server.secret)
        headers[server.secret_header] = f"Bearer {key}" if server.secret_header == "authorization" else key

    def client() -> Client:
        from bartizan.guard.config import Upstream
        from bartizan.guard.gateway.client import Network

        upstream = Upstream(id=server.id, door="openai", url=server.url, address=server.address, ca=server.ca,
                            certificate=server.certificate)  # fmt: skip
        return Network(config.egress, folder, read).client(upstream)

    return Found(server.id, Target(url=server.url, headers=headers), reached(url=server.url), "", client=client)


def _pinned(asked: AskedServer, pinned: Mapping[str, Pins], known: list[str], /) -> Found | None:
    """Look in the pins: a server is reached as it was, unless that holds a secret, which was not written down."""
    known += pinned
    pins = pinned.get(asked.server)
    if pins is None:
        return None
    if MASK in pins.reached.shown or not pins.reached.shown:
        raise InputError(f"how server `{pins.server}` is reached holds a secret, which is not in its pins",
                         help="write its command behind `--`, or name its URL and --name")  # fmt: skip
    target = Target(command=tuple(pins.reached.command), url=pins.reached.url, headers=_bearer(asked.secret))
    return Found(pins.server, target, pins.reached, "its pins")
