"""No secret gets through Python's logging, and nothing that happens in the filter breaks the program."""

from __future__ import annotations

import io
import logging
import logging.config
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bartizan.inspection.log_filter import LogFilter
from tests.inspection.redaction.support import Found, inspect

SSN, MAIL = "078-05-1121", "alice@example.com"


class Answer(NamedTuple):
    spans: Sequence[Found]


class Small:
    """An inspector of a few patterns; a text with `boom` is one that it fails on."""

    def inspect(self, text: str, column: str = "") -> Answer:
        if "boom" in text:
            raise ValueError(text)
        if "chatty" in text:
            logging.getLogger("app").warning("inspecting %s", text)
        return Answer(inspect(text, column))


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log(stream: io.StringIO) -> Iterator[logging.Logger]:
    logger = logging.getLogger("app")
    handler = logging.StreamHandler(stream)
    handler.addFilter(LogFilter(inspector=Small()))
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.propagate = False
    yield logger
    logger.removeHandler(handler)
    logger.propagate = True


def test_message_and_arguments(log: logging.Logger, stream: io.StringIO) -> None:
    log.warning("user %s (%s) 100%%", MAIL, {"ssn": SSN})
    log.warning(f"plain {MAIL} 50%")
    assert stream.getvalue() == (
        "WARNING user <email-address> ({'ssn': '<us-ssn>'}) 100%\nWARNING plain <email-address> 50%\n"
    )


def test_exceptions_and_stacks(log: logging.Logger, stream: io.StringIO) -> None:
    def fail() -> None:
        raise KeyError(MAIL) from ValueError(SSN)

    try:
        fail()
    except KeyError:
        log.exception("failed", stack_info=True)
    text = stream.getvalue()
    assert MAIL not in text
    assert SSN not in text
    assert "KeyError: '<email-address>'" in text
    assert "ValueError: <us-ssn>" in text
    assert "Stack (most recent call last)" in text


def test_text_of_an_exception_that_another_handler_made(stream: io.StringIO) -> None:
    record = logging.LogRecord("app", 30, "", 0, "m", (), None)
    record.exc_text = f"ValueError: {SSN}"
    assert LogFilter(inspector=Small()).filter(record)
    assert record.exc_text == "ValueError: <us-ssn>"
    assert stream.getvalue() == ""


class Customer:
    def __str__(self) -> str:
        return f"Customer({MAIL})"


def _nested(depth: int) -> Any:
    return [_nested(depth - 1)] if depth else MAIL


def test_extra_fields() -> None:
    record = logging.LogRecord("app", 30, "", 0, "m", (), None)
    customer, number = Customer(), object()
    vars(record).update(
        user=MAIL, ssn=78051121_0, ids=(1, MAIL), seen={MAIL}, body=MAIL.encode(), customer=customer, thing=number,
        tree={MAIL: [{"ssn": "780511210", "ok": True}]}, deep=_nested(20), raw=b"\xff",
    )  # fmt: skip
    assert LogFilter(inspector=Small()).filter(record)
    made = vars(record)
    assert made["user"] == "<email-address>"
    assert made["ssn"] == "<number>"
    assert made["ids"] == (1, "<email-address>")
    assert made["seen"] == {"<email-address>"}
    assert made["body"] == "<email-address>"
    assert made["customer"] == "Customer(<email-address>)"
    assert made["thing"] is number
    assert made["tree"] == {"<email-address>": [{"ssn": "<number>", "ok": True}]}
    assert MAIL not in str(made["deep"])
    assert made["raw"] == b"\xff"


class Rude:
    def __str__(self) -> str:
        raise RuntimeError(SSN)


@pytest.mark.parametrize(
    ("message", "arguments", "extra"),
    [("boom %s", (SSN,), {}), ("%d", (MAIL,), {}), ("fine", (), {"who": Rude()}), ("%s", (Rude(),), {})],
)
def test_what_can_not_be_inspected_is_withheld(message: str, arguments: tuple[Any, ...], extra: dict[str, Any]) -> None:
    record = logging.LogRecord("app", 40, "", 0, message, arguments, None)
    vars(record).update(extra)
    assert LogFilter(inspector=Small()).filter(record)
    assert record.getMessage() == "a log record was withheld: it could not be inspected"
    assert record.levelname == "ERROR"
    assert MAIL not in str(vars(record))
    assert SSN not in str(vars(record))


def test_what_inspecting_logs_is_not_inspected_in_turn(log: logging.Logger, stream: io.StringIO) -> None:
    log.warning("chatty %s", MAIL)
    assert stream.getvalue() == "WARNING chatty <email-address>\n"


def test_other_loggers_are_left_out_as_filters_do() -> None:
    one = LogFilter("app.db", Small())
    assert not one.filter(logging.LogRecord("other", 30, "", 0, "m", (), None))
    assert one.filter(logging.LogRecord("app.db.pool", 30, "", 0, "m", (), None))


def test_modes() -> None:
    record = logging.LogRecord("app", 30, "", 0, SSN, (), None)
    LogFilter(inspector=Small(), mode="mask").filter(record)
    assert record.getMessage() == "***-**-****"


def test_without_an_inspector_one_is_made(tmp_path: Path) -> None:
    file = tmp_path / "app.log"
    types = {"types": ["us-ssn"], "cache": str(tmp_path)}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"clean": {"()": "bartizan.inspection.log_filter.LogFilter", **types}},
            "handlers": {"file": {"class": "logging.FileHandler", "filename": str(file), "filters": ["clean"]}},
            "loggers": {"made": {"handlers": ["file"], "propagate": False}},
        }
    )
    logger = logging.getLogger("made")
    logger.warning("ssn %s", "856-45-6789")
    logger.warning("ssn %s", "856-45-6789")
    for handler in logger.handlers:
        handler.close()
    logger.handlers.clear()
    assert file.read_text() == "ssn <us-ssn>\n" * 2
