"""What the facts mean: pure functions and small dataclasses, no database, no network, no clock."""
