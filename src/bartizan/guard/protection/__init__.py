"""What is done about sensitive values in an exchange: by who wrote them, by type, by class."""

from bartizan.guard.protection.protector import Found, Protector
from bartizan.guard.protection.rules import DataRule, Handling, Handlings
from bartizan.guard.protection.vault import Vault

__all__ = ["DataRule", "Found", "Handling", "Handlings", "Protector", "Vault"]
