"""What stands beside the configuration, in its folder `state`: blocks, open sandboxes, and budgets of one process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec

from bartizan.guard.config import Config
from bartizan.guard.gateway.files import held, replaced
from bartizan.guard.limits import Blocks, Limiter, MemoryStore, Store, parse_blocks
from bartizan.guard.sandbox import Sandbox, parse_openings, parse_sandbox, write_openings
from bartizan.model import BartizanError, InputError

__all__ = [
    "BLOCKS",
    "OPENINGS",
    "STATE",
    "Standing",
    "begin_limits",
    "change",
    "check_counting",
    "documents_folder",
    "read_documents",
    "read_state",
]

STATE = "state"
"""The folder beside the configuration."""
BLOCKS, OPENINGS, BUDGETS = "blocks.jsonl", "sandboxes.jsonl", "budgets.json"
_SHARE = "set `state:` to a Valkey or Redis server, or `workers: 1`"
_NOTHING = b"{}"
_MOST = 32 << 20
_MOST_DOCUMENTS = 1_000


def documents_folder(config: Config, folder: Path) -> Path:
    """Return where sandbox documents are: the configured folder, or one of the state."""
    return folder / config.sandboxes if config.sandboxes else folder / STATE / "sandboxes"


def read_state(path: Path) -> bytes:
    """Return a file's bytes, none when it isn't there. Raises InputError when it can't be read or is too large."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST + 1)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise InputError(f"`{path}` can't be read: {error.strerror}") from None
    if len(content) > _MOST:
        raise InputError(f"`{path}` is too large")
    return content


def change(path: Path, made: Callable[[bytes], bytes]) -> None:
    """Put a file's new content in place of the old one, whole; of two who do so at once, one waits for the other.

    Raises what `made` raises, InputError when it can't be read and BartizanError when it can't be written.
    """
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with held(path):
            replaced(path, made(read_state(path)))
    except OSError as error:
        raise BartizanError(f"`{path}` can't be written: {error.strerror}") from None


def read_documents(folder: Path, scheme: Sequence[str]) -> list[Sandbox]:
    """Read every sandbox document of a folder. Raises InputError for one that is wrong, and for an id that repeats."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml") and path.is_file())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"sandboxes can't be read from `{folder}`: {error.strerror}") from None
    if len(paths) > _MOST_DOCUMENTS:
        raise InputError(f"`{folder}` holds more than {_MOST_DOCUMENTS} sandboxes")
    out: dict[str, Sandbox] = {}
    for path in paths:
        one = parse_sandbox(read_state(path), str(path), scheme)
        if one.id in out:
            raise InputError(f"there are two sandboxes `{one.id}`", help=f"one of them is `{path}`")
        out[one.id] = one
    return list(out.values())


class Standing:
    """Keeps a limiter's blocks and sandboxes as the files say. `folder` is the state's, `documents` the sandboxes'.

    `alone` tells that no other process serves beside this one. Where others do and each counts in its own memory, no
    sandbox is open: what it may use, and when it has to end, couldn't be held.
    `load` is for the start and raises; `refresh` is for once a second: a file that is wrong changes nothing.
    """

    def __init__(
        self, folder: Path, documents: Path, scheme: Sequence[str], limiter: Limiter, *, alone: bool = True
    ) -> None:
        self._folder, self._documents, self._scheme, self._limiter = folder, documents, scheme, limiter
        self._counts = alone or not isinstance(limiter.store, MemoryStore)
        self._stamps: dict[Path, object] = {}
        self._ended: set[tuple[str, float]] = set()
        self._saved = b""

    def load(self) -> None:
        """Read everything. Raises InputError."""
        self._changed(self._folder / BLOCKS)
        self._changed(*self._sources())
        self._blocks()
        self._sandboxes()
        store = self._limiter.store
        saved = read_state(self._folder / BUDGETS) if isinstance(store, MemoryStore) else b""
        if saved and isinstance(store, MemoryStore):
            store.load(saved)

    def refresh(self) -> list[str]:
        """Read what has changed, and return what is wrong with it, a sentence each."""
        wrong = []
        if self._changed(self._folder / BLOCKS):
            wrong += _tried(self._blocks)
        if self._changed(*self._sources()):
            wrong += _tried(self._sandboxes)
        return wrong

    def save(self) -> None:
        """Write the budgets of one process, so that a restart forgets none. Raises BartizanError."""
        new = self._unsaved()
        if new:
            change(self._folder / BUDGETS, _to(new))

    def _unsaved(self) -> bytes:
        """Return what is to be written of budgets, nothing when that was written before."""
        store = self._limiter.store
        new = store.dump() if isinstance(store, MemoryStore) and self._counts else b""
        if new == self._saved or (new == _NOTHING and not self._saved):
            return b""
        self._saved = new
        return new

    def over(self, now: float) -> list[tuple[Sandbox, str]]:
        """Return the sandboxes that have ended since the last time, with why, and close them in the file.

        Of several processes that find it, one returns it: that which closed it. Raises BartizanError.
        """
        boxes = self._limiter.sandboxes
        out: list[tuple[Sandbox, str]] = []
        for id, opening in boxes.openings.items():
            one = boxes.documents.get(id)
            if one is None or opening.closed or (id, opening.opened) in self._ended:
                continue
            why = boxes.killed.get(id, "") or ("its time is over" if now >= one.end else "")
            if why:
                self._ended.add((id, opening.opened))
                out.append((one, why))
        if not out:
            return []
        whys = {one.id: why for one, why in out}
        mine: set[str] = set()

        def closed(old: bytes) -> bytes:
            mine.update(one.id for one in parse_openings(old, OPENINGS) if one.id in whys and not one.closed)
            return _closed(old, whys, now)

        change(self._folder / OPENINGS, closed)
        return [(one, why) for one, why in out if one.id in mine]

    async def watch(
        self,
        clock: Callable[[], float],
        note: Callable[[str], Awaitable[None]],
        ended: Callable[[Sandbox, str], Awaitable[None]],
    ) -> None:
        """Refresh and share once a second until cancelled. `note` hears what is wrong, `ended` what sandbox ended."""
        while True:
            await asyncio.sleep(1.0)
            for sentence in self.refresh():
                await note(sentence)
            await self._limiter.counting.share(self._limiter.sandboxes, clock())
            try:
                for one, why in self.over(clock()):
                    await ended(one, why)
                new = self._unsaved()
                if new:  # the disk may be slow, and calls don't wait for it
                    await asyncio.to_thread(change, self._folder / BUDGETS, _to(new))
            except BartizanError as error:
                await note(error.message)

    def _sources(self) -> list[Path]:
        return [self._folder / OPENINGS, self._documents, *sorted(self._documents.glob("*.y*ml"))]

    def _changed(self, *paths: Path) -> bool:
        """Tell whether files are others than the last time. One that can't be looked at is as one that isn't there."""
        stamps = {path: _stamp(path) for path in paths}
        same = all(self._stamps.get(path, self) == stamp for path, stamp in stamps.items())
        self._stamps.update(stamps)
        return not same

    def _blocks(self) -> None:
        path = self._folder / BLOCKS
        content = read_state(path)
        self._limiter.blocks = parse_blocks(content, str(path)) if content else Blocks()

    def _sandboxes(self) -> None:
        path = self._folder / OPENINGS
        documents = read_documents(self._documents, self._scheme)
        openings = parse_openings(read_state(path), str(path))
        self._limiter.sandboxes = self._limiter.sandboxes.renewed(documents, openings if self._counts else [])
        if not self._counts and any(not one.closed for one in openings):
            raise InputError("sandboxes can't be opened while several workers count in memory", help=_SHARE)


def check_counting(config: Config, folder: Path, workers: int) -> None:
    """Raise InputError where several workers would each count for itself what budgets and sandboxes limit together.

    `folder` is the configuration's.
    """
    if workers < 2 or config.state != "memory":
        return
    if config.budgets:
        raise InputError(f"budgets in memory hold for one worker, and there are {workers}", help=_SHARE)
    path = folder / STATE / OPENINGS
    if any(not one.closed for one in parse_openings(read_state(path), str(path))):
        raise InputError(f"sandboxes are counted in memory for one worker, and there are {workers}", help=_SHARE)


def begin_limits(
    config: Config, folder: Path, read: Callable[[str], str], workers: int | None = None
) -> tuple[Limiter, Standing]:
    """Return a worker's limiter, and what keeps it up to date, loaded. To be called within the event loop.

    `folder` is the configuration's, `read` reads secrets, `workers` is how many there are, by default as configured.
    Raises InputError, also for what `check_counting` refuses.
    """
    workers = config.workers if workers is None else workers
    check_counting(config, folder, workers)
    hold = max((upstream.seconds for upstream in config.upstreams), default=600.0) + 60
    store: Store
    if config.state == "memory":
        store = MemoryStore(hold)
    else:
        from bartizan.guard.gateway.valkey import ValkeyStore

        secret = config.state.startswith(("env:", "file:", "store:"))
        store = ValkeyStore(read(config.state) if secret else config.state, hold)
    limiter = Limiter(config, store)
    state = folder / STATE
    made = Standing(state, documents_folder(config, folder), config.data.inspect.scheme, limiter, alone=workers < 2)
    made.load()
    return limiter, made


def _to(content: bytes) -> Callable[[bytes], bytes]:
    return lambda _: content


def _tried(read: Callable[[], None]) -> list[str]:
    try:
        read()
    except InputError as error:
        return [f"{error.message} ({error.place})" if error.place else error.message]
    return []


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _closed(old: bytes, whys: dict[str, str], now: float) -> bytes:
    openings = parse_openings(old, OPENINGS)
    return write_openings(
        msgspec.structs.replace(one, closed=now, why=whys[one.id], closed_by="the gateway")
        if one.id in whys and not one.closed
        else one
        for one in openings
    )
