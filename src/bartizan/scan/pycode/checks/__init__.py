"""What Python code does that matters to who brings it in: harm by construction, unsafe loaders, output that runs."""

from __future__ import annotations

from bartizan.scan.pycode.checks.run import Setting, check_module, worth_checking
from bartizan.scan.pycode.checks.told import Told

__all__ = ["Setting", "Told", "check_module", "worth_checking"]
