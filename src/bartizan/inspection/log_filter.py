"""A filter for Python's logging, so that no secret and no personal value gets into a log."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from bartizan.inspection.inspector import Inspector
from bartizan.inspection.policy import Policy
from bartizan.inspection.redaction import LEAST, Hiding, Mode, Redactor, SpanLike

__all__ = ["LogFilter"]

_DEEPEST = 8
_NOTE = "a log record was withheld: it could not be inspected"
_STANDARD = frozenset(vars(logging.LogRecord("", 0, "", 0, "", (), None))) | {"message", "asctime", "taskName"}
_Redact = Callable[[str, str], str]


class _Inspection(Protocol):
    @property
    def spans(self) -> Sequence[SpanLike]: ...


class _Inspector(Protocol):
    def inspect(self, text: str, column: str = "") -> _Inspection: ...


class LogFilter(logging.Filter):
    """Hides values in all that a log record carries: message, arguments, exception, stack and extra fields.

    For `logging.config`, on a handler, so that the records of all loggers pass it:

        "filters": {"clean": {"()": "bartizan.inspection.LogFilter"}},
        "handlers": {"file": {"class": "logging.FileHandler", "filename": "app.log", "filters": ["clean"]}}

    `name` is that of logging.Filter: only records of this logger and those below it pass. `inspector` has a method
    `inspect(text, column)` whose answer has `spans`. By default one is made when the first record comes, for `types`
    (ids, families or regions, as in a policy; all default types when empty) from confidence `least` on; `cache` is a
    folder for its compiled matcher, by default the user's. `mode` is `replace`, `mask` or `drop`. It never raises: a
    record that can't be inspected is replaced by a note.
    """

    def __init__(
        self,
        name: str = "",
        inspector: _Inspector | None = None,
        *,
        mode: str = "replace",
        types: Sequence[str] = (),
        least: int = LEAST,
        cache: str = "",
    ) -> None:
        super().__init__(name)
        self._hiding = Hiding(Mode(mode))
        self._policy = Policy(types=list(types), min_confidence=least)
        self._cache: Path | Literal["user"] = Path(cache) if cache else "user"
        self._lock = threading.Lock()
        self._busy = threading.local()
        self._redactor = None if inspector is None else self._made(inspector)

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean a record in place; False for one of another logger, and for what inspecting itself would log."""
        if not super().filter(record) or getattr(self._busy, "now", False):
            return False
        self._busy.now = True
        try:
            _clean(record, self._ready().redact)
        except Exception:  # noqa: BLE001 - logging must not break a program, whatever its objects do when shown
            _withhold(record)
        finally:
            self._busy.now = False
        return True

    def _ready(self) -> Redactor:
        with self._lock:
            if self._redactor is None:
                self._redactor = self._made(Inspector(self._policy, cache=self._cache))
            return self._redactor

    def _made(self, inspector: _Inspector) -> Redactor:
        def inspect(text: str, column: str) -> list[SpanLike]:
            return list(inspector.inspect(text, column).spans)

        return Redactor(inspect, self._hiding, least=self._policy.min_confidence)


def _clean(record: logging.LogRecord, redact: _Redact) -> None:
    record.msg, record.args = redact(record.getMessage(), ""), ()
    if record.exc_info:
        # Formatters take the text when it is there, and never ask the exception again.
        record.exc_text = record.exc_text or "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
        record.exc_info = None
    if record.exc_text:
        record.exc_text = redact(record.exc_text, "")
    if record.stack_info:
        record.stack_info = redact(record.stack_info, "")
    for name, value in list(vars(record).items()):
        if name not in _STANDARD:
            setattr(record, name, _cleaned(value, name, redact, _DEEPEST))


def _cleaned(value: Any, column: str, redact: _Redact, depth: int) -> Any:
    if not depth:
        return _NOTE
    if isinstance(value, str):
        return redact(value, column)
    if isinstance(value, dict):
        return {
            _cleaned(key, "", redact, depth - 1): _cleaned(inner, str(key), redact, depth - 1)
            for key, inner in value.items()
        }
    for kind in (list, tuple, set, frozenset):
        if isinstance(value, kind):
            return kind(_cleaned(inner, column, redact, depth - 1) for inner in value)
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    new = redact(text, column)
    return value if new == text else new


def _withhold(record: logging.LogRecord) -> None:
    record.msg, record.args = _NOTE, ()
    record.exc_info = record.exc_text = record.stack_info = None
    for name in vars(record).keys() - _STANDARD:
        setattr(record, name, _NOTE)
