"""The folder of a run: what it scans by which rules, its manifest, and one file for each shard that is done.

A result is written beside its place and then renamed, so it is there as a whole or not at all, whenever the process is
killed. A result that can't be decoded (the machine lost power) counts as absent.

    run.json            what is scanned, and by which rules
    manifest.jsonl      the plan, see `bartizan.scan.plan`
    results/ab/ID       one shard, msgpack
    report/             what was made of the results: artefacts, findings, what was missed
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bartizan.model import BartizanError, InputError
from bartizan.scan.plan import Part, Shard, reason
from bartizan.scan.run_tools import Tools
from bartizan.scan.shard import PartResult, ShardResult

__all__ = ["About", "RunFolder"]

_SCHEMA = "bartizan/run/1"
_CHUNK = 1024 * 1024


class About(msgspec.Struct, kw_only=True):
    """What a run is about: roots and options as given in `folder`, and the digest of the rule set once it began.

    `keep` says that the folder stays when the run is done.
    """

    schema: str = _SCHEMA
    folder: str = ""
    roots: list[str] = []
    policy: str = ""
    scheme: str = ""
    types: list[str] = []
    min_confidence: int = 0
    rules: str = ""
    keep: bool = True


class RunFolder:
    """Reads and writes one run's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest = path / "manifest.jsonl"
        self.spool = path / "report"
        self._about = path / "run.json"
        self._results = path / "results"

    def make(self) -> None:
        """Make the folder, and take away halves that a killed run left. Raises BartizanError."""
        try:
            # Addresses in the manifest, and places of sensitive data, are nobody else's business.
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._results.mkdir(exist_ok=True)
            for half in (*self.path.glob(".*.part"), *self._results.glob("*/.*.part")):
                half.unlink(missing_ok=True)
        except OSError as error:
            raise self._broken(error) from None

    def about(self) -> About:
        """Return what the run is about. Raises InputError where there is no run."""
        try:
            about = msgspec.json.decode(self._about.read_bytes(), type=About)
        except FileNotFoundError:
            raise InputError(
                f"`{self.path}` is no run", help="name the folder of a run, as an interrupted scan says it"
            ) from None
        except (OSError, msgspec.DecodeError):
            raise InputError(f"`{self._about}` can't be read", help="begin a new run, without --resume") from None
        if about.schema != _SCHEMA:
            raise InputError(f"`{self.path}` is a run of another version", help="begin a new run, without --resume")
        return about

    def set_about(self, about: About) -> None:
        """Write what the run is about. Raises BartizanError."""
        self._write(self._about, msgspec.json.format(msgspec.json.encode(about), indent=2) + b"\n")

    def put(self, shard: str, content: bytes) -> None:
        """Keep a shard's result. Raises BartizanError when it can't be written."""
        self._write(self._place(shard), content)

    def get(self, shard: str) -> ShardResult | None:
        """Return a shard's result, None when there is none that can be read."""
        try:
            found = msgspec.msgpack.decode(self._place(shard).read_bytes(), type=ShardResult)
        except (OSError, msgspec.DecodeError):
            return None
        return found if found.id == shard else None

    def started(self) -> bool:
        """Tell whether there is any result."""
        return any(True for _ in self._results.glob("*/*"))

    def fresh(self, shard: Shard, tools: Tools) -> bool:
        """Tell whether a shard is done and its files are as they were.

        A file that only looks newer is compared by its hash, where its result has one.
        """
        found = self.get(shard.id)
        if found is None or len(found.parts) != len(shard.parts):
            return False
        return all(_same(part, result, tools) for part, result in zip(shard.parts, found.parts, strict=True))

    def results(self, shards: Iterator[Shard]) -> Iterator[tuple[Part, PartResult]]:
        """Give the results of a finished run, part by part in the order of its plan.

        Raises BartizanError when one is missing.
        """
        for shard in shards:
            found = self.get(shard.id)
            if found is None:
                raise BartizanError(
                    f"a result of the run `{self.path}` is gone", help=f"run it again with --resume {self.path}"
                )
            yield from zip(shard.parts, found.parts, strict=True)

    def forget(self) -> None:
        """Take all results away."""
        for file in self._results.glob("*/*"):
            file.unlink(missing_ok=True)

    def remove(self) -> None:
        """Take the run away, but nothing in its folder that isn't the run's own."""
        for file in (*self._results.glob("*/*"), *self.spool.glob("*.jsonl"), self.manifest, self._about):
            file.unlink(missing_ok=True)
        for folder in (*self._results.glob("*"), self._results, self.spool, self.path):
            try:
                folder.rmdir()
            except OSError:
                continue

    def _place(self, shard: str) -> Path:
        return self._results / shard[:2] / shard

    def _write(self, file: Path, content: bytes) -> None:
        half = file.with_name(f".{file.name}.part")
        try:
            file.parent.mkdir(exist_ok=True)
            half.write_bytes(content)
            half.replace(file)
        except OSError as error:
            half.unlink(missing_ok=True)
            raise self._broken(error) from None

    def _broken(self, error: OSError) -> BartizanError:
        return BartizanError(
            f"the run's folder `{self.path}` can't be written: {reason(error)}",
            help="choose a place with room and permission by --run-dir; what is done so far is kept",
        )


def _same(part: Part, result: PartResult, tools: Tools) -> bool:
    if not result.stamp or part.address != result.address or part.size != result.size:
        return False
    if part.stamp == result.stamp:
        return True
    if not result.sha256 or not part.hash:
        return False
    digest = hashlib.sha256()
    try:
        with tools.source(part.address).open() as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return False
    return digest.hexdigest() == result.sha256
