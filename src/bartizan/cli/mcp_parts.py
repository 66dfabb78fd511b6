"""What `bartizan mcp wrap` is put together from: pins, cards, policies and data rules, of files or built in."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from bartizan.cli.gateway_parts import given
from bartizan.cli.mcp_words import absolute
from bartizan.cli.output import say
from bartizan.guard.charter import Charter, parse_charter
from bartizan.guard.gateway.files import state_of
from bartizan.guard.gateway.mcp.firstuse import FirstUse
from bartizan.guard.gateway.mcp.pinfiles import default_folder, keeping, read_pins
from bartizan.guard.gateway.parts import load
from bartizan.guard.gateway.standing import BLOCKS, STATE, read_state
from bartizan.guard.limits.blocks import Blocks, parse_blocks
from bartizan.guard.mcp.flowing import Cards
from bartizan.guard.mcp.pins import Others, Pins
from bartizan.guard.mcp.pins.reached import name_of, reached
from bartizan.guard.policy import PolicyFile
from bartizan.guard.protection import Protector
from bartizan.inspection.redaction import KeyRing
from bartizan.model import InputError
from bartizan.model.card import ToolCard

__all__ = ["Book", "Sources", "book", "reviewed_cards", "sources"]


class Book(NamedTuple):
    """What the server is called, and its pins."""

    server: str
    book: FirstUse


def book(words: Sequence[str], name: str, folder: Path | None, *, only_pinned: bool) -> Book:
    """Find the pins of the server that a command starts, or have it pinned at its first use. Raises InputError.

    Servers that are started in different ways are different ones, although they would be called the same: one that
    nobody has approved gets a name of its own. What was approved under a name may not be started otherwise.
    """
    place = folder or default_folder()
    known = read_pins(place)
    ways = [reached(command=absolute(words)), reached(command=words)]
    server = name or name_of(command=words)
    found = known.get(server)
    if found is not None and found.reached not in ways:
        if name or found.status != "first-use":
            raise InputError(
                f"the pins of server `{server}` are of another command",
                help=f"`bartizan mcp approve {server} -- COMMAND` approves the change, --name calls it otherwise",
            )
        server = f"{server}-{sha256(ways[0].shown.encode()).hexdigest()[:8]}"
        found = known.get(server)
    if only_pinned:
        found = None if found is None else _approved(found)
        if found is None:
            say(f"bartizan: nobody has pinned server `{server}`: it is closed; `bartizan mcp pin -- COMMAND` pins it")
    others = Others({id: pins.definitions() for id, pins in known.items() if id != server})
    learned = None if only_pinned else keeping(place, server, lambda text: say(f"bartizan: {text}"))
    return Book(server, FirstUse(server, ways[0], found, others, time.time, learned))


def _approved(pins: Pins) -> Pins | None:
    """Return of pins what a person has approved, None where that is nothing."""
    kept = {name: [one for one in getattr(pins, name) if one.status != "first-use"] for name in _KINDS}
    if pins.status == "first-use" and not any(kept.values()):
        return None
    return msgspec.structs.replace(pins, **kept)


_KINDS = ("tools", "prompts", "templates")


def reviewed_cards(files: Sequence[Path]) -> Cards:
    """Return what knows tools' cards: those of files, drafted ones for the rest. Raises InputError."""
    from bartizan.guard.gateway.mcp.carding import KnownCards

    return KnownCards(card for path in files for card in _cards(path))


class Sources(NamedTuple):
    """What decides besides pins and cards, and where events go: of a gateway's configuration, and of further files."""

    policies: list[PolicyFile]
    charters: list[Charter]
    protector: Protector | None = None
    keys: KeyRing | None = None
    events: Path | None = None
    blocks: Callable[[], Blocks] = Blocks


def sources(config: Path | None, policies: Sequence[Path], charters: Sequence[Path]) -> Sources:
    """Read what decides. Raises InputError."""
    named = [file for path in policies for file in _policies(path)]
    if config is None:
        return Sources(named, [_charter(path, ()) for path in charters])
    parts = load(config, credentials=False)
    engine, scheme = parts.engine, parts.config.data.inspect.scheme
    return Sources(
        [*parts.policies, *named],
        [_charter(path, scheme) for path in charters],
        # Without a rule the protector blocks every value that it finds, which nobody has asked for.
        engine.protector if parts.config.data.rules else None,
        parts.keys,
        parts.folder / parts.config.events.folder,
        _Switch(parts.folder / STATE / BLOCKS, time.monotonic),
    )


class _Switch:
    """The kill switch of a gateway's folder, looked at again when it is asked, once a second at most.

    A file that has become wrong changes nothing. Raises InputError when it is wrong at the start.
    """

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path, self._clock, self._looked = path, clock, clock()
        self._state = state_of([path])
        self._blocks = parse_blocks(read_state(path), str(path))

    def __call__(self) -> Blocks:
        """Return what is blocked."""
        if self._clock() - self._looked >= _LOOK_AGAIN:
            self._looked = self._clock()
            state = state_of([self._path])
            if state != self._state:
                self._state = state
                try:
                    self._blocks = parse_blocks(read_state(self._path), str(self._path))
                except InputError as error:
                    say(f"bartizan: what was blocked stays blocked: {error.message}")
        return self._blocks


_LOOK_AGAIN = 1.0


def _charter(path: Path, scheme: Sequence[str]) -> Charter:
    return parse_charter(given(path, "name a charter of an agent"), str(path), scheme)


def _policies(path: Path) -> list[PolicyFile]:
    files = sorted(path.glob("*.cedar")) if path.is_dir() else [path]
    if not files:
        raise InputError(f"`{path}` holds no policy", help="its files end with .cedar")
    try:
        return [PolicyFile(file.name, given(file, "name a policy, or a folder of them").decode()) for file in files]
    except UnicodeDecodeError:
        raise InputError(f"a policy of `{path}` is not in UTF-8") from None


def _cards(path: Path) -> Sequence[ToolCard]:
    from bartizan.guard.cards.files import parse_cards

    return parse_cards(given(path, "name a file of tool cards"), str(path))
