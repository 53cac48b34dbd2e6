"""A Vault to test against: real HTTP, answers in the shapes of Vault's published API (see `vault.py`)."""

from tests.fake_vault.server import running
from tests.fake_vault.vault import Vault

__all__ = ["Vault", "running"]
