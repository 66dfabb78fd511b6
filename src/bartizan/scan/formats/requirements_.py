"""Requirements of Python packages: `requirements*.txt`."""

from __future__ import annotations

import re

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.repository.requirements import examine_requirements

__all__ = ["FORMAT"]

_LARGEST = 4 << 20
_NAME = re.compile(r"(?i)(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.(?:txt|in)\Z")


def recognise(look: Look) -> bool:
    """Tell by the name."""
    return bool(_NAME.match(look.name)) and look.size <= _LARGEST and b"\0" not in look.head


def examine(look: Look, desk: Desk) -> None:
    """Report where packages come from."""
    desk.cover_all(look.content)
    text = look.content.read(0, look.size).decode("utf-8", "replace").replace("\\\n", " ")
    examine_requirements(enumerate(text.splitlines(), 1), desk)


FORMAT = Format(
    name="requirements", title="Requirements", group="code", recognise=recognise, examine=examine, accounts=False
)
