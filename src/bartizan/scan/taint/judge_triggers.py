"""Behaviour that waits for something: a word, a time, a count; and tools that change what they say of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.scan.taint.judged import Case, Hit, said
from bartizan.scan.taint.state import Effect, Guard

__all__ = ["judge_triggers"]

_RISKY = frozenset({"run-shell", "run-program", "run-code", "deserialise", "delete-file", "encrypt", "set-environment"})
_CREDENTIAL = frozenset({"credential-place", "system-place", "persistence-place"})


def judge_triggers(case: Case) -> Iterator[Hit]:
    """Tell of hidden conditions."""
    for effect in case.entry.effects:
        risky = effect.flow.id in _RISKY or (
            effect.flow.id in ("read-file", "write-file", "copy-file")
            and any(kind.id in _CREDENTIAL for kind, _ in case.places.of(effect))
        )
        if risky:
            for guard in effect.guards:
                yield from _guarded(case, effect, guard)
    for name, line, _value in case.entry.changes:
        if name in (".__doc__", ".description"):
            yield Hit(
                "mcp-source-changes-itself",
                line,
                1,
                f"`{case.entry.name or 'the module'}` assigns `{name[1:]}` when it runs",
            )


def _guarded(case: Case, effect: Effect, guard: Guard) -> Iterator[Hit]:
    kinds = {one.kind for one in guard.labels}
    if "argument" in kinds and guard.operator in ("==", "in", "is"):
        magic = [one for one in guard.texts if _magic(one) and one.lower() not in case.words.lower()]
        if magic:
            yield case.hit(
                "mcp-source-hidden-trigger", effect, f"{effect.callee} where an argument holds `{said(magic[0], 40)}`"
            )
    elif "watched" in kinds:
        yield case.hit("mcp-source-evades-analysis", effect, f"{effect.callee} where nobody seems to watch")
    elif not _telling(effect):
        return
    elif "clock" in kinds and effect.flow.id in ("run-shell", "run-code", "encrypt", "set-environment"):
        yield case.hit("mcp-source-hidden-trigger", effect, f"{effect.callee} from some time on")
    elif "state" in kinds and effect.flow.id in ("run-shell", "run-code"):
        yield case.hit("mcp-source-hidden-trigger", effect, f"{effect.callee} from some call on")
    elif "setting" in kinds and effect.flow.id in ("run-shell", "run-code") and guard.texts:
        yield case.hit(
            "mcp-source-hidden-trigger", effect, f"{effect.callee} where a variable of the environment says so"
        )


def _telling(effect: Effect) -> bool:
    """Whether what is run is more than a harmless constant command."""
    if effect.flow.id not in ("run-shell", "run-program"):
        return True
    return not effect.focus.known or any(_URL.search(one) for one in effect.focus.texts)


_URL = re.compile(r"https?://|/tmp/|[|;&]|\brm\b|base64")


def _magic(text: str) -> bool:
    """Whether a text is a password rather than a word that people choose from."""
    if len(text) < 6 or " " in text.strip() or "." in text or "/" in text:
        return False
    classes = sum(bool(re.search(one, text)) for one in ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]"))
    return (
        classes >= 3
        or (classes == 2 and text.isupper() is False and len(text) >= 8 and bool(re.search("[0-9@#$%!^&*]", text)))
        or (text.isupper() and len(text) >= 8)
    )
