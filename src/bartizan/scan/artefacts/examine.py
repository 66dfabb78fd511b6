"""Drives the scanners over one file, and over the files of a tree; whatever goes wrong on the way is a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from bartizan.catalog.scan_rules import ScanRule
from bartizan.model import Finding, Place
from bartizan.scan.artefacts.content import Content, Counted, sha256_of
from bartizan.scan.artefacts.desk import Desk, Inside, Limits, Shared
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Format, Group, Look
from bartizan.scan.artefacts.registry import formats_of, surveys_of
from bartizan.scan.artefacts.result import Artefact, ArtefactScan, Passed, Verdict
from bartizan.scan.artefacts.tree import Tree
from bartizan.scan.artefacts.words import is_text
from bartizan.scan.sources import said_by_system

__all__ = ["Examiner"]

_BLOCK = 1 << 20
_CLAIMED = "data of another file"
_NAMED = 5
"""Members that nobody knows and that are named in a finding."""
_HOLES = 20
"""Findings of bytes that belong to nothing, in one file."""
_PADDING = 64 << 20
"""Bytes of zeros that are looked through; more is no padding."""


class Examiner:
    """Examines files with the formats of some groups. Needs the scan rules of the catalog."""

    def __init__(
        self,
        rules: Mapping[str, ScanRule],
        *,
        groups: Iterable[Group] = ("model", "archive", "agent", "code"),
        limits: Limits | None = None,
        digests: bool = False,
    ) -> None:
        wanted: set[Group] = {*groups, "any"}
        self.formats = formats_of(wanted)
        self.surveys = surveys_of(wanted)
        self._rules, self._limits, self._digests = rules, limits or Limits(), digests
        # Where models are not asked for, a file that nobody knows is none that steers an agent.
        self._narrow = "model" not in wanted
        self._unknown = "is nothing that steers an agent" if self._narrow else "is of no format that is known here"

    def tree(
        self,
        tree: Tree,
        only: Iterable[str] | None = None,
        *,
        outside: Iterable[str] = (),
        meter: Callable[[int, bool], None] | None = None,
    ) -> ArtefactScan:
        """Examine the files of a tree, or some of them. Surveys see all of it, and report on those only.

        `outside` are files that are links out of the tree. `meter` is told the size of each file that is done.
        """
        paths = sorted(tree.paths() if only is None else only)
        desks: dict[str, Desk] = {}
        done: dict[str, tuple[Shared, Artefact]] = {}
        linked = frozenset(outside)
        passed: list[Passed] = []
        for path in paths:
            shared, artefact = Shared(self._rules, self._limits), _empty_artefact(path)
            desks[path] = Desk(path, shared, self._inside(tree))
            try:
                with tree.open(path) as content:
                    shared.size = content.size
                    self._file(content, tree, desks[path], artefact)
            except OSError as error:
                # What was found until then stays found.
                passed.append(Passed(path, f"can't be read: {said_by_system(error)}"))
                if not shared.findings:
                    del desks[path]
                    continue
            done[path] = shared, artefact
            if path in linked:
                desks[path].hit("link-outside")
            if meter is not None:
                meter(artefact.size, True)

        def desk_of(path: str) -> Desk:
            # What a survey says of files that nobody asked about is not kept.
            return desks[path] if path in desks else Desk(path, Shared(self._rules, self._limits), _nothing)

        for survey in self.surveys:
            self._guarded(survey.title, desks, lambda survey=survey: survey.examine(tree, desk_of))  # type: ignore[misc]
        return self._judged(done, passed)

    def _inside(self, tree: Tree) -> Inside:
        def inside(desk: Desk, name: str, content: Content, formats: Sequence[Format]) -> None:
            self._examine(Look(name, content, tree, inner=True), desk, [], formats)

        return inside

    def _file(self, content: Content, tree: Tree, desk: Desk, artefact: Artefact) -> None:
        counted = Counted(content)
        artefact.size = content.size
        try:
            self._examine(Look(artefact.path, counted, tree), desk, artefact.formats)
        finally:
            artefact.bytes_read = min(counted.bytes_read, content.size)
        artefact.sha256 = sha256_of(content) if self._digests else ""

    def _examine(self, look: Look, desk: Desk, names: list[str], formats: Sequence[Format] = ()) -> None:
        """Let every format that takes the file examine it, or those that are given."""
        taken = list(formats) or self._taken(look, desk, fallback=False) or self._taken(look, desk, fallback=True)
        if not formats and any(format.sole for format in taken):
            nameless = Look("", look.content, look.tree, inner=look.inner)
            taken = self._taken(nameless, desk, fallback=False)
        names += [format.name for format in taken]
        whole = True
        for format in taken:
            whole &= _tried(desk, lambda format=format: format.title, lambda format=format: format.examine(look, desk))  # type: ignore[misc]
        if taken and whole and all(format.accounts for format in taken):
            for start, end in desk.covered.holes(look.size)[:_HOLES]:
                if not _empty(look.content, start, end):
                    desk.hit("bytes-unaccounted", f"{end - start} bytes", offset=start)
        if not (taken or self._narrow or is_text(look)):
            desk.unknown(look.name)
        if desk.strangers:
            said = ", ".join(f"`{name}`" for name in list(desk.strangers)[:_NAMED])
            desk.hit("member-unknown", f"{len(desk.strangers)}: {said}")

    def _taken(self, look: Look, desk: Desk, *, fallback: bool) -> list[Format]:
        taken: list[Format] = []
        asked = iter([format for format in self.formats if format.fallback is fallback])
        title = ""

        def ask() -> None:
            nonlocal title
            for format in asked:
                title = format.title
                if format.recognise(look):
                    taken.append(format)

        while not _tried(desk, lambda: title, ask):
            pass  # goes on with the formats after the one that failed
        return taken

    def _guarded(self, title: str, desks: Mapping[str, Desk], work: Callable[[], None]) -> None:
        """Run a survey; what stops it is told at the first file."""
        if desks:
            _tried(desks[min(desks)], lambda: title, work)

    def _judged(self, done: Mapping[str, tuple[Shared, Artefact]], passed: list[Passed]) -> ArtefactScan:
        artefacts = []
        claimed = {path for shared, _ in done.values() for path in shared.claims}
        for path, (shared, artefact) in done.items():
            if path in claimed and not artefact.formats:
                artefact.formats = [_CLAIMED]
            artefact.findings = sorted(shared.findings.values(), key=_order)
            artefact.dropped, artefact.facts, artefact.explanations = shared.dropped, shared.facts, shared.explanations
            artefact.verdict = max((Verdict(word) for word in shared.said), key=lambda one: one.rank)
            if artefact.formats or artefact.findings:
                artefacts.append(artefact)
            else:
                passed.append(Passed(path, self._unknown, chosen=self._narrow))
        return ArtefactScan(artefacts=artefacts, passed=sorted(passed, key=lambda one: one.path))


def _empty_artefact(path: str) -> Artefact:
    return Artefact(path=path, formats=[], verdict=Verdict.SAFE, size=0, bytes_read=0)


def _nothing(desk: Desk, name: str, content: Content, formats: Sequence[Format]) -> None:
    """Examine nothing."""


def _order(found: Finding) -> tuple[int, Place, str]:
    return -found.severity.rank, found.place, found.id


def _tried(desk: Desk, title: Callable[[], str], work: Callable[[], None]) -> bool:
    """Run a scanner; what stops it is a finding, and never a reason to call something safe. Tells if it ended well."""
    try:
        work()
    except Malformed as error:
        desk.hit("malformed-file", f"{title()}: {error.message}", offset=error.offset)
    except LimitReached as error:
        desk.hit("limit-reached", f"{title()}: {error.message}")
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - a scanner's own mistake must not hide the file, nor end the scan
        desk.hit("scanner-failed", f"{title()}: {type(error).__name__}")
    else:
        return True
    return False


def _empty(content: Content, start: int, end: int) -> bool:
    """Tell whether a hole is padding: zeros only."""
    if end - start > _PADDING:
        return False
    return not any(content.read(at, min(_BLOCK, end - at)).strip(b"\0") for at in range(start, end, _BLOCK))
