"""Signatures of models (OpenSSF model signing): who signed which files, and whether they still are what was signed."""

from bartizan.scan.signing.compare import Checked, Inventory, check, inventory
from bartizan.scan.signing.refused import Refused
from bartizan.scan.signing.statement import Statement
from bartizan.scan.signing.verify import Signer, Trust, signed_statement

__all__ = ["Checked", "Inventory", "Refused", "Signer", "Statement", "Trust", "check", "inventory", "signed_statement"]
